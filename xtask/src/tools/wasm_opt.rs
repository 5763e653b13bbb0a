//! wasm-opt from Binaryen, which makes the programs smaller.

use super::download::{Release, first_release};
use super::version::Version;
use super::{usual_places, with_version};
use crate::problem::{About, Problem, Result};
use crate::process;
use crate::workspace::Workspace;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Older ones reject, or hang on, what the pinned compiler writes.
const VERSION: u32 = 132;

/// A runnable wasm-opt.
#[derive(Clone, Debug)]
pub(crate) struct WasmOpt {
    program: PathBuf,
}

impl WasmOpt {
    /// A call of it, without arguments.
    pub(crate) fn command(&self) -> Command {
        Command::new(&self.program)
    }

    /// What distinguishes its results from another version's.
    pub(crate) fn version() -> u32 {
        VERSION
    }
}

/// wasm-opt at the pinned version: found, else ready-made from Binaryen, else from npm.
pub(crate) fn ensure(workspace: &Workspace) -> Result<WasmOpt> {
    let version = Version::new(&[VERSION]);
    let unpacked = workspace.tools.join(format!("binaryen-{VERSION}"));
    let from_release = unpacked.join("bin").join(format!("wasm-opt{}", env::consts::EXE_SUFFIX));
    let from_npm = workspace.tools.join("npm/node_modules/binaryen/bin/wasm-opt");
    let find = || {
        let mut places = usual_places(workspace, "wasm-opt");
        places.extend([from_release.clone(), from_npm.clone()]);
        with_version(places, &version).map(|program| WasmOpt { program })
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    println!("wasm-opt {VERSION}: downloading it (about 100 MB)");
    if let Err(problem) = first_release(&releases(), &unpacked) {
        println!("wasm-opt {VERSION}: {}", problem.one_line());
        println!("wasm-opt {VERSION}: asking npm for it");
        from_npm_package(&workspace.tools.join("npm"))?;
    }
    find().ok_or_else(|| Problem::new("it was fetched and does not run here").remedy(REMEDY))
}

const REMEDY: &str = "install Binaryen 132 so that `wasm-opt` is on PATH, or Node.js with npm";

fn releases() -> Vec<Release> {
    let machine = match (env::consts::OS, env::consts::ARCH) {
        ("macos", "aarch64") => "arm64-macos".to_owned(),
        (system, machine) => format!("{machine}-{system}"),
    };
    let page = "https://github.com/WebAssembly/binaryen/releases/download";
    let url = format!("{page}/version_{VERSION}/binaryen-version_{VERSION}-{machine}.tar.gz");
    vec![Release { url, strip: 1 }]
}

fn from_npm_package(folder: &Path) -> Result<()> {
    let npm = process::on_path("npm").ok_or_else(|| Problem::new("there is no npm").remedy(REMEDY))?;
    std::fs::create_dir_all(folder).about(folder.display())?;
    let mut command = Command::new(npm);
    command.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(folder);
    command.arg(format!("binaryen@{VERSION}.0.0")).current_dir(folder);
    process::run(&mut command, Duration::from_mins(15)).map_err(|problem| problem.remedy(REMEDY))
}
