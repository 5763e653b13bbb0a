//! A query's answer as what its axes ask for: a number, bars, curves over epochs, a matrix, and always a table.

#[cfg(test)]
mod tests;

use super::capacity::over;
use super::{Curve, CurveChart, Ink, Numbers, exact, range_of};
use crate::app::session::OpenRun;
use crate::app::session::editor::outline::grouped;
use crate::app::session::query::QueryAnswer;
use crate::protocol::compute::AnswerAxis;
use crate::query::{Query, parse};

/// Most curves in one chart.
const MOST_CURVES: usize = 16;
/// Most rows of a table on the page; a file has all.
pub const MOST_ROWS: usize = 2000;

/// What an answer is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One value.
    Number,
    /// A value per index of the one axis.
    Bars,
    /// Values over epochs, a curve per index of the other axes.
    Curves,
    /// Two axes as rows and columns; further axes stand at one index each.
    Matrix,
    /// An axis has no index.
    Nothing,
}

/// What suits these axes.
pub fn form(answer: &QueryAnswer) -> Form {
    let lengths = || answer.axes.iter().map(|axis| axis.labels.len());
    if lengths().any(|length| length == 0) || answer.values.values.is_empty() {
        return Form::Nothing;
    }
    let others: usize =
        answer.axes.iter().filter(|axis| axis.name != "epoch").map(|axis| axis.labels.len()).product();
    let has_epochs = answer.axes.iter().any(|axis| axis.name == "epoch" && axis.labels.len() > 1);
    match answer.axes.len() {
        0 => Form::Number,
        _ if has_epochs && others <= MOST_CURVES => Form::Curves,
        1 => Form::Bars,
        _ => Form::Matrix,
    }
}

/// The unit behind a value: " bit", "" for shares and counts.
pub fn suffix(unit: &str) -> &'static str {
    match unit {
        "bit" => " bit",
        "nat" => " nat",
        "count" => " images",
        _ => "",
    }
}

/// A value with its unit; shares as percent, counts without decimals.
pub fn value(value: f64, unit: &str) -> String {
    match unit {
        "1" if value.is_finite() => format!("{:.2} %", 100.0 * value),
        "count" if value.is_finite() => format!("{value:.0}"),
        _ => exact(value),
    }
}

/// A value that stands alone, with its unit.
pub fn alone(number: f64, unit: &str) -> String {
    format!("{}{}", value(number, unit), suffix(unit))
}

/// Over how many pairs of images the answer was estimated, as a sentence to follow another; nothing where it was not.
pub fn estimated(answer: &QueryAnswer) -> String {
    answer.counted.map(|counted| format!(" Over {}.", over(counted))).unwrap_or_default()
}

/// How many images an answer about the test set is of; empty for one that is about probe images.
pub fn test_images(query: &str, run: &OpenRun) -> String {
    let is_of_test_set = matches!(parse(query), Ok(Query::OfClasses { .. } | Query::OfEpochs { .. }));
    match run.epochs.last() {
        Some(last) if is_of_test_set => format!(" N = {} test images.", grouped(last.confusion.total())),
        _ => String::new(),
    }
}

/// The answer in a sentence, for those who hear it.
pub fn sentence(answer: &QueryAnswer) -> String {
    let QueryAnswer { query, unit, values, .. } = answer;
    if form(answer) == Form::Number {
        let bits = values.values.first().copied().unwrap_or(f64::NAN);
        return format!("{query} = {}", alone(bits, unit));
    }
    if let Some(several) = several_values(answer) {
        return several;
    }
    let finite: Vec<f64> = values.values.iter().copied().filter(|value| value.is_finite()).collect();
    let axes: Vec<String> = answer
        .axes
        .iter()
        .map(|axis| format!("{} × {}", axis.labels.len(), axis_words(&axis.name)))
        .collect();
    let (low, high) = finite
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)));
    if finite.is_empty() {
        return format!("{query}: {}, no value is defined.", axes.join(", "));
    }
    let mean = finite.iter().sum::<f64>() / finite.len() as f64;
    let undefined = values.values.len() - finite.len();
    let rest = if undefined == 0 { String::new() } else { format!("; {undefined} undefined or infinite") };
    format!(
        "{query}: {}. From {} to {}, mean {}{rest}.",
        axes.join(", "),
        value(low, unit),
        alone(high, unit),
        value(mean, unit)
    )
}

/// Of a measure that gives several values, which have no mean: what they are, where they stand alone how large.
fn several_values(answer: &QueryAnswer) -> Option<String> {
    let (last, others) = answer.axes.split_last().filter(|(last, _)| last.name == "value")?;
    let QueryAnswer { query, unit, values, .. } = answer;
    if others.is_empty() {
        let each = last.labels.iter().zip(&values.values);
        let each: Vec<String> = each.map(|(name, &bits)| format!("{name} = {}", alone(bits, unit))).collect();
        return Some(format!("{query}: {}.", each.join(", ")));
    }
    let axes = others.iter().map(|axis| format!("{} × {}", axis.labels.len(), axis_words(&axis.name)));
    let axes: Vec<String> = axes.collect();
    Some(format!("{query}: {}, of each {}.", axes.join(", "), last.labels.join(", ")))
}

/// An axis's name for reading.
pub fn axis_words(name: &str) -> &str {
    match name {
        "channel_a" => "channel of the first layer",
        "channel_b" => "channel of the second layer",
        "layer_a" => "first layer",
        "layer_b" => "second layer",
        "predicted" => "predicted class",
        "actual" => "actual class",
        other => other,
    }
}

/// An index of an axis for reading: `class 3`, `2 pool1`.
pub fn label(axis: &AnswerAxis, index: usize) -> String {
    let words = axis.labels.get(index).map_or("?", String::as_str);
    match axis.name.as_str() {
        name @ ("layer" | "layer_a" | "layer_b") => {
            let side = name.strip_prefix("layer_").map(|side| format!(" ({side})")).unwrap_or_default();
            format!("{} {words}{side}", axis.coordinates.get(index).copied().unwrap_or(index))
        }
        "class" | "actual" | "predicted" | "value" => words.to_owned(),
        name => format!("{} {words}", name.split('_').next().unwrap_or(name)),
    }
}

/// Distance in values between neighbours along each axis.
fn strides(axes: &[AnswerAxis]) -> Vec<usize> {
    let mut strides = vec![1; axes.len()];
    for at in (1..axes.len()).rev() {
        strides[at - 1] = strides[at] * axes[at].labels.len();
    }
    strides
}

/// Positions in the values of all indices of some axes, with those indices.
fn positions(axes: &[AnswerAxis], along: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let strides = strides(axes);
    let mut found = vec![(0, Vec::new())];
    for &axis in along {
        let step = |(position, indices): (usize, Vec<usize>)| {
            let stride = strides[axis];
            (0..axes[axis].labels.len()).map(move |index| {
                let indices = indices.iter().copied().chain([index]).collect();
                (position + index * stride, indices)
            })
        };
        found = found.into_iter().flat_map(step).collect();
    }
    found
}

/// Curves over epochs: one per index of the other axes.
pub fn curves(answer: &QueryAnswer, cursor: Option<f64>) -> Option<CurveChart> {
    let axes = &answer.axes;
    let epoch = axes.iter().position(|axis| axis.name == "epoch")?;
    let others: Vec<usize> = (0..axes.len()).filter(|&axis| axis != epoch).collect();
    let stride = strides(axes)[epoch];
    let starts = positions(axes, &others);
    let n_curves = starts.len();
    let percent = if answer.unit == "1" { 100.0 } else { 1.0 };
    let curve = |(number, (start, indices)): (usize, (usize, Vec<usize>))| {
        let point = |(index, &epoch): (usize, &usize)| {
            let value = answer.values.values.get(start + index * stride).copied().unwrap_or(f64::NAN);
            (epoch as f64, percent * value)
        };
        let names: Vec<String> =
            others.iter().zip(&indices).map(|(&axis, &index)| label(&axes[axis], index)).collect();
        let ink = match (others.as_slice(), n_curves) {
            ([], _) => Ink::AllClasses,
            ([axis], _) if matches!(axes[*axis].name.as_str(), "class" | "actual" | "predicted") => {
                Ink::Class(axes[*axis].coordinates.get(indices[0]).copied().unwrap_or(0))
            }
            _ => Ink::Layer { layer: number, of: n_curves },
        };
        let name = if names.is_empty() { answer.query.clone() } else { names.join(", ") };
        let points = axes[epoch].coordinates.iter().enumerate().map(point).collect();
        Curve { name, ink, points }
    };
    let curves: Vec<Curve> = starts.into_iter().enumerate().map(curve).collect();
    let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
    let y_range = if answer.unit == "1" { (0.0, 100.0) } else { range_of(values, 0.1) };
    let y_title = match answer.unit.as_str() {
        "1" => "percent".to_owned(),
        "count" => "images".to_owned(),
        // It has none.
        "number" => String::new(),
        unit => unit.to_owned(),
    };
    let last = axes[epoch].coordinates.last().copied().unwrap_or(1);
    Some(CurveChart {
        x_end: (last as f64).max(1.0),
        y_title,
        y_range,
        curves,
        cursor,
        ..CurveChart::default()
    })
}

/// A bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// With its unit.
    pub text: String,
    /// Length, 0 … 1; 0 for what is not finite.
    pub share: f64,
}

/// A bar per index of the one axis.
pub fn bars(answer: &QueryAnswer) -> Vec<Bar> {
    let Some(axis) = answer.axes.first() else { return Vec::new() };
    let values = &answer.values.values;
    let top = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let bar = |(index, &number): (usize, &f64)| Bar {
        label: label(axis, index),
        text: value(number, &answer.unit),
        share: if number.is_finite() && top > 0.0 { (number / top).clamp(0.0, 1.0) } else { 0.0 },
    };
    values.iter().enumerate().map(bar).collect()
}

/// Two axes of an answer as rows and columns, the others at one index each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Position of the axis of the rows.
    pub rows: usize,
    /// Position of the axis of the columns.
    pub columns: usize,
    /// Number of rows.
    pub height: usize,
    /// Number of columns.
    pub width: usize,
    /// Row-major.
    pub values: Vec<f64>,
}

/// The last two axes that are no epochs (an epoch among them where there is no other) as a matrix; `fixed` holds the
/// index of each other axis.
pub fn matrix(answer: &QueryAnswer, fixed: &[usize]) -> Option<Matrix> {
    let axes = &answer.axes;
    let (rows, columns) = sides(axes)?;
    let strides = strides(axes);
    let index_of = |axis: usize| {
        let last = axes[axis].labels.len().saturating_sub(1);
        fixed.get(axis).copied().unwrap_or(0).min(last)
    };
    let start: usize = (0..axes.len())
        .filter(|&axis| axis != rows && axis != columns)
        .map(|axis| index_of(axis) * strides[axis])
        .sum();
    let (height, width) = (axes[rows].labels.len(), axes[columns].labels.len());
    let value = |row: usize, column: usize| {
        let position = start + row * strides[rows] + column * strides[columns];
        answer.values.values.get(position).copied().unwrap_or(f64::NAN)
    };
    let values = (0..height).flat_map(|row| (0..width).map(move |column| value(row, column))).collect();
    Some(Matrix { rows, columns, height, width, values })
}

/// The index at which each axis stands that is neither rows nor columns: as picked, and epochs at the slider's.
pub fn standing(axes: &[AnswerAxis], picked: &[usize], epoch: Option<u32>) -> Vec<usize> {
    let of_epoch = |axis: &AnswerAxis| {
        let found =
            epoch.and_then(|epoch| axis.coordinates.iter().position(|&other| other == epoch as usize));
        found.unwrap_or(axis.coordinates.len().saturating_sub(1))
    };
    let index = |(at, axis): (usize, &AnswerAxis)| match axis.name.as_str() {
        "epoch" => of_epoch(axis),
        _ => picked.get(at).copied().unwrap_or(0),
    };
    axes.iter().enumerate().map(index).collect()
}

/// Which axes are rows and columns. Of two layers the first lies across, as in the paper's Figure 8.
pub fn sides(axes: &[AnswerAxis]) -> Option<(usize, usize)> {
    let mut order: Vec<usize> = (0..axes.len()).collect();
    // Axes of one index and epochs give way to those that show more.
    order.sort_by_key(|&axis| (axes[axis].labels.len() > 1, axes[axis].name != "epoch", axis));
    let mut last = order.into_iter().rev().take(2).collect::<Vec<_>>();
    last.sort_unstable();
    match last[..] {
        [a, b] if axes[a].name.ends_with("_a") && axes[b].name.ends_with("_b") => Some((b, a)),
        [rows, columns] => Some((rows, columns)),
        _ => None,
    }
}

/// The largest finite value, at least 0.
pub fn maximum(values: &[f64]) -> f64 {
    values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// A row per value: its place on every axis, and the value.
pub fn numbers(answer: &QueryAnswer, most: usize) -> Numbers {
    let axes = &answer.axes;
    let along: Vec<usize> = (0..axes.len()).collect();
    let words = |(&axis, &index): (&usize, &usize)| axes[axis].labels.get(index).cloned().unwrap_or_default();
    let row = |(position, indices): (usize, Vec<usize>)| {
        let number = answer.values.values.get(position).copied().unwrap_or(f64::NAN);
        along.iter().zip(&indices).map(words).chain([exact(number)]).collect()
    };
    let unit = if answer.unit == "1" { "share".to_owned() } else { answer.unit.clone() };
    Numbers {
        columns: axes.iter().map(|axis| axis.name.clone()).chain([unit]).collect(),
        rows: positions(axes, &along).into_iter().take(most).map(row).collect(),
    }
}
