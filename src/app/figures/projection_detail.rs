//! How much detail a projection has, in numbers: the entropy of its values, and its correlation with the input.
//!
//! From the pictures that the trainer sends. The paper says of a deeper channel's projection that it "contains less
//! detail" (5.4.1); these say how much less, beside the same of the input and of a network with random weights.

use super::exact_or_dash;
use crate::entropy::{intra_sample_ceiling, map_entropy};
use crate::protocol::examine::{Picture, ProjectedImage};

/// Bins of the entropy, as those of the feature maps by default.
const BINS: usize = 32;

/// Of one picture, or the means of several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detail {
    /// Intra-sample entropy of its values in 32 bins of their own range, bits; of colours the mean over the three.
    pub h: f64,
    /// Pearson's correlation with the input, −1 … 1; NaN where one of them is constant.
    pub r: f64,
}

impl Detail {
    /// Of a picture that was made from `input`.
    pub fn new(picture: &Picture, input: &Picture) -> Self {
        Self { h: entropy(picture), r: correlation(&picture.values, &input.values) }
    }

    /// `h 2.31, r 0.42`
    pub fn words(self) -> String {
        format!("h {}, r {}", exact_or_dash(self.h), exact_or_dash(self.r))
    }
}

/// h of a picture in bits; NaN of one that is none.
pub fn entropy(picture: &Picture) -> f64 {
    let planes = picture.values.chunks_exact((picture.height * picture.width).max(1));
    mean(planes.map(|plane| map_entropy(plane, BINS, None).unwrap_or(f64::NAN)))
}

/// The most that h of such a picture can be, bits.
pub fn ceiling(picture: &Picture) -> f64 {
    intra_sample_ceiling(BINS, picture.height * picture.width)
}

/// Pearson's correlation of values at the same places; NaN for a constant side, no values, or not as many.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() || a.is_empty() {
        return f64::NAN;
    }
    let centre =
        |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (centre(a), centre(b));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a) - mean_a, f64::from(b) - mean_b);
        (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
    }
    let product = (aa * bb).sqrt();
    if product > 0.0 { (ab / product).clamp(-1.0, 1.0) } else { f64::NAN }
}

/// The projections of an image by each method, with the method's name.
pub fn methods(image: &ProjectedImage) -> [(&'static str, &Picture); 4] {
    [
        ("deconvnet", &image.deconvnet),
        ("gradient", &image.gradient),
        ("guided", &image.guided),
        ("random weights", &image.control),
    ]
}

/// The means over the images, in a sentence: of the input itself, then of every method.
pub fn means(feature: &str, images: &[ProjectedImage]) -> String {
    let Some(first) = images.first() else { return String::new() };
    let of_method = |(place, (name, _)): (usize, (&str, &Picture))| {
        let details = || images.iter().map(|image| Detail::new(methods(image)[place].1, &image.input));
        let (h, r) = (mean(details().map(|detail| detail.h)), mean(details().map(|detail| detail.r)));
        format!("{name} {}", Detail { h, r }.words())
    };
    let found: Vec<String> = methods(first).into_iter().enumerate().map(of_method).collect();
    format!(
        "{feature}, means of {}: input h {}; {} (h in bit, at most {:.2}; r with the input).",
        if images.len() == 1 { "1 image".to_owned() } else { format!("{} images", images.len()) },
        exact_or_dash(mean(images.iter().map(|image| entropy(&image.input)))),
        found.join("; "),
        ceiling(&first.input)
    )
}

/// Of those that are defined; NaN without any.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) =
        values.filter(|value| value.is_finite()).fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    sum / f64::from(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(values: &[f32]) -> Picture {
        Picture { channels: 1, height: 1, width: values.len(), values: values.to_vec() }
    }

    fn projected(deconvnet: &[f32]) -> ProjectedImage {
        ProjectedImage {
            input: picture(&[0.0, 0.25, 0.5, 1.0]),
            deconvnet: picture(deconvnet),
            gradient: picture(&[0.0; 4]),
            guided: picture(&[0.0, 0.5, 1.0, 2.0]),
            control: picture(&[1.0, 0.0, 1.0, 0.0]),
            ..ProjectedImage::default()
        }
    }

    #[test]
    fn a_copy_has_correlation_one_its_negative_minus_one() {
        let values = [0.0, 0.25, 0.5, 1.0];
        let scaled = values.map(|value: f32| 3.0 * value + 7.0);
        let negated = values.map(|value: f32| -value);
        assert!((correlation(&values, &scaled) - 1.0).abs() < 1e-12);
        assert!((correlation(&values, &negated) + 1.0).abs() < 1e-12);
        assert!(correlation(&[0.0, 1.0, 0.0, 1.0], &[0.0, 0.0, 1.0, 1.0]).abs() < 1e-12);
    }

    #[test]
    fn a_constant_picture_has_no_correlation_and_no_detail() {
        let detail = Detail::new(&picture(&[2.0; 4]), &picture(&[0.0, 1.0, 2.0, 3.0]));
        assert!(detail.h.abs() < 1e-12 && detail.r.is_nan());
        assert_eq!(detail.words(), "h 0.00, r –");
        assert!(correlation(&[], &[]).is_nan() && correlation(&[1.0, 2.0], &[1.0]).is_nan());
    }

    #[test]
    fn pixels_in_another_order_have_the_same_numbers() {
        let (a, b) = ([0.5, -1.0, 2.0, 0.0], [1.0, 0.5, 3.0, -2.0]);
        let turn = |values: [f32; 4]| [values[2], values[0], values[3], values[1]];
        let of = |a: [f32; 4], b: [f32; 4]| Detail::new(&picture(&a), &picture(&b));
        let (one, other) = (of(a, b), of(turn(a), turn(b)));
        assert!((one.h - other.h).abs() < 1e-12 && (one.r - other.r).abs() < 1e-12);
    }

    #[test]
    fn colours_are_measured_one_by_one() {
        let values: Vec<f32> = [[0.0, 1.0, 2.0, 3.0], [0.0; 4], [0.0, 1.0, 0.0, 1.0]].concat();
        let colours = Picture { channels: 3, height: 2, width: 2, values };
        assert!((entropy(&colours) - 1.0).abs() < 1e-12, "the mean of 2, 0 and 1 bit");
        assert!((ceiling(&colours) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_means_run_over_the_images_and_name_what_they_are_compared_with() {
        let images = [projected(&[0.0, 0.5, 1.0, 2.0]), projected(&[0.0; 4])];
        assert_eq!(
            means("channel 3", &images),
            "channel 3, means of 2 images: input h 2.00; deconvnet h 1.00, r 1.00; gradient h 0.00, r –; \
             guided h 2.00, r 1.00; random weights h 1.00, r -0.51 (h in bit, at most 2.00; r with the input)."
        );
        assert_eq!(means("channel 3", &[]), "");
    }
}
