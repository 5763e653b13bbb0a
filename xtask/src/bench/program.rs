//! Building the benchmark program: for this machine, and as the page of a browser.

use crate::build::optimise;
use crate::problem::{About, Problem, Result};
use crate::process::{self, Echo};
use crate::tools::wasm_target::TRIPLE;
use crate::tools::{wasm_bindgen, wasm_opt, wasm_target};
use crate::workspace::Workspace;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_hours(1);
/// The bench target of the package.
const NAME: &str = "entropy";

/// The program for this machine.
pub(super) fn native(workspace: &Workspace) -> Result<PathBuf> {
    built(workspace, NAME, &["--release"])
}

/// The program that trains, for this machine.
pub(super) fn training(workspace: &Workspace) -> Result<PathBuf> {
    built(workspace, "training", &["--release", "--features", "trainer"])
}

/// A folder to serve: `benches/page` with the program, optimised as the compute worker is.
pub(super) fn page(workspace: &Workspace, profile: &str) -> Result<PathBuf> {
    wasm_target::ensure()?;
    let program = built(workspace, NAME, &["--profile", profile, "--target", TRIPLE])?;
    let folder = workspace.scratch().join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).about(folder.display())?;
    }
    std::fs::create_dir_all(&folder).about(folder.display())?;
    let mut bindgen = Command::new(wasm_bindgen::ensure(workspace)?);
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", NAME, "--out-dir"]).arg(&folder);
    process::run(bindgen.arg(&program), LIMIT)?;
    match wasm_opt::ensure(workspace) {
        Ok(wasm_opt) => optimise::program(&folder.join(format!("{NAME}_bg.wasm")), &wasm_opt)?,
        Err(problem) => eprintln!("wasm-opt: {}; the program is measured without it", problem.one_line()),
    }
    copy_page(&workspace.root.join("benches/page"), &folder)?;
    Ok(folder)
}

/// Compiles a bench target and asks cargo where it is.
fn built(workspace: &Workspace, name: &str, options: &[&str]) -> Result<PathBuf> {
    eprintln!("building the benchmark program {name} ({})", options.join(" "));
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(&workspace.root).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.args(["build", "--package", "cnnslicer", "--bench", name]).args(options);
    cargo.arg("--message-format=json-render-diagnostics");
    let finished = process::capture(&mut cargo, LIMIT, Echo::Hidden)?;
    let program = finished.output.lines().filter_map(|line| executable(line, name)).next_back();
    match program {
        Some(program) if finished.success => Ok(program),
        _ => Err(Problem::new(format!("the benchmark program does not compile:\n{}", finished.output))),
    }
}

/// The program that a line of cargo's messages names.
fn executable(line: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let ours = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
    ours.then(|| message["executable"].as_str().map(PathBuf::from)).flatten()
}

/// Copies the files of a folder.
pub(super) fn copy_page(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from).about(from.display())? {
        let entry = entry.about(from.display())?;
        std::fs::copy(entry.path(), to.join(entry.file_name())).about(from.display())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NAME, executable};

    #[test]
    fn cargo_says_where_the_program_is() {
        let line = |name: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"{name}"}},"executable":"/t/entropy-1"}}"#
            )
        };
        assert_eq!(executable(&line("entropy"), NAME), Some("/t/entropy-1".into()));
        assert_eq!(executable(&line("cnnslicer"), NAME), None);
        assert_eq!(executable("warning: unused", NAME), None);
    }
}
