//! Equal bins of an interval. The range comes from the data or from a setting; intra-sample entropy and
//! channel capacity read the bins.

use super::kernels::{BLOCK, EDGE, Scale, block_codes};

/// B equal bins of `[lo, hi]`: bin = clamp(⌊(v − lo)/(hi − lo)·B⌋, 0, B − 1) in double precision;
/// an interval without width puts everything into bin 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinRange {
    lo: f64,
    width: f64,
    bins: usize,
}

/// The fast way is sound up to this number of bins.
const FAST_BINS: usize = 256;
/// Histograms side by side: equal neighbours (zeros after a `ReLU`) then do not wait for each other's store.
const TABLES: usize = 4;

impl BinRange {
    /// `bins` ≥ 1, `lo` and `hi` finite.
    pub fn new(lo: f64, hi: f64, bins: usize) -> Self {
        Self { lo, width: if hi > lo { hi - lo } else { 0.0 }, bins }
    }

    /// Number of bins.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// The bin of a finite value; values outside the interval go to the end bins.
    pub fn index(&self, value: f64) -> usize {
        if self.width == 0.0 {
            return 0;
        }
        // A cast saturates at 0 and truncates, which is ⌊·⌋ for what is left.
        (((value - self.lo) / self.width * self.bins as f64) as usize).min(self.bins - 1)
    }

    /// Adds f32 values to `counts` (`bins` long), each in exactly the bin that [`index`](Self::index) names.
    pub fn count_f32(&self, values: &[f32], counts: &mut [u32]) {
        let Some(scale) = self.single_precision_scale() else {
            for &value in values {
                counts[self.index(f64::from(value))] += 1;
            }
            return;
        };
        let mut tables = [[0_u32; FAST_BINS]; TABLES];
        let mut codes = [0_u8; BLOCK];
        let (blocks, rest) = values.as_chunks::<BLOCK>();
        for block in blocks {
            if block_codes(block, &scale, &mut codes) {
                for (code, &value) in codes.iter_mut().zip(block) {
                    *code = self.index(f64::from(value)) as u8;
                }
            }
            let [first, second, third, fourth] = &mut tables;
            for &[a, b, c, d] in codes.as_chunks::<TABLES>().0 {
                first[usize::from(a)] += 1;
                second[usize::from(b)] += 1;
                third[usize::from(c)] += 1;
                fourth[usize::from(d)] += 1;
            }
        }
        for (bin, count) in counts.iter_mut().enumerate() {
            *count += tables.iter().map(|table| table[bin]).sum::<u32>();
        }
        for &value in rest {
            counts[self.index(f64::from(value))] += 1;
        }
    }

    /// Appends the bins of f32 values, each exactly the one that [`index`](Self::index) names; at most 256 bins.
    pub fn append_codes_f32(&self, values: &[f32], codes: &mut Vec<u8>) {
        let bin = |&value: &f32| self.index(f64::from(value)) as u8;
        let Some(scale) = self.single_precision_scale() else {
            codes.extend(values.iter().map(bin));
            return;
        };
        let mut of_block = [0_u8; BLOCK];
        let (blocks, rest) = values.as_chunks::<BLOCK>();
        for block in blocks {
            if block_codes(block, &scale, &mut of_block) {
                of_block.iter_mut().zip(block).for_each(|(code, value)| *code = bin(value));
            }
            codes.extend_from_slice(&of_block);
        }
        codes.extend(rest.iter().map(bin));
    }

    /// The range in single precision, where that can carry it.
    fn single_precision_scale(&self) -> Option<Scale> {
        let factor = (self.bins as f64 / self.width) as f32;
        // The value minus lo must not overflow and lo must be a cell's value, so that the difference is exact to 2⁻²⁴.
        let sound = self.width > 0.0
            && self.bins <= FAST_BINS
            && factor.is_normal()
            && self.width < f64::from(f32::MAX)
            && f64::from(self.lo as f32).to_bits() == self.lo.to_bits();
        let (lo, top) = (self.lo as f32, self.bins as f32);
        sound.then_some(Scale { lo, factor, top, edge: EDGE })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_belongs_to_the_last_bin() {
        let range = BinRange::new(-1.0, 1.0, 4);
        assert_eq!([-1.0, -0.5, -0.25, 0.5, 1.0].map(|v| range.index(v)), [0, 1, 1, 3, 3]);
    }

    #[test]
    fn values_outside_are_clamped_to_the_end_bins() {
        let range = BinRange::new(0.0, 1.0, 8);
        assert_eq!([-5.0, 5.0, 1e300, -1e300].map(|v| range.index(v)), [0, 7, 7, 0]);
    }

    #[test]
    fn an_interval_without_width_is_one_bin() {
        assert_eq!(BinRange::new(2.0, 2.0, 32).index(9.0), 0);
    }

    #[test]
    fn single_precision_counts_equal_double_precision_counts() {
        let mut state = 7_u32;
        let mut values: Vec<f32> = (0..4000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 16_777_216.0 * 3.0 - 1.0
            })
            .collect();
        // Exactly on edges, just beside them, outside, zero.
        values.extend((0..64_u16).map(|i| f32::from(i) / 32.0));
        values.extend((0..64_u16).map(|i| f32::from_bits((f32::from(i) / 32.0).to_bits() + 1)));
        values.extend([-9.0, 9.0, 0.0, -0.0, f32::MAX, f32::MIN]);
        for (lo, hi, bins) in
            [(0.0, 1.0, 32), (-1.0, 2.0, 31), (0.1, 0.9, 256), (0.0, 1e-40, 32), (-3e38, 3e38, 7)]
        {
            let range = BinRange::new(lo, hi, bins);
            let (mut fast, mut plain) = (vec![0_u32; bins], vec![0_u32; bins]);
            range.count_f32(&values, &mut fast);
            for &value in &values {
                plain[range.index(f64::from(value))] += 1;
            }
            assert_eq!(fast, plain, "[{lo}, {hi}] in {bins}");
            let mut codes = Vec::new();
            range.append_codes_f32(&values, &mut codes);
            let each = codes.iter().zip(&values);
            assert!(each.into_iter().all(|(&code, &v)| usize::from(code) == range.index(f64::from(v))));
        }
    }
}
