//! exp(−u d) for rows of distances, with its sum and first moment: what Newton's method for σ needs.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

use super::lanes::LANES;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128::{block_moments, replace_by_weights};

/// Chunks summed in single precision before the sum goes on in double precision.
const BLOCK: usize = 4;

/// 3·2²²: adding it rounds to an integer, which then stands in the low bits.
pub(super) const ROUND: f32 = 12_582_912.0;
/// Below the normal numbers a weight is as good as zero; 2⁻¹²⁶ keeps the exponent field sound.
const LEAST: f32 = -126.0;
/// Taylor series of 2^f to degree 6, the highest first.
const COEFFICIENTS: [f32; 7] =
    [1.540_353e-4, 1.333_356e-3, 9.618_129e-3, 5.550_411e-2, 2.402_265e-1, std::f32::consts::LN_2, 1.0];

/// 2^x for −126 ≤ x ≤ 0, relative error below 2e-7: the nearest integer goes to the exponent, the rest,
/// |f| ≤ ½, into the polynomial (first term left out: (½ ln 2)⁷/7! ≈ 1.2e-7).
#[inline]
fn exp2(x: f32) -> f32 {
    let rounded = x + ROUND;
    let f = x - (rounded - ROUND);
    let [first, rest @ ..] = COEFFICIENTS;
    let p = rest.into_iter().fold(first, |p, c| p * f + c);
    p * f32::from_bits(rounded.to_bits().wrapping_add(127) << 23)
}

#[inline]
fn weight(distance: f32, negative_rate: f32) -> f32 {
    let x = distance * negative_rate;
    exp2(if x > LEAST { x } else { LEAST })
}

/// exp(−u d) → 2^(d · this).
fn negative_rate(inverse_sigma: f64) -> f32 {
    (-inverse_sigma * std::f64::consts::LOG2_E) as f32
}

/// Σ exp(−u d) and Σ d exp(−u d) over distances d ≥ 0.
#[inline(never)]
pub(crate) fn exp_moment_f32(distances: &[f32], inverse_sigma: f64) -> (f64, f64) {
    let rate = negative_rate(inverse_sigma);
    let (mut sum, mut moment) = (0.0_f64, 0.0_f64);
    let (chunks, tail) = distances.as_chunks::<LANES>();
    let (blocks, chunks) = chunks.as_chunks::<BLOCK>();
    for block in blocks {
        let [sums, moments] = block_moments(block, rate);
        sum += sums.iter().map(|&s| f64::from(s)).sum::<f64>();
        moment += moments.iter().map(|&m| f64::from(m)).sum::<f64>();
    }
    for &distance in chunks.as_flattened().iter().chain(tail) {
        let w = f64::from(weight(distance, rate));
        sum += w;
        moment += w * f64::from(distance);
    }
    (sum, moment)
}

/// Replaces distances by their weights exp(−u d).
#[inline(never)]
pub(crate) fn exp_weights_f32(distances: &mut [f32], inverse_sigma: f64) {
    let rate = negative_rate(inverse_sigma);
    let (chunks, tail) = distances.as_chunks_mut::<LANES>();
    replace_by_weights(chunks, rate);
    for distance in tail {
        *distance = weight(*distance, rate);
    }
}

/// Σ w and Σ w d of a block, each in parts.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn block_moments(block: &[[f32; LANES]; BLOCK], rate: f32) -> [[f32; LANES]; 2] {
    let [mut sums, mut moments] = [[0.0_f32; LANES]; 2];
    for chunk in block {
        for lane in 0..LANES {
            let w = weight(chunk[lane], rate);
            sums[lane] += w;
            moments[lane] += w * chunk[lane];
        }
    }
    [sums, moments]
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn replace_by_weights(distances: &mut [[f32; LANES]], rate: f32) {
    for distance in distances.as_flattened_mut() {
        *distance = weight(*distance, rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_agree_with_the_library() {
        for step in 0..=12_600_u16 {
            let x = f32::from(step) / -100.0;
            let exact = f64::from(x).exp2();
            assert!((f64::from(exp2(x)) / exact - 1.0).abs() < 2e-7, "2^{x}");
        }
        assert_eq!(exp2(0.0), 1.0);
    }

    #[test]
    fn far_distances_weigh_nothing() {
        assert!(weight(f32::MAX, negative_rate(1.0)) <= f32::MIN_POSITIVE);
        assert!(weight(1e30, negative_rate(1e300)) <= f32::MIN_POSITIVE);
    }

    #[test]
    fn sum_and_moment_agree_with_double_precision() {
        let distances: Vec<f32> = (0..1003_u16).map(|i| 1.0 + f32::from(i) / 300.0).collect();
        let (sum, moment) = exp_moment_f32(&distances, 1.7);
        let weights = distances.iter().map(|&d| (-1.7 * f64::from(d)).exp());
        let exact_moment: f64 = distances.iter().zip(weights.clone()).map(|(&d, w)| f64::from(d) * w).sum();
        assert!((sum / weights.sum::<f64>() - 1.0).abs() < 2e-7);
        assert!((moment / exact_moment - 1.0).abs() < 2e-7);
    }
}
