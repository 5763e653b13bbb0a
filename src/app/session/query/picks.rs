//! What the widgets of the query view have picked, and the query that says the same.
//!
//! Selectors are those of `crate::query`; a measure that needs fewer of them leaves the others as they
//! are, for when they are needed again. Whether a run has what is picked is not known here.

use crate::cube::ProbeSet;
use crate::measure::{Form, Measure};
use crate::query::{Images, IndexSet, Query, Selector, Slice, WhichSlice};

/// Most indices that a range is spelled out to when one of them is put out.
const MOST_LISTED: usize = 1 << 16;

/// Name of the cells themselves among what can be asked, and in words.
const CELLS: (&str, &str) = ("dCNN", "the cells themselves");

/// All that can be asked, by its name, and in words.
pub fn choices() -> impl Iterator<Item = (&'static str, &'static str)> {
    Measure::all().map(|measure| (measure.about().name, measure.about().words)).chain([CELLS])
}

/// The name of what is asked.
pub fn name_of(measure: Option<Measure>) -> &'static str {
    measure.map_or(CELLS.0, |measure| measure.about().name)
}

/// What is called so; the inner `None` is the cells.
pub fn by_name(name: &str) -> Option<Option<Measure>> {
    if name == CELLS.0 { Some(None) } else { Measure::from_name(name).map(Some) }
}

/// Layers and channels of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slab {
    /// L
    pub layers: Selector,
    /// C
    pub channels: Selector,
}

/// A selector for every axis that any measure has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picks {
    /// What is asked; `None` for the cells themselves.
    pub measure: Option<Measure>,
    /// Whose images are on X.
    pub probe_set: ProbeSet,
    /// X of both slices.
    pub images: Images,
    /// L and C of the first or only slice.
    pub a: Slab,
    /// L and C of the second slice.
    pub b: Slab,
    /// T
    pub epochs: Selector,
    /// The classes of a label entropy.
    pub classes: Selector,
}

impl Default for Picks {
    fn default() -> Self {
        let slab = |layer| Slab { layers: Selector::Index(layer), channels: Selector::All };
        Self {
            measure: Some(Measure::InterSample),
            probe_set: ProbeSet::Test,
            images: Images::Picked(Selector::All),
            a: slab(1),
            b: slab(2),
            epochs: Selector::All,
            classes: Selector::All,
        }
    }
}

impl Picks {
    /// The query.
    pub fn query(&self) -> Query {
        let (a, b) = (|| self.slice(WhichSlice::First), || self.slice(WhichSlice::Second));
        let (classes, epochs) = (|| self.classes.clone(), || self.epochs.clone());
        let Some(measure) = self.measure else { return Query::Cells(a()) };
        match measure.about().form {
            Form::Layer | Form::Channel => Query::OfSlice { measure, slice: a() },
            Form::ChannelPair | Form::LayerPair => Query::OfSlices { measure, a: a(), b: b() },
            Form::Class => Query::OfClasses { measure, classes: classes(), epochs: epochs() },
            Form::Confusion | Form::Epoch => Query::OfEpochs { measure, epochs: epochs() },
        }
    }

    /// What is asked, in words.
    pub fn words(&self) -> &'static str {
        self.measure.map_or(CELLS.1, |measure| measure.about().words)
    }

    /// Whether it is of a slice of the cube, and not of the predictions.
    pub fn has_slice(&self) -> bool {
        self.measure.is_none_or(|measure| measure.about().form.has_slice())
    }

    /// Whether it compares two layers: their channels, or the layers as wholes.
    pub fn has_two_slices(&self) -> bool {
        self.form().is_some_and(Form::has_two_slices)
    }

    /// Whether classes are picked for it without a slice.
    pub fn has_classes(&self) -> bool {
        self.form() == Some(Form::Class)
    }

    /// Whether no channel is picked: it is of layers as wholes.
    pub fn is_of_whole_layers(&self) -> bool {
        matches!(self.form(), Some(Form::Layer | Form::LayerPair))
    }

    fn form(&self) -> Option<Form> {
        self.measure.map(|measure| measure.about().form)
    }

    /// One of the slices, whether or not the measure has it.
    pub fn slice(&self, which: WhichSlice) -> Slice {
        let slab = self.slab(which);
        Slice {
            probe_set: self.probe_set,
            images: self.images.clone(),
            layers: slab.layers.clone(),
            channels: slab.channels.clone(),
            epochs: self.epochs.clone(),
        }
    }

    /// Layers and channels of a slice.
    pub fn slab(&self, which: WhichSlice) -> &Slab {
        match which {
            WhichSlice::First => &self.a,
            WhichSlice::Second => &self.b,
        }
    }

    /// Takes over what a query picks; what it does not say stays.
    pub fn take(&mut self, query: &Query) {
        self.measure = query.measure();
        let epochs = match query {
            Query::Cells(slice) | Query::OfSlice { slice, .. } => self.take_slice(slice),
            Query::OfSlices { a, b, .. } => {
                self.b = slab_of(b);
                self.take_slice(a)
            }
            Query::OfClasses { classes, epochs, .. } => {
                self.classes = classes.clone();
                epochs
            }
            Query::OfEpochs { epochs, .. } => epochs,
        };
        self.epochs = epochs.clone();
    }

    fn take_slice<'q>(&mut self, slice: &'q Slice) -> &'q Selector {
        (self.probe_set, self.images) = (slice.probe_set, slice.images.clone());
        self.a = slab_of(slice);
        &slice.epochs
    }

    /// Asks something else of what is picked; what the new measure cannot have is made into what it can.
    pub fn ask(&mut self, measure: Option<Measure>) {
        self.measure = measure;
        if self.is_of_whole_layers() {
            self.a.channels = Selector::All;
            self.b.channels = Selector::All;
        }
        if self.has_two_slices() {
            let picked = listed(&self.a.layers);
            let first = picked.first().copied().unwrap_or(1);
            if let Some(&second) = picked.get(1) {
                self.b.layers = Selector::Index(second);
            } else if !self.b.layers.is_fixed() {
                self.b.layers = Selector::Index(first + 1);
            }
            self.a.layers = Selector::Index(first);
        }
    }

    /// Picks one layer, or two: those of both slices, or both of the one slice. The channel goes with the
    /// layer it was picked in.
    pub fn pick_layers(&mut self, first: u32, second: Option<u32>) {
        if self.a.layers != Selector::Index(first) {
            self.a.channels = Selector::All;
        }
        self.a.layers = Selector::Index(first);
        let Some(second) = second.filter(|&second| second != first || self.has_two_slices()) else {
            return;
        };
        if !self.has_two_slices() {
            self.a.layers = IndexSet::new([first, second]).map_or(Selector::Index(first), Selector::Set);
            self.a.channels = Selector::All;
        }
        if self.b.layers != Selector::Index(second) {
            self.b.channels = Selector::All;
        }
        self.b.layers = Selector::Index(second);
    }

    /// Picks a channel of a slice, or all. Of one channel there is only the intra-sample entropy.
    pub fn pick_channel(&mut self, which: WhichSlice, channel: Option<u32>) {
        let channels = channel.map_or(Selector::All, Selector::Index);
        match which {
            WhichSlice::First => self.a.channels = channels,
            WhichSlice::Second => self.b.channels = channels,
        }
        if channel.is_some() {
            self.measure = self.measure.map(Measure::of_channels);
        }
    }

    /// Puts a class in or out; without any class all images are picked.
    pub fn toggle_class(&mut self, class: u32, n_classes: usize) {
        if self.has_classes() {
            let toggled = toggled(&self.classes, class, n_classes);
            self.classes = toggled.unwrap_or(Selector::All);
            return;
        }
        let labelled = match &self.images {
            Images::Labelled(classes) => toggled(classes, class, n_classes),
            Images::Picked(_) => Some(Selector::Index(class)),
        };
        self.images = labelled.map_or(Images::Picked(Selector::All), Images::Labelled);
    }

    /// Puts other images on X; which of them were picked one by one means nothing there.
    pub fn look_at(&mut self, probe_set: ProbeSet) {
        if self.probe_set != probe_set && matches!(self.images, Images::Picked(_)) {
            self.images = Images::Picked(Selector::All);
        }
        self.probe_set = probe_set;
    }

    /// Puts an image of the probe set in or out; without any image all are picked.
    pub fn toggle_image(&mut self, image: u32) {
        self.look_at(ProbeSet::Test);
        let picked = match &self.images {
            Images::Picked(Selector::All) | Images::Labelled(_) => Some(Selector::Index(image)),
            Images::Picked(images) => toggled(images, image, 0),
        };
        self.images = Images::Picked(picked.unwrap_or(Selector::All));
    }

    /// The classes that are picked, of `n_classes`; empty where images are picked otherwise.
    pub fn picked_classes(&self, n_classes: usize) -> Vec<u32> {
        let classes = match (&self.images, self.has_classes()) {
            (_, true) => &self.classes,
            (Images::Labelled(classes), false) => classes,
            (Images::Picked(_), false) => return Vec::new(),
        };
        among(classes, n_classes)
    }
}

fn slab_of(slice: &Slice) -> Slab {
    Slab { layers: slice.layers.clone(), channels: slice.channels.clone() }
}

/// What a selector names; nothing for all.
pub fn listed(selector: &Selector) -> Vec<u32> {
    match selector {
        Selector::All => Vec::new(),
        Selector::Index(index) => vec![*index],
        // A range may be as long as numbers go; its ends are what can be shown.
        Selector::Range(range) => vec![range.first(), range.last()],
        Selector::Set(set) => set.indices().to_vec(),
    }
}

/// What a selector names among the first `n`.
pub fn among(selector: &Selector, n: usize) -> Vec<u32> {
    let n = u32::try_from(n).unwrap_or(u32::MAX);
    match selector {
        Selector::All => (0..n).collect(),
        Selector::Range(range) => (range.first()..=range.last()).take_while(|&index| index < n).collect(),
        Selector::Index(_) | Selector::Set(_) => {
            listed(selector).into_iter().filter(|&index| index < n).collect()
        }
    }
}

/// The selector with `index` put in or out; `None` when nothing is left. A range counts up to its end.
fn toggled(selector: &Selector, index: u32, n: usize) -> Option<Selector> {
    let mut indices = match selector {
        Selector::Range(range) => {
            among(selector, n.max((range.last() as usize).saturating_add(1)).min(MOST_LISTED))
        }
        Selector::All => among(selector, n),
        Selector::Index(_) | Selector::Set(_) => listed(selector),
    };
    match indices.iter().position(|&other| other == index) {
        Some(place) => drop(indices.remove(place)),
        None => indices.push(index),
    }
    match indices[..] {
        [only] => Some(Selector::Index(only)),
        _ => IndexSet::new(indices).map(Selector::Set),
    }
}

#[cfg(test)]
mod tests;
