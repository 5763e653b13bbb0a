//! What is known of an epoch when it ends.

use serde::{Deserialize, Serialize};

/// Losses and accuracies of one recorded epoch; epoch 0 is before training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// Epoch number, 0 first.
    pub epoch: u32,
    /// Mean cross-entropy in nats over the epoch's training batches, each before its step: a running mean over a
    /// network that changes. At epoch 0, which has no batches, that of the untrained network on the training set (a
    /// sample of it where it is large); NaN in runs of versions that did not measure it.
    pub train_loss: f32,
    /// Mean cross-entropy in nats on the test set.
    pub test_loss: f32,
    /// Share of training images predicted right during the epoch, 0 … 1: of the same batches, or at epoch 0 of the same
    /// images.
    pub train_accuracy: f32,
    /// Share of test images predicted right, 0 … 1.
    pub test_accuracy: f32,
}
