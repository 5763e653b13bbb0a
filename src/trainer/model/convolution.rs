//! Convolution on the CPU as products of matrices, forward and backward: an operation of our own.
//!
//! burn's computes the gradient of a kernel as a convolution with a kernel as large as the image and packs its
//! operands anew for each input channel; two to three times as slow on the layers that are trained here, and fifteen
//! times on one input channel (`benches/README.md`). Here the patches of a few images are laid out as the columns of
//! a matrix; outputs, gradients of kernels and gradients of images are one product each. Elsewhere burn's is used.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, DispatchDevice, Flex, backend_extension};
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

mod patches;

/// Maps `[n, C, H, W]` under kernels `[O, C, k, k]` with a margin of k / 2 zeros: `[n, O, H', W']`.
#[backend_extension(Flex, Autodiff)]
pub trait Convolution: Backend {
    /// The convolution; `stride` is that of both directions.
    fn convolve(input: FloatTensor<Self>, kernel: FloatTensor<Self>, stride: usize) -> FloatTensor<Self>;
}

impl Convolution for Flex {
    fn convolve(input: FloatTensor<Self>, kernel: FloatTensor<Self>, stride: usize) -> FloatTensor<Self> {
        patches::output(&input, &kernel, stride)
    }
}

#[derive(Debug)]
struct Convolved;

impl Backward<Flex, 2> for Convolved {
    type State = (NodeId, NodeId, usize);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, checkpointer: &mut Checkpointer) {
        let [of_input, of_kernel] = ops.parents;
        let gradient = gradients.consume::<Flex>(&ops.node);
        let (input, kernel, stride) = ops.state;
        let input: FloatTensor<Flex> = checkpointer.retrieve_node_output(input);
        let kernel: FloatTensor<Flex> = checkpointer.retrieve_node_output(kernel);
        if let Some(node) = of_input {
            let shape = input.layout().shape().clone();
            gradients.register::<Flex>(node.id, patches::input_gradient(&shape, &kernel, &gradient, stride));
        }
        if let Some(node) = of_kernel {
            let shape = kernel.layout().shape().clone();
            gradients.register::<Flex>(node.id, patches::kernel_gradient(&input, &shape, &gradient, stride));
        }
    }
}

impl<C: CheckpointStrategy> Convolution for Autodiff<Flex, C> {
    fn convolve(input: FloatTensor<Self>, kernel: FloatTensor<Self>, stride: usize) -> FloatTensor<Self> {
        match Convolved.prepare::<C>([input.node(), kernel.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prepared) => {
                let state = (prepared.checkpoint(&input), prepared.checkpoint(&kernel), stride);
                let output = patches::output(input.primitive(), kernel.primitive(), stride);
                prepared.finish(state, output)
            }
            OpsKind::UnTracked(prepared) => {
                prepared.finish(patches::output(input.primitive(), kernel.primitive(), stride))
            }
        }
    }
}

/// What a layer's convolution makes of `[n, C, H, W]`: our own operation on the CPU, burn's on other devices.
pub fn convolved(layer: &Conv2d, input: Tensor<4>) -> Tensor<4> {
    let device = input.device().without_autodiff();
    if !matches!(device.as_dispatch(), DispatchDevice::Flex(_)) {
        return layer.forward(input);
    }
    let (input, kernel) = (input.into_dispatch(), layer.weight.val().into_dispatch());
    let maps =
        Tensor::<4>::from_dispatch(<Dispatch as Convolution>::convolve(input, kernel, layer.stride[0]));
    match &layer.bias {
        Some(bias) => maps.add(bias.val().reshape([1, -1, 1, 1])),
        None => maps,
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests run natively, where reads may wait")]
mod tests;
