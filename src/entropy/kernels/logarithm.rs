//! Σ x log2 x over many numbers: the library's logarithm is a call for each.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128::times_log2_lanes;

/// The bits of √½: the mantissa of a number is taken from [√½, √2).
const HALF_ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
/// Added to an exponent so that it is never negative.
const BIAS: f64 = 1023.0;
/// The same in the exponent field.
const BIAS_BITS: u64 = 1023 << 52;
/// Added to a number's bits, leaves its exponent plus [`BIAS`] in the exponent field.
const TO_BIASED: u64 = BIAS_BITS - HALF_ROOT;
/// 3·2⁵¹: its bits plus a small integer are the bits of it plus that integer.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// 2 / (ln 2 · (2 i + 1)), i from 8 to 0: log2 m = Σ of these times s^(2i+1), s = (m − 1)/(m + 1), |s| ≤ 0.172;
/// the first term left out is below 1e-15.
const COEFFICIENTS: [f64; 9] = {
    let mut coefficients = [0.0; 9];
    let mut at = 0;
    while at < 9 {
        coefficients[at] = 2.0 / (std::f64::consts::LN_2 * (2 * (8 - at) + 1) as f64);
        at += 1;
    }
    coefficients
};

/// Σ x log2 x of numbers above zero.
pub(crate) fn sum_times_log2(values: &[f64]) -> f64 {
    if values.iter().any(|x| *x < f64::MIN_POSITIVE) {
        // Below the normal numbers the exponent field does not hold the exponent.
        return values.iter().map(|x| x * x.log2()).sum();
    }
    let (pairs, rest) = values.as_chunks::<2>();
    times_log2_lanes(pairs).iter().sum::<f64>() + rest.iter().map(|x| x * log2(*x)).sum::<f64>()
}

/// log2 of a normal number above zero, to about 1e-15 relative to max(1, |log2 x|).
#[inline]
fn log2(x: f64) -> f64 {
    let biased = (x.to_bits() + TO_BIASED) >> 52;
    let m = f64::from_bits((x.to_bits() + BIAS_BITS) - (biased << 52));
    let whole = f64::from_bits(ROUND.to_bits() + biased) - (ROUND + BIAS);
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    whole + s * COEFFICIENTS.iter().fold(0.0, |p, c| p * square + c)
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn times_log2_lanes(values: &[[f64; 2]]) -> [f64; 2] {
    values.iter().fold([0.0; 2], |sum, x| [sum[0] + x[0] * log2(x[0]), sum[1] + x[1] * log2(x[1])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_agree_with_the_library() {
        for step in 1..=4000_u16 {
            for x in [f64::from(step) / 1000.0, 2.0_f64.powi(-i32::from(step) / 4), f64::from(step)] {
                assert!((log2(x) - x.log2()).abs() <= 4e-15 * x.log2().abs().max(1.0), "log2 {x}");
            }
        }
        assert_eq!((log2(1.0), log2(0.25), log2(1024.0)), (0.0, -2.0, 10.0));
    }

    #[test]
    fn sums_agree_with_the_library_also_below_the_normal_numbers() {
        let values: Vec<f64> = (1..=333_u16).map(|i| f64::from(i) / 100.0).collect();
        let exact: f64 = values.iter().map(|x| x * x.log2()).sum();
        assert!((sum_times_log2(&values) - exact).abs() < 1e-11);
        assert_eq!(sum_times_log2(&[f64::MIN_POSITIVE / 4.0]), f64::MIN_POSITIVE / 4.0 * -1024.0);
    }
}
