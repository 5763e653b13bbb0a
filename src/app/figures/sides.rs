//! Two runs side by side: what they have in common, and what is different (B − A).

use super::bars::{BarFigure, BarGroup, BarValue, range_with_zero};
use super::confusion::Show;
use super::label::Label;
use super::learning::{Learning, On};
use super::titles::Titled;
use super::{Curve, CurveChart, Ink, Numbers, exact, range_of, signed};
use crate::app::session::editor::outline::grouped;
use crate::app::session::{Compare, Compared, OpenRun, Selection, Side};
use crate::entropy::label_entropies;
use crate::evaluation::ConfusionMatrix;

/// Which curves of a run are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curves {
    /// Loss, both sets.
    Loss,
    /// Accuracy, both sets.
    Accuracy,
    /// One of the label entropies, a curve per class.
    Label(Label),
}

impl Curves {
    /// All in the order in which they are offered.
    pub const ALL: [Self; 4] =
        [Self::Loss, Self::Accuracy, Self::Label(Label::GivenPrediction), Self::Label(Label::GivenLabel)];

    /// As it is offered.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Accuracy => "accuracy",
            Self::Label(Label::GivenPrediction) => "H(label | y = i)",
            Self::Label(Label::GivenLabel) => "H(y | label = i)",
        }
    }

    /// The one called `name`.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|curves| curves.name() == name).unwrap_or(Self::Loss)
    }

    /// The figure that has its title.
    pub fn titled(self) -> Titled {
        match self {
            Self::Loss => Titled::Learning(Learning::Loss),
            Self::Accuracy => Titled::Learning(Learning::Accuracy),
            Self::Label(label) => Titled::Label(label),
        }
    }

    /// The curves of a run.
    pub fn chart(self, run: &OpenRun, cursor: Option<f64>) -> CurveChart {
        let which = match self {
            Self::Label(label) => return label.chart(run, cursor),
            Self::Loss => Learning::Loss,
            Self::Accuracy => Learning::Accuracy,
        };
        let curve = |name: &str, ink, on| Curve { name: name.into(), ink, points: which.points(run, on) };
        let curves =
            vec![curve("training set", Ink::Train, On::Train), curve("test set", Ink::Test, On::Test)];
        let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
        let (y_title, y_range) = which.axis(values);
        let x_end = f64::from(run.last_epoch()).max(1.0);
        CurveChart { x_end, y_title, y_range, curves, cursor, ..CurveChart::default() }
    }
}

/// The title of a figure of both runs at the epochs of their sliders: written once where it is the same.
pub fn title(compare: &Compare, figure: &Titled) -> String {
    let of = |side: Side| {
        let selection = Selection { epoch_index: compare.epoch_on(side), ..Selection::default() };
        compare.on(side).map(|compared| figure.write(&compared.run, &selection)).unwrap_or_default()
    };
    let (a, b) = (of(Side::A), of(Side::B));
    if a == b { a } else { format!("A: {a}, B: {b}") }
}

/// Both charts on the same axes, so that they can be compared by eye.
pub fn on_same_axes(mut a: CurveChart, mut b: CurveChart) -> [CurveChart; 2] {
    let x_end = a.x_end.max(b.x_end);
    let y_range = (a.y_range.0.min(b.y_range.0), a.y_range.1.max(b.y_range.1));
    for chart in [&mut a, &mut b] {
        (chart.x_end, chart.y_range) = (x_end, y_range);
    }
    [a, b]
}

/// B − A of every curve where both have a point; where one of them is ∞ or undefined, so is the difference. Of runs
/// whose epochs stand at different places of the axis, A is read off the line between its two neighbouring epochs.
pub fn difference(a: &CurveChart, b: &CurveChart) -> CurveChart {
    let is_between = a.per_epoch != b.per_epoch;
    let curve = |b_curve: &Curve| {
        let of_a = a.curves.iter().find(|a_curve| a_curve.name == b_curve.name);
        let value = |x: f64| of_a.and_then(|of_a| value_at(&of_a.points, x, is_between));
        let point = |&(x, of_b): &(f64, f64)| {
            let difference = of_b - value(x)?;
            Some((x, if difference.is_finite() { difference } else { f64::NAN }))
        };
        Curve { points: b_curve.points.iter().filter_map(point).collect(), ..b_curve.clone() }
    };
    let curves: Vec<Curve> = b.curves.iter().map(curve).collect();
    let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
    CurveChart {
        axis: b.axis,
        per_epoch: b.per_epoch.filter(|_| !is_between),
        x_end: a.x_end.max(b.x_end),
        y_title: format!("B − A: {}", b.y_title),
        y_range: range_of(values.chain([0.0]), 0.05),
        curves,
        rules: vec![super::Rule { y: 0.0, name: String::new() }],
        cursor: b.cursor,
        ..CurveChart::default()
    }
}

/// The value at `x`: of a point that stands there, or, `between` two points, on the line through them.
fn value_at(points: &[(f64, f64)], x: f64, between: bool) -> Option<f64> {
    let next = points.partition_point(|point| point.0 < x);
    let &(right, high) = points.get(next)?;
    if right.total_cmp(&x).is_eq() {
        return Some(high);
    }
    let &(left, low) = points.get(next.checked_sub(1)?).filter(|_| between)?;
    Some(low + (high - low) * (x - left) / (right - left))
}

/// A cell of the difference of two confusion matrices.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferenceCell {
    /// Percentage points, with a sign; empty for none.
    pub text: String,
    /// B − A of the shares, −1 … 1.
    pub difference: f64,
}

/// B − A of two confusion matrices as shares of rows or of columns: the test sets may differ in size. `None` for
/// different numbers of classes.
pub fn matrix_difference(
    a: &ConfusionMatrix,
    b: &ConfusionMatrix,
    show: Show,
) -> Option<Vec<Vec<DifferenceCell>>> {
    let n = a.n_classes();
    let cell = |actual: usize, predicted: usize| {
        let difference = show.share(b, actual, predicted) - show.share(a, actual, predicted);
        let points = 100.0 * difference;
        let text = match points.abs() {
            none if none < 0.05 => String::new(),
            few if few < 9.95 => format!("{}{few:.1}", sign(points)),
            many => format!("{}{many:.0}", sign(points)),
        };
        DifferenceCell { text, difference }
    };
    (n == b.n_classes())
        .then(|| (0..n).map(|actual| (0..n).map(|predicted| cell(actual, predicted)).collect()).collect())
}

fn sign(value: f64) -> char {
    if value < 0.0 { '−' } else { '+' }
}

/// Bars of a label entropy at the epochs shown: both runs' per class, or one bar B − A.
pub fn label_bars(
    label: Label,
    [a, b]: [&ConfusionMatrix; 2],
    classes: &[String],
    is_difference: bool,
) -> BarFigure {
    let bits = |confusion: &ConfusionMatrix| {
        let entropies = label_entropies(confusion.counts(), confusion.n_classes()).ok();
        entropies.map(|entropies| label.of(entropies)).unwrap_or_default()
    };
    let (of_a, of_b) = (bits(a), bits(b));
    let images = [a.total(), b.total()];
    let at = |bits: &[f64], class: usize| bits.get(class).copied().unwrap_or(f64::NAN);
    let group = |(class, name): (usize, &String)| {
        let (a, b) = (at(&of_a, class), at(&of_b, class));
        let difference = if (b - a).is_finite() { b - a } else { f64::NAN };
        let bar = |ink, value| BarValue { ink, value, limits: Vec::new() };
        let bars = if is_difference {
            vec![bar(Ink::Class(class), difference)]
        } else {
            vec![bar(Ink::Run(0), a), bar(Ink::Run(1), b)]
        };
        let lines = vec![
            name.clone(),
            format!("A: {} bit", exact(a)),
            format!("B: {} bit", exact(b)),
            format!("B − A: {} bit", signed(difference)),
            format!("N = {} (A), {} (B) test images", grouped(images[0]), grouped(images[1])),
        ];
        BarGroup { name: name.clone(), note: String::new(), lines, bars }
    };
    let groups: Vec<BarGroup> = classes.iter().enumerate().map(group).collect();
    let values = groups.iter().flat_map(|group| &group.bars).map(|bar| bar.value);
    let notation = Curves::Label(label).name();
    let y_title =
        if is_difference { format!("B − A: {notation} (bit)") } else { format!("{notation} (bit)") };
    BarFigure { y_range: range_with_zero(values, 0.1), y_title, groups }
}

/// Whether two runs began alike, in sentences.
pub fn agreement(a: &Compared, b: &Compared) -> Vec<String> {
    let (of_a, of_b) = (&a.run.header, &b.run.header);
    let mut sentences = Vec::new();
    sentences.push(if of_a.seed == of_b.seed {
        format!("Both runs have seed {}.", of_a.seed)
    } else {
        format!("The seeds differ: A has {}, B has {}.", of_a.seed, of_b.seed)
    });
    sentences.push(match (a.weights_checksum, b.weights_checksum) {
        (Some(a), Some(b)) if a == b => "They began with the same weights.".to_owned(),
        (Some(_), Some(_)) => "They began with different weights.".to_owned(),
        _ => "Whether they began with the same weights cannot be told yet.".to_owned(),
    });
    sentences.push(if a.probe_checksum == b.probe_checksum {
        format!("Both record the same {} probe images.", of_a.probe_images)
    } else {
        "They record different probe images: compare their entropies with care.".to_owned()
    });
    let differences: Vec<String> = of_a
        .config
        .pairs()
        .into_iter()
        .zip(of_b.config.pairs())
        .filter(|(a, b)| a != b && a.0 != "seed")
        .map(|((name, a), (_, b))| format!("{name} {a} / {b}"))
        .collect();
    sentences.push(if differences.is_empty() {
        "All other settings agree.".to_owned()
    } else {
        format!("Different settings (A / B): {}.", differences.join(", "))
    });
    sentences
}

/// Both runs' metrics at the epochs shown, and their difference.
pub fn numbers(a: &OpenRun, epoch_a: usize, b: &OpenRun, epoch_b: usize) -> Numbers {
    let metrics = |run: &OpenRun, index: usize| run.epochs.get(index).map(|epoch| epoch.metrics);
    let (of_a, of_b) = (metrics(a, epoch_a), metrics(b, epoch_b));
    let row = |name: &str, of: &dyn Fn(&crate::training::EpochMetrics) -> f32| {
        let value = |metrics: Option<crate::training::EpochMetrics>| {
            metrics.as_ref().map_or(f64::NAN, |metrics| f64::from(of(metrics)))
        };
        let (a, b) = (value(of_a), value(of_b));
        vec![name.to_owned(), exact(a), exact(b), signed(b - a)]
    };
    Numbers {
        columns: ["", "A", "B", "B − A"].map(str::to_owned).to_vec(),
        rows: vec![
            row("training loss (nat)", &|metrics| metrics.train_loss),
            row("test loss (nat)", &|metrics| metrics.test_loss),
            row("training accuracy", &|metrics| metrics.train_accuracy),
            row("test accuracy", &|metrics| metrics.test_accuracy),
        ],
    }
}

#[cfg(test)]
mod tests;
