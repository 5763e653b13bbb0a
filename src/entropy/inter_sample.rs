//! Inter-sample entropy H of a layer: how evenly its samples neighbour each other (paper 4.4.1, Eq. 4–7).
//!
//! Samples are rows x_i, a layer's whole output flattened; d_ij is their Euclidean distance. σ_i solves
//! Σ_{j ∈ kNN(i)} exp(−d_ij/σ_i) = log2 k over the k nearest other samples, k ≤ N − 1; these weights p_{j|i}
//! are made symmetric, P_ij = (p_{j|i} + p_{i|j}) / 2N normalised to sum 1, and H = −Σ P log2 P over ordered pairs.
//!
//! H lies in [0, log2(N(N − 1))], does not change when all values are scaled, and is mostly log2(N·k): compare it
//! only at equal N and k, and show `bits − neighbour_bits` or the ceiling beside it.
//! Memory: 8 N k bytes for the table, about three copies of the samples, and at most 192 MiB of distances that wait
//! for their second use; there is no N × N matrix.

use serde::{Deserialize, Serialize};

use super::cell::{Cell, all_finite, squared_distance_in_double};
use super::error::{EntropyError, expect_len};
use super::neighbour_table::NeighbourTable;
use super::neighbours::Selection;
use super::pairwise::{ByteWrapped, DistanceKeys, FloatGram, IntegerGram};
use super::row_blocks::RowBlocks;
use super::sigma::{Weight, subtract_nearest, weigh};
use crate::ordering::sort_by;

/// What stands for d_ij.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Distance {
    /// The Euclidean distance, as the equations say.
    #[default]
    Euclidean,
    /// Its square: a Gaussian kernel.
    Squared,
    /// The root of Σ ((a − b)² mod 256), byte arithmetic that overflows. With k = 1000 it meets the values printed
    /// in the paper's Figure 5 within 0.04 bits; a hint of how they arose, not proof. Byte images only.
    ByteWrapped,
}

/// A reading of Eq. 4–7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InterSampleSettings {
    /// Nearest neighbours of a sample, itself not counted; more than N − 1 means N − 1.
    pub k: usize,
    /// UMAP's offset d → max(0, d − ρ_i), ρ_i the smallest non-zero distance; not in the paper.
    pub rho: bool,
    /// What stands for d_ij.
    pub distance: Distance,
}

impl Default for InterSampleSettings {
    fn default() -> Self {
        Self { k: 1000, rho: false, distance: Distance::Euclidean }
    }
}

/// H of a set of samples, with what it must be compared to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterSampleEntropy {
    /// H in bits.
    pub bits: f64,
    /// Number of samples N.
    pub n: usize,
    /// Neighbours used, min(k, N − 1).
    pub k: usize,
    /// Ordered pairs (i, j) with P_ij > 0; in single precision a weight stays above 2⁻¹²⁷ where it would underflow.
    pub states: u64,
    /// The largest H that N samples can have, log2(N(N − 1)).
    pub ceiling_bits: f64,
    /// What k equal neighbours of every sample would give, log2(N·k).
    pub neighbour_bits: f64,
}

/// Samples up to this many multiplications are compared in double precision, which also keeps every exact tie.
pub(crate) const SMALL: usize = 1 << 24;

/// H of `samples`, row-major `[n, dimension]`. Against double precision |ΔH| ≤ 1e-5.
///
/// # Errors
/// `empty` without values, `shape` when the lengths disagree, `non_finite`, `bad_argument` for k = 0 or byte
/// arithmetic on other than bytes, `too_few_samples` below two.
pub fn inter_sample_entropy(
    samples: &[f32],
    n: usize,
    dimension: usize,
    settings: &InterSampleSettings,
) -> Result<InterSampleEntropy, EntropyError> {
    let k = checked_k(samples, n, dimension, settings)?;
    if settings.distance == Distance::ByteWrapped {
        let requirement = "needs values that are integers from 0 to 255";
        let not_bytes = EntropyError::BadArgument { argument: "byte arithmetic", requirement };
        let source = ByteWrapped::new(samples, dimension).ok_or(not_bytes)?;
        return Ok(from_keys(&source, n, k, settings));
    }
    if n.saturating_mul(n).saturating_mul(dimension) <= SMALL {
        return Ok(summary(&table_in_double(samples, n, dimension, k, settings)?, n, k));
    }
    Ok(match IntegerGram::new(samples, n, dimension) {
        Some(source) => from_keys(&source, n, k, settings),
        None => from_keys(&FloatGram::new(samples, n, dimension), n, k, settings),
    })
}

/// H of `samples` with all arithmetic in double precision and explicit differences, and σ of every sample
/// (0 in the limit case); slow, for reference. [`Distance::ByteWrapped`] is not offered here.
///
/// # Errors
/// As [`inter_sample_entropy`]; `non_finite` also when a squared distance overflows.
pub fn inter_sample_in_double<C: Cell>(
    samples: &[C],
    n: usize,
    dimension: usize,
    settings: &InterSampleSettings,
) -> Result<(InterSampleEntropy, Vec<f64>), EntropyError> {
    let k = checked_k(samples, n, dimension, settings)?;
    if settings.distance == Distance::ByteWrapped {
        let requirement = "has no double precision";
        return Err(EntropyError::BadArgument { argument: "byte arithmetic", requirement });
    }
    let table = table_in_double(samples, n, dimension, k, settings)?;
    Ok((summary(&table, n, k), table.sigmas().to_vec()))
}

/// H of each class's samples and, last, of all: `n_classes + 1` values. `labels[i]` is the class of sample i.
/// A class with fewer than two samples has none.
///
/// # Errors
/// As [`inter_sample_entropy`] for all samples; `bad_argument` for a label that is no class.
pub fn inter_sample_by_class(
    samples: &[f32],
    n: usize,
    dimension: usize,
    labels: &[u8],
    n_classes: usize,
    settings: &InterSampleSettings,
) -> Result<Vec<Option<InterSampleEntropy>>, EntropyError> {
    check_labels(labels, n, n_classes)?;
    let all = inter_sample_entropy(samples, n, dimension, settings)?;
    let of_class = |class: usize| {
        let rows = samples.chunks_exact(dimension).zip(labels);
        let members: Vec<f32> = rows
            .filter(|&(_, &label)| usize::from(label) == class)
            .flat_map(|(row, _)| row)
            .copied()
            .collect();
        let count = members.len() / dimension;
        (count >= 2).then(|| inter_sample_entropy(&members, count, dimension, settings)).transpose()
    };
    (0..n_classes).map(of_class).chain(std::iter::once(Ok(Some(all)))).collect()
}

/// One label a sample, each below `n_classes`.
pub(crate) fn check_labels(labels: &[u8], n: usize, n_classes: usize) -> Result<(), EntropyError> {
    expect_len("labels", n, labels.len())?;
    let requirement = "must be below the number of classes";
    let known = labels.iter().all(|&label| usize::from(label) < n_classes);
    if known { Ok(()) } else { Err(EntropyError::BadArgument { argument: "a label", requirement }) }
}

fn checked_k<C: Cell>(
    samples: &[C],
    n: usize,
    dimension: usize,
    settings: &InterSampleSettings,
) -> Result<usize, EntropyError> {
    expect_len("samples × dimension", n.saturating_mul(dimension), samples.len())?;
    if samples.is_empty() {
        return Err(EntropyError::Empty);
    }
    if !all_finite(samples) {
        return Err(EntropyError::NonFinite);
    }
    if settings.k == 0 {
        return Err(EntropyError::BadArgument { argument: "k", requirement: "must be at least 1" });
    }
    if n < 2 {
        return Err(EntropyError::TooFewSamples);
    }
    Ok(settings.k.min(n - 1))
}

fn summary<D: Weight>(table: &NeighbourTable<D>, n: usize, k: usize) -> InterSampleEntropy {
    let entropy = table.entropy();
    let (samples, neighbours) = (n as f64, k as f64);
    InterSampleEntropy {
        bits: entropy.bits,
        n,
        k,
        states: entropy.states,
        ceiling_bits: (samples * (samples - 1.0)).log2(),
        neighbour_bits: (samples * neighbours).log2(),
    }
}

fn weigh_row<D: Weight>(distances: &mut [D], settings: &InterSampleSettings, guess: &mut f64) -> f64 {
    if settings.rho {
        subtract_nearest(distances);
    }
    weigh(distances, guess)
}

fn from_keys(
    source: &dyn DistanceKeys,
    n: usize,
    k: usize,
    settings: &InterSampleSettings,
) -> InterSampleEntropy {
    let mut table = NeighbourTable::<f32>::new(n, k);
    let mut selection = Selection::default();
    let mut blocks = RowBlocks::new(source, n);
    let mut distances = Vec::with_capacity(k);
    let mut guess = 0.0;
    while let Some((rows, keys)) = blocks.next() {
        for (i, line) in rows.zip(keys.chunks_exact(n)) {
            let neighbours = selection.nearest(line, i, k, source);
            source.squared(line, neighbours, &mut distances);
            if settings.distance != Distance::Squared {
                for distance in &mut distances {
                    *distance = distance.sqrt();
                }
            }
            table.push_row(neighbours, &distances, |distances| weigh_row(distances, settings, &mut guess));
        }
    }
    summary(&table, n, k)
}

fn table_in_double<C: Cell>(
    samples: &[C],
    n: usize,
    dimension: usize,
    k: usize,
    settings: &InterSampleSettings,
) -> Result<NeighbourTable<f64>, EntropyError> {
    let mut table = NeighbourTable::new(n, k);
    let mut guess = 0.0;
    let mut nearest: Vec<(f64, u32)> = Vec::with_capacity(n);
    for (i, row) in samples.chunks_exact(dimension).enumerate() {
        nearest.clear();
        for (j, other) in samples.chunks_exact(dimension).enumerate() {
            let squared = squared_distance_in_double(row, other);
            if !squared.is_finite() {
                return Err(EntropyError::NonFinite);
            }
            if i != j {
                nearest.push((
                    if settings.distance == Distance::Squared { squared } else { squared.sqrt() },
                    j as u32,
                ));
            }
        }
        if k < nearest.len() {
            sort_by(&mut nearest, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            nearest.truncate(k);
            sort_by(&mut nearest, |a, b| a.1.cmp(&b.1));
        }
        let neighbours: Vec<u32> = nearest.iter().map(|&(_, j)| j).collect();
        let distances: Vec<f64> = nearest.iter().map(|&(distance, _)| distance).collect();
        table.push_row(&neighbours, &distances, |distances| weigh_row(distances, settings, &mut guess));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: InterSampleSettings =
        InterSampleSettings { k: 1000, rho: false, distance: Distance::Euclidean };

    fn h(samples: &[f32], n: usize, settings: &InterSampleSettings) -> Result<f64, &'static str> {
        let dimension = samples.len() / n.max(1);
        inter_sample_entropy(samples, n, dimension, settings).map(|h| h.bits).map_err(|e| e.code())
    }

    #[test]
    fn two_samples_have_one_bit() {
        let entropy = inter_sample_entropy(&[0.0, 1.0, 5.0, 2.0], 2, 2, &PLAIN).unwrap();
        assert_eq!((entropy.bits, entropy.n, entropy.k, entropy.states), (1.0, 2, 1, 2));
        assert_eq!((entropy.ceiling_bits, entropy.neighbour_bits), (1.0, 1.0));
    }

    #[test]
    fn identical_samples_reach_the_ceiling() {
        for n in [6, 700] {
            // 700² × 40 is beyond the small case.
            let entropy = inter_sample_entropy(&vec![3.25; n * 40], n, 40, &PLAIN).unwrap();
            assert!((entropy.bits - entropy.ceiling_bits).abs() < 1e-12, "n = {n}");
        }
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let k0 = InterSampleSettings { k: 0, ..PLAIN };
        let bytes = InterSampleSettings { distance: Distance::ByteWrapped, ..PLAIN };
        assert_eq!(h(&[], 0, &PLAIN), Err("empty"));
        assert_eq!(h(&[1.0, 2.0], 1, &PLAIN), Err("too_few_samples"));
        assert_eq!(h(&[1.0, f32::NAN], 2, &PLAIN), Err("non_finite"));
        assert_eq!(h(&[1.0, f32::INFINITY], 2, &PLAIN), Err("non_finite"));
        assert_eq!(h(&[1.0, 2.0], 2, &k0), Err("bad_argument"));
        assert_eq!(h(&[1.0, 2.5], 2, &bytes), Err("bad_argument"));
        assert_eq!(inter_sample_entropy(&[1.0; 5], 2, 3, &PLAIN).unwrap_err().code(), "shape");
        assert_eq!(inter_sample_in_double(&[0.0, 1e200], 2, 1, &PLAIN).unwrap_err().code(), "non_finite");
        let labels = inter_sample_by_class(&[1.0; 4], 4, 1, &[0, 1, 2, 0], 2, &PLAIN);
        assert_eq!(labels.unwrap_err().code(), "bad_argument");
        let labels = inter_sample_by_class(&[1.0; 4], 4, 1, &[0, 1], 2, &PLAIN);
        assert_eq!(labels.unwrap_err().code(), "shape");
    }

    #[test]
    fn a_class_is_measured_alone_and_a_class_of_one_is_undefined() {
        let samples = [0.0_f32, 1.0, 3.0, 10.0, 11.0, 13.0, 99.0];
        let by_class = inter_sample_by_class(&samples, 7, 1, &[0, 0, 0, 2, 2, 2, 3], 4, &PLAIN).unwrap();
        let bits: Vec<Option<f64>> = by_class.iter().map(|h| h.map(|h| h.bits)).collect();
        assert_eq!(bits.len(), 5);
        assert_eq!((bits[1], bits[3]), (None, None));
        assert!((bits[0].unwrap() - 2.547_830_293).abs() < 1e-9);
        assert!((bits[2].unwrap() - bits[0].unwrap()).abs() < 1e-12);
        assert_eq!(by_class[4].map(|h| h.n), Some(7));
    }

    #[test]
    fn byte_arithmetic_wraps() {
        // Squared differences 16² = 256 and 32² = 1024 vanish: all samples coincide.
        let bytes = InterSampleSettings { distance: Distance::ByteWrapped, ..PLAIN };
        assert_eq!(h(&[0.0, 16.0, 32.0], 3, &bytes), Ok(6.0_f64.log2()));
    }

    #[test]
    fn the_kernels_agree_with_double_precision() {
        let (n, dimension) = (640, 64);
        let mut wave: Vec<f32> = (0..n * dimension).map(|i| 50.0 + (i as f32 * 0.731).sin()).collect();
        wave.copy_within(0..dimension * 20, dimension * 300);
        let integers: Vec<f32> = wave.iter().map(|v| (v * 9.0).round()).collect();
        for samples in [&wave, &integers] {
            for k in [15, 200, 1000] {
                for (rho, distance) in
                    [(false, Distance::Euclidean), (true, Distance::Euclidean), (false, Distance::Squared)]
                {
                    let settings = InterSampleSettings { k, rho, distance };
                    let fast = inter_sample_entropy(samples, n, dimension, &settings).unwrap();
                    let (exact, _) = inter_sample_in_double(samples, n, dimension, &settings).unwrap();
                    assert!(
                        (fast.bits - exact.bits).abs() < 1e-6,
                        "{settings:?}: {} {}",
                        fast.bits,
                        exact.bits
                    );
                    // exp(−d²/σ) underflows in double precision, too, but later.
                    if distance == Distance::Euclidean {
                        assert_eq!(fast.states, exact.states, "{settings:?}");
                    }
                }
            }
        }
    }
}
