//! Spread of a layer's images: H − log2 N of the inter-sample entropy, in bits.
//!
//! An entropy of N images that neighbour each other evenly grows with log2 N; what is left says how many near
//! neighbours an image has, 2^spread: N − 1 where all are alike near, few where images stand in small groups.
//! It lies in [−log2 N, log2(N − 1)] and carries the bias of H; `inter_sample` gives H. Read by the page.

/// H − log2 N of the inter-sample entropy of `n` images; NaN without images.
pub fn spread(inter_sample_bits: f64, n: usize) -> f64 {
    if n == 0 { f64::NAN } else { inter_sample_bits - (n as f64).log2() }
}

/// Near neighbours of an image, 2^spread.
pub fn near_neighbours(inter_sample_bits: f64, n: usize) -> f64 {
    spread(inter_sample_bits, n).exp2()
}

#[cfg(test)]
mod tests {
    use super::super::{InterSampleSettings, inter_sample_entropy};
    use super::*;

    #[test]
    fn equal_images_are_all_near_each_other() {
        let h = inter_sample_entropy(&[0.5; 20 * 3], 20, 3, &InterSampleSettings::default()).unwrap();
        assert!((near_neighbours(h.bits, h.n) - 19.0).abs() < 1e-10);
        assert_eq!(spread(2.0, 2), 1.0);
    }

    #[test]
    fn pairs_of_images_have_one_near_neighbour() {
        // Two images at each of 16 places far apart: each has its copy and, at σ → 0, nothing else.
        let places: Vec<f32> = (0..32_u16).map(|at| f32::from(at / 2)).collect();
        let settings = InterSampleSettings { k: 1, ..InterSampleSettings::default() };
        let h = inter_sample_entropy(&places, 32, 1, &settings).unwrap();
        assert!((near_neighbours(h.bits, h.n) - 1.0).abs() < 1e-12, "{h:?}");
    }

    #[test]
    fn without_images_there_is_no_spread() {
        assert!(spread(0.0, 0).is_nan() && near_neighbours(0.0, 0).is_nan());
        assert!(spread(f64::NAN, 5).is_nan());
    }
}
