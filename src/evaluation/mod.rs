//! How good the predictions are: the confusion matrix and what follows from it.

use serde::{Deserialize, Serialize};

/// Counts of (actual, predicted) class pairs on the test set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    n_classes: usize,
    /// Row-major, rows actual, columns predicted.
    counts: Vec<u32>,
}

impl ConfusionMatrix {
    /// All zero.
    pub fn new(n_classes: usize) -> Self {
        Self { n_classes, counts: vec![0; n_classes * n_classes] }
    }

    /// From row-major counts, rows actual; `None` when their number is not `n_classes²`.
    pub fn from_counts(n_classes: usize, counts: Vec<u32>) -> Option<Self> {
        (counts.len() == n_classes * n_classes).then_some(Self { n_classes, counts })
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// Counts one prediction.
    pub fn add(&mut self, actual: usize, predicted: usize) {
        self.counts[actual * self.n_classes + predicted] += 1;
    }

    /// How often `actual` was predicted as `predicted`.
    pub fn count(&self, actual: usize, predicted: usize) -> u32 {
        self.counts[actual * self.n_classes + predicted]
    }

    /// Row-major counts, rows actual.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Share predicted right, 0 … 1; NaN without samples.
    pub fn accuracy(&self) -> f64 {
        let total: u64 = self.counts.iter().map(|&c| u64::from(c)).sum();
        let right: u64 = (0..self.n_classes).map(|class| u64::from(self.count(class, class))).sum();
        right as f64 / total as f64
    }
}
