//! Distances and ranges in WebAssembly's 128-bit SIMD, written out (`kernels`).

#![allow(clippy::inline_always, reason = "these few instructions are the loops")]
#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f32x4_add, f32x4_lt, f32x4_mul, f32x4_pmax, f32x4_pmin, f32x4_splat, f32x4_sub, v128, v128_any_true,
    v128_load, v128_or, v128_store,
};

use crate::entropy::kernels::gram::PANEL;
use crate::entropy::kernels::lanes::{LANES, lanes, vectors};

/// Σ (a − b)² in four parts, of every fourth element each; four running sums hide the additions' latency.
#[inline]
pub(super) fn squared_difference_sums(a: &[[f32; LANES]], b: &[[f32; LANES]]) -> [f32; 4] {
    let [mut s0, mut s1, mut s2, mut s3] = [f32x4_splat(0.0); LANES / 4];
    for (x, y) in a.iter().zip(b) {
        let ([x0, x1, x2, x3], [y0, y1, y2, y3]) = (vectors(x), vectors(y));
        s0 = add_square(s0, f32x4_sub(x0, y0));
        s1 = add_square(s1, f32x4_sub(x1, y1));
        s2 = add_square(s2, f32x4_sub(x2, y2));
        s3 = add_square(s3, f32x4_sub(x3, y3));
    }
    lanes(f32x4_add(f32x4_add(s0, s1), f32x4_add(s2, s3)))
}

#[inline(always)]
fn add_square(sum: v128, difference: v128) -> v128 {
    f32x4_add(sum, f32x4_mul(difference, difference))
}

/// Smallest value, largest value and Σ 0·v of a run of values, each in four parts; the last is NaN where a value is
/// not finite.
#[inline]
pub(super) fn range_lanes(values: &[[f32; LANES]]) -> [[f32; 4]; 3] {
    let (mut lo, mut hi) = (f32x4_splat(f32::INFINITY), f32x4_splat(f32::NEG_INFINITY));
    let (zero, mut poison) = (f32x4_splat(0.0), f32x4_splat(0.0));
    for chunk in values {
        let [a, b, c, d] = vectors(chunk);
        lo = f32x4_pmin(lo, f32x4_pmin(f32x4_pmin(a, b), f32x4_pmin(c, d)));
        hi = f32x4_pmax(hi, f32x4_pmax(f32x4_pmax(a, b), f32x4_pmax(c, d)));
        // Finite values may add up to infinity; their zeros do not.
        let zeros = f32x4_add(
            f32x4_add(f32x4_mul(a, zero), f32x4_mul(b, zero)),
            f32x4_add(f32x4_mul(c, zero), f32x4_mul(d, zero)),
        );
        poison = f32x4_add(poison, zeros);
    }
    [lanes(lo), lanes(hi), lanes(poison)]
}

/// As [`super::squared_from_products`].
#[inline]
pub(crate) fn squared_from_products(
    norm: f32,
    norms: &[f32; PANEL],
    products: &[f32; PANEL],
    share: f32,
    squared: &mut [f32; PANEL],
) -> bool {
    let half = |at: usize| {
        // SAFETY: `at` is 0 or 4 of 8, and loads and stores ask for no alignment.
        unsafe {
            let sum = f32x4_add(f32x4_splat(norm), v128_load(norms.as_ptr().add(at).cast::<v128>()));
            let product = v128_load(products.as_ptr().add(at).cast::<v128>());
            let distance = f32x4_sub(sum, f32x4_add(product, product));
            (distance, f32x4_lt(distance, f32x4_mul(sum, f32x4_splat(share))))
        }
    };
    let (low, high) = (half(0), half(PANEL / 2));
    // SAFETY: the two vectors cover exactly the array of 8.
    unsafe {
        v128_store(squared.as_mut_ptr().cast::<v128>(), low.0);
        v128_store(squared.as_mut_ptr().add(PANEL / 2).cast::<v128>(), high.0);
    }
    v128_any_true(v128_or(low.1, high.1))
}
