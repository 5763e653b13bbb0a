//! What an event leads to: parts of the session that are not what they were, and what is to be done.

use crate::protocol::{Task, ToTrainer};
use crate::training::TrainingConfig;

/// A part of the session that a view can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// [`Session::live`](super::Session::live)
    Live,
    /// [`Session::run_list`](super::Session::run_list)
    RunList,
    /// [`Session::open`](super::Session::open)
    Open,
    /// [`Session::results`](super::Session::results)
    Results,
    /// [`Session::selection`](super::Session::selection)
    Selection,
    /// [`Session::notices`](super::Session::notices)
    Notices,
    /// [`Session::draft`](super::Session::draft)
    Draft,
    /// [`Session::own_data`](super::Session::own_data)
    OwnData,
    /// [`Session::layer`](super::Session::layer)
    Layer,
    /// [`Session::query`](super::Session::query)
    Query,
    /// [`Session::queue`](super::Session::queue)
    Queue,
    /// [`Session::compare`](super::Session::compare)
    Compare,
    /// [`Session::projection`](super::Session::projection)
    Projection,
    /// [`Session::mute`](super::Session::mute)
    Mute,
    /// [`Session::editor`](super::Session::editor)
    Editor,
    /// [`Session::storage_space`](super::Session::storage_space)
    StorageSpace,
    /// [`Session::instrument`](super::Session::instrument)
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
