//! Sixteen values as vectors of WebAssembly's 128-bit SIMD, and back.

#![allow(clippy::inline_always, reason = "these few instructions are the loops")]
#![allow(clippy::cast_ptr_alignment, reason = "the loads and stores used here ask for none")]

use core::arch::wasm32::{f32x4_extract_lane, v128, v128_load};

use super::LANES;

/// The four vectors of sixteen values.
#[inline(always)]
pub(in crate::entropy::kernels) fn vectors(values: &[f32; LANES]) -> [v128; LANES / 4] {
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

/// The four values of a vector.
#[inline(always)]
pub(in crate::entropy::kernels) fn lanes(vector: v128) -> [f32; 4] {
    [
        f32x4_extract_lane::<0>(vector),
        f32x4_extract_lane::<1>(vector),
        f32x4_extract_lane::<2>(vector),
        f32x4_extract_lane::<3>(vector),
    ]
}
