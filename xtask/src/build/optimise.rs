//! wasm-opt over every program, remembered by content: an unchanged program is not optimised again.
//!
//! Trunk could call wasm-opt itself, but does so on every build, and the trainer takes minutes.

use super::{files_in, kind_of, replace_checksum};
use crate::digest::short_hash;
use crate::problem::{About, Result};
use crate::process;
use crate::tools::wasm_opt::WasmOpt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_mins(30);

/// What the compiler may write into a program, so that wasm-opt accepts and keeps it.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-simd",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Without this the page is 1 KB larger and the compute worker 2 KB: code put where it is used is no longer alike, and packs badly.
const KEEP_FUNCTIONS: &str = "--one-caller-inline-max-function-size=0";

/// The page for its size, the compute worker for its speed. The trainer only lightly: more takes
/// minutes on its 12 MB and made the download larger (gzipped 2784 KB before, 2754 KB after `-O1` in
/// 43 s, 2818 KB after `-O3` in 148 s).
fn level(program: &str) -> &'static [&'static str] {
    match program {
        _ if program.starts_with("app") => {
            &["-Oz", KEEP_FUNCTIONS, "--merge-similar-functions", "--converge"]
        }
        _ if program.starts_with("trainer") => &["-O1"],
        _ => &["-O3", KEEP_FUNCTIONS],
    }
}

/// Optimises the `.wasm` files of `folder` in place and brings the page's checksum of its own up to date.
pub(super) fn all(folder: &Path, wasm_opt: &WasmOpt, memory: &Path) -> Result<()> {
    std::fs::create_dir_all(memory).about(memory.display())?;
    for name in files_in(folder, |name| kind_of(name) == "wasm")? {
        let path = folder.join(&name);
        let before = std::fs::read(&path).about(path.display())?;
        let optimised = optimised(&path, &before, wasm_opt, memory)?;
        std::fs::copy(&optimised, &path).about(path.display())?;
        let after = std::fs::read(&path).about(path.display())?;
        replace_checksum(folder, &before, &after)?;
    }
    Ok(())
}

/// Optimises one program in place as the compute worker is, for the benchmarks.
pub(crate) fn program(path: &Path, wasm_opt: &WasmOpt) -> Result<()> {
    let mut command = wasm_opt.command();
    command.arg(path).args(level("compute")).args(FEATURES).arg("--output").arg(path);
    process::run(&mut command, LIMIT)
}

/// The optimised form of the program at `path`, made now or by an earlier build.
fn optimised(path: &Path, content: &[u8], wasm_opt: &WasmOpt, memory: &Path) -> Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let level = level(&name);
    let remembered =
        memory.join(format!("{}{}-{}.wasm", short_hash(content), level.concat(), WasmOpt::version()));
    if remembered.is_file() {
        return Ok(remembered);
    }
    let started = Instant::now();
    let partial = remembered.with_extension("partial");
    let mut command = wasm_opt.command();
    command.arg(path).args(level).args(FEATURES).arg("--output").arg(&partial);
    process::run(&mut command, LIMIT)?;
    std::fs::rename(&partial, &remembered).about(remembered.display())?;
    println!("wasm-opt {} {name}: {:.1} s", level.join(" "), started.elapsed().as_secs_f64());
    Ok(remembered)
}
