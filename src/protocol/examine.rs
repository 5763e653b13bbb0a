//! What is asked of a trained network, and what it gives: projections of a channel, and what muting does.
//!
//! A *feature* is a channel of a layer with feature maps, or a unit of a dense layer, counted from 0.

use serde::{Deserialize, Serialize};

use crate::dataset::ImageShape;
use crate::evaluation::ConfusionMatrix;

/// Most images of one [`ProjectionOrder`].
pub const MAX_PROJECTED: usize = 12;

/// A feature to be projected back to the input, at a recorded epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectionOrder {
    /// Identifier.
    pub run: String,
    /// Epoch number.
    pub epoch: u32,
    /// 1 … |L|.
    pub layer: usize,
    /// Of the layer.
    pub feature: usize,
    /// Positions in the probe set, at most [`MAX_PROJECTED`].
    pub images: Vec<usize>,
}

/// Numbers in the shape of an image, `[C, H, W]` row-major.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Colour channels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// `channels · height · width` values.
    pub values: Vec<f32>,
}

impl Picture {
    /// Values in this shape.
    pub fn new(shape: ImageShape, values: Vec<f32>) -> Self {
        let ImageShape { channels, height, width } = shape;
        Self { channels, height, width, values }
    }
}

/// A feature of one image, and what of the image it was made from by each method.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectedImage {
    /// Position in the probe set.
    pub image: usize,
    /// Its class.
    pub label: usize,
    /// The image, 0 … 1.
    pub input: Picture,
    /// The channel's feature map; 1 × 1 for a unit of a dense layer.
    pub feature_map: Picture,
    /// By the deconvnet.
    pub deconvnet: Picture,
    /// The gradient of half the sum of the feature map's squares.
    pub gradient: Picture,
    /// By guided backpropagation.
    pub guided: Picture,
    /// By the deconvnet of a network with random weights.
    pub control: Picture,
}

/// Features to be zeroed in the network of a recorded epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MuteOrder {
    /// Identifier.
    pub run: String,
    /// Epoch number.
    pub epoch: u32,
    /// 0 … |L| − 1; 0 is the input.
    pub layer: usize,
    /// Of the layer.
    pub features: Vec<usize>,
    /// Absolute URL of the `data/` folder beside the page, ending in `/`.
    pub data_url: String,
}

/// Which images a network was evaluated on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvaluatedOn {
    /// The run's test set.
    TestSet,
    /// The probe set, which is stored with the run: the test set could not be had.
    ProbeSet {
        /// Why, in a sentence.
        why: String,
    },
}

/// How a network does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Performance {
    /// Mean cross-entropy in nats; NaN without images.
    pub loss: f32,
    /// Rows actual, columns predicted.
    pub confusion: ConfusionMatrix,
}

/// What muting did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MuteEffect {
    /// What was evaluated on.
    pub on: EvaluatedOn,
    /// The network as it is.
    pub before: Performance,
    /// With the features muted.
    pub after: Performance,
}
