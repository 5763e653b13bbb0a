//! What the page knows, as plain data, and the only way to change it: [`Session::apply`].
//!
//! Events come from the user, the trainer and the compute workers; views read the parts that an event
//! changed; the commands it gives are carried out by `app::conductor`. Knows no browser and no signals.

pub mod draft;
pub mod event;
#[cfg(test)]
pub(crate) mod fixture;
mod history;
pub mod live;
mod manage;
pub mod notices;
pub mod open_run;
pub mod own_data;
pub mod query;
mod recovery;
mod refusal;
pub mod results;
pub mod selection;
pub mod shelf;
pub mod start;
#[cfg(test)]
mod tests;

pub use draft::Draft;
pub use event::{Command, DataEvent, Event, Outcome, Part};
pub use live::{Live, Status};
pub use notices::Notices;
pub use open_run::{InterSampleScale, OpenRun};
pub use own_data::{Import, OwnData};
pub use query::{QueryEvent, QueryView};
pub use refusal::already_training;
pub use results::{Capacity, Results};
pub use selection::{LayerPair, Selection, View};
pub use shelf::Shelf;
pub use start::Start;

use refusal::no_such_epoch;

use crate::app::link::{Link, is_run_file};
use crate::cube::RunHeader;
use crate::evaluation::ConfusionMatrix;
use crate::protocol::compute::EpochSummary;
use crate::protocol::{Answer, Fault, FromTrainer, Task, ToTrainer};
use crate::training::EpochMetrics;

/// Everything the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The run being trained, or the last one.
    pub live: Live,
    /// Stored runs.
    pub shelf: Shelf,
    /// The run on screen.
    pub open: Option<OpenRun>,
    /// Its measures.
    pub results: Results,
    /// What is looked at.
    pub selection: Selection,
    /// Faults on the page.
    pub notices: Notices,
    /// Settings of the next run.
    pub draft: Draft,
    /// The user's datasets, and which public ones there are.
    pub own_data: OwnData,
    /// The query view.
    pub query: QueryView,
    /// Of the run on screen; an answer of an older one is dropped.
    pub generation: u64,
    slots: usize,
}

impl Session {
    /// A session whose measures are computed by `workers` workers.
    pub fn new(workers: usize) -> Self {
        Self { slots: workers.max(1), ..Self::default() }
    }

    /// Takes in what happened at `now_ms` (milliseconds on any one clock).
    pub fn apply(&mut self, event: Event, now_ms: f64) -> Outcome {
        let mut outcome = Outcome::default();
        self.take_in(event, now_ms, &mut outcome);
        if outcome.changed.contains(&Part::Selection) || outcome.changed.contains(&Part::Open) {
            self.keep_query_in_step(&mut outcome);
        }
        self.ask_for_query(&mut outcome);
        if !self.query_comes_first() {
            self.ask_for_measures(&mut outcome);
        }
        outcome
    }

    fn take_in(&mut self, event: Event, now_ms: f64, outcome: &mut Outcome) {
        match event {
            Event::Linked(link) => self.link(link, outcome),
            Event::Train(start) => self.train(start, outcome),
            Event::Pause => outcome.tell(ToTrainer::Pause),
            Event::Resume => outcome.tell(ToTrainer::Resume),
            Event::Stop => outcome.tell(ToTrainer::Stop),
            Event::Trainer(message) => self.hear(message, now_ms, outcome),
            Event::Continue { run, data_url } => self.go_on(run, data_url, outcome),
            Event::TrainerLost(fault) => {
                self.stop_import(outcome);
                self.trainer_lost(fault, outcome);
            }
            Event::OpenRun(run) => self.ask_to_open(run, outcome),
            Event::Import { .. }
            | Event::Rename { .. }
            | Event::Duplicate(_)
            | Event::DoomRun(_)
            | Event::KeepRun(_)
            | Event::RemoveRun(_) => self.manage(event, outcome),
            Event::CloseRun(run) => self.close(&run, outcome),
            Event::Answered { generation, task, answer } => self.answered(generation, &task, answer, outcome),
            Event::TaskFailed { generation, task, fault } => self.failed(generation, &task, fault, outcome),
            Event::ListAgain => {
                self.shelf.is_watched = false;
                outcome.ask(self.generation, Task::ListRuns);
            }
            Event::Retry => {
                self.results.forgive();
                outcome.change(Part::Results);
            }
            Event::Data(event) => self.data(event, outcome),
            Event::Query(event) => self.query_event(event, outcome),
            Event::Revisited(link) => self.revisit(link, outcome),
            Event::Noticed(fault) => self.notice(fault, outcome),
            Event::Dismissed(id) => {
                self.notices.dismiss(id);
                outcome.change(Part::Notices);
            }
            Event::Edited { name, text } => {
                self.draft.edit(&name, &text);
                outcome.change(Part::Draft);
            }
            Event::EpochPicked(_) | Event::LayerPicked(_) | Event::PairPicked(_) | Event::ViewPicked(_) => {
                self.select(&event);
                outcome.change(Part::Selection);
            }
        }
    }

    fn select(&mut self, event: &Event) {
        let recorded = self.open.as_ref().map_or(0, |run| run.epochs.len());
        match *event {
            Event::EpochPicked(epoch_index) => self.selection.pick_epoch(epoch_index, recorded),
            Event::LayerPicked(layer) => self.selection.layer = layer,
            Event::PairPicked(pair) => self.selection.pair = pair,
            Event::ViewPicked(view) => {
                self.carry_layers(self.selection.view, view);
                self.selection.view = view;
            }
            _ => {}
        }
        if let Some(run) = &self.open {
            self.selection.fit(run);
        }
    }

    fn link(&mut self, link: Link, outcome: &mut Outcome) {
        self.draft = Draft { config: link.config, ..Draft::default() };
        self.selection = Selection {
            view: link.view,
            pending_epoch: link.epoch,
            layer: link.layer.unwrap_or(self.selection.layer),
            pair: link.pair.unwrap_or(self.selection.pair),
            ..Selection::default()
        };
        outcome.change(Part::Draft);
        outcome.change(Part::Selection);
        if let Some(text) = link.query {
            self.query_event(QueryEvent::Linked(text), outcome);
        }
        self.shelf.open_newest = link.run.is_none() && !link.autostart;
        outcome.ask(self.generation, Task::ListRuns);
        outcome.ask(self.generation, Task::ListData);
        match link.run {
            Some(url) if is_run_file(&url) => {
                let name = url.rsplit('/').next().unwrap_or(&url).to_owned();
                self.manage(Event::Import { url, name, reuse: true }, outcome);
            }
            Some(run) => self.ask_to_open(run, outcome),
            None => {}
        }
    }

    fn train(&mut self, start: Start, outcome: &mut Outcome) {
        if self.live.is_busy() {
            return self.notice(already_training(), outcome);
        }
        if let Some(fault) = self.live.error.take() {
            self.notices.settle(&fault);
            outcome.change(Part::Notices);
        }
        let Start { run, name, created, data_url, config } = start;
        self.live.begin(run.clone(), config.clone());
        self.live.data_url.clone_from(&data_url);
        self.shelf.open_newest = false;
        outcome.change(Part::Live);
        outcome.tell(ToTrainer::Start { run, name, created, data_url, config });
    }

    fn hear(&mut self, message: FromTrainer, now_ms: f64, outcome: &mut Outcome) {
        if self.is_recoverable(&message) {
            return;
        }
        let Some(message) = self.hear_of_data(message, outcome) else { return };
        self.live.apply(&message, now_ms);
        outcome.change(Part::Live);
        match message {
            FromTrainer::Started { run, header, .. } => {
                self.show(OpenRun { run, header: *header, epochs: Vec::new() }, outcome);
                outcome.ask(self.generation, Task::ListRuns);
            }
            FromTrainer::EpochRecorded { run, epoch_index, metrics, confusion } => {
                self.epoch_recorded(&run, epoch_index, metrics, confusion, outcome);
            }
            FromTrainer::Ended { run, .. } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.run == run) {
                    open.header.complete = true;
                    outcome.change(Part::Open);
                }
                outcome.ask(self.generation, Task::ListRuns);
            }
            FromTrainer::Failed { fault } => self.training_failed(fault, outcome),
            FromTrainer::Refused { fault } | FromTrainer::DeviceLost { fault } => self.notice(fault, outcome),
            _ => {}
        }
    }

    fn epoch_recorded(
        &mut self,
        run: &str,
        epoch_index: usize,
        metrics: EpochMetrics,
        confusion: ConfusionMatrix,
        outcome: &mut Outcome,
    ) {
        self.shelf.epoch_recorded(run, epoch_index, &metrics);
        outcome.change(Part::Shelf);
        // A run opened while it trains may have been read from storage with this epoch already in it.
        let Some(open) =
            self.open.as_mut().filter(|open| open.run == run && open.epochs.len() == epoch_index)
        else {
            return;
        };
        open.epochs.push(EpochSummary { metrics, confusion });
        self.selection.fit(open);
        outcome.change(Part::Open);
        outcome.change(Part::Selection);
    }

    fn training_failed(&mut self, fault: Fault, outcome: &mut Outcome) {
        self.live.fail(fault.clone());
        outcome.change(Part::Live);
        self.notice(fault, outcome);
        outcome.ask(self.generation, Task::ListRuns);
    }

    fn ask_to_open(&mut self, run: String, outcome: &mut Outcome) {
        self.generation += 1;
        self.shelf.opening = Some(run.clone());
        outcome.change(Part::Shelf);
        outcome.ask(self.generation, Task::OpenRun { run });
    }

    /// What went wrong last and still stands: why training failed, else the newest message on the page.
    pub fn error(&self) -> Option<&Fault> {
        let newest = self.notices.shown().last().map(|notice| &notice.fault);
        self.live.error.as_ref().or(newest)
    }

    /// Whether the last run has ended, and so have the measures of it that the page asks for.
    pub fn is_settled(&self) -> bool {
        let measured = match self.open.as_ref().filter(|open| self.live.run.as_ref() == Some(&open.run)) {
            Some(open) => {
                self.results.in_flight() == 0
                    && self.results.next(open, &self.selection, self.slots).is_empty()
            }
            None => true,
        };
        self.live.status == Status::Done && measured
    }

    fn show(&mut self, run: OpenRun, outcome: &mut Outcome) {
        self.generation += 1;
        self.shelf.opening = None;
        self.results = Results::default();
        // Another run starts at its newest epoch; a link's wish survives until that epoch is there.
        self.selection.following = true;
        self.selection.fit(&run);
        self.open = Some(run);
        self.query_another_run(outcome);
        for part in [Part::Shelf, Part::Results, Part::Selection, Part::Open] {
            outcome.change(part);
        }
    }

    fn answered(&mut self, generation: u64, task: &Task, answer: Answer, outcome: &mut Outcome) {
        match (task, answer) {
            (_, Answer::Runs(runs)) => {
                let is_written = runs.iter().any(|run| run.is_written && !self.live.is_of(&run.run));
                if is_written && !std::mem::replace(&mut self.shelf.is_watched, true) {
                    outcome.commands.push(Command::ListLater);
                }
                self.shelf.list(runs);
                outcome.change(Part::Shelf);
                if let Some(newest) = self.shelf.newest_to_open().filter(|_| self.open.is_none()) {
                    self.ask_to_open(newest, outcome);
                }
            }
            (_, Answer::Imported { run }) => {
                self.shelf.importing = None;
                outcome.ask(self.generation, Task::ListRuns);
                self.ask_to_open(run, outcome);
            }
            (task, Answer::Data(kept)) => self.data_listed(task, kept, outcome),
            (_, Answer::Renamed) => outcome.ask(self.generation, Task::ListRuns),
            (Task::Remove { run }, Answer::Removed) => {
                self.shelf.keep(run);
                self.shelf.remove(run);
                outcome.change(Part::Shelf);
            }
            _ if generation != self.generation => {}
            (Task::OpenRun { run }, Answer::Opened { header, epochs }) => {
                self.opened(run, *header, epochs, outcome);
            }
            (task, answer) => {
                if let Some(answer) = self.query_answered(task, answer, outcome) {
                    self.results.answer(task, answer);
                    outcome.change(Part::Results);
                }
            }
        }
    }

    fn opened(&mut self, run: &str, header: RunHeader, epochs: Vec<EpochSummary>, outcome: &mut Outcome) {
        let run = OpenRun { run: run.to_owned(), header, epochs };
        self.show(run, outcome);
        if let Some(wanted) = self.selection.pending_epoch.filter(|_| self.is_closed()) {
            self.selection.pending_epoch = None;
            let last = self.open.as_ref().map_or(0, OpenRun::last_epoch);
            self.notice(no_such_epoch(wanted, last), outcome);
        }
    }

    /// Whether the open run gets no more epochs.
    fn is_closed(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !self.live.is_of(&open.run))
    }

    fn failed(&mut self, generation: u64, task: &Task, fault: Fault, outcome: &mut Outcome) {
        match task {
            Task::ListRuns => {
                self.shelf.list_failed(fault.clone());
                outcome.change(Part::Shelf);
            }
            Task::Remove { run } => {
                self.shelf.keep(run);
                outcome.change(Part::Shelf);
            }
            Task::Import { .. } => {
                self.shelf.importing = None;
                outcome.change(Part::Shelf);
            }
            Task::Rename { .. } | Task::ListData | Task::RemoveData { .. } => {}
            _ if generation != self.generation => return,
            task if self.query_failed(task, &fault, outcome) => return,
            Task::OpenRun { .. } => {
                self.shelf.opening = None;
                outcome.change(Part::Shelf);
            }
            _ => {
                self.results.fail(task);
                outcome.change(Part::Results);
            }
        }
        self.notice(fault, outcome);
    }

    fn notice(&mut self, fault: Fault, outcome: &mut Outcome) {
        self.notices.add(fault);
        outcome.change(Part::Notices);
    }

    fn ask_for_measures(&mut self, outcome: &mut Outcome) {
        let Some(run) = &self.open else { return };
        for wanted in self.results.next(run, &self.selection, self.slots) {
            self.results.start(wanted.task.clone());
            let (task, visible) = (wanted.task, wanted.visible);
            outcome.commands.push(Command::Ask { generation: self.generation, task, visible });
            outcome.change(Part::Results);
        }
    }
}
