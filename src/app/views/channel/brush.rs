//! Pictures of the channel view → canvas.

use std::f64::consts::TAU;

use leptos::prelude::document;
use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::channels::Channels;
use crate::app::figures::Ink;
use crate::app::views::paint;
use crate::app::widgets::save::save_picture;
use crate::app::widgets::{Hidden, Surface};
use crate::plot::circles::Picture;
use crate::plot::lines::Series;
use crate::plot::multiples::{Grid, Sheet, draw_axis, draw_row};
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

/// A line to compare a channel's curves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The most that h can be.
    Ceiling,
    /// The same channel before it learnt.
    Untrained,
}

impl Reference {
    /// In the order of the legend, behind the columns.
    pub const BOTH: [Self; 2] = [Self::Ceiling, Self::Untrained];

    /// In the legend.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ceiling => "ceiling",
            Self::Untrained => "random weights (epoch 0)",
        }
    }

    /// Its colour.
    pub fn ink(self) -> Ink {
        match self {
            Self::Ceiling => Ink::Chance,
            Self::Untrained => Ink::AllClasses,
        }
    }

    fn series(self, channels: &Channels, channel: usize, mode: Mode) -> Series {
        let points = match self {
            Self::Ceiling => channels.level(Some(channels.ceiling())),
            Self::Untrained => channels.level(channels.h_untrained(channel)),
        };
        Series { dashed: true, ..Series::line(paint::color(self.ink(), mode), points) }
    }
}

/// The curves of a channel that are drawn: what they are compared with first, that of all classes last.
fn curves(channels: &Channels, channel: usize, hidden: Hidden, mode: Mode) -> Vec<Series> {
    let n_columns = channels.columns.len();
    let is_shown = |place: usize| !hidden.contains(n_columns + place);
    let references = Reference::BOTH.into_iter().enumerate().filter(|&(place, _)| is_shown(place));
    let references = references.map(|(_, reference)| reference.series(channels, channel, mode));
    let series = |column: usize| {
        Series::line(paint::color(ink(channels, column), mode), channels.curve(channel, column))
    };
    references.chain((0..n_columns).filter(|&column| !hidden.contains(column)).map(series)).collect()
}

/// Draws a row.
pub fn row(row: &Row, surface: &Surface) {
    let Some(channels) = &row.channels else { return };
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let boxes: Vec<Vec<Series>> =
        row.shown.iter().map(|&channel| curves(channels, channel, row.hidden, row.mode)).collect();
    let theme = Theme::for_canvas(row.mode, surface.scale);
    // A row that cannot be drawn leaves the table of its numbers.
    let _ = draw_row(&backend.into_drawing_area(), &row.grid, &boxes, &theme);
}

/// Saves the boxes of `row`, which may be all of a layer's, as a picture `width` CSS pixels wide.
pub fn save_sheet(row: &Row, width: f64) {
    let Some(channels) = &row.channels else { return };
    let Ok(canvas) = document().create_element("canvas") else { return };
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    let height = Sheet::height(&row.grid);
    // No browser takes a canvas of more than 16384 pixels for granted.
    let scale = (16_000.0 / height).clamp(0.5, 2.0);
    canvas.set_width((width * scale).round() as u32);
    canvas.set_height((height * scale).round() as u32);
    let name =
        |column: usize| (channels.columns[column].clone(), paint::color(ink(channels, column), row.mode));
    let references = Reference::BOTH
        .map(|reference| (reference.name().to_owned(), paint::color(reference.ink(), row.mode)));
    let n_columns = channels.columns.len();
    let entries = (0..n_columns).map(name).chain(references).enumerate();
    let legend: Vec<_> =
        entries.filter(|(place, _)| !row.hidden.contains(*place)).map(|(_, entry)| entry).collect();
    let named =
        |&channel: &usize| (format!("channel {channel}"), curves(channels, channel, row.hidden, row.mode));
    let boxes: Vec<_> = row.shown.iter().map(named).collect();
    let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    let theme = Theme::for_canvas(row.mode, scale);
    let sheet = Sheet { legend: &legend, boxes: &boxes };
    if sheet.draw(&backend.into_drawing_area(), &row.grid, &theme).is_ok() {
        // A download that the browser refuses is shown by the browser.
        let _ = save_picture(&canvas, format!("intra-sample-layer-{}.png", channels.layer));
    }
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
