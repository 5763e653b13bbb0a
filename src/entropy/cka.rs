//! CKA: how alike two layers see the same images, whatever their sizes; linear, with the unbiased HSIC (Kornblith et
//! al. 2019; Song et al. 2012, Eq. 5; Nguyen et al. 2021).
//!
//! CKA = HSIC(K, L) / √(HSIC(K, K) · HSIC(L, L)), K and L the Gram matrices of the two layers' centred outputs. The
//! unbiased HSIC is Σ_{i≠j} U_ij V_ij / (n(n − 3)) of the U-centred matrices, U_ij = K_ij − (K_i· + K_·j)/(n − 2) +
//! K··/((n − 1)(n − 2)) without diagonals. U-centring takes away what depends on one index alone, so K_ij = −½ d_ij²
//! will do, and the distances of `layer_distances` are all that is needed.
//!
//! About 0 for independent layers whatever n is (it is not biased), 1 for layers equal up to rotation, shift and
//! scale, at most 1, and slightly negative at times; no unit. NaN where a layer cannot be told from a constant.

use super::cell::Cell;
use super::error::{EntropyError, expect_len};
use super::layer_distances::LayerDistances;

/// A layer as CKA sees it: the U-centred Gram matrix, good for comparisons with any other layer, epoch or network over
/// the same images in the same order.
#[derive(Clone, Debug, PartialEq)]
pub struct CentredGram {
    images: usize,
    /// Of the pairs (0,1), (0,2) …
    products: Vec<f64>,
    /// Σ of their squares; 0 for what cannot be told from a constant layer.
    square: f64,
}

impl CentredGram {
    /// From the squared distances of a layer.
    ///
    /// # Errors
    /// `too_few_samples` below four images.
    pub fn measure<C: Cell>(distances: &LayerDistances<'_, C>) -> Result<Self, EntropyError> {
        let n = distances.images();
        if n < 4 {
            return Err(EntropyError::TooFewSamples);
        }
        let mut products = distances.squared();
        for product in &mut products {
            *product *= -0.5;
        }
        let mut sums = vec![0.0; n];
        for_each_pair(n, &mut products, |i, j, product| {
            sums[i] += *product;
            sums[j] += *product;
        });
        let images = n as f64;
        let total = sums.iter().sum::<f64>() / ((images - 1.0) * (images - 2.0));
        for sum in &mut sums {
            *sum /= images - 2.0;
        }
        for_each_pair(n, &mut products, |i, j, product| *product += total - (sums[i] + sums[j]));
        let square = dot(&products, &products);
        let rounding = products.len() as f64 * distances.uncertainty().powi(2);
        Ok(Self { images: n, products, square: if square > rounding { square } else { 0.0 } })
    }

    /// Number of images n.
    pub fn images(&self) -> usize {
        self.images
    }
}

/// CKA of two layers over the same images in the same order; NaN where one is constant.
///
/// # Errors
/// `shape` for different numbers of images.
pub fn cka(a: &CentredGram, b: &CentredGram) -> Result<f64, EntropyError> {
    expect_len("images of the second layer", a.images, b.images)?;
    if a.square == 0.0 || b.square == 0.0 {
        return Ok(f64::NAN);
    }
    // Roots first: the product of two squares may leave the range.
    Ok((dot(&a.products, &b.products) / a.square.sqrt() / b.square.sqrt()).min(1.0))
}

fn for_each_pair(n: usize, of_pairs: &mut [f64], mut visit: impl FnMut(usize, usize, &mut f64)) {
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs.zip(of_pairs).for_each(|((i, j), of_pair)| visit(i, j, of_pair));
}

/// Σ x y, every fourth term by itself.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a_fours, a_rest), (b_fours, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (x, y) in a_fours.iter().zip(b_fours) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::{ImageOrder, LayerOutputs};
    use super::*;

    fn gram<C: Cell>(outputs: &LayerOutputs<'_, C>) -> Result<CentredGram, EntropyError> {
        CentredGram::measure(&LayerDistances::measure(outputs)?)
    }

    fn between(a: &[f64], b: &[f64], n: usize) -> f64 {
        let of = |values| gram(&LayerOutputs::as_stored(values, n).unwrap()).unwrap();
        cka(&of(a), &of(b)).unwrap()
    }

    fn noise(count: usize, seed: u32) -> Vec<f64> {
        let mut state = seed;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / 16_777_216.0
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    /// Unbiased HSIC as it is printed, of centred Gram matrices.
    fn hsic(a: &[f64], b: &[f64], n: usize) -> f64 {
        let matrix = |x: &[f64]| -> Vec<f64> {
            let width = x.len() / n;
            let mean = |c: usize| x.iter().skip(c).step_by(width).sum::<f64>() / n as f64;
            let centred = |i: usize, c: usize| x[i * width + c] - mean(c);
            let product = |i: usize, j: usize| (0..width).map(|c| centred(i, c) * centred(j, c)).sum();
            (0..n * n).map(|at| if at / n == at % n { 0.0 } else { product(at / n, at % n) }).collect()
        };
        let (k, l) = (matrix(a), matrix(b));
        let rows = |m: &[f64]| -> Vec<f64> { m.chunks_exact(n).map(|row| row.iter().sum()).collect() };
        let sum = |m: &[f64]| m.iter().sum::<f64>();
        let size = n as f64;
        let cross = dot(&k, &l) + sum(&k) * sum(&l) / ((size - 1.0) * (size - 2.0));
        (cross - 2.0 * dot(&rows(&k), &rows(&l)) / (size - 2.0)) / (size * (size - 3.0))
    }

    #[test]
    fn it_is_the_printed_formula() {
        let (a, b) = (noise(9 * 4, 1), noise(9 * 7, 2));
        let expected = hsic(&a, &b, 9) / (hsic(&a, &a, 9) * hsic(&b, &b, 9)).sqrt();
        assert!((between(&a, &b, 9) - expected).abs() < 1e-12, "{expected}");
    }

    #[test]
    fn rotation_shift_and_scale_change_nothing() {
        let a = noise(20 * 2, 3);
        let turned: Vec<f64> =
            a.as_chunks::<2>().0.iter().flat_map(|&[x, y]| [5.0 - 3.0 * (x + y), 3.0 * (x - y)]).collect();
        assert!((between(&a, &turned, 20) - 1.0).abs() < 1e-12);
        assert!(between(&a, &a, 20) <= 1.0);
    }

    #[test]
    fn independent_layers_are_near_zero_and_constant_ones_undefined() {
        assert!(between(&noise(200 * 5, 4), &noise(200 * 5, 5), 200).abs() < 0.1);
        assert!(between(&noise(12, 6), &[0.1; 12], 6).is_nan());
        // Equal distances throughout: nothing in which images differ.
        let one_hot: Vec<f64> = (0..25).map(|at| f64::from(u8::from(at % 6 == 0))).collect();
        assert!(between(&noise(10, 7), &one_hot, 5).is_nan());
    }

    #[test]
    fn the_stored_order_changes_nothing_to_the_last_bit() {
        let n = 300;
        let [a, b] = [8, 9].map(|seed| noise(n * 200, seed).iter().map(|&v| v as f32).collect::<Vec<f32>>());
        let pixels: Vec<u8> = noise(n * 4, 10).iter().map(|value| (255.0 * value) as u8).collect();
        let of = |places: &[usize]| {
            let pixels: Vec<u8> = places.iter().flat_map(|&at| pixels[at * 4..at * 4 + 4].to_vec()).collect();
            let order = ImageOrder::by_content(&pixels, &vec![0; n]).unwrap();
            let gram = |values: &[f32]| {
                let moved: Vec<f32> =
                    places.iter().flat_map(|&at| &values[at * 200..at * 200 + 200]).copied().collect();
                gram(&LayerOutputs::in_order(&moved, &order).unwrap()).unwrap()
            };
            cka(&gram(&a), &gram(&b)).unwrap()
        };
        let stored = of(&(0..n).collect::<Vec<_>>());
        assert_eq!(of(&(0..n).map(|at| (at * 7 + 5) % n).collect::<Vec<_>>()).to_bits(), stored.to_bits());
        // Beyond the small case: single precision beside double.
        let double = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
        assert!((between(&double(&a), &double(&b), n) - stored).abs() < 1e-6);
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f64], n| {
            LayerOutputs::as_stored(values, n).and_then(|outputs| gram(&outputs)).unwrap_err().code()
        };
        assert_eq!(code(&[], 0), "empty");
        assert_eq!(code(&[1.0, 2.0, 3.0], 3), "too_few_samples");
        assert_eq!(code(&[1.0, 2.0, f64::NAN, 3.0], 4), "non_finite");
        assert_eq!(code(&[1.0; 9], 4), "shape");
        let of = |n| gram(&LayerOutputs::as_stored(&noise(n, 1), n).unwrap()).unwrap();
        assert_eq!(cka(&of(4), &of(5)).unwrap_err().code(), "shape");
    }
}
