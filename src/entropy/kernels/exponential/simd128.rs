//! Weights of distances in WebAssembly's 128-bit SIMD, written out (`kernels`).

#![allow(clippy::inline_always, reason = "these few instructions are the loops")]
#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f32x4_add, f32x4_mul, f32x4_pmax, f32x4_splat, f32x4_sub, i32x4_add, i32x4_shl, i32x4_splat, v128,
    v128_store,
};

use super::{COEFFICIENTS, LEAST, ROUND};
use crate::entropy::kernels::lanes::{LANES, lanes, vectors};

/// exp(−u d) of four distances, as [`super::weight`].
#[inline(always)]
fn weights(distances: v128, rate: v128) -> v128 {
    let x = f32x4_pmax(f32x4_mul(distances, rate), f32x4_splat(LEAST));
    let rounded = f32x4_add(x, f32x4_splat(ROUND));
    let f = f32x4_sub(x, f32x4_sub(rounded, f32x4_splat(ROUND)));
    let [first, rest @ ..] = COEFFICIENTS;
    let p = rest.into_iter().fold(f32x4_splat(first), |p, c| f32x4_add(f32x4_mul(p, f), f32x4_splat(c)));
    f32x4_mul(p, i32x4_shl(i32x4_add(rounded, i32x4_splat(127)), 23))
}

/// Σ w and Σ w d of 64 distances, each in four parts.
#[inline]
pub(super) fn block_moments(block: &[[f32; LANES]; 4], rate: f32) -> [[f32; 4]; 2] {
    let rate = f32x4_splat(rate);
    let (mut sum, mut moment) = (f32x4_splat(0.0), f32x4_splat(0.0));
    for chunk in block {
        let [a, b, c, d] = vectors(chunk);
        let (wa, wb, wc, wd) = (weights(a, rate), weights(b, rate), weights(c, rate), weights(d, rate));
        sum = f32x4_add(sum, f32x4_add(f32x4_add(wa, wb), f32x4_add(wc, wd)));
        let (ma, mb, mc, md) = (f32x4_mul(wa, a), f32x4_mul(wb, b), f32x4_mul(wc, c), f32x4_mul(wd, d));
        moment = f32x4_add(moment, f32x4_add(f32x4_add(ma, mb), f32x4_add(mc, md)));
    }
    [lanes(sum), lanes(moment)]
}

/// Distances to weights, 16 at a time.
#[inline]
pub(super) fn replace_by_weights(distances: &mut [[f32; LANES]], rate: f32) {
    let rate = f32x4_splat(rate);
    for chunk in distances {
        let [a, b, c, d] = vectors(chunk);
        let (a, b, c, d) = (weights(a, rate), weights(b, rate), weights(c, rate), weights(d, rate));
        let start = chunk.as_mut_ptr();
        // SAFETY: the four vectors cover exactly the array of 16, and v128_store asks for no alignment.
        unsafe {
            v128_store(start.cast::<v128>(), a);
            v128_store(start.add(4).cast::<v128>(), b);
            v128_store(start.add(8).cast::<v128>(), c);
            v128_store(start.add(12).cast::<v128>(), d);
        }
    }
}
