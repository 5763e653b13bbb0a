//! The network that is trained: a burn module built layer by layer from a [`NetworkSpec`].
//!
//! Every counted layer maps `[n, C, H, W]` to `[n, C', H', W']`; a dense layer's units are
//! `[n, 1, 1, units]`. So the recorder takes any layer's output in the same way. Weights come from
//! the CPU (`network::init` or a checkpoint), so every backend starts from the same bits.

mod convolution;

use burn::module::{Module, Param};
use burn::nn::conv::Conv2d;
use burn::nn::pool::{AvgPool2d, AvgPool2dConfig, MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation};

use crate::dataset::ImageShape;
use crate::network::{Activation, LayerPart, LayerSpec, NetworkError, NetworkSpec};
use crate::trainer::norm::Norm;
use crate::trainer::signal::Signal;
use crate::trainer::weights::{Weights, WeightsError};

/// Why no network can be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The weights do not fit the layers.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The layers do not fit together.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// A trainable network; clone with `.valid()` for one without gradients.
#[derive(Module, Debug)]
pub struct Network {
    layers: Vec<Layer>,
    /// Per layer.
    #[module(skip)]
    dropouts: Vec<Option<Dropout>>,
    /// Layers that the longest skip connection goes back.
    #[module(skip)]
    reach: usize,
}

/// Dropout after a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// Probability of a value to be dropped, above 0.
    pub probability: f64,
    /// Of the layer's output for one image.
    pub shape: ImageShape,
}

/// What a forward pass is for.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// Looking at the network: running statistics, nothing dropped.
    Evaluation,
    /// Changing it: the batch's statistics, and a dropout mask (`None` for none) per layer.
    Training(&'a [Option<Tensor<4>>]),
}

/// One counted layer. The vector of them is the network.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are a dozen layers, and burn derives Module for no Box")]
pub enum Layer {
    /// Convolution, batch norm, skip, activation.
    Conv(ConvLayer),
    /// Max-pooling.
    MaxPool(MaxPool2d),
    /// Average pooling.
    AvgPool(AvgPool2d),
    /// Fully connected layer and activation.
    Dense(DenseLayer),
    /// Fully connected layer to logits; its recorded output is their softmax.
    Output(OutputLayer),
}

/// Convolution, batch norm if any, skip connection if any, and activation.
#[derive(Module, Debug)]
pub struct ConvLayer {
    pub(crate) convolution: Conv2d,
    pub(crate) norm: Option<Norm>,
    #[module(skip)]
    skip: usize,
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
        Self { layers: Vec::new(), dropouts: Vec::new(), reach: 0 }
    }

    /// Builds the layers on `device` (with autodiff, to train) and puts the weights in.
    ///
    /// # Errors
    /// When the layers do not fit together, or weights are missing or of another shape.
    pub fn new(spec: &NetworkSpec, weights: &Weights, device: &Device) -> Result<Self, ModelError> {
        let summaries = spec.summaries()?;
        let layers = spec.layers.iter().zip(&summaries);
        let built = layers.clone().map(|(layer, summary)| Layer::new(layer, &summary.name, weights, device));
        let dropouts = layers.map(|(layer, summary)| {
            let probability = layer.dropout();
            (probability > 0.0).then_some(Dropout { probability, shape: summary.shape })
        });
        Ok(Self {
            layers: built.collect::<Result<_, _>>()?,
            dropouts: dropouts.collect(),
            reach: spec.layers.iter().map(LayerSpec::skip).max().unwrap_or(0),
        })
    }

    /// Layers 1 … |L| in order.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Number of counted layers, |L|.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Dropout after layers 1 … |L|.
    pub fn dropouts(&self) -> &[Option<Dropout>] {
        &self.dropouts
    }

    /// Class scores before softmax, `[n, classes]`, of images `[n, C, H, W]`.
    pub fn logits(&self, images: Tensor<4>, mode: Mode<'_>) -> Tensor<2> {
        self.logits_after(Signal::new(images), mode)
    }

    /// Class scores before softmax, `[n, classes]`, of what has come as far as `signal`.
    pub fn logits_after(&self, mut signal: Signal, mode: Mode<'_>) -> Tensor<2> {
        for layer in &self.layers[signal.layer()..] {
            match layer {
                Layer::Output(output) => return output.linear.forward(flat(signal.output())),
                _ => self.advance_in(&mut signal, mode),
            }
        }
        // `new` lets no network through whose last layer is another.
        flat(signal.output())
    }

    /// Moves `signal` through the layer that comes next, as it is recorded: after the activation,
    /// probabilities at the last layer.
    ///
    /// # Panics
    /// When there is no further layer.
    pub fn advance(&self, signal: &mut Signal) {
        self.advance_in(signal, Mode::Evaluation);
    }

    /// A part of the layer that comes next, as it is recorded; `signal` stays where it is.
    ///
    /// # Panics
    /// When there is no further layer.
    pub fn part(&self, signal: &Signal, part: LayerPart) -> Tensor<4> {
        self.layers[signal.layer()].forward(signal, Mode::Evaluation, part)
    }

    fn advance_in(&self, signal: &mut Signal, mode: Mode<'_>) {
        let position = signal.layer();
        let mut output = self.layers[position].forward(signal, mode, LayerPart::Whole);
        if let Mode::Training(masks) = mode
            && let Some(Some(mask)) = masks.get(position)
        {
            output = output.mul(mask.clone());
        }
        signal.push(output, self.reach);
    }
}

impl Layer {
    fn new(spec: &LayerSpec, name: &str, weights: &Weights, device: &Device) -> Result<Self, WeightsError> {
        Ok(match *spec {
            LayerSpec::Conv { channels, kernel, stride, norm, activation, skip } => Self::Conv(ConvLayer {
                convolution: convolution(name, [channels, kernel, stride], !norm, weights, device)?,
                norm: norm.then(|| Norm::new(name, channels, weights, device)).transpose()?,
                skip,
                activation,
                name: name.to_owned(),
            }),
            LayerSpec::MaxPool { size, .. } => Self::MaxPool(MaxPool2dConfig::new([size, size]).init()),
            LayerSpec::AvgPool { size, .. } => Self::AvgPool(AvgPool2dConfig::new([size, size]).init()),
            LayerSpec::Dense { units, activation, .. } => Self::Dense(DenseLayer {
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

    /// The layer up to the end of `until`; a part that it does not have is its end.
    fn forward(&self, signal: &Signal, mode: Mode<'_>, until: LayerPart) -> Tensor<4> {
        let input = signal.output();
        match self {
            Self::Conv(layer) => layer.forward(input, signal, mode, until),
            Self::MaxPool(pool) => pool.forward(input),
            Self::AvgPool(pool) => pool.forward(input),
            Self::Dense(layer) if until == LayerPart::Linear => units(layer.linear.forward(flat(input))),
            Self::Output(layer) if until == LayerPart::Logits => units(layer.linear.forward(flat(input))),
            Self::Dense(layer) => units(activate(layer.activation, layer.linear.forward(flat(input)))),
            Self::Output(layer) => units(activation::softmax(layer.linear.forward(flat(input)), 1)),
        }
    }
}

impl ConvLayer {
    fn forward(&self, input: Tensor<4>, signal: &Signal, mode: Mode<'_>, until: LayerPart) -> Tensor<4> {
        let shortcut = (self.skip > 0).then(|| signal.back(self.skip));
        let maps = self.before_activation(input, shortcut, mode, until);
        if until == LayerPart::Whole { activate(self.activation, maps) } else { maps }
    }

    /// What the activation is applied to: the convolution of `input`, normalised, and `shortcut` added; or a part of
    /// the layer before that.
    pub(super) fn before_activation(
        &self,
        input: Tensor<4>,
        shortcut: Option<Tensor<4>>,
        mode: Mode<'_>,
        until: LayerPart,
    ) -> Tensor<4> {
        let mut maps = convolution::convolved(&self.convolution, input);
        if until == LayerPart::Convolution {
            return maps;
        }
        if let Some(norm) = &self.norm {
            maps = match mode {
                Mode::Evaluation => norm.evaluate(maps),
                Mode::Training(_) => norm.train(maps),
            };
        }
        match shortcut {
            Some(shortcut) if until != LayerPart::Norm => add_channels(maps, shortcut),
            _ => maps,
        }
    }
}

/// `[n, C, H, W]` plus `[n, c, H, W]` with c ≤ C: channels that the second lacks count as zero.
fn add_channels(maps: Tensor<4>, shortcut: Tensor<4>) -> Tensor<4> {
    let ([n, channels, height, width], [_, fewer, ..]) = (maps.dims(), shortcut.dims());
    if fewer == channels {
        return maps.add(shortcut);
    }
    let rest = Tensor::zeros([n, channels - fewer, height, width], &maps.device());
    maps.add(Tensor::cat(vec![shortcut, rest], 1))
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
    [channels, kernel, stride]: [usize; 3],
    bias: bool,
    weights: &Weights,
    device: &Device,
) -> Result<Conv2d, WeightsError> {
    let weight = weights.kernel(name, channels, kernel)?;
    let bias = bias.then(|| weights.vector(name, "bias", channels)).transpose()?;
    // "Same" for an odd kernel, and the same on both sides whatever the stride, as in PyTorch.
    let margin = kernel / 2;
    Ok(Conv2d {
        weight: Param::from_data(weight, device),
        bias: bias.map(|bias| Param::from_data(bias, device)),
        stride: [stride, stride],
        kernel_size: [kernel, kernel],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Explicit(margin, margin, margin, margin),
    })
}

fn linear(name: &str, units: usize, weights: &Weights, device: &Device) -> Result<Linear, WeightsError> {
    let weight = weights.matrix(name, units)?;
    let bias = weights.vector(name, "bias", units)?;
    Ok(Linear { weight: Param::from_data(weight, device), bias: Some(Param::from_data(bias, device)) })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod tests;
