//! Initial weights, drawn on the CPU from the run's seed: every backend starts from the same ones.
//!
//! Names and layouts are PyTorch's: `conv1.weight` `[out, in, kernel, kernel]`, `conv1.bias` `[out]`,
//! `dense1.weight` `[out, in]` with `in` flattened from `[C, H, W]`. A convolution with batch norm has
//! `conv1.norm.weight` (ones) and `conv1.norm.bias` (zeros) in place of a bias, and the norm's running
//! statistics, which are not learnt: `conv1.norm.running_mean` (zeros), `conv1.norm.running_var` (ones) and
//! `conv1.norm.num_batches_tracked` (0, of shape `[]`).
//!
//! Weights are uniform in ±gain·√(3 / `fan_in`) (He et al. 2015, "Delving Deep into Rectifiers",
//! eq. 10, in its uniform form), which keeps the variance of activations from layer to layer; gain
//! is √2 for ReLU and its kin and 5/3 for tanh. The output layer has gain 1/√3, PyTorch's default,
//! so that the first predictions are nearly uniform. Biases start at zero.

use super::{Activation, LayerSpec, LayerSummary, NetworkError, NetworkSpec};
use crate::dataset::ImageShape;
use crate::dataset::random::{Purpose, Random};

/// A weight array with its name, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// `conv1.weight`, …
    pub name: String,
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// As many values as the shape says.
    pub values: Vec<f32>,
}

/// All weights and running statistics of a network in the order of its layers, drawn from `seed`.
///
/// Each layer has its own random sequence: changing one layer leaves the others' weights as they were
/// (as far as their shapes stay).
///
/// # Errors
/// When the network is impossible; the error names the layer and the reason.
pub fn initial_weights(spec: &NetworkSpec, seed: u64) -> Result<Vec<NamedTensor>, NetworkError> {
    let mut input = spec.input;
    let mut tensors = Vec::new();
    for (layer, summary) in spec.layers.iter().zip(spec.summaries()?) {
        let mut random = Random::new(seed, Purpose::Weights, &[summary.index as u64]);
        tensors.extend(layer_weights(layer, &summary, input, &mut random));
        input = summary.shape;
    }
    Ok(tensors)
}

/// Whether a tensor of this name holds a batch norm's running statistics, which are not learnt.
pub fn is_statistic(name: &str) -> bool {
    ["running_mean", "running_var", "num_batches_tracked"].iter().any(|part| name.ends_with(part))
}

fn layer_weights(
    layer: &LayerSpec,
    summary: &LayerSummary,
    input: ImageShape,
    random: &mut Random,
) -> Vec<NamedTensor> {
    let name = &summary.name;
    match *layer {
        LayerSpec::Conv { channels, kernel, norm, activation, .. } => {
            let shape = vec![channels, input.channels, kernel, kernel];
            let weight = uniform(format!("{name}.weight"), shape, gain(activation), random);
            if norm {
                let part = |part: &str, value| constant(format!("{name}.norm.{part}"), channels, value);
                let tracked = format!("{name}.norm.num_batches_tracked");
                vec![
                    weight,
                    part("weight", 1.0),
                    part("bias", 0.0),
                    part("running_mean", 0.0),
                    part("running_var", 1.0),
                    NamedTensor { name: tracked, shape: Vec::new(), values: vec![0.0] },
                ]
            } else {
                vec![weight, constant(format!("{name}.bias"), channels, 0.0)]
            }
        }
        LayerSpec::MaxPool { .. } | LayerSpec::AvgPool { .. } => Vec::new(),
        LayerSpec::Dense { units, activation, .. } => {
            dense_weights(name, units, input.len(), gain(activation), random)
        }
        LayerSpec::Output { classes } => {
            dense_weights(name, classes, input.len(), 1.0 / 3.0_f32.sqrt(), random)
        }
    }
}

fn dense_weights(
    name: &str,
    outputs: usize,
    inputs: usize,
    gain: f32,
    random: &mut Random,
) -> Vec<NamedTensor> {
    let weight = uniform(format!("{name}.weight"), vec![outputs, inputs], gain, random);
    vec![weight, constant(format!("{name}.bias"), outputs, 0.0)]
}

fn uniform(name: String, shape: Vec<usize>, gain: f32, random: &mut Random) -> NamedTensor {
    let fan_in: usize = shape[1..].iter().product();
    let bound = gain * (3.0 / fan_in as f32).sqrt();
    let count = shape.iter().product();
    let values = (0..count).map(|_| random.between(-bound, bound)).collect();
    NamedTensor { name, shape, values }
}

fn constant(name: String, len: usize, value: f32) -> NamedTensor {
    NamedTensor { name, shape: vec![len], values: vec![value; len] }
}

/// PyTorch's `calculate_gain`; it gives none for GELU, for which ReLU's is usual.
fn gain(activation: Activation) -> f32 {
    match activation {
        Activation::Relu | Activation::Gelu => 2.0_f32.sqrt(),
        Activation::LeakyRelu => (2.0_f32 / (1.0 + 0.01 * 0.01)).sqrt(),
        Activation::Tanh => 5.0 / 3.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::presets::mnist_8;

    fn weights(seed: u64) -> Vec<NamedTensor> {
        initial_weights(&mnist_8(ImageShape { channels: 1, height: 28, width: 28 }, 10), seed).unwrap()
    }

    #[test]
    fn names_and_layouts_are_pytorchs() {
        let described: Vec<(String, Vec<usize>)> =
            weights(1).into_iter().map(|tensor| (tensor.name, tensor.shape)).collect();
        let expected: [(&str, &[usize]); 12] = [
            ("conv1.weight", &[16, 1, 3, 3]),
            ("conv1.bias", &[16]),
            ("conv2.weight", &[16, 16, 3, 3]),
            ("conv2.bias", &[16]),
            ("conv3.weight", &[32, 16, 3, 3]),
            ("conv3.bias", &[32]),
            ("conv4.weight", &[32, 32, 3, 3]),
            ("conv4.bias", &[32]),
            ("dense1.weight", &[64, 1568]),
            ("dense1.bias", &[64]),
            ("probabilities.weight", &[10, 64]),
            ("probabilities.bias", &[10]),
        ];
        assert_eq!(described, expected.map(|(name, shape)| (name.to_owned(), shape.to_vec())));
    }

    #[test]
    fn there_are_as_many_weights_as_the_network_counts_parameters() {
        let spec = NetworkSpec {
            name: "normed".into(),
            input: ImageShape { channels: 3, height: 8, width: 8 },
            layers: vec![
                LayerSpec::Conv {
                    channels: 4,
                    kernel: 3,
                    stride: 2,
                    norm: true,
                    activation: Activation::Tanh,
                    skip: 0,
                },
                LayerSpec::Dense { units: 5, activation: Activation::Gelu, dropout: 0.5 },
                LayerSpec::Output { classes: 3 },
            ],
        };
        let tensors = initial_weights(&spec, 1).unwrap();
        let learnt = tensors.iter().filter(|tensor| !is_statistic(&tensor.name));
        let drawn: usize = learnt.map(|tensor| tensor.values.len()).sum();
        assert_eq!(drawn as u64, spec.parameters().unwrap());
    }

    #[test]
    fn hidden_weights_have_the_variance_of_he_and_stay_in_bounds() {
        for (index, fan_in) in [(4, 144.0_f64), (8, 1568.0)] {
            let tensor = &weights(3)[index];
            let squares: f64 = tensor.values.iter().map(|&w| f64::from(w) * f64::from(w)).sum();
            let variance = squares / tensor.values.len() as f64;
            assert!((variance * fan_in / 2.0 - 1.0).abs() < 0.05, "{}: {variance}", tensor.name);
            let bound = (6.0 / fan_in).sqrt() as f32;
            assert!(tensor.values.iter().all(|w| w.abs() <= bound));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_weights_and_another_seed_others() {
        assert_eq!(weights(1), weights(1));
        assert_ne!(weights(1)[0], weights(2)[0]);
        assert_ne!(weights(1)[2].values[..9], weights(1)[0].values[..9]);
    }

    #[test]
    fn an_impossible_network_has_no_weights() {
        let spec = NetworkSpec {
            layers: Vec::new(),
            ..mnist_8(ImageShape { channels: 1, height: 8, width: 8 }, 10)
        };
        assert_eq!(initial_weights(&spec, 1).unwrap_err(), NetworkError::NoOutput);
    }
}
