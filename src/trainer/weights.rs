//! Weights between PyTorch's layouts (`network::init`, checkpoints) and burn's.
//!
//! PyTorch keeps convolutions as OIHW, as burn does, and dense layers as `[out, in]`, where burn
//! has `[in, out]`. The transposition is done on the CPU, so that burn's matrices lie in order.

use std::collections::BTreeMap;

use burn::module::{Param, ParamId};
use burn::nn::Linear;
use burn::tensor::{ExecutionError, Tensor, TensorData};

use crate::network::NamedTensor;
use crate::trainer::model::{Layer, Network};
use crate::trainer::norm::Norm;

/// Why weights do not fit a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// A layer's tensor is not there.
    #[error("there is no tensor {0}")]
    Missing(String),
    /// A tensor has another shape than its layer.
    #[error("tensor {name} has shape {found:?}, expected {expected}")]
    Shape {
        /// Name of the tensor.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// What its layer takes.
        expected: String,
    },
}

/// Named tensors in PyTorch's layouts, found by name.
#[derive(Clone, Debug)]
pub struct Weights(BTreeMap<String, NamedTensor>);

impl FromIterator<NamedTensor> for Weights {
    fn from_iter<I: IntoIterator<Item = NamedTensor>>(tensors: I) -> Self {
        Self(tensors.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect())
    }
}

impl Weights {
    /// `<layer>.weight` of a convolution, `[channels, any, kernel, kernel]`.
    ///
    /// # Errors
    /// When it is missing or of another shape.
    pub fn kernel(&self, layer: &str, channels: usize, kernel: usize) -> Result<TensorData, WeightsError> {
        let expected = format!("[{channels}, _, {kernel}, {kernel}]");
        let tensor = self.find(
            layer,
            "weight",
            &expected,
            |shape| matches!(*shape, [o, _, h, w] if o == channels && h == kernel && w == kernel),
        )?;
        Ok(TensorData::new(tensor.values.clone(), tensor.shape.clone()))
    }

    /// `<layer>.weight` of a dense layer, given as `[units, in]`, returned as burn's `[in, units]`.
    ///
    /// # Errors
    /// When it is missing or of another shape.
    pub fn matrix(&self, layer: &str, units: usize) -> Result<TensorData, WeightsError> {
        let expected = format!("[{units}, _]");
        let tensor = self.find(layer, "weight", &expected, |shape| matches!(*shape, [o, _] if o == units))?;
        let inputs = tensor.values.len() / units.max(1);
        Ok(TensorData::new(transposed(&tensor.values, units, inputs), [inputs, units]))
    }

    /// `<layer>.<part>` of a convolution, a norm or a dense layer, `[units]`.
    ///
    /// # Errors
    /// When it is missing or of another shape.
    pub fn vector(&self, layer: &str, part: &str, units: usize) -> Result<TensorData, WeightsError> {
        let tensor = self.find(layer, part, &format!("[{units}]"), |shape| *shape == [units])?;
        Ok(TensorData::new(tensor.values.clone(), [units]))
    }

    /// `<layer>.<part>`, a single whole number of shape `[]`.
    ///
    /// # Errors
    /// When it is missing or of another shape.
    pub fn count(&self, layer: &str, part: &str) -> Result<u32, WeightsError> {
        let tensor = self.find(layer, part, "[]", <[usize]>::is_empty)?;
        Ok(tensor.values.iter().sum::<f32>() as u32)
    }

    fn find(
        &self,
        layer: &str,
        part: &str,
        expected: &str,
        fits: impl Fn(&[usize]) -> bool,
    ) -> Result<&NamedTensor, WeightsError> {
        let name = format!("{layer}.{part}");
        let tensor = self.0.get(&name).ok_or_else(|| WeightsError::Missing(name.clone()))?;
        let whole = tensor.shape.iter().product::<usize>() == tensor.values.len();
        if !whole || !fits(&tensor.shape) {
            let (found, expected) = (tensor.shape.clone(), expected.to_owned());
            return Err(WeightsError::Shape { name, found, expected });
        }
        Ok(tensor)
    }
}

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

/// `[rows, columns]` → `[columns, rows]`, both row-major.
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}
