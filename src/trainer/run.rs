//! A run from its order to its end: data, network, header, epochs, seal.
//!
//! The same code runs in the worker and in the native tests; host and store differ.

use crate::cube::header::kept_training_images;
use crate::cube::{EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunWriter};
use crate::dataset::{Dataset, Samples};
use crate::network::{NetworkError, NetworkSpec, RecordedLayer, initial_weights};
use crate::protocol::FromTrainer;
use crate::storage::ByteStore;
use crate::trainer::control::Pace;
use crate::trainer::data;
use crate::trainer::device::Accelerator;
use crate::trainer::error::TrainError;
use crate::trainer::fit::Learner;
use crate::trainer::host::Host;
use crate::trainer::model::Network;
use crate::trainer::optimizer::Optimizer;
pub use crate::trainer::session::RunEnd;
use crate::trainer::session::Session;
use crate::training::config::Backend;
use crate::training::{TrainingConfig, schedule};

/// What a run is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOrder {
    /// Identifier: its folder in the store is `runs/<id>`.
    pub run: String,
    /// Name shown to people.
    pub name: String,
    /// ISO 8601 UTC.
    pub created: String,
    /// Absolute URL of the `data/` folder beside the page, ending in `/`.
    pub data_url: String,
    /// Settings.
    pub config: TrainingConfig,
}

/// Trains and records a run; emits everything from `Preparing` to `EpochRecorded`, but not its end.
///
/// # Errors
/// When data, network, device or store fail, or training diverges. What was recorded stays; a run
/// that diverged is sealed, since nothing more can come.
pub async fn run<H: Host, S: ByteStore + Clone>(
    order: &RunOrder,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    let dataset = data::load(&order.config, &order.data_url, host, &store).await?;
    run_on(order, &dataset, host, store, accelerator).await
}

/// [`run`] on a dataset that is already there.
///
/// # Errors
/// As [`run`].
pub async fn run_on<H: Host, S: ByteStore + Clone>(
    order: &RunOrder,
    dataset: &Dataset,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    let config = &order.config;
    let split = data::split(dataset, config)?;
    schedule::batches_per_epoch(split.train.len(), config.batch)?;
    let spec = config.network(dataset.train.shape, dataset.classes.len());
    let learner = fresh_learner(config, &spec, accelerator)?;
    let mut header = header(order, dataset, &spec, accelerator.backend)?;
    header.probe_images = split.probe.len();
    header.trained_images = split.train.len();
    header.train_probe_images = split.train_probe.len();
    header.training_images = kept_training_images(split.train.len(), split.train.shape);
    let mut writer = RunWriter::create(store, &order.run, header.clone(), &split.probe).await?;
    writer.write_training_set(&split.train).await?;
    writer.write_train_probe(&split.train_probe).await?;
    let note = data::note(dataset, &split.train, config);
    announce(&order.run, header, &split.probe, accelerator, note, host);
    let (run, spec, split, pace) = (order.run.as_str(), &spec, &split, Pace::default());
    Session { run, config, spec, split, accelerator, learner, writer, pace, unrecorded: None }.run(host).await
}

/// A learner with the initial weights of the run's seed.
///
/// # Errors
/// When the network is impossible.
pub(super) fn fresh_learner(
    config: &TrainingConfig,
    spec: &NetworkSpec,
    accelerator: &Accelerator,
) -> Result<Learner, TrainError> {
    let device = accelerator.device.clone().autodiff();
    let initial = initial_weights(spec, config.seed)?.into_iter().collect();
    let network = Network::new(spec, &initial, &device)?;
    let optimizer = Optimizer::new(config.optimizer, config.effective_weight_decay());
    Ok(Learner::new(network, optimizer, &device))
}

/// Tells the page that a run is under way, new or continued.
pub(super) fn announce<H: Host>(
    run: &str,
    header: RunHeader,
    probe: &Samples,
    accelerator: &Accelerator,
    note: Option<String>,
    host: &mut H,
) {
    host.emit(FromTrainer::Started {
        run: run.to_owned(),
        probe_labels: probe.labels.clone(),
        header: Box::new(header),
        backend: accelerator.backend,
        device: accelerator.description.clone(),
        note,
    });
    if accelerator.backend == Backend::Webgpu {
        host.emit(FromTrainer::Preparing { stage: "Compiling shaders".to_owned() });
    }
}

fn header(
    order: &RunOrder,
    dataset: &Dataset,
    spec: &NetworkSpec,
    backend: Backend,
) -> Result<RunHeader, NetworkError> {
    let config = &order.config;
    let layer = |(index, recorded): (usize, RecordedLayer)| LayerHeader {
        index,
        name: recorded.name,
        kind: recorded.kind.to_owned(),
        channels: recorded.shape.channels,
        height: recorded.shape.height,
        width: recorded.shape.width,
    };
    Ok(RunHeader {
        format: 1,
        app: concat!("cnnslicer ", env!("CARGO_PKG_VERSION")).to_owned(),
        created: order.created.clone(),
        name: order.name.clone(),
        note: String::new(),
        seed: config.seed,
        dataset: dataset.name.clone(),
        model: spec.name.clone(),
        optimizer: config.optimizer.to_string(),
        backend: backend.to_string(),
        classes: dataset.classes.clone(),
        layers: (1..).zip(spec.recorded_layers(&config.parts)?).map(layer).collect(),
        settings: EstimatorSettings::default(),
        complete: false,
        config: config.clone(),
        input: spec.input,
        probe_images: config.probe,
        planned_epochs: config.record.epochs(config.epochs),
        network: Some(spec.clone()),
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    })
}
