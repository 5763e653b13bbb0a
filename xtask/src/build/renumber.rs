//! The names by which a script and its wasm file know each other, with numbers in the place of hashes: 4 KB
//! less to load, because sixteen random digits a name cannot be compressed and an ordinal can.
//!
//! A number is as long as the hash it replaces, so nothing in the wasm file moves.

use super::{files_in, kind_of, replace_checksum};
use crate::problem::{About, Result};
use std::collections::HashMap;
use std::path::Path;

/// Hexadecimal digits of wasm-bindgen's hashes.
const DIGITS: usize = 16;

/// Renumbers every script in `folder` that has a wasm file, together with it.
pub(super) fn all(folder: &Path) -> Result<()> {
    for script in files_in(folder, |name| kind_of(name) == "js")? {
        let program = folder.join(format!("{}_bg.wasm", script.trim_end_matches(".js")));
        if !program.is_file() {
            continue;
        }
        let script = folder.join(script);
        let numbers = numbers(&std::fs::read(&script).about(script.display())?);
        for file in [&script, &program] {
            let before = std::fs::read(file).about(file.display())?;
            let after = renumbered(&before, &numbers);
            std::fs::write(file, &after).about(file.display())?;
            replace_checksum(folder, &before, &after)?;
        }
    }
    Ok(())
}

/// A number for each hash at the end of a name, in the order in which they first come.
fn numbers(script: &[u8]) -> HashMap<Vec<u8>, String> {
    let mut numbers = HashMap::new();
    for (at, _) in hashes(script) {
        let next = format!("{:0DIGITS$}", numbers.len());
        numbers.entry(script[at..at + DIGITS].to_vec()).or_insert(next);
    }
    numbers
}

fn renumbered(content: &[u8], numbers: &HashMap<Vec<u8>, String>) -> Vec<u8> {
    let mut result = content.to_vec();
    for (at, hash) in hashes(content) {
        if let Some(number) = numbers.get(hash) {
            result[at..at + DIGITS].copy_from_slice(number.as_bytes());
        }
    }
    result
}

/// What looks like a hash: an underscore and sixteen hexadecimal digits, from the first of which it counts.
fn hashes(content: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let is_hash = |part: &[u8]| {
        part[0] == b'_' && part[1..].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let parts = content.windows(DIGITS + 1).enumerate();
    parts.filter(move |(_, part)| is_hash(part)).map(|(at, part)| (at + 1, &part[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_and_its_program_are_renumbered_alike_and_keep_their_lengths() {
        let script = b"__wbg_get_0123456789abcdef: f, __wbg_set_fedcba9876543210: __wbg_get_0123456789abcdef";
        let program = b"\0\x1a__wbg_set_fedcba9876543210\0_00112233445566ff\0";
        let numbers = numbers(script);
        assert_eq!(
            renumbered(script, &numbers),
            b"__wbg_get_0000000000000000: f, __wbg_set_0000000000000001: __wbg_get_0000000000000000"
        );
        assert_eq!(
            renumbered(program, &numbers),
            b"\0\x1a__wbg_set_0000000000000001\0_00112233445566ff\0",
            "what the script does not name is no name"
        );
    }

    #[test]
    fn every_hash_has_a_number_of_its_own() {
        let script = (0..300).map(|hash| format!("__wbg_a_{hash:016x}")).collect::<Vec<_>>().join(" ");
        let numbers = numbers(script.as_bytes());
        let different: std::collections::HashSet<_> = numbers.values().collect();
        assert_eq!((numbers.len(), different.len()), (300, 300));
    }
}
