//! Version numbers as tools print them and as `Cargo.lock` pins them.

use crate::problem::{About, Problem, Result};
use std::fmt;
use std::path::Path;

/// One to three numbers with dots between them: `132`, `0.21.14`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(Vec<u32>);

impl Version {
    pub(crate) fn new(numbers: &[u32]) -> Self {
        Self(numbers.to_vec())
    }

    /// The first word of `line` that is a version: `wasm-opt version 132 (version_132)` → `132`.
    pub(crate) fn in_line(line: &str) -> Option<Self> {
        line.split_whitespace().find_map(|word| word.trim_start_matches('v').parse().ok())
    }
}

impl std::str::FromStr for Version {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        text.split('.').map(str::parse).collect::<std::result::Result<_, _>>().map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

/// The version at which `Cargo.lock` holds `package`.
pub(crate) fn locked(root: &Path, package: &str) -> Result<Version> {
    let path = root.join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).about("Cargo.lock")?;
    in_lock(&lock, package).ok_or_else(|| {
        Problem::new(format!("Cargo.lock does not name {package}")).remedy("run `cargo update -w`")
    })
}

fn in_lock(lock: &str, package: &str) -> Option<Version> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    after.strip_prefix("version = \"")?.strip_suffix('"')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_tools_print() {
        let found = |line| Version::in_line(line).map(|version| version.to_string());
        assert_eq!(found("wasm-opt version 132 (version_132)").as_deref(), Some("132"));
        assert_eq!(found("trunk 0.21.14").as_deref(), Some("0.21.14"));
        assert_eq!(found("Chromium 156.0.1.2 built on Debian").as_deref(), Some("156.0.1.2"));
        assert_eq!(found("v22.3.0").as_deref(), Some("22.3.0"));
        assert_eq!(found("no version here"), None);
    }

    #[test]
    fn versions_compare_by_number_not_by_letter() {
        assert!(Version::new(&[0, 2, 130]) > Version::new(&[0, 2, 89]));
        assert_ne!(Version::new(&[0, 2]), Version::new(&[0, 2, 0]));
    }

    #[test]
    fn the_lock_file_gives_the_version_of_exactly_the_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(in_lock(lock, "wasm-bindgen"), Some(Version::new(&[0, 2, 130])));
        assert_eq!(in_lock(lock, "bindgen"), None);
    }
}
