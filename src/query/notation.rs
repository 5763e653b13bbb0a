//! A query as a value, and its canonical text.
//!
//! Built by the parser or by the page's widgets. `Display` is the inverse of [`super::parse`].
//! Says nothing of whether a run has what is asked for; [`super::check`] does.

use std::fmt;

use super::selector::Selector;
use crate::cube::ProbeSet;

/// The axes of the hypercube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CubeAxis {
    /// Images of the probe set, or classes.
    X,
    /// Layers, 0 = the input.
    L,
    /// Channels.
    C,
    /// Epochs.
    T,
}

impl fmt::Display for CubeAxis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X => "X",
            Self::L => "L",
            Self::C => "C",
            Self::T => "T",
        })
    }
}

/// Which slice of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhichSlice {
    /// The only or the left one.
    First,
    /// The right one of `I(…; …)` and `H(… | …)`.
    Second,
}

/// A selector's place in a query. Without slices, T is the epochs and X the class of `y=` or `label=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which slice.
    pub slice: WhichSlice,
    /// Which axis.
    pub axis: CubeAxis,
}

impl Place {
    /// In the first or only slice.
    pub fn first(axis: CubeAxis) -> Self {
        Self { slice: WhichSlice::First, axis }
    }

    /// In the second slice.
    pub fn second(axis: CubeAxis) -> Self {
        Self { slice: WhichSlice::Second, axis }
    }
}

/// What is picked on X.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Images {
    /// Images by their index in the probe set.
    Picked(Selector),
    /// `label=…`: images by their class.
    Labelled(Selector),
}

/// `dCNN(X, L, C, T)`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// Whose images are on X: with the word `train` those of the training set.
    pub probe_set: ProbeSet,
    /// X
    pub images: Images,
    /// L
    pub layers: Selector,
    /// C
    pub channels: Selector,
    /// T
    pub epochs: Selector,
}

/// A measure of slices, or a slice itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// `dCNN(…)`: the raw cells.
    Cells(Slice),
    /// `H(slice)`: inter-sample entropy of a layer's outputs.
    InterSample(Slice),
    /// `h(slice)`: intra-sample entropy, averaged over the images of the slice.
    IntraSample(Slice),
    /// `I(a; b)`: channel capacity H(a) − H(a|b).
    Capacity {
        /// Left slice.
        a: Slice,
        /// Right slice.
        b: Slice,
    },
    /// `H(a | b)`: conditional entropy between two layers' channels.
    Conditional {
        /// Left slice.
        a: Slice,
        /// Right slice, the condition.
        b: Slice,
    },
    /// `I(a; b)` with `*` on C of both: the information between whole layers.
    LayerInformation {
        /// Left slice; its channels are not picked.
        a: Slice,
        /// Right slice; its channels are not picked.
        b: Slice,
    },
    /// `H(a | b)` with `*` on C of both: what one layer leaves open about another.
    LayerConditional {
        /// Left slice; its channels are not picked.
        a: Slice,
        /// Right slice, the condition; its channels are not picked.
        b: Slice,
    },
    /// `H(label|y=i)@T`: entropy of a column of the confusion matrix.
    LabelGivenPredicted {
        /// Predicted classes.
        predicted: Selector,
        /// T
        epochs: Selector,
    },
    /// `H(y|label=i)@T`: entropy of a row of the confusion matrix.
    PredictedGivenLabel {
        /// Actual classes.
        actual: Selector,
        /// T
        epochs: Selector,
    },
    /// `accuracy(T)` on the test set.
    Accuracy(Selector),
    /// `loss(T)` on the test set.
    Loss(Selector),
    /// `confusion(T)` on the test set.
    Confusion(Selector),
}

impl fmt::Display for Images {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picked(images) => write!(f, "{images}"),
            Self::Labelled(classes) => write!(f, "label={classes}"),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dCNN({}, {}, {}, {})", X(self), self.layers, self.channels, self.epochs)
    }
}

/// What a slice has on X.
pub(super) struct X<'a>(pub &'a Slice);

impl fmt::Display for X<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.probe_set, &self.0.images) {
            (ProbeSet::Test, images) => write!(f, "{images}"),
            (ProbeSet::Train, Images::Picked(Selector::All)) => f.write_str(TRAIN),
            (ProbeSet::Train, images) => write!(f, "{TRAIN} {images}"),
        }
    }
}

/// The word for images of the training set.
pub(super) const TRAIN: &str = "train";

impl Query {
    /// Whose images its slices are of, by the first one; [`super::check`] refuses slices that differ.
    pub fn probe_set(&self) -> ProbeSet {
        match self {
            Self::Cells(slice) | Self::InterSample(slice) | Self::IntraSample(slice) => slice.probe_set,
            Self::Capacity { a, .. }
            | Self::Conditional { a, .. }
            | Self::LayerInformation { a, .. }
            | Self::LayerConditional { a, .. } => a.probe_set,
            _ => ProbeSet::Test,
        }
    }
}

/// A slice whose channels stand together, as one.
struct Whole<'a>(&'a Slice);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Slice { layers, epochs, .. } = self.0;
        write!(f, "dCNN({}, {layers}, *, {epochs})", X(self.0))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cells(slice) => write!(f, "{slice}"),
            Self::InterSample(slice) => write!(f, "H({slice})"),
            Self::IntraSample(slice) => write!(f, "h({slice})"),
            Self::Capacity { a, b } => write!(f, "I({a}; {b})"),
            Self::Conditional { a, b } => write!(f, "H({a} | {b})"),
            Self::LayerInformation { a, b } => write!(f, "I({}; {})", Whole(a), Whole(b)),
            Self::LayerConditional { a, b } => write!(f, "H({} | {})", Whole(a), Whole(b)),
            Self::LabelGivenPredicted { predicted, epochs } => write!(f, "H(label|y={predicted})@{epochs}"),
            Self::PredictedGivenLabel { actual, epochs } => write!(f, "H(y|label={actual})@{epochs}"),
            Self::Accuracy(epochs) => write!(f, "accuracy({epochs})"),
            Self::Loss(epochs) => write!(f, "loss({epochs})"),
            Self::Confusion(epochs) => write!(f, "confusion({epochs})"),
        }
    }
}
