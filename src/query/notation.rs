//! A query as a value, and its canonical text.
//!
//! Built by the parser or by the page's widgets. `Display` is the inverse of [`super::parse`].
//! Says nothing of whether a run has what is asked for; [`super::check`] does.

use std::fmt;

use super::selector::Selector;
use crate::measure::{Form, Measure, ProbeSet};

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

/// A measure of slices or of predictions, or a slice itself. The form of a measure ([`crate::measure::Form`]) says which
/// of these it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// `dCNN(…)`: the raw cells.
    Cells(Slice),
    /// `H(slice)`: a measure of layers or of their channels.
    OfSlice {
        /// What is asked.
        measure: Measure,
        /// Of what.
        slice: Slice,
    },
    /// `I(a; b)`, `H(a | b)`: a measure between the channels of two layers, or, with `*` on C, between whole layers.
    OfSlices {
        /// What is asked.
        measure: Measure,
        /// Left slice.
        a: Slice,
        /// Right slice, the condition.
        b: Slice,
    },
    /// `H(label|y=i)@T`: an entropy of a column or row of the confusion matrix.
    OfClasses {
        /// What is asked.
        measure: Measure,
        /// Predicted or actual classes.
        classes: Selector,
        /// T
        epochs: Selector,
    },
    /// `accuracy(T)`: of the predictions on the test set.
    OfEpochs {
        /// What is asked.
        measure: Measure,
        /// T
        epochs: Selector,
    },
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
    /// What is asked; `None` of the cells themselves.
    pub fn measure(&self) -> Option<Measure> {
        match self {
            Self::Cells(_) => None,
            Self::OfSlice { measure, .. }
            | Self::OfSlices { measure, .. }
            | Self::OfClasses { measure, .. }
            | Self::OfEpochs { measure, .. } => Some(*measure),
        }
    }

    /// Its slices, the first one first.
    pub fn slices(&self) -> Vec<&Slice> {
        match self {
            Self::Cells(slice) | Self::OfSlice { slice, .. } => vec![slice],
            Self::OfSlices { a, b, .. } => vec![a, b],
            Self::OfClasses { .. } | Self::OfEpochs { .. } => Vec::new(),
        }
    }

    /// Whose images its slices are of, by the first one; [`super::check`] refuses slices that differ.
    pub fn probe_set(&self) -> ProbeSet {
        self.slices().first().map_or(ProbeSet::Test, |slice| slice.probe_set)
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
        let about = self.measure().map(Measure::about);
        let (function, between) = about.map_or(("", ""), |about| (about.function, about.between));
        match self {
            Self::Cells(slice) => write!(f, "{slice}"),
            Self::OfSlice { slice, .. } => write!(f, "{function}({slice})"),
            Self::OfSlices { a, b, .. } if about.is_some_and(|about| about.form == Form::LayerPair) => {
                write!(f, "{function}({}{between}{})", Whole(a), Whole(b))
            }
            Self::OfSlices { a, b, .. } => write!(f, "{function}({a}{between}{b})"),
            Self::OfClasses { classes, epochs, .. } => write!(f, "{function}={classes})@{epochs}"),
            Self::OfEpochs { epochs, .. } => write!(f, "{function}({epochs})"),
        }
    }
}
