//! TwoNN: how many numbers it takes to say where an image lies in a layer, the intrinsic dimension of the layer's
//! outputs (Facco et al. 2017; over the layers of a network: Ansuini et al. 2019). No unit.
//!
//! μ = d₂/d₁ of an image is the ratio of the distances of its second and its first neighbour. Where images lie evenly
//! in d dimensions over such short ways, the share F of images with a ratio up to μ obeys −ln(1 − F) = d · ln μ. The
//! estimate is the slope of that line through the origin, by least squares over the smallest nine tenths of the N
//! ratios, F = i/N.
//!
//! **Bias:** too low where the dimension is high, because N images cannot fill it. Images that coincide with another
//! have no ratio and are left out; NaN below three ratios or where all are 1. Scaling changes nothing, and neither
//! does the order in which images are stored, to the last bit: ratios are sorted. Ask of a class only above some 30
//! images.

use serde::{Deserialize, Serialize};

use super::error::EntropyError;
use super::nearest::NearestNeighbours;
use crate::ordering::sort_by;

/// Of the ratios, the smallest that are fitted: the largest come from images off on their own.
pub const KEPT_SHARE: f64 = 0.9;

/// An intrinsic dimension with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntrinsicDimension {
    /// The estimate; NaN where it is undefined.
    pub dimension: f64,
    /// Images that have a ratio: those that coincide with no other.
    pub ratios: usize,
}

/// From the two nearest others of every image, or more of them; [`KEPT_SHARE`] is the usual share of the ratios.
///
/// # Errors
/// `too_few_samples` below three images, `bad_argument` for one neighbour each, or a share not between 0 and 1.
pub fn two_nn(neighbours: &NearestNeighbours, kept_share: f64) -> Result<IntrinsicDimension, EntropyError> {
    if neighbours.images() < 3 {
        return Err(EntropyError::TooFewSamples);
    }
    if neighbours.k() < 2 {
        return Err(EntropyError::BadArgument { argument: "k", requirement: "must be at least 2" });
    }
    if !(kept_share > 0.0 && kept_share < 1.0) {
        return Err(EntropyError::BadArgument {
            argument: "kept share",
            requirement: "must be between 0 and 1",
        });
    }
    let mut ratios: Vec<f64> = (0..neighbours.images())
        .map(|image| neighbours.squared(image))
        .filter(|squared| squared[0] > 0.0)
        .map(|squared| squared[1].sqrt() / squared[0].sqrt())
        .collect();
    sort_by(&mut ratios, f64::total_cmp);
    Ok(IntrinsicDimension { dimension: slope(&ratios, kept_share), ratios: ratios.len() })
}

/// Of −ln(1 − i/N) against ln μ_i, through the origin.
fn slope(ratios: &[f64], kept_share: f64) -> f64 {
    let n = ratios.len() as f64;
    let kept = (kept_share * n).floor() as usize;
    let points = (1..).zip(&ratios[..kept]).map(|(i, ratio)| (ratio.ln(), -(1.0 - f64::from(i) / n).ln()));
    let sum = |(square, product): (f64, f64), (x, y): (f64, f64)| (square + x * x, product + x * y);
    let (square, product) = points.fold((0.0, 0.0), sum);
    if ratios.len() < 3 || square == 0.0 { f64::NAN } else { product / square }
}

#[cfg(test)]
mod tests {
    use super::super::{LayerDistances, LayerOutputs};
    use super::*;

    fn measured(values: &[f32], n: usize) -> Result<IntrinsicDimension, EntropyError> {
        let outputs = LayerOutputs::as_stored(values, n)?;
        two_nn(&NearestNeighbours::measure(&LayerDistances::measure(&outputs)?, 2)?, KEPT_SHARE)
    }

    fn noise(count: usize) -> Vec<f32> {
        let value = |at: usize| (at as u32).wrapping_mul(2_654_435_761).rotate_left(13);
        (0..count).map(|at| (value(at).wrapping_mul(1_597_334_677) >> 8) as f32 / 16_777_216.0).collect()
    }

    #[test]
    fn ratios_of_a_pareto_distribution_have_its_exponent() {
        // The i-th of N ratios is (1 − i/N)^(−1/d): all points on the line.
        for dimension in [0.5, 2.0, 17.0] {
            let ratio = |i: u32| (1.0 - f64::from(i) / 500.0).powf(-1.0 / dimension);
            let ratios: Vec<f64> = (1..=500).map(ratio).collect();
            assert!((slope(&ratios, 0.9) / dimension - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn images_in_a_square_have_two_dimensions() {
        let flat = noise(2 * 1000);
        let found = measured(&flat, 1000).unwrap();
        assert!((found.dimension - 2.0).abs() < 0.2, "{found:?}");
        assert_eq!(found.ratios, 1000);
        // The same square in 30 dimensions of which the others are constant.
        let wide: Vec<f32> =
            flat.as_chunks::<2>().0.iter().flat_map(|&[x, y]| [[x, 1.0, y]; 10].concat()).collect();
        assert!((measured(&wide, 1000).unwrap().dimension - found.dimension).abs() < 1e-6);
    }

    #[test]
    fn neither_scale_nor_order_changes_it() {
        let (n, width) = (300, 200);
        let values = noise(n * width);
        let found = measured(&values, n).unwrap();
        let moved: Vec<f32> =
            (0..n).flat_map(|at| &values[(at * 7 + 3) % n * width..][..width]).map(|v| v * 4.0).collect();
        assert_eq!(measured(&moved, n).unwrap().dimension.to_bits(), found.dimension.to_bits());
    }

    #[test]
    fn coinciding_or_tied_images_leave_it_undefined() {
        let same = measured(&[1.0; 20], 5).unwrap();
        assert!(same.dimension.is_nan() && same.ratios == 0);
        // The corners of a square: both neighbours equally far.
        let tied = measured(&[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 4).unwrap();
        assert!(tied.dimension.is_nan() && tied.ratios == 4);
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], n| measured(values, n).unwrap_err().code();
        assert_eq!(code(&[], 0), "empty");
        assert_eq!(code(&[1.0, 2.0], 2), "too_few_samples");
        assert_eq!(code(&[1.0, 2.0, f32::NAN], 3), "non_finite");
        let outputs = LayerOutputs::as_stored(&[1.0_f32, 2.0, 4.0], 3).unwrap();
        let distances = LayerDistances::measure(&outputs).unwrap();
        let of = |k, share| two_nn(&NearestNeighbours::measure(&distances, k).unwrap(), share);
        assert_eq!(of(1, 0.9).unwrap_err().code(), "bad_argument");
        assert_eq!(of(2, 1.0).unwrap_err().code(), "bad_argument");
        assert_eq!(of(2, f64::NAN).unwrap_err().code(), "bad_argument");
    }
}
