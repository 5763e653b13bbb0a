//! Closed forms by hand, the transpose property, and the gradient against burn's autodiff.

use burn::tensor::{Device, TensorData};

use super::*;
use crate::dataset::ImageShape;
use crate::network::{NamedTensor, initial_weights};
use crate::trainer::model::Network;

/// f32 against f32 over a few hundred additions.
const TOLERANCE: f32 = 2e-5;
const SIDE: usize = 6;
const OUTPUT: LayerSpec = LayerSpec::Output { classes: 3 };

fn conv(kernel: usize, stride: usize, norm: bool, activation: Activation, skip: usize) -> LayerSpec {
    LayerSpec::Conv { channels: 3, kernel, stride, norm, activation, skip }
}

fn relu() -> LayerSpec {
    conv(3, 1, false, Activation::Relu, 0)
}

fn spec(channels: usize, side: usize, layers: &[LayerSpec]) -> NetworkSpec {
    let input = ImageShape { channels, height: side, width: side };
    NetworkSpec { name: "small".to_owned(), input, layers: layers.to_vec() }
}

/// Every kind of layer and every option of it that has a way back of its own.
fn kinds() -> Vec<(&'static str, NetworkSpec)> {
    let of = |layers: &[LayerSpec]| spec(2, SIDE, layers);
    let pool = |size| LayerSpec::MaxPool { size, dropout: 0.0 };
    let with = |activation| conv(3, 1, false, activation, 0);
    let dense = |activation| LayerSpec::Dense { units: 4, activation, dropout: 0.0 };
    vec![
        ("ReLU", of(&[relu(), relu(), OUTPUT])),
        ("leaky ReLU", of(&[relu(), with(Activation::LeakyRelu), OUTPUT])),
        ("tanh", of(&[with(Activation::Tanh), with(Activation::Tanh), OUTPUT])),
        ("GELU", of(&[with(Activation::Gelu), with(Activation::Gelu), OUTPUT])),
        ("stride 2", of(&[conv(3, 2, false, Activation::Relu, 0), OUTPUT])),
        ("1×1 with stride 2", of(&[conv(1, 2, false, Activation::Relu, 0), OUTPUT])),
        ("5×5", of(&[conv(5, 1, false, Activation::Relu, 0), OUTPUT])),
        ("batch norm", of(&[conv(3, 1, true, Activation::Relu, 0), relu(), OUTPUT])),
        ("skip over its own input", of(&[relu(), conv(3, 1, true, Activation::Relu, 1), OUTPUT])),
        ("skip over two", of(&[relu(), relu(), conv(3, 1, false, Activation::Gelu, 2), relu(), OUTPUT])),
        ("skip from the input", of(&[relu(), conv(3, 1, true, Activation::Relu, 2), OUTPUT])),
        ("max-pooling", of(&[relu(), pool(2), relu(), OUTPUT])),
        ("max-pooling with a rest", of(&[relu(), pool(4), OUTPUT])),
        ("average pooling with a rest", of(&[relu(), LayerSpec::AvgPool { size: 4, dropout: 0.0 }, OUTPUT])),
        ("dense", of(&[relu(), pool(2), dense(Activation::Relu), dense(Activation::Gelu), OUTPUT])),
    ]
}

/// Initial weights with biases and statistics that tell channels apart.
fn weights(spec: &NetworkSpec) -> Vec<NamedTensor> {
    let mut tensors = initial_weights(spec, 5).unwrap();
    for tensor in &mut tensors {
        let offset = match tensor.name.rsplit('.').next() {
            Some("bias" | "running_mean") => 0.05,
            Some("running_var") => 0.3,
            _ if tensor.name.ends_with("norm.weight") => -0.2,
            _ => continue,
        };
        (1_i16..).zip(&mut tensor.values).for_each(|(i, value)| *value += offset * f32::from(i));
    }
    tensors
}

fn network(spec: &NetworkSpec, weights: Vec<NamedTensor>, device: &Device) -> Network {
    Network::new(spec, &weights.into_iter().collect(), device).unwrap()
}

fn tensor(values: Vec<f32>, shape: [usize; 4], device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Two images without two equal pixels side by side.
fn images(spec: &NetworkSpec, device: &Device) -> Tensor<4> {
    let ImageShape { channels, height, width } = spec.input;
    let pixels = (0..2 * spec.input.len()).map(|i| ((i * 37 + 11) % 97) as f32 / 97.0).collect();
    tensor(pixels, [2, channels, height, width], device)
}

fn trace<'a>(network: &'a Network, spec: &'a NetworkSpec, images: Tensor<4>, layer: usize) -> Trace<'a> {
    pollster::block_on(Trace::new(network, spec, images, layer)).unwrap()
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

fn assert_close(kind: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{kind}");
    let scale = expected.iter().fold(1e-3_f32, |scale, value| scale.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= TOLERANCE * scale, "{kind}: {found} {expected}");
    }
}

/// The gradient of ½·Σa² of a feature, by burn.
fn autodiff(spec: &NetworkSpec, weights: Vec<NamedTensor>, layer: usize, feature: usize) -> Vec<f32> {
    let device = Device::flex().autodiff();
    let network = network(spec, weights, &device);
    let images = images(spec, &device).require_grad();
    let trace = trace(&network, spec, images.clone(), layer);
    let half = trace.feature(feature).square().sum().div_scalar(2.0);
    let gradients = half.backward();
    images.grad(&gradients).unwrap().into_data().iter::<f32>().collect()
}

#[test]
fn the_gradient_is_that_of_half_the_features_square() {
    let device = Device::flex();
    for (kind, spec) in kinds() {
        let network = network(&spec, weights(&spec), &device);
        // The softmax of the last layer is let through.
        for (layer, feature) in (1..spec.layers.len()).flat_map(|layer| [(layer, 0), (layer, 2)]) {
            let trace = trace(&network, &spec, images(&spec, &device), layer);
            let found = values(trace.project(Rule::Gradient, trace.feature(feature)));
            let kind = format!("{kind}, layer {layer}, feature {feature}");
            assert_close(&kind, &found, &autodiff(&spec, weights(&spec), layer, feature));
        }
    }
}

/// Weights and inputs of one sign: every activation is open in both directions.
#[test]
fn where_every_relu_is_open_all_rules_are_the_same_linear_map() {
    let device = Device::flex();
    let average = LayerSpec::AvgPool { size: 2, dropout: 0.0 };
    let norm = |skip| conv(3, 1, true, Activation::Relu, skip);
    let spec = spec(2, SIDE, &[relu(), norm(0), norm(2), average, OUTPUT]);
    let mut positive = weights(&spec);
    for tensor in &mut positive {
        let is_mean = tensor.name.ends_with("running_mean");
        tensor.values.iter_mut().for_each(|value| *value = if is_mean { 0.0 } else { value.abs() });
    }
    let network = network(&spec, positive.clone(), &device);
    for layer in 1..=spec.layers.len() {
        let trace = trace(&network, &spec, images(&spec, &device), layer);
        let [deconvnet, gradient, guided] =
            Rule::ALL.map(|rule| values(trace.project(rule, trace.feature(1))));
        assert_eq!(deconvnet, gradient, "layer {layer}");
        assert_eq!(guided, gradient, "layer {layer}");
        assert!(gradient.iter().all(|value| *value > 0.0));
        if layer < spec.layers.len() {
            assert_close("autodiff", &gradient, &autodiff(&spec, positive.clone(), layer, 1));
        }
    }
}

/// ⟨A·x, y⟩ = ⟨x, Aᵀ·y⟩ for a convolution without bias and any y.
#[test]
fn the_way_back_is_the_transpose_of_the_way_there() {
    let device = Device::flex();
    for stride in [1, 2] {
        let spec = spec(2, 5, &[conv(3, stride, false, Activation::Relu, 0), OUTPUT]);
        let mut positive = initial_weights(&spec, 5).unwrap();
        positive[0].values.iter_mut().for_each(|value| *value = value.abs());
        let network = network(&spec, positive, &device);
        let x = images(&spec, &device);
        let trace = trace(&network, &spec, x.clone(), 1);
        let shape = trace.output().dims();
        let y = tensor((0..shape.iter().product()).map(|i| (i * 13 % 7) as f32).collect(), shape, &device);
        let dot = |a: Tensor<4>, b: Tensor<4>| values(a.mul(b)).iter().sum::<f32>();
        let there = dot(trace.output(), y.clone());
        let back = dot(x, trace.project(Rule::Deconvnet, y));
        assert!((there - back).abs() < TOLERANCE * there.abs(), "{there} {back}");
    }
}

fn one_channel(kernel: usize, kernels: &[(Vec<f32>, f32)]) -> (Vec<LayerSpec>, Vec<NamedTensor>) {
    let layer = |_: &(Vec<f32>, f32)| LayerSpec::Conv {
        channels: 1,
        kernel,
        stride: 1,
        norm: false,
        activation: Activation::Relu,
        skip: 0,
    };
    let named = |(index, (weight, bias)): (usize, &(Vec<f32>, f32))| {
        let name = format!("conv{}", index + 1);
        let shape = vec![1, 1, kernel, kernel];
        [
            NamedTensor { name: format!("{name}.weight"), shape, values: weight.clone() },
            NamedTensor { name: format!("{name}.bias"), shape: vec![1], values: vec![*bias] },
        ]
    };
    (kernels.iter().map(layer).collect(), kernels.iter().enumerate().flat_map(named).collect())
}

/// The same network with an output layer of zeros, which every network must have.
fn closed(
    mut layers: Vec<LayerSpec>,
    mut weights: Vec<NamedTensor>,
    side: usize,
    inputs: usize,
) -> (NetworkSpec, Network) {
    layers.push(OUTPUT);
    let zeros = |name: &str, shape: Vec<usize>| {
        let values = vec![0.0; shape.iter().product()];
        NamedTensor { name: format!("probabilities.{name}"), shape, values }
    };
    weights.extend([zeros("weight", vec![3, inputs]), zeros("bias", vec![3])]);
    let spec = spec(1, side, &layers);
    let network = network(&spec, weights, &Device::flex());
    (spec, network)
}

#[test]
fn identity_kernels_return_the_input_masked_by_the_switches() {
    let identity = || (vec![0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0], 0.0);
    let (mut layers, weights) = one_channel(3, &[identity(), identity()]);
    layers.push(LayerSpec::MaxPool { size: 2, dropout: 0.0 });
    let (spec, network) = closed(layers, weights, 4, 4);
    let pixels = vec![1., 9., 2., 3., 4., 5., 8., 6., 7., 1., 0., 0., 2., 3., 0., 0.];
    let masked = [0., 9., 0., 0., 0., 0., 8., 0., 7., 0., 0., 0., 0., 0., 0., 0.];
    let images = tensor(pixels, [1, 1, 4, 4], &Device::flex());
    let trace = trace(&network, &spec, images, 3);
    for rule in Rule::ALL {
        assert_eq!(values(trace.project(rule, trace.feature(0))), masked, "{rule:?}");
    }
}

/// 2 → −2, closed → 0 → + 3 → 3: the deconvnet does not care that the first ReLU was closed.
#[test]
fn the_deconvnet_rectifies_the_backward_signal_only() {
    let (layers, weights) = one_channel(1, &[(vec![-1.0], 0.0), (vec![1.0], 3.0)]);
    let (spec, network) = closed(layers, weights, 1, 1);
    let trace = trace(&network, &spec, tensor(vec![2.0], [1, 1, 1, 1], &Device::flex()), 2);
    let found = Rule::ALL.map(|rule| values(trace.project(rule, trace.feature(0)))[0]);
    assert_eq!(found, [-3.0, 0.0, 0.0]);
}

/// 2 → 2 → −2 + 5 → 3: what comes back negative to an open ReLU is stopped by two of the rules.
#[test]
fn guided_backpropagation_stops_what_either_of_the_others_stops() {
    let (layers, weights) = one_channel(1, &[(vec![1.0], 0.0), (vec![-1.0], 5.0)]);
    let (spec, network) = closed(layers, weights, 1, 1);
    let trace = trace(&network, &spec, tensor(vec![2.0], [1, 1, 1, 1], &Device::flex()), 2);
    let found = Rule::ALL.map(|rule| values(trace.project(rule, trace.feature(0)))[0]);
    assert_eq!(found, [0.0, -3.0, 0.0]);
}

#[test]
fn a_channel_that_is_zero_everywhere_projects_to_zero() {
    let device = Device::flex();
    let spec = spec(2, SIDE, &[relu(), relu(), OUTPUT]);
    let mut dead = weights(&spec);
    let bias = dead.iter_mut().find(|tensor| tensor.name == "conv2.bias").unwrap();
    bias.values[1] = -1e3;
    let network = network(&spec, dead, &device);
    let trace = trace(&network, &spec, images(&spec, &device), 2);
    for rule in Rule::ALL {
        assert!(values(trace.project(rule, trace.feature(1))).iter().all(|value| *value == 0.0));
        assert!(values(trace.project(rule, trace.feature(0))).iter().any(|value| *value != 0.0));
    }
}

#[test]
fn a_class_is_projected_from_its_score_before_softmax() {
    let device = Device::flex();
    let spec = spec(2, 2, &[OUTPUT]);
    let weights = weights(&spec);
    let network = network(&spec, weights.clone(), &device);
    let images = images(&spec, &device);
    let trace = trace(&network, &spec, images, 1);
    let probabilities = values(trace.output());
    let expected = (0..2).flat_map(|image| {
        let row = &weights[0].values[8..16];
        row.iter().map(|weight| weight * probabilities[3 * image + 1]).collect::<Vec<_>>()
    });
    let found = values(trace.project(Rule::Gradient, trace.feature(1)));
    assert_close("class 1", &found, &expected.collect::<Vec<_>>());
}

#[test]
fn the_input_projects_to_itself() {
    let device = Device::flex();
    let spec = spec(2, SIDE, &[relu(), OUTPUT]);
    let network = network(&spec, weights(&spec), &device);
    let trace = trace(&network, &spec, images(&spec, &device), 0);
    let kept = values(trace.project(Rule::Deconvnet, trace.feature(1)));
    assert!(kept[..36].iter().all(|value| *value == 0.0));
    assert_eq!(kept[36..72], values(images(&spec, &device))[36..72]);
}
