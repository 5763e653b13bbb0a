//! The built page with something amiss: a copy of `dist/` without its datasets, to be damaged.

use crate::site::root;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use xtask::problem::{Problem, Result};

/// A folder of its own, removed when dropped.
pub struct Variant {
    folder: PathBuf,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Variant {
    /// The page as it was built, deployed without datasets.
    pub fn without_data() -> Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("variant-{}-{number}", std::process::id());
        let variant = Self { folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name) };
        std::fs::create_dir_all(&variant.folder).map_err(|error| failed(&variant.folder, &error))?;
        variant.restore("")?;
        Ok(variant)
    }

    /// Puts back every missing file of the build whose name starts so.
    pub fn restore(&self, start: &str) -> Result<()> {
        let dist = root().join("dist");
        for name in file_names(&dist)?.iter().filter(|name| name.starts_with(start)) {
            let (from, to) = (dist.join(name), self.folder.join(name));
            if to.exists() {
                continue;
            }
            // Linked where the file system can: a damaged file is replaced, never written into.
            std::fs::hard_link(&from, &to)
                .or_else(|_| std::fs::copy(&from, &to).map(|_| ()))
                .map_err(|error| failed(&to, &error))?;
        }
        Ok(())
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes away every file whose name starts so.
    pub fn remove(&self, start: &str) -> Result<()> {
        self.remove_all(|name| name.starts_with(start))
    }

    /// Takes away every file whose name is such.
    pub fn remove_all(&self, is_gone: impl Fn(&str) -> bool) -> Result<()> {
        for name in file_names(&self.folder)?.iter().filter(|name| is_gone(name)) {
            let path = self.folder.join(name);
            std::fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        }
        Ok(())
    }

    /// Puts a file there, instead of the one that may be there.
    pub fn put(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        if path.exists() {
            std::fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        }
        std::fs::write(&path, content).map_err(|error| failed(&path, &error))
    }
}

impl Drop for Variant {
    fn drop(&mut self) {
        // What stays lies in the target folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn file_names(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    Ok(files.filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

fn failed(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(format!("{}: {error}", path.display()))
}
