//! The built page in a real browser. `cargo xtask test --only build,end-to-end` runs these.

#![cfg(feature = "browser")]

mod bad_input;
mod boot;
mod channel_view;
mod control;
mod editor;
mod harness;
mod kill;
mod layer;
mod lazily;
mod measures;
mod missing_parts;
mod own_data;
mod parity;
mod query_view;
mod site;
mod storage;
mod training;
mod variant;
