//! What views read of the session: whoever reads in a reactive place is woken when the part changes.

use leptos::prelude::*;

use super::Conductor;
use crate::app::session::editor::Outline;
use crate::app::session::{
    Compare, Conflict, Draft, Editor, Instrument, LayerState, Live, Mute, Notices, OpenRun, OwnData, Part,
    Projection, QueryView, Queue, Results, RunList, Selection, Session, StorageSpace,
};

impl Conductor {
    fn read<R>(self, part: Part, read: impl FnOnce(&Session) -> R) -> R {
        self.parts[part as usize].track();
        self.peek(read)
    }

    /// The run being trained, or the last one.
    pub fn live<R>(self, read: impl FnOnce(&Live) -> R) -> R {
        self.read(Part::Live, |session| read(&session.live))
    }

    /// Stored runs.
    pub fn run_list<R>(self, read: impl FnOnce(&RunList) -> R) -> R {
        self.read(Part::RunList, |session| read(&session.run_list))
    }

    /// The run on screen.
    pub fn open<R>(self, read: impl FnOnce(&OpenRun) -> R) -> Option<R> {
        self.read(Part::Open, |session| session.open.as_ref().map(read))
    }

    /// Its measures.
    pub fn results<R>(self, read: impl FnOnce(&Results) -> R) -> R {
        self.read(Part::Results, |session| read(&session.results))
    }

    /// What is looked at.
    pub fn selection<R>(self, read: impl FnOnce(&Selection) -> R) -> R {
        self.read(Part::Selection, |session| read(&session.selection))
    }

    /// Faults on the page.
    pub fn notices<R>(self, read: impl FnOnce(&Notices) -> R) -> R {
        self.read(Part::Notices, |session| read(&session.notices))
    }

    /// Datasets: the user's own, and which public ones there are.
    pub fn own_data<R>(self, read: impl FnOnce(&OwnData) -> R) -> R {
        self.read(Part::OwnData, |session| read(&session.own_data))
    }

    /// What the layer view shows.
    pub fn layer<R>(self, read: impl FnOnce(&LayerState) -> R) -> R {
        self.read(Part::Layer, |session| read(&session.layer))
    }

    /// What the instrument shows.
    pub fn instrument<R>(self, read: impl FnOnce(&Instrument) -> R) -> R {
        self.read(Part::Instrument, |session| read(&session.instrument))
    }

    /// The query view.
    pub fn query<R>(self, read: impl FnOnce(&QueryView) -> R) -> R {
        self.read(Part::Query, |session| read(&session.query))
    }

    /// Runs waiting to be trained.
    pub fn queue<R>(self, read: impl FnOnce(&Queue) -> R) -> R {
        self.read(Part::Queue, |session| read(&session.queue))
    }

    /// Runs that are compared.
    pub fn compare<R>(self, read: impl FnOnce(&Compare) -> R) -> R {
        self.read(Part::Compare, |session| read(&session.compare))
    }

    /// What a channel keeps of an image.
    pub fn projection<R>(self, read: impl FnOnce(&Projection) -> R) -> R {
        self.read(Part::Projection, |session| read(&session.projection))
    }

    /// Muted channels.
    pub fn muting<R>(self, read: impl FnOnce(&Mute) -> R) -> R {
        self.read(Part::Mute, |session| read(&session.mute))
    }

    /// How full storage is.
    pub fn storage_space<R>(self, read: impl FnOnce(&StorageSpace) -> R) -> R {
        self.read(Part::StorageSpace, |session| read(&session.storage_space))
    }

    /// What of the next run's settings does not fit the others.
    pub fn conflict(self) -> Option<Conflict> {
        self.parts[Part::OwnData as usize].track();
        self.read(Part::Draft, Session::conflict)
    }

    /// The layers of its network, as they are edited.
    pub fn editor<R>(self, read: impl FnOnce(&Editor) -> R) -> R {
        self.read(Part::Editor, |session| read(&session.editor))
    }

    /// What that network comes to.
    pub fn outline(self) -> Option<Outline> {
        self.next_run(Session::outline)
    }

    /// What follows from the next run's settings, the datasets that there are and the speed of this machine.
    pub fn next_run<R>(self, read: impl FnOnce(&Session) -> R) -> R {
        self.parts[Part::OwnData as usize].track();
        self.parts[Part::Editor as usize].track();
        self.read(Part::Draft, read)
    }

    /// Settings of the next run.
    pub fn draft<R>(self, read: impl FnOnce(&Draft) -> R) -> R {
        self.read(Part::Draft, |session| read(&session.draft))
    }
}
