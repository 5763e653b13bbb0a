//! The name of one result: which measure, of what, over which images, estimated how.

use serde::{Deserialize, Serialize};

use super::about::{About, Form, Needs, Pass};
use super::cost::{all_pairs, cells_ns, distances_ns, joint_ns};
use super::estimate::Estimate;
use super::measures::Measure;
use super::probe_set::ProbeSet;
use super::settings::Settings;
use crate::dataset::ImageShape;

/// Images on X that enter a measure together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ImageSet {
    /// All of them.
    #[default]
    All,
    /// These, ascending.
    These(Vec<usize>),
}

impl ImageSet {
    /// How many they are, of `n` on X.
    pub fn len(&self, n: usize) -> usize {
        match self {
            Self::All => n,
            Self::These(images) => images.len(),
        }
    }
}

/// What of a run a result is of; layer 0 is the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Of {
    /// The predictions on the test set.
    Predictions,
    /// A layer, or its channels.
    Layer(usize),
    /// Two layers, or their channels: rows and columns.
    Layers(usize, usize),
}

/// One result of a run: computed once, kept in the run, and read from there by whoever wants it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MeasureKey {
    /// What is measured.
    pub measure: Measure,
    /// Along T.
    pub epoch_index: usize,
    /// Of what.
    pub of: Of,
    /// Whose images are on X.
    pub probe_set: ProbeSet,
    /// Which of them.
    pub images: ImageSet,
    /// How it is estimated.
    pub settings: Settings,
}

impl MeasureKey {
    /// Of all images of the probe set, with the settings of the run.
    pub fn new(measure: Measure, epoch_index: usize, of: Of) -> Self {
        Self {
            measure,
            epoch_index,
            of,
            probe_set: ProbeSet::Test,
            images: ImageSet::All,
            settings: Settings::default(),
        }
    }

    /// Of a layer; the same otherwise.
    pub fn of_layer(measure: Measure, epoch_index: usize, layer: usize) -> Self {
        Self::new(measure, epoch_index, Of::Layer(layer))
    }

    /// Of two layers; the same otherwise.
    pub fn of_layers(measure: Measure, epoch_index: usize, layer_a: usize, layer_b: usize) -> Self {
        Self::new(measure, epoch_index, Of::Layers(layer_a, layer_b))
    }

    /// Over other images.
    #[must_use]
    pub fn on(mut self, probe_set: ProbeSet) -> Self {
        self.probe_set = probe_set;
        self
    }

    /// Over these images only.
    #[must_use]
    pub fn among(mut self, images: ImageSet) -> Self {
        self.images = images;
        self
    }

    /// With other settings; those that the measure does not depend on are left out.
    #[must_use]
    pub fn with(mut self, settings: Settings) -> Self {
        self.settings = settings.only(self.measure.about().settings);
        self
    }

    /// Over these pairs of images.
    #[must_use]
    pub fn over(self, pairs: Estimate) -> Self {
        let settings = Settings { pairs, ..self.settings };
        self.with(settings)
    }

    /// What the list says of the measure.
    pub fn about(&self) -> &'static About {
        self.measure.about()
    }

    /// The layers concerned, the first one first.
    pub fn layers(&self) -> impl Iterator<Item = usize> + use<> {
        let (first, second) = match self.of {
            Of::Predictions => (None, None),
            Of::Layer(layer) => (Some(layer), None),
            Of::Layers(a, b) => (Some(a), Some(b)),
        };
        first.into_iter().chain(second)
    }

    /// Nanoseconds that the result takes where nothing is kept, of one thread in a browser: X has `images` images, of
    /// whose pairs about `sampled` are sampled, and the layers have these shapes.
    pub fn cost_ns(
        &self,
        images: usize,
        sampled: usize,
        shape_at: impl Fn(usize) -> Option<ImageShape>,
    ) -> f64 {
        let images = self.images.len(images);
        let shapes: Vec<ImageShape> = self.layers().filter_map(shape_at).collect();
        let is_sampled = self.about().form == Form::ChannelPair && self.settings.pairs == Estimate::Sampled;
        let sampled = if is_sampled { sampled as f64 } else { f64::INFINITY };
        let pairs = all_pairs(images).min(sampled);
        let of_layers = |cost: &dyn Fn(ImageShape) -> f64| shapes.iter().map(|&shape| cost(shape)).sum();
        match (self.about().needs, &shapes[..]) {
            (Needs::Predictions, _) => 0.0,
            (Needs::Cells, _) => of_layers(&|shape| cells_ns(images, shape)),
            (Needs::Pairs, &[a, b]) if self.about().form == Form::ChannelPair => {
                of_layers(&|shape| distances_ns(images, pairs, shape)) + joint_ns(pairs, a, b)
            }
            (Needs::Pairs, _) => of_layers(&|shape| distances_ns(images, pairs, shape)),
        }
    }

    /// Lengths of the axes of the values, where a run has so many classes and its layers so many channels.
    pub fn shape(&self, n_classes: usize, n_channels: impl Fn(usize) -> usize) -> Vec<usize> {
        let channels = self.layers().map(n_channels);
        let by_class = self.about().has_classes_apart && self.images == ImageSet::All;
        let mut shape: Vec<usize> = match self.about().form {
            Form::Channel | Form::ChannelPair => channels.collect(),
            Form::Class => vec![n_classes],
            Form::Confusion => vec![n_classes, n_classes],
            Form::Layer | Form::LayerPair | Form::Epoch => Vec::new(),
        };
        let parts = self.about().parts.len();
        if by_class {
            shape.push(n_classes + 1);
        } else if parts > 1 {
            shape.push(parts);
        }
        shape
    }

    /// The results from which this one follows without a look at a cell; none where it is measured itself.
    pub fn follows_from(&self) -> Vec<Self> {
        match (self.measure, self.of) {
            (Measure::Spread, Of::Layer(_)) => vec![Self { measure: Measure::InterSample, ..self.clone() }],
            (Measure::LayerInformation, Of::Layers(a, b)) if a != b => {
                [a, b].map(|layer| Self { of: Of::Layers(layer, layer), ..self.clone() }).to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// The results that are computed on the way to this one or that give it on their way, so that asking for both at once
    /// would do the work twice.
    pub fn waits_for(&self) -> Vec<Self> {
        let sources = self.follows_from();
        if !sources.is_empty() {
            return sources;
        }
        let other = |measure, of| Self { measure, of, settings: Settings::default(), ..self.clone() };
        let is_of_all = self.images == ImageSet::All && self.settings.is_of_run();
        match (self.of, self.about().pass.map(Pass::leader)) {
            (Of::Layer(layer), Some(leader)) if is_of_all && self.measure != leader => {
                vec![other(leader, Of::Layer(layer))]
            }
            (Of::Layers(a, b), _) if is_of_all && self.about().form == Form::ChannelPair => {
                [a, b].map(|layer| other(Pass::Layer.leader(), Of::Layer(layer))).to_vec()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(key: &MeasureKey) -> Vec<usize> {
        key.shape(10, |layer| 4 + layer)
    }

    #[test]
    fn values_lie_as_the_list_says() {
        let layer = |measure| MeasureKey::of_layer(measure, 0, 2);
        let some = ImageSet::These(vec![1, 2]);
        assert_eq!(shape(&layer(Measure::InterSample)), [11]);
        assert_eq!(shape(&layer(Measure::InterSample).among(some.clone())), [0; 0]);
        assert_eq!(shape(&layer(Measure::IntraSample)), [6, 11]);
        assert_eq!(shape(&layer(Measure::IntraSample).among(some)), [6]);
        assert_eq!(shape(&MeasureKey::of_layers(Measure::Capacity, 0, 1, 2)), [5, 6]);
        assert_eq!(shape(&MeasureKey::of_layers(Measure::LayerInformation, 0, 1, 2)), [4]);
        assert_eq!(shape(&MeasureKey::new(Measure::Accuracy, 0, Of::Predictions)), [0; 0]);
        assert_eq!(shape(&MeasureKey::new(Measure::Confusion, 0, Of::Predictions)), [10, 10]);
    }

    #[test]
    fn pairs_of_images_are_part_of_the_key_only_where_they_matter() {
        let exact = |measure, of| MeasureKey::new(measure, 0, of).over(Estimate::Exact);
        assert_eq!(exact(Measure::Capacity, Of::Layers(1, 2)).settings.pairs, Estimate::Exact);
        assert_eq!(exact(Measure::InterSample, Of::Layer(1)).settings, Settings::default());
    }

    #[test]
    fn what_is_counted_over_more_pairs_or_cells_costs_more() {
        let shape = |channels, side| Some(ImageShape { channels, height: side, width: side });
        let layer = |measure| MeasureKey::of_layer(measure, 0, 1);
        let cost = |key: MeasureKey, images| key.cost_ns(images, 1000, |_| shape(16, 28));
        assert!(cost(layer(Measure::IntraSample), 500) < cost(layer(Measure::InterSample), 500));
        // Twice the images have four times the pairs.
        let ratio = cost(layer(Measure::InterSample), 20_000) / cost(layer(Measure::InterSample), 10_000);
        assert!((3.9..4.1).contains(&ratio), "{ratio}");
        let pair = MeasureKey::of_layers(Measure::Capacity, 0, 1, 2);
        assert!(cost(pair.clone(), 500) < cost(pair.over(Estimate::Exact), 500));
        let [one, other] = [shape(16, 28), shape(8, 14)].map(Option::unwrap);
        let exact = MeasureKey::of_layers(Measure::Capacity, 0, 1, 2).over(Estimate::Exact);
        let own = exact.cost_ns(500, 1000, |layer| Some(if layer == 1 { one } else { other }));
        assert!((own / crate::measure::exact_cost_ns(500, one, other) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn measures_of_one_pass_rest_on_the_one_that_leads_it() {
        let h = MeasureKey::of_layer(Measure::IntraSample, 3, 2).on(ProbeSet::Train);
        let leader = MeasureKey::of_layer(Measure::InterSample, 3, 2).on(ProbeSet::Train);
        assert_eq!(leader.waits_for(), []);
        assert_eq!(h.waits_for(), [leader]);
        let pair = MeasureKey::of_layers(Measure::Capacity, 3, 1, 2).over(Estimate::Exact);
        let of = |layer| MeasureKey::of_layer(Measure::InterSample, 3, layer);
        assert_eq!(pair.waits_for(), [of(1), of(2)]);
        let whole = |a, b| MeasureKey::of_layers(Measure::LayerInformation, 3, a, b);
        assert_eq!(whole(1, 2).waits_for(), [whole(1, 1), whole(2, 2)]);
        assert_eq!(whole(2, 2).waits_for(), []);
        let few = |measure| MeasureKey::of_layer(measure, 3, 1).among(ImageSet::These(vec![0, 4]));
        assert_eq!(few(Measure::Spread).follows_from(), [few(Measure::InterSample)]);
    }
}
