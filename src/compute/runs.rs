//! The run manager's questions: which runs there are, what one holds.

use crate::compute::ComputeError;
use crate::cube::{RunReader, list_runs};
use crate::protocol::Answer;
use crate::protocol::compute::{EpochSummary, RunSummary};
use crate::storage::ByteStore;

/// All runs in storage, also those that cannot be opened.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn summaries<S: ByteStore + Clone>(store: &S) -> Result<Vec<RunSummary>, ComputeError> {
    let mut summaries = Vec::new();
    for listed in list_runs(store.clone()).await? {
        summaries.push(match listed.opened {
            Ok(run) => summary(listed.run, &run).await?,
            Err(error) => RunSummary {
                run: listed.run,
                header: None,
                recorded: 0,
                test_accuracy: None,
                bytes: 0,
                problem: Some(error.to_string()),
            },
        });
    }
    Ok(summaries)
}

async fn summary<S: ByteStore>(id: String, run: &RunReader<S>) -> Result<RunSummary, ComputeError> {
    let epochs = run.epochs().await?;
    Ok(RunSummary {
        run: id,
        header: Some(run.header().clone()),
        recorded: run.recorded(),
        test_accuracy: epochs.last().map(|(metrics, _)| metrics.test_accuracy),
        bytes: run.bytes().await?,
        problem: None,
    })
}

/// Header, metrics and confusion matrices of a run.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn opened<S: ByteStore>(run: &RunReader<S>) -> Result<Answer, ComputeError> {
    let epochs = run.epochs().await?;
    Ok(Answer::Opened {
        header: Box::new(run.header().clone()),
        epochs: epochs.into_iter().map(|(metrics, confusion)| EpochSummary { metrics, confusion }).collect(),
    })
}
