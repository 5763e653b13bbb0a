//! Mutual information and conditional entropy between whole layers (paper 4.3, Eq. 3).
//!
//! The distance of two images in a layer is taken over all of the layer's values, d² = Σ over channels of the squared
//! channel distances, and binned over the layer's own [min, max] as a channel's is. All pairs i < j are counted, so
//! the order in which images are stored changes nothing. I(a;b) = H_a + H_b − H_ab, in bits; I(a;a) = H_a is the
//! ceiling of what any other layer can tell about a.
//!
//! **Bias.** As in [`super::capacity`]: pairs share images, so I is too high. The null, one layer's images shuffled,
//! says how much of it is chance.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::capacity::{CapacityMatrix, PairInformation};
use super::cell::Cell;
use super::codes::{LayerCells, LayerCodes};
use super::error::{EntropyError, expect_len};
use super::pairs::PairSchedule;

/// Of the null's image order: a constant, so that runs which are compared are shuffled alike.
const NULL_SEED: u64 = 0x6c61_7965_7273;

/// Codes of the distances over whole outputs, of all pairs: one row, `[1, n(n − 1)/2]`. `outputs` is `[images, values]`.
///
/// # Errors
/// `empty`, `too_few_samples` below two images, `shape` unless all rows are as long, `bad_argument` for bins,
/// `non_finite`.
pub fn layer_codes<C: Cell>(outputs: &[C], images: usize, bins: usize) -> Result<LayerCodes, EntropyError> {
    let schedule = PairSchedule::all(images)?;
    let cells = LayerCells::new(outputs, 1, images, outputs.len() / images)?;
    LayerCodes::measure(&cells, &schedule, bins)
}

/// What two layers' codes ([`layer_codes`], of the same images) tell about each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerInformation {
    /// As measured.
    pub measured: PairInformation,
    /// The same with the second layer's images shuffled: what chance gives.
    pub null: PairInformation,
}

impl LayerInformation {
    /// Of the codes of two layers over the same `images`.
    ///
    /// # Errors
    /// `shape` when they are not of all pairs of so many images, `bad_argument` for different bins.
    pub fn of(a: &LayerCodes, b: &LayerCodes, images: usize) -> Result<Self, EntropyError> {
        let one = |b: &LayerCodes| Ok(CapacityMatrix::from_codes(a, b)?.information(0, 0));
        Ok(Self { measured: one(b)?, null: one(&shuffled(b, images)?)? })
    }
}

/// The codes of the same images in the null's order: the pair at each place is another one.
fn shuffled(codes: &LayerCodes, images: usize) -> Result<LayerCodes, EntropyError> {
    expect_len("pairs of all images", PairSchedule::all(images)?.len(), codes.pairs())?;
    // Where the pairs (i, i + 1), (i, i + 2), … begin, less i + 1.
    let place = |i: usize, j: usize| i * (2 * images - i - 1) / 2 + j - i - 1;
    let (of, order) = (codes.channel(0), null_order(images));
    let mut moved = Vec::with_capacity(of.len());
    for (at, &one) in order.iter().enumerate() {
        moved.extend(order[at + 1..].iter().map(|&other| of[place(one.min(other), one.max(other))]));
    }
    LayerCodes::from_stored(moved, codes.pairs(), codes.bins())
}

/// Image at each place: Fisher–Yates, with a generator and a way of drawing that are part of the null's definition.
fn null_order(images: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images).collect();
    let mut random = Pcg64Mcg::seed_from_u64(NULL_SEED);
    for last in (1..images).rev() {
        // ⌊u (last + 1) / 2⁶⁴⌋ for u below 2⁶⁴.
        let drawn = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        order.swap(last, drawn as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise in [0, 1), `[images, values]`.
    fn noise(images: usize, values: usize, seed: u32) -> Vec<f32> {
        let value = |at: usize| (at as u32 ^ seed.wrapping_mul(40_503)).wrapping_mul(2_654_435_761);
        let mixed = |at: usize| value(at).rotate_left(13).wrapping_mul(1_597_334_677) >> 8;
        (0..images * values).map(|at| mixed(at) as f32 / 16_777_216.0).collect()
    }

    fn information(a: &[f32], b: &[f32], images: usize) -> LayerInformation {
        let codes = |outputs| layer_codes(outputs, images, 32).unwrap();
        LayerInformation::of(&codes(a), &codes(b), images).unwrap()
    }

    #[test]
    fn a_layer_tells_all_about_itself_and_a_constant_nothing() {
        let (layer, constant) = (noise(60, 12, 1), vec![0.5; 60 * 3]);
        let own = information(&layer, &layer, 60).measured;
        assert_eq!((own.capacity(), own.a_given_b(), own.pairs), (own.h_a, 0.0, 60 * 59 / 2));
        let none = information(&layer, &constant, 60).measured;
        assert_eq!((none.capacity(), none.a_given_b(), none.h_b), (0.0, none.h_a, 0.0));
    }

    #[test]
    fn three_points_on_a_line_have_log2_of_three_bits() {
        // Distances 1, 3, 2; in the plane with twice the first coordinate √5, √45, √20: the same bins.
        let line = [0.0, 1.0, 3.0];
        let plane = [0.0, 0.0, 1.0, 2.0, 3.0, 6.0];
        let own = information(&line, &plane, 3).measured;
        assert!((own.capacity() - 3.0_f64.log2()).abs() < 1e-12);
    }

    #[test]
    fn squared_distances_add_up_over_channels() {
        // Two channels of 3 positions; a whole output is both behind each other.
        let (a, b) = (noise(20, 3, 2), noise(20, 3, 3));
        let row = |i: usize| [&a[3 * i..3 * i + 3], &b[3 * i..3 * i + 3]].concat();
        let whole: Vec<f32> = (0..20).flat_map(row).collect();
        let squared = |v: &[f32], w: usize, i: usize, j: usize| -> f64 {
            (0..w).map(|p| f64::from(v[i * w + p] - v[j * w + p]).powi(2)).sum()
        };
        let pairs: Vec<(usize, usize)> = PairSchedule::all(20).unwrap().pairs().collect();
        let sums: Vec<f64> =
            pairs.iter().map(|&(i, j)| (squared(&a, 3, i, j) + squared(&b, 3, i, j)).sqrt()).collect();
        let (lo, hi) =
            (sums.iter().copied().fold(f64::MAX, f64::min), sums.iter().copied().fold(0.0, f64::max));
        let expected: Vec<u8> =
            sums.iter().map(|d| (((d - lo) / (hi - lo) * 32.0) as usize).min(31) as u8).collect();
        assert_eq!(layer_codes(&whole, 20, 32).unwrap().as_bytes(), expected);
    }

    #[test]
    fn the_order_of_the_images_changes_nothing() {
        let images = 50;
        let a = noise(images, 40, 4);
        let b: Vec<f32> = a.iter().zip(noise(images, 40, 5)).map(|(a, b)| a + 0.5 * b).collect();
        let by_class = information(&a, &b, images).measured;
        let order: Vec<usize> = (0..images).map(|i| (i * 21 + 7) % images).collect();
        let moved = |v: &[f32]| -> Vec<f32> {
            order.iter().flat_map(|&i| v[i * 40..(i + 1) * 40].to_vec()).collect()
        };
        assert_eq!(information(&moved(&a), &moved(&b), images).measured, by_class);
    }

    #[test]
    fn shuffled_codes_are_those_of_the_shuffled_images() {
        let images = 40;
        let outputs = noise(images, 8, 6);
        let moved: Vec<f32> = null_order(images)
            .iter()
            .flat_map(|&image| outputs[8 * image..8 * (image + 1)].to_vec())
            .collect();
        let codes = |outputs: &[f32]| layer_codes(outputs, images, 32).unwrap();
        assert_eq!(shuffled(&codes(&outputs), images).unwrap(), codes(&moved));
        assert_ne!(null_order(images), (0..images).collect::<Vec<_>>());
    }

    #[test]
    fn chance_is_small_beside_what_a_layer_tells_about_itself() {
        let layer = noise(200, 10, 7);
        let own = information(&layer, &layer, 200);
        assert!(own.null.capacity() < 0.15 && own.measured.capacity() > 3.0, "{own:?}");
        assert_eq!(own, information(&layer, &layer, 200), "the shuffled order is fixed");
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |outputs: &[f32], images, bins| layer_codes(outputs, images, bins).unwrap_err().code();
        assert_eq!(code(&[], 0, 32), "empty");
        assert_eq!(code(&[1.0], 1, 32), "too_few_samples");
        assert_eq!(code(&[1.0; 5], 2, 32), "shape");
        assert_eq!(code(&[1.0; 4], 2, 0), "bad_argument");
        assert_eq!(code(&[1.0, f32::NAN], 2, 32), "non_finite");
        let codes =
            |n: u8| layer_codes(&(0..n).map(f32::from).collect::<Vec<_>>(), usize::from(n), 32).unwrap();
        assert_eq!(LayerInformation::of(&codes(4), &codes(5), 4).unwrap_err().code(), "shape");
        assert_eq!(LayerInformation::of(&codes(4), &codes(4), 5).unwrap_err().code(), "shape");
    }
}
