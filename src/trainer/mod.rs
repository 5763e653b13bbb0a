//! The program that trains: a burn network, the loop around it, and the recorder of the hypercube.
//!
//! Gets its order as a message, its images from `dataset`, its first weights from `network`; writes
//! cells, metrics and checkpoints through `cube` and tells the page what happens. It alone knows burn.
//! Everything but `worker` runs natively, so the tests run the very loop of the browser.
//!
//! From the outside in: `worker` (messages) → [`run`] (a run) → [`fit`] (an epoch), [`evaluate`],
//! [`record`] → [`model`].

pub mod batches;
pub mod checkpoint;
pub mod chunks;
pub mod control;
pub mod data;
pub mod deconvnet;
pub mod device;
pub mod dropout;
pub mod error;
pub mod evaluate;
pub mod examine;
pub mod fit;
pub mod host;
pub mod model;
pub mod norm;
pub mod optimizer;
pub mod parameters;
pub mod progress;
pub mod recompute;
pub mod record;
pub mod recovery;
mod unrecorded_epoch;
pub mod resume;
pub mod run;
mod session;
pub mod signal;
pub mod weights;
#[cfg(target_arch = "wasm32")]
pub mod worker;
