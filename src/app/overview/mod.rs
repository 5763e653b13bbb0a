//! The overview: three questions in order, each with one large figure and a sentence computed from the run.

pub mod findings;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod view;
