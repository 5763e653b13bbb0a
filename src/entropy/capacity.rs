//! Channel capacity I and conditional entropy between channels of two layers (paper Eq. 3, 5.3.1).
//!
//! For a channel, the distances between its feature maps over pairs of images are binned; for two channels the
//! joint B × B histogram over the same pairs gives I = H_a + H_b − H_ab and H(a|b) = H_ab − H_b, in bits.
//! 0 ≤ I ≤ min(H_a, H_b), I(a;a) = H_a, I is symmetric, scaling a channel changes nothing, a constant channel gives 0.
//!
//! **Which pairs.** All of them where that is affordable, otherwise a sample in which every image is met as often as any
//! other and classes meet themselves as often as among all pairs (`pairs`); bins are those of all pairs in either case.
//!
//! **Bias.** Pairs share images, so the plug-in value is too high and Miller–Madow corrects too little: independent
//! channels show 0.14–0.17 bits at n = 100 images and 0.005–0.01 at 500 over all pairs; a sample of 60,000 pairs adds
//! some 0.005. The permuted null says how much of a value is chance; show it beside every heatmap.

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::codes::{LayerCells, LayerCodes};
use super::error::{EntropyError, expect_len};
use super::histogram::{CountEntropy, Occupied};
use super::kernels::{JointCounts, LaneCodes, joint_counts};
use super::pairs::{DEFAULT_PAIRS, ImageOrder, PairSchedule};

/// How a capacity is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CapacitySettings {
    /// Bins B of a channel's distances, 1 to 256.
    pub bins: usize,
    /// Pairs of images to sample; `None` takes all.
    pub target_pairs: Option<usize>,
}

impl Default for CapacitySettings {
    fn default() -> Self {
        Self { bins: 32, target_pairs: Some(DEFAULT_PAIRS) }
    }
}

impl CapacitySettings {
    /// The pairs to measure.
    ///
    /// # Errors
    /// `empty`, `too_few_samples` below two images, `bad_argument` for no pairs.
    pub fn schedule(&self, images: &ImageOrder) -> Result<PairSchedule, EntropyError> {
        match self.target_pairs {
            Some(pairs) => PairSchedule::sampled(images, pairs),
            None => PairSchedule::all_of(images),
        }
    }
}

/// A heatmap's two matrices.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerCapacity {
    /// Between the two layers.
    pub measured: CapacityMatrix,
    /// The same with the second layer's images in another order: what chance gives.
    pub null: CapacityMatrix,
}

impl LayerCapacity {
    /// From the codes of two layers over the same pairs of so many images.
    ///
    /// # Errors
    /// As [`CapacityMatrix::from_codes`]; `shape` for codes of other pairs.
    pub fn from_codes(a: &LayerCodes, b: &LayerCodes, images: usize) -> Result<Self, EntropyError> {
        Ok(Self {
            measured: CapacityMatrix::from_codes(a, b)?,
            null: CapacityMatrix::from_codes(a, &b.shuffled(images)?)?,
        })
    }
}

/// Capacity between all channels of layer a and all channels of layer b, both over the same images in the same
/// order.
///
/// # Errors
/// `shape` for different numbers of images, `too_few_samples` below two, `bad_argument` for bins or pairs,
/// `non_finite`.
pub fn layer_capacity<C: Cell>(
    a: &LayerCells<'_, C>,
    b: &LayerCells<'_, C>,
    images: &ImageOrder,
    settings: &CapacitySettings,
) -> Result<LayerCapacity, EntropyError> {
    expect_len("images of the second layer", a.images(), b.images())?;
    let schedule = settings.schedule(images)?;
    let codes_a = LayerCodes::sample(a, &schedule, settings.bins)?;
    let codes_b = LayerCodes::sample(b, &schedule, settings.bins)?;
    LayerCapacity::from_codes(&codes_a, &codes_b, a.images())
}

/// What the joint histogram of two channels says, plug-in entropies in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairInformation {
    /// Pairs of images counted.
    pub pairs: usize,
    /// H_a.
    pub h_a: f64,
    /// H_b.
    pub h_b: f64,
    /// H_ab of the joint histogram.
    pub h_ab: f64,
    /// Occupied bins of a.
    pub occupied_a: usize,
    /// Occupied bins of b.
    pub occupied_b: usize,
    /// Occupied cells of the joint histogram.
    pub occupied_ab: usize,
}

impl PairInformation {
    /// I = H_a + H_b − H_ab.
    pub fn capacity(&self) -> f64 {
        (self.h_a + self.h_b - self.h_ab).max(0.0)
    }

    /// H(a|b) = H_ab − H_b.
    pub fn a_given_b(&self) -> f64 {
        (self.h_ab - self.h_b).max(0.0)
    }

    /// H(b|a) = H_ab − H_a.
    pub fn b_given_a(&self) -> f64 {
        (self.h_ab - self.h_a).max(0.0)
    }

    /// I with the Miller–Madow correction, I − [`excess`](Self::excess); may be negative, and above H_a where a
    /// determines b.
    pub fn miller_madow(&self) -> f64 {
        self.capacity() - self.excess()
    }

    /// What the Miller–Madow correction takes off I, (K_ab − K_a − K_b + 1) / (2 P ln 2) bits, K the occupied bins;
    /// negative where a determines b.
    pub fn excess(&self) -> f64 {
        let occupied = self.occupied_ab as f64 - self.occupied_a as f64 - self.occupied_b as f64 + 1.0;
        occupied / (2.0 * self.pairs as f64 * std::f64::consts::LN_2)
    }
}

/// The information of every channel of layer a with every channel of layer b.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityMatrix {
    pairs: usize,
    a: Vec<Occupied>,
    b: Vec<Occupied>,
    /// `[C_a, C_b]`, row-major.
    joint: Vec<Occupied>,
}

impl CapacityMatrix {
    /// From the codes of two layers over the same schedule.
    ///
    /// # Errors
    /// `shape` for different numbers of pairs, `bad_argument` for different numbers of bins.
    pub fn from_codes(a: &LayerCodes, b: &LayerCodes) -> Result<Self, EntropyError> {
        expect_len("pairs of the second layer", a.pairs(), b.pairs())?;
        if a.bins() != b.bins() {
            let requirement = "must be the same for both layers";
            return Err(EntropyError::BadArgument { argument: "bins", requirement });
        }
        let entropy = CountEntropy::new(a.pairs());
        let marginals = |codes: &LayerCodes| -> Vec<Occupied> {
            (0..codes.channels()).map(|c| entropy.occupied(&codes.histogram(c), 1)).collect()
        };
        let lanes = LaneCodes::new(b.as_bytes(), b.pairs(), b.bins());
        let mut joint = Vec::with_capacity(a.channels() * b.channels());
        for channel in 0..a.channels() {
            joint_counts(a.channel(channel), &lanes, a.bins(), |counts| {
                joint.push(match counts {
                    JointCounts::Short(counts) => entropy.occupied(counts.as_flattened(), counts.len()),
                    JointCounts::Long(counts) => entropy.occupied(counts, a.bins()),
                });
            });
        }
        Ok(Self { pairs: a.pairs(), a: marginals(a), b: marginals(b), joint })
    }

    /// Channels of layer a: rows.
    pub fn channels_a(&self) -> usize {
        self.a.len()
    }

    /// Channels of layer b: columns.
    pub fn channels_b(&self) -> usize {
        self.b.len()
    }

    /// Of channel `a` with channel `b`.
    pub fn information(&self, a: usize, b: usize) -> PairInformation {
        let (of_a, of_b, joint) = (self.a[a], self.b[b], self.joint[a * self.b.len() + b]);
        PairInformation {
            pairs: self.pairs,
            h_a: of_a.bits,
            h_b: of_b.bits,
            h_ab: joint.bits,
            occupied_a: of_a.bins,
            occupied_b: of_b.bins,
            occupied_ab: joint.bins,
        }
    }

    /// One number of every pair of channels, `[C_a, C_b]` row-major, such as `PairInformation::capacity`.
    pub fn map(&self, number: impl Fn(&PairInformation) -> f64) -> Vec<f64> {
        let columns = self.b.len();
        (0..self.joint.len()).map(|at| number(&self.information(at / columns, at % columns))).collect()
    }

    /// I of every pair of channels, `[C_a, C_b]` row-major.
    pub fn capacity(&self) -> Vec<f64> {
        self.map(PairInformation::capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(a: &[u8], b: &[u8], pairs: usize, bins: usize) -> Result<CapacityMatrix, EntropyError> {
        let codes = |codes: &[u8]| LayerCodes::from_stored(codes.to_vec(), pairs, bins);
        CapacityMatrix::from_codes(&codes(a)?, &codes(b)?)
    }

    #[test]
    fn a_copy_carries_everything_and_an_independent_channel_nothing() {
        // Rows of b: a copy, a relabelled copy, an independent fair coin, a constant.
        let a = [0, 0, 1, 1];
        let b = [0, 0, 1, 1, 3, 3, 2, 2, 0, 1, 0, 1, 2, 2, 2, 2];
        let matrix = matrix(&a, &b, 4, 4).unwrap();
        assert_eq!(matrix.capacity(), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(matrix.map(PairInformation::a_given_b), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(matrix.map(PairInformation::b_given_a), [0.0, 0.0, 1.0, 0.0]);
        assert_eq!((matrix.channels_a(), matrix.channels_b()), (1, 4));
    }

    #[test]
    fn miller_madow_counts_occupied_bins() {
        let information = matrix(&[0, 0, 1, 1], &[0, 1, 0, 1], 4, 4).unwrap().information(0, 0);
        let occupied = (information.occupied_a, information.occupied_b, information.occupied_ab);
        assert_eq!(occupied, (2, 2, 4));
        assert!((information.miller_madow() + 1.0 / (8.0 * std::f64::consts::LN_2)).abs() < 1e-15);
    }

    #[test]
    fn the_null_of_a_copy_is_small_and_repeats() {
        let noise: Vec<f32> = (0..300 * 4_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32).collect();
        let cells = LayerCells::new(&noise, 1, 300, 4).unwrap();
        let settings = CapacitySettings { bins: 8, ..CapacitySettings::default() };
        let images = ImageOrder::as_numbered(300);
        for target_pairs in [Some(20_000), None] {
            let settings = CapacitySettings { target_pairs, ..settings };
            let capacity = layer_capacity(&cells, &cells, &images, &settings).unwrap();
            let information = capacity.measured.information(0, 0);
            assert_eq!(information.capacity(), information.h_a);
            assert_eq!(information.pairs, if target_pairs.is_some() { 20_100 } else { 44_850 });
            assert!(capacity.null.capacity()[0] < 0.1);
            assert_eq!(capacity, layer_capacity(&cells, &cells, &images, &settings).unwrap());
        }
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let (three, four) = ([0.0_f32, 1.0, 2.0], [0.0_f32, 1.0, f32::NAN, 2.0]);
        let cells = |values| LayerCells::new(values, 1, <[f32]>::len(values), 1).unwrap();
        let code = |a: LayerCells<'_, f32>, b, settings| {
            let images = ImageOrder::as_numbered(LayerCells::images(&a));
            layer_capacity(&a, &b, &images, &settings).unwrap_err().code()
        };
        let plain = CapacitySettings::default();
        let no_bins = CapacitySettings { bins: 0, ..plain };
        assert_eq!(code(cells(&three), cells(&four), plain), "shape");
        assert_eq!(code(cells(&four), cells(&four), plain), "non_finite");
        assert_eq!(code(cells(&three[..1]), cells(&three[..1]), plain), "too_few_samples");
        assert_eq!(code(cells(&three), cells(&three), no_bins), "bad_argument");
        assert_eq!(matrix(&[0, 1], &[0, 1, 1], 2, 2).unwrap_err().code(), "shape");
        let of = |pairs, bins| LayerCodes::from_stored(vec![0; 6], pairs, bins).unwrap();
        assert_eq!(CapacityMatrix::from_codes(&of(3, 2), &of(2, 2)).unwrap_err().code(), "shape");
        assert_eq!(CapacityMatrix::from_codes(&of(3, 2), &of(3, 4)).unwrap_err().code(), "bad_argument");
    }
}
