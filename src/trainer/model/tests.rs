//! The network against a plain f64 implementation of the same layers, written from their definitions.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::GradientsParams;
use burn::tensor::{Int, TensorData};

use super::*;
use crate::dataset::ImageShape;
use crate::network::{NamedTensor, initial_weights};

/// f32 against f64 over a few hundred additions.
const FORWARD_TOLERANCE: f64 = 1e-5;
/// Central differences of a loss computed in f64.
const GRADIENT_TOLERANCE: f64 = 1e-4;

const SIDE: usize = 6;
const LABELS: [usize; 2] = [2, 0];

fn spec() -> NetworkSpec {
    let activation = Activation::Tanh;
    NetworkSpec {
        name: "small".to_owned(),
        input: ImageShape { channels: 2, height: SIDE, width: SIDE },
        layers: vec![
            LayerSpec::Conv { channels: 3, kernel: 3, stride: 1, norm: false, activation, skip: 0 },
            LayerSpec::MaxPool { size: 2, dropout: 0.0 },
            LayerSpec::Dense { units: 4, activation: Activation::Tanh, dropout: 0.0 },
            LayerSpec::Output { classes: 3 },
        ],
    }
}

fn weights() -> Vec<NamedTensor> {
    let mut tensors = initial_weights(&spec(), 5).unwrap();
    // Biases start at zero; others tell rows and columns apart.
    for tensor in &mut tensors {
        if tensor.name.ends_with("bias") {
            tensor.values.iter_mut().enumerate().for_each(|(i, value)| *value = 0.1 * i as f32 - 0.05);
        }
    }
    tensors
}

fn images() -> Vec<f32> {
    (0..2 * 2 * SIDE * SIDE).map(|i| ((i * 37 + 11) % 97) as f32 / 97.0).collect()
}

fn network(device: &Device) -> Network {
    Network::new(&spec(), &weights().into_iter().collect(), device).unwrap()
}

fn images_tensor(device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(images(), [2, 2, SIDE, SIDE]), device)
}

/// `[C, H, W]` in f64.
struct Maps {
    side: usize,
    values: Vec<f64>,
}

fn plain_conv(input: &Maps, weight: &[f64], bias: &[f64]) -> Maps {
    let (side, channels_in) = (input.side, input.values.len() / (input.side * input.side));
    let mut values = Vec::new();
    for (channel, offset) in bias.iter().enumerate() {
        for row in 0..side {
            for column in 0..side {
                let mut sum = *offset;
                for (from, tap) in (0..channels_in).flat_map(|c| (0..9).map(move |tap| (c, tap))) {
                    // 3×3, zero padding 1.
                    let (Some(r), Some(c)) =
                        ((row + tap / 3).checked_sub(1), (column + tap % 3).checked_sub(1))
                    else {
                        continue;
                    };
                    if r < side && c < side {
                        let kernel = weight[(channel * channels_in + from) * 9 + tap];
                        sum += kernel * input.values[(from * side + r) * side + c];
                    }
                }
                values.push(sum.tanh());
            }
        }
    }
    Maps { side, values }
}

fn plain_pool(input: &Maps) -> Maps {
    let side = input.side / 2;
    let channels = input.values.len() / (input.side * input.side);
    let mut values = Vec::new();
    for channel in 0..channels {
        for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
            let at = |r: usize, c: usize| {
                input.values[(channel * input.side + 2 * row + r) * input.side + 2 * column + c]
            };
            values.push(at(0, 0).max(at(0, 1)).max(at(1, 0)).max(at(1, 1)));
        }
    }
    Maps { side, values }
}

fn plain_dense(input: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let rows = weight.chunks_exact(input.len()).zip(bias);
    rows.map(|(row, offset)| offset + row.iter().zip(input).map(|(w, x)| w * x).sum::<f64>()).collect()
}

fn plain_logits(weights: &[Vec<f64>], image: &[f64]) -> Vec<f64> {
    let input = Maps { side: SIDE, values: image.to_vec() };
    let pooled = plain_pool(&plain_conv(&input, &weights[0], &weights[1]));
    let hidden = plain_dense(&pooled.values, &weights[2], &weights[3]);
    let hidden: Vec<f64> = hidden.into_iter().map(f64::tanh).collect();
    plain_dense(&hidden, &weights[4], &weights[5])
}

/// Mean cross-entropy in nats.
fn plain_loss(weights: &[Vec<f64>]) -> f64 {
    let images: Vec<f64> = images().into_iter().map(f64::from).collect();
    let per_image = images.chunks_exact(2 * SIDE * SIDE).zip(LABELS).map(|(image, label)| {
        let logits = plain_logits(weights, image);
        logits.iter().map(|z| z.exp()).sum::<f64>().ln() - logits[label]
    });
    per_image.sum::<f64>() / LABELS.len() as f64
}

fn plain_weights() -> Vec<Vec<f64>> {
    weights().iter().map(|tensor| tensor.values.iter().map(|&value| f64::from(value)).collect()).collect()
}

#[test]
fn logits_are_those_of_the_definitions() {
    let device = Device::flex();
    let logits = network(&device)
        .logits(images_tensor(&device), Mode::Evaluation)
        .into_data()
        .try_into_vec::<f32>()
        .unwrap();
    let images: Vec<f64> = images().into_iter().map(f64::from).collect();
    let expected =
        images.chunks_exact(2 * SIDE * SIDE).flat_map(|image| plain_logits(&plain_weights(), image));
    for (found, expected) in logits.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() < FORWARD_TOLERANCE, "{found} {expected}");
    }
}

#[test]
fn layer_after_layer_gives_the_softmax_of_the_logits() {
    let device = Device::flex();
    let network = network(&device);
    let mut signal = Signal::new(images_tensor(&device));
    for shape in spec().shapes().unwrap() {
        network.advance(&mut signal);
        assert_eq!(signal.output().dims(), [2, shape.channels, shape.height, shape.width]);
    }
    assert_eq!(signal.layer(), network.depth());
    let probabilities = signal.output().into_data().try_into_vec::<f32>().unwrap();
    let logits =
        network.logits(images_tensor(&device), Mode::Evaluation).into_data().try_into_vec::<f32>().unwrap();
    for (row, scores) in probabilities.chunks_exact(3).zip(logits.chunks_exact(3)) {
        let total: f32 = scores.iter().map(|score| score.exp()).sum();
        for (probability, score) in row.iter().zip(scores) {
            assert!((probability - score.exp() / total).abs() < 1e-6);
        }
    }
}

#[test]
fn gradients_are_the_differences_of_the_loss() {
    let device = Device::flex().autodiff();
    let network = network(&device);
    let labels = Tensor::<1, Int>::from_ints([2, 0], &device);
    let loss = CrossEntropyLossConfig::new()
        .init(&device)
        .forward(network.logits(images_tensor(&device), Mode::Evaluation), labels);
    let gradients = GradientsParams::from_grads(loss.backward(), &network);

    let (Layer::Conv(conv), Layer::Dense(dense)) = (&network.layers[0], &network.layers[2]) else {
        panic!("the network has other layers")
    };
    let kernel = gradients.get::<4>(conv.convolution.weight.id).unwrap().into_data();
    let bias = gradients.get::<1>(conv.convolution.bias.as_ref().unwrap().id).unwrap().into_data();
    let matrix = gradients.get::<2>(dense.linear.weight.id).unwrap().transpose().into_data();
    for (index, gradient) in [(0, kernel), (1, bias), (2, matrix)] {
        for (position, found) in gradient.iter::<f32>().enumerate() {
            let mut weights = plain_weights();
            let step = 1e-4;
            weights[index][position] += step;
            let above = plain_loss(&weights);
            weights[index][position] -= 2.0 * step;
            let expected = (above - plain_loss(&weights)) / (2.0 * step);
            let difference = (f64::from(found) - expected).abs();
            assert!(difference < GRADIENT_TOLERANCE, "{index}.{position}: {found} {expected}");
        }
    }
}

#[test]
fn weights_read_back_are_the_weights_put_in() {
    let read =
        pollster::block_on(crate::trainer::weights::read(&network(&Device::flex().autodiff()))).unwrap();
    assert_eq!(read, weights());
}

#[test]
fn missing_and_misshapen_weights_are_named() {
    let device = Device::flex();
    let mut tensors = weights();
    let dense = tensors.iter().position(|tensor| tensor.name == "dense1.weight").unwrap();
    tensors[dense].shape = vec![27, 4];
    let error = Network::new(&spec(), &tensors.clone().into_iter().collect(), &device).unwrap_err();
    assert_eq!(error.to_string(), "tensor dense1.weight has shape [27, 4], expected [4, _]");
    tensors.remove(dense);
    let error = Network::new(&spec(), &tensors.into_iter().collect(), &device).unwrap_err();
    assert_eq!(error, WeightsError::Missing("dense1.weight".to_owned()).into());
}

#[test]
fn a_network_without_an_output_is_refused() {
    let mut headless = spec();
    headless.layers.pop();
    let error = Network::new(&headless, &weights().into_iter().collect(), &Device::flex()).unwrap_err();
    assert_eq!(error, ModelError::Network(NetworkError::NoOutput));
}
