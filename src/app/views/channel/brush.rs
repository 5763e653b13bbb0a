//! Pictures of the channel view → canvas.

use std::f64::consts::TAU;

use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::CanvasRenderingContext2d;

use super::channels::Channels;
use crate::app::figures::Ink;
use crate::app::views::paint;
use crate::app::widgets::{Hidden, Surface};
use crate::plot::circles::Picture;
use crate::plot::lines::Series;
use crate::plot::multiples::{Grid, draw_axis, draw_row};
use crate::plot::palette::Mode;
use crate::plot::theme::{FONT, Theme};

/// One row of boxes.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// Whose curves.
    pub channels: Option<Channels>,
    /// Those of the row, from left to right.
    pub shown: Vec<usize>,
    /// Columns that are not drawn.
    pub hidden: Hidden,
    /// Where the boxes lie.
    pub grid: Grid,
    /// Light or dark.
    pub mode: Mode,
}

/// Which colour a column of the entropies has.
pub fn ink(channels: &Channels, column: usize) -> Ink {
    if column == channels.all() { Ink::AllClasses } else { Ink::Class(column) }
}

/// Draws a row.
pub fn row(row: &Row, surface: &Surface) {
    let Some(channels) = &row.channels else { return };
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let shown = || (0..channels.columns.len()).filter(|&column| !row.hidden.contains(column));
    let series = |channel: usize, column: usize| Series {
        colour: paint::color(ink(channels, column), row.mode),
        dashed: false,
        points: channels.curve(channel, column),
    };
    let boxes: Vec<Vec<Series>> =
        row.shown.iter().map(|&channel| shown().map(|column| series(channel, column)).collect()).collect();
    // A row that cannot be drawn leaves the table of its numbers.
    let _ = draw_row(
        &backend.into_drawing_area(),
        &row.grid,
        &boxes,
        &Theme::for_canvas(row.mode, surface.scale),
    );
}

/// Draws the axis below the rows.
pub fn axis((grid, mode): &(Grid, Mode), surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let _ = draw_axis(&backend.into_drawing_area(), grid, &Theme::for_canvas(*mode, surface.scale));
}

/// Draws circles and their names.
pub fn circles(picture: &Picture, theme: &Theme, surface: &Surface) {
    let Ok(Some(context)) = surface.canvas.get_context("2d") else { return };
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let scale = surface.scale;
    // Refused only for numbers that are none.
    let _ = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
    context.set_fill_style_str(&theme.colours.background.css());
    context.fill_rect(0.0, 0.0, surface.width, surface.height);
    for disc in &picture.discs {
        context.begin_path();
        if context.arc(disc.circle.x, disc.circle.y, disc.circle.radius, 0.0, TAU).is_err() {
            continue;
        }
        if let Some(fill) = disc.fill {
            context.set_fill_style_str(&fill.css());
            context.fill();
        }
        if let Some((colour, width)) = disc.rim {
            context.set_stroke_style_str(&colour.css());
            context.set_line_width(width);
            context.stroke();
        }
    }
    context.set_text_align("center");
    context.set_text_baseline("middle");
    for caption in &picture.captions {
        context.set_fill_style_str(&caption.colour.css());
        context.set_font(&format!("{:.1}px {FONT}", caption.size));
        let _ = context.fill_text(&caption.text, caption.x, caption.y);
    }
    let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
}
