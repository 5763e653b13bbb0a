use super::super::ImageOrder;
use super::*;

fn measured(values: &[f64], labels: &[u8], n_classes: usize) -> Result<NeuralCollapse, EntropyError> {
    neural_collapse(&LayerOutputs::as_stored(values, labels.len())?, labels, n_classes)
}

fn noise(at: usize) -> f64 {
    f64::from((at as u32).wrapping_mul(2_654_435_761) >> 8) / 16_777_216.0
}

/// Three classes of width 40 in noise.
fn blobs(images: usize, spread: f64) -> (Vec<f64>, Vec<u8>) {
    let labels: Vec<u8> = (0..images).map(|image| (image % 3) as u8).collect();
    let value =
        |at: usize| noise(7919 * usize::from(labels[at / 40]) + at % 40) + spread * noise(at + 99_991);
    ((0..images * 40).map(value).collect(), labels)
}

#[test]
fn a_collapsed_simplex_has_zeros() {
    // Each class one corner of an equilateral triangle.
    let corners = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let labels = [0, 1, 2, 0, 1, 2];
    let values: Vec<f64> = labels.iter().flat_map(|&class| corners[usize::from(class)]).collect();
    let found = measured(&values, &labels, 3).unwrap();
    assert!(found.nc1.abs() < 1e-15 && found.norms < 1e-15 && found.angles < 1e-15, "{found:?}");
    assert_eq!((found.accuracy, found.classes), (1.0, 3));
}

#[test]
fn on_a_line_it_is_the_ratio_of_variances() {
    // Means ±2, deviations ±1: S_W = 1, S_B = 4, two classes.
    let found = measured(&[-3.0, -1.0, 1.0, 3.0], &[0, 0, 1, 1], 2).unwrap();
    assert!((found.nc1 - 1.0 / 8.0).abs() < 1e-15);
    assert_eq!((found.norms, found.angles, found.accuracy), (0.0, 0.0, 1.0));
    // One image on the wrong side, one in the middle of both means: the smaller class.
    let found = measured(&[-4.0, 2.0, -2.0, 4.0, 0.0, 0.0], &[0, 0, 1, 1, 0, 1], 2).unwrap();
    assert!((found.accuracy - 0.5).abs() < 1e-15, "{found:?}");
}

#[test]
fn a_simple_inverse_gives_the_same_nc1() {
    // S_B of three means in the plane has full rank: tr(S_W S_B⁻¹)/3 by hand.
    let labels: Vec<u8> = (0..60).map(|image| (image % 3) as u8).collect();
    let centre = [[0.0, 0.0], [3.0, 1.0], [1.0, 4.0]];
    let value = |image: usize, c: usize| centre[image % 3][c] + noise(2 * image + c);
    let values: Vec<f64> = (0..120).map(|at| value(at / 2, at % 2)).collect();
    let mean =
        |class: usize, c: usize| (0..60).filter(|i| i % 3 == class).map(|i| value(i, c)).sum::<f64>() / 20.0;
    let all = |c: usize| (0..3).map(|class| mean(class, c)).sum::<f64>() / 3.0;
    let within = |a: usize, b: usize| {
        (0..60).map(|i| (value(i, a) - mean(i % 3, a)) * (value(i, b) - mean(i % 3, b))).sum::<f64>() / 60.0
    };
    let between = |a: usize, b: usize| {
        (0..3).map(|class| (mean(class, a) - all(a)) * (mean(class, b) - all(b))).sum::<f64>() / 3.0
    };
    let determinant = between(0, 0) * between(1, 1) - between(0, 1).powi(2);
    let trace =
        within(0, 0) * between(1, 1) + within(1, 1) * between(0, 0) - 2.0 * within(0, 1) * between(0, 1);
    let found = measured(&values, &labels, 3).unwrap();
    assert!((found.nc1 / (trace / determinant / 3.0) - 1.0).abs() < 1e-10);
}

#[test]
fn fewer_than_two_classes_or_equal_means_are_undefined() {
    let one = measured(&[1.0, 2.0, 5.0], &[1; 3], 2).unwrap();
    assert!(one.nc1.is_nan() && one.norms.is_nan() && one.angles.is_nan() && one.accuracy.is_nan());
    assert_eq!(one.classes, 1);
    let constant = measured(&[0.1; 12], &[0, 1, 2, 0, 1, 2], 3).unwrap();
    assert!(constant.nc1.is_nan() && constant.norms.is_nan() && constant.angles.is_nan());
    assert!((constant.accuracy - 1.0 / 3.0).abs() < 1e-15);
}

#[test]
fn classes_without_images_are_left_out() {
    let (values, labels) = blobs(30, 0.3);
    let found = measured(&values, &labels, 3).unwrap();
    let renamed: Vec<u8> = labels.iter().map(|label| 2 * label + 1).collect();
    assert_eq!(measured(&values, &renamed, 9).unwrap(), found);
}

#[test]
fn shift_and_scale_change_nothing() {
    let (values, labels) = blobs(60, 0.8);
    let found = measured(&values, &labels, 3).unwrap();
    let moved: Vec<f64> = values.iter().map(|value| 8.0 * value + 100.0).collect();
    let other = measured(&moved, &labels, 3).unwrap();
    assert!((other.nc1 / found.nc1 - 1.0).abs() < 1e-9 && (other.norms - found.norms).abs() < 1e-10);
    assert!((other.angles - found.angles).abs() < 1e-10);
    assert_eq!(other.accuracy, found.accuracy);
    assert!(found.nc1 > 0.0 && found.accuracy <= 1.0);
}

#[test]
fn the_stored_order_changes_nothing_to_the_last_bit() {
    let (values, labels) = blobs(60, 1.5);
    let pixels: Vec<u8> = (0..60 * 4).map(|at| (255.0 * noise(at)) as u8).collect();
    let of = |places: &[usize]| {
        let rows = |v: &[f64]| -> Vec<f64> {
            places.iter().flat_map(|&i| v[i * 40..i * 40 + 40].to_vec()).collect()
        };
        let pixels: Vec<u8> = places.iter().flat_map(|&i| pixels[i * 4..i * 4 + 4].to_vec()).collect();
        let labels: Vec<u8> = places.iter().map(|&i| labels[i]).collect();
        let order = ImageOrder::by_content(&pixels, &labels).unwrap();
        neural_collapse(&LayerOutputs::in_order(&rows(&values), &order).unwrap(), &labels, 3).unwrap()
    };
    let stored = of(&(0..60).collect::<Vec<_>>());
    assert_eq!(of(&(0..60).map(|at| (at * 7 + 5) % 60).collect::<Vec<_>>()), stored);
}

#[test]
fn each_bad_input_has_its_error() {
    let code = |values: &[f64], labels: &[u8]| measured(values, labels, 2).unwrap_err().code();
    assert_eq!(code(&[], &[]), "empty");
    assert_eq!(code(&[1.0, f64::NAN], &[0, 1]), "non_finite");
    assert_eq!(code(&[1.0, 2.0], &[0, 2]), "bad_argument");
    let outputs = LayerOutputs::as_stored(&[1.0, 2.0], 2).unwrap();
    assert_eq!(neural_collapse(&outputs, &[0], 2).unwrap_err().code(), "shape");
}
