//! The update rule, with PyTorch's defaults.

use burn::optim::{AdamConfig, ModuleOptimizer};

use crate::training::config::OptimizerName;

/// PyTorch's ε; burn's own default is 1e-5.
const EPSILON: f32 = 1e-8;

/// A fresh optimizer: no moments yet.
pub fn optimizer(name: OptimizerName) -> ModuleOptimizer {
    match name {
        OptimizerName::Adam => {
            AdamConfig::new().with_beta_1(0.9).with_beta_2(0.999).with_epsilon(EPSILON).init()
        }
    }
}
