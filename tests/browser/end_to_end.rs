//! The built page in a real browser. `cargo xtask test --only build,end-to-end` runs these.

#![cfg(feature = "browser")]
#![allow(clippy::float_cmp, reason = "numbers that the page repeats are the same numbers")]

mod bad_input;
mod boot;
mod channel_numbers;
mod channel_speed;
mod channel_view;
mod control;
mod editor;
mod full;
mod examine;
mod hands;
mod harness;
mod instrument;
mod keyboard;
mod kill;
mod layer;
mod layer_cifar;
mod layer_measures;
mod layer_page;
mod layer_similar;
mod layer_speed;
mod lazily;
mod measures;
mod missing_parts;
mod own_data;
mod page_faults;
mod performance;
mod queries;
mod packing;
mod parity;
mod presets;
mod query_view;
mod run_file;
mod runs;
mod site;
mod storage;
mod tabs;
mod training;
mod training_images;
mod variant;
