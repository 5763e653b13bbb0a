//! The Gram tiles in WebAssembly's 128-bit SIMD.

use core::arch::wasm32::{
    f32x4_add, f32x4_mul, f32x4_splat, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128, v128_load,
    v128_load32_splat, v128_store,
};

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
                let pair = v128_load32_splat(a.add(row * 2).cast::<u32>());
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
