//! A layer's point of the information plane, I(T; X) and I(T; label) in bits, by two estimators side by side.
//!
//! X is uniform over the N images that are measured, T the layer's output; neither exceeds log2 N, the ceiling to draw.
//! - **binned** (Shwartz-Ziv & Tishby 2017; as in Saxe et al. 2018): every value goes into one of B equal bins, I_x =
//!   H(T) of the distinct binned outputs, I_y = H(T) − Σ p_c H(T | c). Each I_x is the plug-in entropy of N draws: a
//!   layer that tells all images apart is at the ceiling whatever its true value.
//! - **kernel** (Kolchinsky & Tracey 2017, an upper bound for an output with Gaussian noise of variance v):
//!   I_x = −1/N Σ_i log2(1/N Σ_j exp(−d_ij² / 2v)), I_y the same less that within each class.
//!
//! What is known: whether there is a phase of compression depends on the activations' saturation and on the estimator
//! (Saxe et al. 2018), and in a deterministic network binned I(X; T) measures how images cluster (Goldfeld et al. 2019).
//!
//! 0 ≤ I_y ≤ I_x. Binned numbers do not depend on how images are stored, to the last bit; the kernel's sums run over
//! rows as they stand, so outputs in an order of their content do not either.

use serde::{Deserialize, Serialize};

use super::bins::BinRange;
use super::cell::Cell;
use super::codes::check_bins;
use super::error::EntropyError;
use super::histogram::shannon;
use super::layer_distances::LayerDistances;
use super::layer_outputs::LayerOutputs;
use crate::ordering::order_of;

/// How the two points are measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InformationPlaneSettings {
    /// Bins B of a value, 1 to 256.
    pub bins: usize,
    /// What they divide; `None` for the layer's own [min, max].
    pub value_range: Option<(f64, f64)>,
    /// The kernel's variance v, in the square of the values' unit.
    pub noise_variance: f64,
}

impl Default for InformationPlaneSettings {
    fn default() -> Self {
        Self { bins: 30, value_range: None, noise_variance: 0.1 }
    }
}

/// A point of the plane, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanePoint {
    /// I(T; X).
    pub input_bits: f64,
    /// I(T; label).
    pub label_bits: f64,
}

/// A layer's two points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InformationPlane {
    /// Of binned outputs.
    pub binned: PlanePoint,
    /// Of outputs with Gaussian noise.
    pub kernel: PlanePoint,
    /// log2 N.
    pub ceiling_bits: f64,
}

/// Both points of the layer whose distances these are; labels as images are stored.
///
/// # Errors
/// As [`binned_point`] and [`kernel_point`].
pub fn information_plane<C: Cell>(
    distances: &LayerDistances<'_, C>,
    labels: &[u8],
    n_classes: usize,
    settings: &InformationPlaneSettings,
) -> Result<InformationPlane, EntropyError> {
    Ok(InformationPlane {
        binned: binned_point(distances.outputs(), labels, n_classes, settings)?,
        kernel: kernel_point(distances, labels, n_classes, settings)?,
        ceiling_bits: (distances.images() as f64).log2(),
    })
}

/// The point of binned outputs.
///
/// # Errors
/// `too_few_samples` below two images, `shape` unless there is a label an image, `bad_argument` for a label that is no
/// class, bins, or a range without ends.
pub fn binned_point<C: Cell>(
    outputs: &LayerOutputs<'_, C>,
    labels: &[u8],
    n_classes: usize,
    settings: &InformationPlaneSettings,
) -> Result<PlanePoint, EntropyError> {
    let labels = outputs.labels(labels, n_classes)?;
    if outputs.images() < 2 {
        return Err(EntropyError::TooFewSamples);
    }
    check_bins(settings.bins)?;
    let own = C::min_max(outputs.values()).ok_or(EntropyError::NonFinite)?;
    let (lo, hi) = settings.value_range.unwrap_or(own);
    if !(lo.is_finite() && hi.is_finite()) {
        return Err(EntropyError::BadArgument {
            argument: "value range",
            requirement: "must have finite ends",
        });
    }
    let mut codes = Vec::with_capacity(outputs.values().len());
    C::append_codes(outputs.values(), &BinRange::new(lo, hi, settings.bins), &mut codes);
    let groups = equal_rows(&codes, outputs.width(), outputs.images());
    let total = group_entropy(&groups, |_| true);
    let of_class = |class: usize| {
        let count = labels.iter().filter(|&&label| usize::from(label) == class).count() as f64;
        count / labels.len() as f64 * group_entropy(&groups, |row| usize::from(labels[row]) == class)
    };
    let given: f64 = (0..n_classes).map(of_class).sum();
    Ok(PlanePoint { input_bits: total, label_bits: (total - given).max(0.0) })
}

/// The point of outputs with Gaussian noise.
///
/// # Errors
/// `shape` unless there is a label an image, `bad_argument` for a label that is no class or a variance that is not
/// above zero.
pub fn kernel_point<C: Cell>(
    distances: &LayerDistances<'_, C>,
    labels: &[u8],
    n_classes: usize,
    settings: &InformationPlaneSettings,
) -> Result<PlanePoint, EntropyError> {
    let labels = distances.outputs().labels(labels, n_classes)?;
    if !(settings.noise_variance > 0.0 && settings.noise_variance.is_finite()) {
        let requirement = "must be above zero and finite";
        return Err(EntropyError::BadArgument { argument: "noise variance", requirement });
    }
    let n = labels.len();
    // Σ_j exp(−d²/2v) over all images and over those of the own class; of the image itself it is 1.
    let (mut all, mut alike) = (vec![1.0; n], vec![1.0; n]);
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    for ((i, j), squared) in pairs.zip(distances.squared()) {
        let weight = (-squared / (2.0 * settings.noise_variance)).exp();
        all[i] += weight;
        all[j] += weight;
        if labels[i] == labels[j] {
            alike[i] += weight;
            alike[j] += weight;
        }
    }
    let mut sizes = [0.0; 256];
    for &label in &labels {
        sizes[usize::from(label)] += 1.0;
    }
    let mean = |sum: f64| (sum / n as f64).max(0.0);
    let total = mean(all.iter().map(|sum| (n as f64 / sum).log2()).sum());
    let own = alike.iter().zip(&labels).map(|(sum, &label)| (sizes[usize::from(label)] / sum).log2());
    Ok(PlanePoint { input_bits: total, label_bits: (total - mean(own.sum())).max(0.0) })
}

/// Rows of codes that are equal, together.
fn equal_rows(codes: &[u8], width: usize, n: usize) -> Vec<Vec<usize>> {
    let row = |at: usize| &codes[at * width..(at + 1) * width];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in order_of(n, &|a, b| row(a).cmp(row(b))) {
        match groups.last_mut() {
            Some(group) if row(group[0]) == row(at) => group.push(at),
            _ => groups.push(vec![at]),
        }
    }
    groups
}

/// Entropy of the groups' sizes, counting these rows only.
fn group_entropy(groups: &[Vec<usize>], counts: impl Fn(usize) -> bool) -> f64 {
    let size = |group: &Vec<usize>| group.iter().filter(|&&row| counts(row)).count() as f64;
    shannon(&groups.iter().map(size).collect::<Vec<f64>>()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::ImageOrder;
    use super::*;

    fn plane<C: Cell>(
        outputs: &LayerOutputs<'_, C>,
        labels: &[u8],
        n_classes: usize,
        settings: &InformationPlaneSettings,
    ) -> Result<InformationPlane, EntropyError> {
        information_plane(&LayerDistances::measure(outputs)?, labels, n_classes, settings)
    }

    const DEFAULT: InformationPlaneSettings =
        InformationPlaneSettings { bins: 30, value_range: None, noise_variance: 0.1 };

    fn point(input_bits: f64, label_bits: f64) -> PlanePoint {
        PlanePoint { input_bits, label_bits }
    }

    #[test]
    fn images_far_apart_are_at_the_ceiling() {
        let outputs = LayerOutputs::as_stored(&[0.0_f32, 100.0, 200.0, 300.0], 4).unwrap();
        let found = plane(&outputs, &[0, 0, 1, 1], 2, &DEFAULT).unwrap();
        assert_eq!((found.binned, found.kernel, found.ceiling_bits), (point(2.0, 1.0), point(2.0, 1.0), 2.0));
    }

    #[test]
    fn equal_images_have_nothing_and_pairs_of_them_one_bit_less() {
        let constant = LayerOutputs::as_stored(&[0.7_f32; 8], 4).unwrap();
        let found = plane(&constant, &[0, 0, 1, 1], 2, &DEFAULT).unwrap();
        assert_eq!((found.binned, found.kernel), (point(0.0, 0.0), point(0.0, 0.0)));
        assert!(found.kernel.input_bits.is_sign_positive());
        let pairs = LayerOutputs::as_stored(&[0.0_f32, 9.0, 0.0, 9.0], 4).unwrap();
        let found = plane(&pairs, &[0, 1, 0, 1], 2, &DEFAULT).unwrap();
        assert_eq!((found.binned, found.kernel), (point(1.0, 1.0), point(1.0, 1.0)));
    }

    #[test]
    fn two_images_have_the_kernels_closed_form() {
        let outputs = LayerOutputs::as_stored(&[0.0_f64, 0.4], 2).unwrap();
        let found = kernel_point(&LayerDistances::measure(&outputs).unwrap(), &[0, 1], 2, &DEFAULT).unwrap();
        let expected = 1.0 - (1.0 + (-0.8_f64).exp()).log2();
        assert!((found.input_bits - expected).abs() < 1e-15);
        assert_eq!(found.label_bits, found.input_bits);
    }

    #[test]
    fn a_range_and_its_bins_say_what_is_equal() {
        let outputs = LayerOutputs::as_stored(&[0.1_f32, 0.2, 0.6, 0.9], 4).unwrap();
        let binned = |bins, value_range| {
            let settings = InformationPlaneSettings { bins, value_range, ..DEFAULT };
            binned_point(&outputs, &[0, 0, 0, 1], 2, &settings).unwrap().input_bits
        };
        assert_eq!(binned(2, Some((0.0, 1.0))), 1.0);
        assert_eq!(binned(1, None), 0.0);
        assert_eq!(binned(4, Some((0.0, 1.0))), 1.5);
        assert_eq!(binned(256, None), 2.0);
    }

    #[test]
    fn it_is_bounded_and_independent_of_the_stored_order() {
        let (n, width) = (300, 200);
        let noise = |at: usize| ((at as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 16_777_216.0;
        let labels: Vec<u8> = (0..n).map(|at| (at % 3) as u8).collect();
        let values: Vec<f32> = (0..n * width)
            .map(|at| (0.2 * noise(at) + f32::from(labels[at / width])).round() * 0.3)
            .collect();
        let smooth: Vec<f32> = (0..n * width).map(|at| 0.3 * noise(at)).collect();
        let pixels: Vec<u8> = (0..n * 4).map(|at| (255.0 * noise(at + 77)) as u8).collect();
        for values in [values, smooth] {
            let of = |places: &[usize]| {
                let pixels: Vec<u8> =
                    places.iter().flat_map(|&i| pixels[i * 4..i * 4 + 4].to_vec()).collect();
                let rows: Vec<f32> =
                    places.iter().flat_map(|&i| &values[i * width..(i + 1) * width]).copied().collect();
                let labels: Vec<u8> = places.iter().map(|&i| labels[i]).collect();
                let order = ImageOrder::by_content(&pixels, &labels).unwrap();
                plane(&LayerOutputs::in_order(&rows, &order).unwrap(), &labels, 3, &DEFAULT).unwrap()
            };
            let stored = of(&(0..n).collect::<Vec<_>>());
            assert_eq!(of(&(0..n).map(|at| (at * 7 + 5) % n).collect::<Vec<_>>()), stored);
            for found in [stored.binned, stored.kernel] {
                assert!(found.input_bits <= stored.ceiling_bits + 1e-12, "{found:?}");
                assert!(found.label_bits >= 0.0 && found.label_bits <= found.input_bits, "{found:?}");
            }
        }
    }

    #[test]
    fn single_precision_is_as_good_as_double() {
        // Beyond the small case, d² about 0.8 on a common offset: every term of the kernel's sum counts.
        let (n, width) = (300, 200);
        let noise = |at: usize| f64::from((at as u32).wrapping_mul(2_654_435_761) >> 8) / 16_777_216.0;
        let single: Vec<f32> = (0..n * width).map(|at| (3.0 + 0.15 * noise(at)) as f32).collect();
        let double: Vec<f64> = single.iter().map(|&value| f64::from(value)).collect();
        let labels: Vec<u8> = (0..n).map(|at| (at % 3) as u8).collect();
        let single = plane(&LayerOutputs::as_stored(&single, n).unwrap(), &labels, 3, &DEFAULT).unwrap();
        let double = plane(&LayerOutputs::as_stored(&double, n).unwrap(), &labels, 3, &DEFAULT).unwrap();
        assert_eq!(single.binned, double.binned);
        let (single, double) = (single.kernel, double.kernel);
        assert!((1.0..8.0).contains(&double.input_bits), "{double:?}");
        assert!((single.input_bits - double.input_bits).abs() < 1e-5, "{single:?} {double:?}");
        assert!((single.label_bits - double.label_bits).abs() < 1e-5, "{single:?} {double:?}");
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], labels: &[u8], settings: &InformationPlaneSettings| {
            let outputs = LayerOutputs::as_stored(values, labels.len());
            outputs.and_then(|outputs| plane(&outputs, labels, 2, settings)).unwrap_err().code()
        };
        assert_eq!(code(&[], &[], &DEFAULT), "empty");
        assert_eq!(code(&[1.0], &[0], &DEFAULT), "too_few_samples");
        assert_eq!(code(&[1.0, f32::NAN], &[0, 1], &DEFAULT), "non_finite");
        assert_eq!(code(&[1.0, 2.0], &[0, 2], &DEFAULT), "bad_argument");
        for settings in [
            InformationPlaneSettings { bins: 0, ..DEFAULT },
            InformationPlaneSettings { bins: 257, ..DEFAULT },
            InformationPlaneSettings { noise_variance: 0.0, ..DEFAULT },
            InformationPlaneSettings { value_range: Some((0.0, f64::NAN)), ..DEFAULT },
        ] {
            assert_eq!(code(&[1.0, 2.0], &[0, 1], &settings), "bad_argument");
        }
        let outputs = LayerOutputs::as_stored(&[1.0_f32, 2.0], 2).unwrap();
        assert_eq!(binned_point(&outputs, &[0], 2, &DEFAULT).unwrap_err().code(), "shape");
        let one = LayerOutputs::as_stored(&[1.0_f32], 1).unwrap();
        assert_eq!(binned_point(&one, &[0], 2, &DEFAULT).unwrap_err().code(), "too_few_samples");
    }
}
