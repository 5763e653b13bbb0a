//! The networks that can be chosen by name.

use serde::{Deserialize, Serialize};

use super::{Activation, LayerSpec, NetworkSpec};
use crate::dataset::ImageShape;

/// Dropout after the pools of cifar-13 and residual.
const DROPOUT: f64 = 0.2;

/// **mnist-8**: two blocks of conv–conv–pool (16, 32 channels, 3×3, ReLU), dense 64, output.
/// Eight counted layers; 28×28 inputs end in 32 maps of 7×7 before the dense layer.
pub fn mnist_8(input: ImageShape, classes: usize) -> NetworkSpec {
    let conv = |channels| convolution(channels, false, 0);
    let pool = LayerSpec::MaxPool { size: 2, dropout: 0.0 };
    let layers = vec![
        conv(16),
        conv(16),
        pool,
        conv(32),
        conv(32),
        pool,
        LayerSpec::Dense { units: 64, activation: Activation::Relu, dropout: 0.0 },
        LayerSpec::Output { classes },
    ];
    NetworkSpec { name: "mnist-8".into(), input, layers }
}

/// **cifar-13** (Shen & Shen 2021, Figure 3(A)): four blocks of conv–conv–pool (32, 64, 128, 128 channels,
/// 3×3, batch norm, ReLU) with dropout after the pools, then the output. Thirteen counted layers; 32×32
/// inputs end in 128 maps of 2×2.
pub fn cifar_13(input: ImageShape, classes: usize) -> NetworkSpec {
    NetworkSpec { name: "cifar-13".into(), input, layers: blocks(classes, 0) }
}

/// **residual**: cifar-13 in which every block's two convolutions have an identity skip connection around
/// them, from the block's input to before the second activation.
pub fn residual(input: ImageShape, classes: usize) -> NetworkSpec {
    NetworkSpec { name: "residual".into(), input, layers: blocks(classes, 2) }
}

fn blocks(classes: usize, skip: usize) -> Vec<LayerSpec> {
    let block = |channels| {
        let pool = LayerSpec::MaxPool { size: 2, dropout: DROPOUT };
        [convolution(channels, true, 0), convolution(channels, true, skip), pool]
    };
    let output = LayerSpec::Output { classes };
    [32, 64, 128, 128].into_iter().flat_map(block).chain([output]).collect()
}

fn convolution(channels: usize, norm: bool, skip: usize) -> LayerSpec {
    LayerSpec::Conv { channels, kernel: 3, stride: 1, norm, activation: Activation::Relu, skip }
}

/// A multiplier of all hidden layers' channels and units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Width {
    /// 1/4
    #[serde(rename = "0.25")]
    Quarter,
    /// 1/2
    #[serde(rename = "0.5")]
    Half,
    /// 1
    #[default]
    #[serde(rename = "1")]
    Full,
}

impl Width {
    const fn divisor(self) -> usize {
        match self {
            Self::Quarter => 4,
            Self::Half => 2,
            Self::Full => 1,
        }
    }
}

impl NetworkSpec {
    /// The same network with every hidden layer's channels and units multiplied by `width`, rounded up.
    /// The classes stay.
    #[must_use]
    pub fn scaled(mut self, width: Width) -> Self {
        for layer in &mut self.layers {
            if let LayerSpec::Conv { channels: count, .. } | LayerSpec::Dense { units: count, .. } = layer {
                *count = count.div_ceil(width.divisor());
            }
        }
        self
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

    const CIFAR: ImageShape = ImageShape { channels: 3, height: 32, width: 32 };

    #[test]
    fn cifar_13_has_the_channels_of_the_papers_figure() {
        let layers = cifar_13(CIFAR, 10).summaries().unwrap();
        let channels: Vec<usize> = layers.iter().map(|layer| layer.shape.channels).collect();
        assert_eq!(channels, [32, 32, 32, 64, 64, 64, 128, 128, 128, 128, 128, 128, 1]);
        let sides: Vec<usize> = layers.iter().map(|layer| layer.shape.height).collect();
        assert_eq!(sides, [32, 32, 16, 16, 16, 8, 8, 8, 4, 4, 4, 2, 1]);
        let pools = layers.iter().filter(|layer| layer.kind == "max_pool");
        assert_eq!(pools.map(|layer| layer.index).collect::<Vec<_>>(), [3, 6, 9, 12]);
    }

    #[test]
    fn skips_add_no_parameters() {
        let (plain, skipping) = (cifar_13(CIFAR, 10), residual(CIFAR, 10));
        assert_eq!(plain.parameters(), skipping.parameters());
        assert_eq!(plain.shapes(), skipping.shapes());
        let skips: Vec<usize> =
            (1..).zip(&skipping.layers).filter(|(_, l)| l.skip() == 2).map(|(i, _)| i).collect();
        assert_eq!(skips, [2, 5, 8, 11]);
    }

    #[test]
    fn cifar_13_and_residual_fit_digits_too() {
        assert!(cifar_13(MNIST, 10).shapes().is_ok());
        assert!(residual(MNIST, 10).shapes().is_ok());
    }

    #[test]
    fn width_scales_hidden_layers_and_leaves_the_classes() {
        let shapes = cifar_13(CIFAR, 10).scaled(Width::Quarter).shapes().unwrap();
        assert_eq!((shapes[0].channels, shapes[10].channels, shapes[12].width), (8, 32, 10));
        let dense = mnist_8(MNIST, 10).scaled(Width::Half).shapes().unwrap();
        assert_eq!((dense[6].width, dense[7].width), (32, 10));
        assert_eq!(mnist_8(MNIST, 10).scaled(Width::Full), mnist_8(MNIST, 10));
    }

    #[test]
    fn a_network_survives_json() {
        let spec = residual(CIFAR, 10);
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<NetworkSpec>(&json).unwrap(), spec);
        assert!(
            serde_json::from_str::<LayerSpec>(
                r#"{"conv":{"channels":2,"kernel":3,"stride":1,"norm":false,"activation":"relu"}}"#
            )
            .is_ok()
        );
    }
}
