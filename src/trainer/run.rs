//! A run from its order to its end: data, network, header, epochs, seal.
//!
//! The same code runs in the worker and in the native tests; host and store differ.

use crate::cube::{EstimatorSettings, LayerHeader, RunHeader, RunWriter};
use crate::dataset::{Dataset, Split};
use crate::network::presets::mnist_8;
use crate::network::{NetworkError, NetworkSpec, initial_weights};
use crate::protocol::{Fault, FromTrainer};
use crate::storage::ByteStore;
use crate::trainer::control::{self, Flow};
use crate::trainer::device::Accelerator;
use crate::trainer::error::TrainError;
use crate::trainer::fit::{EpochEnd, EpochLoop, Learner};
use crate::trainer::host::Host;
use crate::trainer::model::Network;
use crate::trainer::optimizer::optimizer;
use crate::trainer::progress::{EpochTally, Throughput};
use crate::trainer::record::{EpochPlace, Recorder};
use crate::trainer::{checkpoint, chunks, data, evaluate, weights};
use crate::training::config::{Backend, ModelName};
use crate::training::{EpochMetrics, TrainingConfig};

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

/// How a run ended, all of it stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// All epochs are trained.
    Finished,
    /// The user stopped it.
    Stopped,
}

/// Trains and records a run; emits everything from `Preparing` to `EpochRecorded`, but not its end.
///
/// # Errors
/// When data, network, device or store fail, or training diverges. What was recorded stays; a run
/// that diverged is sealed, since nothing more can come.
pub async fn run<H: Host, S: ByteStore>(
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
pub async fn run_on<H: Host, S: ByteStore>(
    order: &RunOrder,
    dataset: &Dataset,
    host: &mut H,
    store: S,
    accelerator: &Accelerator,
) -> Result<RunEnd, TrainError> {
    let config = &order.config;
    let split = data::split(dataset, config)?;
    let spec = network_spec(config.model, dataset);
    let device = accelerator.device.clone().autodiff();
    let initial = initial_weights(&spec, config.seed)?.into_iter().collect();
    let network = Network::new(&spec, &initial, &device)?;
    let learner = Learner::new(network, optimizer(config.optimizer), &device);

    let mut header = header(order, dataset, &spec, accelerator.backend)?;
    header.probe_images = split.probe.len();
    let writer = RunWriter::create(store, &order.run, header.clone(), &split.probe).await?;
    host.emit(FromTrainer::Started {
        run: order.run.clone(),
        header: Box::new(header),
        backend: accelerator.backend,
        device: accelerator.description.clone(),
        note: data::note(dataset, &split.train, config),
    });
    if accelerator.backend == Backend::Webgpu {
        host.emit(FromTrainer::Preparing { stage: "Compiling shaders".to_owned() });
    }
    Session { order, spec: &spec, split: &split, accelerator, learner, writer }.run(host).await
}

/// The network a model name stands for, on this dataset's images and classes.
pub fn network_spec(model: ModelName, dataset: &Dataset) -> NetworkSpec {
    match model {
        ModelName::Mnist8 => mnist_8(dataset.train.shape, dataset.classes.len()),
    }
}

fn header(
    order: &RunOrder,
    dataset: &Dataset,
    spec: &NetworkSpec,
    backend: Backend,
) -> Result<RunHeader, NetworkError> {
    let config = &order.config;
    let layer = |summary: crate::network::LayerSummary| LayerHeader {
        index: summary.index,
        name: summary.name,
        kind: summary.kind.to_owned(),
        channels: summary.shape.channels,
        height: summary.shape.height,
        width: summary.shape.width,
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
        layers: spec.summaries()?.into_iter().map(layer).collect(),
        settings: EstimatorSettings::default(),
        complete: false,
        config: config.clone(),
        input: spec.input,
        probe_images: config.probe,
        planned_epochs: (0..=config.epochs).collect(),
    })
}

fn disk_full(epoch: u32, error: &TrainError) -> Fault {
    Fault::new(
        "storage_full",
        format!("Training is paused: there is no room to record epoch {epoch}."),
        format!("{error}."),
        "Delete runs that are no longer needed, then press Resume; or press Stop. What was recorded is kept.",
    )
}

/// A run under way.
struct Session<'a, S> {
    order: &'a RunOrder,
    spec: &'a NetworkSpec,
    split: &'a Split,
    accelerator: &'a Accelerator,
    learner: Learner,
    writer: RunWriter<S>,
}

impl<S: ByteStore> Session<'_, S> {
    async fn run<H: Host>(mut self, host: &mut H) -> Result<RunEnd, TrainError> {
        let end = self.epochs(host).await;
        if matches!(end, Ok(_) | Err(TrainError::Diverged { .. })) {
            self.writer.seal().await?;
        }
        end
    }

    async fn epochs<H: Host>(&mut self, host: &mut H) -> Result<RunEnd, TrainError> {
        let config = &self.order.config;
        let mut rate = Throughput::default();
        if self.record(0, None, host).await? == Flow::Stop {
            return Ok(RunEnd::Stopped);
        }
        for epoch in 1..=config.epochs {
            let training = EpochLoop::new(config, &self.split.train, epoch);
            match training.run(&mut self.learner, &mut rate, host).await? {
                EpochEnd::Stopped => return Ok(RunEnd::Stopped),
                EpochEnd::Finished(tally) => {
                    if self.record(epoch, Some(tally), host).await? == Flow::Stop {
                        return Ok(RunEnd::Stopped);
                    }
                }
            }
        }
        Ok(RunEnd::Finished)
    }

    /// Stores the epoch. When the disk is full the half of it that was written is removed, and training
    /// pauses; resumed, the epoch is stored anew from the same weights.
    async fn record<H: Host>(
        &mut self,
        epoch: u32,
        tally: Option<EpochTally>,
        host: &mut H,
    ) -> Result<Flow, TrainError> {
        let mut flow = Flow::Continue;
        while flow != Flow::Stop {
            match self.try_to_record(epoch, tally, host).await {
                Err(error) if error.is_full_disk() => {
                    self.writer.discard_unrecorded().await?;
                    flow = control::pause_for(host, disk_full(epoch, &error)).await;
                }
                recorded => return recorded.map(|()| flow),
            }
        }
        Ok(flow)
    }

    /// Evaluates the network as it is and stores the epoch; it is all there or does not count.
    async fn try_to_record<H: Host>(
        &mut self,
        epoch: u32,
        tally: Option<EpochTally>,
        host: &mut H,
    ) -> Result<(), TrainError> {
        let learning_rate = self.order.config.learning_rate;
        let network = self.learner.snapshot();
        let device = &self.accelerator.device;
        let per_chunk = chunks::images_per_chunk(self.spec)?;
        let n_classes = self.writer.header().classes.len();
        let test = &self.split.test;
        let on_test = evaluate::evaluate(&network, test, n_classes, per_chunk, device, host).await?;
        if !on_test.loss.is_finite() {
            let what = format!("the loss on the test set is {}", on_test.loss);
            return Err(TrainError::Diverged { epoch, what, learning_rate });
        }

        let place = EpochPlace { epoch, epoch_index: self.writer.recorded() };
        let shapes = self.spec.shapes()?;
        let recorder = Recorder { probe: &self.split.probe, shapes: &shapes, per_chunk, device };
        recorder.write_activations(&network, place, learning_rate, &mut self.writer, host).await?;
        self.write_checkpoint(&network, epoch).await?;

        let metrics = EpochMetrics {
            epoch,
            train_loss: tally.map_or(f32::NAN, |tally| tally.loss()),
            test_loss: on_test.loss,
            train_accuracy: tally.map_or(f32::NAN, |tally| tally.accuracy()),
            test_accuracy: on_test.confusion.accuracy() as f32,
        };
        self.writer.commit_epoch(place.epoch_index, &metrics, &on_test.confusion).await?;
        host.emit(FromTrainer::EpochRecorded {
            run: self.order.run.clone(),
            epoch_index: place.epoch_index,
            metrics,
            confusion: on_test.confusion,
        });
        Ok(())
    }

    async fn write_checkpoint(&mut self, network: &Network, epoch: u32) -> Result<(), TrainError> {
        let tensors = weights::read(network).await?;
        let file = checkpoint::encode(&tensors, &self.spec.name, epoch)?;
        Ok(self.writer.write_checkpoint(epoch, &file).await?)
    }
}
