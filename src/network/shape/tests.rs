use super::*;
use crate::network::Activation;

const INPUT: ImageShape = ImageShape { channels: 3, height: 13, width: 10 };
const OUTPUT: LayerSpec = LayerSpec::Output { classes: 4 };

fn conv(channels: usize, kernel: usize, stride: usize, norm: bool) -> LayerSpec {
    LayerSpec::Conv { channels, kernel, stride, norm, activation: Activation::Relu, skip: 0 }
}

fn pool(size: usize) -> LayerSpec {
    LayerSpec::MaxPool { size, dropout: 0.0 }
}

fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units, activation: Activation::Relu, dropout: 0.0 }
}

fn network(layers: &[LayerSpec]) -> NetworkSpec {
    NetworkSpec { name: "test".into(), input: INPUT, layers: layers.to_vec() }
}

fn refused(layers: &[LayerSpec]) -> NetworkError {
    network(layers).shapes().unwrap_err()
}

#[test]
fn a_convolution_keeps_the_size_or_divides_it_by_its_stride_rounding_up() {
    let shapes = network(&[conv(5, 3, 1, false), conv(6, 5, 2, false), OUTPUT]).shapes().unwrap();
    assert_eq!(shapes[0], ImageShape { channels: 5, height: 13, width: 10 });
    assert_eq!(shapes[1], ImageShape { channels: 6, height: 7, width: 5 });
}

#[test]
fn a_pool_takes_whole_blocks_only() {
    let shapes = network(&[pool(3), OUTPUT]).shapes().unwrap();
    assert_eq!(shapes[0], ImageShape { channels: 3, height: 4, width: 3 });
}

#[test]
fn dense_and_output_layers_are_one_channel() {
    let shapes = network(&[dense(7), OUTPUT]).shapes().unwrap();
    assert_eq!(shapes[0], ImageShape { channels: 1, height: 1, width: 7 });
    assert_eq!(shapes[1], ImageShape { channels: 1, height: 1, width: 4 });
}

#[test]
fn names_count_per_kind() {
    let layers = network(&[conv(2, 3, 1, false), pool(2), conv(2, 3, 1, false), dense(3), dense(3), OUTPUT]);
    let names: Vec<String> = layers.summaries().unwrap().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["conv1", "pool1", "conv2", "dense1", "dense2", "probabilities"]);
}

#[test]
fn batch_norm_replaces_the_bias_by_scale_and_shift() {
    let plain = network(&[conv(5, 3, 1, false), OUTPUT]).summaries().unwrap();
    let normed = network(&[conv(5, 3, 1, true), OUTPUT]).summaries().unwrap();
    assert_eq!(plain[0].parameters, 5 * 3 * 9 + 5);
    assert_eq!(normed[0].parameters, 5 * 3 * 9 + 10);
}

#[test]
fn an_empty_input_is_refused() {
    let input = ImageShape { channels: 0, ..INPUT };
    let error = NetworkSpec { input, ..network(&[OUTPUT]) }.shapes().unwrap_err();
    assert_eq!(error, NetworkError::EmptyInput);
}

#[test]
fn zero_channels_units_strides_and_pools_are_refused_by_name() {
    for (spec, words) in [
        (conv(0, 3, 1, false), "the number of channels"),
        (conv(1, 3, 0, false), "the stride"),
        (pool(0), "the pool size"),
        (dense(0), "the number of units"),
    ] {
        assert_eq!(refused(&[spec, OUTPUT]).to_string(), format!("Layer 1: {words} must be at least 1."));
    }
}

#[test]
fn even_kernels_are_refused() {
    assert_eq!(refused(&[conv(1, 4, 1, false), OUTPUT]), NetworkError::EvenKernel { layer: 1, kernel: 4 });
    assert_eq!(refused(&[conv(1, 0, 1, false), OUTPUT]), NetworkError::EvenKernel { layer: 1, kernel: 0 });
}

#[test]
fn a_kernel_larger_than_the_map_is_refused() {
    let error = refused(&[pool(3), pool(2), conv(1, 3, 1, false), OUTPUT]);
    assert_eq!(error, NetworkError::KernelTooLarge { layer: 3, kernel: 3, height: 2, width: 1 });
    assert_eq!(error.to_string(), "Layer 3: a 3×3 kernel does not fit 2×1 maps.");
    assert!(matches!(refused(&[conv(1, 11, 1, false), OUTPUT]), NetworkError::KernelTooLarge { .. }));
    assert!(
        network(&[conv(1, 9, 1, false), conv(1, 1, 10, false), conv(1, 1, 1, false), OUTPUT])
            .shapes()
            .is_ok()
    );
}

#[test]
fn pools_of_both_kinds_are_counted_together() {
    let average = LayerSpec::AvgPool { size: 2, dropout: 0.0 };
    let layers = network(&[pool(2), average, OUTPUT]).summaries().unwrap();
    assert_eq!((layers[1].name.as_str(), layers[1].kind), ("pool2", "avg_pool"));
    assert_eq!(layers[1].shape, ImageShape { channels: 3, height: 3, width: 2 });
}

fn skipping(channels: usize, stride: usize, skip: usize) -> LayerSpec {
    LayerSpec::Conv { channels, kernel: 3, stride, norm: false, activation: Activation::Relu, skip }
}

#[test]
fn a_skip_joins_maps_of_one_size_and_of_no_fewer_channels() {
    assert!(network(&[skipping(3, 1, 1), skipping(5, 1, 2), OUTPUT]).shapes().is_ok());
    let error = refused(&[skipping(2, 1, 1), OUTPUT]);
    assert_eq!(
        error,
        NetworkError::SkipMismatch { layer: 1, from: "3×13×10".to_owned(), to: "2×13×10".to_owned() }
    );
    assert!(matches!(refused(&[skipping(3, 2, 1), OUTPUT]), NetworkError::SkipMismatch { .. }));
    assert_eq!(refused(&[skipping(3, 1, 2), OUTPUT]), NetworkError::SkipTooLong { layer: 1, skip: 2 });
}

#[test]
fn a_pool_larger_than_the_map_is_refused() {
    let error = refused(&[pool(3), pool(3), pool(2), OUTPUT]);
    assert_eq!(error, NetworkError::PoolTooLarge { layer: 3, size: 2, height: 1, width: 1 });
    assert_eq!(error.to_string(), "Layer 3: a 2×2 pool does not fit 1×1 maps.");
}

#[test]
fn dropout_of_everything_is_refused() {
    for dropout in [1.0, -0.1, f64::NAN] {
        let activation = Activation::Relu;
        for layer in [
            LayerSpec::MaxPool { size: 2, dropout },
            LayerSpec::AvgPool { size: 2, dropout },
            LayerSpec::Dense { units: 2, activation, dropout },
        ] {
            assert!(matches!(refused(&[layer, OUTPUT]), NetworkError::BadDropout { layer: 1, .. }));
        }
    }
}

#[test]
fn convolutions_and_pools_need_feature_maps() {
    let error = refused(&[dense(9), conv(1, 3, 1, false), OUTPUT]);
    assert_eq!(error, NetworkError::NoMapLeft { layer: 2, kind: "conv" });
    assert_eq!(refused(&[dense(9), pool(1), OUTPUT]), NetworkError::NoMapLeft { layer: 2, kind: "max_pool" });
}

#[test]
fn the_output_layer_is_the_last_and_the_only_one() {
    assert_eq!(refused(&[]), NetworkError::NoOutput);
    assert_eq!(refused(&[dense(4)]), NetworkError::NoOutput);
    assert_eq!(refused(&[OUTPUT, dense(4)]), NetworkError::AfterOutput { layer: 2 });
    assert_eq!(refused(&[OUTPUT, OUTPUT]), NetworkError::AfterOutput { layer: 2 });
}

#[test]
fn one_class_cannot_be_told_apart() {
    assert_eq!(refused(&[LayerSpec::Output { classes: 1 }]), NetworkError::TooFewClasses { classes: 1 });
}

#[test]
fn absurd_sizes_are_refused_without_overflow() {
    let channels = usize::MAX;
    assert_eq!(
        refused(&[conv(channels, 3, 1, false), OUTPUT]),
        NetworkError::TooManyChannels { layer: 1, channels }
    );
    assert_eq!(refused(&[dense(usize::MAX), OUTPUT]), NetworkError::TooLarge { layer: 1 });
}

#[test]
fn more_layers_or_channels_than_a_run_file_can_name_are_refused() {
    let mut layers = vec![pool(1); MAX_LAYERS - 1];
    layers.push(OUTPUT);
    assert!(network(&layers).shapes().is_ok());
    layers.insert(0, pool(1));
    assert_eq!(refused(&layers), NetworkError::TooManyLayers { layers: MAX_LAYERS + 1 });
    assert!(network(&[conv(MAX_CHANNELS, 1, 1, false), OUTPUT]).shapes().is_ok());
    let error = refused(&[pool(1), conv(MAX_CHANNELS + 1, 1, 1, false), OUTPUT]);
    assert_eq!(error, NetworkError::TooManyChannels { layer: 2, channels: MAX_CHANNELS + 1 });
}

#[test]
fn what_comes_before_the_first_impossible_layer_is_known() {
    let (known, problem) = network(&[pool(3), pool(9), conv(1, 3, 1, false), OUTPUT]).inspect();
    assert_eq!(known.len(), 1);
    assert_eq!(problem.and_then(|problem| problem.layer()), Some(2));
    let (known, problem) = network(&[pool(3)]).inspect();
    assert_eq!((known.len(), problem), (1, Some(NetworkError::NoOutput)));
}
