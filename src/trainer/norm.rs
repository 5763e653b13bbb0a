//! Batch norm as PyTorch does it (Ioffe & Szegedy 2015).
//!
//! burn's own layer keeps the running variance of the batch as it is; PyTorch, which reads our
//! checkpoints, keeps the unbiased one and a count of batches. The arithmetic is burn's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use burn::module::{Module, Param, RunningState};
use burn::tensor::{Device, Tensor, module};

use crate::trainer::weights::{Weights, WeightsError};

/// PyTorch's ε.
const EPSILON: f64 = 1e-5;
/// PyTorch's momentum: the share of a batch in the running statistics.
const MOMENTUM: f64 = 0.1;

/// Normalises each channel: in training by the batch's mean and variance, in evaluation by the running ones.
#[derive(Module, Debug)]
pub struct Norm {
    pub(crate) scale: Param<Tensor<1>>,
    pub(crate) shift: Param<Tensor<1>>,
    running_mean: RunningState<Tensor<1>>,
    running_var: RunningState<Tensor<1>>,
    #[module(skip)]
    batches: Arc<AtomicU32>,
}

impl Norm {
    /// The norm of layer `layer`, `[channels]`, with the weights and statistics `<layer>.norm.…`.
    ///
    /// # Errors
    /// When one of them is missing or of another shape.
    pub fn new(
        layer: &str,
        channels: usize,
        weights: &Weights,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let vector = |part: &str| weights.vector(layer, &format!("norm.{part}"), channels);
        let statistic =
            |part: &str| vector(part).map(|data| RunningState::new(Tensor::from_data(data, device)));
        Ok(Self {
            scale: Param::from_data(vector("weight")?, device),
            shift: Param::from_data(vector("bias")?, device),
            running_mean: statistic("running_mean")?,
            running_var: statistic("running_var")?,
            batches: Arc::new(AtomicU32::new(weights.count(layer, "norm.num_batches_tracked")?)),
        })
    }

    /// `[n, C, H, W]` normalised by the running statistics.
    pub fn evaluate(&self, input: Tensor<4>) -> Tensor<4> {
        let (mean, variance) = (self.running_mean(), self.running_var());
        module::batch_norm(input, self.scale.val(), self.shift.val(), mean, variance, EPSILON)
    }

    /// What the evaluation multiplies each channel by, `[C]`: scale / √(running variance + ε).
    pub fn factor(&self) -> Tensor<1> {
        self.scale.val().div(self.running_var().add_scalar(EPSILON).sqrt())
    }

    /// `[n, C, H, W]` normalised by the batch's own statistics, which move the running ones.
    pub fn train(&self, input: Tensor<4>) -> Tensor<4> {
        let [n, _, height, width] = input.dims();
        let count = (n * height * width) as f64;
        let batch = module::batch_norm_train(input, self.scale.val(), self.shift.val(), EPSILON);
        // One value has no unbiased variance; PyTorch refuses such a batch.
        let unbiased = batch.variance.mul_scalar(count / (count - 1.0).max(1.0));
        move_on(&self.running_mean, batch.mean);
        move_on(&self.running_var, unbiased);
        self.batches.fetch_add(1, Ordering::Relaxed);
        batch.output
    }

    /// Running mean, `[C]`.
    pub fn running_mean(&self) -> Tensor<1> {
        self.running_mean.value_sync()
    }

    /// Running unbiased variance, `[C]`.
    pub fn running_var(&self) -> Tensor<1> {
        self.running_var.value_sync()
    }

    /// Batches that the running statistics have seen.
    pub fn batches(&self) -> u32 {
        self.batches.load(Ordering::Relaxed)
    }
}

fn move_on(running: &RunningState<Tensor<1>>, batch: Tensor<1>) {
    let before = running.value_sync().mul_scalar(1.0 - MOMENTUM);
    running.update(before.add(batch.detach().mul_scalar(MOMENTUM)).detach());
}
