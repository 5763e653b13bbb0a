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

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::dataset::{ImageShape, Samples};
    use crate::network::{LayerSpec, NamedTensor, NetworkSpec};
    use crate::trainer::fit::Learner;
    use crate::trainer::model::Network;
    use crate::trainer::weights;

    /// One pixel of value 1, two classes, no bias to start with: a logistic regression.
    fn learner() -> Learner {
        let input = ImageShape { channels: 1, height: 1, width: 1 };
        let layers = vec![LayerSpec::Output { classes: 2 }];
        let spec = NetworkSpec { name: "logistic".to_owned(), input, layers };
        let tensor =
            |part: &str, shape, values| NamedTensor { name: format!("probabilities.{part}"), shape, values };
        let weights =
            [tensor("weight", vec![2, 1], vec![0.3, -0.2]), tensor("bias", vec![2], vec![0.0, 0.0])];
        let device = Device::flex().autodiff();
        let network = Network::new(&spec, &weights.into_iter().collect(), &device).unwrap();
        Learner::new(network, optimizer(OptimizerName::Adam), &device)
    }

    /// Adam as PyTorch documents it, on the weight of class 0, in f64. Bias and weight have the same
    /// gradient and so the same steps, and class 1 the opposite ones.
    fn adam_by_hand(steps: i32, learning_rate: f64) -> f64 {
        let (mut moved, mut mean, mut square) = (0.0, 0.0, 0.0);
        for step in 1..=steps {
            let margin: f64 = 0.5 + 4.0 * moved;
            let gradient = 1.0 / (1.0 + (-margin).exp());
            mean = 0.9 * mean + 0.1 * gradient;
            square = 0.999 * square + 0.001 * gradient * gradient;
            let mean_hat = mean / (1.0 - 0.9_f64.powi(step));
            let square_hat: f64 = square / (1.0 - 0.999_f64.powi(step));
            moved -= learning_rate * mean_hat / (square_hat.sqrt() + 1e-8);
        }
        0.3 + moved
    }

    #[test]
    fn adam_takes_pytorchs_steps() {
        let shape = ImageShape { channels: 1, height: 1, width: 1 };
        let samples = Samples { shape, images: vec![255], labels: vec![1] };
        let mut learner = learner();
        for steps in 1..=20 {
            let _ = learner.step(&samples, &[0], 0.05);
            let tensors = pollster::block_on(weights::read(&learner.snapshot())).unwrap();
            let expected = adam_by_hand(steps, 0.05);
            let found = f64::from(tensors[0].values[0]);
            assert!((found - expected).abs() < 2e-5, "step {steps}: {found} {expected}");
        }
    }
}
