//! A checked query: the atomic results it needs, and where each of their values goes.

use serde::{Deserialize, Serialize};

use super::axes::Axis;
use super::notation::Query;

/// What the values of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Entropies.
    Bit,
    /// Cross-entropy losses, by the natural logarithm.
    Nat,
    /// 0 … 1.
    Share,
    /// Test images.
    Count,
    /// Cells of the cube: whatever the layer puts out.
    Activation,
}

impl Unit {
    /// `bit`, `nat`, `1`, `count`, `activation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bit => "bit",
            Self::Nat => "nat",
            Self::Share => "1",
            Self::Count => "count",
            Self::Activation => "activation",
        }
    }
}

/// Images of the probe set that enter a measure together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImageSet {
    /// All of them.
    All,
    /// These, ascending.
    These(Vec<usize>),
}

/// An atomic result, computed and cached by the worker. `epoch_index` counts along the recorded
/// epochs, `layer` from 0 = the input; K is the number of classes, C that of the layer's channels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Need {
    /// `[K+1]` bits: H per class, last = all images. NaN for a class with fewer than two images.
    InterSample {
        /// Along T.
        epoch_index: usize,
        /// Along L.
        layer: usize,
    },
    /// `[1]` bits: H of these images.
    InterSampleOf {
        /// Along T.
        epoch_index: usize,
        /// Along L.
        layer: usize,
        /// At least two, ascending.
        images: Vec<usize>,
    },
    /// `[C, K+1]` bits: h per class, last = all images. NaN for a class without images.
    IntraSample {
        /// Along T.
        epoch_index: usize,
        /// Along L.
        layer: usize,
    },
    /// `[C]` bits: h averaged over these images.
    IntraSampleOf {
        /// Along T.
        epoch_index: usize,
        /// Along L.
        layer: usize,
        /// At least one, ascending.
        images: Vec<usize>,
    },
    /// `[C_a, C_b]` bits: I; `layer_a ≤ layer_b`, since I is symmetric.
    Capacity {
        /// Along T.
        epoch_index: usize,
        /// Rows.
        layer_a: usize,
        /// Columns.
        layer_b: usize,
        /// At least two.
        images: ImageSet,
    },
    /// `[C_a, C_b]` bits: H(a|b).
    Conditional {
        /// Along T.
        epoch_index: usize,
        /// Rows.
        layer_a: usize,
        /// Columns, the condition.
        layer_b: usize,
        /// At least two.
        images: ImageSet,
    },
    /// `[K]` bits: H(label|y=j), +∞ for a class that nothing was predicted as.
    LabelGivenPredicted {
        /// Along T.
        epoch_index: usize,
    },
    /// `[K]` bits: H(y|label=i), NaN for a class without test images.
    PredictedGivenLabel {
        /// Along T.
        epoch_index: usize,
    },
    /// `[1]`: share of the test set predicted right.
    TestAccuracy {
        /// Along T.
        epoch_index: usize,
    },
    /// `[1]` nats on the test set.
    TestLoss {
        /// Along T.
        epoch_index: usize,
    },
    /// `[K, K]` counts, rows actual.
    Confusion {
        /// Along T.
        epoch_index: usize,
    },
    /// `[images, channels, height, width]` raw cells.
    Cells {
        /// Along T.
        epoch_index: usize,
        /// Along L.
        layer: usize,
        /// At least one, ascending.
        images: Vec<usize>,
        /// At least one, ascending.
        channels: Vec<usize>,
    },
    /// `[4]` bits between two whole layers: I(a;b), H(a|b), H(b|a), and I by chance; `layer_a ≤ layer_b`. Of a layer
    /// with itself the first is its H. Measuring that keeps the distances, from which any pair follows.
    LayerInformation {
        /// Along T.
        epoch_index: usize,
        /// Along L.
        layer_a: usize,
        /// Along L.
        layer_b: usize,
        /// At least two.
        images: ImageSet,
    },
}

/// One loop over values of an atomic result: the offsets read there, the stride written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loop {
    pub from: Vec<usize>,
    pub stride: usize,
}

/// An atomic result and where its values go: nested loops, starting at `base`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub need: Need,
    /// Values that the atomic result has.
    pub need_len: usize,
    pub base: usize,
    pub loops: Vec<Loop>,
}

/// A query that a run can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub(super) query: Query,
    pub(super) unit: Unit,
    pub(super) axes: Vec<Axis>,
    pub(super) len: usize,
    pub(super) parts: Vec<Part>,
}

impl Plan {
    /// The query as it was understood: `H(dCNN(…))` of one channel has become `h(dCNN(…))`.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// What the values are.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The axes of the answer; none for a single number.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(Axis::len).collect()
    }

    /// Values in the answer.
    pub fn n_values(&self) -> usize {
        self.len
    }

    /// The atomic results to compute; the position of each is its name in [`super::Assembly::put`].
    pub fn needs(&self) -> impl ExactSizeIterator<Item = &Need> {
        self.parts.iter().map(|part| &part.need)
    }
}
