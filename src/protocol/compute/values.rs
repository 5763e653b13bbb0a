//! What answers are made of.

use serde::{Deserialize, Serialize};

use crate::cube::{Estimate, ProbeSet, RunHeader};
use crate::evaluation::ConfusionMatrix;
use crate::training::EpochMetrics;

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Identifier.
    pub run: String,
    /// `None` when the header cannot be read; `problem` then says why.
    pub header: Option<RunHeader>,
    /// Epochs recorded in full.
    pub recorded: usize,
    /// Test accuracy at the last recorded epoch.
    pub test_accuracy: Option<f32>,
    /// Bytes in storage; `None` until they have been measured ([`Task::RunSize`](super::Task::RunSize)).
    pub bytes: Option<u64>,
    /// Why the run cannot be opened.
    pub problem: Option<String>,
    /// Whether a trainer is writing it now, perhaps that of another tab.
    pub is_written: bool,
}

/// Over how many pairs of images channel capacities were estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Counted.
    pub pairs: usize,
    /// All there are.
    pub of: usize,
}

impl Counted {
    /// Of all probe images of a run.
    pub fn of(header: &RunHeader, estimate: Estimate) -> Self {
        let of = header.n_all_pairs();
        Self { pairs: if estimate == Estimate::Exact { of } else { header.n_pairs() }, of }
    }
}

/// What is known of all channels of one layer with all of another, bits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// I of every pair of channels, `[C_a, C_b]`.
    pub capacity: BitsArray,
    /// The same with the second layer's images in another order: what chance gives.
    pub null: BitsArray,
    /// What the Miller–Madow correction takes off I.
    pub excess: BitsArray,
    /// What it takes off what chance gives.
    pub null_excess: BitsArray,
    /// H of each channel of the first layer, `[C_a]`: the most another channel can tell about it.
    pub entropy_a: BitsArray,
    /// H of each channel of the second layer, `[C_b]`.
    pub entropy_b: BitsArray,
    /// Over how many pairs of images.
    pub counted: Counted,
}

/// What a measure gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Measured {
    /// As [`crate::measure::MeasureKey::shape`] says; `[0]` where nobody knows.
    Values(BitsArray),
    /// Of all channels of two layers: with what chance gives, and the most there could be.
    ChannelPairs(Box<Capacity>),
}

/// How full storage is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageSummary {
    /// Bytes this site may store; `None` where the browser does not tell.
    pub quota: Option<u64>,
    /// Bytes it stores.
    pub usage: Option<u64>,
    /// Bytes above which the oldest raw cells are dropped.
    pub budget: Option<u64>,
    /// Recorded epochs of all runs that have their raw cells.
    pub raw_epochs: usize,
    /// Bytes of these raw cells.
    pub raw_bytes: u64,
    /// Recorded epochs whose raw cells would have to be recomputed from their weights.
    pub recomputable_epochs: usize,
}

impl StorageSummary {
    /// Bytes of an epoch's raw cells, on the average of those that are stored; `None` without any.
    pub fn epoch_bytes(&self) -> Option<u64> {
        self.raw_bytes.checked_div(self.raw_epochs as u64).filter(|&bytes| bytes > 0)
    }
}

/// One recorded epoch of an opened run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochSummary {
    /// Losses and accuracies.
    pub metrics: EpochMetrics,
    /// On the test set.
    pub confusion: ConfusionMatrix,
}

/// A dense array of bits with its shape, row-major; NaN where undefined, +∞ where infinite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BitsArray {
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// Values in bits.
    pub values: Vec<f64>,
}

/// One axis of a query's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerAxis {
    /// `class`, `layer`, `channel`, `channel_a`, `channel_b`, `epoch`, …
    pub name: String,
    /// The class, image, layer, channel, epoch number, row or column at each index.
    pub coordinates: Vec<usize>,
    /// The same in words: class and layer names, else the number.
    pub labels: Vec<String>,
}

/// A probe image and how much a feature answers to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activated {
    /// Position in the probe set.
    pub image: usize,
    /// Its class.
    pub label: usize,
    /// Largest value of the feature map.
    pub peak: f32,
}

/// Raw cells of an epoch, all layers, that are not stored and can be computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedsCells {
    /// Epoch number.
    pub epoch: u32,
    /// Of which images.
    pub probe_set: ProbeSet,
}
