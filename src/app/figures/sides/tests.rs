use super::*;
use crate::app::session::fixture;

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
        last_epoch: 3.0,
        y_title: "loss".into(),
        y_range: (0.0, 1.0),
        curves: vec![Curve { name: "x".into(), ink: Ink::Train, points: points.to_vec() }],
        rules: Vec::new(),
        cursor: None,
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
    assert_eq!(difference.groups[0].lines[3], "B − A: −1.000 bit");
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
    let [a, b] = on_same_axes(chart(2), CurveChart { last_epoch: 9.0, y_range: (-1.0, 7.0), ..chart(3) });
    assert_eq!((a.last_epoch, a.y_range), (b.last_epoch, b.y_range));
    assert_eq!((a.last_epoch, a.y_range), (9.0, (-1.0, 7.0)));
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
