//! `cargo xtask bench`: every benchmark target of the package, one after the other.

use crate::problem::{About, Problem, Result};
use crate::process;
use crate::workspace::Workspace;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_hours(1);

/// Runs the files of `benches/` as cargo benchmarks; says so when there are none.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("benches");
    let has_benches = match std::fs::read_dir(&folder) {
        Ok(mut entries) => entries.any(|entry| entry.is_ok_and(|entry| is_rust(&entry.path()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).about(folder.display()),
    };
    if !has_benches {
        return Err(Problem::new("there is no benchmark yet: benches/ holds no Rust file")
            .remedy("`cargo xtask test` runs what there is to check"));
    }
    println!("running the benchmarks in benches/ natively, in release; close what else is running");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    process::run(cargo.arg("bench").current_dir(&workspace.root), LIMIT)
}

fn is_rust(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}
