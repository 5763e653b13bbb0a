//! The instrument: X, L, C and T in one place that never leaves the screen. Whatever is picked here, all charts follow.
//!
//! What is shown is made by pure functions (`tile`, `ribbon`, `track`, `reading`); `view` puts it on the page. The feature
//! maps come from `session::instrument`, the numbers from `session::results`.

pub mod bars;
pub mod layered;
pub mod reading;
pub mod ribbon;
pub mod tile;
pub mod track;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod view;
