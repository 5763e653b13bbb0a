//! Which tasks the query view hands out: the query itself, the probe set's classes, feature maps.
//!
//! One query is under way at a time; what was changed meanwhile is asked when its answer is there.

use super::{Check, MapsOf, QueryAnswer, QueryOutcome, QueryView};
use crate::app::session::{Command, OpenRun, Outcome, Part, Session, View};
use crate::protocol::{Answer, Fault, Task};
use crate::query::{Contents, RunShape, Selector};

/// Feature maps asked for at the same time: the query itself finds a worker.
const MAPS_AT_ONCE: usize = 2;
/// Channels in the picture of a layer.
pub const LAYER_CHANNELS: usize = 4;
/// Maps that show what a slice holds: of so many channels at most, ...
pub const SLICE_CHANNELS: usize = 8;
/// ... and of as many images as make up this number, ...
pub const SLICE_MAPS: usize = 32;
/// ... but no more than these.
pub const SLICE_IMAGES: usize = 12;
/// Images of a class that the picker offers.
pub const GALLERY_IMAGES: usize = 24;

/// What is under way and what was answered last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asking {
    under_way: Option<Asked>,
    last: Option<Asked>,
    is_demanded: bool,
    probe: Probe,
}

/// A query and the number of epochs that there were.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    text: String,
    epochs: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Probe {
    #[default]
    Unasked,
    Asked,
    Failed,
}

impl Asking {
    pub(super) fn is_waiting(&self) -> bool {
        self.under_way.is_some()
    }

    /// The button was pressed.
    pub(super) fn demand(&mut self) {
        self.is_demanded = true;
        if self.probe == Probe::Failed {
            self.probe = Probe::Unasked;
        }
    }

    /// What is left of it when another run is opened: that the query is to be answered.
    pub(super) fn for_another_run(&self) -> Self {
        Self { is_demanded: self.is_demanded, ..Self::default() }
    }
}

impl QueryView {
    /// The epoch, the images and the layers that the pictures show.
    pub fn shown(&self, epoch: u32) -> Vec<MapsOf> {
        let Some(shape) = &self.shape else { return Vec::new() };
        let image = self.shown_image().unwrap_or(0);
        let layer = |layer| layer_maps(shape, epoch, layer, image);
        (0..shape.layers.len()).map(layer).collect()
    }

    /// The image whose maps stand for all that are picked: the first of them.
    pub fn shown_image(&self) -> Option<usize> {
        self.contents().first()?.images.first().copied()
    }

    /// What the slices of the query hold; nothing while it cannot be answered.
    pub fn contents(&self) -> &[Contents] {
        self.check.good().map_or(&[], |good| &good.contents)
    }

    /// The first maps of each layer that a slice of the query holds, at `epoch`.
    pub fn first_maps(&self, epoch: u32) -> Vec<MapsOf> {
        let Some(shape) = &self.shape else { return Vec::new() };
        let of_slice = |contents: &Contents| {
            let of_layer = |&layer: &usize| {
                let n = shape.n_channels(layer);
                let there = contents.channels.iter().copied().filter(|&channel| channel < n);
                let channels: Vec<usize> = there.take(SLICE_CHANNELS).collect();
                let most = (SLICE_MAPS / channels.len().max(1)).min(SLICE_IMAGES);
                let images = contents.images.iter().copied().take(most).collect();
                MapsOf { epoch: epoch_of(shape, layer, epoch), layer, images, channels }
            };
            contents.layers.iter().take(2).map(of_layer).collect::<Vec<_>>()
        };
        self.contents().iter().flat_map(of_slice).collect()
    }

    /// Images of the class that the picker shows.
    pub fn gallery_maps(&self) -> Option<MapsOf> {
        let shape = self.shape.as_ref()?;
        let images = shape.images_of(self.gallery).into_iter().take(GALLERY_IMAGES).collect();
        let channels = (0..shape.n_channels(0)).collect();
        Some(MapsOf { epoch: *shape.epochs.first()?, layer: 0, images, channels })
    }

    fn wants(&self, epochs: usize) -> Option<Asked> {
        let good = match &self.check {
            Check::Good(good) => good,
            // The worker says what is wrong with a query when the page does not know the run well enough.
            Check::Unknown if self.asking.is_demanded && self.asking.probe == Probe::Failed => {
                return Some(Asked { text: self.text.clone(), epochs });
            }
            _ => return None,
        };
        let wanted = self.asking.is_demanded || (self.is_live && !self.is_moving && good.is_light());
        let epochs = if matches!(self.picks.epochs, Selector::Index(_)) { 0 } else { epochs };
        let asked = Asked { text: good.query.clone(), epochs };
        let is_new = self.asking.is_demanded || self.asking.last.as_ref() != Some(&asked);
        (good.is_measure && wanted && is_new).then_some(asked)
    }
}

/// The picture of a layer.
fn layer_maps(shape: &RunShape, epoch: u32, layer: usize, image: usize) -> MapsOf {
    let channels = (0..shape.n_channels(layer).min(LAYER_CHANNELS)).collect();
    MapsOf { epoch: epoch_of(shape, layer, epoch), layer, images: vec![image], channels }
}

/// The input is the same at every epoch: one picture of it is enough.
fn epoch_of(shape: &RunShape, layer: usize, epoch: u32) -> u32 {
    if layer == 0 { shape.epochs.first().copied().unwrap_or(epoch) } else { epoch }
}

impl Session {
    /// Hands out what the query view wants next; nothing while another view is on screen.
    pub(in crate::app::session) fn ask_for_query(&mut self, outcome: &mut Outcome) {
        let Some(run) = self.open.as_ref().filter(|_| self.selection.view == View::Query) else { return };
        if run.epochs.is_empty() {
            return;
        }
        let (id, epochs) = (run.run.clone(), run.epochs.len());
        let asking = &mut self.query.asking;
        if self.query.shape.is_none() && asking.probe == Probe::Unasked {
            asking.probe = Probe::Asked;
            outcome.ask(self.generation, Task::Probe { run: id.clone() });
        }
        self.query.asking.is_demanded &= match &self.query.check {
            Check::Good(good) => good.is_measure,
            Check::Bad(_) => false,
            Check::Unknown => true,
        };
        if !self.query.is_waiting()
            && let Some(asked) = self.query.wants(epochs)
        {
            outcome.ask(self.generation, Task::Query { run: id.clone(), text: asked.text.clone() });
            self.query.asking.under_way = Some(asked);
            self.query.asking.is_demanded = false;
            outcome.change(Part::Query);
        }
        let Some(epoch) = self.shown_epoch().filter(|_| !self.query.is_moving) else { return };
        let wanted = self.query.first_maps(epoch).into_iter();
        let wanted = wanted.chain(self.query.shown(epoch)).chain(self.query.gallery_maps()).collect();
        for task in self.query.previews.next(&id, wanted, MAPS_AT_ONCE) {
            let generation = self.generation;
            outcome.commands.push(Command::Ask { generation, task, visible: true });
        }
    }

    /// Whether the measures of the other views wait: the query view is on screen and has tasks under way.
    pub(in crate::app::session) fn query_comes_first(&self) -> bool {
        self.selection.view == View::Query && (self.query.is_waiting() || self.query.previews.is_busy())
    }

    /// Takes in an answer to a task of the query view; gives back what is not.
    pub(in crate::app::session) fn query_answered(
        &mut self,
        task: &Task,
        answer: Answer,
        outcome: &mut Outcome,
    ) -> Option<Answer> {
        match (task, answer) {
            (Task::Probe { .. }, Answer::Probe { labels, train_labels }) => {
                let shape = |run: &OpenRun| {
                    let epochs = run.epochs.iter().map(|epoch| epoch.metrics.epoch).collect();
                    RunShape { train_labels, ..RunShape::new(&run.header, labels, epochs) }
                };
                self.query.shape = self.open.as_ref().map(shape);
            }
            (Task::Query { text, .. }, Answer::Query { query, unit, axes, values, counted })
                if self.query.asking.is_of(text) =>
            {
                self.query.asking.finish();
                self.query.outcome =
                    QueryOutcome::Answered(QueryAnswer { query, unit, axes, values, counted });
            }
            (task, answer) if self.query.previews.awaits(task) => self.query.previews.answer(task, answer),
            (_, answer) => return Some(answer),
        }
        outcome.change(Part::Query);
        self.check_query(outcome);
        None
    }

    /// Takes in that a task of the query view failed; whether it was one.
    pub(in crate::app::session) fn query_failed(
        &mut self,
        task: &Task,
        fault: &Fault,
        outcome: &mut Outcome,
    ) -> bool {
        match task {
            Task::Probe { .. } => {
                self.query.asking.probe = Probe::Failed;
                self.query.outcome = QueryOutcome::Failed(fault.clone());
            }
            Task::Query { text, .. } if self.query.asking.is_of(text) => {
                self.query.asking.finish();
                self.query.outcome = QueryOutcome::Failed(fault.clone());
            }
            task if self.query.previews.awaits(task) => self.query.previews.fail(task),
            _ => return false,
        }
        outcome.change(Part::Query);
        true
    }
}

impl Asking {
    fn is_of(&self, text: &str) -> bool {
        self.under_way.as_ref().is_some_and(|asked| asked.text == text)
    }

    fn finish(&mut self) {
        self.last = self.under_way.take();
    }
}
