//! What the page knows, as plain data, and the only way to change it: [`Session::apply`].
//!
//! Events come from the user, the trainer and the compute workers; views read the parts that an event
//! changed; the commands it gives are carried out by `app::conductor`. Knows no browser and no signals.

mod answers;
mod ask;
pub mod compare;
pub mod control;
pub mod draft;
pub mod editor;
pub mod event;
mod examination;
#[cfg(test)]
pub(crate) mod fixture;
mod trainer_message;
mod history;
pub mod instrument;
pub mod layer;
pub mod limits;
pub mod live;
mod manage;
pub mod mute;
pub mod notices;
pub mod open_run;
pub mod outcome;
pub mod own_data;
pub mod query;
pub mod queue;
pub mod previews;
pub mod projection;
mod recovery;
pub mod results;
pub mod storage_space;
pub mod run_cost;
pub mod selection;
pub mod run_list;
pub mod sides;
pub mod start;
pub mod sweep;
pub mod training_axis;
#[cfg(test)]
mod tests;

pub use compare::{Compare, CompareEvent, Compared};
pub use control::{ControlEvent, already_training};
pub use draft::Draft;
pub use editor::{Editor, EditorEvent};
pub use event::Event;
pub use instrument::Instrument;
pub use layer::{LayerEvent, LayerLook, LayerState};
pub use limits::Conflict;
pub use live::{Live, Status};
pub use mute::{Mute, MuteEvent};
pub use notices::Notices;
pub use open_run::{InterSampleScale, OpenRun};
pub use outcome::{Command, Outcome, Part};
pub use own_data::{DataEvent, Import, OwnData};
pub use previews::Previews;
pub use projection::{ImageChoice, Projection, ProjectionEvent};
pub use query::{QueryEvent, QueryView};
pub use queue::{Queue, QueueEvent, QueueState, Queued};
pub use results::{Capacity, Results};
pub use run_cost::RunCost;
pub use run_list::RunList;
pub use selection::{EntropyScale, LayerPair, Selection, View};
pub use sides::{Side, Sides};
pub use start::Start;
pub use storage_space::{StorageEvent, StorageSpace};
pub use training_axis::{TrainingAxis, TrainingScale};

use crate::app::link::{Link, is_run_file};
use crate::protocol::{Fault, Task, ToTrainer};

/// Everything the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The run being trained, or the last one.
    pub live: Live,
    /// Stored runs.
    pub run_list: RunList,
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
    /// The layers of its network, to be edited.
    pub editor: Editor,
    /// The user's datasets, and which public ones there are.
    pub own_data: OwnData,
    /// What the layer view shows.
    pub layer: LayerState,
    /// The query view.
    pub query: QueryView,
    /// Runs waiting to be trained.
    pub queue: Queue,
    /// Runs that are compared.
    pub compare: Compare,
    /// What a channel keeps of an image.
    pub projection: Projection,
    /// Muted channels.
    pub mute: Mute,
    /// Maps of the picked image.
    pub instrument: Instrument,
    /// How full storage is.
    pub storage_space: StorageSpace,
    /// Of the run on screen; an answer of an older one is dropped.
    pub generation: u64,
    slots: usize,
    /// Runs over which workers died.
    unmeasurable: Vec<String>,
    /// Projections and trials that the trainer was asked for.
    orders: u64,
}

impl Session {
    /// A session whose measures are computed by `workers` workers.
    pub fn new(workers: usize) -> Self {
        let mut session = Self { slots: workers.max(1), ..Self::default() };
        session.follow_layers(&mut Outcome { changed: vec![Part::Draft], ..Outcome::default() });
        session
    }

    /// Takes in what happened at `now_ms` (milliseconds on any one clock).
    pub fn apply(&mut self, event: Event, now_ms: f64) -> Outcome {
        let mut outcome = Outcome::default();
        self.take_in(event, now_ms, &mut outcome);
        if outcome.changed.contains(&Part::Selection) || outcome.changed.contains(&Part::Open) {
            self.keep_query_in_step(&mut outcome);
        }
        self.ask_for_query(&mut outcome);
        self.follow_queue(&mut outcome);
        self.project_next(&mut outcome);
        self.follow_layers(&mut outcome);
        if !self.query_comes_first() {
            self.ask_for_measures(&mut outcome);
        }
        self.ask_for_comparison(&mut outcome);
        outcome
    }

    fn take_in(&mut self, event: Event, now_ms: f64, outcome: &mut Outcome) {
        match event {
            Event::Linked(link) => self.link(link, outcome),
            Event::Train(start) => self.train(start, outcome),
            Event::Pause => outcome.tell(ToTrainer::Pause),
            Event::Resume => outcome.tell(ToTrainer::Resume),
            Event::Stop => {
                self.live.again = None;
                outcome.tell(ToTrainer::Stop);
            }
            Event::Control(event) => self.control(event, outcome),
            Event::Editor(event) => self.edit_layers(event, outcome),
            Event::Trainer(message) => self.on_trainer_message(message, now_ms, outcome),
            Event::Continue { run, data_url } => self.go_on(run, data_url, None, outcome),
            Event::TrainerLost(fault) => {
                self.stop_import(outcome);
                self.stop_examination(&fault, outcome);
                self.trainer_lost(fault, outcome);
            }
            Event::OpenRun(run) => self.ask_to_open(run, outcome),
            Event::Import { .. }
            | Event::Rename { .. }
            | Event::Duplicate(_)
            | Event::ScheduleDeletion(_)
            | Event::KeepRun(_)
            | Event::RemoveRun(_) => self.manage(event, outcome),
            Event::CloseRun(run) => self.close(&run, outcome),
            Event::Answered { generation, task, answer } => self.answered(generation, &task, answer, outcome),
            Event::TaskFailed { generation, task, fault } => self.failed(generation, &task, fault, outcome),
            Event::ListAgain => {
                self.run_list.is_watched = false;
                outcome.ask(self.generation, Task::ListRuns);
            }
            Event::Retry => self.try_again(outcome),
            Event::Data(event) => self.data(event, outcome),
            Event::Query(event) => self.query_event(event, outcome),
            Event::Revisited(link) => self.look_at(&link, outcome),
            Event::Queue(event) => self.queue(event, outcome),
            Event::Compare(event) => self.compare(event, outcome),
            Event::Project(event) => self.project(event, outcome),
            Event::Mute(event) => self.mute(event, outcome),
            Event::StorageSpace(event) => self.storage_space(event, outcome),
            Event::Noticed(fault) => self.notice(fault, outcome),
            Event::Dismissed(id) => {
                self.notices.dismiss(id);
                outcome.change(Part::Notices);
            }
            Event::Edited { name, text } => {
                self.edit(&name, &text);
                outcome.change(Part::Draft);
            }
            Event::PresetPicked(preset) => {
                self.fill(preset);
                outcome.change(Part::Draft);
            }
            Event::EpochPicked(_)
            | Event::EpochPassed(_)
            | Event::EpochRests
            | Event::ImagePicked(_)
            | Event::LayerPicked(_)
            | Event::ChannelPicked { .. }
            | Event::BesidePicked(_)
            | Event::EntropyScalePicked(_)
            | Event::PairPicked(_)
            | Event::AxisPicked(_)
            | Event::ViewPicked(_) => {
                self.select(&event);
                outcome.change(Part::Selection);
                if self.layer.pair_picked(&self.selection) {
                    outcome.change(Part::Layer);
                }
            }
            Event::ChannelsUnfolded(is_open) => {
                self.instrument.is_open = is_open;
                outcome.change(Part::Instrument);
            }
            Event::Layer(event) => {
                self.layer.apply(event, self.open.as_ref());
                outcome.change(Part::Layer);
            }
        }
    }

    /// What failed is asked for again.
    fn try_again(&mut self, outcome: &mut Outcome) {
        self.results.retry_failed();
        self.unmeasurable.clear();
        self.layer.maps.retry_failed();
        self.instrument.maps.retry_failed();
        outcome.change(Part::Instrument);
        self.compare.retry_failed();
        outcome.change(Part::Results);
        outcome.change(Part::Layer);
    }

    fn select(&mut self, event: &Event) {
        let recorded = self.open.as_ref().map_or(0, |run| run.epochs.len());
        if matches!(event, Event::EpochPicked(_) | Event::EpochPassed(_) | Event::EpochRests) {
            self.selection.is_moving = matches!(event, Event::EpochPassed(_));
        }
        match *event {
            Event::EpochPicked(epoch_index) | Event::EpochPassed(epoch_index) => {
                self.selection.pick_epoch(epoch_index, recorded);
            }
            Event::ImagePicked(image) => self.selection.image = image,
            Event::LayerPicked(layer) => self.selection.layer = layer,
            Event::ChannelPicked { layer, channel } => self.selection.pick_channel(layer, channel),
            Event::BesidePicked(layer) => self.selection.beside = layer,
            Event::EntropyScalePicked(scale) => self.selection.entropy_scale = scale,
            Event::PairPicked(pair) => self.selection.pair = pair,
            Event::AxisPicked(axis) => self.selection.axis = axis,
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
        self.look_at(&link, outcome);
        self.draft = link.config.map_or_else(|| self.first_draft(), Draft::of);
        outcome.change(Part::Draft);
        outcome.change(Part::Compare);
        for run in link.compare {
            self.compare.choose(run);
        }
        self.run_list.open_newest = link.run.is_none() && !link.autostart;
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

    /// Begins a run, if it can be begun now.
    fn train(&mut self, start: Start, outcome: &mut Outcome) {
        if self.live.is_busy() {
            return self.notice(already_training(), outcome);
        }
        if let Err(error) = start.config.check() {
            let what = format!("“{}” was not started.", start.name);
            return self.notice(Fault::bad_settings(what, &error), outcome);
        }
        if let Some(fault) = self.live.error.take() {
            self.notices.settle(&fault);
            outcome.change(Part::Notices);
        }
        let Start { run, name, created, data_url, config } = start;
        self.live.begin(run.clone(), config.clone());
        self.live.data_url.clone_from(&data_url);
        self.run_list.open_newest = false;
        outcome.change(Part::Live);
        outcome.tell(ToTrainer::Start { run, name, created, data_url, config });
    }

    fn ask_to_open(&mut self, run: String, outcome: &mut Outcome) {
        self.generation += 1;
        self.run_list.opening = Some(run.clone());
        outcome.change(Part::RunList);
        outcome.ask(self.generation, Task::OpenRun { run });
    }

    /// What went wrong last and still stands: why training failed, else the newest message on the page.
    pub fn error(&self) -> Option<&Fault> {
        let newest = self.notices.shown().last().map(|notice| &notice.fault);
        self.live.error.as_ref().or(newest)
    }

    fn show(&mut self, run: OpenRun, outcome: &mut Outcome) {
        self.generation += 1;
        self.run_list.opening = None;
        self.results = Results::default();
        if self.unmeasurable.contains(&run.run) {
            self.results.stop();
        }
        if run.is_too_large() {
            self.notice(notices::too_large(&run.header.name), outcome);
        }
        // Another run starts at its newest epoch; what a link asks for survives until that epoch is there.
        self.selection.following = true;
        self.selection.fit(&run);
        self.layer.show(&run);
        self.instrument.maps = Previews::default();
        self.open = Some(run);
        self.query_another_run(outcome);
        for part in [Part::RunList, Part::Results, Part::Selection, Part::Open, Part::Layer, Part::Instrument]
        {
            outcome.change(part);
        }
    }

    fn notice(&mut self, fault: Fault, outcome: &mut Outcome) {
        self.notices.add(fault);
        outcome.change(Part::Notices);
    }
}
