//! The element types a measure accepts: f32 as cells are stored, f64 for reference precision.

use super::kernels;

/// A cell value. f32 takes the fast kernels, f64 plain double arithmetic; both give the measures of the module docs.
pub trait Cell: Copy + PartialOrd + Send + Sync + 'static {
    /// The same number in double precision.
    fn to_f64(self) -> f64;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
    /// Σ (a − b)² of two rows of the same length, to about 1e-7 relative (f32) or 1e-15 (f64).
    /// Exact for integers 0 … 255 of any type.
    fn squared_distance(a: &[Self], b: &[Self]) -> f64;
    /// The values themselves where they are f32.
    fn as_single(values: &[Self]) -> Option<&[f32]>;
    /// Values to bins of `[lo, hi]`, added to `counts`; see [`super::bins::BinRange`].
    fn count_into(values: &[Self], range: &super::bins::BinRange, counts: &mut [u32]);
    /// Appends the bin of each value, of at most 256 bins.
    fn append_codes(values: &[Self], range: &super::bins::BinRange, codes: &mut Vec<u8>);
    /// Smallest and largest of a non-empty row, or `None` when a value is not finite.
    fn min_max(values: &[Self]) -> Option<(f64, f64)>;
}

impl Cell for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn is_finite(self) -> bool {
        self.is_finite()
    }
    fn squared_distance(a: &[Self], b: &[Self]) -> f64 {
        kernels::squared_distance(a, b)
    }
    fn as_single(values: &[Self]) -> Option<&[f32]> {
        Some(values)
    }
    fn count_into(values: &[Self], range: &super::bins::BinRange, counts: &mut [u32]) {
        range.count_f32(values, counts);
    }
    fn append_codes(values: &[Self], range: &super::bins::BinRange, codes: &mut Vec<u8>) {
        range.append_codes_f32(values, codes);
    }
    fn min_max(values: &[Self]) -> Option<(f64, f64)> {
        kernels::min_max(values).map(|(lo, hi)| (f64::from(lo), f64::from(hi)))
    }
}

impl Cell for f64 {
    fn to_f64(self) -> f64 {
        self
    }
    fn is_finite(self) -> bool {
        self.is_finite()
    }
    fn squared_distance(a: &[Self], b: &[Self]) -> f64 {
        squared_distance_in_double(a, b)
    }
    fn as_single(_: &[Self]) -> Option<&[f32]> {
        None
    }
    fn count_into(values: &[Self], range: &super::bins::BinRange, counts: &mut [u32]) {
        for &value in values {
            counts[range.index(value)] += 1;
        }
    }
    fn append_codes(values: &[Self], range: &super::bins::BinRange, codes: &mut Vec<u8>) {
        codes.extend(values.iter().map(|&value| range.index(value) as u8));
    }
    fn min_max(values: &[Self]) -> Option<(f64, f64)> {
        let fold = |(lo, hi): (f64, f64), &v: &f64| (lo.min(v), hi.max(v));
        all_finite(values).then(|| values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), fold))
    }
}

/// No value is NaN or infinite.
pub(crate) fn all_finite<C: Cell>(values: &[C]) -> bool {
    // In chunks, so that the inner loop has no early exit and vectorises.
    values.chunks(1024).all(|chunk| chunk.iter().fold(true, |finite, value| finite & value.is_finite()))
}

/// Σ (a − b)² in double precision whatever the element type: no overflow or underflow for any finite f32.
pub(crate) fn squared_distance_in_double<C: Cell>(a: &[C], b: &[C]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0_f64; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tail: f64 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| (x.to_f64() - y.to_f64()).powi(2))
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            let difference = x[lane].to_f64() - y[lane].to_f64();
            sums[lane] += difference * difference;
        }
    }
    sums.iter().sum::<f64>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_three_four_five_triangle_in_both_types() {
        assert_eq!(f32::squared_distance(&[0.0, 3.0], &[4.0, 0.0]), 25.0);
        assert_eq!(f64::squared_distance(&[0.0, 3.0], &[4.0, 0.0]), 25.0);
    }

    #[test]
    fn a_poisoned_value_is_found_wherever_it_stands() {
        for at in [0, 5, 1023, 1024, 2999] {
            let mut values = vec![0.5_f32; 3000];
            values[at] = f32::NAN;
            assert!(!all_finite(&values));
            assert_eq!(f32::min_max(&values), None);
            values[at] = f32::NEG_INFINITY;
            assert_eq!(f32::min_max(&values), None);
        }
        assert_eq!(f64::min_max(&[1.0, -2.0]), Some((-2.0, 1.0)));
        assert_eq!(f64::min_max(&[1.0, f64::INFINITY]), None);
    }
}
