//! What a network is made of, before any weight exists: layers, their shapes, the presets.
//!
//! A "layer" is what the paper counts: an activated convolution, a pooling, a dense layer.

use serde::{Deserialize, Serialize};

use crate::dataset::ImageShape;

pub mod init;
pub mod presets;
pub mod shape;

pub use init::{NamedTensor, initial_weights};
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
    },
    /// Max-pooling over disjoint `size × size` blocks.
    MaxPool {
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
