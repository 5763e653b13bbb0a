//! Drawing: charts on any plotters backend, rasters as RGBA pixels, layouts as positions.
//!
//! Data come from the caller as plain numbers with names; views put the pictures on a canvas or into an SVG file.
//! Lengths are CSS pixels everywhere; [`theme::Theme::scale`] turns them into the backend's pixels. Text is measured
//! by [`text`], never through the document. Nothing here knows signals, the browser or the cube.

pub mod architecture;
pub mod axis;
pub mod bars;
pub mod circles;
pub mod clip;
pub mod color;
pub mod hatch;
pub mod hypercube;
pub mod ends;
pub mod legend;
pub mod lines;
pub mod multiples;
pub mod nearest;
pub mod pack;
pub mod palette;
pub mod pen;
pub mod picture;
pub mod ramp;
pub mod raster;
pub mod scale;
pub mod text;
pub mod theme;

use std::fmt::Display;

use plotters::drawing::DrawingAreaErrorKind;

/// Why a picture could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlotError {
    /// The backend refused.
    #[error("the drawing surface refused: {0}")]
    Backend(String),
    /// The values do not fill the rows and columns.
    #[error("{found} values do not fill {rows} rows × {columns} columns")]
    Shape {
        /// Expected rows.
        rows: usize,
        /// Expected columns.
        columns: usize,
        /// Number of values given.
        found: usize,
    },
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for PlotError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self::Backend(error.to_string())
    }
}

/// A rectangle in CSS pixels, the origin at the top left of the drawing area.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width, not negative.
    pub width: f64,
    /// Height, not negative.
    pub height: f64,
}

impl Rect {
    /// A rectangle from its left, top, right and bottom edges; an inverted one is empty.
    pub fn from_edges(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { x: left, y: top, width: (right - left).max(0.0), height: (bottom - top).max(0.0) }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the point lies inside; left and top edges belong to it, right and bottom ones do not.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        x >= self.x && x < self.right() && y >= self.y && y < self.bottom()
    }

    /// Whether both have points in common; edges that touch do not count.
    pub fn intersects(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

impl Display for Rect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1}×{:.1} at ({:.1}, {:.1})", self.width, self.height, self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_that_touch_do_not_intersect() {
        let left = Rect::from_edges(0.0, 0.0, 10.0, 10.0);
        assert!(!left.intersects(&Rect::from_edges(10.0, 0.0, 20.0, 10.0)));
        assert!(left.intersects(&Rect::from_edges(9.0, 9.0, 20.0, 20.0)));
        assert!(left.contains(0.0, 0.0) && !left.contains(10.0, 5.0));
    }
}
