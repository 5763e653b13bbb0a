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
pub mod measures;
mod needs;
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
use crate::compute::layer_information::LayerDistances;
use crate::cube::budget::set_budget;
use crate::cube::label::{RunLabel, store_label};
use crate::cube::sizes::measure_size;
use crate::cube::{RunReader, remove_run};
use crate::protocol::compute::{BitsArray, Capacity, Counted};
use crate::protocol::{Answer, Task};
use crate::query::ImageSet;
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
        Task::InterSample { run, epoch_index, layer, probe_set } => {
            let run = open(store, run).await?.of(*probe_set)?;
            let bits = measures::inter_sample_of(&run, *epoch_index, *layer).await?;
            Ok(Answer::InterSample(array(&[bits.len()], &bits)))
        }
        Task::IntraSample { run, epoch_index, layer } => {
            let run = open(store, run).await?;
            let bits = measures::intra_sample_of(&run, *epoch_index, *layer).await?;
            let columns = run.header().n_classes() + 1;
            let bits = array(&[bits.len() / columns, columns], &bits);
            let states = measures::channel_states_of(&run, *epoch_index, *layer).await?;
            Ok(Answer::IntraSample { bits, states })
        }
        Task::Capacity { run, epoch_index, layer_a, layer_b, estimate } => {
            let run = open(store, run).await?;
            let known = capacity::capacity_of(&run, *estimate, *epoch_index, *layer_a, *layer_b).await?;
            let shape = [known.channels_a, known.channels_b];
            let mut matrices =
                known.matrices.chunks_exact(shape[0] * shape[1]).map(|matrix| array(&shape, matrix));
            let mut next = || matrices.next().unwrap_or_default();
            Ok(Answer::Capacity(Box::new(Capacity {
                capacity: next(),
                null: next(),
                excess: next(),
                null_excess: next(),
                entropy_a: array(&shape[..1], &known.entropy_a),
                entropy_b: array(&shape[1..], &known.entropy_b),
                counted: Counted::of(run.header(), *estimate),
            })))
        }
        Task::Query { run, text } => query::answer(&open(store, run).await?, text).await,
        Task::QueryNeeds { run, text } => query::missing(&open(store, run).await?, text).await,
        Task::Satisfy { run, need, probe_set } => {
            query::satisfy(&open(store, run).await?.of(*probe_set)?, need).await
        }
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
        Task::LayerInformation { run, epoch_index, layer_a, layer_b } => {
            let (run, of) = (open(store, run).await?, (*epoch_index, *layer_a, *layer_b));
            let bits = LayerDistances::default().information(&run, of, &ImageSet::All).await?;
            Ok(Answer::LayerInformation(array(&[bits.len()], &bits)))
        }
        Task::Strongest { run, epoch_index, layer, feature, class } => {
            strongest::strongest(&open(store, run).await?, *epoch_index, *layer, *feature, *class).await
        }
    }
}

async fn open<S: ByteStore + Clone>(store: &S, run: &str) -> Result<RunReader<S>, ComputeError> {
    Ok(RunReader::open(store.clone(), run).await?)
}

fn array(shape: &[usize], bits: &[f32]) -> BitsArray {
    BitsArray { shape: shape.to_vec(), values: bits.iter().map(|&bits| f64::from(bits)).collect() }
}
