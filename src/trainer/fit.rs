//! One epoch of training, batch by batch.
//!
//! Every step's loss and number of right predictions stay on the device until they are read, several
//! steps at once: reading stalls WebGPU, never reading lets its queue grow. Weights depend on seed and
//! data only, never on when something was read, paused or reported.

use burn::module::Module as _;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::optim::GradientsParams;
use burn::tensor::{Device, ExecutionError, Tensor};

use crate::dataset::Samples;
use crate::network::NamedTensor;
use crate::protocol::FromTrainer;
use crate::trainer::batches;
use crate::trainer::control::{self, Flow, Pace};
use crate::trainer::dropout::{self, MaskPlace};
use crate::trainer::error::TrainError;
use crate::trainer::host::Host;
use crate::trainer::model::{Dropout, Mode, Network};
use crate::trainer::optimizer::Optimizer;
use crate::trainer::progress::{self, EpochTally, RateLimit, ReadbackPolicy, Throughput};
use crate::training::config::Augmentation;
use crate::training::{TrainingConfig, schedule};

/// What training changes from batch to batch.
pub struct Learner {
    network: Network,
    optimizer: Optimizer,
    loss: CrossEntropyLoss,
    /// With autodiff.
    device: Device,
}

/// One batch: which images, and all that its step depends on.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Positions in the training set.
    pub indices: &'a [usize],
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Seed of the run.
    pub seed: u64,
    /// Epoch, 1 first.
    pub epoch: u32,
    /// Batch of the epoch, 0 first.
    pub number: usize,
    /// How its images are varied.
    pub augment: Augmentation,
}

/// How an epoch ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EpochEnd {
    /// All batches are done.
    Finished(EpochTally),
    /// The user ended the run within the epoch.
    Stopped,
}

impl Learner {
    /// A learner with an optimizer that fits `network`, which lies on `device`, which has autodiff.
    pub fn new(network: Network, optimizer: Optimizer, device: &Device) -> Self {
        let loss = CrossEntropyLossConfig::new().init(device);
        Self { network, optimizer, loss, device: device.clone() }
    }

    /// The network as it is now, without autodiff, for looking at.
    pub fn snapshot(&self) -> Network {
        self.network.valid()
    }

    /// The optimizer's state, to go on from.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub async fn optimizer_state(&self) -> Result<Vec<NamedTensor>, ExecutionError> {
        self.optimizer.state(&self.network).await
    }

    /// One step on one batch; gives `[mean loss, images predicted right]`, still on the device.
    pub fn step(&mut self, samples: &Samples, batch: &Batch<'_>) -> Tensor<1> {
        let images = match batch.augment {
            Augmentation::Off => batches::images_tensor(samples, batch.indices, &self.device),
            augment => {
                let variation = |position| augment.draw(batch.seed, batch.epoch, position);
                batches::varied_tensor(samples, batch.indices, variation, &self.device)
            }
        };
        let labels = batches::labels_tensor(samples, batch.indices, &self.device);
        let logits = self.network.logits(images, Mode::Training(&self.masks(batch)));

        let [n, _] = logits.dims();
        let predicted = logits.clone().inner().argmax(1).reshape([n]);
        let correct = predicted.equal(labels.clone().inner()).float().sum();

        let loss = self.loss.forward(logits, labels);
        let figures = Tensor::cat(vec![loss.clone().inner(), correct], 0);
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        // Moved, not cloned: a clone would keep the old weights alive, and no update could be in place.
        let network = std::mem::replace(&mut self.network, Network::none());
        self.network = self.optimizer.step(batch.learning_rate, network, gradients);
        figures
    }

    fn masks(&self, batch: &Batch<'_>) -> Vec<Option<Tensor<4>>> {
        let layers = (1..).zip(self.network.dropouts());
        let masks = layers.map(|(layer, dropout)| {
            let Dropout { probability, shape } = (*dropout)?;
            let place = MaskPlace { seed: batch.seed, epoch: batch.epoch, batch: batch.number, layer };
            Some(dropout::mask(place, probability, batch.indices.len(), shape, &self.device))
        });
        masks.collect()
    }
}

/// One epoch's bookkeeping: steps queued on the device, sums, clocks.
pub struct EpochLoop<'a> {
    config: &'a TrainingConfig,
    samples: &'a Samples,
    epoch: u32,
    queued: Vec<Tensor<1>>,
    tally: EpochTally,
    readback: ReadbackPolicy,
    message_limit: RateLimit,
}

impl<'a> EpochLoop<'a> {
    /// Epoch `epoch` (1 first) over `samples`.
    pub fn new(config: &'a TrainingConfig, samples: &'a Samples, epoch: u32) -> Self {
        Self {
            config,
            samples,
            epoch,
            queued: Vec::new(),
            tally: EpochTally::default(),
            readback: ReadbackPolicy::new(0.0),
            message_limit: RateLimit::default(),
        }
    }

    /// Trains the epoch, reporting progress and obeying commands between batches: `pace` says how far it
    /// may go.
    ///
    /// # Errors
    /// `Schedule` when no batch can be filled, `Diverged` when a loss is not finite, `Device` or
    /// `Fault` when the device fails.
    pub async fn run<H: Host>(
        mut self,
        learner: &mut Learner,
        rate: &mut Throughput,
        pace: &mut Pace,
        host: &mut H,
    ) -> Result<EpochEnd, TrainError> {
        let (images, batch) = (self.samples.len(), self.config.batch);
        let order = schedule::batch_order(self.config.seed, self.epoch, images, batch)?;
        self.restart_clocks(rate, host);
        let learning_rate = self.learning_rate();
        for (number, indices) in order.iter().enumerate() {
            match control::obey(host, pace).await {
                Flow::Continue => {}
                Flow::Paused => self.restart_clocks(rate, host),
                Flow::Stop => return Ok(EpochEnd::Stopped),
            }
            let &TrainingConfig { seed, augment, .. } = self.config;
            let epoch = self.epoch;
            let batch = Batch { indices, learning_rate, seed, epoch, number, augment };
            self.queued.push(learner.step(self.samples, &batch));
            if self.readback.is_due(self.queued.len()) {
                self.read(rate, host).await?;
                self.report(rate, host);
            }
        }
        self.read(rate, host).await?;
        host.emit(FromTrainer::Progress(self.message(rate)));
        Ok(EpochEnd::Finished(self.tally))
    }

    fn learning_rate(&self) -> f64 {
        let TrainingConfig { learning_rate, epochs, schedule, .. } = *self.config;
        schedule.rate(learning_rate, self.epoch, epochs)
    }

    fn restart_clocks<H: Host>(&mut self, rate: &mut Throughput, host: &H) {
        rate.restart(host.now_ms());
        self.readback = ReadbackPolicy::new(host.now_ms());
    }

    /// Waits for the queued steps and adds their figures in step order.
    async fn read<H: Host>(&mut self, rate: &mut Throughput, host: &mut H) -> Result<(), TrainError> {
        let steps = self.queued.len();
        if steps > 0 {
            let figures = figures(std::mem::take(&mut self.queued)).await?;
            for step in figures.chunks_exact(2) {
                self.count(step[0], step[1])?;
            }
            self.readback.read(steps, host.now_ms());
            rate.add(steps * self.config.batch, host.now_ms());
        }
        host.device_fault().map_or(Ok(()), |fault| Err(fault.into()))
    }

    fn count(&mut self, loss: f32, correct: f32) -> Result<(), TrainError> {
        if !loss.is_finite() {
            return Err(TrainError::Diverged {
                epoch: self.epoch,
                what: format!("the loss is {loss} in batch {}", self.tally.batches + 1),
                learning_rate: self.learning_rate(),
            });
        }
        self.tally.add(self.config.batch, loss, correct as u64);
        Ok(())
    }

    fn report<H: Host>(&mut self, rate: &Throughput, host: &mut H) {
        if self.message_limit.admits(host.now_ms()) {
            host.emit(FromTrainer::Progress(self.message(rate)));
        }
    }

    fn message(&self, rate: &Throughput) -> crate::protocol::Progress {
        let batches = (self.samples.len() / self.config.batch) as u32;
        progress::message(self.epoch, self.config.epochs, batches, &self.tally, rate)
    }
}

/// The queued pairs in one read.
async fn figures(queued: Vec<Tensor<1>>) -> Result<Vec<f32>, ExecutionError> {
    Ok(Tensor::cat(queued, 0).into_data_async().await?.iter::<f32>().collect())
}
