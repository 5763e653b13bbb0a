//! What a chart looks like, apart from its data: colours, fonts, and how many pixels a CSS pixel has.
//!
//! `style/tokens.css` says the same to the page; a test in [`super::palette`] holds both together.

use super::palette::{self, Colours, Mode};

/// Everything a chart needs to know about where it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Light or dark.
    pub mode: Mode,
    /// Colours of everything that is not data.
    pub colours: Colours,
    /// A CSS `font-family` list.
    pub font: String,
    /// Font size of ticks and legends, CSS pixels.
    pub small: f64,
    /// Font size of titles, CSS pixels.
    pub medium: f64,
    /// Backend pixels per CSS pixel (`devicePixelRatio` on a canvas, 1 in a file).
    pub scale: f64,
    /// What the backend divides font sizes by: 1 on a canvas, 1.24 in plotters' SVG.
    pub font_divisor: f64,
}

/// The font stack of the page, as in `style/tokens.css`.
pub const FONT: &str = "-apple-system, BlinkMacSystemFont, \"Segoe UI\", Roboto, \"Noto Sans\", Ubuntu, Cantarell, \"Helvetica Neue\", \"DejaVu Sans Condensed\", system-ui, sans-serif";

impl Theme {
    /// For a canvas whose backing store has `scale` pixels per CSS pixel.
    pub fn for_canvas(mode: Mode, scale: f64) -> Self {
        Self {
            mode,
            colours: palette::colours(mode),
            font: FONT.to_owned(),
            small: 12.0,
            medium: 14.0,
            scale,
            font_divisor: 1.0,
        }
    }

    /// For plotters' `SVGBackend`.
    pub fn for_svg(mode: Mode) -> Self {
        // plotters-svg writes `size / 1.24` as the font size (plotters-svg 0.3.7, `draw_text`).
        Self { font_divisor: 1.24, ..Self::for_canvas(mode, 1.0) }
    }

    /// Height of a line of small text, CSS pixels.
    pub fn line_height(&self) -> f64 {
        (self.small * 1.35).ceil()
    }

    /// Height of a line with a title, CSS pixels.
    pub fn title_height(&self) -> f64 {
        (self.medium * 1.5).ceil()
    }
}
