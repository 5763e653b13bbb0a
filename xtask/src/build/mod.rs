//! The deployable folder: Trunk builds the page and the two workers, and the steps here finish them.
//!
//! Trunk writes into a scratch folder; `dist/` is replaced only when every step has succeeded and
//! the sizes are inside their budgets.

mod compress;
mod datasets;
mod fingerprint;
pub(crate) mod optimise;
mod policy;
mod renumber;
mod size;
mod split;
mod unindent;

pub(crate) use compress::gzip;

use crate::data;
use crate::digest::integrity;
use crate::problem::{About, Problem, Result};
use crate::process;
use crate::tools::{self, BuildTools};
use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The longest a cold build may take on a slow machine.
const LIMIT: Duration = Duration::from_mins(90);

/// Builds `dist/`, prints the sizes and fails when one is over its budget.
pub(crate) fn release(workspace: &Workspace) -> Result<()> {
    let tools = tools::for_build(workspace)?;
    let staging = workspace.scratch().join("dist");
    println!(
        "building the page and its workers for release (a cold build takes about 15 minutes on two cores)"
    );
    let mut trunk = trunk_command(workspace, &tools);
    trunk.args(["build", "--release", "--dist"]).arg(&staging);
    process::run(&mut trunk, LIMIT)?;
    finish(workspace, &tools, &staging)?;
    replace(&workspace.dist(), &staging)
}

/// Puts datasets that were fetched after the page was built into `dist/`; whether there were any.
pub(crate) fn add_data(workspace: &Workspace) -> Result<bool> {
    let (source, dist) = (workspace.root.join("public").join("data"), workspace.dist());
    let target = dist.join("data");
    if data::present(&source) == data::present(&target) {
        return Ok(false);
    }
    copy_folder(&source, &target)?;
    datasets::name(&dist)?;
    compress::one(&dist, "index.html")?;
    Ok(true)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).about(to.display())?;
    for entry in std::fs::read_dir(from).about(from.display())? {
        let source = entry.about(from.display())?.path();
        let target = to.join(source.file_name().unwrap_or_default());
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).about(source.display())?;
        }
    }
    Ok(())
}

/// Trunk in the repository, with the pinned tools first on PATH.
pub(crate) fn trunk_command(workspace: &Workspace, tools: &BuildTools) -> Command {
    let mut trunk = Command::new(&tools.trunk);
    trunk.current_dir(&workspace.root).env("PATH", &tools.path).env("CARGO_TARGET_DIR", &workspace.target);
    // It would replace the flags of `.cargo/config.toml`, and SIMD with them.
    trunk.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    // Trunk reads NO_COLOR as a switch that wants `true` or `false`.
    trunk.env_remove("NO_COLOR");
    trunk
}

fn finish(workspace: &Workspace, tools: &BuildTools, folder: &Path) -> Result<()> {
    split::page(workspace, tools, folder)?;
    match &tools.wasm_opt {
        Some(wasm_opt) => optimise::all(folder, wasm_opt, &workspace.scratch().join("wasm-opt"))?,
        None => println!("wasm-opt: not run"),
    }
    unindent::all(folder)?;
    renumber::all(folder)?;
    fingerprint::workers(folder)?;
    fingerprint::page(folder)?;
    datasets::name(folder)?;
    policy::activate(folder)?;
    compress::all(folder)?;
    let report = size::measure(folder)?;
    println!("{report}");
    report.check()
}

/// Puts the finished folder where it is deployed from, without what an earlier build left there. Files
/// are moved where that is possible: the datasets in them are large.
fn replace(dist: &Path, finished: &Path) -> Result<()> {
    if dist.exists() {
        std::fs::remove_dir_all(dist).about(dist.display())?;
    }
    move_folder(finished, dist)?;
    println!("the page is in {}", dist.display());
    Ok(())
}

fn move_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).about(to.display())?;
    for entry in std::fs::read_dir(from).about(from.display())? {
        let entry = entry.about(from.display())?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            move_folder(&source, &target)?;
        } else if std::fs::rename(&source, &target).is_err() {
            // Another file system.
            std::fs::copy(&source, &target).about(source.display())?;
        }
    }
    Ok(())
}

/// The names of the files directly in `folder` that `wanted` picks, sorted.
fn files_in(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).about(folder.display())?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| wanted(name))
        .collect();
    names.sort();
    Ok(names)
}

/// The ending of a file name, without the dot.
fn kind_of(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, kind)| kind)
}

/// Replaces `old` in a text file, and fails when it is not there: the tool before us changed its habits.
fn replace_in(file: &Path, old: &str, new: &str) -> Result<()> {
    let text = std::fs::read_to_string(file).about(file.display())?;
    if !text.contains(old) {
        return Err(Problem::new(format!("{} does not hold {old:?}", file.display())));
    }
    std::fs::write(file, text.replace(old, new)).about(file.display())
}

/// Brings the page's checksum of a file up to date, if it has one.
fn replace_checksum(folder: &Path, before: &[u8], after: &[u8]) -> Result<()> {
    let page = folder.join("index.html");
    if std::fs::read_to_string(&page).about(page.display())?.contains(&integrity(before)) {
        replace_in(&page, &integrity(before), &integrity(after))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
