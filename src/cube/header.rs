//! `attributes.cnnslicer` of a run's root group: what a run is.

use serde::{Deserialize, Serialize};

use crate::dataset::ImageShape;
use crate::training::TrainingConfig;

/// One layer as recorded; index 1 is the first layer after the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerHeader {
    /// 1 … |L|.
    pub index: usize,
    /// `conv1`, `pool1`, `dense1`, `probabilities`, …
    pub name: String,
    /// `conv`, `max_pool`, `dense`, `output`.
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
}

impl Default for EstimatorSettings {
    fn default() -> Self {
        Self { k: 1000, bins: 32, pairs: 20_000 }
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
}
