//! Intra-sample entropy of every channel of a layer over epochs: a box per channel, a curve per class.

use super::{Curve, CurveChart, Ink, Numbers, exact};
use crate::app::session::{OpenRun, Results};

/// One small chart per channel, all with the same axes; empty before the first measurement.
pub fn charts(run: &OpenRun, results: &Results, layer: usize, cursor: Option<f64>) -> Vec<CurveChart> {
    let n_classes = run.header.classes.len();
    let measured: Vec<(f64, &[f64], usize)> = run
        .epochs
        .iter()
        .enumerate()
        .filter_map(|(epoch_index, epoch)| {
            let bits = results.intra_sample(epoch_index, layer)?;
            Some((f64::from(epoch.metrics.epoch), bits.values.as_slice(), *bits.shape.first()?))
        })
        .collect();
    let n_channels = measured.iter().map(|measurement| measurement.2).max().unwrap_or(0);
    let highest =
        measured.iter().flat_map(|measurement| measurement.1).copied().filter(|bits| bits.is_finite());
    let top = highest.fold(0.0, f64::max).max(0.1) * 1.05;
    let curve = |channel: usize, class: usize| Curve {
        name: run.header.classes.get(class).cloned().unwrap_or_else(|| "all".into()),
        ink: if class < n_classes { Ink::Class(class) } else { Ink::AllClasses },
        points: measured
            .iter()
            .map(|(epoch, values, _)| {
                (*epoch, values.get(channel * (n_classes + 1) + class).copied().unwrap_or(f64::NAN))
            })
            .collect(),
    };
    let chart = |channel: usize| CurveChart {
        last_epoch: f64::from(run.last_epoch()).max(1.0),
        y_title: "h (bit)".into(),
        y_range: (0.0, top),
        curves: (0..=n_classes).map(|class| curve(channel, class)).collect(),
        rules: Vec::new(),
        cursor,
    };
    (0..n_channels).map(chart).collect()
}

/// One row per channel at an epoch, one column per class.
pub fn numbers(run: &OpenRun, results: &Results, epoch_index: usize, layer: usize) -> Option<Numbers> {
    let bits = results.intra_sample(epoch_index, layer)?;
    let width = run.header.classes.len() + 1;
    let names = run.header.classes.iter().cloned().chain(std::iter::once("all".to_owned()));
    let row = |(channel, values): (usize, &[f64])| {
        std::iter::once(channel.to_string()).chain(values.iter().map(|&bits| exact(bits))).collect()
    };
    Some(Numbers {
        columns: std::iter::once("channel".to_owned()).chain(names).collect(),
        rows: bits.values.chunks(width).enumerate().map(row).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::protocol::compute::BitsArray;
    use crate::protocol::{Answer, Task};

    fn measured(run: &OpenRun) -> Results {
        let mut results = Results::default();
        let values: Vec<f64> = (0..22).map(f64::from).collect();
        let task = Task::IntraSample { run: run.run.clone(), epoch_index: 1, layer: 2 };
        results.answer(&task, Answer::IntraSample(BitsArray { shape: vec![2, 11], values }));
        results
    }

    #[test]
    fn a_box_per_channel_holds_a_curve_per_class_and_one_of_all() {
        let run = fixture::open_run("a", 2);
        let charts = charts(&run, &measured(&run), 2, None);
        assert_eq!(charts.len(), 2);
        assert_eq!(charts[1].curves.len(), 11);
        assert_eq!(charts[1].curves[4].points, [(1.0, 15.0)]);
        assert_eq!((charts[0].curves[10].ink, charts[0].curves[10].points[0].1), (Ink::AllClasses, 10.0));
        assert_eq!(charts[0].y_range, charts[1].y_range);
    }

    #[test]
    fn the_numbers_have_a_row_per_channel() {
        let run = fixture::open_run("a", 2);
        let numbers = numbers(&run, &measured(&run), 1, 2).unwrap();
        assert_eq!(numbers.rows.len(), 2);
        assert_eq!(numbers.rows[1][..2], ["1".to_owned(), "11.0000".to_owned()]);
        assert_eq!(super::numbers(&run, &Results::default(), 1, 2), None);
    }
}
