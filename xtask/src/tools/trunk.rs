//! Trunk, which builds the three programs and the page around them.

use super::download::{Release, triples};
use super::version::Version;
use super::{Recipe, ensure_with};
use crate::problem::Result;
use crate::workspace::Workspace;
use std::path::PathBuf;

/// 0.22 needs a newer compiler than the pinned one.
const VERSION: [u32; 3] = [0, 21, 14];

/// Trunk at the pinned version.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let version = Version::new(&VERSION);
    let page = "https://github.com/trunk-rs/trunk/releases/download";
    let releases = triples(&["gnu", "musl"])
        .iter()
        .map(|triple| Release { url: format!("{page}/v{version}/trunk-{triple}.tar.gz"), strip: 0 })
        .collect();
    let recipe =
        Recipe { program: "trunk", package: "trunk", version, releases, locked: true, compile_minutes: 5 };
    ensure_with(workspace, &recipe)
}
