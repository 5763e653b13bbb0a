//! The learnt parameters of a network, and all its weights read back from the device, in PyTorch's layouts.

use burn::module::{Param, ParamId};
use burn::nn::Linear;
use burn::tensor::{ExecutionError, Tensor};

use crate::network::NamedTensor;
use crate::trainer::model::{Layer, Network};
use crate::trainer::norm::Norm;
use crate::trainer::weights::{WeightsError, transposed};

/// A learnt parameter of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// burn's identity of it.
    pub id: ParamId,
    /// PyTorch's name: `conv1.weight`, …
    pub name: String,
    /// burn's shape.
    pub shape: Vec<usize>,
}

impl Parameter {
    fn new<const D: usize>(layer: &str, part: &str, param: &Param<Tensor<D>>) -> Self {
        Self { id: param.id, name: format!("{layer}.{part}"), shape: param.dims().to_vec() }
    }

    /// Values in burn's layout as a tensor in PyTorch's.
    pub fn to_pytorch(&self, name: String, values: Vec<f32>) -> NamedTensor {
        match *self.shape {
            [inputs, units] => {
                NamedTensor { name, shape: vec![units, inputs], values: transposed(&values, inputs, units) }
            }
            _ => NamedTensor { name, shape: self.shape.clone(), values },
        }
    }

    /// Values of a tensor in PyTorch's layout in burn's.
    ///
    /// # Errors
    /// When the tensor has not this parameter's shape.
    pub fn from_pytorch(&self, tensor: &NamedTensor) -> Result<Vec<f32>, WeightsError> {
        let mut expected = self.shape.clone();
        if let [inputs, units] = *expected {
            expected = vec![units, inputs];
        }
        if tensor.shape != expected || tensor.values.len() != expected.iter().product::<usize>() {
            let (name, found) = (tensor.name.clone(), tensor.shape.clone());
            return Err(WeightsError::Shape { name, found, expected: format!("{expected:?}") });
        }
        Ok(match *expected {
            [units, inputs] => transposed(&tensor.values, units, inputs),
            _ => tensor.values.clone(),
        })
    }
}

/// All learnt parameters in layer order.
pub fn parameters(network: &Network) -> Vec<Parameter> {
    let mut all = Vec::new();
    for layer in network.layers() {
        match layer {
            Layer::Conv(conv) => {
                all.push(Parameter::new(&conv.name, "weight", &conv.convolution.weight));
                all.extend(conv.convolution.bias.iter().map(|bias| Parameter::new(&conv.name, "bias", bias)));
                if let Some(norm) = &conv.norm {
                    all.push(Parameter::new(&conv.name, "norm.weight", &norm.scale));
                    all.push(Parameter::new(&conv.name, "norm.bias", &norm.shift));
                }
            }
            Layer::MaxPool(_) | Layer::AvgPool(_) => {}
            Layer::Dense(dense) => all.extend(linear_parameters(&dense.name, &dense.linear)),
            Layer::Output(output) => all.extend(linear_parameters(&output.name, &output.linear)),
        }
    }
    all
}

fn linear_parameters(name: &str, linear: &Linear) -> impl Iterator<Item = Parameter> {
    let bias = linear.bias.as_ref().map(|bias| Parameter::new(name, "bias", bias));
    [Parameter::new(name, "weight", &linear.weight)].into_iter().chain(bias)
}

/// Reads all weights and running statistics back from the device, in layer order and PyTorch's layouts.
///
/// # Errors
/// When the device cannot be read.
pub async fn read(network: &Network) -> Result<Vec<NamedTensor>, ExecutionError> {
    let mut tensors = Vec::new();
    for layer in network.layers() {
        match layer {
            Layer::Conv(conv) => {
                tensors.push(named(&conv.name, "weight", conv.convolution.weight.val()).await?);
                if let Some(bias) = &conv.convolution.bias {
                    tensors.push(named(&conv.name, "bias", bias.val()).await?);
                }
                if let Some(norm) = &conv.norm {
                    read_norm(&conv.name, norm, &mut tensors).await?;
                }
            }
            Layer::MaxPool(_) | Layer::AvgPool(_) => {}
            Layer::Dense(dense) => read_linear(&dense.name, &dense.linear, &mut tensors).await?,
            Layer::Output(output) => read_linear(&output.name, &output.linear, &mut tensors).await?,
        }
    }
    Ok(tensors)
}

async fn read_norm(name: &str, norm: &Norm, tensors: &mut Vec<NamedTensor>) -> Result<(), ExecutionError> {
    tensors.push(named(name, "norm.weight", norm.scale.val()).await?);
    tensors.push(named(name, "norm.bias", norm.shift.val()).await?);
    tensors.push(named(name, "norm.running_mean", norm.running_mean()).await?);
    tensors.push(named(name, "norm.running_var", norm.running_var()).await?);
    let name = format!("{name}.norm.num_batches_tracked");
    tensors.push(NamedTensor { name, shape: Vec::new(), values: vec![norm.batches() as f32] });
    Ok(())
}

async fn read_linear(
    name: &str,
    linear: &Linear,
    tensors: &mut Vec<NamedTensor>,
) -> Result<(), ExecutionError> {
    let weight = named(name, "weight", linear.weight.val()).await?;
    let parameter = Parameter::new(name, "weight", &linear.weight);
    tensors.push(parameter.to_pytorch(weight.name, weight.values));
    if let Some(bias) = &linear.bias {
        tensors.push(named(name, "bias", bias.val()).await?);
    }
    Ok(())
}

async fn named<const D: usize>(
    layer: &str,
    part: &str,
    tensor: Tensor<D>,
) -> Result<NamedTensor, ExecutionError> {
    let shape = tensor.dims().to_vec();
    let data = tensor.inner().into_data_async().await?;
    Ok(NamedTensor { name: format!("{layer}.{part}"), shape, values: data.iter::<f32>().collect() })
}
