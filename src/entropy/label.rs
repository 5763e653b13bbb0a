//! Label entropies of a confusion matrix (paper 5.2): what a prediction leaves open about the class, and
//! the reverse. Counts come from `evaluation`; the page draws both.

use serde::{Deserialize, Serialize};

use super::error::{EntropyError, expect_len};
use super::histogram::shannon;

/// Both conditional label entropies, in bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelEntropies {
    /// H(label | y = j): how mixed the classes are among the images predicted as class j.
    /// **+∞** where nothing was predicted as j, as in the paper's Figure 6(C).
    pub label_given_prediction: Vec<f64>,
    /// H(y | label = i): how mixed the predictions are for images of class i; NaN where there are none.
    pub prediction_given_label: Vec<f64>,
}

/// From counts `[n_classes, n_classes]`, row-major, rows actual, columns predicted.
///
/// # Errors
/// `empty` for no classes, `shape` when the matrix is not `n_classes` squared.
pub fn label_entropies(counts: &[u32], n_classes: usize) -> Result<LabelEntropies, EntropyError> {
    let matrix: Vec<f64> = counts.iter().map(|&count| f64::from(count)).collect();
    label_entropies_of_weights(&matrix, n_classes, n_classes)
}

/// The same for any non-negative weights, `rows × columns`.
///
/// # Errors
/// `empty`, `shape` unless square, `non_finite`, `bad_argument` for a negative weight.
pub fn label_entropies_of_weights(
    matrix: &[f64],
    rows: usize,
    columns: usize,
) -> Result<LabelEntropies, EntropyError> {
    check_weights(matrix, rows, columns)?;
    let column = |j: usize| -> Vec<f64> { matrix.iter().skip(j).step_by(columns).copied().collect() };
    Ok(LabelEntropies {
        label_given_prediction: (0..columns).map(|j| shannon(&column(j)).unwrap_or(f64::INFINITY)).collect(),
        prediction_given_label: matrix
            .chunks_exact(columns)
            .map(|row| shannon(row).unwrap_or(f64::NAN))
            .collect(),
    })
}

/// A square matrix of finite weights, none negative.
pub(crate) fn check_weights(matrix: &[f64], rows: usize, columns: usize) -> Result<(), EntropyError> {
    expect_len("confusion matrix", rows.saturating_mul(columns), matrix.len())?;
    if matrix.is_empty() {
        return Err(EntropyError::Empty);
    }
    expect_len("columns of the confusion matrix", rows, columns)?;
    if !matrix.iter().all(|weight| weight.is_finite()) {
        return Err(EntropyError::NonFinite);
    }
    if matrix.iter().any(|&weight| weight < 0.0) {
        return Err(EntropyError::BadArgument { argument: "a count", requirement: "must not be negative" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_classifier_leaves_nothing_open() {
        let entropies = label_entropies(&[7, 0, 0, 9], 2).unwrap();
        assert_eq!(entropies.label_given_prediction, [0.0, 0.0]);
        assert_eq!(entropies.prediction_given_label, [0.0, 0.0]);
    }

    #[test]
    fn guessing_leaves_everything_open() {
        let entropies = label_entropies(&[3; 16], 4).unwrap();
        assert_eq!(entropies.label_given_prediction, [2.0; 4]);
        assert_eq!(entropies.prediction_given_label, [2.0; 4]);
    }

    #[test]
    fn an_empty_column_is_infinite_and_an_empty_row_undefined() {
        let entropies = label_entropies(&[5, 0, 0, 0], 2).unwrap();
        assert_eq!(entropies.label_given_prediction, [0.0, f64::INFINITY]);
        assert!(entropies.prediction_given_label[1].is_nan());
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |matrix: &[f64], rows, columns| {
            label_entropies_of_weights(matrix, rows, columns).unwrap_err().code()
        };
        assert_eq!(label_entropies(&[], 0).unwrap_err().code(), "empty");
        assert_eq!(label_entropies(&[1, 2, 3], 2).unwrap_err().code(), "shape");
        assert_eq!(code(&[1.0; 6], 2, 3), "shape");
        assert_eq!(code(&[1.0, f64::NAN, 0.0, 1.0], 2, 2), "non_finite");
        assert_eq!(code(&[1.0, -1.0, 0.0, 1.0], 2, 2), "bad_argument");
    }
}
