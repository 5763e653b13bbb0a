//! x log2 x in WebAssembly's 128-bit SIMD, written out (`kernels`).

#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f64x2_add, f64x2_div, f64x2_extract_lane, f64x2_mul, f64x2_splat, f64x2_sub, i64x2_add, i64x2_shl,
    i64x2_splat, i64x2_sub, u64x2_shr, v128, v128_load,
};

use super::{BIAS, BIAS_BITS, COEFFICIENTS, ROUND, TO_BIASED};

/// Σ x log2 x in two parts, as [`super::log2`].
#[inline]
pub(super) fn times_log2_lanes(values: &[[f64; 2]]) -> [f64; 2] {
    let mut sum = f64x2_splat(0.0);
    for pair in values {
        // SAFETY: a pair is exactly one vector long, and v128_load asks for no alignment.
        let x = unsafe { v128_load(pair.as_ptr().cast::<v128>()) };
        // The exponent plus BIAS, so that the shift need not keep a sign.
        let biased = u64x2_shr(i64x2_add(x, i64x2_splat(TO_BIASED as i64)), 52);
        let m = i64x2_add(i64x2_sub(x, i64x2_shl(biased, 52)), i64x2_splat(BIAS_BITS as i64));
        let whole =
            f64x2_sub(i64x2_add(biased, i64x2_splat(ROUND.to_bits() as i64)), f64x2_splat(ROUND + BIAS));
        let one = f64x2_splat(1.0);
        let s = f64x2_div(f64x2_sub(m, one), f64x2_add(m, one));
        let square = f64x2_mul(s, s);
        let [first, rest @ ..] = COEFFICIENTS;
        let series =
            rest.into_iter().fold(f64x2_splat(first), |p, c| f64x2_add(f64x2_mul(p, square), f64x2_splat(c)));
        sum = f64x2_add(sum, f64x2_mul(x, f64x2_add(whole, f64x2_mul(s, series))));
    }
    [f64x2_extract_lane::<0>(sum), f64x2_extract_lane::<1>(sum)]
}
