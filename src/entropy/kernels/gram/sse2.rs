//! The integer Gram tile in SSE2, which every x86-64 has; the f32 tile is left to the compiler.

#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_loadu_si128, _mm_madd_epi16, _mm_set1_epi32, _mm_setzero_si128,
    _mm_storeu_si128,
};

use super::{PANEL, TILE};

/// Four rows of panel `a` times the eight rows of panel `b`, exact in i32; panels hold 8 pairs a step.
#[inline]
pub(super) fn tile_i16(a: &[i16], half: usize, b: &[i16], out: &mut [[i32; PANEL]; TILE]) {
    const PAIRS: usize = PANEL * 2;
    // SAFETY: SSE2 belongs to x86-64; the pointers lie within arrays of 16 i16 and of 8 i32, and neither loads nor
    // stores ask for alignment.
    unsafe {
        let mut sums = [[_mm_setzero_si128(); 2]; TILE];
        for (a, b) in a.as_chunks::<PAIRS>().0.iter().zip(b.as_chunks::<PAIRS>().0) {
            let b = b.as_ptr().cast::<__m128i>();
            let columns = [_mm_loadu_si128(b), _mm_loadu_si128(b.add(1))];
            for (pair, sums) in a[half * TILE * 2..].as_chunks::<2>().0.iter().zip(&mut sums) {
                let low = i32::from(pair[0].cast_unsigned());
                let pair = _mm_set1_epi32(i32::from(pair[1]) << 16 | low);
                sums[0] = _mm_add_epi32(sums[0], _mm_madd_epi16(pair, columns[0]));
                sums[1] = _mm_add_epi32(sums[1], _mm_madd_epi16(pair, columns[1]));
            }
        }
        for (out, sums) in out.iter_mut().zip(sums) {
            let out = out.as_mut_ptr().cast::<__m128i>();
            _mm_storeu_si128(out, sums[0]);
            _mm_storeu_si128(out.add(1), sums[1]);
        }
    }
}
