//! The run manager's questions: which runs there are, what one holds.

use crate::compute::ComputeError;
use crate::cube::budget::budget;
use crate::cube::sizes::{KnownSize, known_sizes, measure_size};
use crate::cube::{ProbeSet, RunReader, list_runs};
use crate::protocol::Answer;
use crate::protocol::compute::{EpochSummary, RunSummary, StorageSummary};
use crate::storage::ByteStore;

/// All runs in storage, also those that cannot be opened.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn summaries<S: ByteStore + Clone>(store: &S) -> Result<Vec<RunSummary>, ComputeError> {
    let sizes = known_sizes(store).await;
    let mut summaries = Vec::new();
    for listed in list_runs(store.clone()).await? {
        summaries.push(match listed.opened {
            Ok(run) => summary(listed.run, &run, &sizes).await,
            Err(error) => RunSummary {
                run: listed.run,
                header: None,
                recorded: 0,
                test_accuracy: None,
                bytes: None,
                problem: Some(error.to_string()),
                is_written: false,
            },
        });
    }
    Ok(summaries)
}

/// A run of which something cannot be read is one entry that says so: it can still be exported and deleted.
async fn summary<S: ByteStore>(id: String, run: &RunReader<S>, sizes: &[KnownSize]) -> RunSummary {
    let last = run.last_metrics().await;
    RunSummary {
        header: Some(run.header().clone()),
        recorded: run.recorded(),
        problem: last.as_ref().err().map(ToString::to_string),
        test_accuracy: last.ok().flatten().map(|metrics| metrics.test_accuracy),
        bytes: sizes.iter().find(|size| size.is_of(&id, run.recorded())).map(|size| size.bytes),
        run: id,
        is_written: false,
    }
}

/// How full the store is, and of how many epochs it has the raw cells.
///
/// # Errors
/// What the store and the run's files refuse.
pub async fn storage<S: ByteStore + Clone>(store: &S) -> Result<StorageSummary, ComputeError> {
    let space = store.space().await;
    let mut summary = StorageSummary {
        quota: space.map(|space| space.quota),
        usage: space.map(|space| space.used),
        budget: budget(store).await?,
        ..StorageSummary::default()
    };
    let known = known_sizes(store).await;
    for listed in list_runs(store.clone()).await? {
        if let Ok(run) = listed.opened {
            let size = match known.iter().find(|size| size.is_of(&listed.run, run.recorded())) {
                Some(size) => size.clone(),
                None => match measure_size(store, &listed.run).await {
                    Ok(size) => size,
                    // A damaged run says so in the list of runs; the others are counted all the same.
                    Err(_) => continue,
                },
            };
            summary.raw_epochs += size.raw_epochs;
            summary.raw_bytes += size.raw_bytes;
            summary.recomputable_epochs += size.recorded.saturating_sub(size.raw_epochs);
        }
    }
    Ok(summary)
}

/// Header, metrics and confusion matrices of a run.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn opened<S: ByteStore>(run: &RunReader<S>) -> Result<Answer, ComputeError> {
    let epochs = run.epochs().await?;
    Ok(Answer::Opened {
        probe_labels: run.probe_labels().await?,
        header: Box::new(run.header().clone()),
        epochs: epochs.into_iter().map(|(metrics, confusion)| EpochSummary { metrics, confusion }).collect(),
    })
}

/// The class of each image that may be on X.
///
/// # Errors
/// What the store and the run's files refuse.
pub async fn probe<S: ByteStore + Clone>(run: &RunReader<S>) -> Result<Answer, ComputeError> {
    let train_labels = match run.of(ProbeSet::Train) {
        Ok(train) => train.probe_labels().await?,
        Err(_) => Vec::new(),
    };
    Ok(Answer::Probe { labels: run.probe_labels().await?, train_labels })
}
