//! Many runs at once: the training sets' inter-sample entropies as bars, the learning curves in the same colours
//! (paper Figure 5).

use super::bars::{BarFigure, BarGroup, BarValue};
use super::learning::{Learning, On};
use super::{Curve, CurveChart, Ink, Numbers, exact, number, signed, stabilisation};
use crate::app::session::{Compare, Compared, InterSampleScale, TrainingAxis, TrainingScale};
use crate::training::config::PerClass;

/// Runs in the order of their training sets' sizes, each with its place among the chosen ones: its colour.
pub fn by_size(compare: &Compare) -> Vec<(usize, &Compared)> {
    let mut runs: Vec<(usize, &Compared)> = Vec::new();
    for run in compare.runs() {
        let place = runs.partition_point(|other| size(other.1) <= size(run.1));
        runs.insert(place, run);
    }
    runs
}

fn size(compared: &Compared) -> usize {
    let header = &compared.run.header;
    header.n_trained().unwrap_or(match header.config.per_class {
        PerClass::Count(count) => count.saturating_mul(header.classes.len()),
        PerClass::All => usize::MAX,
    })
}

/// What sets a run apart: images per class, and its model, learning rate or seed where the runs differ in those.
pub fn label(compared: &Compared, all: &Compare) -> String {
    let config = &compared.run.header.config;
    let differ = |of: &dyn Fn(&Compared) -> String| all.runs().any(|(_, other)| of(other) != of(compared));
    let mut parts = Vec::new();
    let dataset = |run: &Compared| run.run.header.dataset.clone();
    let model = |run: &Compared| format!("{} ×{}", run.run.header.model, run.run.header.config.width);
    let rate = |run: &Compared| format!("lr {}", run.run.header.config.learning_rate);
    let seed = |run: &Compared| format!("seed {}", run.run.header.seed);
    if differ(&dataset) {
        parts.push(dataset(compared));
    }
    parts.push(match config.per_class {
        PerClass::Count(count) => format!("{count}"),
        PerClass::All => "all".to_owned(),
    });
    for of in [&model as &dyn Fn(&Compared) -> String, &rate, &seed] {
        if differ(of) {
            parts.push(of(compared));
        }
    }
    parts.join(" · ")
}

/// (D): a bar per run, its ceiling log2(N(N−1)) and log2(N·k) across it, and H − log2(N·k) below its name, so that
/// size alone is not taken for diversity.
pub fn entropy_bars(compare: &Compare) -> BarFigure {
    let distance = compare.distance;
    let group = |(place, compared): (usize, &Compared)| {
        let (bits, scale) = (compared.bits(distance), compared.scale());
        let note = match (bits, scale) {
            (Some(bits), Some(scale)) => signed(bits - scale.usual),
            (None, Some(_)) if compare.has_failed(&compared.run.run) => "not measured".to_owned(),
            (None, Some(_)) => "measuring …".to_owned(),
            (_, None) => "not kept".to_owned(),
        };
        let limits = scale.map(|scale| vec![scale.usual, scale.ceiling]).unwrap_or_default();
        let value = bits.unwrap_or(f64::NAN);
        let bars = vec![BarValue { ink: Ink::Run(place), value, limits }];
        let name = label(compared, compare);
        let mut lines = vec![compared.run.header.name.clone()];
        lines.extend(entropy_lines(bits, scale));
        BarGroup { name, note, lines, bars }
    };
    let groups: Vec<BarGroup> = by_size(compare).into_iter().map(group).collect();
    let limits = groups.iter().flat_map(|group| &group.bars).flat_map(|bar| bar.limits.iter().copied());
    let top = limits.fold(1.0, f64::max);
    BarFigure { y_title: "H of the training set (bit)".to_owned(), y_range: (0.0, 1.08 * top), groups }
}

fn entropy_lines(bits: Option<f64>, scale: Option<InterSampleScale>) -> Vec<String> {
    let Some(scale) = scale else {
        return vec!["The training set was not kept with this run.".to_owned()];
    };
    let mut lines = vec![format!("N = {} images, k = {}", scale.images, scale.k)];
    if let Some(bits) = bits {
        lines.push(format!("H = {} bit", exact(bits)));
        lines.push(format!("H − log₂(N·k) = {}", signed(bits - scale.usual)));
    }
    lines.push(format!(
        "log₂(N·k) = {}, ceiling log₂(N(N−1)) = {}",
        exact(scale.usual),
        exact(scale.ceiling)
    ));
    lines
}

/// (E): a learning curve per run, in the colours of the bars, each where its own epochs stand on the axis; a run of
/// which that cannot be told is left out.
pub fn learning_curves(compare: &Compare, which: Learning, on: On, axis: TrainingAxis) -> CurveChart {
    let runs = by_size(compare);
    let along = |points: Vec<(f64, f64)>, scale: TrainingScale| {
        points.into_iter().map(|(epoch, value)| (scale.at(epoch), value)).collect()
    };
    let curve = |(place, compared): &(usize, &Compared)| {
        let scale = TrainingScale::of(axis, &compared.run.header)?;
        let points = along(which.points(&compared.run, on), scale);
        let end = scale.at(f64::from(compared.run.last_epoch()));
        let noise = which.tolerance().max(which.noise(&compared.run, on));
        Some((Curve { name: label(compared, compare), ink: Ink::Run(*place), points }, (end, noise)))
    };
    let (curves, ends): (Vec<Curve>, Vec<(f64, f64)>) = runs.iter().filter_map(curve).unzip();
    let (ends, noise): (Vec<f64>, Vec<f64>) = ends.into_iter().unzip();
    let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
    let (y_title, y_range) = which.axis(values);
    let x_end = ends.into_iter().fold(1.0, f64::max);
    CurveChart { axis, x_end, y_title, y_range, curves, noise, ..CurveChart::default() }
}

/// One row per run: everything that the bars and the curves show at their ends.
pub fn numbers(compare: &Compare) -> Numbers {
    let row = |(_, compared): (usize, &Compared)| {
        let header = &compared.run.header;
        let bits = compared.bits(compare.distance).unwrap_or(f64::NAN);
        let scale = compared.scale();
        let of_scale = |value: &dyn Fn(InterSampleScale) -> f64| scale.map_or(f64::NAN, value);
        let last = compared.run.epochs.last().map(|epoch| epoch.metrics);
        let metric = |value: &dyn Fn(&crate::training::EpochMetrics) -> f32| {
            exact(last.as_ref().map_or(f64::NAN, |metrics| f64::from(value(metrics))))
        };
        let loss = Learning::Loss.points(&compared.run, On::Train);
        let stable = stabilisation::stable_from(&loss, stabilisation::NATS);
        let updates = header.updates_per_epoch();
        vec![
            header.name.clone(),
            header.n_trained().map_or_else(|| "–".to_owned(), |images| images.to_string()),
            header.seed.to_string(),
            exact(bits),
            exact(of_scale(&|scale| scale.usual)),
            exact(of_scale(&|scale| bits - scale.usual)),
            exact(of_scale(&|scale| scale.ceiling)),
            last.map_or_else(String::new, |metrics| metrics.epoch.to_string()),
            metric(&|metrics| metrics.train_loss),
            metric(&|metrics| metrics.test_loss),
            metric(&|metrics| metrics.test_accuracy),
            stable.map_or_else(|| "not yet".to_owned(), |(epoch, _)| number(epoch)),
            updates.map_or_else(|| "–".to_owned(), |updates| updates.to_string()),
            match (stable, updates) {
                (Some((epoch, _)), Some(updates)) => number(epoch * updates as f64),
                (None, _) => "not yet".to_owned(),
                (_, None) => "–".to_owned(),
            },
        ]
    };
    let columns = [
        "run",
        "training images N",
        "seed",
        "H (bit)",
        "log2(N·k)",
        "H − log2(N·k)",
        "ceiling",
        "last epoch",
        "training loss (nat)",
        "test loss (nat)",
        "test accuracy",
        "training loss stable from epoch",
        "weight updates an epoch",
        "training loss stable from weight update",
    ];
    Numbers {
        columns: columns.map(str::to_owned).to_vec(),
        rows: by_size(compare).into_iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests;
