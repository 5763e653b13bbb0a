//! Every kind of layer, forward and backward, against `reference`.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::GradientsParams;
use burn::tensor::{Int, TensorData};
use ndarray::Array4;

use super::*;
use crate::network::{NamedTensor, initial_weights};
use crate::trainer::parameters::{parameters, read};

mod reference;

/// f32 against f64 over a few hundred additions.
const FORWARD_TOLERANCE: f64 = 2e-5;
/// Central differences of a loss computed in f64 against gradients in f32.
const GRADIENT_TOLERANCE: f64 = 1e-4;
/// Of the central differences.
const STEP: f64 = 1e-5;

const SIDE: usize = 6;
const CHANNELS: usize = 2;
const LABELS: [usize; 3] = [2, 0, 1];
const OUTPUT: LayerSpec = LayerSpec::Output { classes: 3 };

const CONV: LayerSpec =
    LayerSpec::Conv { channels: 3, kernel: 3, stride: 1, norm: false, activation: Activation::Tanh, skip: 0 };

fn conv(channels: usize, norm: bool, activation: Activation, skip: usize) -> LayerSpec {
    LayerSpec::Conv { channels, kernel: 3, stride: 1, norm, activation, skip }
}

fn spec(layers: &[LayerSpec]) -> NetworkSpec {
    let input = ImageShape { channels: CHANNELS, height: SIDE, width: SIDE };
    NetworkSpec { name: "small".to_owned(), input, layers: layers.to_vec() }
}

/// A network for every kind of layer and every option of it.
fn kinds() -> Vec<(&'static str, NetworkSpec)> {
    let plain = |kernel, stride| LayerSpec::Conv {
        channels: 3,
        kernel,
        stride,
        norm: false,
        activation: Activation::Tanh,
        skip: 0,
    };
    let relu = Activation::Relu;
    let (dense, activation) = (|activation| LayerSpec::Dense { units: 4, activation, dropout: 0.25 }, relu);
    vec![
        ("output alone", spec(&[OUTPUT])),
        ("3×3 convolution", spec(&[CONV, OUTPUT])),
        ("5×5 convolution", spec(&[plain(5, 1), OUTPUT])),
        ("1×1 convolution", spec(&[plain(1, 1), OUTPUT])),
        ("stride 2", spec(&[plain(3, 2), OUTPUT])),
        ("ReLU", spec(&[conv(3, false, activation, 0), OUTPUT])),
        ("leaky ReLU", spec(&[conv(3, false, Activation::LeakyRelu, 0), OUTPUT])),
        ("GELU", spec(&[conv(3, false, Activation::Gelu, 0), OUTPUT])),
        ("batch norm", spec(&[conv(3, true, Activation::Tanh, 0), OUTPUT])),
        ("batch norm twice", spec(&[conv(3, true, relu, 0), conv(2, true, relu, 0), OUTPUT])),
        ("skip over one", spec(&[CONV, conv(3, true, relu, 1), OUTPUT])),
        ("skip over two with more channels", spec(&[CONV, conv(4, true, relu, 2), OUTPUT])),
        ("skip from the middle", spec(&[CONV, CONV, conv(5, false, relu, 2), CONV, OUTPUT])),
        ("max-pooling", spec(&[CONV, LayerSpec::MaxPool { size: 2, dropout: 0.0 }, OUTPUT])),
        ("max-pooling with a rest", spec(&[CONV, LayerSpec::MaxPool { size: 4, dropout: 0.0 }, OUTPUT])),
        ("average pooling", spec(&[CONV, LayerSpec::AvgPool { size: 3, dropout: 0.0 }, OUTPUT])),
        ("dropout", spec(&[CONV, LayerSpec::MaxPool { size: 2, dropout: 0.5 }, dense(relu), OUTPUT])),
        ("dense", spec(&[dense(Activation::Gelu), dense(Activation::Tanh), OUTPUT])),
    ]
}

/// Initial weights with biases and statistics that tell channels apart.
fn weights(spec: &NetworkSpec) -> Vec<NamedTensor> {
    let mut tensors = initial_weights(spec, 5).unwrap();
    for tensor in &mut tensors {
        let offset = match tensor.name.rsplit('.').next() {
            Some("bias" | "running_mean") => 0.1,
            Some("running_var") => 0.3,
            _ if tensor.name.ends_with("norm.weight") => -0.2,
            _ => continue,
        };
        (1_i16..).zip(&mut tensor.values).for_each(|(i, value)| *value += offset * f32::from(i));
    }
    tensors
}

fn pixels() -> Vec<f32> {
    (0..LABELS.len() * CHANNELS * SIDE * SIDE).map(|i| ((i * 37 + 11) % 97) as f32 / 97.0).collect()
}

fn images() -> Array4<f64> {
    let values = pixels().into_iter().map(f64::from).collect();
    Array4::from_shape_vec((LABELS.len(), CHANNELS, SIDE, SIDE), values).unwrap()
}

fn images_tensor(device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(pixels(), [LABELS.len(), CHANNELS, SIDE, SIDE]), device)
}

fn network(spec: &NetworkSpec, device: &Device) -> Network {
    Network::new(spec, &weights(spec).into_iter().collect(), device).unwrap()
}

/// A mask for every layer with dropout: every third value dropped.
fn masks(network: &Network) -> Vec<Option<Array4<f64>>> {
    let masks = network.dropouts().iter().map(|dropout| {
        let ImageShape { channels, height, width } = (*dropout)?.shape;
        let kept = |at: usize| if at % 3 == 1 { 0.0 } else { 1.5 };
        let (shape, len) = ((LABELS.len(), channels, height, width), channels * height * width);
        Some(Array4::from_shape_fn(shape, |(n, c, h, w)| kept(n * len + (c * height + h) * width + w)))
    });
    masks.collect()
}

fn tensors(masks: &[Option<Array4<f64>>], device: &Device) -> Vec<Option<Tensor<4>>> {
    let tensor = |mask: &Array4<f64>| {
        let (n, c, h, w) = mask.dim();
        let values: Vec<f32> = mask.iter().map(|&value| value as f32).collect();
        Tensor::from_data(TensorData::new(values, [n, c, h, w]), device)
    };
    masks.iter().map(|mask| mask.as_ref().map(tensor)).collect()
}

fn assert_close(kind: &str, found: &[f32], expected: &Array4<f64>) {
    assert_eq!(found.len(), expected.len(), "{kind}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() < FORWARD_TOLERANCE, "{kind}: {found} {expected}");
    }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[test]
fn every_kind_of_layer_evaluates_as_defined() {
    let device = Device::flex();
    for (kind, spec) in kinds() {
        let network = network(&spec, &device);
        let expected = reference::outputs(&spec, &reference::weights(&weights(&spec)), &images(), None);
        let mut signal = Signal::new(images_tensor(&device));
        for expected in &expected[..expected.len() - 1] {
            network.advance(&mut signal);
            assert_close(kind, &values(signal.output()), expected);
        }
        let logits = network.logits(images_tensor(&device), Mode::Evaluation);
        assert_close(kind, &values(logits), &expected[expected.len() - 1]);
    }
}

#[test]
fn every_kind_of_layer_trains_as_defined() {
    let device = Device::flex().autodiff();
    for (kind, spec) in kinds() {
        let network = network(&spec, &device);
        let masks = masks(&network);
        let plain = reference::weights(&weights(&spec));
        let logits = |weights: &reference::Weights| {
            reference::outputs(&spec, weights, &images(), Some(&masks)).pop().unwrap()
        };
        let drawn = tensors(&masks, &device);
        let found = network.logits(images_tensor(&device), Mode::Training(&drawn));
        assert_close(kind, &values(found.clone().inner()), &logits(&plain));

        let labels = Tensor::<1, Int>::from_ints([2, 0, 1], &device);
        let loss = CrossEntropyLossConfig::new().init(&device).forward(found, labels);
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        for parameter in parameters(&network) {
            let gradient = match parameter.shape.len() {
                1 => values(gradients.get::<1>(parameter.id).unwrap()),
                2 => values(gradients.get::<2>(parameter.id).unwrap()),
                _ => values(gradients.get::<4>(parameter.id).unwrap()),
            };
            let gradient = parameter.to_pytorch(parameter.name.clone(), gradient);
            for (position, found) in gradient.values.iter().enumerate() {
                let moved = |by: f64| {
                    let mut weights = plain.clone();
                    weights.get_mut(&parameter.name).unwrap()[position] += by;
                    reference::loss(&logits(&weights), &LABELS)
                };
                let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                let difference = (f64::from(*found) - expected).abs();
                let name = &parameter.name;
                assert!(difference < GRADIENT_TOLERANCE, "{kind}, {name}[{position}]: {found} {expected}");
            }
        }
    }
}

#[test]
fn a_norm_moves_its_statistics_by_a_tenth_in_training_and_not_in_evaluation() {
    let spec = spec(&[conv(3, true, Activation::Relu, 0), OUTPUT]);
    let device = Device::flex().autodiff();
    let network = network(&spec, &device);
    let statistics = |network: &Network| -> Vec<f32> {
        let tensors = pollster::block_on(read(network)).unwrap();
        tensors[3..6].iter().flat_map(|tensor| tensor.values.clone()).collect()
    };
    let before = statistics(&network);
    let _ = network.logits(images_tensor(&device), Mode::Evaluation);
    assert_eq!(statistics(&network), before);

    let _ = network.logits(images_tensor(&device), Mode::Training(&[]));
    let plain = reference::weights(&weights(&spec));
    let maps = reference::convolution(&images(), &plain["conv1.weight"], 3, 1);
    let (mean, variance) = reference::statistics(&maps);
    // PyTorch keeps the unbiased variance.
    let count = (LABELS.len() * SIDE * SIDE) as f64;
    let unbiased = variance.into_iter().map(|value| value * count / (count - 1.0));
    let expected = mean.into_iter().chain(unbiased).zip(&before);
    let after = statistics(&network);
    for ((batch, before), after) in expected.zip(&after) {
        let expected = 0.9 * f64::from(*before) + 0.1 * batch;
        assert!((f64::from(*after) - expected).abs() < FORWARD_TOLERANCE, "{after} {expected}");
    }
    assert!((after[6] - 1.0).abs() < f32::EPSILON, "one batch was seen");
}

#[test]
fn layer_after_layer_gives_the_softmax_of_the_logits() {
    let device = Device::flex();
    let spec = spec(&[CONV, LayerSpec::MaxPool { size: 2, dropout: 0.5 }, OUTPUT]);
    let network = network(&spec, &device);
    let mut signal = Signal::new(images_tensor(&device));
    for shape in spec.shapes().unwrap() {
        network.advance(&mut signal);
        assert_eq!(signal.output().dims(), [LABELS.len(), shape.channels, shape.height, shape.width]);
    }
    assert_eq!(signal.layer(), network.depth());
    let logits = values(network.logits(images_tensor(&device), Mode::Evaluation));
    for (row, scores) in values(signal.output()).chunks_exact(3).zip(logits.chunks_exact(3)) {
        let total: f32 = scores.iter().map(|score| score.exp()).sum();
        for (probability, score) in row.iter().zip(scores) {
            assert!((probability - score.exp() / total).abs() < 1e-6);
        }
    }
}

#[test]
fn weights_read_back_are_the_weights_put_in() {
    for (_, spec) in kinds() {
        let read = pollster::block_on(read(&network(&spec, &Device::flex().autodiff()))).unwrap();
        assert_eq!(read, weights(&spec));
    }
}

#[test]
fn missing_and_misshapen_weights_are_named() {
    let device = Device::flex();
    let spec = spec(&[
        conv(3, true, Activation::Relu, 0),
        LayerSpec::Dense { units: 4, activation: Activation::Relu, dropout: 0.0 },
        OUTPUT,
    ]);
    let mut tensors = weights(&spec);
    let dense = tensors.iter().position(|tensor| tensor.name == "dense1.weight").unwrap();
    tensors[dense].shape = vec![108, 4];
    let error = Network::new(&spec, &tensors.clone().into_iter().collect(), &device).unwrap_err();
    assert_eq!(error.to_string(), "tensor dense1.weight has shape [108, 4], expected [4, _]");
    tensors.remove(dense);
    let error = Network::new(&spec, &tensors.clone().into_iter().collect(), &device).unwrap_err();
    assert_eq!(error, WeightsError::Missing("dense1.weight".to_owned()).into());
    tensors.retain(|tensor| !tensor.name.ends_with("num_batches_tracked"));
    let error = Network::new(&spec, &tensors.into_iter().collect(), &device).unwrap_err();
    assert_eq!(error, WeightsError::Missing("conv1.norm.num_batches_tracked".to_owned()).into());
}

#[test]
fn a_network_without_an_output_is_refused() {
    let headless = spec(&[CONV]);
    let error = Network::new(&headless, &Vec::new().into_iter().collect(), &Device::flex()).unwrap_err();
    assert_eq!(error, ModelError::Network(NetworkError::NoOutput));
}
