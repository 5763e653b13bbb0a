//! A Python of its own with zarr and safetensors, to check that others can read our files.

use crate::problem::{Problem, Result};
use crate::process::{self, Echo};
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What the checks import, at the versions they were written against.
const PACKAGES: [(&str, &str); 3] = [("numpy", "2.4.6"), ("zarr", "3.1.6"), ("safetensors", "0.8.0")];
const LIMIT: Duration = Duration::from_mins(15);

/// The interpreter of a virtual environment in the tool folder that has the packages.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.tools.join("python");
    let interpreter = interpreter_in(&folder);
    if has_packages(&interpreter) {
        return Ok(interpreter);
    }
    let python = process::on_path("python3").or_else(|| process::on_path("python")).ok_or_else(|| {
        Problem::new("no python3 was found").remedy("install Python 3.11 or later with its venv module")
    })?;
    println!("python: setting up numpy, zarr and safetensors (about 50 MB, a minute)");
    let remedy = "install Python 3.11 or later with venv and pip (Debian: `apt-get install python3-venv`)";
    set_up(&python, &folder, &interpreter).map_err(|problem| problem.remedy(remedy))?;
    Ok(interpreter)
}

fn set_up(python: &Path, folder: &Path, interpreter: &Path) -> Result<()> {
    quiet(Command::new(python).args(["-m", "venv"]).arg(folder))?;
    let mut pip = Command::new(interpreter);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    quiet(pip.args(PACKAGES.iter().map(|(name, version)| format!("{name}=={version}"))))
}

fn quiet(command: &mut Command) -> Result<()> {
    let finished = process::capture(command, LIMIT, Echo::Hidden)?;
    let last = finished.output.lines().last().unwrap_or("it gave no reason");
    if finished.success { Ok(()) } else { Err(Problem::new(format!("python could not be set up: {last}"))) }
}

fn has_packages(interpreter: &Path) -> bool {
    let names = PACKAGES.map(|(name, _)| name).join(", ");
    let versions = PACKAGES.map(|(name, _)| format!("{name}.__version__")).join(", ");
    let question = format!("import {names}; print({versions})");
    let wanted = PACKAGES.map(|(_, version)| version).join(" ");
    process::first_line(Command::new(interpreter).args(["-c", &question]))
        .is_some_and(|found| found == wanted)
}

fn interpreter_in(folder: &Path) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_python_has_no_packages() {
        assert!(!has_packages(Path::new("/no/such/python")));
    }
}
