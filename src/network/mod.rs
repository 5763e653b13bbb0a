//! What a network is made of, before any weight exists: layers, their shapes, the presets.
//!
//! A "layer" is what the paper counts: an activated convolution, a pooling, a dense layer.

use serde::{Deserialize, Serialize};

use crate::dataset::ImageShape;

pub mod cost;
pub(crate) mod decimal;
pub mod init;
pub mod notation;
pub mod parts;
pub mod presets;
pub mod shape;

pub use init::{NamedTensor, initial_weights};
pub use notation::{HiddenLayers, NotationError};
pub use parts::{LayerPart, OpenedLayers, RecordedLayer};
pub use presets::Width;
pub use shape::{LayerSummary, NetworkError};

/// The non-linearity after a convolution or dense layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// max(0, x)
    Relu,
    /// Leaky ReLU with slope 0.01.
    LeakyRelu,
    /// tanh
    Tanh,
    /// GELU
    Gelu,
}

/// One counted layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerSpec {
    /// Convolution with "same" padding, optional batch norm, activation.
    Conv {
        /// Output channels.
        channels: usize,
        /// Side of the square kernel (odd).
        kernel: usize,
        /// Stride in both directions.
        stride: usize,
        /// Batch norm between convolution and activation.
        norm: bool,
        /// Non-linearity.
        activation: Activation,
        /// Identity skip connection: how many layers back the maps stand that are added before the
        /// activation. 1 is this layer's own input, 2 the input of the layer before, 0 none. They have the
        /// same height and width; channels they lack count as zero (He et al. 2015, "Deep Residual
        /// Learning for Image Recognition", option A).
        #[serde(default)]
        skip: usize,
    },
    /// Max-pooling over disjoint `size × size` blocks.
    MaxPool {
        /// Side of the block.
        size: usize,
        /// Dropout after the pool in training, 0 for none.
        dropout: f64,
    },
    /// Average pooling over disjoint `size × size` blocks.
    AvgPool {
        /// Side of the block.
        size: usize,
        /// Dropout after the pool in training, 0 for none.
        dropout: f64,
    },
    /// Fully connected layer with activation; recorded as one channel of `units` values (one unit group).
    Dense {
        /// Output units.
        units: usize,
        /// Non-linearity.
        activation: Activation,
        /// Dropout after the activation in training, 0 for none.
        #[serde(default)]
        dropout: f64,
    },
    /// Fully connected layer with softmax: the class probabilities, one channel of `classes` values.
    Output {
        /// Number of classes.
        classes: usize,
    },
}

/// A network as a list of counted layers over an input shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkSpec {
    /// `mnist-8`, …
    pub name: String,
    /// Shape of the input image, layer 0.
    pub input: ImageShape,
    /// Layers 1 … |L|.
    pub layers: Vec<LayerSpec>,
}

impl NetworkSpec {
    /// The network with these hidden layers that tells `classes` apart.
    pub fn with_hidden(name: &str, input: ImageShape, hidden: &HiddenLayers, classes: usize) -> Self {
        let output = LayerSpec::Output { classes };
        let layers = hidden.layers().iter().copied().chain([output]).collect();
        Self { name: name.to_owned(), input, layers }
    }

    /// Its layers but the class probabilities.
    pub fn hidden(&self) -> HiddenLayers {
        HiddenLayers::new(self.layers.clone())
    }
}

impl LayerSpec {
    /// Share of outputs that training drops after this layer, 0 … 1.
    pub const fn dropout(&self) -> f64 {
        match *self {
            Self::MaxPool { dropout, .. } | Self::AvgPool { dropout, .. } | Self::Dense { dropout, .. } => {
                dropout
            }
            Self::Conv { .. } | Self::Output { .. } => 0.0,
        }
    }

    /// How many layers back the skip connection into this layer begins, 0 for none.
    pub const fn skip(&self) -> usize {
        match *self {
            Self::Conv { skip, .. } => skip,
            _ => 0,
        }
    }
}
