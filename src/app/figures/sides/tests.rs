use super::*;
use crate::app::session::{TrainingAxis, TrainingScale, fixture};

fn matrix(counts: [u32; 4]) -> ConfusionMatrix {
    ConfusionMatrix::from_counts(2, counts.to_vec()).unwrap()
}

fn compared(run: &str, change: impl FnOnce(&mut Compared)) -> Compared {
    let mut compared = Compared::new(fixture::open_run(run, 3), 1, Some(2));
    change(&mut compared);
    compared
}

#[test]
fn differences_are_taken_at_epochs_that_both_have() {
    let chart = |points: &[(f64, f64)]| CurveChart {
        x_end: 3.0,
        y_title: "loss".into(),
        curves: vec![Curve { name: "x".into(), ink: Ink::Train, points: points.to_vec() }],
        ..CurveChart::default()
    };
    let a = chart(&[(0.0, 1.0), (1.0, 2.0), (2.0, f64::INFINITY)]);
    let b = chart(&[(0.0, 1.5), (2.0, 1.0), (3.0, 1.0)]);
    let difference = difference(&a, &b);
    assert_eq!(difference.curves[0].points[0], (0.0, 0.5));
    assert!(difference.curves[0].points[1].1.is_nan(), "∞ − 1 is no number to draw");
    assert_eq!(difference.curves[0].points.len(), 2);
    assert_eq!(difference.y_title, "B − A: loss");
}

#[test]
fn at_equal_updates_a_is_read_between_its_epochs() {
    let chart = |per_epoch: f64, values: [f64; 3]| {
        let points = (0..).map(f64::from).zip(values).collect();
        let curves = vec![Curve { name: "x".into(), ink: Ink::Train, points }];
        let chart = CurveChart { x_end: 2.0, curves, ..CurveChart::default() };
        chart.along(TrainingScale { axis: TrainingAxis::Updates, per_epoch })
    };
    let (small, large) = (chart(10.0, [4.0, 3.0, 2.0]), chart(25.0, [4.0, 1.0, 0.0]));
    let points = |a, b| difference(a, b).curves[0].points.clone();
    assert_eq!(points(&large, &small), [(0.0, 0.0), (10.0, 3.0 - 2.8), (20.0, 2.0 - 1.6)]);
    assert_eq!(points(&small, &large), [(0.0, 0.0)], "A has ended where B has its first epoch");
    assert_eq!(points(&large, &large), [(0.0, 0.0), (25.0, 0.0), (50.0, 0.0)]);
}

#[test]
fn matrices_are_subtracted_as_shares() {
    let cells =
        matrix_difference(&matrix([9, 1, 0, 10]), &matrix([50, 50, 0, 10]), Show::RowPercent).unwrap();
    let texts: Vec<Vec<&str>> =
        cells.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect();
    assert_eq!(texts, [["−40", "+40"], ["", ""]]);
    assert_eq!(matrix_difference(&matrix([1; 4]), &ConfusionMatrix::new(3), Show::Counts), None);
}

#[test]
fn bars_stand_in_pairs_or_are_subtracted() {
    let (a, b) = (matrix([1, 1, 0, 2]), matrix([2, 0, 0, 2]));
    let classes = ["cat".to_owned(), "dog".to_owned()];
    let pairs = label_bars(Label::GivenLabel, [&a, &b], &classes, false);
    assert_eq!(pairs.groups[0].bars.iter().map(|bar| bar.value).collect::<Vec<_>>(), [1.0, 0.0]);
    let difference = label_bars(Label::GivenLabel, [&a, &b], &classes, true);
    assert_eq!(difference.groups[0].bars.iter().map(|bar| bar.value).collect::<Vec<_>>(), [-1.0]);
    assert_eq!(difference.groups[0].lines[3..], ["B − A: −1.000 bit", "N = 4 (A), 4 (B) test images"]);
}

#[test]
fn runs_that_began_alike_are_said_to() {
    let sentences = agreement(&compared("a", |_| ()), &compared("b", |_| ())).join(" ");
    assert_eq!(
        sentences,
        "Both runs have seed 1. They began with the same weights. Both record the same 500 probe images. \
         All other settings agree."
    );
}

#[test]
fn what_differs_is_named() {
    let b = compared("b", |b| {
        b.run.header.seed = 2;
        b.run.header.config.seed = 2;
        b.run.header.config.learning_rate = 0.01;
        (b.probe_checksum, b.weights_checksum) = (7, Some(8));
    });
    let sentences = agreement(&compared("a", |_| ()), &b).join(" ");
    for expected in ["A has 1, B has 2", "different weights", "different probe images", "lr 0.001 / 0.01"] {
        assert!(sentences.contains(expected), "{sentences}");
    }
}

#[test]
fn charts_side_by_side_have_the_same_axes() {
    let chart = |epochs| Curves::Loss.chart(&fixture::open_run("a", epochs), None);
    let [a, b] = on_same_axes(chart(2), CurveChart { x_end: 9.0, y_range: (-1.0, 7.0), ..chart(3) });
    assert_eq!((a.x_end, a.y_range), (b.x_end, b.y_range));
    assert_eq!((a.x_end, a.y_range), (9.0, (-1.0, 7.0)));
}

#[test]
fn curves_are_found_by_their_names() {
    for curves in Curves::ALL {
        assert_eq!(Curves::from_name(curves.name()), curves);
    }
}

#[test]
fn metrics_are_listed_with_their_difference() {
    let (a, mut b) = (fixture::open_run("a", 2), fixture::open_run("b", 2));
    b.epochs[1].metrics.test_loss = 0.9;
    let numbers = numbers(&a, 1, &b, 1);
    assert_eq!(numbers.rows[1], ["test loss (nat)", "0.4000", "0.9000", "+0.500"]);
}

#[test]
fn the_title_names_both_epochs_where_they_differ() {
    let mut compare = Compare::default();
    for (run, n_epochs) in [("a", 3), ("b", 5)] {
        compare.choose(run.to_owned());
        let mut b = compared(run, |_| ());
        b.run = fixture::open_run(run, n_epochs);
        compare.put(run, b);
    }
    assert_eq!(title(&compare, &Titled::Confusion), "A: confusion(2), B: confusion(4)");
    assert_eq!(title(&compare, &Titled::LabelAt(Label::GivenLabel)), "A: H(y|label=-)@2, B: H(y|label=-)@4");
    assert_eq!(title(&compare, &Curves::Accuracy.titled()), "accuracy(-)");
}
