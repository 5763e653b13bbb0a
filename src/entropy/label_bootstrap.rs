//! How far label entropies may be off by chance: their standard deviations over resampled test sets.
//!
//! Each class keeps its number of test images; of those, as many are drawn with replacement, so that every row of the
//! confusion matrix is multinomial with the row's own shares. 200 such matrices, each with its label entropies; the
//! standard deviation over them says what another test set of that size could have given. It shrinks with one over the
//! root of the number of images. Read by the page, whose bands of stability are at least twice as wide.

use super::error::EntropyError;
use super::label::{LabelEntropies, label_entropies};
use crate::dataset::random::{Purpose, Random};

/// Resampled matrices.
const RESAMPLES: u64 = 200;
/// Images drawn for each of them at most; of more images the deviation is scaled by one over the root of their number.
const MOST_DRAWN: u64 = 20_000;
/// The same for every run: an estimate is a function of the matrix alone.
const SEED: u64 = 0x626f_6f74;

/// Standard deviations (bits) of both label entropies of a confusion matrix `[n_classes, n_classes]`, row-major, rows
/// actual. Resamples in which an entropy is infinite do not count for it; NaN where fewer than two remain, and so for
/// an empty column or row.
///
/// # Errors
/// As [`label_entropies`].
pub fn label_entropy_deviations(counts: &[u32], n_classes: usize) -> Result<LabelEntropies, EntropyError> {
    label_entropies(counts, n_classes)?;
    let total: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    let drawn = total.min(MOST_DRAWN);
    let rows: Vec<Row> = counts.chunks_exact(n_classes).map(|row| Row::new(row, drawn, total)).collect();
    let mut columns = vec![Spread::default(); n_classes];
    let mut classes = vec![Spread::default(); n_classes];
    let mut matrix = vec![0_u32; counts.len()];
    for resample in 0..RESAMPLES {
        matrix.fill(0);
        for (class, (row, into)) in rows.iter().zip(matrix.chunks_exact_mut(n_classes)).enumerate() {
            row.draw(&mut Random::new(SEED, Purpose::Bootstrap, &[resample, class as u64]), into);
        }
        let entropies = label_entropies(&matrix, n_classes)?;
        columns.iter_mut().zip(entropies.label_given_prediction).for_each(|(spread, bits)| spread.add(bits));
        classes.iter_mut().zip(entropies.prediction_given_label).for_each(|(spread, bits)| spread.add(bits));
    }
    let scale = if drawn < total { (drawn as f64 / total as f64).sqrt() } else { 1.0 };
    let deviations =
        |spreads: &[Spread]| spreads.iter().map(|spread| scale * spread.deviation()).collect::<Vec<_>>();
    Ok(LabelEntropies {
        label_given_prediction: deviations(&columns),
        prediction_given_label: deviations(&classes),
    })
}

/// The images of a class, by what they were predicted as.
struct Row {
    /// Images up to and with each class.
    upto: Vec<u64>,
    draws: u64,
}

impl Row {
    fn new(counts: &[u32], drawn: u64, total: u64) -> Self {
        let sum = |sum: &mut u64, &count: &u32| {
            *sum += u64::from(count);
            Some(*sum)
        };
        let upto: Vec<u64> = counts.iter().scan(0, sum).collect();
        let images = upto.last().copied().unwrap_or(0);
        let draws =
            if drawn < total { (images as f64 / total as f64 * drawn as f64).round() as u64 } else { images };
        Self { upto, draws }
    }

    fn draw(&self, random: &mut Random, into: &mut [u32]) {
        let images = self.upto.last().copied().unwrap_or(0) as f64;
        for _ in 0..self.draws {
            let image = (f64::from(random.unit()) * images) as u64;
            let predicted = self.upto.partition_point(|&upto| upto <= image);
            into[predicted] += 1;
        }
    }
}

/// Mean and squared deviations of finite values so far (Welford).
#[derive(Clone, Copy, Default)]
struct Spread {
    n: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.n += 1.0;
            let from_mean = value - self.mean;
            self.mean += from_mean / self.n;
            self.squares += from_mean * (value - self.mean);
        }
    }

    fn deviation(&self) -> f64 {
        if self.n < 2.0 { f64::NAN } else { (self.squares / (self.n - 1.0)).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn deviations(counts: &[u32], n_classes: usize) -> LabelEntropies {
        label_entropy_deviations(counts, n_classes).unwrap()
    }

    #[track_caller]
    fn assert_near(value: f64, expected: f64, share: f64) {
        assert!((value - expected).abs() <= share * expected, "{value}, expected {expected}");
    }

    #[test]
    fn a_row_of_two_cells_has_the_binomial_deviation() {
        // The slope of the entropy of a share p is log2((1 − p) / p), the deviation of the share √(p(1 − p) / n).
        for (wrong, n) in [(100_u32, 1000_u32), (60, 200), (250, 5000)] {
            let p = f64::from(wrong) / f64::from(n);
            let expected = ((1.0 - p) / p).log2() * (p * (1.0 - p) / f64::from(n)).sqrt();
            let of = deviations(&[n - wrong, wrong, 0, n], 2).prediction_given_label;
            assert_near(of[0], expected, 0.15);
            assert_eq!(of[1].to_bits(), 0.0_f64.to_bits(), "what is never mistaken does not vary");
        }
    }

    #[test]
    fn a_column_varies_with_both_rows_it_is_drawn_from() {
        let (n, a, b) = (1000.0, 800.0, 150.0);
        let of = deviations(&[800, 200, 150, 850], 2).label_given_prediction;
        let share: f64 = a / (a + b);
        let variance = |count: f64| count * (1.0 - count / n);
        let of_share = (b * b * variance(a) + a * a * variance(b)).sqrt() / ((a + b) * (a + b));
        assert_near(of[0], (share / (1.0 - share)).log2() * of_share, 0.15);
    }

    #[test]
    fn four_times_the_images_halve_it() {
        let counts = [90, 7, 3, 20, 75, 5, 2, 10, 88];
        let one = deviations(&counts, 3);
        for factor in [4, 100, 4_000_000] {
            let many = deviations(&counts.map(|count| factor * count), 3);
            let root = f64::from(factor).sqrt();
            for (few, many) in one.label_given_prediction.iter().zip(&many.label_given_prediction) {
                assert_near(root * many, *few, 0.25);
            }
            for (few, many) in one.prediction_given_label.iter().zip(&many.prediction_given_label) {
                assert_near(root * many, *few, 0.25);
            }
        }
    }

    #[test]
    fn what_is_empty_has_none() {
        let of = deviations(&[5, 5, 0, 3, 7, 0, 0, 0, 0], 3);
        assert!(of.label_given_prediction[2].is_nan() && of.prediction_given_label[2].is_nan());
        assert!(of.label_given_prediction[0] > 0.0 && of.prediction_given_label[0] > 0.0);
        assert_eq!(label_entropy_deviations(&[], 0).unwrap_err().code(), "empty");
        assert_eq!(label_entropy_deviations(&[1, 2, 3], 2).unwrap_err().code(), "shape");
        assert!(
            deviations(&[u32::MAX; 4], 2).prediction_given_label[0] < 1e-4,
            "the greatest counts end, too"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn classes_in_another_order_have_the_same(counts in proptest::collection::vec(20_u32..200, 9), turn in 1_usize..3) {
            let turned = |place: usize| (place + turn) % 3;
            let other: Vec<u32> = (0..9).map(|cell| counts[3 * turned(cell / 3) + turned(cell % 3)]).collect();
            let (one, other) = (deviations(&counts, 3), deviations(&other, 3));
            for place in 0..3 {
                // Other draws: the same within what 200 resamples can tell.
                let pairs = [
                    (one.label_given_prediction[turned(place)], other.label_given_prediction[place]),
                    (one.prediction_given_label[turned(place)], other.prediction_given_label[place]),
                ];
                for (a, b) in pairs {
                    prop_assert!((a - b).abs() <= 0.4 * a.max(b), "{a} and {b}");
                }
            }
            prop_assert_eq!(&one, &deviations(&counts, 3));
        }
    }
}
