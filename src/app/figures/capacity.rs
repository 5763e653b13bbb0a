//! Channel capacity of two layers: a cell per pair of channels, as each of its measures.

use std::borrow::Cow;

use super::matrix::Matrix;
use super::{Numbers, exact};
use crate::app::session::editor::outline::grouped;
use crate::app::session::layer::{CapacityMeasure, LayerLook};
use crate::app::session::{Capacity, LayerPair};
use crate::ordering::sort_by;
use crate::plot::raster::ValueRange;
use crate::protocol::compute::{BitsArray, Counted};

/// The share of a matrix's nulls that a cell must lie above to be told from chance.
const ABOVE_NULLS: f64 = 0.95;

/// The capacities as they are shown: as counted, or with what the Miller–Madow correction takes off them. H is left as
/// it is: its own correction, at most 31 / (2 P ln 2), is below 0.0004 bits of 60,000 pairs.
pub fn as_shown(capacity: &Capacity, corrected: bool) -> Cow<'_, Capacity> {
    if !corrected {
        return Cow::Borrowed(capacity);
    }
    let without = |bits: &BitsArray, excess: &BitsArray| BitsArray {
        shape: bits.shape.clone(),
        values: bits.values.iter().zip(&excess.values).map(|(bits, excess)| bits - excess).collect(),
    };
    Cow::Owned(Capacity {
        capacity: without(&capacity.capacity, &capacity.excess),
        null: without(&capacity.null, &capacity.null_excess),
        ..capacity.clone()
    })
}

/// Over how many pairs of images: `all 124,750 pairs of images`, `60,000 of 499,500 pairs of images`.
pub fn over(counted: Counted) -> String {
    let Counted { pairs, of } = counted;
    if pairs == of {
        format!("all {} pairs of images", grouped(of as u64))
    } else {
        format!("{} of {} pairs of images", grouped(pairs as u64), grouped(of as u64))
    }
}

/// The numbers of a pair of layers in one measure; undefined where a share has nothing to be a share of.
pub fn matrix(capacity: &Capacity, measure: CapacityMeasure) -> Matrix {
    let [rows, columns] = capacity.capacity.shape[..] else { return Matrix::default() };
    let information = Matrix::new(rows, columns, capacity.capacity.values.clone());
    let entropy = |values: &[f64], channel: usize| values.get(channel).copied().unwrap_or(f64::NAN);
    let cell = |at: usize| {
        let bits = information.values[at];
        let h_a = entropy(&capacity.entropy_a.values, at / columns);
        let h_b = entropy(&capacity.entropy_b.values, at % columns);
        match measure {
            CapacityMeasure::Capacity => bits,
            CapacityMeasure::AGivenB => left_open(h_a, bits),
            CapacityMeasure::BGivenA => left_open(h_b, bits),
            CapacityMeasure::Share => share(bits, h_a, h_b),
        }
    };
    let values = (0..information.values.len()).map(cell).collect();
    Matrix { values, ..information }
}

/// H(a|b) = `H_a` − I; rounding may make it a little less than nothing.
fn left_open(entropy: f64, information: f64) -> f64 {
    let bits = entropy - information;
    if bits.is_nan() { bits } else { bits.max(0.0) }
}

fn share(information: f64, h_a: f64, h_b: f64) -> f64 {
    share_of(information, h_a.min(h_b))
}

/// What part of `entropy` the information is; rounding may make it a little more than all of it. Undefined where
/// there is none to have a part of.
pub fn share_of(information: f64, entropy: f64) -> f64 {
    if information.is_nan() || entropy.is_nan() || entropy <= 0.0 {
        return f64::NAN;
    }
    (information / entropy).min(1.0)
}

/// What chance gives, cell by cell.
pub fn null(capacity: &Capacity) -> Matrix {
    let [rows, columns] = capacity.null.shape[..] else { return Matrix::default() };
    Matrix::new(rows, columns, capacity.null.values.clone())
}

/// Which cells are not above chance: their I does not exceed their own null, or not the 95 % smallest of all nulls
/// of the matrix (one shuffled order is one draw; half of all independent pairs would exceed their own).
pub fn at_chance(capacity: &Capacity) -> Vec<bool> {
    let mut nulls: Vec<f64> = capacity.null.values.iter().copied().filter(|bits| bits.is_finite()).collect();
    sort_by(&mut nulls, f64::total_cmp);
    let place = (ABOVE_NULLS * nulls.len() as f64).ceil() as usize;
    let high = nulls.get(place.saturating_sub(1)).copied().unwrap_or(0.0);
    let is_above = |(bits, null): (&f64, &f64)| *bits > null.max(high);
    capacity.capacity.values.iter().zip(&capacity.null.values).map(|cell| !is_above(cell)).collect()
}

/// The ends of the colour scale. The fixed one is the same for all epochs and layers: no entropy of B bins lies above
/// log2 B. Of a difference it reaches as far below nothing as above.
pub fn scale(shown: &Matrix, look: &LayerLook, bins: usize, is_difference: bool) -> ValueRange {
    let fixed = match look.measure {
        CapacityMeasure::Share => 1.0,
        _ => (bins.max(2) as f64).log2(),
    };
    if !is_difference {
        let own = shown.maximum();
        let high = if look.own_scale && own > 0.0 { own } else { fixed };
        return ValueRange { low: 0.0, high };
    }
    let own = super::matrix::maximum(shown.values.iter().map(|value| value.abs()));
    let high = if look.own_scale && own > 0.0 { own } else { fixed / 2.0 };
    ValueRange { low: -high, high }
}

/// A value on the colour scale, with its unit.
pub fn with_unit(value: f64, measure: CapacityMeasure) -> String {
    match measure {
        CapacityMeasure::Share => format!("{:.0} %", 100.0 * value),
        _ => format!("{} bit", super::number(value)),
    }
}

/// What is said of the pair of channel `a` and channel `b`.
pub fn describe(capacity: &Capacity, pair: LayerPair, a: usize, b: usize) -> Vec<String> {
    let [_, columns] = capacity.capacity.shape[..] else { return Vec::new() };
    let at = a * columns + b;
    let value = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let bits = value(&capacity.capacity.values, at);
    let (h_a, h_b) = (value(&capacity.entropy_a.values, a), value(&capacity.entropy_b.values, b));
    let null = value(&capacity.null.values, at);
    let share = match share(bits, h_a, h_b) {
        share if share.is_nan() => "of nothing: a channel is constant".to_owned(),
        share => format!("{:.1} % of the smaller H", 100.0 * share),
    };
    vec![
        format!("a = layer {}, channel {a}; b = layer {}, channel {b}", pair.a, pair.b),
        format!("I(a; b) = {} bit, {share}", exact(bits)),
        format!("H(a) = {}, H(b) = {} bit", exact(h_a), exact(h_b)),
        format!("H(a|b) = {}, H(b|a) = {} bit", exact(left_open(h_a, bits)), exact(left_open(h_b, bits))),
        format!("by chance {} bit", exact(null)),
    ]
}

/// Mean capacity, and the mean that chance gives, over all defined cells.
pub fn means(capacity: &Capacity) -> (f64, f64) {
    (matrix(capacity, CapacityMeasure::Capacity).mean(), null(capacity).mean())
}

/// The matrix as it is, under the numbers of its columns and behind those of its rows.
pub fn numbers(matrix: &Matrix) -> Numbers {
    let row = |(a, values): (usize, &[f64])| {
        std::iter::once(a.to_string()).chain(values.iter().map(|&bits| exact(bits))).collect()
    };
    let columns = (0..matrix.columns).map(|b| b.to_string());
    Numbers {
        columns: std::iter::once("channel".to_owned()).chain(columns).collect(),
        rows: matrix.values.chunks(matrix.columns.max(1)).enumerate().map(row).collect(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A capacity from I, row-major, and both entropies; chance gives a tenth of a bit everywhere.
    pub fn capacity(information: &[f64], entropy_a: &[f64], entropy_b: &[f64]) -> Capacity {
        let bits =
            |shape: &[usize], values: &[f64]| BitsArray { shape: shape.to_vec(), values: values.to_vec() };
        let (rows, columns) = (entropy_a.len(), entropy_b.len());
        Capacity {
            capacity: bits(&[rows, columns], information),
            null: bits(&[rows, columns], &vec![0.1; rows * columns]),
            excess: bits(&[rows, columns], &vec![0.01; rows * columns]),
            null_excess: bits(&[rows, columns], &vec![0.02; rows * columns]),
            entropy_a: bits(&[rows], entropy_a),
            entropy_b: bits(&[columns], entropy_b),
            counted: Counted { pairs: 60_000, of: 124_750 },
        }
    }

    fn two_by_three() -> Capacity {
        capacity(&[0.0, 1.0, 2.0, 3.0, 4.0, f64::NAN], &[2.0, 4.0], &[0.0, 4.0, 5.0])
    }

    #[test]
    fn every_measure_follows_from_information_and_entropies() {
        let of = |measure| matrix(&two_by_three(), measure);
        assert_eq!(of(CapacityMeasure::AGivenB).values[..5], [2.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(of(CapacityMeasure::BGivenA).values[..5], [0.0, 3.0, 3.0, 0.0, 0.0]);
        let share = of(CapacityMeasure::Share);
        assert!(share.at(0, 0).is_nan(), "a constant channel has nothing to share");
        for (a, b, expected) in [(0, 1, 0.5), (0, 2, 1.0), (1, 1, 1.0)] {
            assert!((share.at(a, b) - expected).abs() < 1e-12);
        }
        for measure in CapacityMeasure::ALL {
            assert!(of(measure).at(1, 2).is_nan(), "undefined stays undefined");
        }
    }

    #[test]
    fn the_correction_takes_its_share_off_information_and_chance() {
        let plain = capacity(&[0.0, 1.0, 2.0, 3.0], &[2.0, 4.0], &[4.0, 5.0]);
        assert_eq!(*as_shown(&plain, false), plain);
        let corrected = as_shown(&plain, true);
        assert!((corrected.capacity.values[1] - 0.99).abs() < 1e-12);
        assert!((corrected.null.values[1] - 0.08).abs() < 1e-12);
        assert!((corrected.capacity.values[0] + 0.01).abs() < 1e-12, "it may fall below nothing");
        assert_eq!(corrected.entropy_a, plain.entropy_a);
    }

    #[test]
    fn how_many_pairs_were_counted_is_said_in_words() {
        let said = |pairs, of| over(Counted { pairs, of });
        assert_eq!(said(124_750, 124_750), "all 124,750 pairs of images");
        assert_eq!(said(60_000, 1_249_975), "60,000 of 1,249,975 pairs of images");
        assert_eq!(said(3, 3), "all 3 pairs of images");
    }

    #[test]
    fn a_cell_is_named_by_both_channels() {
        let lines = describe(&two_by_three(), LayerPair { a: 2, b: 4 }, 0, 1);
        let expected = [
            "a = layer 2, channel 0; b = layer 4, channel 1",
            "I(a; b) = 1.0000 bit, 50.0 % of the smaller H",
            "H(a) = 2.0000, H(b) = 4.0000 bit",
            "H(a|b) = 1.0000, H(b|a) = 3.0000 bit",
            "by chance 0.1000 bit",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_fixed_scale_is_the_same_for_all_matrices() {
        let look = LayerLook { own_scale: false, ..LayerLook::default() };
        let (small, large) = (Matrix::new(1, 1, vec![0.2]), Matrix::new(1, 2, vec![3.0, -1.0]));
        assert_eq!(scale(&small, &look, 32, false), scale(&large, &look, 32, false));
        assert_eq!(scale(&small, &look, 32, false), ValueRange { low: 0.0, high: 5.0 });
        assert_eq!(scale(&small, &look, 32, true), ValueRange { low: -2.5, high: 2.5 });
        let own = LayerLook { own_scale: true, ..look.clone() };
        assert_eq!(scale(&small, &own, 32, false), ValueRange { low: 0.0, high: 0.2 });
        assert_eq!(scale(&large, &own, 32, true), ValueRange { low: -3.0, high: 3.0 });
        let share = LayerLook { measure: CapacityMeasure::Share, ..look };
        assert_eq!(scale(&large, &share, 32, false), ValueRange { low: 0.0, high: 1.0 });
        assert_eq!(scale(&Matrix::new(1, 1, vec![0.0]), &own, 32, false).high.to_bits(), 5.0_f64.to_bits());
    }

    #[test]
    fn a_cell_is_at_chance_unless_it_exceeds_its_own_null_and_nearly_all_others() {
        let mut capacity = capacity(&[0.3; 40], &[1.0; 4], &[1.0; 10]);
        capacity.null.values[7] = 0.5;
        capacity.capacity.values[3] = 0.1;
        capacity.capacity.values[4] = f64::NAN;
        let marked: Vec<usize> = at_chance(&capacity)
            .iter()
            .enumerate()
            .filter(|(_, marked)| **marked)
            .map(|(at, _)| at)
            .collect();
        assert_eq!(marked, [3, 4, 7], "equal to chance, undefined, below its own null");
        capacity.null.values[..10].fill(0.4);
        assert!(at_chance(&capacity)[20], "a quarter of the nulls lie above it");
    }

    #[test]
    fn the_numbers_have_a_row_per_channel_of_the_first_layer() {
        let numbers = numbers(&matrix(&two_by_three(), CapacityMeasure::Capacity));
        assert_eq!(numbers.columns, ["channel", "0", "1", "2"]);
        assert_eq!(numbers.rows[1], ["1", "3.0000", "4.0000", "–"]);
    }

    #[test]
    fn values_have_their_unit() {
        assert_eq!(with_unit(2.5, CapacityMeasure::Capacity), "2.5 bit");
        assert_eq!(with_unit(1.0, CapacityMeasure::Share), "100 %");
        let (mean, chance) = means(&two_by_three());
        assert!((mean - 2.0).abs() < 1e-12 && (chance - 0.1).abs() < 1e-12);
    }
}
