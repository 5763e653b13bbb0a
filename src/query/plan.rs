//! A checked query: the atomic results it needs, and where each of their values goes.

use serde::{Deserialize, Serialize};

use super::axes::Axis;
use super::notation::Query;
use crate::measure::{MeasureKey, Unit};

/// An atomic result, computed and cached by the worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Need {
    /// A measure's values, as [`MeasureKey::shape`] says.
    Measure(MeasureKey),
    /// `[images, channels, height, width]` raw cells.
    Cells {
        /// Along T.
        epoch_index: usize,
        /// Along L, 0 = the input.
        layer: usize,
        /// At least one, ascending.
        images: Vec<usize>,
        /// At least one, ascending.
        channels: Vec<usize>,
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
