//! The update rules, with PyTorch's formulas and defaults.
//!
//! burn has the same rules, but their state can only be read synchronously, which panics in the
//! browser; a run that is to be continued needs it. So the state is kept here, one flat tensor a moment.
//!
//! Weights are kept in one piece and in order after every step, as a checkpoint brings them back: a
//! continued run computes with the same bits.

use std::collections::HashMap;

use burn::module::{Module as _, ModuleMapper, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Device, ExecutionError, Tensor, TensorData};

use crate::network::NamedTensor;
use crate::trainer::model::Network;
use crate::trainer::parameters::{Parameter, parameters};
use crate::trainer::weights::WeightsError;
use crate::training::config::OptimizerName;

/// Momentum of SGD.
const MOMENTUM: f64 = 0.9;
/// Adam's share of the old first moment.
const BETA_1: f64 = 0.9;
/// Adam's share of the old second moment.
const BETA_2: f64 = 0.999;
/// Adam's ε.
const EPSILON: f64 = 1e-8;
/// Name of the step count in a stored state.
const STEP: &str = "step";

/// An update rule with its state.
#[derive(Debug)]
pub struct Optimizer {
    rule: OptimizerName,
    weight_decay: f64,
    steps: u32,
    moments: HashMap<ParamId, Moments>,
}

/// State of one parameter, flat.
#[derive(Clone, Debug)]
struct Moments {
    /// SGD's momentum buffer, Adam's mean of gradients.
    first: Tensor<1>,
    /// Adam's mean of squared gradients.
    second: Option<Tensor<1>>,
}

impl Optimizer {
    /// A fresh optimizer: no moments yet. `weight_decay` is added to the gradient as an L2 penalty by SGD and
    /// Adam, and decoupled from it by `AdamW` (Loshchilov & Hutter 2019).
    pub fn new(rule: OptimizerName, weight_decay: f64) -> Self {
        Self { rule, weight_decay, steps: 0, moments: HashMap::new() }
    }

    /// One step at `learning_rate` against the gradients.
    pub fn step(&mut self, learning_rate: f64, network: Network, gradients: GradientsParams) -> Network {
        self.steps += 1;
        network.map(&mut Step { optimizer: self, learning_rate, gradients })
    }

    /// The weight after a step, `[len]` like both arguments.
    fn update(&mut self, id: ParamId, rate: f64, weight: Tensor<1>, gradient: Tensor<1>) -> Tensor<1> {
        let decay = self.weight_decay;
        let (weight, gradient) = match self.rule {
            _ if decay == 0.0 => (weight, gradient),
            OptimizerName::Adamw => (weight.mul_scalar(1.0 - rate * decay), gradient),
            OptimizerName::Sgd | OptimizerName::Adam => {
                (weight.clone(), gradient.add(weight.mul_scalar(decay)))
            }
        };
        let before = self.moments.remove(&id);
        let (moments, change) = match self.rule {
            OptimizerName::Sgd => sgd(rate, gradient, before),
            OptimizerName::Adam | OptimizerName::Adamw => adam(rate, self.steps, gradient, before),
        };
        self.moments.insert(id, moments);
        weight.sub(change)
    }

    /// The state as tensors with PyTorch's names: `step`, and after each parameter's name `momentum_buffer`,
    /// or `exp_avg` and `exp_avg_sq`.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub async fn state(&self, network: &Network) -> Result<Vec<NamedTensor>, ExecutionError> {
        let steps = NamedTensor { name: STEP.to_owned(), shape: Vec::new(), values: vec![self.steps as f32] };
        let mut state = vec![steps];
        let (first, second) = self.parts();
        for parameter in parameters(network) {
            let Some(moments) = self.moments.get(&parameter.id) else { continue };
            let tensors = [(first, Some(&moments.first)), (second, moments.second.as_ref())];
            for (part, tensor) in tensors.into_iter().filter_map(|(part, tensor)| Some((part, tensor?))) {
                let values = tensor.clone().into_data_async().await?.iter::<f32>().collect();
                state.push(parameter.to_pytorch(format!("{}.{part}", parameter.name), values));
            }
        }
        Ok(state)
    }

    /// Takes over a state that [`Optimizer::state`] gave, onto `device` (without autodiff).
    ///
    /// # Errors
    /// When it lacks a tensor or one has another shape; the optimizer is then as it was.
    pub fn restore(
        &mut self,
        network: &Network,
        state: Vec<NamedTensor>,
        device: &Device,
    ) -> Result<(), WeightsError> {
        let state: HashMap<String, NamedTensor> =
            state.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect();
        let find = |name: &str| state.get(name).ok_or_else(|| WeightsError::Missing(name.to_owned()));
        let steps = find(STEP)?.values.iter().sum::<f32>() as u32;
        let mut moments = HashMap::new();
        // Before the first step there is no moment.
        for parameter in parameters(network).into_iter().filter(|_| steps > 0) {
            let moment = |part: &str| flat(&parameter, find(&format!("{}.{part}", parameter.name))?, device);
            let (first, second) = self.parts();
            let second = (self.rule != OptimizerName::Sgd).then(|| moment(second)).transpose()?;
            moments.insert(parameter.id, Moments { first: moment(first)?, second });
        }
        (self.steps, self.moments) = (steps, moments);
        Ok(())
    }

    /// PyTorch's names of the two moments.
    fn parts(&self) -> (&'static str, &'static str) {
        match self.rule {
            OptimizerName::Sgd => ("momentum_buffer", ""),
            OptimizerName::Adam | OptimizerName::Adamw => ("exp_avg", "exp_avg_sq"),
        }
    }
}

fn flat(parameter: &Parameter, tensor: &NamedTensor, device: &Device) -> Result<Tensor<1>, WeightsError> {
    let values = parameter.from_pytorch(tensor)?;
    let len = values.len();
    Ok(Tensor::from_data(TensorData::new(values, [len]), device))
}

/// PyTorch's SGD: b ← 0.9 b + g (at first b = g), change = rate · b.
fn sgd(rate: f64, gradient: Tensor<1>, before: Option<Moments>) -> (Moments, Tensor<1>) {
    let first = match before {
        Some(moments) => moments.first.mul_scalar(MOMENTUM).add(gradient),
        None => gradient,
    };
    (Moments { first: first.clone(), second: None }, first.mul_scalar(rate))
}

/// Adam (Kingma & Ba 2015, algorithm 1) in the form that PyTorch computes.
fn adam(rate: f64, step: u32, gradient: Tensor<1>, before: Option<Moments>) -> (Moments, Tensor<1>) {
    let square = gradient.clone().mul(gradient.clone()).mul_scalar(1.0 - BETA_2);
    let gradient = gradient.mul_scalar(1.0 - BETA_1);
    let (first, second) = match before {
        Some(Moments { first, second: Some(second) }) => {
            (first.mul_scalar(BETA_1).add(gradient), second.mul_scalar(BETA_2).add(square))
        }
        _ => (gradient, square),
    };
    let power = |beta: f64| 1.0 - beta.powi(step as i32);
    let root = second.clone().sqrt().mul_scalar(1.0 / power(BETA_2).sqrt()).add_scalar(EPSILON);
    let change = first.clone().div(root).mul_scalar(rate / power(BETA_1));
    (Moments { first, second: Some(second) }, change)
}

/// Walks over the parameters of a network.
struct Step<'a> {
    optimizer: &'a mut Optimizer,
    learning_rate: f64,
    gradients: GradientsParams,
}

impl ModuleMapper for Step<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        // Running statistics have no gradient.
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, tensor, mapper);
        };
        let shape = tensor.dims();
        let len = shape.iter().product::<usize>();
        let weight = tensor.inner().reshape([len]);
        let updated = self.optimizer.update(id, self.learning_rate, weight, gradient.reshape([len]));
        Param::from_mapped_value(id, Tensor::from_inner(updated.reshape(shape)).require_grad(), mapper)
    }
}

#[cfg(test)]
mod tests;
