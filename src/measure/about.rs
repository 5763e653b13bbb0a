//! What is known of a measure before it is computed.

use super::measures::Measure;
use super::settings::Setting;

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Entropies and information.
    Bit,
    /// Cross-entropy losses, by the natural logarithm.
    Nat,
    /// 0 … 1.
    Share,
    /// Test images.
    Count,
    /// A number without a unit: a dimension, a ratio.
    Number,
    /// Cells of the cube: whatever the layer puts out.
    Activation,
}

impl Unit {
    /// `bit`, `nat`, `1`, `count`, `number`, `activation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bit => "bit",
            Self::Nat => "nat",
            Self::Share => "1",
            Self::Count => "count",
            Self::Number => "number",
            Self::Activation => "activation",
        }
    }
}

/// What a result is of, and so how a query names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A layer's whole output: `name(slice)`.
    Layer,
    /// Each channel of a layer: `name(slice)`.
    Channel,
    /// All channels of one layer with all of another.
    ChannelPair,
    /// Two layers as wholes.
    LayerPair,
    /// Each class of the test set.
    Class,
    /// Every class with every class of the test set.
    Confusion,
    /// All predictions on the test set: `name(T)`.
    Epoch,
}

impl Form {
    /// Whether it is of a slice of the cube, and not of the predictions.
    pub fn has_slice(self) -> bool {
        self.has_two_slices() || matches!(self, Self::Layer | Self::Channel)
    }

    /// Whether it compares two layers: their channels, or the layers as wholes.
    pub fn has_two_slices(self) -> bool {
        matches!(self, Self::ChannelPair | Self::LayerPair)
    }
}

/// From what a measure is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The layers' cells, image by image.
    Cells,
    /// The layers' cells, and every pair of images.
    Pairs,
    /// The confusion matrix or the metrics of an epoch, which are stored.
    Predictions,
}

/// A pass over the cells of a layer that takes several measures of it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Over the cells, channel by channel and image by image: what the first charts show.
    Layer,
    /// Over the distances between whole outputs.
    Outputs,
}

impl Pass {
    /// The measure that stands for the pass: whoever asks for it has the others taken.
    pub fn leader(self) -> Measure {
        match self {
            Self::Layer => Measure::InterSample,
            Self::Outputs => Measure::Readable,
        }
    }
}

/// What the list says of a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct About {
    /// The measure.
    pub measure: Measure,
    /// In the notation, short; its name in lists and links.
    pub name: &'static str,
    /// What a query calls it, before the parenthesis.
    pub function: &'static str,
    /// What stands between its two slices.
    pub between: &'static str,
    /// The name of its array in a run file, where it has one under `measures/`.
    pub array: &'static str,
    /// In words.
    pub words: &'static str,
    /// What it tells, in a sentence.
    pub gloss: &'static str,
    /// Of what.
    pub form: Form,
    /// Of its values.
    pub unit: Unit,
    /// From what.
    pub needs: Needs,
    /// Names of the values of one result; one for most.
    pub parts: &'static [&'static str],
    /// How many of them a query gives, the first ones: a value that means little by itself comes with its ceiling and with
    /// what chance gives.
    pub shown: usize,
    /// Images that it needs at least.
    pub least_images: usize,
    /// Settings that change it.
    pub settings: &'static [Setting],
    /// Whether a result of all images has a value for each class beside the one of all classes together.
    pub has_classes_apart: bool,
    /// With which others it is taken.
    pub pass: Option<Pass>,
}
