//! The inner loops. Called by the measures of this module only; each has a fixed order of summation.
//!
//! Most are written over small arrays of lanes, which the compiler turns into SIMD natively; where it does not
//! find it, and for WebAssembly, they have forms of their own (`sse2`, `simd128`).

mod binning;
mod distance;
mod exponential;
mod gram;
mod joint;
mod logarithm;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(target_arch = "x86_64")]
mod sse2;

pub(crate) use binning::{BLOCK, EDGE, Scale, block_codes, least_positive, square_roots};
pub(crate) use distance::{byte_wrapped_distance, min_max, squared_distance, squared_from_products};
pub(crate) use exponential::{exp_moment_f32, exp_weights_f32};
pub(crate) use gram::{GramElement, Panels};
pub(crate) use joint::{JointCounts, LaneCodes, joint_counts};
pub(crate) use logarithm::sum_times_log2;
