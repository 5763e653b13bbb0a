//! `attributes.cnnslicer` of a run's root group: what a run is.

use serde::{Deserialize, Serialize};

use super::{Estimate, ProbeSet};
use crate::dataset::ImageShape;
use crate::network::shape::{MAX_CHANNELS, MAX_LAYERS};
use crate::network::{LayerPart, NetworkSpec};
use crate::training::{Subject, TrainingConfig, schedule};

/// One layer as recorded; index 1 is the first layer after the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerHeader {
    /// 1 … |L|.
    pub index: usize,
    /// `conv1`, `pool1`, `dense1`, `probabilities`, …; `conv1.norm` for a part of an opened layer.
    pub name: String,
    /// `conv`, `max_pool`, `avg_pool`, `dense`, `output`; `convolution`, `norm`, `sum`, `linear`, `logits` for parts.
    pub kind: String,
    /// Channels.
    pub channels: usize,
    /// Rows of a feature map.
    pub height: usize,
    /// Columns of a feature map.
    pub width: usize,
}

impl LayerHeader {
    /// Shape of one image's output at this layer.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.channels, height: self.height, width: self.width }
    }

    /// Whether it is fully connected, so that its one channel holds the units.
    pub fn is_dense(&self) -> bool {
        matches!(self.kind.as_str(), "dense" | "output")
    }

    /// What can be looked at or muted by itself: its channels, or the units of a dense layer.
    pub fn n_features(&self) -> usize {
        if self.is_dense() { self.width } else { self.channels }
    }
}

/// The estimator settings a run's stored measures were computed with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimatorSettings {
    /// Neighbours of the inter-sample entropy, clamped to N−1.
    pub k: usize,
    /// Bins of intra-sample entropy and channel capacity.
    pub bins: usize,
    /// Pairs of images for the channel capacity.
    pub pairs: usize,
    /// How they are chosen, [`PAIR_SCHEDULE`] today; what was measured over pairs that were chosen otherwise is
    /// never used.
    #[serde(default = "first_schedule")]
    pub pair_schedule: u32,
}

/// The way pairs of images are chosen: 1, of runs that do not say, was whole shifts of the images as they are stored,
/// by the run's seed; 2 is `entropy::pairs`.
pub const PAIR_SCHEDULE: u32 = 2;
/// Pairs of images that are sampled.
const PAIRS: usize = 60_000;

const fn first_schedule() -> u32 {
    1
}

impl Default for EstimatorSettings {
    fn default() -> Self {
        Self { k: 1000, bins: 32, pairs: PAIRS, pair_schedule: PAIR_SCHEDULE }
    }
}

impl EstimatorSettings {
    /// Whether what the run holds was measured over the pairs that would be chosen today.
    pub fn has_todays_pairs(&self) -> bool {
        self.pair_schedule == PAIR_SCHEDULE
    }

    /// Pairs of images to sample: the run's own number was for its own way of choosing them.
    pub fn target_pairs(&self) -> usize {
        if self.has_todays_pairs() { self.pairs } else { PAIRS }
    }
}

/// Everything about a run that is known when it starts, and whether it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    /// Format number of the run file: 1.
    pub format: u32,
    /// `cnnslicer` and its version.
    pub app: String,
    /// Start of the run, ISO 8601 UTC.
    pub created: String,
    /// Name shown to people.
    pub name: String,
    /// The user's note on the run.
    #[serde(default)]
    pub note: String,
    /// Seed.
    pub seed: u64,
    /// Dataset name.
    pub dataset: String,
    /// Model name.
    pub model: String,
    /// Optimizer name.
    pub optimizer: String,
    /// Backend that trained it.
    pub backend: String,
    /// Class names.
    pub classes: Vec<String>,
    /// Layers 1 … |L|.
    pub layers: Vec<LayerHeader>,
    /// Estimator settings of the stored measures.
    pub settings: EstimatorSettings,
    /// Whether the run ended and all of it is stored.
    pub complete: bool,
    /// All settings of the run.
    pub config: TrainingConfig,
    /// Shape of the input images, layer 0.
    pub input: ImageShape,
    /// Images in the probe set, axis X.
    pub probe_images: usize,
    /// Epochs planned to be recorded, 0 first; axis T while the run is incomplete.
    pub planned_epochs: Vec<u32>,
    /// The network layer by layer; absent in runs of older versions.
    #[serde(default)]
    pub network: Option<NetworkSpec>,
    /// Images of the training set that are kept in the run, N; 0 where it is too large to be kept, and in
    /// runs of older versions.
    #[serde(default)]
    pub training_images: usize,
    /// Images that the run trains on, N, whether they are kept or not; 0 in runs of older versions, see
    /// [`RunHeader::n_trained`].
    #[serde(default)]
    pub trained_images: usize,
    /// Images of the training set that measures may be of in place of the probe set; 0 in runs of older versions.
    #[serde(default)]
    pub train_probe_images: usize,
    /// Whose images the axis X is, see [`RunHeader::of`]; a run as it is stored is of the probe set.
    #[serde(skip)]
    pub probe_set: ProbeSet,
}

/// Most images of a training set that are kept with the run: the inter-sample entropy of more takes minutes
/// and gigabytes.
const MOST_TRAINING_IMAGES: usize = 20_000;
/// Most bytes of them.
const MOST_TRAINING_BYTES: usize = 64 << 20;

/// How many of `n` training images of this shape are kept in the run: all of them or none.
pub fn kept_training_images(n: usize, shape: ImageShape) -> usize {
    let bytes = n.checked_mul(shape.len());
    let fits = n <= MOST_TRAINING_IMAGES && bytes.is_some_and(|bytes| bytes <= MOST_TRAINING_BYTES);
    if fits { n } else { 0 }
}

/// The only format number there is.
pub const FORMAT: u32 = 1;

/// Epochs have four digits in a run file.
const MAX_EPOCH: u32 = 9999;
/// A label is a byte.
const MAX_CLASSES: usize = 256;
/// Longest side of a feature map, and most units of a dense layer.
const MAX_SIDE: usize = 1 << 16;
/// Most cells of one layer at one epoch, all probe images together: 512 MiB of float16.
const MAX_CELLS: usize = 1 << 28;

impl RunHeader {
    /// Number of layers after the input, |L|.
    pub fn n_layers(&self) -> usize {
        self.layers.len()
    }

    /// Number of classes, K.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// Shape of one image's output at a layer; 0 is the input. `None` past the last layer.
    pub fn shape_at(&self, layer: usize) -> Option<ImageShape> {
        match layer.checked_sub(1) {
            None => Some(self.input),
            Some(index) => self.layers.get(index).map(LayerHeader::shape),
        }
    }

    /// Pairs of probe images, P, whose distance codes are kept: all of them, or as many whole turns of the probe set
    /// as reach [`EstimatorSettings::target_pairs`] (`entropy::pairs` says which).
    pub fn n_pairs(&self) -> usize {
        let (n, pairs) = (self.probe_images, self.settings.target_pairs());
        let turns = pairs.div_ceil(n.max(1));
        if turns < n.saturating_sub(1) / 2 { turns.saturating_mul(n) } else { self.n_all_pairs() }
    }

    /// All pairs of probe images.
    pub fn n_all_pairs(&self) -> usize {
        self.probe_images.saturating_mul(self.probe_images.saturating_sub(1)) / 2
    }

    /// Over which pairs the capacities of two layers, 0 … |L|, are best measured: over all where that takes less than a
    /// second. Where the kept codes are of all pairs, they do.
    pub fn best_estimate(&self, layer_a: usize, layer_b: usize) -> Estimate {
        match (self.shape_at(layer_a), self.shape_at(layer_b)) {
            (Some(a), Some(b)) => Estimate::best(self.probe_images, self.settings.target_pairs(), a, b),
            _ => Estimate::Sampled,
        }
    }

    /// Images that the run trains on, N; `None` where that cannot be told any more: a run of an older version, of
    /// images that were not kept with it and are not the same for everyone.
    pub fn n_trained(&self) -> Option<usize> {
        let named = [self.trained_images, self.training_images].into_iter().find(|&images| images > 0);
        named.or_else(|| Some(Subject::of(self.config.dataset)?.train_images(self.config.per_class)))
    }

    /// Weight updates of an epoch: its full batches (`training::schedule`).
    pub fn updates_per_epoch(&self) -> Option<usize> {
        schedule::batches_per_epoch(self.n_trained()?, self.config.batch).ok()
    }

    /// The network that the run trains.
    pub fn spec(&self) -> NetworkSpec {
        let preset = || self.config.network(self.input, self.n_classes());
        self.network.clone().unwrap_or_else(preset)
    }

    /// The layer of the network, 1 first, whose output a layer of this run is; `None` for a part of one.
    pub fn network_layer(&self, layer: usize) -> Option<usize> {
        let recorded = self.spec().recorded_layers(&self.config.parts).ok()?;
        let recorded = recorded.get(layer.checked_sub(1)?)?;
        (recorded.part == LayerPart::Whole).then_some(recorded.layer)
    }

    /// Whether a run of this header can be stored and read: what everything else relies on.
    ///
    /// # Errors
    /// In words: which value is out of bounds.
    pub fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!("format is {}, not {FORMAT}", self.format));
        }
        if !(1..=MAX_CLASSES).contains(&self.classes.len()) {
            return Err(format!("{} classes; there must be 1 to {MAX_CLASSES}", self.classes.len()));
        }
        if !(1..=MAX_LAYERS).contains(&self.layers.len()) {
            return Err(format!("{} layers; there must be 1 to {MAX_LAYERS}", self.layers.len()));
        }
        self.check_epochs()?;
        self.check_shape("the input", self.input)?;
        if kept_training_images(self.training_images, self.input) != self.training_images {
            return Err(format!("{} training images are more than a run keeps", self.training_images));
        }
        for (position, layer) in self.layers.iter().enumerate() {
            if layer.index != position + 1 {
                return Err(format!("layer {} stands in place {}", layer.index, position + 1));
            }
            self.check_shape(&format!("layer {}", layer.index), layer.shape())?;
        }
        if self.train_probe_images > self.probe_images {
            let (train, test) = (self.train_probe_images, self.probe_images);
            return Err(format!(
                "{train} training images to compare with are more than the {test} of the probe set"
            ));
        }
        self.check_pairs()?;
        self.of(ProbeSet::Train).map_or(Ok(()), |train| train.check_pairs())
    }

    /// After this the distance codes of any layer fit a usize of 32 bits.
    fn check_pairs(&self) -> Result<(), String> {
        let channels = self.layers.iter().map(|layer| layer.channels).max().unwrap_or(0);
        let (images, pairs) = (self.probe_images, self.n_pairs());
        match pairs.checked_mul(channels.max(self.input.channels)) {
            Some(..=MAX_CELLS) => Ok(()),
            _ => Err(format!("{pairs} pairs of {images} probe images are too many for {channels} channels")),
        }
    }

    fn check_epochs(&self) -> Result<(), String> {
        let epochs = &self.planned_epochs;
        if epochs.first() != Some(&0) || !epochs.is_sorted_by(|a, b| a < b) {
            return Err("the planned epochs do not ascend from 0".to_owned());
        }
        match epochs.last() {
            Some(&last) if last > MAX_EPOCH => Err(format!("epoch {last} is above {MAX_EPOCH}")),
            _ => Ok(()),
        }
    }

    /// After this the number of cells, and of bytes in them, fits a usize of 32 bits.
    fn check_shape(&self, what: &str, shape: ImageShape) -> Result<(), String> {
        let ImageShape { channels, height, width } = shape;
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(format!("{what} has {channels} channels; there must be 1 to {MAX_CHANNELS}"));
        }
        if [height, width].iter().any(|side| !(1..=MAX_SIDE).contains(side)) {
            return Err(format!("{what} is {height} × {width}; a side must be 1 to {MAX_SIDE}"));
        }
        let lengths = [channels, height, width];
        let cells = lengths.iter().try_fold(self.probe_images, |product, &len| product.checked_mul(len));
        match cells {
            Some(1..=MAX_CELLS) => Ok(()),
            _ => {
                Err(format!("{what} of {} probe images is none or over {MAX_CELLS} cells", self.probe_images))
            }
        }
    }
}

#[cfg(test)]
mod tests;
