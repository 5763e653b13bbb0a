//! Why a run could not be written or read.

use super::ProbeSet;
use super::archive::ZipError;
use crate::storage::StorageError;

/// Why a run could not be written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CubeError {
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A stored file is not what a run of format 1 has there.
    #[error("{path}: {reason}")]
    Format {
        /// The file, from the root of the store.
        path: String,
        /// What was found and what was expected.
        reason: String,
    },
    /// The run was written in another format.
    #[error("the run file has format {found}; this version of CNNSlicer reads format 1")]
    OtherFormat {
        /// The format number found.
        found: u64,
    },
    /// There is no such run, or its creation was cut short.
    #[error("there is no run {0:?}")]
    NoSuchRun(String),
    /// A run of this name is there already.
    #[error("there is a run {0:?} already")]
    RunExists(String),
    /// The run has no such layer.
    #[error("there is no layer {layer}; the last one is {last}")]
    NoSuchLayer {
        /// The layer asked for.
        layer: usize,
        /// The highest layer of the run.
        last: usize,
    },
    /// The layer has no such channel.
    #[error("layer {layer} has no channel {channel}; it has {channels}")]
    NoSuchChannel {
        /// The layer.
        layer: usize,
        /// The channel asked for.
        channel: usize,
        /// How many there are, 0 first.
        channels: usize,
    },
    /// The epoch is not, or not fully, recorded.
    #[error("epoch number {epoch_index} on axis T is not recorded; {recorded} are, counted from 0")]
    NotRecorded {
        /// Index on axis T.
        epoch_index: usize,
        /// Epochs recorded.
        recorded: usize,
    },
    /// The epoch is recorded, but its raw cells at this layer are not stored.
    #[error("the cells of layer {layer} at epoch {epoch} are not stored")]
    CellsMissing {
        /// Epoch number.
        epoch: u32,
        /// Layer.
        layer: usize,
    },
    /// The epoch is recorded and its raw cells were dropped to save space; its weights are there.
    #[error("the cells of layer {layer} at epoch {epoch} {}; they can be recomputed", why_absent(*.probe_set))]
    CellsDropped {
        /// Epoch number.
        epoch: u32,
        /// Layer.
        layer: usize,
        /// Of which images.
        probe_set: ProbeSet,
    },
    /// Stored cells were cut or altered.
    #[error("the cells of {} at epoch {epoch} are damaged: {reason}", place(*.layer, *.channel))]
    CellsDamaged {
        /// Epoch number.
        epoch: u32,
        /// Layer.
        layer: usize,
        /// Of which images.
        probe_set: ProbeSet,
        /// The channel; `None` when no channel of the layer can be told from another.
        channel: Option<usize>,
        /// What does not fit.
        reason: String,
    },
    /// The run is of an older version, or keeps no training images to compare the probe set with.
    #[error("the run has no training images to look at: it is of an older version")]
    NoTrainProbe,
    /// The weights of this epoch are not stored.
    #[error("there is no checkpoint of epoch {0}")]
    NoCheckpoint(u32),
    /// Epochs are written in the order of the plan, each once.
    #[error("{what} was to be written, but {expected} comes next")]
    OutOfOrder {
        /// What was given.
        what: String,
        /// What should have been given.
        expected: String,
    },
    /// A file is not an archive that can be taken in.
    #[error(transparent)]
    Archive(#[from] ZipError),
    /// What was asked for is not wanted any more.
    #[error("it was cancelled")]
    Cancelled,
    /// A run cannot be continued as another one.
    #[error("the run cannot be continued with another {0} than it was recorded with")]
    CannotContinue(&'static str),
    /// What was given to be stored has the wrong number of values.
    #[error("{what}: {found} values instead of {expected}")]
    Shape {
        /// What was to be stored.
        what: String,
        /// Values given.
        found: usize,
        /// Values that the run's header calls for.
        expected: usize,
    },
}

fn why_absent(probe_set: ProbeSet) -> &'static str {
    match probe_set {
        ProbeSet::Test => "were dropped to save space",
        ProbeSet::Train => "for the training images are not stored",
    }
}

fn place(layer: usize, channel: Option<usize>) -> String {
    match channel {
        Some(channel) => format!("channel {channel} of layer {layer}"),
        None => format!("layer {layer}"),
    }
}

impl CubeError {
    /// A [`CubeError::Format`].
    pub(crate) fn format(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Format { path: path.into(), reason: reason.into() }
    }
}
