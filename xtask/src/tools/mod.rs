//! The pinned programs the page is built and tested with, fetched when they are missing.
//!
//! Each is looked for on PATH, then in the tool folder, then downloaded ready-made from its
//! project, then compiled. A version that does not fit is passed over, never replaced: only the
//! tool folder is written to.

pub(crate) mod chromium;
pub(crate) mod download;
pub(crate) mod python;
pub(crate) mod trunk;
pub(crate) mod version;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_opt;
pub(crate) mod wasm_target;

use crate::problem::{About, Result};
use crate::process;
use crate::workspace::Workspace;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use version::Version;

/// The longest a tool may take to compile on a slow machine.
const COMPILE_LIMIT: Duration = Duration::from_hours(1);

/// What a build of the page needs, ready to run.
#[derive(Debug)]
pub(crate) struct BuildTools {
    pub(crate) trunk: PathBuf,
    pub(crate) wasm_bindgen: PathBuf,
    /// `None` when it cannot be had: the page then works and is larger.
    pub(crate) wasm_opt: Option<wasm_opt::WasmOpt>,
    /// PATH with the pinned wasm-bindgen first, so that Trunk downloads nothing.
    pub(crate) path: std::ffi::OsString,
}

/// Makes the wasm target, Trunk, wasm-bindgen and wasm-opt available; quick when they are there.
pub(crate) fn for_build(workspace: &Workspace) -> Result<BuildTools> {
    wasm_target::ensure()?;
    let wasm_bindgen = wasm_bindgen::ensure(workspace)?;
    let trunk = trunk::ensure(workspace)?;
    let wasm_opt = match wasm_opt::ensure(workspace) {
        Ok(found) => Some(found),
        Err(problem) => {
            eprintln!("wasm-opt: {}; the page is built without it and is larger", problem.one_line());
            None
        }
    };
    let path = path_with(&[folder_of(&wasm_bindgen), folder_of(&trunk)])?;
    Ok(BuildTools { trunk, wasm_bindgen, wasm_opt, path })
}

/// PATH with `folders` in front.
pub(crate) fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(folders.iter().cloned().chain(env::split_paths(&rest))).about("PATH")
}

pub(crate) fn folder_of(program: &Path) -> PathBuf {
    program.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// A program that prints its version, from one of these places, when the version is `wanted`.
fn with_version(places: impl IntoIterator<Item = PathBuf>, wanted: &Version) -> Option<PathBuf> {
    places.into_iter().find(|program| {
        process::first_line(Command::new(program).arg("--version"))
            .and_then(|line| Version::in_line(&line))
            .is_some_and(|found| found == *wanted)
    })
}

/// Where `name` may already be: on PATH and in the tool folder.
fn usual_places(workspace: &Workspace, name: &str) -> Vec<PathBuf> {
    process::on_path(name).into_iter().chain([installed(workspace, name)]).collect()
}

/// Where a tool lies once it is in the tool folder.
fn installed(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.tools.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// How a tool written in Rust is had at one exact version.
#[derive(Debug)]
struct Recipe {
    program: &'static str,
    /// The package on the registry that holds the program.
    package: &'static str,
    version: Version,
    /// Ready-made archives, the preferred one first.
    releases: Vec<download::Release>,
    /// Whether the package's own lock file is followed when it is compiled.
    locked: bool,
    /// What compiling takes on two cores.
    compile_minutes: u32,
}

/// Finds, downloads or compiles a tool; prints only when it is not there yet.
fn ensure_with(workspace: &Workspace, recipe: &Recipe) -> Result<PathBuf> {
    let Recipe { program, version, .. } = recipe;
    if let Some(found) = with_version(usual_places(workspace, program), version) {
        return Ok(found);
    }
    let path = installed(workspace, program);
    println!("{program} {version}: downloading it (about 10 MB)");
    match download::first_release(&recipe.releases, &folder_of(&path)) {
        Ok(()) if with_version([path.clone()], version).is_some() => return Ok(path),
        Ok(()) => println!("{program} {version}: the ready-made one does not run here"),
        Err(problem) => println!("{program} {version}: {}", problem.one_line()),
    }
    println!(
        "{program} {version}: compiling it (about {} minutes on two cores, once)",
        recipe.compile_minutes
    );
    cargo_install(workspace, recipe)?;
    Ok(path)
}

/// Compiles a tool into the tool folder with the compiler that is here.
fn cargo_install(workspace: &Workspace, recipe: &Recipe) -> Result<()> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["install", "--quiet", recipe.package, "--version", &recipe.version.to_string()]);
    command.arg("--force").arg("--root").arg(&workspace.tools);
    if recipe.locked {
        command.arg("--locked");
    }
    // A target folder of its own keeps what an interrupted installation had compiled.
    let build = workspace.tools.join("build");
    command.arg("--target-dir").arg(&build);
    command.env_remove("RUSTFLAGS").current_dir(&workspace.root);
    process::run(&mut command, COMPILE_LIMIT)?;
    // Only the programs are wanted; what they were compiled from is hundreds of megabytes.
    std::fs::remove_dir_all(&build).about(build.display())
}
