//! A run as a file outside the browser, and the independent checks in Python of what is in it.

use crate::site::root;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(8);

/// A run file that is deleted with this value.
pub struct RunFile {
    path: PathBuf,
}

impl RunFile {
    /// Exports the run that is listed first: the only one, or the oldest.
    pub fn exported(page: Page<'_>) -> Result<Self> {
        let encoded = "(async () => { const [run] = await cnnslicer.runs(); \
            const blob = await cnnslicer.export(run.id); \
            const url = await new Promise((done) => { const reader = new FileReader(); \
              reader.onload = () => done(reader.result); reader.readAsDataURL(blob); }); \
            return url.slice(url.indexOf(',') + 1); })()";
        let encoded = page.eval(encoded, LONG)?;
        let bytes = decoded(encoded.as_str().unwrap_or_default());
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        Self::of(&bytes)
    }

    /// A file of this content.
    pub fn of(content: &[u8]) -> Result<Self> {
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        let (process, number) = (std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("cnnslicer-{process}-{number}.zarr.zip"));
        std::fs::write(&path, content).map_err(|error| failed(&path, &error))?;
        Ok(Self { path })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn content(&self) -> Result<Vec<u8>> {
        std::fs::read(&self.path).map_err(|error| failed(&self.path, &error))
    }

    /// Runs a script of `tests/python` on it, says what it said last, and fails when it does.
    pub fn check(&self, python: &str, script: &str, arguments: &[&str]) -> Result<()> {
        let script = root().join("tests/python").join(script);
        let mut command = Command::new(python);
        let output = command.arg(&script).arg(&self.path).args(arguments).output();
        let output = output.map_err(|error| failed(&script, &error))?;
        let said = String::from_utf8_lossy(&output.stdout);
        println!("{}", said.trim_end());
        if output.status.success() {
            return Ok(());
        }
        Err(Problem::new(format!("{said}{}", String::from_utf8_lossy(&output.stderr))))
    }

    /// The same for a script that takes, after the run file, a file of what the page said.
    pub fn check_answers(&self, python: &str, script: &str, answers: &Value) -> Result<()> {
        let path = self.path.with_extension("json");
        std::fs::write(&path, answers.to_string()).map_err(|error| failed(&path, &error))?;
        self.check(python, script, &[&path.to_string_lossy()])
    }
}

impl Drop for RunFile {
    fn drop(&mut self) {
        // What is left in a temporary folder is no harm.
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(self.path.with_extension("json"));
    }
}

/// A Python with numpy and zarr; `None`, and why said, where there is none.
pub fn python() -> Option<String> {
    let python = std::env::var("CNNSLICER_PYTHON").ok().filter(|python| !python.is_empty());
    if python.is_none() {
        println!("skipped: no Python with zarr (CNNSLICER_PYTHON)");
    }
    python
}

fn failed(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(format!("{}: {error}", path.display()))
}

/// Base64, as a data URL has it.
fn decoded(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let sextets: Vec<u8> = text.bytes().filter(|c| *c != b'=').map(value).collect();
    let byte = |group: &[u8], i: usize| {
        let next = group.get(i + 1).copied()?;
        Some((group[i] << (2 + 2 * i)) | (next >> (4 - 2 * i)))
    };
    sextets.chunks(4).flat_map(|group| (0..3).filter_map(move |i| byte(group, i))).collect()
}
