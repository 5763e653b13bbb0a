//! A classifier as Shannon's channel: the label goes in, the prediction y comes out, the confusion matrix counts both.
//!
//! As counted: H(label), H(y), I(label; y) = H(label) + H(y) − H(label, y), the equivocation H(label | y), what a
//! prediction leaves open, and the noise H(y | label); plug-in estimates, I is biased up by about (K − 1)² / (2 N ln 2)
//! bits. The **capacity** is the largest I over all ways to choose labels, max over p(label), by the algorithm of
//! Blahut (1972) and Arimoto (1972) with the input distribution that reaches it; what the paper calls channel capacity
//! is an I at one input distribution. Rows without images are left out of it.
//!
//! All in bits, 0·log 0 = 0. 0 ≤ I ≤ capacity ≤ log2 K, up to the algorithm's stated uncertainty.

use serde::{Deserialize, Serialize};

use super::error::EntropyError;
use super::histogram::shannon;
use super::label::check_weights;

/// What the confusion matrix says as a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelChannel {
    /// H(label).
    pub label_bits: f64,
    /// H(y).
    pub prediction_bits: f64,
    /// I(label; y) as counted.
    pub bits: f64,
    /// H(label | y).
    pub equivocation: f64,
    /// H(y | label).
    pub noise: f64,
    /// Capacity: the largest I over all input distributions.
    pub capacity: f64,
    /// How much larger the capacity may be than what is said.
    pub capacity_uncertainty: f64,
    /// The input distribution that reaches it, one number a class; 0 for a class without images.
    pub input: Vec<f64>,
}

/// The algorithm stops when its bounds of the capacity are as near as this, in bits.
const TOLERANCE: f64 = 1e-12;
/// Or after so many steps: where an input's share goes to zero, bounds close in slowly.
const STEPS: usize = 200_000;

/// From counts `[n_classes, n_classes]`, row-major, rows actual, columns predicted.
///
/// # Errors
/// `empty` for no classes, `shape` when the matrix is not `n_classes` squared, `too_few_samples` where nothing was
/// counted.
pub fn label_channel(counts: &[u32], n_classes: usize) -> Result<LabelChannel, EntropyError> {
    let matrix: Vec<f64> = counts.iter().map(|&count| f64::from(count)).collect();
    label_channel_of_weights(&matrix, n_classes, n_classes)
}

/// The same for any non-negative weights, `rows × columns`.
///
/// # Errors
/// `empty`, `shape` unless square, `non_finite`, `bad_argument` for a negative weight, `too_few_samples` where all
/// are zero.
pub fn label_channel_of_weights(
    matrix: &[f64],
    rows: usize,
    columns: usize,
) -> Result<LabelChannel, EntropyError> {
    check_weights(matrix, rows, columns)?;
    let row_sums: Vec<f64> = matrix.chunks_exact(columns).map(|row| row.iter().sum()).collect();
    let column_sums: Vec<f64> = (0..columns).map(|j| matrix.iter().skip(j).step_by(columns).sum()).collect();
    let entropies = [&row_sums, &column_sums, matrix].map(shannon);
    let [Some(label), Some(prediction), Some(joint)] = entropies else {
        return Err(EntropyError::TooFewSamples);
    };
    let used: Vec<usize> = (0..rows).filter(|&row| row_sums[row] > 0.0).collect();
    let transitions: Vec<f64> = used
        .iter()
        .flat_map(|&row| matrix[row * columns..(row + 1) * columns].iter().map(move |w| (row, w)))
        .map(|(row, weight)| weight / row_sums[row])
        .collect();
    let found = capacity(&transitions, columns);
    let mut input = vec![0.0; rows];
    used.iter().zip(&found.input).for_each(|(&row, &share)| input[row] = share);
    Ok(LabelChannel {
        label_bits: label,
        prediction_bits: prediction,
        bits: (label + prediction - joint).max(0.0),
        equivocation: (joint - prediction).max(0.0),
        noise: (joint - label).max(0.0),
        capacity: found.lower.max(0.0),
        capacity_uncertainty: (found.upper - found.lower).max(0.0),
        input,
    })
}

/// Bounds of a capacity, and the input distribution behind them.
struct Capacity {
    lower: f64,
    upper: f64,
    input: Vec<f64>,
}

/// Blahut–Arimoto: from equal shares p on, p_x ← p_x 2^D_x / Σ p 2^D with D_x = D(w_x ‖ Σ p w). The capacity lies
/// between log2 Σ p 2^D and the largest D. `transitions` are the rows w_x, each with the sum 1.
fn capacity(transitions: &[f64], columns: usize) -> Capacity {
    let rows = transitions.chunks_exact(columns);
    let own: Vec<f64> = rows.clone().map(|row| -shannon(row).unwrap_or(0.0)).collect();
    let mut found = Capacity { lower: 0.0, upper: 0.0, input: vec![1.0 / own.len() as f64; own.len()] };
    let (mut output, mut grown) = (vec![0.0; columns], vec![0.0; own.len()]);
    for _ in 0..STEPS {
        output.fill(0.0);
        for (row, share) in rows.clone().zip(&found.input) {
            output.iter_mut().zip(row).for_each(|(sum, w)| *sum += share * w);
        }
        for sum in &mut output {
            // A column that no row reaches takes part in no sum.
            *sum = if *sum > 0.0 { sum.log2() } else { 0.0 };
        }
        found.upper = f64::NEG_INFINITY;
        for (((grown, row), own), share) in grown.iter_mut().zip(rows.clone()).zip(&own).zip(&found.input) {
            let divergence = own - row.iter().zip(&output).map(|(w, log2_q)| w * log2_q).sum::<f64>();
            found.upper = found.upper.max(divergence);
            *grown = share * divergence.exp2();
        }
        let total: f64 = grown.iter().sum();
        found.lower = total.log2();
        found.input.iter_mut().zip(&grown).for_each(|(share, grown)| *share = grown / total);
        if found.upper - found.lower < TOLERANCE {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entropy_of_a_coin(p: f64) -> f64 {
        shannon(&[p, 1.0 - p]).unwrap()
    }

    #[test]
    fn a_perfect_classifier_carries_log2_of_the_classes() {
        let channel = label_channel(&[5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5], 4).unwrap();
        assert_eq!((channel.label_bits, channel.bits, channel.capacity), (2.0, 2.0, 2.0));
        assert_eq!((channel.equivocation, channel.noise), (0.0, 0.0));
        assert_eq!(channel.input, [0.25; 4]);
    }

    #[test]
    fn a_binary_symmetric_channel_has_one_minus_its_error() {
        // Not as often one as the other: less than the capacity goes through.
        let channel = label_channel(&[90, 10, 30, 270], 2).unwrap();
        assert!((channel.capacity - (1.0 - entropy_of_a_coin(0.1))).abs() < 1e-11);
        assert!((channel.noise - entropy_of_a_coin(0.1)).abs() < 1e-12);
        assert!(channel.bits < channel.capacity - 0.01);
        assert!((channel.bits - (channel.label_bits - channel.equivocation)).abs() < 1e-12);
    }

    #[test]
    fn the_z_channel_has_its_known_capacity_and_input() {
        let channel = label_channel(&[50, 50, 0, 100], 2).unwrap();
        assert!((channel.capacity - 1.25_f64.log2()).abs() < 1e-11);
        assert!((channel.input[0] - 0.4).abs() < 1e-6);
        assert!(channel.capacity_uncertainty < 1e-11);
    }

    #[test]
    fn a_class_without_images_gets_no_share() {
        let channel = label_channel(&[8, 0, 2, 0, 0, 0, 1, 0, 9], 3).unwrap();
        let two = label_channel(&[8, 2, 1, 9], 2).unwrap();
        assert_eq!((channel.input[1], channel.capacity), (0.0, two.capacity));
        assert_eq!([channel.input[0], channel.input[2]], two.input.as_slice());
    }

    #[test]
    fn guessing_carries_nothing() {
        let channel = label_channel(&[10, 30, 10, 30], 2).unwrap();
        assert!(channel.capacity < 1e-15 && channel.bits < 1e-15);
        assert_eq!(label_channel(&[7], 1).unwrap().capacity, 0.0);
    }

    #[test]
    fn the_capacity_bounds_what_is_carried() {
        for seed in 1..30_u32 {
            let counts: Vec<u32> =
                (0..25_u32).map(|at| (at + seed * 100).wrapping_mul(2_654_435_761) >> 27).collect();
            let channel = label_channel(&counts, 5).unwrap();
            let most = channel.capacity + channel.capacity_uncertainty;
            assert!(channel.bits <= most + 1e-12 && most <= 5.0_f64.log2() + 1e-9);
            assert!((channel.input.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |matrix: &[f64], rows, columns| {
            label_channel_of_weights(matrix, rows, columns).unwrap_err().code()
        };
        assert_eq!(label_channel(&[], 0).unwrap_err().code(), "empty");
        assert_eq!(label_channel(&[1, 2, 3], 2).unwrap_err().code(), "shape");
        assert_eq!(label_channel(&[0; 4], 2).unwrap_err().code(), "too_few_samples");
        assert_eq!(code(&[1.0; 6], 2, 3), "shape");
        assert_eq!(code(&[1.0, f64::NAN, 0.0, 1.0], 2, 2), "non_finite");
        assert_eq!(code(&[1.0, -1.0, 0.0, 1.0], 2, 2), "bad_argument");
    }
}
