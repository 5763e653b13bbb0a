//! Answering tasks about stored runs: cells are read from the store, measured, and the measures kept.
//!
//! [`answer`] is a function of the task and the store and runs natively; `worker` is the program
//! around it. Never writes cells.

pub mod capacity;
pub mod error;
#[cfg(target_arch = "wasm32")]
pub mod export;
#[cfg(target_arch = "wasm32")]
pub mod import;
mod layer_information;
mod measurer;
pub mod measures;
mod needs;
mod outputs;
mod parts;
pub mod query;
pub mod runs;
pub mod schedule;
pub mod strongest;
pub mod training_set;
#[cfg(target_arch = "wasm32")]
pub mod worker;

pub use error::ComputeError;

use crate::collection;
use crate::compute::measurer::Measurer;
use crate::cube::budget::set_budget;
use crate::cube::label::{RunLabel, store_label};
use crate::cube::sizes::measure_size;
use crate::cube::{RunReader, remove_run};
use crate::measure::{ImageSet, Measure, MeasureKey, Of};
use crate::protocol::compute::{BitsArray, Counted, Measured};
use crate::protocol::{Answer, Task};
use crate::storage::ByteStore;

/// Answers a task from what is in the store; measures that were not there are computed and kept.
///
/// # Errors
/// What the store, the run's files, the estimators and the query language refuse.
pub async fn answer<S: ByteStore + Clone>(task: &Task, store: &S) -> Result<Answer, ComputeError> {
    match task {
        Task::ListRuns => Ok(Answer::Runs(runs::summaries(store).await?)),
        Task::RunSize { run } => Ok(Answer::RunSize { bytes: measure_size(store, run).await?.bytes }),
        Task::OpenRun { run } => runs::opened(&open(store, run).await?).await,
        Task::Measure { run, key } => {
            let run = open(store, run).await?.of(key.probe_set)?;
            Ok(Answer::Measured(measured(&run, key).await?))
        }
        Task::Query { run, text } => query::answer(&open(store, run).await?, text).await,
        Task::QueryNeeds { run, text } => query::missing(&open(store, run).await?, text).await,
        Task::Slice { run, text } => query::slice(&open(store, run).await?, text).await,
        Task::Export { .. } | Task::Import { .. } => Err(ComputeError::NeedsBrowser),
        Task::Rename { run, name, note } => {
            let label = RunLabel { name: Some(name.clone()), note: note.clone() };
            store_label(store, run, &label).await?;
            Ok(Answer::Renamed)
        }
        Task::Storage => Ok(Answer::Storage(runs::storage(store).await?)),
        Task::SetBudget { bytes } => {
            set_budget(store, *bytes).await?;
            Ok(Answer::Storage(runs::storage(store).await?))
        }
        Task::ListData => Ok(Answer::Data(collection::list(store).await?)),
        Task::RemoveData { folder } => {
            collection::remove(store, folder).await?;
            Ok(Answer::Data(collection::list(store).await?))
        }
        Task::Remove { run } => {
            remove_run(store.clone(), run).await?;
            Ok(Answer::Removed)
        }
        Task::Probe { run } => runs::probe(&open(store, run).await?).await,
        Task::Compare { run } => training_set::compared(&open(store, run).await?).await,
        Task::TrainingInterSample { run, distance } => {
            let bits = training_set::inter_sample_of(&open(store, run).await?, *distance).await?;
            Ok(Answer::TrainingInterSample { bits: f64::from(bits) })
        }
        Task::Strongest { run, epoch_index, layer, feature, class } => {
            strongest::strongest(&open(store, run).await?, *epoch_index, *layer, *feature, *class).await
        }
    }
}

/// The values of a result; of all channels of two layers with what chance gives and the most there could be.
async fn measured<S: ByteStore>(run: &RunReader<S>, key: &MeasureKey) -> Result<Measured, ComputeError> {
    if let (Measure::Capacity, Of::Layers(layer_a, layer_b), ImageSet::All) =
        (key.measure, key.of, &key.images)
        && key.settings.is_of_run()
    {
        let pairs = key.settings.pairs;
        let known = capacity::capacity_of(run, pairs, key.epoch_index, layer_a, layer_b).await?;
        return Ok(Measured::ChannelPairs(Box::new(known.as_answer(Counted::of(run.header(), pairs)))));
    }
    let values = Measurer::new(run).values(key).await?;
    let channels = |layer| run.header().shape_at(layer).map_or(0, |shape| shape.channels);
    let shape = match values.len() {
        0 => vec![0],
        _ => key.shape(run.header().n_classes(), channels),
    };
    Ok(Measured::Values(BitsArray { shape, values }))
}

async fn open<S: ByteStore + Clone>(store: &S, run: &str) -> Result<RunReader<S>, ComputeError> {
    Ok(RunReader::open(store.clone(), run).await?)
}
