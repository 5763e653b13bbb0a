//! The built page in a real browser. `cargo xtask test --only build,end-to-end` runs these.

#![cfg(feature = "browser")]

mod bad_input;
mod boot;
mod channel_numbers;
mod channel_speed;
mod channel_view;
mod control;
mod editor;
mod examine;
mod hands;
mod harness;
mod kill;
mod layer;
mod lazily;
mod measures;
mod missing_parts;
mod own_data;
mod packing;
mod query_view;
mod site;
mod storage;
mod training;
mod variant;
