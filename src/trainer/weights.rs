//! Weights in PyTorch's layouts (`network::init`, checkpoints), found by name and given in burn's.
//!
//! PyTorch keeps convolutions as OIHW, as burn does, and dense layers as `[out, in]`, where burn
//! has `[in, out]`. The transposition is done on the CPU, so that burn's matrices lie in order.

use std::collections::BTreeMap;

use burn::tensor::TensorData;

use crate::network::NamedTensor;

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

/// `[rows, columns]` → `[columns, rows]`, both row-major.
pub(super) fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}
