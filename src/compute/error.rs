//! Why a task could not be answered, and how that is told.

use crate::cube::CubeError;
use crate::entropy::EntropyError;
use crate::protocol::Fault;

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
    /// Only a browser worker can do this.
    #[error("an archive as a Blob can only be made in a browser worker")]
    NeedsBrowser,
}

impl ComputeError {
    /// As it is shown to people; `run` names the run concerned.
    pub fn fault(&self, run: &str) -> Fault {
        match self {
            Self::Cube(error) => Fault::new(
                "run_unreadable",
                format!("The run {run:?} could not be used."),
                format!("{error}."),
                "Reload the page; if it stays so, delete the run and train it again.",
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
            Self::NeedsBrowser => Fault::new(
                "needs_browser",
                "The run cannot be exported here.",
                format!("{self}."),
                "Export it from the page.",
            ),
        }
    }
}
