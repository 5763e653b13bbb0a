//! Why a task could not be answered, and how that is told.

use crate::collection::CollectionError;
use crate::cube::CubeError;
use crate::entropy::EntropyError;
use crate::protocol::Fault;
use crate::protocol::compute::NeedsCells;
use crate::storage::StorageError;

/// Why a task could not be answered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComputeError {
    /// The run could not be read or written.
    #[error(transparent)]
    Cube(#[from] CubeError),
    /// The cells of this slice have no such measure.
    #[error("{slice}: {error}")]
    Entropy {
        /// The slice in the paper's notation.
        slice: String,
        /// Which rule was broken.
        error: EntropyError,
    },
    /// The query is not one, or asks for what the run does not have.
    #[error("{message}")]
    Query {
        /// In words, with the column.
        message: String,
    },
    /// A run file could not be had.
    #[error("{reason}")]
    NoFile {
        /// What the browser or the server said.
        reason: String,
    },
    /// A run is being written and cannot be deleted.
    #[error("it is being trained, perhaps in another tab")]
    InUse,
    /// A dataset of the user could not be listed or deleted.
    #[error(transparent)]
    Collection(#[from] CollectionError),
    /// The run keeps no training set.
    #[error("its training set was not kept: it is too large, or the run is older than this version")]
    NoTrainingSet,
    /// Only a browser worker can do this.
    #[error("an archive as a Blob can only be made in a browser worker")]
    NeedsBrowser,
}

/// A run file was not wanted any more.
pub fn import_cancelled(name: &str) -> Fault {
    Fault::new(
        IMPORT_CANCELLED,
        format!("{name} was not taken in."),
        "It was cancelled.",
        "Nothing of it was kept; import it again whenever you like.",
    )
}

/// Code of [`import_cancelled`].
pub const IMPORT_CANCELLED: &str = "import_cancelled";

impl ComputeError {
    /// As it is shown when the run file `name` was to be taken in.
    pub fn import_fault(&self, name: &str) -> Fault {
        if matches!(self, Self::Cube(CubeError::Storage(StorageError::Full(_)))) {
            return self.fault(name);
        }
        if matches!(self, Self::Cube(CubeError::Cancelled)) {
            return import_cancelled(name);
        }
        Fault::new(
            "bad_run_file",
            format!("{name} was not taken in."),
            format!("{self}."),
            "Choose a .zarr.zip file as this page exports it; what was here before is untouched.",
        )
    }

    /// The raw cells that must be recomputed before the task can be done, when that is all.
    pub fn needs_cells(&self) -> Option<NeedsCells> {
        match self {
            &Self::Cube(
                CubeError::CellsDropped { epoch, probe_set, .. }
                | CubeError::CellsDamaged { epoch, probe_set, .. },
            ) => Some(NeedsCells { epoch, probe_set }),
            _ => None,
        }
    }

    /// As it is shown to people; `run` names the run concerned.
    pub fn fault(&self, run: &str) -> Fault {
        match self {
            Self::Cube(CubeError::Storage(StorageError::Full(_))) => Fault::new(
                "storage_full",
                "The browser's storage is full.",
                format!("{self}."),
                "Delete older raw cells, which can be computed again, or runs that are no longer needed; then try again.",
            ),
            Self::Cube(error @ CubeError::CellsDropped { .. }) => Fault::new(
                "cells_dropped",
                "These raw cells are not stored.",
                format!("{error}."),
                "Choose a newer epoch; measures that were computed before are still there.",
            ),
            Self::Cube(error @ CubeError::CellsDamaged { .. }) => Fault::new(
                "cells_damaged",
                "Stored cells were cut or altered.",
                format!("{error}."),
                "Choose another layer, channel or epoch; the other cells are sound.",
            ),
            Self::Cube(error @ CubeError::NoTrainProbe) => Fault::new(
                "no_train_probe",
                "This run has no training images to look at.",
                format!("{error}."),
                "Train a new run, or look at the test images.",
            ),
            Self::Cube(error) => Fault::new(
                "run_unreadable",
                format!("The run {run:?} could not be used."),
                format!("{error}."),
                "Reload the page; if it stays so, delete the run and train it again.",
            ),
            Self::NoFile { .. } => self.import_fault(run),
            Self::InUse => Fault::new(
                "run_in_use",
                format!("The run {run:?} cannot be deleted."),
                format!("{self}."),
                "Stop the training first.",
            ),
            Self::Collection(error) => Fault::new(
                error.code(),
                "Your images in this browser could not be looked through.",
                error.to_string(),
                "Reload the page and try again.",
            ),
            Self::Entropy { slice, error } => Fault::new(
                error.code(),
                format!("{slice} has no value."),
                format!("{error}."),
                "Choose another slice; if the network diverged, train again with a smaller learning rate.",
            ),
            Self::Query { message } => Fault::new(
                "bad_query",
                "The query could not be understood.",
                message.clone(),
                "Correct the query; H(dCNN(-, -, -, -)) is one that always works.",
            ),
            Self::NoTrainingSet => Fault::new(
                "no_training_set",
                format!("The training set of the run {run:?} cannot be measured."),
                format!("{self}."),
                "Train with at most 20,000 images in all (2000 of each of ten classes).",
            ),
            Self::NeedsBrowser => Fault::new(
                "needs_browser",
                "The run cannot be exported here.",
                format!("{self}."),
                "Export it from the page.",
            ),
        }
    }
}
