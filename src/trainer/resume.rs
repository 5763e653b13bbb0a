//! A run goes on from its last checkpoint: one that was cut short, stopped, or is to be trained longer.
//!
//! On the CPU the result has the same bits as without the interruption: weights, running statistics
//! and optimizer state come back exactly, and everything random depends on the seed and on places in the run.

use crate::cube::{CubeError, RunHeader, RunReader, RunWriter};
use crate::dataset::Dataset;
use crate::network::NetworkSpec;
use crate::protocol::{Fault, FromTrainer};
use crate::storage::ByteStore;
use crate::trainer::control::Pace;
use crate::trainer::device::Accelerator;
use crate::trainer::error::TrainError;
use crate::trainer::fit::Learner;
use crate::trainer::host::Host;
use crate::trainer::run::{RunEnd, announce, fresh_learner};
use crate::trainer::session::Session;
use crate::trainer::{checkpoint, data, unrecorded_epoch};
use crate::training::TrainingConfig;

/// Which run is to go on, and how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContinueOrder {
    /// Identifier.
    pub run: String,
    /// Absolute URL of the `data/` folder beside the page, ending in `/`.
    pub data_url: String,
    /// Epochs in all; `None` for as many as were planned.
    pub epochs: Option<u32>,
}

/// Continues a stored run. Emits `Started`, `EpochRecorded` for every epoch that is recorded already, and
/// then what a new run emits.
///
/// # Errors
/// `all_trained` when no epoch is left, `data_changed` when the dataset is not the one the run began with,
/// and as [`super::run::run`].
pub async fn resume<H: Host, S: ByteStore + Clone>(
    order: &ContinueOrder,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    let header = RunReader::open(store.clone(), &order.run).await?.header().clone();
    let dataset = data::load(&header.config, &order.data_url, host, &store).await?;
    resume_on(order, &dataset, host, store, accelerator).await
}

/// [`resume`] on a dataset that is already there.
///
/// # Errors
/// As [`resume`].
pub async fn resume_on<H: Host, S: ByteStore + Clone>(
    order: &ContinueOrder,
    dataset: &Dataset,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    let reader = RunReader::open(store.clone(), &order.run).await?;
    let header = longer(reader.header(), reader.recorded(), order.epochs)?;
    let config = header.config.clone();
    let split = data::split(dataset, &config)?;
    if reader.probe().await? != split.probe {
        return Err(data_changed(&header).into());
    }
    let spec = header.spec();
    let (learner, missing) = stored_learner(&reader, &config, &spec, accelerator).await?;
    let recorded = reader.epochs().await?;

    let writer = RunWriter::reopen(store, &order.run, header.clone()).await?;
    announce(&order.run, header, &split.probe, accelerator, missing, host);
    for (epoch_index, (metrics, confusion)) in recorded.into_iter().enumerate() {
        host.emit(FromTrainer::EpochRecorded { run: order.run.clone(), epoch_index, metrics, confusion });
    }
    let (config, spec, split, run) = (&config, &spec, &split, order.run.as_str());
    let pace = Pace::default();
    Session { run, config, spec, split, accelerator, learner, writer, pace, unrecorded: None }.run(host).await
}

/// The header under which the run goes on to `epochs`.
fn longer(stored: &RunHeader, recorded: usize, epochs: Option<u32>) -> Result<RunHeader, Fault> {
    let mut header = stored.clone();
    header.config.epochs = epochs.unwrap_or(stored.config.epochs);
    let recorded = &stored.planned_epochs[..recorded];
    if let Some(&last) = recorded.last()
        && last >= header.config.epochs
    {
        return Err(all_trained(&header.name, last));
    }
    let what = || format!("“{}” was not continued.", stored.name);
    header.config.check().map_err(|error| Fault::bad_settings(what(), &error))?;
    header.planned_epochs = header.config.record.continued(recorded, header.config.epochs);
    Ok(header)
}

/// The learner after the last recorded epoch, and what could not be brought back.
async fn stored_learner<S: ByteStore>(
    reader: &RunReader<S>,
    config: &TrainingConfig,
    spec: &NetworkSpec,
    accelerator: &Accelerator,
) -> Result<(Learner, Option<String>), TrainError> {
    let last = reader.recorded().checked_sub(1).map(|index| reader.header().planned_epochs[index]);
    let Some(last) = last else {
        return Ok((fresh_learner(config, spec, accelerator)?, None));
    };
    let weights = checkpoint::decode(&reader.checkpoint(last).await?)?;
    let state = reader.optimizer().await?.map(|file| checkpoint::decode(&file)).transpose()?;
    // At epoch 0 there is nothing to remember.
    let missing = (state.is_none() && last > 0).then(|| without_optimizer(last));
    let learner = unrecorded_epoch::learner(config, spec, weights, state, &accelerator.device)?;
    Ok((learner, missing))
}

fn without_optimizer(epoch: u32) -> String {
    format!(
        "The run holds the weights of epoch {epoch} but not its optimizer's state: training goes on with a fresh one, \
         and not to the same result as without the interruption."
    )
}

fn all_trained(name: &str, epochs: u32) -> Fault {
    Fault::new(
        "all_trained",
        format!("“{name}” was not continued."),
        format!("All its {epochs} epochs are trained."),
        "Ask for more epochs than that.",
    )
}

fn data_changed(header: &RunHeader) -> Fault {
    Fault::new(
        "data_changed",
        format!("“{}” was not continued.", header.name),
        format!("The images of {} are not those that the run began with.", header.dataset),
        "Put the same dataset in place again, or start a new run.",
    )
}

/// Whether nothing of the run is in storage, so that there is nothing to continue.
pub(super) fn is_missing(error: &TrainError) -> bool {
    matches!(error, TrainError::Cube(CubeError::NoSuchRun(_)))
}
