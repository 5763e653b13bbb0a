//! The network of a run as blocks of layers, each with its kind, its shape and the parts it is made of.

use std::ops::Range;

use crate::cube::RunHeader;
use crate::network::{Activation, LayerSpec};

/// One layer, 0 = the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFigure {
    /// 0 … |L|.
    pub layer: usize,
    /// `conv1`, `input`.
    pub name: String,
    /// In words: "convolution".
    pub kind: &'static str,
    /// `16×28×28`
    pub shape: String,
    /// What it is made of, in order: "3×3 convolution", "batch norm", "ReLU". Empty where the run does not say.
    pub parts: Vec<String>,
}

/// Layers up to and with a pooling; the input and the dense layers stand by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockFigure {
    /// "Block 1"
    pub name: String,
    /// Positions of its layers.
    pub layers: Range<usize>,
    /// Most parts of any of its layers.
    pub most_parts: usize,
}

/// The network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchitectureFigure {
    /// All layers, the input first.
    pub layers: Vec<LayerFigure>,
    /// In order, without gaps.
    pub blocks: Vec<BlockFigure>,
}

/// The network of a run.
pub fn architecture(header: &RunHeader) -> ArchitectureFigure {
    let specs = header.network.as_ref().map(|network| network.layers.as_slice()).unwrap_or_default();
    let shape = |layer: usize| {
        header
            .shape_at(layer)
            .map_or_else(String::new, |shape| format!("{}×{}×{}", shape.channels, shape.height, shape.width))
    };
    let input =
        LayerFigure { layer: 0, name: "input".into(), kind: "image", shape: shape(0), parts: Vec::new() };
    let of = |(at, layer): (usize, &crate::cube::LayerHeader)| LayerFigure {
        layer: at + 1,
        name: layer.name.clone(),
        kind: kind_in_words(&layer.kind),
        shape: shape(at + 1),
        parts: specs.get(at).map(parts).unwrap_or_default(),
    };
    let layers: Vec<LayerFigure> =
        std::iter::once(input).chain(header.layers.iter().enumerate().map(of)).collect();
    let blocks = blocks(&layers);
    ArchitectureFigure { layers, blocks }
}

fn kind_in_words(kind: &str) -> &'static str {
    match kind {
        "conv" => "convolution",
        "max_pool" => "max-pooling",
        "avg_pool" => "mean pooling",
        "dense" => "dense",
        "output" => "probabilities",
        _ => "layer",
    }
}

/// What a layer is made of, in the order in which it computes.
fn parts(spec: &LayerSpec) -> Vec<String> {
    let mut parts = Vec::new();
    match *spec {
        LayerSpec::Conv { kernel, stride, norm, activation, skip, .. } => {
            let stride = if stride > 1 { format!(" / {stride}") } else { String::new() };
            parts.push(format!("{kernel}×{kernel} conv{stride}"));
            parts.extend(norm.then(|| "batch norm".to_owned()));
            parts.extend((skip > 0).then(|| format!("+ skip {skip}")));
            parts.push(activation_name(activation).to_owned());
        }
        LayerSpec::MaxPool { size, .. } => parts.push(format!("{size}×{size} max")),
        LayerSpec::AvgPool { size, .. } => parts.push(format!("{size}×{size} mean")),
        LayerSpec::Dense { units, activation, .. } => {
            parts.push(format!("{units} units"));
            parts.push(activation_name(activation).to_owned());
        }
        LayerSpec::Output { classes } => {
            parts.push(format!("{classes} units"));
            parts.push("softmax".to_owned());
        }
    }
    let dropout = spec.dropout();
    parts.extend((dropout > 0.0).then(|| format!("dropout {dropout}")));
    parts
}

fn activation_name(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "ReLU",
        Activation::LeakyRelu => "leaky ReLU",
        Activation::Tanh => "tanh",
        Activation::Gelu => "GELU",
    }
}

fn blocks(layers: &[LayerFigure]) -> Vec<BlockFigure> {
    let is_dense = |at: usize| matches!(layers[at].kind, "dense" | "probabilities");
    let ends = |at: usize| at == 0 || layers[at].kind.contains("pooling");
    let mut blocks: Vec<BlockFigure> = Vec::new();
    let mut from = 0;
    for at in 0..layers.len() {
        let is_last = at + 1 == layers.len();
        if is_last || ends(at) || is_dense(at) != is_dense(at + 1) {
            let name = match (from, is_dense(at)) {
                (0, _) => "Input".to_owned(),
                (_, true) => "Classifier".to_owned(),
                _ => format!("Block {}", blocks.len()),
            };
            let most_parts = layers[from..=at].iter().map(|layer| layer.parts.len()).max().unwrap_or(0);
            blocks.push(BlockFigure { name, layers: from..at + 1, most_parts });
            from = at + 1;
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn layers_up_to_a_pooling_are_a_block() {
        let figure = architecture(&fixture::header());
        let blocks: Vec<(&str, Range<usize>)> =
            figure.blocks.iter().map(|block| (block.name.as_str(), block.layers.clone())).collect();
        assert_eq!(blocks, [("Input", 0..1), ("Block 1", 1..3), ("Classifier", 3..4)]);
        assert_eq!(figure.layers[1].shape, "16×28×28");
        assert_eq!((figure.layers[2].kind, figure.layers[3].name.as_str()), ("max-pooling", "probabilities"));
    }

    #[test]
    fn a_layer_is_opened_into_its_parts_in_the_order_of_computing() {
        let conv = LayerSpec::Conv {
            channels: 32,
            kernel: 3,
            stride: 2,
            norm: true,
            activation: Activation::Relu,
            skip: 2,
        };
        assert_eq!(parts(&conv), ["3×3 conv / 2", "batch norm", "+ skip 2", "ReLU"]);
        assert_eq!(parts(&LayerSpec::MaxPool { size: 2, dropout: 0.25 }), ["2×2 max", "dropout 0.25"]);
        assert_eq!(parts(&LayerSpec::Output { classes: 10 }), ["10 units", "softmax"]);
    }
}
