//! Inter-sample entropy as layer × epoch: where, and when, the images spread out.
//!
//! Shown as H − log2(N·k), which is comparable between classes of different sizes: 0 is the value of equal weights on
//! k neighbours each, and the ceiling lies log2((N − 1)/k) above it. Of the probe set, of as many training images, or
//! what those have more: below 0 where a layer draws the images it was trained on together.

use super::matrix::Matrix;
use super::titles::{at, inter_sample};
use super::{Curve, CurveChart, Ink, Numbers, exact};
use crate::app::session::layer::SpreadOf;
use crate::app::session::{OpenRun, Results};
use crate::cube::ProbeSet;
use crate::plot::raster::ValueRange;

/// One row per layer, the input first, one column per recorded epoch; NaN where not measured.
pub fn matrix(run: &OpenRun, results: &Results, of: SpreadOf, class: Option<usize>) -> Matrix {
    let (rows, columns) = (run.header.layers.len() + 1, run.epochs.len());
    let cell = |at: usize| shown(run, results, of, (at % columns, at / columns), class);
    Matrix::new(rows, columns, (0..rows * columns).map(cell).collect())
}

/// Epoch index and layer.
type Place = (usize, usize);

/// H − log2(N·k) in bits, or the difference of both sets.
fn shown(run: &OpenRun, results: &Results, of: SpreadOf, place: Place, class: Option<usize>) -> f64 {
    let of_set = |set: &ProbeSet| above_usual(run, results, *set, place, class);
    of.sets().iter().map(of_set).reduce(|train, test| train - test).unwrap_or(f64::NAN)
}

/// H − log2(N·k) in bits.
fn above_usual(run: &OpenRun, results: &Results, set: ProbeSet, place: Place, class: Option<usize>) -> f64 {
    bits(run, results, set, place, class)
        - run.inter_sample_scale_of(set, class).map_or(f64::NAN, |scale| scale.usual)
}

fn bits(
    run: &OpenRun,
    results: &Results,
    set: ProbeSet,
    (epoch_index, layer): Place,
    class: Option<usize>,
) -> f64 {
    let index = class.unwrap_or(run.header.classes.len());
    let measured = results.inter_sample_of(set, epoch_index, layer);
    measured.and_then(|bits| bits.values.get(index)).copied().unwrap_or(f64::NAN)
}

/// From the smallest to the largest value on screen; of a difference, as far below 0 as above.
pub fn range(matrix: &Matrix, of: SpreadOf) -> ValueRange {
    let range = ValueRange::of(matrix.values.iter().copied()).unwrap_or(ValueRange { low: -1.0, high: 0.0 });
    if of != SpreadOf::Both {
        return range;
    }
    let most = range.low.abs().max(range.high.abs()).max(f64::MIN_POSITIVE);
    ValueRange { low: -most, high: most }
}

/// How many images each set has, and that what is shown can be compared.
pub fn sets_in_words(run: &OpenRun, of: SpreadOf) -> String {
    let (test, train) = (run.header.probe_images, run.header.train_probe_images);
    match of {
        _ if train == 0 => {
            "This run has no training images to look at: it is of an older version.".to_owned()
        }
        SpreadOf::Test => format!("N = {test} test images."),
        SpreadOf::Train => format!("N = {train} training images."),
        SpreadOf::Both if test == train => {
            format!(
                "Training less test images, N = {test} of each: below 0 those that were trained on lie closer together."
            )
        }
        SpreadOf::Both => format!(
            "Training less test images. N = {train} training images, the run has no more, and {test} test images: \
             log₂(N·k) takes off what their numbers make."
        ),
    }
}

/// What is said of a cell.
pub fn describe(
    run: &OpenRun,
    results: &Results,
    of: SpreadOf,
    class: Option<usize>,
    (epoch_index, layer): Place,
) -> Vec<String> {
    let Some(epoch) = run.epoch_number(epoch_index) else { return Vec::new() };
    let mut lines = Vec::new();
    for &set in of.sets() {
        let query = inter_sample(set, class, at(layer), at(epoch as usize));
        lines.push(format!("{query}, {}", run.layer_name(layer)));
        lines.push(format!("{} bit", exact(bits(run, results, set, (epoch_index, layer), class))));
        if let Some(scale) = run.inter_sample_scale_of(set, class) {
            let above = above_usual(run, results, set, (epoch_index, layer), class);
            lines.push(format!("H − log₂(N·k) = {} bit", exact(above)));
            lines.push(format!(
                "ceiling {} bit (N = {}, k = {})",
                exact(scale.ceiling),
                scale.images,
                scale.k
            ));
        }
    }
    if of == SpreadOf::Both {
        let more = shown(run, results, of, (epoch_index, layer), class);
        lines.push(format!("training − test = {} bit", exact(more)));
    }
    lines
}

/// One row per set and layer, one column per epoch: H in bits.
pub fn numbers(run: &OpenRun, results: &Results, of: SpreadOf, class: Option<usize>) -> Numbers {
    let epochs = || run.epochs.iter().map(|epoch| epoch.metrics.epoch.to_string());
    let row = |set: ProbeSet, layer: usize| {
        let values = (0..run.epochs.len()).map(|epoch| exact(bits(run, results, set, (epoch, layer), class)));
        let name = format!("{layer} {}", run.layer_name(layer));
        let name = if set == ProbeSet::Train { name + ", training images" } else { name };
        std::iter::once(name).chain(values).collect()
    };
    let layers = run.header.layers.len();
    Numbers {
        columns: std::iter::once("layer \\ epoch".to_owned()).chain(epochs()).collect(),
        rows: of.sets().iter().flat_map(|&set| (0..=layers).map(move |layer| row(set, layer))).collect(),
    }
}

/// One small chart per layer with a curve per class and one for all, H − log2(N·k), all on the same axes.
pub fn boxes(run: &OpenRun, results: &Results, of: SpreadOf, cursor: Option<f64>) -> Vec<CurveChart> {
    let n_classes = run.header.classes.len();
    let classes = || (0..n_classes).map(Some).chain(std::iter::once(None));
    let points = |layer: usize, class: Option<usize>| -> Vec<(f64, f64)> {
        let at = |(index, epoch): (usize, &crate::protocol::compute::EpochSummary)| {
            let is_known = of.sets().iter().all(|&set| results.inter_sample_of(set, index, layer).is_some());
            is_known.then(|| (f64::from(epoch.metrics.epoch), shown(run, results, of, (index, layer), class)))
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
    let y_title = if of == SpreadOf::Both { "training − test (bit)" } else { "H − log₂(N·k) (bit)" };
    let chart = |curves| CurveChart {
        x_end: f64::from(run.last_epoch()).max(1.0),
        y_title: y_title.to_owned(),
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
    use crate::measure::{Measure, MeasureKey};
    use crate::protocol::compute::BitsArray;
    use crate::protocol::compute::Measured;
    use crate::protocol::{Answer, Task};

    fn measured(run: &OpenRun, epoch_index: usize, layer: usize, bits: f64) -> Results {
        let mut results = Results::default();
        let mut values = vec![bits - 6.0; 10];
        values.push(bits);
        let task = Task::Measure {
            run: run.run.clone(),
            key: MeasureKey::of_layer(Measure::InterSample, epoch_index, layer),
        };
        results.answer(&task, Answer::Measured(Measured::Values(BitsArray { shape: vec![11], values })));
        results
    }

    #[test]
    fn rows_are_layers_and_columns_are_epochs() {
        let run = fixture::open_run("a", 3);
        let usual = (500.0_f64 * 499.0).log2();
        let results = measured(&run, 2, 1, usual - 0.25);
        let matrix = matrix(&run, &results, SpreadOf::Test, None);
        assert_eq!((matrix.rows, matrix.columns), (4, 3));
        assert!((matrix.at(1, 2) + 0.25).abs() < 1e-9);
        assert!(matrix.at(1, 1).is_nan() && matrix.at(2, 2).is_nan());
        let range = range(&matrix, SpreadOf::Test);
        assert_eq!(range.low.to_bits(), range.high.to_bits());
    }

    #[test]
    fn a_class_is_compared_with_what_its_images_allow() {
        let run = fixture::open_run("a", 1);
        let results = measured(&run, 0, 1, 17.0);
        let lines = describe(&run, &results, SpreadOf::Test, Some(4), (0, 1));
        assert_eq!(lines[0], "H(dCNN(label=4, 1, -, 0)), conv1");
        assert_eq!(lines[1], "11.0000 bit");
        assert!(lines[3].contains("N = 50, k = 49"), "{}", lines[3]);
        assert_eq!(numbers(&run, &results, SpreadOf::Test, Some(4)).rows[1], ["1 conv1", "11.0000"]);
    }

    #[test]
    fn every_layer_has_a_box_with_all_classes_on_equal_axes() {
        let run = fixture::open_run("a", 2);
        let boxes = boxes(&run, &measured(&run, 1, 2, 17.0), SpreadOf::Test, None);
        assert_eq!((boxes.len(), boxes[2].curves.len()), (4, 11));
        assert_eq!((boxes[2].curves[0].points.len(), boxes[1].curves[0].points.len()), (1, 0));
        assert_eq!(boxes[0].y_range, boxes[2].y_range);
    }

    /// The probe set's entropy, and that of as many training images.
    fn both(run: &OpenRun, test: f64, train: f64) -> Results {
        let mut results = measured(run, 0, 1, test);
        let task = Task::Measure {
            run: run.run.clone(),
            key: MeasureKey::of_layer(Measure::InterSample, 0, 1).on(ProbeSet::Train),
        };
        let bits = BitsArray { shape: vec![11], values: vec![train; 11] };
        results.answer(&task, Answer::Measured(Measured::Values(bits)));
        results
    }

    #[test]
    fn training_images_are_compared_with_as_many_test_images() {
        let mut run = fixture::open_run("a", 1);
        run.header.train_probe_images = run.header.probe_images;
        let results = both(&run, 17.0, 16.5);
        let of = |of| matrix(&run, &results, of, None).at(1, 0);
        assert!((of(SpreadOf::Both) + 0.5).abs() < 1e-9);
        assert!((of(SpreadOf::Test) - of(SpreadOf::Train) - 0.5).abs() < 1e-9);
        assert!(
            of(SpreadOf::Test).is_finite() && matrix(&run, &results, SpreadOf::Both, None).at(2, 0).is_nan()
        );
        let range = range(&matrix(&run, &results, SpreadOf::Both, None), SpreadOf::Both);
        assert!((range.low + range.high).abs() < 1e-12);
        let lines = describe(&run, &results, SpreadOf::Both, None, (0, 1));
        assert_eq!(lines[0], "H(dCNN(train, 1, -, 0)), conv1");
        assert_eq!(lines.last().map(String::as_str), Some("training − test = -0.5000 bit"));
        assert_eq!(numbers(&run, &results, SpreadOf::Both, None).rows.len(), 2 * 4);
        assert!(sets_in_words(&run, SpreadOf::Both).contains("N = 500 of each"));
    }

    #[test]
    fn fewer_training_images_have_a_scale_of_their_own() {
        let mut run = fixture::open_run("a", 1);
        run.header.train_probe_images = 120;
        let results = both(&run, 17.0, 13.0);
        let usual = |n: f64| (n * (n - 1.0)).log2();
        let expected = (13.0 - usual(120.0)) - (17.0 - usual(500.0));
        assert!((matrix(&run, &results, SpreadOf::Both, None).at(1, 0) - expected).abs() < 1e-9);
        assert_eq!(run.inter_sample_scale_of(ProbeSet::Train, Some(3)).unwrap().images, 12);
        assert!(sets_in_words(&run, SpreadOf::Both).contains("N = 120 training images"));
        run.header.train_probe_images = 0;
        assert!(sets_in_words(&run, SpreadOf::Train).contains("older version"));
    }
}
