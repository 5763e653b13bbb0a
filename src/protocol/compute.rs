//! Between the page and the compute workers.

mod values;

use serde::{Deserialize, Serialize};

use crate::collection::Kept;
use crate::cube::RunHeader;
use crate::entropy::Distance;
use crate::measure::MeasureKey;
use crate::protocol::Fault;

pub use values::{
    Activated, AnswerAxis, BitsArray, Capacity, Counted, EpochSummary, Measured, NeedsCells, RunSummary,
    StorageSummary,
};

/// Page → compute worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToCompute {
    /// Do this and answer with the same ticket.
    Run {
        /// Chosen by the page.
        ticket: u64,
        /// What to do.
        task: Task,
    },
    /// The task is not wanted any more; only an import ends early.
    Cancel {
        /// Of the task.
        ticket: u64,
    },
}

/// One unit of work on the stored runs; `epoch_index` counts along T, `layer` 0 is the input.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Task {
    /// All runs in storage.
    ListRuns,
    /// Header, metrics and confusion matrices of a run.
    OpenRun {
        /// Identifier.
        run: String,
    },
    /// A measure: read from the run, or computed and kept in it.
    Measure {
        /// Identifier.
        run: String,
        /// Which one, of what.
        key: MeasureKey,
    },
    /// A query in the paper's notation.
    Query {
        /// Identifier.
        run: String,
        /// The text.
        text: String,
    },
    /// What must be computed before a query is answered from the run.
    QueryNeeds {
        /// Identifier.
        run: String,
        /// The text.
        text: String,
    },
    /// The raw cells of a slice in the paper's notation.
    Slice {
        /// Identifier.
        run: String,
        /// The text.
        text: String,
    },
    /// The run as a `.zarr.zip`; the archive is attached to the answer as a Blob.
    Export {
        /// Identifier.
        run: String,
    },
    /// Takes in a run file (`.zarr.zip`).
    Import {
        /// Where it is: a `blob:` address of the page, or a file on the same host.
        url: String,
        /// What people call it: the file's name.
        name: String,
        /// Whether a run that is there already is left as it is, instead of taken in once more.
        reuse: bool,
    },
    /// Changes what people call a run.
    Rename {
        /// Identifier.
        run: String,
        /// New name.
        name: String,
        /// New note.
        note: String,
    },
    /// How full storage is and how many epochs have raw cells.
    Storage,
    /// Sets the budget.
    SetBudget {
        /// Bytes; `None` for a share of the quota.
        bytes: Option<u64>,
    },
    /// The user's own datasets in storage.
    ListData,
    /// Deletes one of them.
    RemoveData {
        /// Its folder, as listed.
        folder: String,
    },
    /// Deletes a run.
    Remove {
        /// Identifier.
        run: String,
    },
    /// The class of each image of the probe set.
    Probe {
        /// Identifier.
        run: String,
    },
    /// What of a run is compared with others: as [`Task::OpenRun`], with checksums.
    Compare {
        /// Identifier.
        run: String,
    },
    /// Inter-sample entropy of the run's whole training set.
    TrainingInterSample {
        /// Identifier.
        run: String,
        /// Which reading of the equations.
        distance: Distance,
    },
    /// The probe images, all or of one class, that a feature (a channel, or a unit of a dense layer) answers to most.
    Strongest {
        /// Identifier.
        run: String,
        /// Index on T.
        epoch_index: usize,
        /// 0 … |L|.
        layer: usize,
        /// Of the layer.
        feature: usize,
        /// Only images of this class.
        class: Option<usize>,
    },
    /// How much a run takes in storage.
    RunSize {
        /// Identifier.
        run: String,
    },
}

impl Task {
    /// What is measured, when it is a measure.
    pub fn key(&self) -> Option<&MeasureKey> {
        match self {
            Self::Measure { key, .. } => Some(key),
            _ => None,
        }
    }

    /// Whether it looks after runs and datasets and takes a moment: nothing is measured, packed or unpacked.
    pub fn is_housekeeping(&self) -> bool {
        match self {
            Self::ListRuns
            | Self::OpenRun { .. }
            | Self::Rename { .. }
            | Self::Remove { .. }
            | Self::ListData
            | Self::RemoveData { .. } => true,
            Self::Measure { .. }
            | Self::Query { .. }
            | Self::QueryNeeds { .. }
            | Self::Slice { .. }
            | Self::Export { .. }
            | Self::Import { .. }
            | Self::Storage
            | Self::SetBudget { .. }
            | Self::Probe { .. }
            | Self::Compare { .. }
            | Self::TrainingInterSample { .. }
            | Self::Strongest { .. }
            | Self::RunSize { .. } => false,
        }
    }

    /// The run concerned, when there is one.
    pub fn run(&self) -> Option<&str> {
        match self {
            Self::ListRuns
            | Self::Import { .. }
            | Self::Storage
            | Self::SetBudget { .. }
            | Self::ListData
            | Self::RemoveData { .. } => None,
            Self::OpenRun { run }
            | Self::Measure { run, .. }
            | Self::Query { run, .. }
            | Self::QueryNeeds { run, .. }
            | Self::Slice { run, .. }
            | Self::Export { run }
            | Self::Rename { run, .. }
            | Self::Remove { run }
            | Self::Probe { run }
            | Self::Compare { run }
            | Self::TrainingInterSample { run, .. }
            | Self::Strongest { run, .. }
            | Self::RunSize { run } => Some(run),
        }
    }
}

/// What a task gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Task::ListRuns`].
    Runs(Vec<RunSummary>),
    /// To [`Task::OpenRun`].
    Opened {
        /// What the run is.
        header: Box<RunHeader>,
        /// Recorded epochs, 0 first.
        epochs: Vec<EpochSummary>,
        /// Class of each probe image, as they are stored.
        probe_labels: Vec<u8>,
    },
    /// To [`Task::Measure`].
    Measured(Measured),
    /// To [`Task::Query`].
    Query {
        /// The query as it was understood.
        query: String,
        /// `bit`, `nat`, `1` (a share) or `count`.
        unit: String,
        /// Axes that were not fixed.
        axes: Vec<AnswerAxis>,
        /// The values.
        values: BitsArray,
        /// Over how many pairs of images capacities and conditional entropies were estimated; of several, those with
        /// the smallest share of all pairs. `None` for other measures.
        counted: Option<Counted>,
    },
    /// To [`Task::QueryNeeds`]: each of them takes cells and can be done by another worker, as [`Task::Measure`].
    Needs(Vec<MeasureKey>),
    /// To [`Task::Slice`].
    Slice {
        /// Axes in the order X, C, H, W with L and T where they were not fixed.
        axes: Vec<AnswerAxis>,
        /// Lengths of the axes.
        shape: Vec<usize>,
        /// Cells.
        values: Vec<f32>,
    },
    /// To [`Task::Export`]: the file name; the Blob is attached.
    Exported {
        /// `<name>.zarr.zip`
        file_name: String,
    },
    /// To [`Task::Import`].
    Imported {
        /// Identifier of the run that was taken in, or was there already.
        run: String,
    },
    /// To [`Task::Rename`].
    Renamed,
    /// To [`Task::Storage`] and [`Task::SetBudget`].
    Storage(StorageSummary),
    /// To [`Task::Remove`].
    Removed,
    /// To [`Task::ListData`] and [`Task::RemoveData`]: those that are left.
    Data(Vec<Kept>),
    /// To [`Task::Probe`].
    Probe {
        /// Index of the class of each image; as long as axis X.
        labels: Vec<u8>,
        /// The same of the training images that may be on X; empty where the run has none.
        train_labels: Vec<u8>,
    },
    /// To [`Task::Compare`].
    Compared {
        /// What the run is.
        header: Box<RunHeader>,
        /// Recorded epochs, 0 first.
        epochs: Vec<EpochSummary>,
        /// Equal where the probe sets are.
        probe_checksum: u64,
        /// Equal where the weights before training are; `None` where they are not stored.
        weights_checksum: Option<u64>,
    },
    /// To [`Task::TrainingInterSample`].
    TrainingInterSample {
        /// H in bits.
        bits: f64,
    },
    /// To [`Task::Strongest`].
    Strongest {
        /// The strongest first.
        images: Vec<Activated>,
        /// Probe images that it answers to at all.
        active: usize,
        /// Of how many.
        of: usize,
    },
    /// To [`Task::RunSize`].
    RunSize {
        /// Of all its files.
        bytes: u64,
    },
}

/// Compute worker → page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromCompute {
    /// First message.
    Ready {
        /// [`crate::protocol::PROTOCOL`] of the worker's build.
        protocol: u32,
    },
    /// A task that takes long goes on.
    Progress {
        /// Of the task.
        ticket: u64,
        /// What is done of it, 0 … 1.
        share: f32,
    },
    /// A task is done.
    Done {
        /// Of the task.
        ticket: u64,
        /// What it gave.
        answer: Box<Answer>,
        /// Milliseconds it took in the worker.
        cost_ms: f64,
    },
    /// A task failed.
    Failed {
        /// Of the task.
        ticket: u64,
        /// In plain words.
        fault: Fault,
        /// The raw cells that must be recomputed first; then the task can be done.
        needs_cells: Option<NeedsCells>,
    },
}
