//! Squared distances of all pairs of samples, a block of rows at a time; no N × N matrix is ever held.
//!
//! Each source gives a distance as a `u32` key whose order is the order of the distances, so that one
//! selection serves all. Samples come from `inter_sample`, which also reads the keys.

use std::ops::{Range, RangeInclusive};

use super::cell::squared_distance_in_double;
use super::kernels::{GramElement, Panels, byte_wrapped_distance, squared_from_products};
use super::neighbours::Uncertainty;
use crate::ordering::order_of;

/// Rows of a panel of the Gram matrix; blocks of rows start and end on its multiples.
const PANEL: usize = 8;

/// Squared distances from some samples to all, as ordered keys.
pub(crate) trait DistanceKeys: Uncertainty {
    /// Fills these columns of `keys` (`rows.len()` × N, row-major); the starts are multiples of 8, the ends as well
    /// or N.
    fn fill(&self, rows: Range<usize>, columns: Range<usize>, keys: &mut [u32]);
    /// The squared distances of some of a row's keys, in a scale common to all.
    fn squared(&self, line: &[u32], chosen: &[u32], squared: &mut Vec<f32>);
}

/// Gram matrix in i16 × i16 → i32: exact for integers, hence exact ties.
pub(crate) struct IntegerGram {
    panels: Panels<i16>,
    norms: Vec<i32>,
}

impl IntegerGram {
    /// `None` unless all values are integers so small that no sum overflows.
    pub(crate) fn new(samples: &[f32], n: usize, dimension: usize) -> Option<Self> {
        if !samples.iter().all(|&v| f32::from(v as i16) == v) {
            return None;
        }
        // Comparisons where `f32::max` would be a call: nothing is NaN.
        let larger = |largest: f32, v: &f32| if v.abs() > largest { v.abs() } else { largest };
        let largest = samples.iter().fold(0.0, larger);
        // n_i + n_j and 2 g each stay below 2³¹.
        if f64::from(largest).powi(2) * (dimension as f64) >= f64::from(1 << 30) {
            return None;
        }
        let panels = Panels::pack(n, dimension, |row, column| samples[row * dimension + column] as i16);
        let norms = panels.squared_norms();
        Some(Self { panels, norms })
    }
}

impl Uncertainty for IntegerGram {
    /// None: the keys are exact, and ties go by index.
    fn around(&self, _: usize, limit: u32) -> RangeInclusive<u32> {
        limit..=limit
    }
    fn exact(&self, _: usize, _: usize) -> f64 {
        0.0
    }
}

impl DistanceKeys for IntegerGram {
    fn fill(&self, rows: Range<usize>, columns: Range<usize>, keys: &mut [u32]) {
        let norms = &self.norms;
        fill_from_gram(&self.panels, norms.len(), rows, columns, keys, |i, start, products, keys| {
            for ((key, other), &product) in keys.iter_mut().zip(&norms[start..]).zip(products) {
                *key = (norms[i] + other - 2 * product) as u32;
            }
        });
    }
    fn squared(&self, line: &[u32], chosen: &[u32], squared: &mut Vec<f32>) {
        integers(line, chosen, squared);
    }
}

/// Gram matrix in f32 of the centred and scaled samples. Where the norms cancel, the distance is taken from
/// explicit differences instead.
pub(crate) struct FloatGram<'a> {
    panels: Panels<f32>,
    norms: Vec<f32>,
    largest_norm: f32,
    /// For each sample the first that is equal to it.
    first_equal: Vec<usize>,
    samples: &'a [f32],
    dimension: usize,
    scale: f64,
}

/// Below this share of the two norms a squared distance has lost five bits to cancellation and is recomputed.
const CANCELLATION: f32 = 1.0 / 32.0;

/// Rounding of a squared distance as a share of the two norms, with room: 2⁻²⁴ times some tens.
const ROUNDING: f32 = 3e-6;

impl<'a> FloatGram<'a> {
    /// Centres on the mean sample and scales by a power of two, so that no square over- or underflows.
    pub(crate) fn new(samples: &'a [f32], n: usize, dimension: usize) -> Self {
        let means = column_means(samples, n, dimension);
        let spread = samples
            .chunks_exact(dimension)
            .flat_map(|row| row.iter().zip(&means).map(|(&v, mean)| (f64::from(v) - mean).abs()))
            .fold(0.0_f64, |most, distance| if distance > most { distance } else { most });
        let scale = if spread > 0.0 { (-spread.log2().ceil()).exp2() } else { 1.0 };
        let panels = Panels::pack(n, dimension, |row, column| {
            ((f64::from(samples[row * dimension + column]) - means[column]) * scale) as f32
        });
        let norms = panels.squared_norms();
        let largest_norm = norms.iter().copied().fold(0.0, f32::max);
        let first_equal = first_equal(samples, dimension, &norms);
        Self { panels, norms, largest_norm, first_equal, samples, dimension, scale }
    }

    /// How far a squared distance may be off, in the scaled unit.
    pub(crate) fn uncertainty(&self) -> f32 {
        ROUNDING * 2.0 * self.largest_norm
    }

    /// What distances are multiplied by.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }

    /// The first sample that is equal to this one.
    pub(crate) fn first_equal(&self, i: usize) -> usize {
        self.first_equal[i]
    }

    fn row(&self, i: usize) -> &[f32] {
        &self.samples[i * self.dimension..(i + 1) * self.dimension]
    }

    fn by_differences(&self, i: usize, j: usize) -> f32 {
        if self.first_equal[i] == self.first_equal[j] {
            // Where much is silent, many samples are equal.
            return 0.0;
        }
        // Scaled twice: the square of the scale may leave the range of f64.
        (squared_distance_in_double(self.row(i), self.row(j)) * self.scale * self.scale) as f32
    }
}

impl Uncertainty for FloatGram<'_> {
    fn around(&self, own: usize, limit: u32) -> RangeInclusive<u32> {
        if limit == 0 {
            // Never rounded: where little is left of the norms, differences are taken.
            return 0..=0;
        }
        let limit = f32::from_bits(limit);
        let margin = ROUNDING * (self.norms[own] + self.largest_norm);
        (limit - margin).max(0.0).to_bits()..=(limit + margin).to_bits()
    }
    fn exact(&self, own: usize, other: usize) -> f64 {
        squared_distance_in_double(self.row(own), self.row(other))
    }
}

impl DistanceKeys for FloatGram<'_> {
    fn fill(&self, rows: Range<usize>, columns: Range<usize>, keys: &mut [u32]) {
        let norms = &self.norms;
        fill_from_gram(&self.panels, norms.len(), rows, columns, keys, |i, start, products, keys| {
            let mut squared = [0.0; PANEL];
            if let (Some(norms), Ok(keys)) = (full(norms, start), <&mut [u32; PANEL]>::try_from(&mut *keys)) {
                let own = self.norms[i];
                if !squared_from_products(own, norms, products, CANCELLATION, &mut squared) {
                    *keys = bytemuck::cast(squared);
                    return;
                }
            }
            for (j, (key, &product)) in (start..).zip(keys.iter_mut().zip(products)) {
                let sum = norms[i] + norms[j];
                let squared = sum - 2.0 * product;
                let is_cancelled = squared < CANCELLATION * sum;
                *key = if is_cancelled { self.by_differences(i, j) } else { squared }.to_bits();
            }
        });
    }
    fn squared(&self, line: &[u32], chosen: &[u32], squared: &mut Vec<f32>) {
        squared.clear();
        squared.extend(chosen.iter().map(|&j| f32::from_bits(line[j as usize])));
    }
}

/// Eight of the norms from here on, where there are as many.
fn full(norms: &[f32], start: usize) -> Option<&[f32; PANEL]> {
    norms.get(start..start + PANEL)?.try_into().ok()
}

fn integers(line: &[u32], chosen: &[u32], squared: &mut Vec<f32>) {
    squared.clear();
    squared.extend(chosen.iter().map(|&j| line[j as usize] as f32));
}

/// Equal samples have equal norms: only such are compared.
fn first_equal(samples: &[f32], dimension: usize, norms: &[f32]) -> Vec<usize> {
    let row = |i: usize| &samples[i * dimension..(i + 1) * dimension];
    let mut first: Vec<usize> = (0..norms.len()).collect();
    // Of the samples with one norm, those that differ from all before them.
    let mut distinct: Vec<usize> = Vec::new();
    for i in order_of(norms.len(), &|a, b| norms[a].total_cmp(&norms[b])) {
        if distinct.last().is_some_and(|&before| norms[before].to_bits() != norms[i].to_bits()) {
            distinct.clear();
        }
        match distinct.iter().find(|&&before| row(before) == row(i)) {
            Some(&before) => first[i] = before,
            None => distinct.push(i),
        }
    }
    first
}

fn column_means(samples: &[f32], n: usize, dimension: usize) -> Vec<f64> {
    let mut means = vec![0.0_f64; dimension];
    for row in samples.chunks_exact(dimension) {
        for (mean, &value) in means.iter_mut().zip(row) {
            *mean += f64::from(value);
        }
    }
    for mean in &mut means {
        *mean /= n as f64;
    }
    means
}

/// Hands every row's products with up to eight columns, the first of them named, to `fill`, and room for their keys.
fn fill_from_gram<E: GramElement>(
    panels: &Panels<E>,
    n: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    keys: &mut [u32],
    fill: impl Fn(usize, usize, &[E::Sum; PANEL], &mut [u32]),
) {
    for b in columns.start / PANEL..columns.end.div_ceil(PANEL) {
        let columns = b * PANEL..n.min((b + 1) * PANEL);
        for a in rows.start / PANEL..rows.end.div_ceil(PANEL) {
            let products = panels.products(a, b);
            for i in a * PANEL..rows.end.min((a + 1) * PANEL) {
                let line = &mut keys[(i - rows.start) * n..][..n];
                fill(i, columns.start, &products[i % PANEL], &mut line[columns.clone()]);
            }
        }
    }
}

/// Σ ((a − b)² mod 256): squared distances as byte arithmetic leaves them.
pub(crate) struct ByteWrapped {
    bytes: Vec<u8>,
    dimension: usize,
}

impl ByteWrapped {
    /// `None` unless all values are integers 0 … 255.
    pub(crate) fn new(samples: &[f32], dimension: usize) -> Option<Self> {
        let byte = |&value: &f32| -> Option<u8> {
            let byte = value as u8;
            (f32::from(byte) == value).then_some(byte)
        };
        let bytes = samples.iter().map(byte).collect::<Option<Vec<u8>>>()?;
        Some(Self { bytes, dimension })
    }
}

impl Uncertainty for ByteWrapped {
    /// None: the keys are exact, and ties go by index.
    fn around(&self, _: usize, limit: u32) -> RangeInclusive<u32> {
        limit..=limit
    }
    fn exact(&self, _: usize, _: usize) -> f64 {
        0.0
    }
}

impl DistanceKeys for ByteWrapped {
    fn fill(&self, rows: Range<usize>, columns: Range<usize>, keys: &mut [u32]) {
        let n = self.bytes.len() / self.dimension;
        let all = self.bytes.chunks_exact(self.dimension);
        for (line, a) in keys.chunks_exact_mut(n).zip(all.clone().skip(rows.start)) {
            for (key, b) in line.iter_mut().zip(all.clone()).take(columns.end).skip(columns.start) {
                *key = byte_wrapped_distance(a, b);
            }
        }
    }
    fn squared(&self, line: &[u32], chosen: &[u32], squared: &mut Vec<f32>) {
        integers(line, chosen, squared);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(source: &dyn DistanceKeys, n: usize) -> Vec<u32> {
        let mut keys = vec![0; n * n];
        for start in (0..n).step_by(16) {
            let rows = start..n.min(start + 16);
            source.fill(rows.clone(), 0..n, &mut keys[rows.start * n..rows.end * n]);
        }
        keys
    }

    fn wave(n: usize, dimension: usize, shift: f32) -> Vec<f32> {
        (0..n * dimension).map(|i| shift + (i as f32 * 0.37).sin()).collect()
    }

    #[test]
    fn the_gram_matrix_agrees_with_explicit_differences() {
        let (n, dimension) = (37, 50);
        for shift in [0.0, 1000.0] {
            let samples = wave(n, dimension, shift);
            let source = FloatGram::new(&samples, n, dimension);
            let keys = keys_of(&source, n);
            for (at, &key) in keys.iter().enumerate() {
                let exact = f64::from(source.by_differences(at / n, at % n));
                assert!((f64::from(f32::from_bits(key)) - exact).abs() <= 2e-5 * exact, "{at}: {exact}");
            }
        }
    }

    #[test]
    fn duplicates_are_at_distance_zero_and_huge_values_do_not_overflow() {
        let mut samples = wave(20, 30, 0.0);
        for value in &mut samples {
            *value *= 1e37;
        }
        samples.copy_within(0..30, 11 * 30);
        let keys = keys_of(&FloatGram::new(&samples, 20, 30), 20);
        assert_eq!((keys[11], keys[11 * 20], keys[0]), (0, 0, 0));
        assert!(keys.iter().all(|&key| f32::from_bits(key).is_finite()));
        assert!(keys.iter().filter(|&&key| key == 0).count() < 40);
    }

    #[test]
    fn the_first_of_equal_samples_is_found() {
        let mut samples = wave(12, 5, 0.0);
        for (from, to) in [(3, 7), (3, 9), (1, 11)] {
            samples.copy_within(from * 5..(from + 1) * 5, to * 5);
        }
        let source = FloatGram::new(&samples, 12, 5);
        let found: Vec<usize> = (0..12).map(|i| source.first_equal(i)).collect();
        assert_eq!(found, [0, 1, 2, 3, 4, 5, 6, 3, 8, 3, 10, 1]);
        // Of one norm about their mean, and none like another.
        let corners = FloatGram::new(&[0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0], 4, 2);
        assert_eq!([0, 1, 2, 3].map(|i| corners.first_equal(i)), [0, 1, 2, 3]);
    }

    #[test]
    fn integers_keep_their_ties() {
        let samples: Vec<f32> = (0..25 * 3_u16).map(|i| f32::from(i * 7 % 11)).collect();
        let keys = keys_of(&IntegerGram::new(&samples, 25, 3).unwrap(), 25);
        for (at, &key) in keys.iter().enumerate() {
            let (a, b) = (&samples[at / 25 * 3..][..3], &samples[at % 25 * 3..][..3]);
            assert_eq!(f64::from(key), squared_distance_in_double(a, b));
        }
    }

    #[test]
    fn fractions_and_large_numbers_are_no_small_integers() {
        assert!(IntegerGram::new(&[0.0, 0.5], 2, 1).is_none());
        assert!(IntegerGram::new(&[0.0, 40_000.0], 2, 1).is_none());
        assert!(ByteWrapped::new(&[0.0, 256.0], 1).is_none());
        assert!(ByteWrapped::new(&[0.0, -1.0], 1).is_none());
        assert!(ByteWrapped::new(&[0.0, 255.0], 1).is_some());
    }
}
