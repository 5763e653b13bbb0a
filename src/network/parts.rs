//! A counted layer's parts: its convolution, norm and sum before the activation, a dense layer before its own.
//!
//! A layer whose parts are recorded is "opened": each part then stands as a layer of its own in the run, right
//! before the layer, so that every query and chart takes it like any other.

use crate::ordering::sort_by;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::shape::MAX_LAYERS;
use super::{LayerSpec, NetworkError, NetworkSpec};
use crate::dataset::ImageShape;

/// How far a layer is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerPart {
    /// A convolution's maps.
    Convolution,
    /// The same after batch norm.
    Norm,
    /// The same with the skip connection's maps added.
    Sum,
    /// A dense layer's units before the activation.
    Linear,
    /// The class scores before softmax.
    Logits,
    /// To its end: what the paper counts.
    Whole,
}

impl LayerPart {
    /// As it stands after the layer's name, and as its kind in a run.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Convolution => "convolution",
            Self::Norm => "norm",
            Self::Sum => "sum",
            Self::Linear => "linear",
            Self::Logits => "logits",
            Self::Whole => "whole",
        }
    }
}

impl LayerSpec {
    /// The parts in order, without the whole.
    pub fn parts(&self) -> Vec<LayerPart> {
        match *self {
            Self::Conv { norm, skip, .. } => {
                let norm = norm.then_some(LayerPart::Norm);
                let sum = (skip > 0).then_some(LayerPart::Sum);
                [LayerPart::Convolution].into_iter().chain(norm).chain(sum).collect()
            }
            Self::MaxPool { .. } | Self::AvgPool { .. } => Vec::new(),
            Self::Dense { .. } => vec![LayerPart::Linear],
            Self::Output { .. } => vec![LayerPart::Logits],
        }
    }
}

/// Which layers' parts are recorded. Its text is `none`, `all`, or layer numbers as in `1,4`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum OpenedLayers {
    /// No layer's.
    #[default]
    None,
    /// Those of every layer.
    All,
    /// Those of these layers, ascending; a number beyond the last layer stands for none.
    These(Vec<usize>),
}

/// A text that names no layers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither none nor all nor a list of layer numbers such as 1,4")]
pub struct NoLayers(pub String);

impl OpenedLayers {
    /// Whether `layer`, 1 first, is among them.
    pub fn contains(&self, layer: usize) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::These(layers) => layers.contains(&layer),
        }
    }
}

impl fmt::Display for OpenedLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::All => f.write_str("all"),
            Self::These(layers) => {
                let numbers: Vec<String> = layers.iter().map(ToString::to_string).collect();
                f.write_str(&numbers.join(","))
            }
        }
    }
}

impl FromStr for OpenedLayers {
    type Err = NoLayers;

    fn from_str(text: &str) -> Result<Self, NoLayers> {
        match text.trim() {
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            list => {
                let number = |text: &str| text.trim().parse().ok().filter(|n| (1..=MAX_LAYERS).contains(n));
                let numbers: Option<Vec<usize>> = list.split(',').map(number).collect();
                let mut numbers = numbers.ok_or_else(|| NoLayers(text.to_owned()))?;
                sort_by(&mut numbers, Ord::cmp);
                numbers.dedup();
                Ok(Self::These(numbers))
            }
        }
    }
}

impl From<OpenedLayers> for String {
    fn from(opened: OpenedLayers) -> Self {
        opened.to_string()
    }
}

impl TryFrom<String> for OpenedLayers {
    type Error = NoLayers;

    fn try_from(text: String) -> Result<Self, NoLayers> {
        text.parse()
    }
}

/// A layer, or a part of one, as it stands in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedLayer {
    /// Counted layer of the network, 1 first.
    pub layer: usize,
    /// Which part of it.
    pub part: LayerPart,
    /// `conv1.norm`, `conv1`, …
    pub name: String,
    /// `norm`, `conv`, …
    pub kind: &'static str,
    /// Of one image's output.
    pub shape: ImageShape,
}

impl NetworkSpec {
    /// What a run of this network records, in order: every layer, and before it its parts if it is opened.
    ///
    /// # Errors
    /// When the network is impossible, or has more layers and parts than a run can hold.
    pub fn recorded_layers(&self, opened: &OpenedLayers) -> Result<Vec<RecordedLayer>, NetworkError> {
        let mut recorded = Vec::new();
        for (spec, summary) in self.layers.iter().zip(self.summaries()?) {
            let (layer, shape) = (summary.index, summary.shape);
            if opened.contains(layer) {
                recorded.extend(spec.parts().into_iter().map(|part| {
                    let name = format!("{}.{}", summary.name, part.name());
                    RecordedLayer { layer, part, name, kind: part.name(), shape }
                }));
            }
            let (part, name, kind) = (LayerPart::Whole, summary.name, summary.kind);
            recorded.push(RecordedLayer { layer, part, name, kind, shape });
        }
        if recorded.len() > MAX_LAYERS {
            return Err(NetworkError::TooManyLayers { layers: recorded.len() });
        }
        Ok(recorded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::presets::{mnist_8, residual};

    const MNIST: ImageShape = ImageShape { channels: 1, height: 28, width: 28 };

    fn names(spec: &NetworkSpec, opened: &str) -> Vec<String> {
        let recorded = spec.recorded_layers(&opened.parse().unwrap()).unwrap();
        recorded.into_iter().map(|layer| layer.name).collect()
    }

    #[test]
    fn parts_stand_before_their_layer() {
        let spec = residual(MNIST, 10);
        assert_eq!(names(&spec, "none").len(), 13);
        assert_eq!(
            names(&spec, "2,3,13")[..6],
            ["conv1", "conv2.convolution", "conv2.norm", "conv2.sum", "conv2", "pool1"]
        );
        assert_eq!(names(&spec, "2,3,13")[15..], ["probabilities.logits", "probabilities"]);
        assert_eq!(
            names(&mnist_8(MNIST, 10), "all")[7..],
            [
                "conv4.convolution",
                "conv4",
                "pool2",
                "dense1.linear",
                "dense1",
                "probabilities.logits",
                "probabilities"
            ]
        );
    }

    #[test]
    fn a_part_has_the_shape_of_its_layer() {
        let spec = residual(MNIST, 10);
        let shapes = spec.shapes().unwrap();
        for recorded in spec.recorded_layers(&OpenedLayers::All).unwrap() {
            assert_eq!(recorded.shape, shapes[recorded.layer - 1], "{}", recorded.name);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["none", "all", "1", "2,7,99"] {
            assert_eq!(text.parse::<OpenedLayers>().unwrap().to_string(), text);
        }
        assert_eq!("4, 1,4".parse::<OpenedLayers>().unwrap().to_string(), "1,4");
        for text in ["", "0", "100", "1,", "one", "1-3"] {
            assert!(text.parse::<OpenedLayers>().is_err(), "{text}");
        }
        let json = serde_json::to_string(&OpenedLayers::These(vec![3])).unwrap();
        assert_eq!(
            (json.as_str(), serde_json::from_str(&json).unwrap()),
            ("\"3\"", OpenedLayers::These(vec![3]))
        );
    }

    #[test]
    fn more_parts_than_a_run_can_hold_are_refused() {
        let conv = residual(MNIST, 10).layers[1];
        let input = ImageShape { channels: 32, height: 4, width: 4 };
        let layers = [vec![conv; 30], vec![LayerSpec::Output { classes: 2 }]].concat();
        let spec = NetworkSpec { name: "deep".into(), input, layers };
        // The first skip would begin before the input.
        let layers = [&[LayerSpec::MaxPool { size: 1, dropout: 0.0 }], &spec.layers[..]].concat();
        let spec = NetworkSpec { layers, ..spec };
        assert!(spec.recorded_layers(&OpenedLayers::None).is_ok());
        let refused = spec.recorded_layers(&OpenedLayers::All);
        assert_eq!(refused, Err(NetworkError::TooManyLayers { layers: 1 + 4 * 30 + 2 }));
    }
}
