//! The inner loops in WebAssembly's 128-bit SIMD, written out: the compute worker is compiled for size, where the
//! compiler neither unrolls a loop nor finds the vectors in it.

#![allow(clippy::inline_always, reason = "these few instructions are the loops")]
#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{
    f32x4_abs, f32x4_add, f32x4_extract_lane, f32x4_gt, f32x4_lt, f32x4_mul, f32x4_pmax, f32x4_pmin,
    f32x4_splat, f32x4_sqrt, f32x4_sub, f64x2_add, f64x2_div, f64x2_extract_lane, f64x2_mul, f64x2_splat,
    f64x2_sub, i16x8_narrow_i32x4, i32x4_add, i32x4_dot_i16x8, i32x4_shl, i32x4_splat, i64x2_add, i64x2_shl,
    i64x2_splat, i64x2_sub, u8x16_narrow_i16x8, u64x2_shr, v128, v128_and, v128_any_true, v128_bitselect,
    v128_load, v128_load32_splat, v128_or, v128_store,
};

use super::binning::Scale;
use super::distance::LANES;
use super::exponential::{self, ROUND};
use super::gram::{PANEL, TILE};
use super::logarithm;

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

#[inline(always)]
fn vectors(values: &[f32; LANES]) -> [v128; LANES / 4] {
    let start = values.as_ptr();
    // SAFETY: the four vectors cover exactly the array of 16, and v128_load asks for no alignment.
    unsafe {
        [
            v128_load(start.cast::<v128>()),
            v128_load(start.add(4).cast::<v128>()),
            v128_load(start.add(8).cast::<v128>()),
            v128_load(start.add(12).cast::<v128>()),
        ]
    }
}

#[inline(always)]
fn lanes(vector: v128) -> [f32; 4] {
    [
        f32x4_extract_lane::<0>(vector),
        f32x4_extract_lane::<1>(vector),
        f32x4_extract_lane::<2>(vector),
        f32x4_extract_lane::<3>(vector),
    ]
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

/// As [`super::distance::squared_from_products`].
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

/// As [`super::binning::least_positive`].
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

/// As [`super::binning::block_codes`].
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

/// exp(−u d) of four distances, as [`exponential::weight`].
#[inline(always)]
fn weights(distances: v128, rate: v128) -> v128 {
    let x = f32x4_pmax(f32x4_mul(distances, rate), f32x4_splat(exponential::LEAST));
    let rounded = f32x4_add(x, f32x4_splat(ROUND));
    let f = f32x4_sub(x, f32x4_sub(rounded, f32x4_splat(ROUND)));
    let [first, rest @ ..] = exponential::COEFFICIENTS;
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

/// Σ x log2 x in two parts, as [`logarithm::log2`].
#[inline]
pub(super) fn times_log2_lanes(values: &[[f64; 2]]) -> [f64; 2] {
    let mut sum = f64x2_splat(0.0);
    for pair in values {
        // SAFETY: a pair is exactly one vector long, and v128_load asks for no alignment.
        let x = unsafe { v128_load(pair.as_ptr().cast::<v128>()) };
        // The exponent plus BIAS, so that the shift need not keep a sign.
        let biased = u64x2_shr(i64x2_add(x, i64x2_splat(logarithm::TO_BIASED as i64)), 52);
        let m = i64x2_add(i64x2_sub(x, i64x2_shl(biased, 52)), i64x2_splat(logarithm::BIAS_BITS as i64));
        let whole = f64x2_sub(
            i64x2_add(biased, i64x2_splat(logarithm::ROUND.to_bits() as i64)),
            f64x2_splat(logarithm::ROUND + logarithm::BIAS),
        );
        let one = f64x2_splat(1.0);
        let s = f64x2_div(f64x2_sub(m, one), f64x2_add(m, one));
        let square = f64x2_mul(s, s);
        let [first, rest @ ..] = logarithm::COEFFICIENTS;
        let series =
            rest.into_iter().fold(f64x2_splat(first), |p, c| f64x2_add(f64x2_mul(p, square), f64x2_splat(c)));
        sum = f64x2_add(sum, f64x2_mul(x, f64x2_add(whole, f64x2_mul(s, series))));
    }
    [f64x2_extract_lane::<0>(sum), f64x2_extract_lane::<1>(sum)]
}
