//! wasm-bindgen, which writes the JavaScript around a program; exactly the version of the library.

use super::download::{Release, triples};
use super::{Recipe, ensure_with, version};
use crate::problem::Result;
use crate::workspace::Workspace;
use std::path::PathBuf;

/// `wasm-bindgen` at the version in `Cargo.lock`.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    ensure_with(workspace, &recipe("wasm-bindgen", workspace)?)
}

/// The program that runs tests in a browser; it comes with `wasm-bindgen`.
pub(crate) fn ensure_test_runner(workspace: &Workspace) -> Result<PathBuf> {
    ensure_with(workspace, &recipe("wasm-bindgen-test-runner", workspace)?)
}

fn recipe(program: &'static str, workspace: &Workspace) -> Result<Recipe> {
    let version = version::locked(&workspace.root, "wasm-bindgen")?;
    let page = "https://github.com/wasm-bindgen/wasm-bindgen/releases/download";
    let releases = triples(&["musl", "gnu"])
        .iter()
        .map(|triple| Release {
            url: format!("{page}/{version}/wasm-bindgen-{version}-{triple}.tar.gz"),
            strip: 1,
        })
        .collect();
    // Its lock file names packages that no longer compile together, so it is left aside.
    Ok(Recipe { program, package: "wasm-bindgen-cli", version, releases, locked: false, compile_minutes: 3 })
}
