//! A host that prints each epoch, with the seconds that its training and what came after it took.

use std::path::PathBuf;
use std::time::Instant;

use cnnslicer::protocol::{Fault, FromTrainer};
use cnnslicer::trainer::host::{Command, FetchProblem, Host};

/// What a run says, with a clock.
pub struct Console {
    started: Instant,
    data: Option<PathBuf>,
    /// When the epoch before was over, and this one's last batch, in seconds.
    epoch_start: f64,
    trained: f64,
    /// The last epoch whose training is over.
    epoch: u32,
    /// When epoch 0 was recorded.
    untrained: f64,
    /// Sums over the epochs that were recorded after training.
    training_seconds: f64,
    recording_seconds: f64,
}

impl Console {
    /// Datasets come from the folder `data`.
    pub fn new(data: Option<PathBuf>) -> Self {
        Self {
            started: Instant::now(),
            data,
            epoch_start: 0.0,
            trained: 0.0,
            epoch: 0,
            untrained: 0.0,
            training_seconds: 0.0,
            recording_seconds: 0.0,
        }
    }

    /// What all epochs took.
    pub fn summary(&self) {
        let Self { training_seconds, recording_seconds, .. } = self;
        println!(
            "{:.2} s for {} epochs; of those recorded: {training_seconds:.2} s of training, {recording_seconds:.2} s of \
             testing and recording",
            self.seconds() - self.untrained,
            self.epoch,
        );
    }

    fn seconds(&self) -> f64 {
        super::processor_seconds().unwrap_or_else(|| self.started.elapsed().as_secs_f64())
    }
}

impl Host for Console {
    fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }

    async fn turn(&mut self) {}

    fn poll(&mut self) -> Option<Command> {
        None
    }

    async fn command(&mut self) -> Command {
        Command::Resume
    }

    fn emit(&mut self, message: FromTrainer) {
        let now = self.seconds();
        match message {
            FromTrainer::Progress(progress)
                if progress.batch == progress.batches && progress.epoch > self.epoch =>
            {
                self.trained = now;
                self.epoch = progress.epoch;
                println!(
                    "epoch {} trained in {:.2} s, {:.0} images/s, loss {:.4}",
                    progress.epoch,
                    now - self.epoch_start,
                    progress.images_per_second,
                    progress.train_loss,
                );
            }
            FromTrainer::EpochRecorded { metrics, .. } => {
                println!(
                    "epoch {} recorded in {:.2} s: loss {:.4} and {:.4}, accuracy {:.4} and {:.4} (train, test)",
                    metrics.epoch,
                    now - self.trained,
                    metrics.train_loss,
                    metrics.test_loss,
                    metrics.train_accuracy,
                    metrics.test_accuracy,
                );
                if metrics.epoch > 0 {
                    self.training_seconds += self.trained - self.epoch_start;
                    self.recording_seconds += now - self.trained;
                } else {
                    self.untrained = now;
                }
                self.epoch_start = now;
            }
            FromTrainer::Refused { fault } => println!("{fault}"),
            _ => {}
        }
    }

    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        let problem = |reason: String| FetchProblem { url: url.to_owned(), status: Some(404), reason };
        let folder =
            self.data.as_ref().ok_or_else(|| problem("CNNSLICER_DATA names no folder".to_owned()))?;
        let path = folder.join(url.trim_start_matches("data/"));
        std::fs::read(&path).map_err(|error| problem(format!("{}: {error}", path.display())))
    }

    fn device_fault(&mut self) -> Option<Fault> {
        None
    }
}
