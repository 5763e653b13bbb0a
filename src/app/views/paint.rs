//! Figures → plots: which colour is which, and how curves get onto a canvas.

use std::cell::RefCell;

use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;

use crate::app::figures::depth::{Depth, Extent};
use crate::app::figures::{CurveChart, Ink};
use crate::app::widgets::{Hidden, Image, Surface};
use crate::plot::color::Rgb;
use crate::plot::hatch;
use crate::plot::lines::{self, Layout, LineChart, Rule, Series};
use crate::plot::palette::{self, Mode};
use crate::plot::ramp::Ramp;
use crate::plot::raster::{ValueRange, heatmap};
use crate::plot::theme::Theme;

/// The colour of a curve.
pub fn color(ink: Ink, mode: Mode) -> Rgb {
    match ink {
        Ink::Class(class) => palette::class(mode, class),
        Ink::AllClasses => palette::all_classes(mode),
        Ink::Layer { layer, of } => palette::layer(mode, layer, of),
        Ink::Train => palette::train(mode),
        Ink::Test => palette::test(mode),
        Ink::Mean => palette::class(mode, 0),
        Ink::Maximum => palette::class(mode, 2),
        Ink::Chance => palette::colours(mode).muted,
    }
}

/// The same for CSS.
pub fn css_color(ink: Ink, mode: Mode) -> String {
    color(ink, mode).css()
}

/// Whether the curve is dashed: told apart without colour too.
pub fn is_dashed(ink: Ink) -> bool {
    matches!(ink, Ink::AllClasses | Ink::Test | Ink::Chance)
}

/// The epoch under `x` of a chart `width` CSS pixels wide.
pub fn epoch_at(chart: &CurveChart, x: f64, width: f64, small: bool) -> f64 {
    layout(chart, width, small).epoch_at(x)
}

/// Where `epoch` stands in a chart `width` CSS pixels wide.
pub fn pixel_of(chart: &CurveChart, epoch: f64, width: f64, small: bool) -> f64 {
    layout(chart, width, small).x(epoch)
}

/// Epochs lie the same at any height.
fn layout(chart: &CurveChart, width: f64, small: bool) -> Layout {
    let (no_curves, any_height) = (line_chart(chart, &|_| false, Mode::Light, small), 200.0);
    Layout::new(&no_curves, &Theme::for_canvas(Mode::Light, 1.0), width, any_height)
}

/// Draws the curves that are not hidden.
pub fn curves(chart: &CurveChart, hidden: Hidden, mode: Mode, small: bool, surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let area = backend.into_drawing_area();
    let chart = line_chart(chart, &|index| !hidden.contains(index), mode, small);
    // A picture that cannot be drawn leaves the table of its numbers.
    let _ = lines::draw(&area, &chart, &Theme::for_canvas(mode, surface.scale));
}

fn line_chart(chart: &CurveChart, is_shown: &dyn Fn(usize) -> bool, mode: Mode, small: bool) -> LineChart {
    let shown = chart.curves.iter().enumerate().filter(|(index, _)| is_shown(*index));
    LineChart {
        x_range: (0.0, chart.last_epoch),
        x_title: "epoch".to_owned(),
        y_range: chart.y_range,
        y_title: chart.y_title.clone(),
        series: shown
            .map(|(_, curve)| Series {
                colour: color(curve.ink, mode),
                dashed: is_dashed(curve.ink),
                points: curve.points.clone(),
            })
            .collect(),
        rules: chart.rules.iter().map(|rule| Rule { y: rule.y, name: rule.name.clone() }).collect(),
        cursor: chart.cursor,
        small,
    }
}

/// RGBA of the cells of a heatmap, one pixel each.
pub fn cells(values: &[f64], range: ValueRange, is_difference: bool, mode: Mode) -> Vec<u8> {
    with_ramp(is_difference, mode, |ramp| {
        // One row of all values: their number fits by construction.
        heatmap(values, 1, values.len(), range, ramp).unwrap_or_default()
    })
}

/// The colours from the low end of a scale to the high one.
pub fn scale(is_difference: bool, mode: Mode) -> Image {
    let steps: Vec<f64> = (0..64).map(|step| f64::from(step) / 63.0).collect();
    let rgba = cells(&steps, ValueRange { low: 0.0, high: 1.0 }, is_difference, mode);
    Image { width: 64, height: 1, rgba }
}

/// Lines over marked cells; an empty picture when none is marked.
pub fn hatching(marks: &[bool], rows: usize, columns: usize) -> Image {
    if !marks.contains(&true) {
        return Image::default();
    }
    let side = hatch::cell_side(rows, columns);
    let rgba = hatch::hatch(marks, rows, columns, side).unwrap_or_default();
    Image { width: columns * side, height: rows * side, rgba }
}

thread_local! {
    static RAMPS: RefCell<Vec<((bool, Mode), Ramp)>> = const { RefCell::new(Vec::new()) };
}

/// Ramps are made once: that takes longer than colouring a matrix.
fn with_ramp<R>(is_difference: bool, mode: Mode, paint: impl FnOnce(&Ramp) -> R) -> R {
    RAMPS.with_borrow_mut(|ramps| {
        let key = (is_difference, mode);
        let place = ramps.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            ramps.push((key, if is_difference { Ramp::difference(mode) } else { Ramp::capacity(mode) }));
            ramps.len() - 1
        });
        paint(&ramps[place].1)
    })
}

/// A number of an extent.
type Number = fn(&Extent) -> f64;

const DEPTH_CURVES: [(Ink, Number); 3] = [
    (Ink::Maximum, |extent| extent.maximum),
    (Ink::Mean, |extent| extent.mean),
    (Ink::Chance, |extent| extent.chance),
];

/// Draws mean and maximum capacity over layers.
pub fn depth(depth: &Depth, selected: usize, hidden: Hidden, mode: Mode, surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let shown = DEPTH_CURVES.into_iter().enumerate().filter(|(index, _)| !hidden.contains(*index));
    let series = shown.map(|(_, (ink, number))| Series {
        colour: color(ink, mode),
        dashed: is_dashed(ink),
        points: depth.curve(number),
    });
    let cursor = (selected > depth.from).then_some(selected as f64);
    let chart = LineChart { series: series.collect(), cursor, ..depth_axes(depth) };
    // A picture that cannot be drawn leaves the table of its numbers.
    let _ = lines::draw(&backend.into_drawing_area(), &chart, &Theme::for_canvas(mode, surface.scale));
}

/// The place on the axis of layers under `x` of a chart `width` CSS pixels wide.
pub fn layer_at(depth: &Depth, x: f64, width: f64) -> f64 {
    depth_layout(depth, width).epoch_at(x)
}

/// Where `layer` stands in a chart `width` CSS pixels wide.
pub fn pixel_of_layer(depth: &Depth, layer: usize, width: f64) -> f64 {
    depth_layout(depth, width).x(layer as f64)
}

fn depth_layout(depth: &Depth, width: f64) -> Layout {
    Layout::new(&depth_axes(depth), &Theme::for_canvas(Mode::Light, 1.0), width, 200.0)
}

fn depth_axes(depth: &Depth) -> LineChart {
    LineChart {
        x_range: (depth.from as f64, depth.last.max(depth.from + 1) as f64),
        x_title: "layer".to_owned(),
        y_range: (0.0, depth.top()),
        y_title: "I (bit)".to_owned(),
        series: Vec::new(),
        rules: Vec::new(),
        cursor: None,
        small: false,
    }
}
