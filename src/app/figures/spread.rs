//! Inter-sample entropy as layer × epoch: where, and when, the images spread out.
//!
//! Shown as H − log2(N·k), which is comparable between classes of different sizes: 0 is the value of equal weights on
//! k neighbours each, and the ceiling lies log2((N − 1)/k) above it.

use super::matrix::Matrix;
use super::{Curve, CurveChart, Ink, Numbers, exact};
use crate::app::session::{OpenRun, Results};
use crate::plot::raster::ValueRange;

/// One row per layer, the input first, one column per recorded epoch; NaN where not measured.
pub fn matrix(run: &OpenRun, results: &Results, class: Option<usize>) -> Matrix {
    let (rows, columns) = (run.header.layers.len() + 1, run.epochs.len());
    let cell = |at: usize| above_usual(run, results, at % columns, at / columns, class);
    Matrix::new(rows, columns, (0..rows * columns).map(cell).collect())
}

/// H − log2(N·k) in bits.
fn above_usual(
    run: &OpenRun,
    results: &Results,
    epoch_index: usize,
    layer: usize,
    class: Option<usize>,
) -> f64 {
    bits(run, results, epoch_index, layer, class)
        - run.inter_sample_scale(class).map_or(f64::NAN, |scale| scale.usual)
}

fn bits(run: &OpenRun, results: &Results, epoch_index: usize, layer: usize, class: Option<usize>) -> f64 {
    let index = class.unwrap_or(run.header.classes.len());
    let measured = results.inter_sample(epoch_index, layer);
    measured.and_then(|bits| bits.values.get(index)).copied().unwrap_or(f64::NAN)
}

/// From the smallest to the largest value on screen.
pub fn range(matrix: &Matrix) -> ValueRange {
    ValueRange::of(matrix.values.iter().copied()).unwrap_or(ValueRange { low: -1.0, high: 0.0 })
}

/// What is said of a cell.
pub fn describe(
    run: &OpenRun,
    results: &Results,
    class: Option<usize>,
    layer: usize,
    epoch_index: usize,
) -> Vec<String> {
    let Some(epoch) = run.epoch_number(epoch_index) else { return Vec::new() };
    let images = class.map_or_else(|| "-".to_owned(), |class| format!("label={class}"));
    let mut lines = vec![
        format!("H(dCNN({images}, {layer}, -, {epoch})), {}", run.layer_name(layer)),
        format!("{} bit", exact(bits(run, results, epoch_index, layer, class))),
    ];
    if let Some(scale) = run.inter_sample_scale(class) {
        let above = above_usual(run, results, epoch_index, layer, class);
        lines.push(format!("H − log₂(N·k) = {} bit", exact(above)));
        lines.push(format!("ceiling {} bit (N = {}, k = {})", exact(scale.ceiling), scale.images, scale.k));
    }
    lines
}

/// One row per layer, one column per epoch: H in bits.
pub fn numbers(run: &OpenRun, results: &Results, class: Option<usize>) -> Numbers {
    let epochs = || run.epochs.iter().map(|epoch| epoch.metrics.epoch.to_string());
    let row = |layer: usize| {
        let values = (0..run.epochs.len()).map(|epoch| exact(bits(run, results, epoch, layer, class)));
        std::iter::once(format!("{layer} {}", run.layer_name(layer))).chain(values).collect()
    };
    Numbers {
        columns: std::iter::once("layer \\ epoch".to_owned()).chain(epochs()).collect(),
        rows: (0..=run.header.layers.len()).map(row).collect(),
    }
}

/// One small chart per layer with a curve per class and one for all, H − log2(N·k), all on the same axes.
pub fn boxes(run: &OpenRun, results: &Results, cursor: Option<f64>) -> Vec<CurveChart> {
    let n_classes = run.header.classes.len();
    let classes = || (0..n_classes).map(Some).chain(std::iter::once(None));
    let points = |layer: usize, class: Option<usize>| -> Vec<(f64, f64)> {
        let at = |(index, epoch): (usize, &crate::protocol::compute::EpochSummary)| {
            results.inter_sample(index, layer)?;
            Some((f64::from(epoch.metrics.epoch), above_usual(run, results, index, layer, class)))
        };
        run.epochs.iter().enumerate().filter_map(at).collect()
    };
    let curve = |layer: usize, class: Option<usize>| Curve {
        name: class.map_or_else(|| "all".to_owned(), |class| run.header.classes[class].clone()),
        ink: class.map_or(Ink::AllClasses, Ink::Class),
        points: points(layer, class),
    };
    let curves: Vec<Vec<Curve>> = (0..=run.header.layers.len())
        .map(|layer| classes().map(|class| curve(layer, class)).collect())
        .collect();
    let values = curves.iter().flatten().flat_map(|curve| curve.points.iter().map(|point| point.1));
    let y_range = super::range_of(values, 0.1);
    let chart = |curves| CurveChart {
        x_end: f64::from(run.last_epoch()).max(1.0),
        y_title: "H − log₂(N·k) (bit)".to_owned(),
        y_range,
        curves,
        cursor,
        ..CurveChart::default()
    };
    curves.into_iter().map(chart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::protocol::compute::BitsArray;
    use crate::protocol::{Answer, Task};

    fn measured(run: &OpenRun, epoch_index: usize, layer: usize, bits: f64) -> Results {
        let mut results = Results::default();
        let mut values = vec![bits - 6.0; 10];
        values.push(bits);
        let task = Task::InterSample { run: run.run.clone(), epoch_index, layer };
        results.answer(&task, Answer::InterSample(BitsArray { shape: vec![11], values }));
        results
    }

    #[test]
    fn rows_are_layers_and_columns_are_epochs() {
        let run = fixture::open_run("a", 3);
        let usual = (500.0_f64 * 499.0).log2();
        let results = measured(&run, 2, 1, usual - 0.25);
        let matrix = matrix(&run, &results, None);
        assert_eq!((matrix.rows, matrix.columns), (4, 3));
        assert!((matrix.at(1, 2) + 0.25).abs() < 1e-9);
        assert!(matrix.at(1, 1).is_nan() && matrix.at(2, 2).is_nan());
        assert_eq!(range(&matrix).low.to_bits(), range(&matrix).high.to_bits());
    }

    #[test]
    fn a_class_is_compared_with_what_its_images_allow() {
        let run = fixture::open_run("a", 1);
        let results = measured(&run, 0, 1, 17.0);
        let lines = describe(&run, &results, Some(4), 1, 0);
        assert_eq!(lines[0], "H(dCNN(label=4, 1, -, 0)), conv1");
        assert_eq!(lines[1], "11.0000 bit");
        assert!(lines[3].contains("N = 50, k = 49"), "{}", lines[3]);
        assert_eq!(numbers(&run, &results, Some(4)).rows[1], ["1 conv1", "11.0000"]);
    }

    #[test]
    fn every_layer_has_a_box_with_all_classes_on_equal_axes() {
        let run = fixture::open_run("a", 2);
        let boxes = boxes(&run, &measured(&run, 1, 2, 17.0), None);
        assert_eq!((boxes.len(), boxes[2].curves.len()), (4, 11));
        assert_eq!((boxes[2].curves[0].points.len(), boxes[1].curves[0].points.len()), (1, 0));
        assert_eq!(boxes[0].y_range, boxes[2].y_range);
    }
}
