//! How good the predictions are: the confusion matrix and what follows from it.
//!
//! Counted by the trainer on the test set after each recorded epoch; read by the page (matrix,
//! percentages) and by the label entropies. Knows no network and no image.

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
        (n_classes.checked_mul(n_classes) == Some(counts.len())).then_some(Self { n_classes, counts })
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// Counts one prediction.
    ///
    /// # Panics
    /// For a class that is not there.
    pub fn add(&mut self, actual: usize, predicted: usize) {
        assert!(predicted < self.n_classes, "class {predicted} of {}", self.n_classes);
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

    /// All samples.
    pub fn total(&self) -> u64 {
        sum(self.counts.iter().copied())
    }

    /// Samples of a class: the sum of its row.
    pub fn actual_total(&self, actual: usize) -> u64 {
        sum(self.row(actual))
    }

    /// Samples predicted as a class: the sum of its column.
    pub fn predicted_total(&self, predicted: usize) -> u64 {
        sum(self.column(predicted))
    }

    /// P(y = · | label = `actual`): the row as shares that sum to 1; `None` for a class without samples.
    pub fn predicted_shares(&self, actual: usize) -> Option<Vec<f64>> {
        shares(self.row(actual))
    }

    /// P(label = · | y = `predicted`): the column as shares that sum to 1; `None` for a class that
    /// nothing was predicted as.
    pub fn actual_shares(&self, predicted: usize) -> Option<Vec<f64>> {
        shares(self.column(predicted))
    }

    /// Share predicted right, 0 … 1; NaN without samples.
    pub fn accuracy(&self) -> f64 {
        let right = sum((0..self.n_classes).map(|class| self.count(class, class)));
        right as f64 / self.total() as f64
    }

    /// Standard deviation of the accuracy over test sets with as many images of each class: every image is right or
    /// wrong by itself, √(Σ n p (1 − p)) / N with p the share of its class predicted right; NaN without samples.
    pub fn accuracy_deviation(&self) -> f64 {
        let variance = |class: usize| {
            let (images, right) = (self.actual_total(class) as f64, f64::from(self.count(class, class)));
            if images > 0.0 { right * (images - right) / images } else { 0.0 }
        };
        (0..self.n_classes).map(variance).sum::<f64>().sqrt() / self.total() as f64
    }

    fn row(&self, actual: usize) -> impl Iterator<Item = u32> + Clone {
        (0..self.n_classes).map(move |predicted| self.count(actual, predicted))
    }

    fn column(&self, predicted: usize) -> impl Iterator<Item = u32> + Clone {
        (0..self.n_classes).map(move |actual| self.count(actual, predicted))
    }
}

fn sum(counts: impl Iterator<Item = u32>) -> u64 {
    counts.map(u64::from).sum()
}

fn shares(counts: impl Iterator<Item = u32> + Clone) -> Option<Vec<f64>> {
    let total = sum(counts.clone());
    (total > 0).then(|| counts.map(|count| f64::from(count) / total as f64).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two cats seen as cats, one as a dog; one dog seen as a dog, two as birds; no birds.
    fn pets() -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(3);
        for (actual, predicted) in [(0, 0), (0, 0), (0, 1), (1, 1), (1, 2), (1, 2)] {
            matrix.add(actual, predicted);
        }
        matrix
    }

    #[test]
    fn rows_are_actual_and_columns_predicted() {
        assert_eq!(pets().counts(), [2, 1, 0, 0, 1, 2, 0, 0, 0]);
        assert_eq!((pets().count(0, 1), pets().count(1, 0)), (1, 0));
    }

    #[test]
    fn sums_of_rows_and_columns_count_samples_and_predictions() {
        let totals = |of: &dyn Fn(usize) -> u64| [of(0), of(1), of(2)];
        assert_eq!(totals(&|class| pets().actual_total(class)), [3, 3, 0]);
        assert_eq!(totals(&|class| pets().predicted_total(class)), [2, 2, 2]);
        assert_eq!(pets().total(), 6);
    }

    #[test]
    fn shares_of_a_row_and_of_a_column_differ() {
        assert_eq!(pets().predicted_shares(0), Some(vec![2.0 / 3.0, 1.0 / 3.0, 0.0]));
        assert_eq!(pets().actual_shares(1), Some(vec![0.5, 0.5, 0.0]));
    }

    #[test]
    fn an_empty_row_or_column_has_no_shares() {
        assert_eq!(pets().predicted_shares(2), None);
        assert_eq!(ConfusionMatrix::new(2).actual_shares(0), None);
    }

    #[test]
    fn accuracy_is_the_share_on_the_diagonal() {
        assert!((pets().accuracy() - 0.5).abs() < f64::EPSILON);
        assert!(ConfusionMatrix::new(3).accuracy().is_nan());
    }

    #[test]
    fn accuracy_of_equal_classes_varies_as_one_binomial() {
        let matrix = ConfusionMatrix::from_counts(2, vec![90, 10, 10, 90]).unwrap();
        assert!((matrix.accuracy_deviation() - (0.9_f64 * 0.1 / 200.0).sqrt()).abs() < 1e-12);
        let sure = ConfusionMatrix::from_counts(2, vec![90, 0, 0, 90]).unwrap();
        assert_eq!(sure.accuracy_deviation().to_bits(), 0.0_f64.to_bits());
        assert!(ConfusionMatrix::new(3).accuracy_deviation().is_nan());
    }

    #[test]
    fn counts_that_are_no_square_are_refused() {
        assert_eq!(ConfusionMatrix::from_counts(2, vec![1, 2, 3]), None);
        assert_eq!(ConfusionMatrix::from_counts(usize::MAX, vec![1]), None);
        assert_eq!(ConfusionMatrix::from_counts(3, pets().counts().to_vec()), Some(pets()));
    }

    #[test]
    #[should_panic(expected = "class 3 of 3")]
    fn a_class_that_is_not_there_is_not_counted_as_another() {
        pets().add(0, 3);
    }

    #[test]
    fn the_greatest_counts_do_not_overflow() {
        let full = ConfusionMatrix::from_counts(2, vec![u32::MAX; 4]).unwrap();
        assert_eq!(full.total(), 4 * u64::from(u32::MAX));
        assert!((full.accuracy() - 0.5).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn rows_and_columns_both_sum_to_all_samples(counts in proptest::collection::vec(0_u32..1000, 16)) {
            let matrix = ConfusionMatrix::from_counts(4, counts).unwrap();
            let rows: u64 = (0..4).map(|class| matrix.actual_total(class)).sum();
            let columns: u64 = (0..4).map(|class| matrix.predicted_total(class)).sum();
            prop_assert_eq!((rows, columns), (matrix.total(), matrix.total()));
        }

        #[test]
        fn shares_sum_to_one(counts in proptest::collection::vec(0_u32..1000, 16)) {
            let matrix = ConfusionMatrix::from_counts(4, counts).unwrap();
            let all = (0..4).flat_map(|class| [matrix.predicted_shares(class), matrix.actual_shares(class)]);
            for shares in all.flatten() {
                prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }
}
