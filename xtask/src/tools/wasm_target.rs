//! The compiler's own part: the standard library for wasm32.

use crate::problem::{Problem, Result};
use crate::process;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// Adds the target through rustup; a compiler from elsewhere is fine when it has the target.
pub(crate) fn ensure() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    println!("adding the {TRIPLE} target (about 20 MB, under a minute)");
    let rustup = process::on_path("rustup").ok_or_else(|| {
        Problem::new(format!("the compiler has no {TRIPLE} target and there is no rustup to add it"))
            .remedy("install Rust from https://rustup.rs, or your distribution's package of that target")
    })?;
    process::run(Command::new(rustup).args(["target", "add", TRIPLE]), Duration::from_mins(15))
}

fn is_there() -> bool {
    let question = ["--print", "target-libdir", "--target", TRIPLE];
    process::first_line(Command::new("rustc").args(question))
        .is_some_and(|libdir| Path::new(&libdir).read_dir().is_ok_and(|mut entries| entries.next().is_some()))
}
