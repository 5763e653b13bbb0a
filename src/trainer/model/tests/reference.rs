//! The same layers in f64 on plain arrays, written from their definitions; independent of burn.

use std::collections::HashMap;

use ndarray::{Array2, Array4, ArrayView3, Axis, s};

use crate::network::{Activation, LayerSpec, NamedTensor, NetworkSpec};

/// PyTorch's ε of batch norm.
const EPSILON: f64 = 1e-5;

/// Weights by name, row-major.
pub type Weights = HashMap<String, Vec<f64>>;

pub fn weights(tensors: &[NamedTensor]) -> Weights {
    let values = |tensor: &NamedTensor| tensor.values.iter().map(|&value| f64::from(value)).collect();
    tensors.iter().map(|tensor| (tensor.name.clone(), values(tensor))).collect()
}

/// Outputs of layers 1 … |L| `[n, C, H, W]`, logits at the last. With `masks` (one a layer) as in training.
pub fn outputs(
    spec: &NetworkSpec,
    weights: &Weights,
    images: &Array4<f64>,
    masks: Option<&[Option<Array4<f64>>]>,
) -> Vec<Array4<f64>> {
    let mut outputs = vec![images.clone()];
    for (position, (layer, summary)) in spec.layers.iter().zip(spec.summaries().unwrap()).enumerate() {
        let part = |part: &str| weights.get(&format!("{}.{part}", summary.name));
        let input = &outputs[position];
        let mut output = match *layer {
            LayerSpec::Conv { kernel, stride, activation, skip, .. } => {
                let mut maps = convolution(input, &part("weight").unwrap()[..], kernel, stride);
                if let Some(bias) = part("bias") {
                    each_channel(&mut maps, |channel, value| value + bias[channel]);
                }
                if let (Some(scale), Some(shift)) = (part("norm.weight"), part("norm.bias")) {
                    let (mean, variance) = match masks {
                        Some(_) => statistics(&maps),
                        None => (
                            part("norm.running_mean").unwrap().clone(),
                            part("norm.running_var").unwrap().clone(),
                        ),
                    };
                    each_channel(&mut maps, |c, value| {
                        (value - mean[c]) / (variance[c] + EPSILON).sqrt() * scale[c] + shift[c]
                    });
                }
                if skip > 0 {
                    let from = &outputs[position + 1 - skip];
                    let mut channels = maps.slice_mut(s![.., ..from.dim().1, .., ..]);
                    channels += from;
                }
                maps.mapv(|value| activate(activation, value))
            }
            LayerSpec::MaxPool { size, .. } => {
                pool(input, size, |block| block.fold(f64::MIN, |a, &b| a.max(b)))
            }
            LayerSpec::AvgPool { size, .. } => pool(input, size, |block| block.sum() / block.len() as f64),
            LayerSpec::Dense { activation, .. } => {
                let units = dense(input, &part("weight").unwrap()[..], &part("bias").unwrap()[..]);
                units.mapv(|value| activate(activation, value))
            }
            LayerSpec::Output { .. } => {
                dense(input, &part("weight").unwrap()[..], &part("bias").unwrap()[..])
            }
        };
        if let Some(Some(mask)) = masks.map(|masks| &masks[position]) {
            output *= mask;
        }
        outputs.push(output);
    }
    outputs.split_off(1)
}

/// Mean cross-entropy of logits `[n, 1, 1, K]` in nats.
pub fn loss(logits: &Array4<f64>, labels: &[usize]) -> f64 {
    let rows = logits.outer_iter().zip(labels);
    let sum: f64 =
        rows.map(|(row, &label)| row.iter().map(|z| z.exp()).sum::<f64>().ln() - row[[0, 0, label]]).sum();
    sum / labels.len() as f64
}

/// Mean and biased variance of each channel over images and places.
pub fn statistics(maps: &Array4<f64>) -> (Vec<f64>, Vec<f64>) {
    let channels = maps.axis_iter(Axis(1));
    channels
        .map(|channel| {
            let mean = channel.sum() / channel.len() as f64;
            (mean, channel.fold(0.0, |sum, value| sum + (value - mean).powi(2)) / channel.len() as f64)
        })
        .unzip()
}

/// Zero padding of half the kernel on every side; no bias.
pub fn convolution(input: &Array4<f64>, weight: &[f64], kernel: usize, stride: usize) -> Array4<f64> {
    let (n, from, height, width) = input.dim();
    let channels = weight.len() / (from * kernel * kernel);
    let half = kernel / 2;
    let value = |image: usize, channel: usize, row: usize, column: usize| {
        let mut sum = 0.0;
        for (c, i, j) in taps(from, kernel) {
            let (r, q) = (row * stride + i, column * stride + j);
            if r >= half && q >= half && r - half < height && q - half < width {
                sum += weight[((channel * from + c) * kernel + i) * kernel + j]
                    * input[[image, c, r - half, q - half]];
            }
        }
        sum
    };
    let shape = (n, channels, height.div_ceil(stride), width.div_ceil(stride));
    Array4::from_shape_fn(shape, |(image, channel, row, column)| value(image, channel, row, column))
}

fn taps(channels: usize, kernel: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..channels * kernel * kernel).map(move |at| (at / kernel / kernel, at / kernel % kernel, at % kernel))
}

fn pool(input: &Array4<f64>, size: usize, reduce: impl Fn(ArrayView3<'_, f64>) -> f64) -> Array4<f64> {
    let (n, channels, height, width) = input.dim();
    Array4::from_shape_fn((n, channels, height / size, width / size), |(image, channel, row, column)| {
        let (row, column) = (row * size, column * size);
        reduce(input.slice(s![image, channel..=channel, row..row + size, column..column + size]))
    })
}

fn dense(input: &Array4<f64>, weight: &[f64], bias: &[f64]) -> Array4<f64> {
    let n = input.dim().0;
    let flat: Vec<f64> = input.iter().copied().collect();
    let inputs = flat.len() / n;
    let flat = Array2::from_shape_vec((n, inputs), flat).unwrap();
    let value = |image: usize, unit: usize| {
        let row = &weight[unit * inputs..(unit + 1) * inputs];
        bias[unit] + row.iter().zip(flat.row(image)).map(|(w, x)| w * x).sum::<f64>()
    };
    Array4::from_shape_fn((n, 1, 1, bias.len()), |(image, _, _, unit)| value(image, unit))
}

fn each_channel(maps: &mut Array4<f64>, change: impl Fn(usize, f64) -> f64) {
    for ((_, channel, _, _), value) in maps.indexed_iter_mut() {
        *value = change(channel, *value);
    }
}

fn activate(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu if x < 0.0 => 0.01 * x,
        Activation::LeakyRelu => x,
        Activation::Tanh => x.tanh(),
        Activation::Gelu => 0.5 * x * (1.0 + libm::erf(x / 2.0_f64.sqrt())),
    }
}
