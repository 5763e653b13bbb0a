//! Figures → plots: which colour is which, and how curves get onto a canvas.

use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;

use crate::app::figures::{CurveChart, Ink};
use crate::app::widgets::{Hidden, Surface};
use crate::plot::color::Rgb;
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
    }
}

/// The same for CSS.
pub fn css_color(ink: Ink, mode: Mode) -> String {
    color(ink, mode).css()
}

/// Whether the curve is dashed: told apart without colour too.
pub fn is_dashed(ink: Ink) -> bool {
    matches!(ink, Ink::AllClasses | Ink::Test)
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

/// RGBA of values between 0 and `top`, one pixel each.
pub fn raster(values: &[f64], top: f64, mode: Mode) -> Vec<u8> {
    let range = ValueRange { low: 0.0, high: top };
    // One row of all values: their number fits by construction.
    heatmap(values, 1, values.len(), range, &Ramp::capacity(mode)).unwrap_or_default()
}
