//! Weights of an epoch as safetensors, with PyTorch's names and layouts.
//!
//! `safetensors.torch.load_file` gives a state dict; [`decode`] gives the weights back here.

use std::borrow::Cow;
use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, View};
use safetensors::{SafeTensorError, serialize};

use crate::cube::codec;
use crate::network::NamedTensor;

/// What a batch norm counts in a 64-bit integer, in PyTorch.
const COUNT: &str = "num_batches_tracked";

/// A tensor as safetensors wants to see it: little-endian.
struct Stored<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    bytes: Cow<'a, [u8]>,
}

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// The file for these weights; `epoch` and `model` go into its metadata.
///
/// # Errors
/// When a shape and its values disagree.
pub fn encode(tensors: &[NamedTensor], model: &str, epoch: u32) -> Result<Vec<u8>, SafeTensorError> {
    let metadata = HashMap::from([
        ("format".to_owned(), "pt".to_owned()),
        ("model".to_owned(), model.to_owned()),
        ("epoch".to_owned(), epoch.to_string()),
    ]);
    let views = tensors.iter().map(|tensor| {
        let (dtype, bytes) = if tensor.name.ends_with(COUNT) {
            (Dtype::I64, tensor.values.iter().flat_map(|value| (*value as i64).to_le_bytes()).collect())
        } else {
            (Dtype::F32, codec::encode(&tensor.values, f32::to_le_bytes))
        };
        (tensor.name.as_str(), Stored { dtype, shape: &tensor.shape, bytes: Cow::Owned(bytes) })
    });
    serialize(views, Some(metadata))
}

/// The weights of a file written by [`encode`], sorted by name.
///
/// # Errors
/// When it is not a safetensors file or holds anything but f32 and batch counts.
pub fn decode(file: &[u8]) -> Result<Vec<NamedTensor>, SafeTensorError> {
    let mut tensors = Vec::new();
    for (name, view) in SafeTensors::deserialize(file)?.tensors() {
        let values = match view.dtype() {
            Dtype::F32 => view.data().as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect(),
            Dtype::I64 if name.ends_with(COUNT) => {
                view.data().as_chunks().0.iter().map(|word| i64::from_le_bytes(*word) as f32).collect()
            }
            other => {
                let (shape, len) = (view.shape().to_vec(), view.data().len());
                return Err(SafeTensorError::InvalidTensorView(other, shape, len));
            }
        };
        tensors.push(NamedTensor { name, shape: view.shape().to_vec(), values });
    }
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tensors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights() -> Vec<NamedTensor> {
        vec![
            NamedTensor { name: "conv1.bias".to_owned(), shape: vec![2], values: vec![0.5, -1.0] },
            NamedTensor {
                name: "conv1.weight".to_owned(),
                shape: vec![2, 1, 1, 3],
                values: vec![1.0, 2.0, 3.0, f32::MIN_POSITIVE, -0.0, 6.0],
            },
            NamedTensor {
                name: "conv2.norm.num_batches_tracked".to_owned(),
                shape: Vec::new(),
                values: vec![7.0],
            },
        ]
    }

    #[test]
    fn weights_survive_the_file_bit_for_bit() {
        let file = encode(&weights(), "mnist-8", 3).unwrap();
        assert_eq!(decode(&file).unwrap(), weights());
    }

    #[test]
    fn the_file_says_which_epoch_it_is() {
        let file = encode(&weights(), "mnist-8", 3).unwrap();
        let (_, header) = SafeTensors::read_metadata(&file).unwrap();
        let metadata = header.metadata().clone().unwrap();
        assert_eq!(metadata["epoch"], "3");
        assert_eq!(metadata["format"], "pt");
    }

    #[test]
    fn batches_are_counted_in_64_bit_integers_as_in_pytorch() {
        let file = encode(&weights(), "cifar-13", 3).unwrap();
        let view = SafeTensors::deserialize(&file).unwrap();
        assert_eq!(view.tensor("conv2.norm.num_batches_tracked").unwrap().dtype(), Dtype::I64);
    }

    #[test]
    fn a_truncated_file_is_refused() {
        let file = encode(&weights(), "mnist-8", 3).unwrap();
        assert!(decode(&file[..file.len() - 4]).is_err());
    }

    #[test]
    fn a_shape_that_disagrees_with_its_values_is_refused() {
        let mut tensors = weights();
        tensors[0].shape = vec![3];
        assert!(encode(&tensors, "mnist-8", 0).is_err());
    }
}
