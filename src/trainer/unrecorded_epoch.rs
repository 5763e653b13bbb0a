//! A learner as it was after an epoch that is trained but not recorded.
//!
//! Kept in memory while the next epochs are trained, so that a run that ends early ends with its last
//! whole epoch: the weights have moved on by then, and clones of them would share their running statistics.

use burn::tensor::Device;

use crate::network::{NamedTensor, NetworkSpec};
use crate::trainer::error::TrainError;
use crate::trainer::fit::Learner;
use crate::trainer::model::{ModelError, Network};
use crate::trainer::optimizer::Optimizer;
use crate::trainer::parameters;
use crate::trainer::progress::EpochTally;
use crate::training::TrainingConfig;

/// Everything of an epoch that recording it later needs.
pub(super) struct UnrecordedEpoch {
    pub epoch: u32,
    pub tally: EpochTally,
    weights: Vec<NamedTensor>,
    optimizer: Vec<NamedTensor>,
}

impl UnrecordedEpoch {
    /// The learner as it is now, after `epoch`.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub async fn of(learner: &Learner, epoch: u32, tally: EpochTally) -> Result<Self, TrainError> {
        let weights = parameters::read(&learner.snapshot()).await?;
        let optimizer = learner.optimizer_state().await?;
        Ok(Self { epoch, tally, weights, optimizer })
    }

    /// The learner as it was, on `device` (without autodiff).
    ///
    /// # Errors
    /// When the weights do not fit the network.
    pub fn learner(
        self,
        config: &TrainingConfig,
        spec: &NetworkSpec,
        device: &Device,
    ) -> Result<Learner, TrainError> {
        learner(config, spec, self.weights, Some(self.optimizer), device)
    }
}

/// A learner with these weights; without an optimizer's state, with a fresh optimizer.
///
/// # Errors
/// When the weights or the state do not fit the network.
pub(super) fn learner(
    config: &TrainingConfig,
    spec: &NetworkSpec,
    weights: Vec<NamedTensor>,
    state: Option<Vec<NamedTensor>>,
    device: &Device,
) -> Result<Learner, TrainError> {
    let training = device.clone().autodiff();
    let network = Network::new(spec, &weights.into_iter().collect(), &training)?;
    let mut optimizer = Optimizer::new(config.optimizer, config.effective_weight_decay());
    if let Some(state) = state {
        optimizer.restore(&network, state, device).map_err(ModelError::from)?;
    }
    Ok(Learner::new(network, optimizer, &training))
}
