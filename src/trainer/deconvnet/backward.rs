//! The way back through one layer: the transpose of its linear map, and a rule at its activation.

use std::f64::consts::{PI, SQRT_2};

use burn::nn::Linear;
use burn::nn::conv::Conv2d;
use burn::tensor::module::conv_transpose2d;
use burn::tensor::ops::ConvTransposeOptions;
use burn::tensor::{Tensor, activation};

use super::Rule;
use crate::network::{Activation, LayerPart, LayerSpec};
use crate::trainer::model::{Layer, Mode};

/// What a layer saw and gave on the way forward, `[n, C, H, W]` each.
pub struct Place {
    /// Output of the layer before.
    pub input: Tensor<4>,
    /// What the skip connection added.
    pub shortcut: Option<Tensor<4>>,
    /// What the layer made of them.
    pub output: Tensor<4>,
    /// Of a max-pool.
    pub switches: Option<Tensor<4>>,
}

/// A signal behind a layer, in the shapes of what went into it.
pub struct Back {
    /// To the layer before.
    pub input: Tensor<4>,
    /// To where the skip connection begins.
    pub shortcut: Option<Tensor<4>>,
}

impl Place {
    /// Carries a signal in the shape of the output back through `layer`, which `spec` describes.
    pub fn backward(self, rule: Rule, spec: &LayerSpec, layer: &Layer, signal: Tensor<4>) -> Back {
        let input = match (layer, *spec) {
            (Layer::Conv(conv), LayerSpec::Conv { activation, .. }) => {
                let z = || {
                    conv.before_activation(
                        self.input.clone(),
                        self.shortcut.clone(),
                        Mode::Evaluation,
                        LayerPart::Whole,
                    )
                };
                let mut signal = through(rule, activation, signal, &self.output, z);
                let shortcut = self.shortcut.map(|shortcut| {
                    let [_, channels, ..] = shortcut.dims();
                    signal.clone().narrow(1, 0, channels)
                });
                if let Some(norm) = &conv.norm {
                    let factor = norm.factor();
                    let [channels] = factor.dims();
                    signal = signal.mul(factor.reshape([1, channels, 1, 1]));
                }
                let input = transposed_convolution(signal, &conv.convolution, self.input.dims());
                return Back { input, shortcut };
            }
            (Layer::MaxPool(_), LayerSpec::MaxPool { size, .. }) => {
                let spread = spread(signal, size, self.input.dims());
                match self.switches {
                    Some(switches) => spread.mul(switches),
                    None => spread,
                }
            }
            (Layer::AvgPool(_), LayerSpec::AvgPool { size, .. }) => {
                spread(signal, size, self.input.dims()).div_scalar((size * size) as f64)
            }
            (Layer::Dense(dense), LayerSpec::Dense { activation, .. }) => {
                let z = || {
                    let [n, channels, height, width] = self.input.dims();
                    let flat = self.input.clone().reshape([n, channels * height * width]);
                    dense.linear.forward(flat).reshape(self.output.dims())
                };
                let signal = through(rule, activation, signal, &self.output, z);
                transposed_matrix(signal, &dense.linear, self.input.dims())
            }
            (Layer::Output(output), _) => transposed_matrix(signal, &output.linear, self.input.dims()),
            // The network is built from the same list of layers.
            _ => self.input.zeros_like(),
        };
        Back { input, shortcut: None }
    }
}

/// `signal` behind an activation; `z` gives what the activation was applied to, `output` what it gave.
fn through(
    rule: Rule,
    activation: Activation,
    signal: Tensor<4>,
    output: &Tensor<4>,
    z: impl Fn() -> Tensor<4>,
) -> Tensor<4> {
    let signal = if rule.rectifies(activation) { activation::relu(signal) } else { signal };
    if rule == Rule::Deconvnet { signal } else { signal.mul(derivative(activation, output, z)) }
}

/// f′(z), from the output where that is enough.
fn derivative(activation: Activation, output: &Tensor<4>, z: impl Fn() -> Tensor<4>) -> Tensor<4> {
    let is_positive = || output.clone().greater_scalar(0.0).float();
    match activation {
        Activation::Relu => is_positive(),
        Activation::LeakyRelu => is_positive().mul_scalar(0.99).add_scalar(0.01),
        Activation::Tanh => output.clone().square().neg().add_scalar(1.0),
        Activation::Gelu => {
            // Φ(z) + z·φ(z)
            let z = z();
            let distribution = z.clone().div_scalar(SQRT_2).erf().add_scalar(1.0).div_scalar(2.0);
            let density = z.clone().square().div_scalar(-2.0).exp().div_scalar((2.0 * PI).sqrt());
            distribution.add(z.mul(density))
        }
    }
}

/// `[n, C', H', W']` → `[n, C, H, W]`: the transpose of a convolution with the same weights, without bias.
fn transposed_convolution(
    signal: Tensor<4>,
    convolution: &Conv2d,
    [_, _, height, width]: [usize; 4],
) -> Tensor<4> {
    let [_, _, rows, columns] = signal.dims();
    let (stride, kernel) = (convolution.stride, convolution.kernel_size);
    let margin = kernel.map(|side| side / 2);
    // Rows and columns that no step of the stride reached.
    let rest = |length: usize, steps: usize, axis: usize| {
        length + 2 * margin[axis] - kernel[axis] - (steps - 1) * stride[axis]
    };
    let rest = [rest(height, rows, 0), rest(width, columns, 1)];
    let options = ConvTransposeOptions::new(stride, margin, rest, [1, 1], 1);
    conv_transpose2d(signal, convolution.weight.val(), None, options)
}

/// `[n, 1, 1, units]` → `[n, C, H, W]`: the transpose of a dense layer, without bias.
fn transposed_matrix(signal: Tensor<4>, linear: &Linear, input: [usize; 4]) -> Tensor<4> {
    let [n, _, _, units] = signal.dims();
    signal.reshape([n, units]).matmul(linear.weight.val().transpose()).reshape(input)
}

/// `[n, C, h, w]` → `[n, C, H, W]`: every value at all places of its `size × size` block, zero beyond the
/// last whole block.
fn spread(signal: Tensor<4>, size: usize, [n, channels, height, width]: [usize; 4]) -> Tensor<4> {
    let [_, _, rows, columns] = signal.dims();
    let wide = signal.reshape([n * channels * rows * columns, 1]).repeat_dim(1, size);
    let high = wide.reshape([n * channels * rows, 1, columns * size]).repeat_dim(1, size);
    let blocks: Tensor<4> = high.reshape([n, channels, rows * size, columns * size]);
    if [rows * size, columns * size] == [height, width] {
        return blocks;
    }
    let ranges = [0..n, 0..channels, 0..rows * size, 0..columns * size];
    Tensor::zeros([n, channels, height, width], &blocks.device()).slice_assign(ranges, blocks)
}
