//! A small network of its own, so that these tests need no tensor library: two convolutions with random kernels, each
//! followed by ReLU and max-pooling, and two dense layers that are trained by gradient descent.

use cnnslicer::dataset::Samples;

/// Name, kind, channels, and side of a map or number of units, of layers 1 … 6.
pub const LAYERS: [(&str, &str, usize, usize); 6] = [
    ("conv1", "conv", 4, SIDE),
    ("pool1", "max_pool", 4, SIDE / 2),
    ("conv2", "conv", 8, SIDE / 2),
    ("pool2", "max_pool", 8, SIDE / 4),
    ("dense1", "dense", 1, HIDDEN),
    ("probabilities", "output", 1, CLASSES),
];

const SIDE: usize = 28;
const CLASSES: usize = 10;
const HIDDEN: usize = 48;
const FEATURES: usize = 8 * (SIDE / 4) * (SIDE / 4);
const RATE: f32 = 0.01;

pub struct Network {
    kernels: [Vec<f32>; 2],
    /// `[HIDDEN, FEATURES]`
    hidden: Vec<f32>,
    /// `[CLASSES, HIDDEN]`
    output: Vec<f32>,
}

impl Network {
    pub fn untrained() -> Self {
        let mut state = 7_u64;
        let mut normal = |scale: f32| {
            let uniform = |state: &mut u64| {
                *state =
                    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (*state >> 40) as f32 / 16_777_216.0
            };
            scale * ((0..12).map(|_| uniform(&mut state)).sum::<f32>() - 6.0)
        };
        let mut weights = |n: usize, scale: f32| (0..n).map(|_| normal(scale)).collect::<Vec<f32>>();
        Self {
            kernels: [weights(4 * 9, 0.5), weights(8 * 4 * 9, 0.25)],
            hidden: weights(HIDDEN * FEATURES, 0.06),
            output: weights(CLASSES * HIDDEN, 0.15),
        }
    }

    /// After so many epochs, one image at a time.
    pub fn trained(samples: &Samples, epochs: usize) -> Self {
        let mut network = Self::untrained();
        let features: Vec<Vec<f32>> =
            pixels(samples).map(|image| network.features(&image)[3].clone()).collect();
        for _ in 0..epochs {
            for (features, &label) in features.iter().zip(&samples.labels) {
                network.step(features, usize::from(label));
            }
        }
        network
    }

    fn step(&mut self, features: &[f32], label: usize) {
        let (hidden, probabilities) = self.dense(features);
        let mut back = [0.0; HIDDEN];
        for (class, weights) in self.output.chunks_exact_mut(HIDDEN).enumerate() {
            let error = probabilities[class] - if class == label { 1.0 } else { 0.0 };
            for ((weight, back), &value) in weights.iter_mut().zip(&mut back).zip(&hidden) {
                *back += error * *weight;
                *weight -= RATE * error * value;
            }
        }
        for (unit, weights) in self.hidden.chunks_exact_mut(FEATURES).enumerate() {
            if hidden[unit] > 0.0 {
                weights
                    .iter_mut()
                    .zip(features)
                    .for_each(|(weight, &value)| *weight -= RATE * back[unit] * value);
            }
        }
    }

    /// Of each layer, of each image, its output.
    pub fn outputs(&self, samples: &Samples) -> Vec<Vec<Vec<f32>>> {
        let mut outputs = vec![Vec::new(); LAYERS.len()];
        for image in pixels(samples) {
            let maps = self.features(&image);
            let (hidden, probabilities) = self.dense(&maps[3]);
            for (outputs, output) in outputs.iter_mut().zip(maps.into_iter().chain([hidden, probabilities])) {
                outputs.push(output);
            }
        }
        outputs
    }

    pub fn accuracy(&self, samples: &Samples) -> f64 {
        let guesses = self.outputs(samples).swap_remove(5);
        let guess = |p: &Vec<f32>| (0..CLASSES).max_by(|&a, &b| p[a].total_cmp(&p[b])).unwrap();
        let right = guesses.iter().zip(&samples.labels).filter(|(p, label)| guess(p) == usize::from(**label));
        right.count() as f64 / samples.len() as f64
    }

    fn features(&self, image: &[f32]) -> [Vec<f32>; 4] {
        let conv1 = convolved(image, 1, SIDE, &self.kernels[0], 4);
        let pool1 = pooled(&conv1, SIDE);
        let conv2 = convolved(&pool1, 4, SIDE / 2, &self.kernels[1], 8);
        let pool2 = pooled(&conv2, SIDE / 2);
        [conv1, pool1, conv2, pool2]
    }

    fn dense(&self, features: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let hidden: Vec<f32> =
            self.hidden.chunks_exact(FEATURES).map(|weights| dot(weights, features).max(0.0)).collect();
        let logits: Vec<f32> =
            self.output.chunks_exact(HIDDEN).map(|weights| dot(weights, &hidden)).collect();
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let raised: Vec<f32> = logits.iter().map(|logit| (logit - largest).exp()).collect();
        let sum: f32 = raised.iter().sum();
        (hidden, raised.iter().map(|value| value / sum).collect())
    }
}

fn pixels(samples: &Samples) -> impl Iterator<Item = Vec<f32>> + '_ {
    samples
        .images
        .chunks_exact(SIDE * SIDE)
        .map(|image| image.iter().map(|&v| f32::from(v) / 255.0).collect())
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// 3 × 3 with a margin of zeros, then ReLU.
fn convolved(maps: &[f32], channels: usize, side: usize, kernels: &[f32], n: usize) -> Vec<f32> {
    let mut sums = vec![0.0_f32; n * side * side];
    for (at, &weight) in kernels.iter().enumerate() {
        let (kernel, row, column) = (at / 9, at % 9 / 3, at % 3);
        let (out, channel) = (kernel / channels, kernel % channels);
        for y in (0..side).filter(|y| (1..=side).contains(&(y + row))) {
            for x in (0..side).filter(|x| (1..=side).contains(&(x + column))) {
                sums[(out * side + y) * side + x] +=
                    weight * maps[(channel * side + y + row - 1) * side + x + column - 1];
            }
        }
    }
    sums.iter().map(|sum| sum.max(0.0)).collect()
}

/// The largest of each 2 × 2.
fn pooled(maps: &[f32], side: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = maps.chunks_exact(side).collect();
    let pair = |rows: &[&[f32]]| -> Vec<f32> {
        (0..side / 2)
            .map(|x| rows.iter().flat_map(|row| &row[2 * x..2 * x + 2]).copied().fold(f32::MIN, f32::max))
            .collect()
    };
    rows.chunks_exact(2).flat_map(pair).collect()
}
