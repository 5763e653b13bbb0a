//! Mutual information and conditional entropy between whole layers (paper 4.3, Eq. 3).
//!
//! The distance of two images in a layer is taken over all of the layer's values, d² = Σ over channels of the squared
//! channel distances, and binned over the layer's own [min, max] as a channel's is. All pairs are counted. What two
//! layers tell about each other, and by chance, is then that of two layers of one channel each
//! ([`super::LayerCapacity`]): I(a;b) = H_a + H_b − H_ab, in bits; I(a;a) = H_a is the ceiling of what any other layer
//! can tell about a. Neither depends on the order in which images are stored.

use super::cell::Cell;
use super::codes::{LayerCodes, check_bins};
use super::error::EntropyError;
use super::layer_distances::LayerDistances;
use super::layer_outputs::LayerOutputs;
use super::pairs::ImageOrder;

/// Codes of the distances over whole outputs, of all pairs: one row, `[1, n(n − 1)/2]`. `outputs` is `[images, values]`.
///
/// # Errors
/// `empty`, `too_few_samples` below two images, `shape` unless all rows are as long, `bad_argument` for bins,
/// `non_finite`.
pub fn layer_codes<C: Cell>(
    outputs: &[C],
    images: &ImageOrder,
    bins: usize,
) -> Result<LayerCodes, EntropyError> {
    let outputs = LayerOutputs::in_order(outputs, images)?;
    check_bins(bins)?;
    LayerDistances::measure(&outputs)?.codes(bins)
}

#[cfg(test)]
mod tests {
    use super::super::{LayerCapacity, PairInformation, PairSchedule};
    use super::*;

    /// Noise in [0, 1), `[images, values]`.
    fn noise(images: usize, values: usize, seed: u32) -> Vec<f32> {
        let value = |at: usize| (at as u32 ^ seed.wrapping_mul(40_503)).wrapping_mul(2_654_435_761);
        let mixed = |at: usize| value(at).rotate_left(13).wrapping_mul(1_597_334_677) >> 8;
        (0..images * values).map(|at| mixed(at) as f32 / 16_777_216.0).collect()
    }

    /// As measured, and by chance.
    fn both(a: &[f32], b: &[f32], order: &ImageOrder) -> [PairInformation; 2] {
        let codes = |outputs| layer_codes(outputs, order, 32).unwrap();
        let n = PairSchedule::all_of(order).unwrap().images();
        let found = LayerCapacity::from_codes(&codes(a), &codes(b), n).unwrap();
        [found.measured.information(0, 0), found.null.information(0, 0)]
    }

    fn information(a: &[f32], b: &[f32], images: usize) -> PairInformation {
        both(a, b, &ImageOrder::as_numbered(images))[0]
    }

    #[test]
    fn a_layer_tells_all_about_itself_and_a_constant_nothing() {
        let (layer, constant) = (noise(60, 12, 1), vec![0.5; 60 * 3]);
        let own = information(&layer, &layer, 60);
        assert_eq!((own.capacity(), own.a_given_b(), own.pairs), (own.h_a, 0.0, 60 * 59 / 2));
        let none = information(&layer, &constant, 60);
        assert_eq!((none.capacity(), none.a_given_b(), none.h_b), (0.0, none.h_a, 0.0));
    }

    #[test]
    fn three_points_on_a_line_have_log2_of_three_bits() {
        // Distances 1, 3, 2; in the plane with twice the first coordinate √5, √45, √20: the same bins.
        let line = [0.0, 1.0, 3.0];
        let plane = [0.0, 0.0, 1.0, 2.0, 3.0, 6.0];
        let own = information(&line, &plane, 3);
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
        let order = ImageOrder::as_numbered(20);
        let pairs: Vec<(usize, usize)> = PairSchedule::all_of(&order).unwrap().pairs().collect();
        let sums: Vec<f64> =
            pairs.iter().map(|&(i, j)| (squared(&a, 3, i, j) + squared(&b, 3, i, j)).sqrt()).collect();
        let (lo, hi) =
            (sums.iter().copied().fold(f64::MAX, f64::min), sums.iter().copied().fold(0.0, f64::max));
        let expected: Vec<u8> =
            sums.iter().map(|d| (((d - lo) / (hi - lo) * 32.0) as usize).min(31) as u8).collect();
        assert_eq!(layer_codes(&whole, &order, 32).unwrap().as_bytes(), expected);
    }

    #[test]
    fn the_order_of_the_images_changes_nothing_by_chance_either() {
        let (images, labels) = (50, vec![0; 50]);
        let pixels: Vec<u8> = noise(images, 4, 8).iter().map(|value| (255.0 * value) as u8).collect();
        let a = noise(images, 40, 4);
        let b: Vec<f32> = a.iter().zip(noise(images, 40, 5)).map(|(a, b)| a + 0.5 * b).collect();
        let order: Vec<usize> = (0..images).map(|i| (i * 21 + 7) % images).collect();
        let moved = |v: &[f32]| -> Vec<f32> {
            order.iter().flat_map(|&i| v[i * 40..(i + 1) * 40].to_vec()).collect()
        };
        let moved_pixels: Vec<u8> = order.iter().flat_map(|&i| pixels[i * 4..(i + 1) * 4].to_vec()).collect();
        let stored = both(&a, &b, &ImageOrder::by_content(&pixels, &labels).unwrap());
        let otherwise = ImageOrder::by_content(&moved_pixels, &labels).unwrap();
        assert_eq!(both(&moved(&a), &moved(&b), &otherwise), stored);
    }

    #[test]
    fn chance_is_small_beside_what_a_layer_tells_about_itself() {
        let layer = noise(200, 10, 7);
        let [own, chance] = both(&layer, &layer, &ImageOrder::as_numbered(200));
        assert!(chance.capacity() < 0.15 && own.capacity() > 3.0, "{own:?} {chance:?}");
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |outputs: &[f32], n, bins| {
            layer_codes(outputs, &ImageOrder::as_numbered(n), bins).unwrap_err().code()
        };
        assert_eq!(code(&[], 0, 32), "empty");
        assert_eq!(code(&[1.0], 1, 32), "too_few_samples");
        assert_eq!(code(&[1.0; 5], 2, 32), "shape");
        assert_eq!(code(&[1.0; 4], 2, 0), "bad_argument");
        assert_eq!(code(&[1.0, f32::NAN], 2, 32), "non_finite");
    }
}
