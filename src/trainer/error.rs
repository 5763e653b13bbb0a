//! Why a run failed, and how that is said to the user.

use burn::tensor::ExecutionError;

use crate::cube::CubeError;
use crate::network::NetworkError;
use crate::protocol::Fault;
use crate::storage::StorageError;
use crate::trainer::model::ModelError;
use crate::training::schedule::ScheduleError;

/// Why a run could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Already in the user's words: the data, or what the device reported.
    #[error("{0}")]
    Fault(Fault),
    /// The network is impossible.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The network cannot be built.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The run cannot be written.
    #[error(transparent)]
    Cube(#[from] CubeError),
    /// The weights cannot be encoded.
    #[error("the checkpoint cannot be encoded: {0}")]
    Checkpoint(#[from] safetensors::SafeTensorError),
    /// The device failed or was lost.
    #[error(transparent)]
    Device(#[from] ExecutionError),
    /// No batch can be filled.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The loss or an output is not a number, or beyond what float16 holds.
    #[error("{what} in epoch {epoch}")]
    Diverged {
        /// Epoch in progress.
        epoch: u32,
        /// What is out of range.
        what: String,
        /// The learning rate it happened with.
        learning_rate: f64,
    },
}

impl From<Fault> for TrainError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl TrainError {
    /// Whether there was no room to write; with room the same could be done again.
    pub fn is_full_disk(&self) -> bool {
        matches!(self, Self::Cube(CubeError::Storage(StorageError::Full(_))))
    }

    /// The same in the user's words, with a next step.
    pub fn into_fault(self) -> Fault {
        let why = self.to_string();
        match self {
            Self::Fault(fault) => fault,
            Self::Network(_) | Self::Model(_) => {
                Fault::new("model", "The network cannot be built.", why, "Choose another model.")
            }
            Self::Cube(error) => storage_fault(&error, why),
            Self::Checkpoint(_) => {
                Fault::new("checkpoint", "The weights could not be saved.", why, "Start the run again.")
            }
            Self::Device(_) => Fault::new(
                "device_failed",
                "The device that trains failed.",
                why,
                "What was recorded is kept. Reload the page and start again, or choose the backend cpu.",
            ),
            Self::Schedule(error) => Fault::new(
                "batch_too_large",
                "The training set does not fill one batch.",
                why,
                match error {
                    ScheduleError::BatchTooLarge { images, .. } => {
                        format!("Choose a batch from 1 to {images}, or more images per class.")
                    }
                    ScheduleError::EmptyBatch => "Choose a batch from 1 on.".to_owned(),
                },
            ),
            Self::Diverged { epoch, learning_rate, .. } => Fault::new(
                "diverged",
                format!("Training diverged in epoch {epoch}."),
                format!("{why}; the learning rate is {learning_rate}."),
                "The epochs before are kept. Start again with a smaller learning rate.",
            ),
        }
    }
}

fn storage_fault(error: &CubeError, why: String) -> Fault {
    match error {
        CubeError::Storage(StorageError::Full(_)) => Fault::new(
            "storage_full",
            "The run could not be recorded further.",
            why,
            "What was recorded is kept. Delete or export old runs, then start again with fewer epochs.",
        ),
        _ => Fault::new(
            "storage",
            "The run could not be recorded.",
            why,
            "What was recorded is kept. Reload the page and start again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_code_and_a_next_step() {
        let full = CubeError::Storage(StorageError::Full("runs/a/x".to_owned()));
        let missing = CubeError::Storage(StorageError::Missing("runs/a/x".to_owned()));
        let cases = [
            (TrainError::from(Fault::new("fetch", "a", "b", "c")), "fetch"),
            (TrainError::from(NetworkError::NoOutput), "model"),
            (TrainError::from(ModelError::Network(NetworkError::NoOutput)), "model"),
            (TrainError::from(full), "storage_full"),
            (TrainError::from(missing), "storage"),
            (TrainError::from(safetensors::SafeTensorError::InvalidHeaderLength), "checkpoint"),
            (TrainError::from(ScheduleError::BatchTooLarge { batch: 64, images: 30 }), "batch_too_large"),
            (
                TrainError::Diverged { epoch: 2, what: "the loss is NaN".to_owned(), learning_rate: 9.0 },
                "diverged",
            ),
        ];
        for (error, code) in cases {
            let fault = error.into_fault();
            assert_eq!(fault.code, code);
            assert!(!fault.next_step.is_empty());
        }
    }

    #[test]
    fn a_batch_that_cannot_be_filled_names_both_numbers() {
        let fault = TrainError::from(ScheduleError::BatchTooLarge { batch: 64, images: 30 }).into_fault();
        assert!(fault.why.contains("64") && fault.why.contains("30"), "{fault}");
        assert!(fault.next_step.contains("from 1 to 30"), "{fault}");
    }
}
