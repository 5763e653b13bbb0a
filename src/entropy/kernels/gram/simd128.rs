//! The Gram tiles in WebAssembly's 128-bit SIMD, written out (`kernels`).

#![allow(clippy::inline_always, reason = "these few instructions are the loops")]
#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f32x4_add, f32x4_mul, f32x4_splat, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128, v128_load,
    v128_load32_splat, v128_store,
};

use super::{PANEL, TILE};

/// Sums of a row with eight columns.
type RowSums = [v128; 2];

/// Four rows of panel `a` times the eight rows of panel `b`; panels hold 8 values an element.
#[inline]
pub(super) fn tile_f32(a: &[f32], half: usize, b: &[f32], out: &mut [[f32; PANEL]; TILE]) {
    let steps = a.len().min(b.len()) / PANEL;
    let [mut r0, mut r1, mut r2, mut r3]: [RowSums; TILE] = [[f32x4_splat(0.0); 2]; TILE];
    for step in 0..steps {
        // SAFETY: step·8 + 7 lies within both slices, and v128_load asks for no alignment.
        unsafe {
            let (a, b) = (a.as_ptr().add(step * PANEL + half * TILE), b.as_ptr().add(step * PANEL));
            let columns = [v128_load(b.cast::<v128>()), v128_load(b.add(4).cast::<v128>())];
            r0 = add_products(r0, v128_load32_splat(a.cast::<u32>()), columns);
            r1 = add_products(r1, v128_load32_splat(a.add(1).cast::<u32>()), columns);
            r2 = add_products(r2, v128_load32_splat(a.add(2).cast::<u32>()), columns);
            r3 = add_products(r3, v128_load32_splat(a.add(3).cast::<u32>()), columns);
        }
    }
    for (out, sums) in out.iter_mut().zip([r0, r1, r2, r3]) {
        // SAFETY: a row of `out` is exactly two vectors long.
        unsafe {
            v128_store(out.as_mut_ptr().cast::<v128>(), sums[0]);
            v128_store(out.as_mut_ptr().add(4).cast::<v128>(), sums[1]);
        }
    }
}

#[inline(always)]
fn add_products(sums: RowSums, value: v128, columns: [v128; 2]) -> RowSums {
    [f32x4_add(sums[0], f32x4_mul(value, columns[0])), f32x4_add(sums[1], f32x4_mul(value, columns[1]))]
}

/// The same on pairs of i16, exact in i32; panels hold 8 pairs a step.
#[inline]
pub(super) fn tile_i16(a: &[i16], half: usize, b: &[i16], out: &mut [[i32; PANEL]; TILE]) {
    const PAIRS: usize = PANEL * 2;
    let steps = a.len().min(b.len()) / PAIRS;
    let [mut r0, mut r1, mut r2, mut r3]: [RowSums; TILE] = [[i32x4_splat(0); 2]; TILE];
    for step in 0..steps {
        // SAFETY: step·16 + 15 lies within both slices, and v128_load asks for no alignment.
        unsafe {
            let (a, b) = (a.as_ptr().add(step * PAIRS + half * TILE * 2), b.as_ptr().add(step * PAIRS));
            let columns = [v128_load(b.cast::<v128>()), v128_load(b.add(8).cast::<v128>())];
            r0 = add_pair_products(r0, v128_load32_splat(a.cast::<u32>()), columns);
            r1 = add_pair_products(r1, v128_load32_splat(a.add(2).cast::<u32>()), columns);
            r2 = add_pair_products(r2, v128_load32_splat(a.add(4).cast::<u32>()), columns);
            r3 = add_pair_products(r3, v128_load32_splat(a.add(6).cast::<u32>()), columns);
        }
    }
    for (out, sums) in out.iter_mut().zip([r0, r1, r2, r3]) {
        // SAFETY: a row of `out` is exactly two vectors long.
        unsafe {
            v128_store(out.as_mut_ptr().cast::<v128>(), sums[0]);
            v128_store(out.as_mut_ptr().add(4).cast::<v128>(), sums[1]);
        }
    }
}

#[inline(always)]
fn add_pair_products(sums: RowSums, pair: v128, columns: [v128; 2]) -> RowSums {
    [
        i32x4_add(sums[0], i32x4_dot_i16x8(pair, columns[0])),
        i32x4_add(sums[1], i32x4_dot_i16x8(pair, columns[1])),
    ]
}
