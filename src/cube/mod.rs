//! The hypercube dCNN(X, L, C, T) as Zarr v3 arrays in a byte store.
//!
//! Written by the trainer (cells, [`RunWriter`]) and by the compute workers (measures, through
//! [`RunReader`]); read by everyone. Computes no measure and trains nothing.
//!
//! A run is the folder `runs/<id>`. What is in it, and in which shape, follows from its
//! [`RunHeader`] alone: [`catalogue`] says it, and writes the Zarr documents that say it to others.
//! A chunk is written once, then closed. An epoch counts as recorded when its confusion matrix, the
//! last file written for it, is there in full; so a crash loses at most the epoch in progress, and no
//! metadata changes while a run is trained. While a run is incomplete its arrays are as long as
//! planned and an absent chunk reads as the fill value, NaN; [`RunWriter::seal`] trims them.
//!
//! Zarr is written by the modules here and not by the `zarrs` crate, which would cost every program
//! that touches a run 600 KB; zarr-python opens the result in `tests/cube.rs`.

mod answers;
pub mod archive;
pub mod budget;
pub mod catalogue;
pub mod codec;
mod documents;
pub mod error;
pub mod gzip;
pub mod header;
pub mod label;
pub mod layout;
pub mod listing;
mod measures;
mod on_demand;
mod probe_set;
pub mod reader;
mod resume;
mod root_document;
pub mod sizes;
pub mod training_set;
pub mod writer;

pub use error::CubeError;
pub use header::{EstimatorSettings, LayerHeader, RunHeader};
pub use listing::{ListedRun, list_runs, remove_run};
pub use measures::name_of;
pub use reader::{LayerCells, RunReader};
pub use writer::RunWriter;

pub use crate::measure::{Estimate, ProbeSet};
use crate::storage::{StorageError, check_path};

/// Folder of a run in the store.
fn run_folder(run: &str) -> Result<String, CubeError> {
    check_path(run)?;
    if run.contains('/') {
        return Err(StorageError::BadPath(run.to_owned()).into());
    }
    Ok(format!("{RUNS}/{run}"))
}

/// Folder of all runs in the store.
const RUNS: &str = "runs";

/// A run small enough to check by hand, for the tests of this module.
#[cfg(test)]
mod testing;
