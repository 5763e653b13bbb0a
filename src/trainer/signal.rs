//! A batch on its way through the network, layer by layer.

use std::collections::VecDeque;

use burn::tensor::Tensor;

/// The newest layer's output, and those before it that a skip connection still needs.
#[derive(Clone, Debug)]
pub struct Signal {
    layer: usize,
    /// `[n, C, H, W]` each, the newest last.
    outputs: VecDeque<Tensor<4>>,
}

impl Signal {
    /// Images `[n, C, H, W]` before the first layer: the output of layer 0.
    pub fn new(images: Tensor<4>) -> Self {
        Self { layer: 0, outputs: VecDeque::from([images]) }
    }

    /// The layer whose output this is, 0 for the images.
    pub fn layer(&self) -> usize {
        self.layer
    }

    /// Output of that layer, `[n, C, H, W]`.
    pub fn output(&self) -> Tensor<4> {
        self.back(1)
    }

    /// Output of the layer `skip` layers before the one that comes next; 1 is the newest.
    pub(super) fn back(&self, skip: usize) -> Tensor<4> {
        self.outputs[self.outputs.len() - skip].clone()
    }

    /// Multiplies the newest output by `factors`, `[1, C, 1, 1]` or `[1, 1, 1, W]`: what follows sees only
    /// the product, skip connections too.
    pub fn scale(&mut self, factors: Tensor<4>) {
        if let Some(newest) = self.outputs.back_mut() {
            *newest = newest.clone().mul(factors);
        }
    }

    /// Takes the output of the layer that comes next and keeps the newest `kept`.
    pub(super) fn push(&mut self, output: Tensor<4>, kept: usize) {
        self.layer += 1;
        self.outputs.push_back(output);
        while self.outputs.len() > kept.max(1) {
            self.outputs.pop_front();
        }
    }
}
