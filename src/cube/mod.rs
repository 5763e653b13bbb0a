//! The hypercube dCNN(X, L, C, T) as Zarr v3 arrays in a byte store.
//!
//! Written by the trainer (cells) and by the compute workers (measures); read by everyone.
//! A chunk is written once, then closed. An epoch counts as recorded when its confusion matrix,
//! the last file written for it, is there in full.

pub mod header;

pub use header::{LayerHeader, RunHeader};
