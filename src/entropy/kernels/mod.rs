//! The inner loops. Called by the measures of this module only; each has a fixed order of summation.
//!
//! Most are written over small arrays of lanes, which the compiler turns into SIMD natively. Where it does not find
//! it they have a form of their own (`sse2`), and one for WebAssembly (`simd128`), written out: the compute worker is
//! compiled for size, where the compiler neither unrolls a loop nor finds the vectors in it.

mod binning;
mod distance;
mod exponential;
mod gram;
mod joint;
mod lanes;
mod logarithm;

pub(crate) use binning::{BLOCK, EDGE, Scale, block_codes, least_positive, square_roots};
pub(crate) use distance::{byte_wrapped_distance, min_max, squared_distance, squared_from_products};
pub(crate) use exponential::{exp_moment_f32, exp_weights_f32};
pub(crate) use gram::{GramElement, Panels};
pub(crate) use joint::{JointCounts, LaneCodes, joint_counts};
pub(crate) use logarithm::sum_times_log2;
