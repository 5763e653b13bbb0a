//! Inter-sample entropy of every layer over epochs: one curve per layer.

use super::{Curve, CurveChart, Ink, Rule, range_of};
use crate::app::session::{InterSampleScale, OpenRun, Results};

/// The curves of `class`, or of all classes together; epochs that are not measured yet are left out.
pub fn chart(run: &OpenRun, results: &Results, class: Option<usize>, cursor: Option<f64>) -> CurveChart {
    let n_layers = run.header.layers.len() + 1;
    let index = class.unwrap_or(run.header.classes.len());
    let curve = |layer: usize| Curve {
        name: format!("{layer} {}", run.layer_name(layer)),
        ink: Ink::Layer { layer, of: n_layers },
        points: points(run, results, layer, index),
    };
    let curves: Vec<Curve> = (0..n_layers).map(curve).collect();
    let rules = match run.inter_sample_scale(class) {
        Some(scale) => vec![Rule { y: scale.usual, name: "log₂(N·k)".into() }],
        None => Vec::new(),
    };
    let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
    let y_range = range_of(values.chain(rules.iter().map(|rule| rule.y)), 0.1);
    let last_epoch = f64::from(run.last_epoch()).max(1.0);
    CurveChart {
        x_end: last_epoch,
        y_title: "inter-sample entropy, bits".into(),
        y_range,
        curves,
        rules,
        cursor,
        ..CurveChart::default()
    }
}

fn points(run: &OpenRun, results: &Results, layer: usize, index: usize) -> Vec<(f64, f64)> {
    let value = |(epoch_index, epoch): (usize, &crate::protocol::compute::EpochSummary)| {
        let bits = results.inter_sample(epoch_index, layer)?;
        Some((f64::from(epoch.metrics.epoch), *bits.values.get(index)?))
    };
    run.epochs.iter().enumerate().filter_map(value).collect()
}

/// The scale in words.
pub fn scale_in_words(run: &OpenRun, class: Option<usize>) -> String {
    match run.inter_sample_scale(class) {
        Some(InterSampleScale { images, k, usual, ceiling }) => format!(
            "N = {images} images, k = {k} neighbours: log₂(N·k) = {usual:.3} bit, and no value lies above \
             log₂(N(N−1)) = {ceiling:.3} bit. Compare only at equal N and k."
        ),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::measure::{Measure, MeasureKey};
    use crate::protocol::compute::BitsArray;
    use crate::protocol::compute::Measured;
    use crate::protocol::{Answer, Task};

    fn measured(run: &OpenRun, epoch_index: usize, layer: usize) -> Results {
        let mut results = Results::default();
        let values: Vec<f64> = (0..11).map(f64::from).collect();
        let task = Task::Measure {
            run: run.run.clone(),
            key: MeasureKey::of_layer(Measure::InterSample, epoch_index, layer),
        };
        results.answer(&task, Answer::Measured(Measured::Values(BitsArray { shape: vec![11], values })));
        results
    }

    #[test]
    fn a_curve_has_the_epochs_that_are_measured() {
        let run = fixture::open_run("a", 3);
        let results = measured(&run, 1, 2);
        let chart_of = |class| chart(&run, &results, class, None);
        assert_eq!(chart_of(None).curves[2].points, [(1.0, 10.0)]);
        assert_eq!(chart_of(Some(4)).curves[2].points, [(1.0, 4.0)]);
        assert!(chart_of(None).curves[0].points.is_empty());
        assert_eq!(chart_of(None).curves.len(), run.header.layers.len() + 1);
    }

    #[test]
    fn the_ceiling_of_a_class_is_that_of_its_own_images() {
        // Probe sets that ten classes do not divide: 51 images of the first five classes; 13 of the first seven.
        for (probe, counts, classes) in [(505, [51, 50], 5), (127, [13, 12], 7)] {
            let mut run = fixture::open_run("a", 1);
            run.header.probe_images = probe;
            let of_class = |class: u8| vec![class; counts[usize::from(class >= classes)]];
            run.probe_labels = (0..10).flat_map(of_class).collect();
            assert_eq!(run.probe_labels.len(), probe);
            let of = |class| run.inter_sample_scale(class).unwrap();
            for (class, n) in [(0, counts[0]), (9, counts[1])] {
                let scale = of(Some(class));
                assert_eq!((scale.images, scale.k), (n, n - 1));
                assert!((scale.ceiling - (n as f64 * (n - 1) as f64).log2()).abs() < 1e-12);
                assert!((scale.usual - scale.ceiling).abs() < 1e-12);
                assert!(scale_in_words(&run, Some(class)).contains(&format!("N = {n} images")));
            }
            assert!(of(Some(0)).ceiling - of(Some(9)).ceiling > 0.05);
            assert_eq!(of(None).images, probe);
        }
    }

    #[test]
    fn few_neighbours_are_clamped_by_the_images_of_the_class() {
        let mut run = fixture::open_run("a", 1);
        run.header.settings.k = 15;
        run.probe_labels = [vec![0; 10], vec![1; 51]].concat();
        let k = |class| run.inter_sample_scale(Some(class)).map(|scale| scale.k);
        assert_eq!([k(0), k(1), k(2)], [Some(9), Some(15), None]);
    }
}
