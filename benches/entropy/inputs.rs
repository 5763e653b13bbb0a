//! Inputs of the benchmark jobs, from a hash of the position: `numpy_jobs.py` makes the same to the last bit.

/// ⌊·⌋ of a hash / 2⁸ over 2²⁴: uniform in [0, 1), exact in single precision.
fn uniform(position: u32) -> f32 {
    let mut x = position.wrapping_mul(0x9E37_79B1);
    x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
    x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
    ((x ^ (x >> 16)) >> 8) as f32 / 16_777_216.0
}

/// Where the templates' positions begin, beyond those of the noise.
const TEMPLATES: u32 = 1 << 31;
/// And those of the samples' templates.
const CLASSES: u32 = 3 << 30;
/// Samples near the same template are near each other, as images of one class are.
const N_TEMPLATES: usize = 10;

/// `n` rectified rows `[n, dimension]` in [0, 1): a template each, plus noise, about half of the values zero.
pub fn rectified(n: usize, dimension: usize, stream: u32) -> Vec<f32> {
    let value = |at: usize| {
        // Drawn: with classes in turn, a shift of 10 would pair a class with itself only.
        let class = (uniform(CLASSES + (at / dimension) as u32) * N_TEMPLATES as f32) as usize;
        let place = (class * dimension + at % dimension) as u32;
        let template = uniform(TEMPLATES + stream / 2 + place);
        let noise = uniform(stream.wrapping_add(at as u32));
        (0.75 * template + 0.25 * noise - 0.5).max(0.0)
    };
    (0..n * dimension).map(value).collect()
}

/// The same as the numbers of byte images, 0 … 255.
pub fn bytes(n: usize, dimension: usize) -> Vec<f32> {
    let mut rows = rectified(n, dimension, 0);
    for value in &mut rows {
        *value = (*value * 512.0).floor().min(255.0);
    }
    rows
}
