//! The epochs of a run: trained, looked at, recorded as planned, sealed.

use crate::cube::RunWriter;
use crate::cube::budget::keep_within_budget;
use crate::dataset::{Samples, Split};
use crate::network::NetworkSpec;
use crate::protocol::{Fault, FromTrainer};
use crate::storage::ByteStore;
use crate::trainer::control::{self, Flow, Pace};
use crate::trainer::device::Accelerator;
use crate::trainer::error::TrainError;
use crate::trainer::evaluate::{self, Evaluation, MOST_UNTRAINED};
use crate::trainer::fit::{EpochEnd, EpochLoop, Learner};
use crate::trainer::host::Host;
use crate::trainer::model::Network;
use crate::trainer::progress::{EpochTally, Throughput};
use crate::trainer::record::{EpochPlace, Recorder};
use crate::trainer::unrecorded_epoch::UnrecordedEpoch;
use crate::trainer::{checkpoint, chunks, parameters};
use crate::training::{EpochMetrics, TrainingConfig};

/// How a run ended, all of it stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// All epochs are trained.
    Finished,
    /// The user stopped it.
    Stopped,
}

/// A run under way, new or continued: what is recorded says where it stands.
pub(super) struct Session<'a, S> {
    pub run: &'a str,
    pub config: &'a TrainingConfig,
    pub spec: &'a NetworkSpec,
    pub split: &'a Split,
    pub accelerator: &'a Accelerator,
    pub learner: Learner,
    pub writer: RunWriter<S>,
    /// How far it may go.
    pub pace: Pace,
    /// The last epoch, if it was trained but not recorded.
    pub unrecorded: Option<UnrecordedEpoch>,
}

impl<S: ByteStore + Clone> Session<'_, S> {
    /// Trains and records the epochs that are not recorded yet, and seals the run. One that ends early ends
    /// with its last whole epoch, planned to be recorded or not.
    ///
    /// # Errors
    /// As [`super::run::run`].
    pub async fn run<H: Host>(mut self, host: &mut H) -> Result<RunEnd, TrainError> {
        let end = self.epochs(host).await;
        if matches!(end, Ok(_) | Err(TrainError::Diverged { .. })) {
            if let Some(unrecorded) = self.unrecorded.take() {
                self.record_last_epoch(unrecorded, host).await?;
            }
            // Half of an epoch that diverged or found no room.
            self.writer.discard_unrecorded().await?;
            self.writer.seal().await?;
        }
        end
    }

    async fn epochs<H: Host>(&mut self, host: &mut H) -> Result<RunEnd, TrainError> {
        let mut rate = Throughput::default();
        if self.writer.recorded() == 0 && self.record(0, None, host).await? == Flow::Stop {
            return Ok(RunEnd::Stopped);
        }
        let planned = self.writer.header().planned_epochs.clone();
        let last = planned[self.writer.recorded() - 1];
        for epoch in last + 1..=self.config.epochs {
            let training = EpochLoop::new(self.config, &self.split.train, epoch);
            let end = training.run(&mut self.learner, &mut rate, &mut self.pace, host).await?;
            let EpochEnd::Finished(tally) = end else { return Ok(RunEnd::Stopped) };
            if !planned.contains(&epoch) {
                self.measure(epoch, tally, host).await?;
                self.unrecorded = Some(UnrecordedEpoch::of(&self.learner, epoch, tally).await?);
            } else if self.record(epoch, Some(tally), host).await? == Flow::Stop {
                return Ok(RunEnd::Stopped);
            } else {
                self.unrecorded = None;
            }
            self.pace = self.pace.after_epoch();
        }
        Ok(RunEnd::Finished)
    }

    /// Records an epoch that was not planned to be, for no other comes after it.
    async fn record_last_epoch<H: Host>(
        &mut self,
        unrecorded: UnrecordedEpoch,
        host: &mut H,
    ) -> Result<(), TrainError> {
        let (epoch, tally) = (unrecorded.epoch, unrecorded.tally);
        self.learner = unrecorded.learner(self.config, self.spec, &self.accelerator.device)?;
        let recorded = match self.writer.plan_last(epoch).await {
            Ok(()) => self.try_to_record(epoch, Some(tally), host).await,
            Err(error) => Err(error.into()),
        };
        match recorded {
            // The run is over: nobody is there to make room. It ends with the epoch before.
            Err(error) if error.is_full_disk() => {
                host.emit(FromTrainer::Refused { fault: not_recorded(epoch, &error) });
                Ok(())
            }
            recorded => recorded,
        }
    }

    /// Stores losses and accuracies of an epoch that is not recorded.
    async fn measure<H: Host>(
        &mut self,
        epoch: u32,
        tally: EpochTally,
        host: &mut H,
    ) -> Result<(), TrainError> {
        let network = self.learner.snapshot();
        let on_test = self.evaluate(&network, epoch, host).await?;
        let on_train = OnTrain::of(&tally);
        Ok(self.writer.write_unrecorded(&metrics(epoch, on_train, &on_test)).await?)
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
                    flow = control::pause_for(host, &mut self.pace, disk_full(epoch, &error)).await;
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
        let network = self.learner.snapshot();
        let on_test = self.evaluate(&network, epoch, host).await?;
        let on_train = match tally {
            Some(tally) => OnTrain::of(&tally),
            None => self.untrained(&network, epoch, host).await?,
        };

        let place = EpochPlace { epoch, epoch_index: self.writer.recorded() };
        let per_chunk = chunks::images_per_chunk(self.spec)?;
        let layers = self.spec.recorded_layers(&self.config.parts)?;
        let device = &self.accelerator.device;
        let recorder = Recorder { probe: &self.split.probe, layers: &layers, per_chunk, device };
        let learning_rate = self.config.learning_rate;
        recorder.write_activations(&network, place, learning_rate, &mut self.writer, host).await?;
        self.write_checkpoint(&network, epoch).await?;

        let metrics = metrics(epoch, on_train, &on_test);
        self.writer.commit_epoch(place.epoch_index, &metrics, &on_test.confusion).await?;
        // Cells that cannot be dropped now are dropped after the next epoch.
        let _ = keep_within_budget(self.writer.store()).await;
        host.emit(FromTrainer::EpochRecorded {
            run: self.run.to_owned(),
            epoch_index: place.epoch_index,
            metrics,
            confusion: on_test.confusion,
        });
        Ok(())
    }

    /// The network on the test set.
    async fn evaluate<H: Host>(
        &self,
        network: &Network,
        epoch: u32,
        host: &mut H,
    ) -> Result<Evaluation, TrainError> {
        self.evaluate_on(&self.split.test, "test", network, epoch, host).await
    }

    /// The network before training on the training set, or on a sample of a large one.
    async fn untrained<H: Host>(
        &self,
        network: &Network,
        epoch: u32,
        host: &mut H,
    ) -> Result<OnTrain, TrainError> {
        let some = evaluate::spread(&self.split.train, MOST_UNTRAINED);
        let found = self.evaluate_on(&some, "training", network, epoch, host).await?;
        Ok(OnTrain { loss: found.loss, accuracy: found.confusion.accuracy() as f32 })
    }

    /// The network on images, of which `part` says whose they are.
    async fn evaluate_on<H: Host>(
        &self,
        samples: &Samples,
        part: &str,
        network: &Network,
        epoch: u32,
        host: &mut H,
    ) -> Result<Evaluation, TrainError> {
        let per_chunk = chunks::images_per_chunk(self.spec)?;
        let (n_classes, device) = (self.writer.header().n_classes(), &self.accelerator.device);
        let found = evaluate::evaluate(network, samples, n_classes, per_chunk, device, host).await?;
        if !found.loss.is_finite() {
            let what = format!("the loss on the {part} set is {}", found.loss);
            return Err(TrainError::Diverged { epoch, what, learning_rate: self.config.learning_rate });
        }
        Ok(found)
    }

    /// Weights, and what the optimizer needs to go on from them.
    async fn write_checkpoint(&mut self, network: &Network, epoch: u32) -> Result<(), TrainError> {
        let tensors = parameters::read(network).await?;
        let file = checkpoint::encode(&tensors, &self.spec.name, epoch)?;
        self.writer.write_checkpoint(epoch, &file).await?;
        let state = self.learner.optimizer_state().await?;
        let file = checkpoint::encode(&state, &self.spec.name, epoch)?;
        Ok(self.writer.write_optimizer(epoch, &file).await?)
    }
}

/// Loss and accuracy on the training set.
#[derive(Clone, Copy, Debug)]
struct OnTrain {
    loss: f32,
    accuracy: f32,
}

impl OnTrain {
    /// The means over an epoch's batches.
    fn of(tally: &EpochTally) -> Self {
        Self { loss: tally.loss(), accuracy: tally.accuracy() }
    }
}

fn metrics(epoch: u32, on_train: OnTrain, on_test: &Evaluation) -> EpochMetrics {
    EpochMetrics {
        epoch,
        train_loss: on_train.loss,
        test_loss: on_test.loss,
        train_accuracy: on_train.accuracy,
        test_accuracy: on_test.confusion.accuracy() as f32,
    }
}

fn disk_full(epoch: u32, error: &TrainError) -> Fault {
    Fault::new(
        "storage_full",
        format!("Training is paused: there is no room to record epoch {epoch}."),
        format!("{error}."),
        "Delete older raw cells, which can be computed again, or runs that are no longer needed; then press Resume. Or press Stop. What was recorded is kept.",
    )
}

fn not_recorded(epoch: u32, error: &TrainError) -> Fault {
    Fault::new(
        "storage_full",
        format!("The run ended before there was room to record epoch {epoch}."),
        format!("{error}."),
        "Delete runs that are no longer needed, then continue this one: it goes on from its last recorded epoch.",
    )
}
