//! The built page in a real browser. `cargo xtask test --only build,end-to-end` runs these.

#![cfg(feature = "browser")]

mod boot;
mod harness;
mod site;
mod training;
