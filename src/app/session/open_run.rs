//! The run on screen: what it is, and its epochs as far as they are recorded.

use crate::cube::{LayerHeader, ProbeSet, RunHeader};
use crate::dataset::ImageShape;
use crate::measure::{Estimate, Measure, MeasureKey};
use crate::protocol::compute::EpochSummary;

/// The run whose results are shown, stored or being trained.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRun {
    /// Identifier.
    pub run: String,
    /// What it is.
    pub header: RunHeader,
    /// Recorded epochs, 0 first.
    pub epochs: Vec<EpochSummary>,
    /// Class of each probe image, as they are stored; empty where nobody asks.
    pub probe_labels: Vec<u8>,
}

/// Nothing is measured by itself that takes longer: two minutes, what the largest probe set that can be asked for takes at
/// the largest layer that is stored. A run file can hold more images than that.
const MOST_BY_ITSELF_NS: f64 = 120e9;

/// What an inter-sample entropy can be compared with; depends on the number of images and neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InterSampleScale {
    /// Images, N.
    pub images: usize,
    /// Neighbours, min(k, N − 1).
    pub k: usize,
    /// log2(N·k) bits: the value of equal weights on k neighbours each.
    pub usual: f64,
    /// log2(N(N − 1)) bits: no value lies above.
    pub ceiling: f64,
}

impl InterSampleScale {
    /// For `images` images and `k` neighbours asked for; `None` below two images.
    pub fn new(images: usize, k: usize) -> Option<Self> {
        let others = images.checked_sub(1).filter(|&others| others > 0)?;
        let k = k.min(others);
        let bits = |neighbours: usize| (images as f64 * neighbours as f64).log2();
        Some(Self { images, k, usual: bits(k), ceiling: bits(others) })
    }
}

impl OpenRun {
    /// Number of the epoch at `epoch_index`.
    pub fn epoch_number(&self, epoch_index: usize) -> Option<u32> {
        self.epochs.get(epoch_index).map(|epoch| epoch.metrics.epoch)
    }

    /// Index on axis T of the epoch with this number, once it is recorded.
    pub fn index_of_epoch(&self, epoch: u32) -> Option<usize> {
        self.epochs.iter().position(|summary| summary.metrics.epoch == epoch)
    }

    /// Index on axis T of the recorded epoch nearest to a number, which may lie between two.
    pub fn nearest_epoch(&self, epoch: f64) -> Option<usize> {
        let distance = |index: &usize| (f64::from(self.epochs[*index].metrics.epoch) - epoch).abs();
        (0..self.epochs.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// Whether the page asks for a result by itself, because it is on screen or will be; what takes too long is computed
    /// for a query only.
    pub fn is_measured_by_itself(&self, key: &MeasureKey) -> bool {
        let (images, sampled) = (self.header.probe_images, self.header.settings.target_pairs());
        key.cost_ns(images, sampled, |layer| self.header.shape_at(layer)) <= MOST_BY_ITSELF_NS
    }

    /// Whether there are layers whose entropies or capacities take too long for that.
    pub fn is_too_large(&self) -> bool {
        let layers = 0..=self.header.n_layers();
        let keys = layers.flat_map(|layer| {
            let capacity = MeasureKey::of_layers(Measure::Capacity, 0, layer, layer).over(Estimate::Sampled);
            [MeasureKey::of_layer(Measure::InterSample, 0, layer), capacity]
        });
        keys.into_iter().any(|key| !self.is_measured_by_itself(&key))
    }

    /// Shape of layer `layer`'s output, 0 being the input.
    pub fn shape_of(&self, layer: usize) -> ImageShape {
        let header = layer.checked_sub(1).and_then(|index| self.header.layers.get(index));
        header.map_or(self.header.input, LayerHeader::shape)
    }

    /// The epoch number up to which charts reach: the last one planned, or the last one recorded.
    pub fn last_epoch(&self) -> u32 {
        let recorded = self.epochs.last().map_or(0, |epoch| epoch.metrics.epoch);
        let planned = self.header.planned_epochs.last().copied().unwrap_or(0);
        if self.header.complete { recorded } else { recorded.max(planned) }
    }

    /// Name of layer `layer`, 0 being the input: `conv1`, `input`.
    pub fn layer_name(&self, layer: usize) -> &str {
        match layer.checked_sub(1) {
            None => "input",
            Some(index) => self.header.layers.get(index).map_or("?", |layer| layer.name.as_str()),
        }
    }

    /// The same in sentences and under pictures, where the class probabilities are the `output`.
    pub fn spoken_name(&self, layer: usize) -> &str {
        if layer > 0 && layer == self.header.layers.len() { "output" } else { self.layer_name(layer) }
    }

    /// Channels of layer `layer`, 0 being the input; 0 of a layer that is none.
    pub fn n_channels(&self, layer: usize) -> usize {
        match layer.checked_sub(1) {
            None => self.header.input.channels,
            Some(index) => self.header.layers.get(index).map_or(0, |layer| layer.channels),
        }
    }

    /// Number, name and shape of layer `layer`: `2 conv2 · 16×28×28`.
    pub fn layer_label(&self, layer: usize) -> String {
        let shape = self.shape_of(layer);
        let name = self.layer_name(layer);
        format!("{layer} {name} · {}×{}×{}", shape.channels, shape.height, shape.width)
    }

    /// Labels of all layers, the input first.
    pub fn layer_labels(&self) -> Vec<String> {
        (0..=self.header.layers.len()).map(|layer| self.layer_label(layer)).collect()
    }

    /// Class of a probe image.
    pub fn class_of(&self, image: usize) -> Option<usize> {
        self.probe_labels.get(image).map(|&label| usize::from(label))
    }

    /// The probe images of a class, ascending.
    pub fn images_of_class(&self, class: usize) -> impl Iterator<Item = usize> + '_ {
        let is_of_class = move |&(_, &label): &(usize, &u8)| usize::from(label) == class;
        self.probe_labels.iter().enumerate().filter(is_of_class).map(|(image, _)| image)
    }

    /// The first image of a class; where `image` is one of it, the next one, and after the last the first again.
    pub fn next_of_class(&self, image: usize, class: usize) -> Option<usize> {
        let mut of_class = self.images_of_class(class);
        if self.class_of(image) == Some(class) {
            let later = of_class.find(|&other| other > image);
            return later.or_else(|| self.images_of_class(class).next());
        }
        of_class.next()
    }

    /// What the inter-sample entropies of a class, or of all probe images together, can be compared with: by the number
    /// of images that were measured, which differs by one between classes where they do not divide the probe set.
    pub fn inter_sample_scale(&self, class: Option<usize>) -> Option<InterSampleScale> {
        self.inter_sample_scale_of(ProbeSet::Test, class)
    }

    /// The same of either set of images. A class has as many training images as probe images, or as many as the class of
    /// which the run has fewest (`dataset::split`).
    pub fn inter_sample_scale_of(&self, set: ProbeSet, class: Option<usize>) -> Option<InterSampleScale> {
        let all = match set {
            ProbeSet::Test => self.header.probe_images,
            ProbeSet::Train => self.header.train_probe_images,
        };
        let images = match class {
            None => all,
            Some(class) => {
                let most = all.div_ceil(self.header.classes.len().max(1));
                self.images_of_class(class).count().min(most)
            }
        };
        InterSampleScale::new(images, self.header.settings.k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn the_scale_clamps_k_to_the_other_images() {
        let scale = InterSampleScale::new(500, 1000).unwrap();
        assert_eq!(scale.k, 499);
        assert!((scale.usual - scale.ceiling).abs() < 1e-12);
        assert!((scale.ceiling - (500.0_f64 * 499.0).log2()).abs() < 1e-12);
        let scale = InterSampleScale::new(2000, 1000).unwrap();
        assert_eq!(scale.k, 1000);
        assert!(scale.usual < scale.ceiling);
    }

    #[test]
    fn one_image_has_no_neighbours() {
        assert_eq!(InterSampleScale::new(1, 1000), None);
        assert_eq!(InterSampleScale::new(0, 1000), None);
    }

    #[test]
    fn the_nearest_recorded_epoch_is_found() {
        let mut run = fixture::open_run("a", 3);
        run.epochs[2].metrics.epoch = 10;
        assert_eq!(
            [-1.0, 0.4, 4.0, 6.0, 99.0].map(|epoch| run.nearest_epoch(epoch)),
            [0, 0, 1, 2, 2].map(Some)
        );
        assert_eq!(fixture::open_run("a", 0).nearest_epoch(1.0), None);
    }

    #[test]
    fn layer_zero_is_the_input() {
        let run = fixture::open_run("a", 1);
        assert_eq!(run.layer_label(0), "0 input · 1×28×28");
        assert_eq!(run.layer_label(1), "1 conv1 · 16×28×28");
        assert_eq!(run.layer_labels().len(), run.header.layers.len() + 1);
        assert_eq!([0, 1, 99].map(|layer| run.n_channels(layer)), [1, 16, 0]);
    }

    #[test]
    fn charts_of_an_unfinished_run_reach_to_the_planned_end() {
        let mut run = fixture::open_run("a", 2);
        run.header.complete = false;
        assert_eq!(run.last_epoch(), 5);
        run.header.complete = true;
        assert_eq!(run.last_epoch(), 1);
    }
}
