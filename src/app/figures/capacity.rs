//! Channel capacity of two layers: a cell per pair of channels.

use super::{Numbers, exact};
use crate::app::session::{Capacity, LayerPair};

/// Rows and columns of a capacity.
pub fn size(capacity: &Capacity) -> (usize, usize) {
    match capacity.capacity.shape[..] {
        [rows, columns] => (rows, columns),
        _ => (0, 0),
    }
}

/// What is said of the pair of channel `a` and channel `b`.
pub fn describe(capacity: &Capacity, pair: LayerPair, a: usize, b: usize) -> Vec<String> {
    let (_, columns) = size(capacity);
    let value = |values: &[f64]| values.get(a * columns + b).copied().unwrap_or(f64::NAN);
    vec![
        format!("I(layer {}, channel {a}; layer {}, channel {b})", pair.a, pair.b),
        format!("{} bit", exact(value(&capacity.capacity.values))),
        format!("by chance {} bit", exact(value(&capacity.null.values))),
    ]
}

/// Mean capacity, and the mean that chance gives, over all defined cells.
pub fn means(capacity: &Capacity) -> (f64, f64) {
    (mean(&capacity.capacity.values), mean(&capacity.null.values))
}

fn mean(values: &[f64]) -> f64 {
    let defined: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    defined.iter().sum::<f64>() / defined.len() as f64
}

/// The largest defined value.
pub fn maximum(capacity: &Capacity) -> f64 {
    capacity.capacity.values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// One row per channel of the first layer, one column per channel of the second.
pub fn numbers(capacity: &Capacity) -> Numbers {
    let (_, columns) = size(capacity);
    let row = |(a, values): (usize, &[f64])| {
        std::iter::once(a.to_string()).chain(values.iter().map(|&bits| exact(bits))).collect()
    };
    Numbers {
        columns: std::iter::once("channel".to_owned()).chain((0..columns).map(|b| b.to_string())).collect(),
        rows: capacity.capacity.values.chunks(columns.max(1)).enumerate().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::compute::BitsArray;

    fn capacity() -> Capacity {
        let bits = |values: &[f64]| BitsArray { shape: vec![2, 3], values: values.to_vec() };
        let of_channels = |values: &[f64]| BitsArray { shape: vec![values.len()], values: values.to_vec() };
        Capacity {
            capacity: bits(&[0.0, 1.0, 2.0, 3.0, 4.0, f64::NAN]),
            null: bits(&[0.1; 6]),
            entropy_a: of_channels(&[4.0; 2]),
            entropy_b: of_channels(&[4.0; 3]),
        }
    }

    #[test]
    fn a_cell_is_named_by_both_channels() {
        let lines = describe(&capacity(), LayerPair { a: 2, b: 4 }, 1, 0);
        assert_eq!(
            lines,
            ["I(layer 2, channel 1; layer 4, channel 0)", "3.0000 bit", "by chance 0.1000 bit"]
        );
    }

    #[test]
    fn means_and_maximum_leave_out_what_is_undefined() {
        let (mean, chance) = means(&capacity());
        assert!((mean - 2.0).abs() < 1e-12 && (chance - 0.1).abs() < 1e-12);
        assert!((maximum(&capacity()) - 4.0).abs() < 1e-12);
    }

    #[test]
    fn the_numbers_have_a_row_per_channel_of_the_first_layer() {
        let numbers = numbers(&capacity());
        assert_eq!(numbers.columns, ["channel", "0", "1", "2"]);
        assert_eq!(numbers.rows[1], ["1", "3.0000", "4.0000", "–"]);
    }
}
