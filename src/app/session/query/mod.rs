//! The query view: what is picked, the text that says the same, what it will cost and what it gave.
//!
//! Widgets change [`Picks`] and the text is printed from them; typing changes the text and the picks are
//! parsed from it. T is in step with the one epoch slider. Answers come from the compute workers.

mod asking;
pub mod check;
pub mod picks;
#[cfg(test)]
mod tests;

pub use super::previews::{Maps, MapsOf, Previews};
pub use check::{Check, Problem};
pub use picks::{Picks, Slab};

use crate::app::session::{OpenRun, Outcome, Part, Session, View};
use crate::cube::ProbeSet;
use crate::measure::Measure;
use crate::protocol::Fault;
use crate::protocol::compute::{AnswerAxis, BitsArray, Counted};
use crate::query::{Images, RunShape, Selector, WhichSlice, parse};

/// What can happen in the query view.
#[derive(Clone, Debug, PartialEq)]
pub enum QueryEvent {
    /// The query line is now this.
    Typed(String),
    /// The query is to be answered.
    Run,
    /// Something else is asked of what is picked.
    Asked(Option<Measure>),
    /// All images, or all classes one by one.
    ImagesPicked(Images),
    /// Other images are put on X.
    LookedAt(ProbeSet),
    /// A class chip was pressed.
    ClassToggled(usize),
    /// An image was pressed.
    ImageToggled(usize),
    /// One layer or two.
    LayersPicked {
        /// The first.
        first: usize,
        /// The second, if there is one.
        second: Option<usize>,
    },
    /// All layers, for measures of one slice.
    AllLayersPicked,
    /// A channel of a slice, or all of them.
    ChannelPicked {
        /// Of which slice.
        slice: WhichSlice,
        /// `None` for all.
        channel: Option<usize>,
    },
    /// T is the slider's epoch, or all epochs.
    EpochsPicked {
        /// Whether all.
        all: bool,
    },
    /// Answers follow every change, or wait for the button.
    LiveSwitched(bool),
    /// Something is being dragged, or rests: until then nothing is asked unless the button is pressed.
    Moving(bool),
    /// The image picker shows another class.
    GalleryTurned(usize),
    /// A link or the browser's history says what to ask.
    Linked(String),
}

/// What was asked and what it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryAnswer {
    /// The query as it was understood.
    pub query: String,
    /// `bit`, `nat`, `1` or `count`.
    pub unit: String,
    /// Axes that were not fixed.
    pub axes: Vec<AnswerAxis>,
    /// The values.
    pub values: BitsArray,
    /// Over how many pairs of images it was estimated, where that is what it rests on.
    pub counted: Option<Counted>,
}

/// What became of the last query.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum QueryOutcome {
    /// None was asked.
    #[default]
    None,
    /// It was answered.
    Answered(QueryAnswer),
    /// It was not.
    Failed(Fault),
}

/// State of the query view.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryView {
    /// What the widgets have picked.
    pub picks: Picks,
    /// The query line.
    pub text: String,
    /// Whether the text can be answered, and what that costs.
    pub check: Check,
    /// Whether answers follow every change.
    pub is_live: bool,
    /// Whether something is being dragged: what it passes over is not asked.
    pub is_moving: bool,
    /// What became of the last query.
    pub outcome: QueryOutcome,
    /// Feature maps.
    pub previews: Previews,
    /// The class whose images the picker shows.
    pub gallery: usize,
    /// Lengths of the run's axes, once the classes of its probe images are known.
    pub shape: Option<RunShape>,
    asking: asking::Asking,
}

impl Default for QueryView {
    fn default() -> Self {
        let picks = Picks::default();
        Self {
            text: picks.query().to_string(),
            picks,
            check: Check::Unknown,
            is_live: true,
            is_moving: false,
            outcome: QueryOutcome::None,
            previews: Previews::default(),
            gallery: 0,
            shape: None,
            asking: asking::Asking::default(),
        }
    }
}

impl QueryView {
    /// Whether an answer is on its way.
    pub fn is_waiting(&self) -> bool {
        self.asking.is_waiting()
    }

    /// Whether the text is a query, so that the widgets show what it says.
    pub fn is_in_step(&self) -> bool {
        !matches!(self.check, Check::Bad(Problem { is_syntax: true, .. }))
    }

    /// The text that the address bar holds: while the line is no query, the last one that was.
    pub fn linked_text(&self) -> String {
        if self.is_in_step() { self.text.clone() } else { self.picks.query().to_string() }
    }

    fn change(&mut self, event: QueryEvent) {
        let n_classes = self.shape.as_ref().map_or(0, RunShape::n_classes);
        let picks = &mut self.picks;
        let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        match event {
            QueryEvent::Asked(measure) => picks.ask(measure),
            QueryEvent::ImagesPicked(images) => picks.images = images,
            QueryEvent::LookedAt(probe_set) => picks.look_at(probe_set),
            QueryEvent::ClassToggled(class) => {
                picks.toggle_class(number(class), n_classes);
                self.gallery = class;
            }
            QueryEvent::ImageToggled(image) => picks.toggle_image(number(image)),
            QueryEvent::LayersPicked { first, second } => {
                picks.pick_layers(number(first), second.map(number));
            }
            QueryEvent::AllLayersPicked => {
                picks.a = Slab { layers: Selector::All, channels: Selector::All };
            }
            QueryEvent::ChannelPicked { slice, channel } => picks.pick_channel(slice, channel.map(number)),
            QueryEvent::LiveSwitched(is_live) => self.is_live = is_live,
            QueryEvent::Moving(is_moving) => self.is_moving = is_moving,
            QueryEvent::GalleryTurned(class) => self.gallery = class,
            _ => {}
        }
    }

    fn print(&mut self) {
        self.text = self.picks.query().to_string();
    }
}

impl Session {
    pub(super) fn query_event(&mut self, event: QueryEvent, outcome: &mut Outcome) {
        match event {
            QueryEvent::Typed(text) => self.type_query(text, outcome),
            QueryEvent::Linked(text) => {
                self.type_query(text, outcome);
                self.query.asking.demand();
            }
            QueryEvent::Run => {
                self.query.previews.retry_failed();
                self.query.asking.demand();
            }
            QueryEvent::EpochsPicked { all } => {
                self.query.picks.epochs = match self.shown_epoch().filter(|_| !all) {
                    Some(epoch) => Selector::Index(epoch),
                    None => Selector::All,
                };
                self.query.print();
            }
            QueryEvent::LiveSwitched(_) | QueryEvent::Moving(_) | QueryEvent::GalleryTurned(_) => {
                self.query.change(event);
            }
            picked => {
                self.query.change(picked);
                self.query.print();
            }
        }
        outcome.change(Part::Query);
        self.check_query(outcome);
    }

    fn type_query(&mut self, text: String, outcome: &mut Outcome) {
        if let Ok(query) = parse(&text) {
            self.query.picks.take(&query);
            if let Selector::Index(epoch) = self.query.picks.epochs {
                self.go_to_epoch(epoch, outcome);
            }
        }
        self.query.text = text;
    }

    /// Moves the slider to an epoch that the query names; without a run, once there is one.
    fn go_to_epoch(&mut self, epoch: u32, outcome: &mut Outcome) {
        let Some(run) = &self.open else {
            self.selection.pending_epoch.get_or_insert(epoch);
            return;
        };
        if let Some(index) = run.epochs.iter().position(|other| other.metrics.epoch == epoch)
            && index != self.selection.epoch_index
        {
            self.selection.pick_epoch(index, run.epochs.len());
            outcome.change(Part::Selection);
        }
    }

    /// Number of the epoch on the slider.
    pub(super) fn shown_epoch(&self) -> Option<u32> {
        self.open.as_ref()?.epoch_number(self.selection.epoch_index)
    }

    /// The slider or the run may have moved: T that names one epoch goes along.
    pub(super) fn keep_query_in_step(&mut self, outcome: &mut Outcome) {
        let shown = self.shown_epoch();
        if let (Selector::Index(epoch), Some(shown)) = (&self.query.picks.epochs, shown)
            && *epoch != shown
            && self.selection.pending_epoch != Some(*epoch)
            && self.query.is_in_step()
        {
            self.query.picks.epochs = Selector::Index(shown);
            self.query.print();
            outcome.change(Part::Query);
        }
        self.check_query(outcome);
    }

    /// Another run is on screen; what is picked stays.
    pub(super) fn query_another_run(&mut self, outcome: &mut Outcome) {
        let QueryView { picks, text, is_live, asking, .. } = std::mem::take(&mut self.query);
        self.query =
            QueryView { picks, text, is_live, asking: asking.for_another_run(), ..QueryView::default() };
        outcome.change(Part::Query);
    }

    /// Says anew whether the text can be answered.
    pub(super) fn check_query(&mut self, outcome: &mut Outcome) {
        self.query.follow_epochs(self.open.as_ref());
        let check = check::of(&self.query.text, self.query.shape.as_ref());
        if check != self.query.check {
            self.query.check = check;
            outcome.change(Part::Query);
        }
    }

    /// The view was left or entered: the other views look at the same layers.
    pub(super) fn carry_layers(&mut self, from: View, to: View) {
        let Some(run) = &self.open else { return };
        let n_layers = run.header.n_layers();
        let layer = |slab: &Slab| match slab.layers {
            Selector::Index(layer) if layer as usize <= n_layers => Some(layer as usize),
            _ => None,
        };
        if from == View::Query && to != View::Query {
            let (a, b) = (layer(&self.query.picks.a), layer(&self.query.picks.b));
            self.selection.layer = a.unwrap_or(self.selection.layer);
            if self.query.picks.has_two_slices() {
                let pair = &mut self.selection.pair;
                (pair.a, pair.b) = (a.unwrap_or(pair.a), b.unwrap_or(pair.b));
            }
        }
    }
}

impl QueryView {
    /// Epochs that were recorded since the shape was known.
    fn follow_epochs(&mut self, open: Option<&OpenRun>) {
        let (Some(shape), Some(run)) = (&mut self.shape, open) else { return };
        if shape.epochs.len() != run.epochs.len() {
            shape.epochs = run.epochs.iter().map(|epoch| epoch.metrics.epoch).collect();
        }
    }
}
