//! Figures → plots: which colour is which, and how curves get onto a canvas.

use std::collections::BTreeSet;

use wasm_bindgen::JsCast;

use crate::app::figures::{CurveChart, Ink};
use crate::app::widgets::Surface;
use crate::plot::color::Rgb;
use crate::plot::palette::{self, Mode};
use crate::plot::ramp::Ramp;
use crate::plot::raster::{ValueRange, heatmap};

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

pub fn curves(chart: &CurveChart, hidden: &BTreeSet<usize>, mode: Mode, small: bool, surface: &Surface) {
    let Ok(Some(c)) = surface.canvas.get_context("2d") else { return };
    let c: web_sys::CanvasRenderingContext2d = c.unchecked_into();
    let s = surface.scale;
    let (w, h) = (surface.width, surface.height);
    let _ = c.set_transform(s, 0.0, 0.0, s, 0.0, 0.0);
    c.clear_rect(0.0, 0.0, w, h);
    let y = |v: f64| {
        let (a, b) = chart.y_range;
        let bottom = if small { 14.0 } else { 24.0 };
        (h - bottom) - (v - a) / (b - a) * (h - bottom - 6.0)
    };
    c.set_stroke_style_str(&palette::colours(mode).axis.css());
    c.stroke_rect(left(small), 6.0, w - left(small) - 8.0, y(chart.y_range.0) - 6.0);
    for (i, curve) in chart.curves.iter().enumerate() {
        if hidden.contains(&i) {
            continue;
        }
        c.set_stroke_style_str(&css_color(curve.ink, mode));
        c.set_line_width(1.5);
        c.begin_path();
        for &(x, v) in curve.points.iter().filter(|p| p.1.is_finite()) {
            c.line_to(pixel_of(chart, x, w, small), y(v));
        }
        c.stroke();
    }
}
fn left(small: bool) -> f64 {
    if small { 24.0 } else { 44.0 }
}
pub fn epoch_at(chart: &CurveChart, x: f64, width: f64, small: bool) -> Option<f64> {
    let l = left(small);
    (x >= l - 6.0).then(|| (x - l) / (width - l - 8.0) * chart.last_epoch)
}
pub fn pixel_of(chart: &CurveChart, at: f64, width: f64, small: bool) -> f64 {
    let l = left(small);
    l + at / chart.last_epoch * (width - l - 8.0)
}

/// RGBA of values between 0 and `top`, one pixel each.
pub fn raster(values: &[f64], top: f64, mode: Mode) -> Vec<u8> {
    let range = ValueRange { low: 0.0, high: top };
    // One row of all values: their number fits by construction.
    heatmap(values, 1, values.len(), range, &Ramp::capacity(mode)).unwrap_or_default()
}
