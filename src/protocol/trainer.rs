//! Between the page and the trainer worker.

use serde::{Deserialize, Serialize};

use crate::cube::RunHeader;
use crate::dataset::own::{Copies, Form, OwnId, Preview};
use crate::evaluation::ConfusionMatrix;
use crate::protocol::Fault;
use crate::protocol::compute::NeedsCells;
use crate::protocol::examine::{MuteEffect, MuteOrder, ProjectedImage, ProjectionOrder};
use crate::training::config::{Backend, BackendChoice};
use crate::training::{EpochMetrics, TrainingConfig};

/// Page → trainer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToTrainer {
    /// Starts a run; refused while another one is training.
    Start {
        /// Identifier and storage folder of the run (`runs/<id>`).
        run: String,
        /// Name shown to people.
        name: String,
        /// ISO 8601 UTC.
        created: String,
        /// Absolute URL of the `data/` folder beside the page, ending in `/`.
        data_url: String,
        /// Settings.
        config: TrainingConfig,
    },
    /// Continues a stored run from its last recorded epoch; refused while another one is training.
    Continue {
        /// Identifier.
        run: String,
        /// Absolute URL of the `data/` folder beside the page, ending in `/`.
        data_url: String,
        /// Epochs in all, more than are recorded; `None` for as many as were planned.
        epochs: Option<u32>,
        /// Backend asked for from here on.
        backend: BackendChoice,
    },
    /// Computes raw cells that are not stored or damaged, all layers of an epoch; between runs only.
    Recompute {
        /// Identifier.
        run: String,
        /// Which cells.
        cells: NeedsCells,
    },
    /// Pauses after the current batch.
    Pause,
    /// Goes on.
    Resume,
    /// Ends the run after the current batch; what was recorded stays and the run is sealed.
    Stop,
    /// Files of the user, to be read by the next [`ToTrainer::ImportData`]; a long list comes in parts.
    OfferData {
        /// The next ones.
        files: Vec<OfferedFile>,
    },
    /// Reads the files that were offered into a dataset, and shows it; between runs only.
    ImportData {
        /// What people will call it.
        name: String,
        /// What images in folders are made into.
        form: Form,
    },
    /// Keeps the dataset that was shown last.
    KeepData {
        /// ISO 8601 UTC.
        created: String,
        /// What becomes of images that are there more than once.
        copies: Copies,
    },
    /// Forgets the dataset that was shown last, and files that were offered.
    DropData,
    /// Projects a feature of a stored run back to some probe images; between runs only.
    Project {
        /// Chosen by the page.
        ticket: u64,
        /// What to project.
        order: ProjectionOrder,
    },
    /// Evaluates a stored run's network with some features muted; between runs only.
    Mute {
        /// Chosen by the page.
        ticket: u64,
        /// What to mute.
        order: MuteOrder,
    },
    /// Goes on to the end of the epoch in progress, or of the next one, and pauses there.
    Step,
}

/// A file of the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedFile {
    /// From what was chosen or dropped, with `/` between its parts.
    pub path: String,
    /// `blob:` address that the page made for it.
    pub url: String,
}

/// Progress within an epoch, several times a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Epoch in progress, 1 first; 0 while the untrained network is recorded.
    pub epoch: u32,
    /// Epochs in all.
    pub epochs: u32,
    /// Batches done in this epoch.
    pub batch: u32,
    /// Batches in an epoch.
    pub batches: u32,
    /// Training images a second, over the last second or so.
    pub images_per_second: f32,
    /// Mean loss (nats) over the epoch so far.
    pub train_loss: f32,
    /// Accuracy over the epoch so far, 0 … 1.
    pub train_accuracy: f32,
}

/// Trainer → page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromTrainer {
    /// First message.
    Ready {
        /// [`crate::protocol::PROTOCOL`] of the worker's build.
        protocol: u32,
    },
    /// Something slow before training: loading data, compiling shaders.
    Preparing {
        /// In words: "Reading MNIST".
        stage: String,
    },
    /// The run exists in storage and training begins.
    Started {
        /// Identifier.
        run: String,
        /// What was written.
        header: Box<RunHeader>,
        /// Class of each probe image, as they are stored.
        probe_labels: Vec<u8>,
        /// Backend in use.
        backend: Backend,
        /// Adapter or CPU in words, and why it was chosen.
        device: String,
        /// What is not as asked: classes with fewer images than wanted.
        note: Option<String>,
    },
    /// Within an epoch.
    Progress(Progress),
    /// Recording the probe set: layer `layer` of `layers` at `epoch` is being written.
    Recording {
        /// Epoch.
        epoch: u32,
        /// Layers written.
        layer: usize,
        /// Layers in all.
        layers: usize,
    },
    /// All cells, the checkpoint and the confusion matrix of an epoch are in storage.
    EpochRecorded {
        /// Identifier.
        run: String,
        /// Index on axis T.
        epoch_index: usize,
        /// Losses and accuracies.
        metrics: EpochMetrics,
        /// On the test set.
        confusion: ConfusionMatrix,
    },
    /// The end of a [`ToTrainer::Recompute`].
    Recomputed {
        /// Identifier.
        run: String,
        /// Which cells.
        cells: NeedsCells,
        /// Why the cells are not there again; `None` when they are.
        fault: Option<Fault>,
    },
    /// Training is paused.
    Paused,
    /// Training goes on.
    Resumed,
    /// The run has ended and all of it is stored.
    Ended {
        /// Identifier.
        run: String,
        /// Whether the user stopped it.
        stopped: bool,
    },
    /// The graphics processor is gone; the run goes on by itself as the fault says, with another `Started`.
    DeviceLost {
        /// In plain words.
        fault: Fault,
    },
    /// An order was not carried out; the run under way goes on.
    Refused {
        /// In plain words.
        fault: Fault,
    },
    /// The run, or its start, failed; what was recorded stays.
    Failed {
        /// In plain words.
        fault: Fault,
    },
    /// So many images of the user's files were read.
    DataProgress {
        /// Images.
        done: usize,
        /// Of how many, where that is known.
        of: Option<usize>,
    },
    /// The end of a [`ToTrainer::ImportData`]: to be kept or dropped.
    DataShown(Box<Preview>),
    /// The end of a [`ToTrainer::KeepData`].
    DataKept {
        /// What a run names it by.
        id: OwnId,
    },
    /// The user's files were not taken in, or not kept; what was there before stays.
    DataRefused {
        /// In plain words.
        fault: Fault,
    },
    /// One image of a [`ToTrainer::Project`].
    Projected {
        /// Of the order.
        ticket: u64,
        /// The pictures.
        image: Box<ProjectedImage>,
    },
    /// A [`ToTrainer::Mute`] goes on.
    Examining {
        /// Of the order.
        ticket: u64,
        /// Images evaluated.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// What a [`ToTrainer::Mute`] found.
    Muted {
        /// Of the order.
        ticket: u64,
        /// Before and after.
        effect: Box<MuteEffect>,
    },
    /// The end of a [`ToTrainer::Project`] or [`ToTrainer::Mute`].
    Examined {
        /// Of the order.
        ticket: u64,
        /// Why it came to nothing, or to less than was asked for.
        fault: Option<Fault>,
    },
}
