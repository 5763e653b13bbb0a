//! Each rule against its formula in PyTorch's documentation, worked out in f64.

use super::*;
use crate::dataset::{ImageShape, Samples};
use crate::network::{LayerSpec, NetworkSpec};
use crate::trainer::fit::{Batch, Learner};
use crate::trainer::model::Network;
use crate::trainer::parameters;
use crate::training::config::Augmentation;

const RATE: f64 = 0.05;
const FIRST_WEIGHT: f64 = 0.3;
/// f32 against f64 over twenty steps.
const TOLERANCE: f64 = 2e-5;

/// One pixel of value 1, two classes, no bias to start with: a logistic regression.
fn network(device: &Device) -> Network {
    let input = ImageShape { channels: 1, height: 1, width: 1 };
    let layers = vec![LayerSpec::Output { classes: 2 }];
    let spec = NetworkSpec { name: "logistic".to_owned(), input, layers };
    let tensor =
        |part: &str, shape, values| NamedTensor { name: format!("probabilities.{part}"), shape, values };
    let weights = [tensor("weight", vec![2, 1], vec![0.3, -0.2]), tensor("bias", vec![2], vec![0.0, 0.0])];
    Network::new(&spec, &weights.into_iter().collect(), device).unwrap()
}

fn learner(rule: OptimizerName, weight_decay: f64) -> Learner {
    let device = Device::flex().autodiff();
    Learner::new(network(&device), Optimizer::new(rule, weight_decay), &device)
}

fn step(learner: &mut Learner) {
    let shape = ImageShape { channels: 1, height: 1, width: 1 };
    let samples = Samples { shape, images: vec![255], labels: vec![1] };
    let augment = Augmentation::Off;
    let batch = Batch { indices: &[0], learning_rate: RATE, seed: 1, epoch: 1, number: 0, augment };
    let _ = learner.step(&samples, &batch);
}

/// Weight of class 0.
fn weight(learner: &Learner) -> f64 {
    let tensors = pollster::block_on(parameters::read(&learner.snapshot())).unwrap();
    f64::from(tensors[0].values[0])
}

/// Weights and biases of both classes under a rule that is given one parameter and its gradient.
struct ByHand {
    /// Weight of class 0, of class 1, bias of class 0, of class 1.
    parameters: [f64; 4],
    first: [f64; 4],
    second: [f64; 4],
    steps: i32,
}

impl ByHand {
    fn new() -> Self {
        Self { parameters: [FIRST_WEIGHT, -0.2, 0.0, 0.0], first: [0.0; 4], second: [0.0; 4], steps: 0 }
    }

    fn step(&mut self, rule: OptimizerName, decay: f64) {
        self.steps += 1;
        let [w0, w1, b0, b1] = self.parameters;
        let p0 = 1.0 / (1.0 + (w1 + b1 - w0 - b0).exp());
        for (index, gradient) in [p0, -p0, p0, -p0].into_iter().enumerate() {
            self.move_one(index, gradient, rule, decay);
        }
    }

    fn move_one(&mut self, index: usize, mut gradient: f64, rule: OptimizerName, decay: f64) {
        let parameter = &mut self.parameters[index];
        let (first, second) = (&mut self.first[index], &mut self.second[index]);
        if rule == OptimizerName::Adamw {
            *parameter -= RATE * decay * *parameter;
        } else {
            gradient += decay * *parameter;
        }
        if rule == OptimizerName::Sgd {
            *first = 0.9 * *first + gradient;
            *parameter -= RATE * *first;
        } else {
            *first = 0.9 * *first + 0.1 * gradient;
            *second = 0.999 * *second + 0.001 * gradient * gradient;
            let mean = *first / (1.0 - 0.9_f64.powi(self.steps));
            let square = *second / (1.0 - 0.999_f64.powi(self.steps));
            *parameter -= RATE * mean / (square.sqrt() + 1e-8);
        }
    }
}

#[test]
fn every_rule_takes_pytorchs_steps() {
    for rule in OptimizerName::ALL {
        for decay in [0.0, 0.1] {
            let (mut learner, mut by_hand) = (learner(*rule, decay), ByHand::new());
            for steps in 1..=20 {
                step(&mut learner);
                by_hand.step(*rule, decay);
                let (found, expected) = (weight(&learner), by_hand.parameters[0]);
                let difference = (found - expected).abs();
                assert!(difference < TOLERANCE, "{rule} {decay}, step {steps}: {found} {expected}");
            }
        }
    }
}

#[test]
fn the_first_step_is_the_gradient_for_sgd_and_the_rate_for_adam() {
    // σ(0.5), the probability of the wrong class.
    let gradient = 1.0 / (1.0 + (-0.5_f64).exp());
    for (rule, change) in [(OptimizerName::Sgd, RATE * gradient), (OptimizerName::Adam, RATE)] {
        let mut learner = learner(rule, 0.0);
        step(&mut learner);
        assert!((FIRST_WEIGHT - change - weight(&learner)).abs() < 1e-6, "{rule}");
    }
}

fn state(optimizer: &Optimizer, network: &Network) -> Vec<NamedTensor> {
    pollster::block_on(optimizer.state(network)).unwrap()
}

#[test]
fn the_state_has_pytorchs_names_and_comes_back() {
    for (rule, parts) in [
        (OptimizerName::Sgd, &["momentum_buffer"][..]),
        (OptimizerName::Adam, &["exp_avg", "exp_avg_sq"]),
        (OptimizerName::Adamw, &["exp_avg", "exp_avg_sq"]),
    ] {
        let mut learner = learner(rule, 0.0);
        step(&mut learner);
        let stored = pollster::block_on(learner.optimizer_state()).unwrap();
        let names: Vec<&str> = stored.iter().map(|tensor| tensor.name.as_str()).collect();
        let mut expected = vec!["step".to_owned()];
        for parameter in ["probabilities.weight", "probabilities.bias"] {
            expected.extend(parts.iter().map(|part| format!("{parameter}.{part}")));
        }
        assert_eq!(names, expected);

        let device = Device::flex();
        let network = network(&device.clone().autodiff());
        let mut restored = Optimizer::new(rule, 0.0);
        restored.restore(&network, stored.clone(), &device).unwrap();
        assert_eq!(state(&restored, &network), stored);
    }
}

#[test]
fn a_state_that_does_not_fit_is_refused_and_changes_nothing() {
    let mut learner = learner(OptimizerName::Adam, 0.0);
    step(&mut learner);
    let stored = pollster::block_on(learner.optimizer_state()).unwrap();
    let device = Device::flex();
    let network = network(&device.clone().autodiff());
    let mut optimizer = Optimizer::new(OptimizerName::Adam, 0.0);
    let mut misshapen = stored.clone();
    misshapen[1].shape = vec![1, 2];
    for wrong in [stored[..2].to_vec(), stored[1..].to_vec(), misshapen] {
        assert!(optimizer.restore(&network, wrong, &device).is_err());
    }
    assert!(Optimizer::new(OptimizerName::Sgd, 0.0).restore(&network, stored, &device).is_err());
    assert_eq!(state(&optimizer, &network).len(), 1);
}
