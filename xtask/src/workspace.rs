//! Where things are: the repository, cargo's target folder, the folder of the pinned tools.

use crate::problem::{Problem, Result};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// An environment variable; one that is set to nothing counts as unset.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The folders every command works in; all absolute.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// The repository's root, where `Cargo.toml`, `Trunk.toml` and `index.html` are.
    pub(crate) root: PathBuf,
    /// `CARGO_TARGET_DIR`, or `target` in the root.
    pub(crate) target: PathBuf,
    /// `CNNSLICER_TOOLS`, or `cnnslicer/tools` in the user's cache folder. Outside the clone, so
    /// that a fresh clone does not compile the tools again.
    pub(crate) tools: PathBuf,
}

impl Workspace {
    /// The workspace this program was started in through `cargo xtask`.
    pub(crate) fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .map(Path::to_path_buf)
            .ok_or_else(|| Problem::new("xtask's folder has no parent").remedy("run it as `cargo xtask`"))?;
        let target = variable("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        let tools = match variable("CNNSLICER_TOOLS") {
            Some(dir) => root.join(dir),
            None => cache_folder()?.join("cnnslicer").join("tools"),
        };
        Ok(Self { root, target, tools })
    }

    /// The deployable folder.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// This program's own folder below cargo's: intermediate pages, optimised wasm by content.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

fn cache_folder() -> Result<PathBuf> {
    let below = |name: &str, folder: &str| variable(name).map(|dir| Path::new(&dir).join(folder));
    let candidates = if cfg!(windows) {
        [below("LOCALAPPDATA", ""), below("USERPROFILE", ".cache")]
    } else if cfg!(target_os = "macos") {
        [below("HOME", "Library/Caches"), None]
    } else {
        [below("XDG_CACHE_HOME", ""), below("HOME", ".cache")]
    };
    candidates.into_iter().flatten().find(|dir| dir.is_absolute()).ok_or_else(|| {
        Problem::new("no home folder to keep the tools in").remedy("set CNNSLICER_TOOLS to a folder")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_set_to_nothing_counts_as_unset() {
        assert_eq!(variable("CNNSLICER_NO_SUCH_VARIABLE"), None);
        assert!(variable("PATH").is_some());
    }
}
