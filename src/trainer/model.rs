//! The network that is trained: a burn module built layer by layer from a [`NetworkSpec`].
//!
//! Every counted layer maps `[n, C, H, W]` to `[n, C', H', W']`; a dense layer's units are
//! `[n, 1, 1, units]`. So the recorder takes any layer's output in the same way. Weights come from
//! the CPU (`network::init` or a checkpoint), so every backend starts from the same bits.

use burn::module::{Module, Param};
use burn::nn::conv::Conv2d;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation};

use crate::network::{Activation, LayerSpec, NetworkError, NetworkSpec};
use crate::trainer::weights::{Weights, WeightsError};

/// Why no network can be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The weights do not fit the layers.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A part of a layer that cannot be trained yet.
    #[error("layer {layer} asks for {part}, which cannot be trained yet")]
    Unsupported {
        /// Name of the layer.
        layer: String,
        /// What it asks for.
        part: &'static str,
    },
    /// The layers do not fit together.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A trainable network; clone with `.valid()` for one without gradients.
#[derive(Module, Debug)]
pub struct Network {
    layers: Vec<Layer>,
}

/// One counted layer. The vector of them is the network.
#[derive(Module, Debug)]
pub enum Layer {
    /// Convolution and activation.
    Conv(ConvLayer),
    /// Max-pooling.
    MaxPool(MaxPool2d),
    /// Fully connected layer and activation.
    Dense(DenseLayer),
    /// Fully connected layer to logits; its recorded output is their softmax.
    Output(OutputLayer),
}

/// Convolution and activation.
#[derive(Module, Debug)]
pub struct ConvLayer {
    pub(crate) convolution: Conv2d,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    pub(crate) name: String,
}

/// Fully connected layer and activation.
#[derive(Module, Debug)]
pub struct DenseLayer {
    pub(crate) linear: Linear,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    pub(crate) name: String,
}

/// Fully connected layer to logits.
#[derive(Module, Debug)]
pub struct OutputLayer {
    pub(crate) linear: Linear,
    #[module(skip)]
    pub(crate) name: String,
}

impl Network {
    /// No layers: what stands in a learner while its optimizer holds the real network.
    pub(crate) fn none() -> Self {
        Self { layers: Vec::new() }
    }

    /// Builds the layers on `device` (with autodiff, to train) and puts the weights in.
    ///
    /// # Errors
    /// When the layers do not fit together, weights are missing or of another shape, or a layer asks
    /// for what cannot be trained yet.
    pub fn new(spec: &NetworkSpec, weights: &Weights, device: &Device) -> Result<Self, ModelError> {
        let summaries = spec.summaries()?;
        let layers = spec.layers.iter().zip(&summaries);
        let layers = layers.map(|(layer, summary)| Layer::new(layer, &summary.name, weights, device));
        Ok(Self { layers: layers.collect::<Result<_, _>>()? })
    }

    /// Layers 1 … |L| in order.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Number of counted layers, |L|.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Class scores before softmax, `[n, classes]`, of images `[n, C, H, W]`.
    pub fn logits(&self, images: Tensor<4>) -> Tensor<2> {
        let mut signal = images;
        for layer in &self.layers {
            match layer {
                Layer::Output(output) => return output.linear.forward(flat(signal)),
                _ => signal = layer.forward(signal),
            }
        }
        // `new` lets no network through whose last layer is another.
        flat(signal)
    }

    /// Output of layer `layer` (1 … |L|) given the output of the layer before it, as it is recorded:
    /// after the activation, probabilities at the last layer.
    ///
    /// # Panics
    /// When there is no such layer.
    pub fn layer_forward(&self, layer: usize, input: Tensor<4>) -> Tensor<4> {
        self.layers[layer - 1].forward(input)
    }
}

impl Layer {
    fn new(spec: &LayerSpec, name: &str, weights: &Weights, device: &Device) -> Result<Self, ModelError> {
        let unsupported = |part| Err(ModelError::Unsupported { layer: name.to_owned(), part });
        Ok(match *spec {
            LayerSpec::Conv { norm: true, .. } => return unsupported("batch norm"),
            LayerSpec::MaxPool { dropout, .. } if dropout > 0.0 => return unsupported("dropout"),
            LayerSpec::Conv { channels, kernel, stride, activation, .. } => Self::Conv(ConvLayer {
                convolution: convolution(name, channels, kernel, stride, weights, device)?,
                activation,
                name: name.to_owned(),
            }),
            LayerSpec::MaxPool { size, .. } => Self::MaxPool(MaxPool2dConfig::new([size, size]).init()),
            LayerSpec::Dense { units, activation } => Self::Dense(DenseLayer {
                linear: linear(name, units, weights, device)?,
                activation,
                name: name.to_owned(),
            }),
            LayerSpec::Output { classes } => Self::Output(OutputLayer {
                linear: linear(name, classes, weights, device)?,
                name: name.to_owned(),
            }),
        })
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Conv(layer) => activate(layer.activation, layer.convolution.forward(input)),
            Self::MaxPool(pool) => pool.forward(input),
            Self::Dense(layer) => units(activate(layer.activation, layer.linear.forward(flat(input)))),
            Self::Output(layer) => units(activation::softmax(layer.linear.forward(flat(input)), 1)),
        }
    }
}

fn activate<const D: usize>(activation: Activation, input: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Relu => activation::relu(input),
        Activation::LeakyRelu => activation::leaky_relu(input, 0.01),
        Activation::Tanh => activation::tanh(input),
        Activation::Gelu => activation::gelu(input),
    }
}

/// `[n, C, H, W]` → `[n, C·H·W]`
fn flat(input: Tensor<4>) -> Tensor<2> {
    let [n, channels, height, width] = input.dims();
    input.reshape([n, channels * height * width])
}

/// `[n, units]` → `[n, 1, 1, units]`
fn units(input: Tensor<2>) -> Tensor<4> {
    let [n, units] = input.dims();
    input.reshape([n, 1, 1, units])
}

fn convolution(
    name: &str,
    channels: usize,
    kernel: usize,
    stride: usize,
    weights: &Weights,
    device: &Device,
) -> Result<Conv2d, WeightsError> {
    let weight = weights.kernel(name, channels, kernel)?;
    let bias = weights.bias(name, channels)?;
    // "Same" for an odd kernel, and the same on both sides whatever the stride, as in PyTorch.
    let margin = kernel / 2;
    Ok(Conv2d {
        weight: Param::from_data(weight, device),
        bias: Some(Param::from_data(bias, device)),
        stride: [stride, stride],
        kernel_size: [kernel, kernel],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Explicit(margin, margin, margin, margin),
    })
}

fn linear(name: &str, units: usize, weights: &Weights, device: &Device) -> Result<Linear, WeightsError> {
    let weight = weights.matrix(name, units)?;
    let bias = weights.bias(name, units)?;
    Ok(Linear { weight: Param::from_data(weight, device), bias: Some(Param::from_data(bias, device)) })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod tests;
