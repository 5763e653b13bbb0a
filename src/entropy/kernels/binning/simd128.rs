//! Bins in WebAssembly's 128-bit SIMD, written out (`kernels`).

#![allow(clippy::inline_always, reason = "these few instructions are the loops")]
#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f32x4_abs, f32x4_add, f32x4_gt, f32x4_mul, f32x4_pmax, f32x4_pmin, f32x4_splat, f32x4_sqrt, f32x4_sub,
    i16x8_narrow_i32x4, i32x4_splat, u8x16_narrow_i16x8, v128, v128_and, v128_any_true, v128_bitselect,
    v128_or, v128_store,
};

use super::Scale;
use crate::entropy::kernels::exponential::ROUND;
use crate::entropy::kernels::lanes::{LANES, lanes, vectors};

/// As [`super::least_positive`].
#[inline]
pub(crate) fn least_positive(block: &[f32; LANES]) -> f32 {
    let positive = |v: v128| v128_bitselect(v, f32x4_splat(f32::INFINITY), f32x4_gt(v, f32x4_splat(0.0)));
    let [a, b, c, d] = vectors(block);
    let least = f32x4_pmin(f32x4_pmin(positive(a), positive(b)), f32x4_pmin(positive(c), positive(d)));
    let [a, b, c, d] = lanes(least);
    let smaller = |x: f32, y: f32| if y < x { y } else { x };
    smaller(smaller(a, b), smaller(c, d))
}

/// √ of each.
#[inline]
pub(crate) fn square_roots(block: &[f32; LANES]) -> [f32; LANES] {
    let mut roots = [0.0; LANES];
    for (out, vector) in roots.as_chunks_mut::<4>().0.iter_mut().zip(vectors(block)) {
        *out = lanes(f32x4_sqrt(vector));
    }
    roots
}

/// As [`super::block_codes`].
#[inline]
pub(crate) fn block_codes(block: &[f32; LANES], scale: &Scale, codes: &mut [u8; LANES]) -> bool {
    // Call by call: an array's `map` is not inlined where size counts.
    let [a, b, c, d] = vectors(block);
    let (a, b, c, d) =
        (lane_codes(a, scale), lane_codes(b, scale), lane_codes(c, scale), lane_codes(d, scale));
    let low = i16x8_narrow_i32x4(a.0, b.0);
    let high = i16x8_narrow_i32x4(c.0, d.0);
    // SAFETY: `codes` is exactly one vector long, and v128_store asks for no alignment.
    unsafe { v128_store(codes.as_mut_ptr().cast::<v128>(), u8x16_narrow_i16x8(low, high)) };
    v128_any_true(v128_or(v128_or(a.1, b.1), v128_or(c.1, d.1)))
}

/// Bins of four values, and which of them are too near an edge.
#[inline(always)]
fn lane_codes(values: v128, scale: &Scale) -> (v128, v128) {
    let half = f32x4_splat(0.5);
    let position = f32x4_mul(f32x4_sub(values, f32x4_splat(scale.lo)), f32x4_splat(scale.factor));
    let centred = f32x4_sub(position, half);
    let centred = f32x4_pmin(f32x4_pmax(centred, f32x4_splat(0.0)), f32x4_splat(scale.top - 1.0));
    let rounded = f32x4_add(centred, f32x4_splat(ROUND));
    let off_centre = f32x4_abs(f32x4_sub(centred, f32x4_sub(rounded, f32x4_splat(ROUND))));
    (v128_and(rounded, i32x4_splat(0x1ff)), f32x4_gt(off_centre, f32x4_splat(0.5 - scale.edge)))
}
