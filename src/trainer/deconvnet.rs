//! What one channel keeps of an image, carried back to the input (paper 5.4.1).
//!
//! Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks": the image goes forward, and
//! the max-pools' switches are kept ([`Trace`]); all channels of the layer but one are zeroed
//! ([`Trace::feature`]); what is left goes back layer by layer ([`Trace::project`]): through unpooling by the
//! switches, a ReLU on the backward signal only, and the transposed convolution with the same weights. Beside
//! it the gradient and guided backpropagation (Springenberg et al. 2015, "Striving for Simplicity"), which
//! differ from it at the activations only ([`Rule`]).
//!
//! All three start from the same signal, the channel's own feature map a. So the gradient is the one of ½·Σa²,
//! and in a network without activations and max-pools all three are one and the same linear map.
//!
//! What the literature leaves open:
//! - batch norm: multiplied by its scale / √(running variance + ε), the factor of its linear map at evaluation;
//!   its shift, like a bias, has no part in the way back;
//! - average pooling: each value spread evenly over its block; pixels beyond the last whole block get zero;
//! - skip connections: the signal goes back both ways, and what meets is added up;
//! - softmax: let through unchanged by every rule, so that a class's projection is that of its score before
//!   softmax, weighted with its probability;
//! - of equal values in a pool's block the first in reading order is the switch.
//!
//! Runs on any device; `examine` runs it on the CPU. Knows no storage and no message.

mod backward;
mod switches;
#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::float_cmp,
    reason = "tests run natively, where reads may wait; closed forms are exact"
)]
mod tests;

use burn::tensor::{ExecutionError, Tensor, TensorData};

use crate::network::{Activation, LayerSpec, NetworkSpec};
use crate::trainer::model::Network;
use crate::trainer::signal::Signal;
use backward::Place;

/// What becomes of the backward signal R at an activation f with input z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// max(0, R), whatever z was. tanh, whose maps have both signs, lets R through.
    Deconvnet,
    /// f′(z)·R
    Gradient,
    /// f′(z)·max(0, R); with tanh as the gradient.
    Guided,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 3] = [Self::Deconvnet, Self::Gradient, Self::Guided];

    /// Whether only what is positive goes back through this activation.
    fn rectifies(self, activation: Activation) -> bool {
        self != Self::Gradient && activation != Activation::Tanh
    }
}

/// The way of some images through a network, up to a layer.
#[derive(Clone, Debug)]
pub struct Trace<'a> {
    network: &'a Network,
    layers: &'a [LayerSpec],
    /// Of layers 0 … l, `[n, C, H, W]` each.
    outputs: Vec<Tensor<4>>,
    /// Of layers 1 … l: 1 where a max-pool took its value, in the shape of its input.
    switches: Vec<Option<Tensor<4>>>,
}

impl<'a> Trace<'a> {
    /// Sends images `[n, C, H, W]` forward through `network`, built from `spec`, up to `layer`, 0 … |L|.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub async fn new(
        network: &'a Network,
        spec: &'a NetworkSpec,
        images: Tensor<4>,
        layer: usize,
    ) -> Result<Self, ExecutionError> {
        let layers = &spec.layers[..layer];
        let mut signal = Signal::new(images);
        let mut outputs = vec![signal.output()];
        let mut switches = Vec::with_capacity(layer);
        for spec in layers {
            switches.push(match *spec {
                LayerSpec::MaxPool { size, .. } => Some(switches::of_pool(&signal.output(), size).await?),
                _ => None,
            });
            network.advance(&mut signal);
            outputs.push(signal.output());
        }
        Ok(Self { network, layers, outputs, switches })
    }

    /// The layer that the images have come to.
    pub fn layer(&self) -> usize {
        self.layers.len()
    }

    /// Output of that layer, `[n, C, H, W]`.
    pub fn output(&self) -> Tensor<4> {
        self.outputs[self.layer()].clone()
    }

    /// The same with everything zero but one channel, or one unit of a dense layer.
    pub fn feature(&self, feature: usize) -> Tensor<4> {
        let output = self.output();
        let [_, channels, _, width] = output.dims();
        let is_dense = matches!(self.layers.last(), Some(LayerSpec::Dense { .. } | LayerSpec::Output { .. }));
        let n_features = if is_dense { width } else { channels };
        let factors: Vec<f32> = (0..n_features).map(|at| f32::from(at == feature)).collect();
        let shape = if is_dense { [1, 1, 1, width] } else { [1, channels, 1, 1] };
        let factors = Tensor::<4>::from_data(TensorData::new(factors, shape), &output.device());
        output.mul(factors)
    }

    /// Carries a signal in the shape of the layer's output back to the shape of the images.
    pub fn project(&self, rule: Rule, start: Tensor<4>) -> Tensor<4> {
        let mut arriving = vec![None; self.layer() + 1];
        arriving[self.layer()] = Some(start);
        for layer in (1..=self.layer()).rev() {
            let Some(signal) = arriving[layer].take() else { continue };
            let spec = &self.layers[layer - 1];
            let place = Place {
                input: self.outputs[layer - 1].clone(),
                shortcut: (spec.skip() > 0).then(|| self.outputs[layer - spec.skip()].clone()),
                output: self.outputs[layer].clone(),
                switches: self.switches[layer - 1].clone(),
            };
            let back = place.backward(rule, spec, &self.network.layers()[layer - 1], signal);
            if let Some(shortcut) = back.shortcut {
                add(&mut arriving[layer - spec.skip()], shortcut);
            }
            add(&mut arriving[layer - 1], back.input);
        }
        arriving.swap_remove(0).unwrap_or_else(|| self.outputs[0].zeros_like())
    }
}

fn add(sum: &mut Option<Tensor<4>>, signal: Tensor<4>) {
    *sum = Some(match sum.take() {
        Some(sum) => sum.add(signal),
        None => signal,
    });
}
