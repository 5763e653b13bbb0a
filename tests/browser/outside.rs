//! What leaves the browser: run files, checked by Python scripts that know none of our code.

use crate::site::root;
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(2);

/// Gives the file of the newest run as Base64.
const EXPORT: &str = "(async () => { const [run] = await cnnslicer.runs(); \
    const blob = await cnnslicer.export(run.id); \
    const url = await new Promise((done) => { const reader = new FileReader(); \
      reader.onload = () => done(reader.result); reader.readAsDataURL(blob); }); \
    return url.slice(url.indexOf(',') + 1); })()";

/// The Python that has numpy and zarr 3, when there is one.
pub fn python() -> Option<OsString> {
    let python = std::env::var_os("CNNSLICER_PYTHON").filter(|python| !python.is_empty());
    if python.is_none() {
        println!("skipped: no Python with zarr (CNNSLICER_PYTHON)");
    }
    python
}

/// The newest run as a file on disk, removed when dropped.
pub struct RunFile(PathBuf);

impl RunFile {
    pub fn exported(page: Page<'_>) -> Result<Self> {
        let encoded = page.eval(EXPORT, LONG)?;
        let bytes = decoded(encoded.as_str().unwrap_or_default());
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        let path =
            std::env::temp_dir().join(format!("cnnslicer-{}-{}.zarr.zip", std::process::id(), bytes.len()));
        write(&path, &bytes)?;
        Ok(Self(path))
    }

    /// Runs a script of `tests/python` on it, with a file of `answers` where it takes one; gives what it prints.
    pub fn check(&self, python: &OsString, script: &str, answers: Option<&Value>) -> Result<String> {
        let script = root().join("tests/python").join(script);
        let mut command = Command::new(python);
        command.arg(&script).arg(&self.0);
        if let Some(answers) = answers {
            let path = self.0.with_extension("json");
            write(&path, answers.to_string().as_bytes())?;
            command.arg(path);
        }
        let output = command.output().map_err(|error| failed(&script, &error))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        Ok(said)
    }
}

impl Drop for RunFile {
    fn drop(&mut self) {
        // Left-overs in the folder for temporary files harm nobody.
        let _ = std::fs::remove_file(&self.0);
        let _ = std::fs::remove_file(self.0.with_extension("json"));
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
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
