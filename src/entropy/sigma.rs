//! The width σ of a sample's neighbourhood and the weights that follow (paper Eq. 4 and 5).
//! Distances come from `pairwise`; `inter_sample` reads the weights.

use super::kernels::{exp_moment_f32, exp_weights_f32};

/// Distances and weights in single precision for speed, or in double precision for reference.
pub(crate) trait Weight: Copy + PartialOrd + Default {
    /// Newton's steps end when one is smaller than this share; the next would be its square.
    const LAST_STEP: f64;
    /// From double precision, rounding.
    fn from_f64(value: f64) -> Self;
    /// To double precision.
    fn to_f64(self) -> f64;
    /// Σ exp(−u d) and Σ d exp(−u d).
    fn exp_moment(distances: &[Self], inverse_sigma: f64) -> (f64, f64);
    /// Distances to exp(−u d).
    fn exp_weights(distances: &mut [Self], inverse_sigma: f64);
}

impl Weight for f32 {
    const LAST_STEP: f64 = 1e-5;
    fn from_f64(value: f64) -> Self {
        value as f32
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn exp_moment(distances: &[Self], inverse_sigma: f64) -> (f64, f64) {
        exp_moment_f32(distances, inverse_sigma)
    }
    fn exp_weights(distances: &mut [Self], inverse_sigma: f64) {
        exp_weights_f32(distances, inverse_sigma);
    }
}

impl Weight for f64 {
    const LAST_STEP: f64 = 1e-9;
    fn from_f64(value: f64) -> Self {
        value
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn exp_moment(distances: &[Self], inverse_sigma: f64) -> (f64, f64) {
        distances.iter().fold((0.0, 0.0), |(sum, moment), &d| {
            let weight = (-inverse_sigma * d).exp();
            (sum + weight, moment + d * weight)
        })
    }
    fn exp_weights(distances: &mut [Self], inverse_sigma: f64) {
        for distance in distances {
            *distance = (-inverse_sigma * *distance).exp();
        }
    }
}

/// More steps than any row needs; far below what would be noticed.
const MAX_STEPS: usize = 100;

/// Replaces the distances to the k nearest neighbours by the weights exp(−d/σ) with Σ = log2 k, and returns σ.
///
/// σ = 0 marks the limit σ → 0: with at least log2 k distances of zero (and for k = 1) these get weight 1 and
/// the others 0. `guess` is mean distance/σ of the row before, 0 without one: rows are much alike, and Newton's method
/// then starts near its end.
pub(crate) fn weigh<D: Weight>(distances: &mut [D], guess: &mut f64) -> f64 {
    let k = distances.len();
    if k == 1 {
        distances[0] = D::from_f64(1.0);
        return 0.0;
    }
    let target = (k as f64).log2();
    let zeros = distances.iter().filter(|&&d| d == D::default()).count();
    if zeros as f64 >= target {
        for d in distances {
            *d = D::from_f64(f64::from(u8::from(*d == D::default())));
        }
        return 0.0;
    }
    let inverse_sigma = inverse_sigma(distances, target, guess);
    D::exp_weights(distances, inverse_sigma);
    1.0 / inverse_sigma
}

/// Newton's method on g(u) = ln Σ exp(−u d) − ln target. g falls and is convex: from left of the root the steps
/// never overshoot, from right of it the first one leads to its left. By Jensen's inequality the root is not left of
/// ln(k / target) / mean, so nothing left of that is tried.
fn inverse_sigma<D: Weight>(distances: &[D], target: f64, guess: &mut f64) -> f64 {
    let k = distances.len() as f64;
    let mean = distances.iter().map(|d| d.to_f64()).sum::<f64>() / k;
    let least = (k / target).ln() / mean;
    let mut u = (*guess / mean).max(least);
    for _ in 0..MAX_STEPS {
        let (sum, moment) = D::exp_moment(distances, u);
        let step = (sum / target).ln() * sum / moment;
        if !step.is_finite() {
            if u <= least {
                break;
            }
            // The guess was so far off that no weight is left.
            u = least;
            continue;
        }
        u = (u + step).max(least);
        if step.abs() <= D::LAST_STEP * u {
            break;
        }
    }
    *guess = u * mean;
    u
}

/// UMAP's offset: d → max(0, d − ρ) with ρ the smallest non-zero distance; not in the paper.
pub(crate) fn subtract_nearest<D: Weight>(distances: &mut [D]) {
    let positive = distances.iter().filter(|&&d| d > D::default());
    let nearest = positive.fold(f64::INFINITY, |nearest, d| nearest.min(d.to_f64()));
    if nearest.is_finite() {
        for distance in distances {
            *distance = D::from_f64((distance.to_f64() - nearest).max(0.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_distances_share_the_target() {
        // 16 exp(−d/σ) = 4 → σ = d / ln 4.
        let mut distances = [3.0_f64; 16];
        assert!((weigh(&mut distances, &mut 0.0) - 3.0 / 4.0_f64.ln()).abs() < 1e-14);
        assert!(distances.iter().all(|w| (w - 0.25).abs() < 1e-14));
    }

    #[test]
    fn the_weights_add_up_to_log2_k_in_both_precisions() {
        let mut single: Vec<f32> = (0..999_u16).map(|i| f32::from(i) / 77.0).collect();
        let mut double: Vec<f64> = single.iter().map(|&d| f64::from(d)).collect();
        let (sigma_single, sigma_double) = (weigh(&mut single, &mut 0.0), weigh(&mut double, &mut 0.0));
        assert!((sigma_single / sigma_double - 1.0).abs() < 1e-6);
        let target = 999.0_f64.log2();
        assert!((double.iter().sum::<f64>() - target).abs() < 1e-12);
        assert!((single.iter().map(|&w| f64::from(w)).sum::<f64>() - target).abs() < 1e-5);
    }

    #[test]
    fn enough_duplicates_take_all_the_weight() {
        // Two zeros meet log2 4 = 2.
        let mut distances = [0.0_f32, 0.0, 1.0, 2.0];
        assert_eq!(weigh(&mut distances, &mut 0.0), 0.0);
        assert_eq!(distances, [1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn one_neighbour_takes_all_the_weight() {
        let mut distances = [17.0_f64];
        assert_eq!((weigh(&mut distances, &mut 0.0), distances), (0.0, [1.0]));
    }

    #[test]
    fn any_guess_leads_to_the_same_weights() {
        let distances: Vec<f64> = (1..200_u16).map(|i| f64::from(i).sqrt()).collect();
        let sigma = |mut guess: f64| weigh(&mut distances.clone(), &mut guess);
        for guess in [1e-9, 0.1, 1.0, 3.0, 30.0, 700.0, 1e300] {
            assert!((sigma(guess) / sigma(0.0) - 1.0).abs() < 1e-12, "{guess}");
        }
    }

    #[test]
    fn a_far_outlier_does_not_disturb_newton() {
        let mut distances = [1.0_f64, 1.0, 1e-3, 1e6, 1e9];
        let sigma = weigh(&mut distances, &mut 0.0);
        assert!(sigma > 0.0);
        assert!((distances.iter().sum::<f64>() - 5.0_f64.log2()).abs() < 1e-12);
    }

    #[test]
    fn the_offset_moves_the_nearest_neighbour_to_zero() {
        let mut distances = [0.0_f64, 2.0, 5.0];
        subtract_nearest(&mut distances);
        assert_eq!(distances, [0.0, 0.0, 3.0]);
        let mut zeros = [0.0_f32; 2];
        subtract_nearest(&mut zeros);
        assert_eq!(zeros, [0.0; 2]);
    }
}
