//! The Gram tiles and the sum of squared differences in WebAssembly's 128-bit SIMD.

#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f32x4_add, f32x4_mul, f32x4_splat, f32x4_sub, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128, v128_load,
    v128_load32_splat, v128_store,
};

use super::distance::LANES;
use super::gram::{PANEL, TILE};

/// Four rows of panel `a` times the eight rows of panel `b`; panels hold 8 values an element.
#[inline]
pub(super) fn tile_f32(a: &[f32], half: usize, b: &[f32], out: &mut [[f32; PANEL]; TILE]) {
    let steps = a.len().min(b.len()) / PANEL;
    let mut sums = [[f32x4_splat(0.0); 2]; TILE];
    for step in 0..steps {
        // SAFETY: step·8 + 7 lies within both slices, and v128_load asks for no alignment.
        unsafe {
            let (a, b) = (a.as_ptr().add(step * PANEL + half * TILE), b.as_ptr().add(step * PANEL));
            let columns = [v128_load(b.cast::<v128>()), v128_load(b.add(4).cast::<v128>())];
            for (row, sums) in sums.iter_mut().enumerate() {
                let value = v128_load32_splat(a.add(row).cast::<u32>());
                sums[0] = f32x4_add(sums[0], f32x4_mul(value, columns[0]));
                sums[1] = f32x4_add(sums[1], f32x4_mul(value, columns[1]));
            }
        }
    }
    for (out, sums) in out.iter_mut().zip(sums) {
        // SAFETY: a row of `out` is exactly two vectors long.
        unsafe {
            v128_store(out.as_mut_ptr().cast::<v128>(), sums[0]);
            v128_store(out.as_mut_ptr().add(4).cast::<v128>(), sums[1]);
        }
    }
}

/// The same on pairs of i16, exact in i32; panels hold 8 pairs a step.
#[inline]
pub(super) fn tile_i16(a: &[i16], half: usize, b: &[i16], out: &mut [[i32; PANEL]; TILE]) {
    const PAIRS: usize = PANEL * 2;
    let steps = a.len().min(b.len()) / PAIRS;
    let mut sums = [[i32x4_splat(0); 2]; TILE];
    for step in 0..steps {
        // SAFETY: step·16 + 15 lies within both slices, and v128_load asks for no alignment.
        unsafe {
            let (a, b) = (a.as_ptr().add(step * PAIRS + half * TILE * 2), b.as_ptr().add(step * PAIRS));
            let columns = [v128_load(b.cast::<v128>()), v128_load(b.add(8).cast::<v128>())];
            for (row, sums) in sums.iter_mut().enumerate() {
                let pair = i32x4_splat(a.add(row * 2).cast::<i32>().read_unaligned());
                sums[0] = i32x4_add(sums[0], i32x4_dot_i16x8(pair, columns[0]));
                sums[1] = i32x4_add(sums[1], i32x4_dot_i16x8(pair, columns[1]));
            }
        }
    }
    for (out, sums) in out.iter_mut().zip(sums) {
        // SAFETY: a row of `out` is exactly two vectors long.
        unsafe {
            v128_store(out.as_mut_ptr().cast::<v128>(), sums[0]);
            v128_store(out.as_mut_ptr().add(4).cast::<v128>(), sums[1]);
        }
    }
}

/// Σ (a − b)² in four parts, of every fourth element each; four running sums hide the additions' latency.
#[inline]
pub(super) fn squared_difference_sums(a: &[[f32; LANES]], b: &[[f32; LANES]]) -> [f32; 4] {
    let mut sums = [f32x4_splat(0.0); LANES / 4];
    for (x, y) in a.iter().zip(b) {
        for (part, sum) in sums.iter_mut().enumerate() {
            // SAFETY: four elements from 4·part on lie within arrays of 16, and v128_load asks for no alignment.
            let difference = unsafe {
                f32x4_sub(
                    v128_load(x.as_ptr().add(4 * part).cast::<v128>()),
                    v128_load(y.as_ptr().add(4 * part).cast::<v128>()),
                )
            };
            *sum = f32x4_add(*sum, f32x4_mul(difference, difference));
        }
    }
    let sum = f32x4_add(f32x4_add(sums[0], sums[1]), f32x4_add(sums[2], sums[3]));
    let mut out = [0.0; 4];
    // SAFETY: `out` is exactly one vector long.
    unsafe { v128_store(out.as_mut_ptr().cast::<v128>(), sum) };
    out
}
