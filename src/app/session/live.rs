//! The run being trained, as the trainer tells it: status, progress, time left.

use crate::app::session::Start;
use crate::protocol::{Fault, FromTrainer, Progress};
use crate::training::config::Backend;
use crate::training::{EpochMetrics, TrainingConfig};

/// Points of the training curve kept between epochs; beyond this every other one is dropped.
const TRAIL_LIMIT: usize = 400;

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing was started.
    #[default]
    Idle,
    /// Data are read, shaders compiled.
    Preparing,
    /// Batches go through.
    Training,
    /// Between two batches.
    Paused,
    /// All of it is stored.
    Done,
    /// It ended early; what was recorded is stored.
    Failed,
}

impl Status {
    /// The word that `status()` gives.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Preparing => "preparing",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A point of the training curve within an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrailPoint {
    /// Epochs passed, with its fraction.
    pub epoch: f64,
    /// Mean loss (nats) over the epoch so far.
    pub loss: f64,
    /// Accuracy over the epoch so far, 0 … 1.
    pub accuracy: f64,
}

/// What is known of the run being trained, or of the last one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// Where the run stands.
    pub status: Status,
    /// Identifier.
    pub run: Option<String>,
    /// Settings it was started with.
    pub config: Option<TrainingConfig>,
    /// The `data/` folder it reads from.
    pub data_url: String,
    /// How often its worker was lost.
    pub losses: u32,
    /// Backend in use.
    pub backend: Option<Backend>,
    /// Adapter or CPU in words, and why it was chosen.
    pub device: Option<String>,
    /// What is being done besides training: reading data, recording.
    pub stage: Option<String>,
    /// What is not as asked, though the run goes on.
    pub note: Option<String>,
    /// Within the epoch.
    pub progress: Progress,
    /// Of the last recorded epoch.
    pub metrics: Option<EpochMetrics>,
    /// Whether the user ended it.
    pub is_stopped: bool,
    /// Why it failed.
    pub error: Option<Fault>,
    /// Whether it waits at the end of the epoch.
    pub is_stepping: bool,
    /// What begins when it has ended.
    pub again: Option<Start>,
    /// The training curve since the start.
    pub trail: Vec<TrailPoint>,
    recording_since: Option<f64>,
    recording_ms: Option<f64>,
}

impl Live {
    /// Whether a run is under way, so that no other can start.
    pub fn is_busy(&self) -> bool {
        matches!(self.status, Status::Preparing | Status::Training | Status::Paused)
    }

    /// Whether this tab trains `run`, or was the last to do so.
    pub fn has_trained(&self, run: &str) -> bool {
        (self.is_busy() || self.status == Status::Done) && self.run.as_deref() == Some(run)
    }

    /// Whether `run` is the one under way.
    pub fn is_of(&self, run: &str) -> bool {
        self.is_busy() && self.run.as_deref() == Some(run)
    }

    /// Forgets the last run: `run` is asked for.
    pub fn begin(&mut self, run: String, config: TrainingConfig) {
        let progress = Progress { epochs: config.epochs, ..Progress::default() };
        *self = Self {
            status: Status::Preparing,
            run: Some(run),
            config: Some(config),
            progress,
            ..Self::default()
        };
    }

    /// What the trainer said, at `now_ms`.
    pub fn apply(&mut self, message: &FromTrainer, now_ms: f64) {
        match message {
            FromTrainer::Ready { .. }
            | FromTrainer::Refused { .. }
            | FromTrainer::DeviceLost { .. }
            | FromTrainer::DataProgress { .. }
            | FromTrainer::DataShown(_)
            | FromTrainer::DataKept { .. }
            | FromTrainer::DataRefused { .. }
            | FromTrainer::Projected { .. }
            | FromTrainer::Examining { .. }
            | FromTrainer::Muted { .. }
            | FromTrainer::Examined { .. } => {}
            FromTrainer::Preparing { stage } => self.stage = Some(stage.clone()),
            FromTrainer::Started { backend, device, note, .. } => {
                self.note.clone_from(note);
                self.status = Status::Training;
                self.backend = Some(*backend);
                self.device = Some(device.clone());
                self.stage = None;
            }
            FromTrainer::Progress(progress) => self.progress(*progress),
            FromTrainer::Recording { epoch, layer, layers } => {
                self.recording_since.get_or_insert(now_ms);
                let verb = if self.is_busy() { "Recording" } else { "Recomputing" };
                self.stage = Some(format!("{verb} epoch {epoch}: layer {layer} of {layers}"));
            }
            FromTrainer::EpochRecorded { metrics, .. } => {
                self.recording_ms = self.recording_since.take().map(|since| now_ms - since);
                self.metrics = Some(*metrics);
                self.stage = None;
            }
            FromTrainer::Recomputed { .. } => {
                self.recording_since = None;
                self.stage = None;
            }
            FromTrainer::Paused => {
                self.status = Status::Paused;
                self.is_stepping = false;
            }
            FromTrainer::Resumed => self.status = Status::Training,
            FromTrainer::Ended { stopped, .. } => {
                self.is_stopped = *stopped;
                self.status = Status::Done;
                self.stage = None;
                self.is_stepping = false;
            }
            FromTrainer::Failed { fault } => self.fail(fault.clone()),
        }
    }

    /// The run, or its start, came to nothing.
    pub fn fail(&mut self, fault: Fault) {
        self.status = Status::Failed;
        self.stage = None;
        self.is_stepping = false;
        self.again = None;
        self.error = Some(fault);
    }

    fn progress(&mut self, progress: Progress) {
        self.progress = progress;
        self.stage = None;
        if progress.epoch == 0 || progress.batches == 0 {
            return;
        }
        let within = f64::from(progress.batch) / f64::from(progress.batches);
        self.trail.push(TrailPoint {
            epoch: f64::from(progress.epoch - 1) + within,
            loss: f64::from(progress.train_loss),
            accuracy: f64::from(progress.train_accuracy),
        });
        if self.trail.len() > TRAIL_LIMIT {
            let mut index = 0;
            self.trail.retain(|_| {
                index += 1;
                index % 2 == 0
            });
        }
    }

    /// Share of all batches done, 0 … 1.
    pub fn share_done(&self) -> f64 {
        let Progress { epoch, epochs, batch, batches, .. } = self.progress;
        if self.status == Status::Done {
            return 1.0;
        }
        if epochs == 0 || batches == 0 {
            return 0.0;
        }
        let done = f64::from(epoch.saturating_sub(1)) * f64::from(batches) + f64::from(batch);
        (done / (f64::from(epochs) * f64::from(batches))).min(1.0)
    }

    /// Seconds until the run ends: batches left at the present speed, and the recordings left at the
    /// time the last one took; `None` before the first measurement.
    pub fn seconds_left(&self) -> Option<f64> {
        let Progress { epoch, epochs, batch, batches, images_per_second, .. } = self.progress;
        let batch_size = self.config.as_ref()?.batch as f64;
        if self.status != Status::Training || images_per_second <= 0.0 || epoch == 0 {
            return None;
        }
        let epochs_after = f64::from(epochs.saturating_sub(epoch));
        let batches_left = epochs_after * f64::from(batches) + f64::from(batches.saturating_sub(batch));
        let recordings = (epochs_after + 1.0) * self.recording_ms.unwrap_or(0.0) / 1000.0;
        Some(batches_left * batch_size / f64::from(images_per_second) + recordings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    fn progress(epoch: u32, batch: u32) -> FromTrainer {
        FromTrainer::Progress(Progress {
            epoch,
            epochs: 5,
            batch,
            batches: 10,
            images_per_second: 100.0,
            train_loss: 1.0,
            train_accuracy: 0.5,
        })
    }

    fn training() -> Live {
        let mut live = Live::default();
        let config = TrainingConfig { batch: 50, epochs: 5, ..TrainingConfig::default() };
        live.begin("a".into(), config);
        live.apply(&fixture::started("a"), 0.0);
        live
    }

    #[test]
    fn time_left_counts_batches_and_recordings() {
        let mut live = training();
        assert_eq!(live.seconds_left(), None);
        live.apply(&progress(2, 5), 0.0);
        // 35 batches of 50 images at 100 images/s.
        assert_eq!(live.seconds_left(), Some(17.5));
        live.apply(&FromTrainer::Recording { epoch: 2, layer: 1, layers: 8 }, 1000.0);
        live.apply(&FromTrainer::Recording { epoch: 2, layer: 8, layers: 8 }, 2500.0);
        live.apply(&fixture::epoch_recorded("a", 2), 3000.0);
        // Four recordings of two seconds.
        assert_eq!(live.seconds_left(), Some(25.5));
    }

    #[test]
    fn the_share_done_counts_batches_of_all_epochs() {
        let mut live = training();
        assert!(live.share_done().abs() < f64::EPSILON);
        live.apply(&progress(3, 5), 0.0);
        assert!((live.share_done() - 0.5).abs() < 1e-12);
        live.apply(&FromTrainer::Ended { run: "a".into(), stopped: true }, 0.0);
        assert!((live.share_done() - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_training_curve_stays_short_and_in_order() {
        let mut live = training();
        for batch in 0..2000 {
            live.apply(&progress(1 + batch / 400, batch % 10), 0.0);
        }
        assert!(live.trail.len() <= TRAIL_LIMIT);
        assert!(live.trail.len() > TRAIL_LIMIT / 4);
    }

    #[test]
    fn a_failed_run_lets_another_one_start() {
        let mut live = training();
        assert!(live.is_of("a"));
        live.apply(&FromTrainer::Failed { fault: Fault::new("x", "X.", "", "") }, 0.0);
        assert!(!live.is_busy());
        assert_eq!(live.error.as_ref().map(|fault| fault.code.as_str()), Some("x"));
        live.begin("b".into(), TrainingConfig::default());
        assert_eq!(live.error, None);
    }

    #[test]
    fn pausing_and_resuming_keep_the_progress() {
        let mut live = training();
        live.apply(&progress(2, 5), 0.0);
        live.apply(&FromTrainer::Paused, 0.0);
        assert_eq!(live.status, Status::Paused);
        assert_eq!(live.seconds_left(), None);
        live.apply(&FromTrainer::Resumed, 0.0);
        assert_eq!((live.status, live.progress.batch), (Status::Training, 5));
    }
}
