//! Sixteen values side by side, and in WebAssembly the four vectors that they are.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use simd128::{lanes, vectors};

/// Values that are handled together, and lanes of a running sum.
pub(super) const LANES: usize = 16;
