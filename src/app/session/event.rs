//! What can happen to the session, and what is to be done about it.

use crate::app::link::Link;
use crate::app::session::own_data::Deployed;
use crate::app::session::{
    CompareEvent, ControlEvent, EditorEvent, EntropyScale, LayerEvent, LayerPair, MuteEvent, ProjectionEvent,
    QueryEvent, QueueEvent, Start, StorageEvent, TrainingAxis, View,
};
use crate::dataset::own::{Copies, Form};
use crate::protocol::{Answer, Fault, FromTrainer, OfferedFile, Task, ToTrainer};
use crate::training::{Preset, TrainingConfig};

/// A part of the session that a view can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// [`Session::live`]
    Live,
    /// [`Session::run_list`]
    RunList,
    /// [`Session::open`]
    Open,
    /// [`Session::results`]
    Results,
    /// [`Session::selection`]
    Selection,
    /// [`Session::notices`]
    Notices,
    /// [`Session::draft`]
    Draft,
    /// [`Session::own_data`]
    OwnData,
    /// [`Session::layer`]
    Layer,
    /// [`Session::query`]
    Query,
    /// [`Session::queue`]
    Queue,
    /// [`Session::compare`]
    Compare,
    /// [`Session::projection`]
    Projection,
    /// [`Session::mute`]
    Mute,
    /// [`Session::editor`]
    Editor,
    /// [`Session::storage_space`]
    StorageSpace,
    /// [`Session::instrument`]
    Instrument,
}

impl Part {
    /// All parts; the position of each is its number.
    pub const ALL: [Self; 17] = [
        Self::Live,
        Self::RunList,
        Self::Open,
        Self::Results,
        Self::Selection,
        Self::Notices,
        Self::Draft,
        Self::OwnData,
        Self::Layer,
        Self::Query,
        Self::Queue,
        Self::Compare,
        Self::Projection,
        Self::Mute,
        Self::Editor,
        Self::StorageSpace,
        Self::Instrument,
    ];
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is time to list the runs again.
    ListAgain,
    /// The page was opened with this link.
    Linked(Link),
    /// The user wants a run.
    Train(Start),
    /// A stored run is to go on.
    Continue {
        /// Identifier.
        run: String,
        /// Absolute URL of the `data/` folder, ending in `/`.
        data_url: String,
    },
    /// The user wants a break.
    Pause,
    /// The user wants to go on.
    Resume,
    /// The user has enough.
    Stop,
    /// The trainer said something.
    Trainer(FromTrainer),
    /// The trainer's worker is gone.
    TrainerLost(Fault),
    /// A stored run is to be shown.
    OpenRun(String),
    /// A run file is to be taken in: its address, what people call it, and whether a run that is there
    /// already will do.
    Import {
        /// `blob:`, or absolute on the same host.
        url: String,
        /// The file's name.
        name: String,
        /// For links: opening one twice does not take the run in twice.
        reuse: bool,
    },
    /// A run gets another name and note.
    Rename {
        /// Identifier.
        run: String,
        /// New name.
        name: String,
        /// New note.
        note: String,
    },
    /// The next run is to have the settings of this one.
    Duplicate(String),
    /// A stored run is to be deleted, but not at once: until then it can be kept.
    DoomRun(String),
    /// A run that was to be deleted is not.
    KeepRun(String),
    /// The time to keep a run is over.
    RemoveRun(String),
    /// A run is about to be deleted and can no longer be shown.
    CloseRun(String),
    /// A compute worker is done.
    Answered {
        /// Of the task.
        generation: u64,
        /// What was asked.
        task: Task,
        /// What it gave.
        answer: Answer,
    },
    /// A compute worker could not do it.
    TaskFailed {
        /// Of the task.
        generation: u64,
        /// What was asked.
        task: Task,
        /// Why it failed.
        fault: Fault,
    },
    /// Failed measures are to be tried again.
    Retry,
    /// Another epoch, to stay at.
    EpochPicked(usize),
    /// The slider passes over an epoch.
    EpochPassed(usize),
    /// The slider rests.
    EpochRests,
    /// Another image of the probe set.
    ImagePicked(usize),
    /// Another layer.
    LayerPicked(usize),
    /// A channel of a layer.
    ChannelPicked {
        /// 0 … |L|.
        layer: usize,
        /// 0 first.
        channel: usize,
    },
    /// Another layer to show beside the first, or none.
    BesidePicked(Option<usize>),
    /// Intra-sample entropies in bits, or as shares of their ceilings.
    EntropyScalePicked(EntropyScale),
    /// Another pair of layers.
    PairPicked(LayerPair),
    /// Charts over training count something else.
    AxisPicked(TrainingAxis),
    /// The channels of the picked layer are to be seen in a row, or no longer.
    ChannelsUnfolded(bool),
    /// Another set of charts.
    ViewPicked(View),
    /// A field of the start panel changed.
    Edited {
        /// The setting.
        name: String,
        /// As typed.
        text: String,
    },
    /// Something about datasets, the user's own or the public ones.
    Data(DataEvent),
    /// Something in the query view.
    Query(QueryEvent),
    /// The browser went back or forward to this link.
    Revisited(Link),
    /// Something about the runs waiting to be trained.
    Queue(QueueEvent),
    /// Something about the runs that are compared.
    Compare(CompareEvent),
    /// Something about projections of a channel.
    Project(ProjectionEvent),
    /// Something about muted channels.
    Mute(MuteEvent),
    /// Something about storage.
    StorageSpace(StorageEvent),
    /// The user's hand on the run under way.
    Control(ControlEvent),
    /// The layers of the next run's network.
    Editor(EditorEvent),
    /// Something went wrong elsewhere.
    Noticed(Fault),
    /// A notice was read.
    Dismissed(u64),
    /// The next run is to have the settings of a preset.
    PresetPicked(Preset),
    /// Something in the layer view.
    Layer(LayerEvent),
}

/// What can happen to datasets.
#[derive(Clone, Debug, PartialEq)]
pub enum DataEvent {
    /// The page was deployed with these public datasets.
    Deployed(Vec<Deployed>),
    /// More files of the user, for the next import.
    Offered(Vec<OfferedFile>),
    /// They are to be read, under this name.
    Import {
        /// What people will call the dataset.
        name: String,
        /// What images are made into.
        form: Form,
    },
    /// The dataset that is shown is to be kept.
    Keep {
        /// ISO 8601 UTC.
        created: String,
        /// What becomes of images that are there more than once.
        copies: Copies,
    },
    /// The dataset that is shown is not wanted.
    Drop,
    /// A dataset that was kept is to be deleted.
    Remove(String),
}

/// What is to be done about an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Give a task to the pool.
    Ask {
        /// To be given back with the answer; an answer of an older one is dropped.
        generation: u64,
        /// What to compute.
        task: Task,
        /// Whether the user is looking at it.
        visible: bool,
    },
    /// Tell the trainer, starting its worker first if need be.
    Tell(ToTrainer),
    /// The trainer's worker is of no more use.
    DropTrainer,
    /// Ask for the list of runs in a while: another tab writes one.
    ListLater,
    /// Nor is it here, but a new one is to be told this, in order.
    ReplaceTrainer(Vec<ToTrainer>),
    /// Make an identifier for a queued run of these settings, after everything else: the worker may be being
    /// replaced.
    Begin(TrainingConfig),
    /// Give a task to the pool whose answer is for the comparison.
    Compare(Task),
}

/// What an event led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Parts that are not what they were.
    pub changed: Vec<Part>,
    /// What to do now, in order.
    pub commands: Vec<Command>,
}

impl Outcome {
    pub(super) fn change(&mut self, part: Part) {
        if !self.changed.contains(&part) {
            self.changed.push(part);
        }
    }

    pub(super) fn tell(&mut self, message: ToTrainer) {
        self.commands.push(Command::Tell(message));
    }

    /// Asks once nothing that the user looks at waits.
    pub(super) fn ask_behind(&mut self, generation: u64, task: Task) {
        self.commands.push(Command::Ask { generation, task, visible: false });
    }

    pub(super) fn ask(&mut self, generation: u64, task: Task) {
        self.commands.push(Command::Ask { generation, task, visible: true });
    }
}
