//! What can happen to the session.

use crate::app::link::Link;
use crate::app::session::{
    CompareEvent, ControlEvent, DataEvent, EditorEvent, EntropyScale, LayerEvent, LayerPair, MuteEvent,
    ProjectionEvent, QueryEvent, QueueEvent, Start, StorageEvent, TrainingAxis, View,
};
use crate::protocol::{Answer, Fault, FromTrainer, Task};
use crate::training::Preset;

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
    ScheduleDeletion(String),
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
