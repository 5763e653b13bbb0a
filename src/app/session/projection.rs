//! What one feature (a channel, or a unit of a dense layer) keeps of some probe images: which ones are chosen,
//! what is asked of the workers for them, and what came of it.
//!
//! Nothing is asked before the user switches the projection on, since the trainer's program is large. From
//! then on it follows the selection: one order at a time, and always the newest one next.

use crate::app::session::{OpenRun, Outcome, Part, Selection, Session};
use crate::cube::LayerHeader;
use crate::protocol::compute::Activated;
use crate::protocol::examine::{MAX_PROJECTED, ProjectedImage, ProjectionOrder};
use crate::protocol::{Answer, Fault, Task, ToTrainer};

/// How many of the strongest images are projected.
const STRONGEST: usize = 6;

/// Which images are projected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImageChoice {
    /// Those that the feature answers to most.
    #[default]
    Strongest,
    /// Those of a class that it answers to most.
    Class(usize),
    /// Those whose numbers are typed.
    Typed,
}

/// A feature at an epoch of the open run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturePlace {
    /// Identifier.
    pub run: String,
    /// Index on T.
    pub epoch_index: usize,
    /// 1 … |L|.
    pub layer: usize,
    /// Of the layer.
    pub feature: usize,
}

/// The images that a feature answers to most.
#[derive(Clone, Debug, PartialEq)]
pub struct Strongest {
    /// Whose they are.
    pub place: FeaturePlace,
    /// The only class among them.
    pub class: Option<usize>,
    /// `None` while they are looked for, or when they cannot be found.
    pub found: Option<Found>,
}

/// See [`Answer::Strongest`].
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The strongest first.
    pub images: Vec<Activated>,
    /// Probe images that the feature answers to at all.
    pub active: usize,
    /// Of how many.
    pub of: usize,
}

/// What was asked of the trainer last, and what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Of which feature.
    pub place: FeaturePlace,
    /// Images asked for.
    pub images: Vec<usize>,
    /// Those that are there.
    pub rows: Vec<ProjectedImage>,
    /// Why there are no more.
    pub fault: Option<Fault>,
    ticket: u64,
    is_over: bool,
}

/// Everything about projections.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    /// The unit looked at in a dense layer, as picked; a layer may have fewer. Of other layers it is the
    /// selection's channel.
    pub unit: usize,
    /// Which images.
    pub choice: ImageChoice,
    /// Their numbers, as typed.
    pub typed: String,
    /// Whether the user wants to see projections.
    pub is_on: bool,
    /// Found last, or being looked for.
    pub strongest: Option<Strongest>,
    /// On screen.
    pub shown: Option<Shown>,
    /// Another feature of the layer to see beside the first, as picked; a layer may have fewer.
    pub beside: Option<usize>,
    /// What that one keeps of the same images.
    pub shown_beside: Option<Shown>,
}

/// What can happen to the projections.
#[derive(Clone, Debug, PartialEq)]
pub enum ProjectionEvent {
    /// Another feature: a channel is then selected everywhere.
    FeaturePicked(usize),
    /// Another feature to see beside it, or none.
    BesidePicked(Option<usize>),
    /// The circle of a class was gone into, or left: then its images are chosen, and let go of.
    ClassEntered(Option<usize>),
    /// Other images.
    Chosen(ImageChoice),
    /// Their numbers.
    Typed(String),
    /// The user wants to see projections, again where that failed.
    Asked,
    /// The user has seen enough.
    Closed,
}

impl Projection {
    /// Whether an order is being carried out.
    pub fn is_under_way(&self) -> bool {
        self.shown.iter().chain(&self.shown_beside).any(|shown| !shown.is_over)
    }

    fn sides(&mut self) -> impl Iterator<Item = &mut Shown> {
        self.shown.iter_mut().chain(&mut self.shown_beside)
    }

    /// The only class among the images, where there is one.
    fn class(&self) -> Option<usize> {
        if let ImageChoice::Class(class) = self.choice { Some(class) } else { None }
    }

    /// The feature of the selected layer that stands beside the first, another one than that.
    pub fn beside(&self, run: &OpenRun, selection: &Selection) -> Option<usize> {
        let n_features = header_of(run, selection.layer)?.n_features();
        self.beside.filter(|&beside| beside < n_features && beside != self.feature(run, selection))
    }

    /// What stands beside `shown`: of the same images at the same place.
    pub fn beside_of(&self, shown: &Shown) -> Option<&Shown> {
        let is_beside = |other: &&Shown| {
            let feature = shown.place.feature;
            FeaturePlace { feature, ..other.place.clone() } == shown.place && other.images == shown.images
        };
        self.shown_beside.as_ref().filter(|_| self.beside.is_some()).filter(is_beside)
    }

    /// The place that is selected in `run`; `None` at the input, or without an epoch.
    pub fn place(&self, run: &OpenRun, selection: &Selection) -> Option<FeaturePlace> {
        header_of(run, selection.layer)?;
        run.epochs.get(selection.epoch_index)?;
        Some(FeaturePlace {
            run: run.run.clone(),
            epoch_index: selection.epoch_index,
            layer: selection.layer,
            feature: self.feature(run, selection),
        })
    }

    /// The feature of the selected layer that is looked at.
    pub fn feature(&self, run: &OpenRun, selection: &Selection) -> usize {
        match header_of(run, selection.layer).filter(|header| header.is_dense()) {
            Some(dense) => self.unit.min(dense.n_features().saturating_sub(1)),
            None => selection.channel.min(run.n_channels(selection.layer).saturating_sub(1)),
        }
    }

    /// The strongest images of `place`, once found.
    pub fn found(&self, place: &FeaturePlace) -> Option<&Found> {
        let is_of = |strongest: &&Strongest| strongest.place == *place && strongest.class == self.class();
        self.strongest.as_ref().filter(is_of)?.found.as_ref()
    }

    /// The images to project at `place`; none while they are not known.
    fn images(&self, place: &FeaturePlace, n_images: usize) -> Vec<usize> {
        match self.choice {
            ImageChoice::Strongest | ImageChoice::Class(_) => self
                .found(place)
                .map(|found| found.images.iter().take(STRONGEST).map(|image| image.image).collect())
                .unwrap_or_default(),
            ImageChoice::Typed => typed_images(&self.typed, n_images).unwrap_or_default(),
        }
    }

    fn end(&mut self, ticket: u64, fault: Option<Fault>) -> bool {
        match self.sides().find(|shown| shown.ticket == ticket && !shown.is_over) {
            Some(shown) => {
                shown.is_over = true;
                shown.fault = fault;
                true
            }
            None => false,
        }
    }
}

/// `None` of the input.
fn header_of(run: &OpenRun, layer: usize) -> Option<&LayerHeader> {
    layer.checked_sub(1).and_then(|index| run.header.layers.get(index))
}

/// Numbers of probe images, separated by spaces or commas, each once.
///
/// # Errors
/// What is wrong with the text, in words.
pub fn typed_images(text: &str, n_images: usize) -> Result<Vec<usize>, String> {
    let mut images = Vec::new();
    for word in text.split([',', ' ', ';']).filter(|word| !word.is_empty()) {
        let image = word.parse().map_err(|_| format!("“{word}” is not the number of an image."))?;
        if image >= n_images {
            return Err(format!(
                "There is no image {image}: the last one is {}.",
                n_images.saturating_sub(1)
            ));
        }
        if !images.contains(&image) {
            images.push(image);
        }
    }
    if images.len() > MAX_PROJECTED {
        return Err(format!("At most {MAX_PROJECTED} images are shown at a time."));
    }
    Ok(images)
}

/// What the features of a layer are called.
pub fn feature_names(run: &OpenRun, layer: usize) -> Vec<String> {
    let Some(header) = header_of(run, layer) else {
        return (0..run.n_channels(layer)).map(|channel| format!("channel {channel}")).collect();
    };
    let name = |feature: usize| match (header.kind.as_str(), run.header.classes.get(feature)) {
        ("output", Some(class)) => format!("class {class}"),
        _ if header.is_dense() => format!("unit {feature}"),
        _ => format!("channel {feature}"),
    };
    (0..LayerHeader::n_features(header)).map(name).collect()
}

impl Session {
    pub(super) fn project(&mut self, event: ProjectionEvent, outcome: &mut Outcome) {
        let projection = &mut self.projection;
        match event {
            ProjectionEvent::FeaturePicked(feature) => {
                let layer = self.open.as_ref().and_then(|run| header_of(run, self.selection.layer));
                if layer.is_some_and(LayerHeader::is_dense) {
                    projection.unit = feature;
                } else {
                    self.selection.channel = feature;
                    outcome.change(Part::Selection);
                }
            }
            ProjectionEvent::BesidePicked(feature) => {
                projection.beside = feature;
                projection.shown_beside = projection.shown_beside.take().filter(|_| feature.is_some());
            }
            ProjectionEvent::ClassEntered(Some(class)) => projection.choice = ImageChoice::Class(class),
            ProjectionEvent::ClassEntered(None) => {
                if projection.class().is_some() {
                    projection.choice = ImageChoice::Strongest;
                }
            }
            ProjectionEvent::Chosen(choice) => projection.choice = choice,
            ProjectionEvent::Typed(text) => projection.typed = text,
            ProjectionEvent::Asked => {
                projection.is_on = true;
                // What failed may be tried again.
                let is_good = |shown: &Shown| shown.fault.is_none();
                projection.shown = projection.shown.take().filter(is_good);
                projection.shown_beside = projection.shown_beside.take().filter(is_good);
                projection.strongest =
                    projection.strongest.take().filter(|strongest| strongest.found.is_some());
            }
            ProjectionEvent::Closed => projection.is_on = false,
        }
        outcome.change(Part::Projection);
    }

    /// Asks for what the selection calls for and nobody was asked yet.
    pub(super) fn project_next(&mut self, outcome: &mut Outcome) {
        let (Some(run), true) = (&self.open, self.projection.is_on) else { return };
        let Some(place) = self.projection.place(run, &self.selection) else { return };
        let class = self.projection.class();
        let is_of = |strongest: &Strongest| strongest.place == place && strongest.class == class;
        let is_known = self.projection.strongest.as_ref().is_some_and(is_of);
        if self.projection.choice != ImageChoice::Typed && !is_known {
            let FeaturePlace { run, epoch_index, layer, feature } = place.clone();
            outcome.ask(self.generation, Task::Strongest { run, epoch_index, layer, feature, class });
            self.projection.strongest = Some(Strongest { place, class, found: None });
            return outcome.change(Part::Projection);
        }
        let images = self.projection.images(&place, run.header.probe_images);
        if images.is_empty() || self.projection.is_under_way() || self.live.is_busy() {
            return;
        }
        let Some(epoch) = run.epoch_number(place.epoch_index) else { return };
        let is_there = |side: &Option<Shown>, place: &FeaturePlace| {
            side.as_ref().is_some_and(|shown| shown.place == *place && shown.images == images)
        };
        let beside = self.projection.beside(run, &self.selection);
        let beside = beside.map(|feature| FeaturePlace { feature, ..place.clone() });
        let is_first = !is_there(&self.projection.shown, &place);
        let missing = beside.filter(|beside| !is_there(&self.projection.shown_beside, beside));
        let next = if is_first { Some(place) } else { missing };
        let Some(place) = next else { return };
        self.orders += 1;
        let ticket = self.orders;
        let FeaturePlace { run, layer, feature, .. } = place.clone();
        let order = ProjectionOrder { run, epoch, layer, feature, images: images.clone() };
        outcome.tell(ToTrainer::Project { ticket, order });
        let shown = Some(Shown { place, images, rows: Vec::new(), fault: None, ticket, is_over: false });
        *(if is_first { &mut self.projection.shown } else { &mut self.projection.shown_beside }) = shown;
        outcome.change(Part::Projection);
    }

    pub(super) fn strongest_found(&mut self, task: &Task, answer: Answer, outcome: &mut Outcome) {
        let Answer::Strongest { images, active, of } = answer else { return };
        let of_task = |strongest: &&mut Strongest| {
            let FeaturePlace { run, epoch_index, layer, feature } = strongest.place.clone();
            *task == Task::Strongest { run, epoch_index, layer, feature, class: strongest.class }
        };
        if let Some(strongest) = self.projection.strongest.as_mut().filter(of_task) {
            strongest.found = Some(Found { images, active, of });
            outcome.change(Part::Projection);
        }
    }

    pub(super) fn projected(&mut self, ticket: u64, image: ProjectedImage, outcome: &mut Outcome) {
        if let Some(shown) = self.projection.sides().find(|shown| shown.ticket == ticket) {
            shown.rows.push(image);
            outcome.change(Part::Projection);
        }
    }

    /// An order is over; whether it was a projection's.
    pub(super) fn projection_over(
        &mut self,
        ticket: u64,
        fault: Option<Fault>,
        outcome: &mut Outcome,
    ) -> bool {
        let is_own = self.projection.end(ticket, fault);
        if is_own {
            outcome.change(Part::Projection);
        }
        is_own
    }

    /// The worker that was asked is gone.
    pub(super) fn projection_lost(&mut self, fault: &Fault, outcome: &mut Outcome) {
        let tickets: Vec<u64> = self.projection.sides().map(|shown| shown.ticket).collect();
        for ticket in tickets {
            self.projection_over(ticket, Some(fault.clone()), outcome);
        }
    }
}

#[cfg(test)]
mod tests;
