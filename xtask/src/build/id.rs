//! The build's name, which the page puts into its workers' addresses.
//!
//! Trunk hashes the page's files but not the workers', which are started by name at run time; a
//! browser that still had yesterday's worker would run it under today's page. The name is a hash of
//! the sources, so that the same sources give the same build and nothing is compiled twice.

use crate::digest::short_hash;
use crate::problem::{About, Result};
use std::path::{Path, PathBuf};

/// What the programs are made of, besides the compiler.
const SOURCES: [&str; 6] =
    ["src", "public/worker.js", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"];

/// The name of a build of the repository at `root` as it is now.
pub(super) fn of_sources(root: &Path) -> Result<String> {
    let mut content = Vec::new();
    for source in SOURCES {
        for path in files_below(&root.join(source))? {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let bytes = std::fs::read(&path).about(path.display())?;
            // The length keeps a byte from moving between two files unnoticed.
            content.extend(format!("{name}\n{}\n", bytes.len()).bytes());
            content.extend(bytes);
        }
    }
    Ok(short_hash(&content))
}

/// The file itself, or all files in and below the folder, in the order of their names.
fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(if path.exists() { vec![path.to_path_buf()] } else { Vec::new() });
    }
    let entries = std::fs::read_dir(path).about(path.display())?;
    let mut children: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    children.sort();
    let mut files = Vec::new();
    for child in children {
        files.extend(files_below(&child)?);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sources_give_another_name_and_the_same_give_the_same() {
        let root = std::env::temp_dir().join(format!("cnnslicer-id-{}", std::process::id()));
        std::fs::create_dir_all(root.join("src/app")).unwrap();
        std::fs::write(root.join("src/app/mod.rs"), "a").unwrap();
        std::fs::write(root.join("README.md"), "a").unwrap();
        let first = of_sources(&root).unwrap();
        std::fs::write(root.join("README.md"), "b").unwrap();
        assert_eq!(of_sources(&root).unwrap(), first, "the README is no source");
        std::fs::write(root.join("src/app/mod.rs"), "b").unwrap();
        assert_ne!(of_sources(&root).unwrap(), first);
        assert_eq!(first.len(), 16);
    }
}
