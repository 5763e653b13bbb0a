//! Content hashes in the workers' file names.
//!
//! Trunk leaves them out, because a worker is started by name at run time; a browser that still had
//! yesterday's worker would then run it under today's page. The page finds a worker's address in
//! `<meta name="cnnslicer:trainer" content="./worker.js?program=trainer">`.

use super::replace_in;
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

fn rename(folder: &Path, old: &str, new: &str) -> Result<()> {
    std::fs::rename(folder.join(old), folder.join(new)).about(old)
}

fn hash_of(file: &Path) -> Result<String> {
    Ok(short_hash(&std::fs::read(file).about(file.display())?))
}
