//! Distances of two rows and the range of one.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

use super::lanes::LANES;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use simd128::squared_from_products;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128::{range_lanes, squared_difference_sums};

/// Values summed in single precision before the sum goes on in double precision. With 64 values a lane,
/// squared differences of bytes stay below 2²⁴, also of four lanes together, and the result is exact.
const BLOCK: usize = LANES * 64;

/// Σ (a − b)² of two f32 rows of the same length.
#[inline]
pub(crate) fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    a.chunks(BLOCK).zip(b.chunks(BLOCK)).map(|(x, y)| block_distance(x, y)).sum()
}

#[inline]
fn block_distance(a: &[f32], b: &[f32]) -> f64 {
    let ((a_chunks, a_tail), (b_chunks, b_tail)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let sums = squared_difference_sums(a_chunks, b_chunks);
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(x, y)| (x - y) * (x - y)).sum();
    sums.iter().map(|&sum| f64::from(sum)).sum::<f64>() + f64::from(tail)
}

/// Σ (a − b)² in four parts, of every fourth element each.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn squared_difference_sums(a: &[[f32; LANES]], b: &[[f32; LANES]]) -> [f32; 4] {
    let mut sums = [0.0_f32; LANES];
    for (x, y) in a.iter().zip(b) {
        for lane in 0..LANES {
            let difference = x[lane] - y[lane];
            sums[lane] += difference * difference;
        }
    }
    std::array::from_fn(|lane| (sums[lane] + sums[lane + 4]) + (sums[lane + 8] + sums[lane + 12]))
}

/// |a|² + |b|² − 2 a·b of one row with eight; true when one of them is below this share of the norms, because little
/// is left of it.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(crate) fn squared_from_products(
    norm: f32,
    norms: &[f32; 8],
    products: &[f32; 8],
    share: f32,
    squared: &mut [f32; 8],
) -> bool {
    let mut is_cancelled = false;
    for ((squared, &other), &product) in squared.iter_mut().zip(norms).zip(products) {
        let sum = norm + other;
        *squared = sum - 2.0 * product;
        is_cancelled |= *squared < share * sum;
    }
    is_cancelled
}

/// Σ ((a − b)² mod 256) of two byte rows: what arithmetic in bytes leaves of a squared distance.
pub(crate) fn byte_wrapped_distance(a: &[u8], b: &[u8]) -> u32 {
    // 257 bytes fit a u16 sum; 256 divide evenly.
    const WRAP: usize = 256;
    let block = |(x, y): (&[u8], &[u8])| -> u32 {
        let mut sums = [0_u16; 16];
        for (x, y) in x.chunks(16).zip(y.chunks(16)) {
            for (sum, (&x, &y)) in sums.iter_mut().zip(x.iter().zip(y)) {
                let difference = u16::from(x.wrapping_sub(y));
                *sum += difference.wrapping_mul(difference) & 0xff;
            }
        }
        sums.iter().map(|&sum| u32::from(sum)).sum()
    };
    a.chunks(WRAP * 16).zip(b.chunks(WRAP * 16)).map(block).sum()
}

/// Smallest and largest value of a non-empty row; `None` when a value is NaN or infinite.
#[inline]
pub(crate) fn min_max(values: &[f32]) -> Option<(f32, f32)> {
    let (chunks, tail) = values.as_chunks::<LANES>();
    let [lo, hi, poison] = range_lanes(chunks);
    let finite = poison.iter().all(|&p| p == 0.0) && tail.iter().all(|value| value.is_finite());
    let least = tail.iter().copied().chain(lo).fold(f32::INFINITY, f32::min);
    finite.then(|| (least, tail.iter().copied().chain(hi).fold(f32::NEG_INFINITY, f32::max)))
}

/// Smallest value, largest value and Σ 0·v of a run of values, each in parts; the last is NaN where a value is not
/// finite.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn range_lanes(values: &[[f32; LANES]]) -> [[f32; LANES]; 3] {
    let (mut lo, mut hi, mut poison) = ([f32::INFINITY; LANES], [f32::NEG_INFINITY; LANES], [0.0_f32; LANES]);
    for chunk in values {
        for (lane, &value) in chunk.iter().enumerate() {
            lo[lane] = if value < lo[lane] { value } else { lo[lane] };
            hi[lane] = if value > hi[lane] { value } else { hi[lane] };
            poison[lane] += value * 0.0;
        }
    }
    [lo, hi, poison]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_byte_images_are_exact() {
        let (black, white) = (vec![0.0_f32; 5000], vec![255.0_f32; 5000]);
        assert_eq!(squared_distance(&black, &white), 5000.0 * 65025.0);
    }

    #[test]
    fn byte_arithmetic_forgets_multiples_of_256() {
        // 16² = 256 → 0; 3² = 9; 17² = 289 → 33; and 1 − 2 wraps to 255, 255² = 65025 → 1.
        assert_eq!(byte_wrapped_distance(&[16, 3, 17, 1], &[0, 0, 0, 2]), 9 + 33 + 1);
        assert_eq!(byte_wrapped_distance(&vec![15; 9000], &vec![0; 9000]), 9000 * 225);
    }

    #[test]
    fn the_range_covers_the_tail() {
        let mut values = vec![0.0_f32; 19];
        values[18] = 3.0;
        values[0] = -1.0;
        assert_eq!(min_max(&values), Some((-1.0, 3.0)));
    }
}
