//! Intra-sample entropy h: how varied the values within one feature map are (paper 4.4.2, 5.4.1).
//!
//! A map's values are counted in B equal bins of a range, h = −Σ p log2 p of the counts, 0 ≤ h ≤ log2 min(B, H·W): compare
//! layers of different map sizes by h / ceiling.
//! A channel's h is the mean over the images of the slice. With the default range, each map's own, the value does
//! not depend on what else is selected; with a range per layer it reacts to scale and nearly follows the mean
//! activation. A dead (all-zero) channel gives 0 under every reading.

use serde::{Deserialize, Serialize};

use super::bins::BinRange;
use super::cell::Cell;
use super::codes::LayerCells;
use super::error::EntropyError;
use super::histogram::CountEntropy;
use super::inter_sample::check_labels;
use crate::dataset::random::{Purpose, Random};

/// Where the bins' range is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum RangeScope {
    /// Smallest and largest value of each map.
    #[default]
    Map,
    /// Of all maps of a channel.
    Channel,
    /// Of all maps of the layer.
    Layer,
    /// The same given range for all; values outside count in the end bins.
    Fixed {
        /// Lower end.
        lo: f64,
        /// Upper end, not below `lo`.
        hi: f64,
    },
}

/// A reading of h.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntraSampleSettings {
    /// Number of bins B.
    pub bins: usize,
    /// Where the range is taken.
    pub scope: RangeScope,
}

impl Default for IntraSampleSettings {
    fn default() -> Self {
        Self { bins: 32, scope: RangeScope::Map }
    }
}

/// More bins than a map has values tell nothing; a guard against a slip, not a limit of the method.
const MAX_BINS: usize = 1 << 16;

/// h of one map in bits, by its own range or a given one.
///
/// # Errors
/// `empty`, `non_finite`, `bad_argument` for no bins or a range that is not one.
pub fn map_entropy<C: Cell>(map: &[C], bins: usize, range: Option<(f64, f64)>) -> Result<f64, EntropyError> {
    let scope = range.map_or(RangeScope::Map, |(lo, hi)| RangeScope::Fixed { lo, hi });
    let cells = LayerCells::new(map, 1, 1, map.len())?;
    let per_map = map_entropies(&cells, &IntraSampleSettings { bins, scope })?;
    Ok(per_map[0])
}

/// No map of `positions` values has a larger h in `bins` bins: log2(min(B, H·W)) bits; 0 of a map of one value.
pub fn intra_sample_ceiling(bins: usize, positions: usize) -> f64 {
    (bins.min(positions).max(1) as f64).log2()
}

/// h of white noise: the mean over maps of `positions` independent normal values, in bits, to about 0.02. What a channel
/// has above it is an even use of the bins, not more structure.
pub fn white_noise(bins: usize, positions: usize) -> f64 {
    if bins < 2 || positions < 2 {
        return 0.0;
    }
    let mut random = Random::new(0, Purpose::Noise, &[positions as u64]);
    // Box–Muller; the unit interval turned round, so that the logarithm is of no zero.
    let mut normal = || {
        let (radius, angle) = (1.0 - random.unit(), random.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
    };
    let n_maps = (20_000 / positions).clamp(16, 2000);
    let maps: Vec<f32> = (0..n_maps * positions).map(|_| normal()).collect();
    let settings = IntraSampleSettings { bins, ..IntraSampleSettings::default() };
    let found = LayerCells::new(&maps, 1, n_maps, positions).and_then(|maps| map_entropies(&maps, &settings));
    // Only settings that are none are refused.
    found.map_or(f64::NAN, |bits| bits.iter().sum::<f64>() / n_maps as f64)
}

/// Mean h of every channel per class and for all images: `[C, n_classes + 1]`, row-major, in bits, last = all.
/// A class without images is NaN. `labels[i]` is the class of image i.
///
/// # Errors
/// `non_finite`, `bad_argument` for bins, range or a label that is no class, `shape` for the number of labels.
pub fn intra_sample_entropy<C: Cell>(
    cells: &LayerCells<'_, C>,
    labels: &[u8],
    n_classes: usize,
    settings: &IntraSampleSettings,
) -> Result<Vec<f64>, EntropyError> {
    check_labels(labels, cells.images(), n_classes)?;
    let per_map = map_entropies(cells, settings)?;
    Ok(per_map
        .chunks_exact(cells.images())
        .flat_map(|channel| class_means(channel, labels, n_classes))
        .collect())
}

/// h of every map, `[C, X]`, in bits.
///
/// # Errors
/// `non_finite`, `bad_argument` for bins or range.
pub fn map_entropies<C: Cell>(
    cells: &LayerCells<'_, C>,
    settings: &IntraSampleSettings,
) -> Result<Vec<f64>, EntropyError> {
    check_settings(settings)?;
    let fixed = match settings.scope {
        RangeScope::Layer => Some(range_of(cells.values())?),
        RangeScope::Fixed { lo, hi } => Some((lo, hi)),
        RangeScope::Map | RangeScope::Channel => None,
    };
    let entropy = CountEntropy::new(cells.positions());
    let mut counts = vec![0_u32; settings.bins];
    let mut per_map = Vec::with_capacity(cells.channels() * cells.images());
    for channel in cells.by_channel() {
        let shared = match settings.scope {
            RangeScope::Channel => Some(range_of(channel)?),
            _ => fixed,
        };
        for map in channel.chunks_exact(cells.positions()) {
            // Also finds what is not finite.
            let own = range_of(map)?;
            let (lo, hi) = shared.unwrap_or(own);
            counts.fill(0);
            C::count_into(map, &BinRange::new(lo, hi, settings.bins), &mut counts);
            per_map.push(entropy.bits(&counts));
        }
    }
    Ok(per_map)
}

fn range_of<C: Cell>(values: &[C]) -> Result<(f64, f64), EntropyError> {
    C::min_max(values).ok_or(EntropyError::NonFinite)
}

fn check_settings(settings: &IntraSampleSettings) -> Result<(), EntropyError> {
    if !(1..=MAX_BINS).contains(&settings.bins) {
        return Err(EntropyError::BadArgument { argument: "bins", requirement: "must be from 1 to 65536" });
    }
    match settings.scope {
        RangeScope::Fixed { lo, hi } if !(lo.is_finite() && hi.is_finite() && lo <= hi) => {
            let requirement = "must be finite and its lower end not above its upper";
            Err(EntropyError::BadArgument { argument: "the fixed range", requirement })
        }
        _ => Ok(()),
    }
}

/// Mean per class and, last, of all; NaN for a class without values.
fn class_means(values: &[f64], labels: &[u8], n_classes: usize) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; n_classes + 1], vec![0.0; n_classes + 1]);
    for (&value, &label) in values.iter().zip(labels) {
        for slot in [usize::from(label), n_classes] {
            sums[slot] += value;
            counts[slot] += 1.0;
        }
    }
    // 0 / 0 is the NaN of a class without images.
    sums.iter().zip(&counts).map(|(sum, count)| sum / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(len: u16) -> Vec<f32> {
        (0..len).map(f32::from).collect()
    }

    #[test]
    fn a_ramp_over_all_bins_has_log2_of_them() {
        assert_eq!(map_entropy(&ramp(32), 32, None), Ok(5.0));
        assert_eq!(map_entropy(&ramp(32), 1, None), Ok(0.0));
    }

    #[test]
    fn a_constant_map_has_none() {
        assert_eq!(map_entropy(&[7.5_f32; 16], 32, None), Ok(0.0));
        assert_eq!(map_entropy(&[7.5_f64; 16], 32, Some((0.0, 10.0))), Ok(0.0));
    }

    #[test]
    fn the_mean_runs_over_the_images_of_a_class() {
        // Channel 0: images with 1, 0 and 2 bits; channel 1 dead.
        let mut cells = vec![0.0, 1.0, 0.0, 1.0, 5.0, 5.0, 5.0, 5.0, 0.0, 1.0, 2.0, 3.0];
        cells.extend([0.0_f32; 12]);
        let cells = LayerCells::new(&cells, 2, 3, 4).unwrap();
        let h = intra_sample_entropy(&cells, &[0, 0, 2], 3, &IntraSampleSettings::default()).unwrap();
        assert_eq!(h[..3].iter().map(|v| v.to_bits()).collect::<Vec<_>>()[0], 0.5_f64.to_bits());
        assert!(h[1].is_nan() && h[5].is_nan());
        assert_eq!((h[2], h[3]), (2.0, 1.0));
        assert_eq!((h[4], h[6], h[7]), (0.0, 0.0, 0.0));
    }

    #[test]
    fn a_shared_range_reacts_to_scale() {
        // A faint and a strong channel: equal by their own ranges, not by the layer's.
        let cells: Vec<f32> = ramp(32).into_iter().flat_map(|v| [v * 1e-3, v]).collect();
        let cells: Vec<f32> = (0..2).flat_map(|c| cells.iter().skip(c).step_by(2).copied()).collect();
        let cells = LayerCells::new(&cells, 2, 1, 32).unwrap();
        let of = |scope| map_entropies(&cells, &IntraSampleSettings { bins: 32, scope }).unwrap();
        assert_eq!(of(RangeScope::Map), [5.0, 5.0]);
        assert_eq!(of(RangeScope::Channel), [5.0, 5.0]);
        assert_eq!(of(RangeScope::Layer), [0.0, 5.0]);
        assert_eq!(of(RangeScope::Fixed { lo: 0.0, hi: 16.0 })[0], 0.0);
    }

    #[test]
    fn the_ceiling_is_that_of_the_fewer_of_bins_and_values() {
        let sizes = [(32, 784), (32, 16), (32, 1), (8, 784), (0, 5)];
        assert_eq!(sizes.map(|(bins, map)| intra_sample_ceiling(bins, map)), [5.0, 4.0, 0.0, 3.0, 0.0]);
        for n in [2_u16, 4, 9, 32, 100] {
            let h = map_entropy(&ramp(n), 32, None).unwrap();
            assert!(h <= intra_sample_ceiling(32, usize::from(n)) + 1e-12, "{n}: {h}");
        }
    }

    #[test]
    fn white_noise_lies_below_its_ceiling() {
        // `numerics.md`: 4.3 bits on 32 × 32, 3.6 on 4 × 4, 1.95 on 2 × 2.
        for (positions, bits) in [(1024, 4.34), (16, 3.57), (4, 1.94), (1, 0.0)] {
            let found = white_noise(32, positions);
            assert!((found - bits).abs() < 0.04, "{positions}: {found}");
            assert!(found <= intra_sample_ceiling(32, positions));
        }
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |map: &[f32], bins, range| map_entropy(map, bins, range).unwrap_err().code();
        assert_eq!(code(&[], 32, None), "empty");
        assert_eq!(code(&[1.0, f32::NAN], 32, None), "non_finite");
        assert_eq!(code(&[1.0, f32::INFINITY], 32, Some((0.0, 1.0))), "non_finite");
        assert_eq!(code(&[1.0], 0, None), "bad_argument");
        assert_eq!(code(&[1.0], 4, Some((1.0, 0.0))), "bad_argument");
        assert_eq!(code(&[1.0], 4, Some((0.0, f64::NAN))), "bad_argument");
        assert_eq!(LayerCells::new(&[1.0_f32; 5], 1, 2, 3).unwrap_err().code(), "shape");
        let cells = LayerCells::new(&[1.0_f32; 4], 1, 2, 2).unwrap();
        let labels = |labels: &[u8]| intra_sample_entropy(&cells, labels, 2, &IntraSampleSettings::default());
        assert_eq!(labels(&[0]).unwrap_err().code(), "shape");
        assert_eq!(labels(&[0, 2]).unwrap_err().code(), "bad_argument");
    }
}
