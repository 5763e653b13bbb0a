//! Figures → plots: which colour is which, and how curves get onto a canvas.

use std::collections::BTreeSet;

use wasm_bindgen::JsCast;
use web_sys::CanvasRenderingContext2d;

use crate::app::figures::{CurveChart, Ink, number};
use crate::app::widgets::Surface;
use crate::plot::color::Rgb;
use crate::plot::palette::{self, Mode};
use crate::plot::ramp::Ramp;
use crate::plot::raster::{ValueRange, heatmap};
use crate::plot::theme::{Colours, FONT};

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

/// Where the axes stand on a surface, in CSS pixels.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn new(width: f64, height: f64, small: bool) -> Self {
        let (left, top, below) = if small { (26.0, 8.0, 16.0) } else { (48.0, 22.0, 34.0) };
        Self { left, right: (width - 8.0).max(left + 1.0), top, bottom: height - below }
    }

    fn x(&self, chart: &CurveChart, epoch: f64) -> f64 {
        self.left + epoch / chart.last_epoch * (self.right - self.left)
    }

    fn y(&self, chart: &CurveChart, value: f64) -> f64 {
        let (low, high) = chart.y_range;
        self.bottom - (value - low) / (high - low) * (self.bottom - self.top)
    }
}

/// The epoch under `x` of a chart `width` CSS pixels wide.
pub fn epoch_at(chart: &CurveChart, x: f64, width: f64, small: bool) -> Option<f64> {
    let frame = Frame::new(width, 0.0, small);
    let epoch = (x - frame.left) / (frame.right - frame.left) * chart.last_epoch;
    (x >= frame.left - 8.0).then(|| epoch.clamp(0.0, chart.last_epoch))
}

/// Where `epoch` stands in a chart `width` CSS pixels wide.
pub fn pixel_of(chart: &CurveChart, epoch: f64, width: f64, small: bool) -> f64 {
    Frame::new(width, 0.0, small).x(chart, epoch)
}

/// Draws the curves that are not hidden; +∞ as a mark at the upper edge, NaN as a gap.
pub fn curves(chart: &CurveChart, hidden: &BTreeSet<usize>, mode: Mode, small: bool, surface: &Surface) {
    let Some(pen) = Pen::new(surface, mode) else { return };
    let frame = Frame::new(surface.width, surface.height, small);
    axes(&pen, &frame, chart, small);
    for rule in &chart.rules {
        pen.line(
            &[(frame.left, frame.y(chart, rule.y)), (frame.right, frame.y(chart, rule.y))],
            pen.colours.muted,
            1.0,
            true,
        );
        pen.text(&rule.name, frame.right, frame.y(chart, rule.y) + 3.0, "right", "top");
    }
    if let Some(epoch) = chart.cursor {
        let x = frame.x(chart, epoch);
        pen.line(&[(x, frame.top), (x, frame.bottom)], pen.colours.marker, 1.0, false);
    }
    for (_, curve) in chart.curves.iter().enumerate().filter(|(index, _)| !hidden.contains(index)) {
        let ink = color(curve.ink, mode);
        for stretch in curve.points.split(|point| !point.1.is_finite()) {
            let path: Vec<(f64, f64)> =
                stretch.iter().map(|&(x, y)| (frame.x(chart, x), frame.y(chart, y))).collect();
            pen.line(&path, ink, if small { 1.25 } else { 1.75 }, is_dashed(curve.ink));
            if let [only] = path[..] {
                pen.dot(only, ink);
            }
        }
        for point in curve.points.iter().filter(|point| point.1.is_infinite()) {
            pen.symbol("∞", frame.x(chart, point.0), frame.top, ink);
        }
    }
}

fn axes(pen: &Pen, frame: &Frame, chart: &CurveChart, small: bool) {
    let (low, high) = chart.y_range;
    for tick in ticks(low, high, if small { 2 } else { 5 }, 0.0) {
        let y = frame.y(chart, tick);
        pen.line(&[(frame.left, y), (frame.right, y)], pen.colours.grid, 1.0, false);
        pen.text(&number(tick), frame.left - 5.0, y, "right", "middle");
    }
    for tick in ticks(0.0, chart.last_epoch, if small { 2 } else { 8 }, 1.0) {
        pen.text(&number(tick), frame.x(chart, tick), frame.bottom + 4.0, "center", "top");
    }
    pen.line(
        &[(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)],
        pen.colours.axis,
        1.0,
        false,
    );
    if !small {
        pen.text("epoch", f64::midpoint(frame.left, frame.right), frame.bottom + 19.0, "center", "top");
        pen.text(&chart.y_title, 4.0, 2.0, "left", "top");
    }
}

/// Round numbers from `low` to `high`, about `n` of them, at least `least` apart.
fn ticks(low: f64, high: f64, n: usize, least: f64) -> Vec<f64> {
    let rough = ((high - low) / n as f64).max(least).max(1e-9);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|step| step * power)
        .into_iter()
        .find(|&step| step >= rough * 0.999)
        .unwrap_or(rough);
    let first = (low / step).ceil() as i64;
    (first..).map(|index| index as f64 * step).take_while(|&tick| tick <= high + 1e-9).collect()
}

/// A canvas context in CSS pixels.
struct Pen {
    context: CanvasRenderingContext2d,
    colours: Colours,
}

impl Pen {
    fn new(surface: &Surface, mode: Mode) -> Option<Self> {
        let context: CanvasRenderingContext2d = surface.canvas.get_context("2d").ok()??.dyn_into().ok()?;
        let colours = palette::colours(mode);
        context.set_transform(surface.scale, 0.0, 0.0, surface.scale, 0.0, 0.0).ok()?;
        context.set_fill_style_str(&colours.background.css());
        context.fill_rect(0.0, 0.0, surface.width, surface.height);
        context.set_font(&format!("11px {FONT}"));
        context.set_line_join("round");
        Some(Self { context, colours })
    }

    fn line(&self, path: &[(f64, f64)], color: Rgb, width: f64, dashed: bool) {
        let dash = if dashed { js_sys::Array::of2(&5.0.into(), &3.0.into()) } else { js_sys::Array::new() };
        // A browser without dashes draws a full line.
        let _ = self.context.set_line_dash(&dash);
        self.context.set_stroke_style_str(&color.css());
        self.context.set_line_width(width);
        self.context.begin_path();
        for &(x, y) in path {
            self.context.line_to(x, y);
        }
        self.context.stroke();
    }

    fn dot(&self, (x, y): (f64, f64), color: Rgb) {
        self.context.set_fill_style_str(&color.css());
        self.context.fill_rect(x - 2.0, y - 2.0, 4.0, 4.0);
    }

    fn symbol(&self, text: &str, x: f64, y: f64, color: Rgb) {
        self.context.set_fill_style_str(&color.css());
        self.context.set_text_align("center");
        self.context.set_text_baseline("middle");
        // A text that cannot be drawn is in the table.
        let _ = self.context.fill_text(text, x, y);
    }

    fn text(&self, text: &str, x: f64, y: f64, align: &str, baseline: &str) {
        self.context.set_fill_style_str(&self.colours.muted.css());
        self.context.set_text_align(align);
        self.context.set_text_baseline(baseline);
        let _ = self.context.fill_text(text, x, y);
    }
}

/// RGBA of values between 0 and `top`, one pixel each.
pub fn raster(values: &[f64], top: f64, mode: Mode) -> Vec<u8> {
    let range = ValueRange { low: 0.0, high: top };
    // One row of all values: their number fits by construction.
    heatmap(values, 1, values.len(), range, &Ramp::capacity(mode)).unwrap_or_default()
}
