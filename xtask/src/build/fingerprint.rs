//! Content hashes in the file names of the workers, and of the page's program and its parts.
//!
//! Trunk leaves a worker's out, because it is started by name at run time; a browser that still had
//! yesterday's worker would then run it under today's page. The page finds a worker's address in
//! `<meta name="cnnslicer:trainer" content="./worker.js?program=trainer">`. The page's parts fit only each
//! other, so one hash of all of them is in all their names.

use super::split::{LOADER, PROGRAM, SCRIPT};
use super::{files_in, kind_of, replace_checksum, replace_in};
use crate::digest::short_hash;
use crate::problem::{About, Result};
use std::path::Path;

/// The programs that run in workers.
const PROGRAMS: [&str; 2] = ["compute", "trainer"];
/// The script that starts either of them.
const BODY: &str = "worker.js";

/// Renames the workers' files by their content and writes the new names into the page.
pub(super) fn workers(folder: &Path) -> Result<()> {
    let page = folder.join("index.html");
    for program in PROGRAMS {
        let wasm = format!("{program}_bg.wasm");
        let hashed_wasm = format!("{program}-{}_bg.wasm", hash_of(&folder.join(&wasm))?);
        rename(folder, &wasm, &hashed_wasm)?;
        // The script names its wasm, so the script's hash covers both.
        let script = format!("{program}.js");
        replace_in(&folder.join(&script), &wasm, &hashed_wasm)?;
        let hashed = format!("{program}-{}", hash_of(&folder.join(&script))?);
        rename(folder, &script, &format!("{hashed}.js"))?;
        replace_in(&page, &format!("?program={program}\""), &format!("?program={hashed}\""))?;
    }
    let body = format!("worker-{}.js", hash_of(&folder.join(BODY))?);
    rename(folder, BODY, &body)?;
    replace_in(&page, &format!("./{BODY}?"), &format!("./{body}?"))
}

/// Renames the page's program, its scripts and its parts by the content of all of them.
pub(super) fn page(folder: &Path) -> Result<()> {
    let is_part = |name: &str| name.starts_with("app-") && kind_of(name) == "wasm";
    let parts = files_in(folder, is_part)?;
    let at_first = [SCRIPT, PROGRAM, LOADER].map(str::to_owned);
    let mut content = Vec::new();
    for name in at_first.iter().chain(&parts) {
        content.extend(std::fs::read(folder.join(name)).about(name)?);
    }
    let hash = short_hash(&content);
    let hashed = |name: &str| name.replacen("app", &format!("app-{hash}"), 1);
    let script = folder.join(SCRIPT);
    let before = std::fs::read(&script).about(SCRIPT)?;
    // Not every mention: the program's import of this name is answered by the script, which has it once more as a key.
    replace_in(&script, &format!("from \"./{LOADER}\""), &format!("from \"./{}\"", hashed(LOADER)))?;
    replace_in(&script, &format!("'{PROGRAM}'"), &format!("'{}'", hashed(PROGRAM)))?;
    replace_checksum(folder, &before, &std::fs::read(&script).about(SCRIPT)?)?;
    for name in parts.iter().map(String::as_str).chain([SCRIPT]) {
        replace_in(&folder.join(LOADER), &format!("\"./{name}\""), &format!("\"./{}\"", hashed(name)))?;
    }
    for name in &at_first {
        let page = folder.join("index.html");
        replace_in(&page, &format!("\"./{name}\""), &format!("\"./{}\"", hashed(name)))?;
    }
    at_first.iter().chain(&parts).try_for_each(|name| rename(folder, name, &hashed(name)))
}

fn rename(folder: &Path, old: &str, new: &str) -> Result<()> {
    std::fs::rename(folder.join(old), folder.join(new)).about(old)
}

fn hash_of(file: &Path) -> Result<String> {
    Ok(short_hash(&std::fs::read(file).about(file.display())?))
}
