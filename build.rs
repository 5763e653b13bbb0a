//! The page in release is linked so that `cargo xtask build` can cut it into parts.
//!
//! The parts (`lazily!` in `src/app/views/lazily.rs`) are cut along the linker's relocations, which it leaves in
//! the program on demand. A page for development stays in one piece.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(in_parts)");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_page = env::var_os("CARGO_FEATURE_APP").is_some() && is("CARGO_CFG_TARGET_ARCH", "wasm32");
    if is_page && is("PROFILE", "release") {
        println!("cargo::rustc-cfg=in_parts");
        println!("cargo::rustc-link-arg-bin=app=--emit-relocs");
    }
}
