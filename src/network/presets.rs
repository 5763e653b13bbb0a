//! The networks that can be chosen by name.

use super::{Activation, LayerSpec, NetworkSpec};
use crate::dataset::ImageShape;

/// **mnist-8**: two blocks of conv–conv–pool (16, 32 channels, 3×3, ReLU), dense 64, output.
/// Eight counted layers; 28×28 inputs end in 32 maps of 7×7 before the dense layer.
pub fn mnist_8(input: ImageShape, classes: usize) -> NetworkSpec {
    let conv = |channels| LayerSpec::Conv {
        channels,
        kernel: 3,
        stride: 1,
        norm: false,
        activation: Activation::Relu,
    };
    let pool = LayerSpec::MaxPool { size: 2, dropout: 0.0 };
    NetworkSpec {
        name: "mnist-8".into(),
        input,
        layers: vec![
            conv(16),
            conv(16),
            pool,
            conv(32),
            conv(32),
            pool,
            LayerSpec::Dense { units: 64, activation: Activation::Relu },
            LayerSpec::Output { classes },
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MNIST: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

    #[test]
    fn mnist_8_has_the_eight_layers_of_its_name() {
        let layers = mnist_8(MNIST, 10).summaries().unwrap();
        let described: Vec<String> = layers
            .iter()
            .map(|layer| {
                let ImageShape { channels, height, width } = layer.shape;
                format!("{} {} {channels}x{height}x{width}", layer.index, layer.name)
            })
            .collect();
        assert_eq!(
            described,
            [
                "1 conv1 16x28x28",
                "2 conv2 16x28x28",
                "3 pool1 16x14x14",
                "4 conv3 32x14x14",
                "5 conv4 32x14x14",
                "6 pool2 32x7x7",
                "7 dense1 1x1x64",
                "8 probabilities 1x1x10",
            ]
        );
    }

    #[test]
    fn mnist_8_has_as_many_parameters_as_worked_out_by_hand() {
        let convs = (9 + 1) * 16 + (16 * 9 + 1) * 16 + (16 * 9 + 1) * 32 + (32 * 9 + 1) * 32;
        let dense = (32 * 7 * 7 + 1) * 64 + (64 + 1) * 10;
        assert_eq!(mnist_8(MNIST, 10).parameters().unwrap(), convs + dense);
    }
}
