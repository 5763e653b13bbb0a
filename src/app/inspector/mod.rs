//! The inspector: whatever is picked is explained here, from the list of measures and the run's own numbers.

pub mod explained;
pub mod subject;

#[cfg(all(feature = "app", target_arch = "wasm32"))]
pub mod view;
