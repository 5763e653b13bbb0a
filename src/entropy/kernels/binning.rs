//! Bins of f32 values in single precision, with word of those for which that is not precise enough.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use super::exponential::ROUND;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::{block_codes, least_positive, square_roots};

/// Values binned together before they are counted.
pub(crate) const BLOCK: usize = super::lanes::LANES;
/// A bin position in single precision closer to an edge than this is recomputed in double precision.
/// With at most 256 bins the single-precision position is off by less than 3 roundings of 2⁻²⁴ × 256.
pub(crate) const EDGE: f32 = 1e-4;

/// A range of at most 256 bins in single precision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Lower end.
    pub(crate) lo: f32,
    /// Bins a unit.
    pub(crate) factor: f32,
    /// Number of bins.
    pub(crate) top: f32,
    /// How near an edge a position is not certain, in bins: [`EDGE`] for exact values.
    pub(crate) edge: f32,
}

impl Scale {
    /// Whether a value lies so near an inner edge that its bin is not certain: what [`block_codes`] tells of a block.
    pub(crate) fn is_near_edge(&self, value: f32) -> bool {
        let position = ((value - self.lo) * self.factor).clamp(0.5, self.top - 0.5);
        let fraction = position - (position as u32) as f32;
        fraction < self.edge || fraction > 1.0 - self.edge
    }
}

/// √ of each.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(crate) fn square_roots(block: &[f32; BLOCK]) -> [f32; BLOCK] {
    block.map(f32::sqrt)
}

/// The smallest that is above zero; infinity when none is.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(crate) fn least_positive(block: &[f32; BLOCK]) -> f32 {
    block.iter().fold(f32::INFINITY, |least, &value| if value > 0.0 && value < least { value } else { least })
}

/// Bins of finite values; true when one lies so near an inner edge that its bin is not certain.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(crate) fn block_codes(block: &[f32; BLOCK], scale: &Scale, codes: &mut [u8; BLOCK]) -> bool {
    let mut near_edge = false;
    for (code, &value) in codes.iter_mut().zip(block) {
        // Rounds to an integer and leaves it in the low bits: with ½ taken off first that is ⌊·⌋ away from the
        // edges, and near them the position is recomputed anyway. Beyond the centres of the end bins there is no
        // inner edge to be near to.
        let centred = ((value - scale.lo) * scale.factor - 0.5).clamp(0.0, scale.top - 1.0);
        let rounded = centred + ROUND;
        near_edge |= (centred - (rounded - ROUND)).abs() > 0.5 - scale.edge;
        *code = (rounded.to_bits() & 0x1ff) as u8;
    }
    near_edge
}
