//! CNNSlicer: train a small convolutional network in the browser and see what each layer, channel
//! and epoch does to the information in its input.
//!
//! The modules stand in the order in which the data flows; a module names only those above it
//! (`tests/architecture.rs` checks that). `ARCHITECTURE.md` is the bird's-eye view.

// ── core: pure; no browser, no burn, no signals ──
pub mod checksum;
pub mod ordering;
pub mod dataset;
pub mod network;
pub mod training;
pub mod evaluation;
pub mod storage;
pub mod collection;
pub mod entropy;
pub mod measure;
pub mod cube;
pub mod query;
#[cfg(feature = "plot")]
pub mod plot;
pub mod protocol;
// ── browser glue ──
#[cfg(target_arch = "wasm32")]
pub mod browser;
// ── the three programs ──
#[cfg(feature = "trainer")]
pub mod trainer;
pub mod compute;
// The page's session and link are pure and tested natively; the rest of `app` is for the browser only.
#[cfg(feature = "plot")]
pub mod app;
