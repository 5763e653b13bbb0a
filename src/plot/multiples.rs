//! Small multiples: many small charts of curves over epochs on the same axes, in rows.
//!
//! Rows are drawn one by one, so that of hundreds of boxes only those on screen are ever drawn. Names of the boxes and
//! the mark of the chosen epoch are the page's: they change more often than the curves.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::color::Rgb;
use super::lines::{Layout, Series, add_series};
use super::pen::{Anchor, Pen};
use super::picture::Picture;
use super::theme::Theme;
use super::{PlotError, Rect, axis, text};

/// Height of a row in CSS pixels: a name above the box, the box, and some room.
pub const ROW_HEIGHT: f64 = 108.0;
/// Height of the row with the axis of epochs below them all.
pub const AXIS_HEIGHT: f64 = 20.0;
/// Room for a box's name above it.
const NAME: f64 = 18.0;
/// Room below a box.
const BELOW: f64 = 8.0;
/// Room between boxes.
const GAP: f64 = 10.0;
/// A box is at least this wide.
const LEAST_WIDTH: f64 = 116.0;
/// Distance between ticks and their labels.
const LABEL_GAP: f64 = 5.0;

/// Where the boxes lie: as many beside each other as fit, all of one size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// Number of boxes.
    pub n_boxes: usize,
    /// Boxes in a row, at least 1.
    pub columns: usize,
    /// Room for the labels of the y axis, left of the first column.
    margin: f64,
    box_width: f64,
    x_range: (f64, f64),
    y_range: (f64, f64),
    x_axis: XAxis,
}

/// What is written below the boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct XAxis {
    /// Between the numbers.
    pub title: &'static str,
    /// What the numbers are: epochs times this.
    pub per_epoch: f64,
}

impl Default for XAxis {
    fn default() -> Self {
        Self { title: "epoch", per_epoch: 1.0 }
    }
}

impl Grid {
    /// For rows `width` CSS pixels wide.
    pub fn new(width: f64, n_boxes: usize, x_range: (f64, f64), y_range: (f64, f64), theme: &Theme) -> Self {
        let labels = axis::labels(&y_ticks(y_range));
        let widest = labels.iter().map(|label| text::width(label, theme.small)).fold(0.0, f64::max);
        let margin = (widest + LABEL_GAP + 1.0).ceil();
        let room = (width - margin).max(1.0);
        let columns = (((room + GAP) / (LEAST_WIDTH + GAP)) as usize).max(1);
        let box_width = (room - GAP * (columns - 1) as f64) / columns as f64;
        let (box_width, x_axis) = (box_width.max(1.0), XAxis::default());
        Self { n_boxes, columns, margin, box_width, x_range, y_range, x_axis }
    }

    /// The same with something else than epochs written below the boxes.
    #[must_use]
    pub fn counting(self, x_axis: XAxis) -> Self {
        Self { x_axis, ..self }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_boxes.div_ceil(self.columns.max(1))
    }

    /// Boxes in a row, by position.
    pub fn boxes(&self, row: usize) -> std::ops::Range<usize> {
        let start = (row * self.columns).min(self.n_boxes);
        start..(start + self.columns).min(self.n_boxes)
    }

    /// Row and column of a box.
    pub fn place(&self, position: usize) -> (usize, usize) {
        (position / self.columns.max(1), position % self.columns.max(1))
    }

    /// The box of a column with its name, in its row.
    pub fn frame(&self, column: usize) -> Rect {
        let x = self.margin + column as f64 * (self.box_width + GAP);
        Rect { x, y: 0.0, width: self.box_width, height: ROW_HEIGHT - BELOW }
    }

    /// Where data lie in the box of a column, in its row.
    pub fn layout(&self, column: usize) -> Layout {
        let frame = self.frame(column);
        let data = Rect::from_edges(frame.x, frame.y + NAME, frame.right(), frame.bottom());
        Layout::of(data, self.x_range, self.y_range)
    }

    /// Distance of an epoch from the left edge of its box.
    pub fn epoch_offset(&self, epoch: f64) -> f64 {
        self.layout(0).x(epoch) - self.frame(0).x
    }

    /// The box and the epoch at a point of a row; the room between boxes belongs to the nearer one.
    pub fn at(&self, row: usize, x: f64) -> Option<(usize, f64)> {
        let column = ((x - self.margin + GAP / 2.0) / (self.box_width + GAP)).floor();
        let column = (column.max(0.0) as usize).min(self.columns.max(1) - 1);
        let position = row * self.columns + column;
        (position < self.n_boxes).then(|| (position, self.layout(column).epoch_at(x)))
    }

    /// The row that the `slot`-th of `n_slots` rows is while the window begins at `top`; scrolling on by one row
    /// makes one of them another. It has no boxes where there are fewer rows than slots.
    pub fn row_of(&self, slot: usize, n_slots: usize, top: f64) -> usize {
        let last_first = self.n_rows().saturating_sub(n_slots);
        let first = ((top / ROW_HEIGHT).max(0.0) as usize).saturating_sub(1).min(last_first);
        let n_slots = n_slots.max(1);
        first + (slot + n_slots - first % n_slots) % n_slots
    }
}

fn y_ticks(y_range: (f64, f64)) -> Vec<f64> {
    axis::ticks(y_range.0, y_range.1, 3)
}

/// Draws one row, a list of curves per box, over the whole area.
///
/// # Errors
/// When the backend refuses.
pub fn draw_row<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    grid: &Grid,
    boxes: &[Vec<Series>],
    theme: &Theme,
) -> Result<(), PlotError> {
    let (width, height) = area.dim_in_pixel();
    let mut picture = Picture::new(f64::from(width) / theme.scale, f64::from(height) / theme.scale);
    let ticks = y_ticks(grid.y_range);
    for (column, curves) in boxes.iter().enumerate() {
        let layout = grid.layout(column);
        let data = layout.data;
        for (tick, label) in ticks.iter().zip(axis::labels(&ticks)) {
            let y = layout.y(*tick);
            picture.line(&[(data.x, y), (data.right(), y)], theme.colours.grid, 1.0);
            if column == 0 {
                picture.text(label, (data.x - LABEL_GAP, y), Anchor::RightMiddle, theme.colours.muted);
            }
        }
        picture.line(&[(data.x, data.bottom()), (data.right(), data.bottom())], theme.colours.axis, 1.0);
        for (index, curve) in curves.iter().enumerate() {
            // The last one, of all classes together, is thicker.
            add_series(&mut picture, curve, theme, &layout, index + 1 < curves.len());
        }
    }
    picture.draw(area, theme)
}

/// Draws the axis of epochs below the rows, over the whole area.
///
/// # Errors
/// When the backend refuses.
pub fn draw_axis<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    grid: &Grid,
    theme: &Theme,
) -> Result<(), PlotError> {
    let pen = Pen::new(area, theme);
    pen.fill(theme.colours.background)?;
    let (first, last) = grid.x_range;
    for column in 0..grid.columns.min(grid.n_boxes) {
        let data = grid.layout(column).data;
        let name = |epoch: f64| axis::labels(&[epoch * grid.x_axis.per_epoch]).concat();
        pen.text(&name(first), (data.x, LABEL_GAP), Anchor::LeftTop, theme.colours.muted)?;
        pen.text(&name(last), (data.right(), LABEL_GAP), Anchor::RightTop, theme.colours.muted)?;
        pen.text(
            grid.x_axis.title,
            (data.x + data.width / 2.0, LABEL_GAP),
            Anchor::CentreTop,
            theme.colours.muted,
        )?;
    }
    Ok(())
}

/// All boxes with their names, and what colour is what: a picture that stands for itself.
pub struct Sheet<'a> {
    /// Names of the curves in their colours.
    pub legend: &'a [(String, Rgb)],
    /// Name and curves of each box, by position.
    pub boxes: &'a [(String, Vec<Series>)],
}

impl Sheet<'_> {
    /// Height of the picture in CSS pixels.
    pub fn height(grid: &Grid) -> f64 {
        AXIS_HEIGHT + grid.n_rows() as f64 * ROW_HEIGHT + AXIS_HEIGHT
    }

    /// Draws it over the whole area.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        grid: &Grid,
        theme: &Theme,
    ) -> Result<(), PlotError> {
        let width = area.dim_in_pixel().0 as i32;
        let strip = |top: f64, height: f64| {
            let pixel = |y: f64| (y * theme.scale).round() as i32;
            area.clone().shrink((0, pixel(top)), (width, pixel(top + height) - pixel(top)))
        };
        self.draw_legend(&strip(0.0, AXIS_HEIGHT), theme)?;
        let mut top = AXIS_HEIGHT;
        for row in 0..grid.n_rows() {
            let boxes = self.boxes.get(grid.boxes(row)).unwrap_or_default();
            let curves: Vec<Vec<Series>> = boxes.iter().map(|(_, curves)| curves.clone()).collect();
            let strip = strip(top, ROW_HEIGHT);
            draw_row(&strip, grid, &curves, theme)?;
            for (column, (name, _)) in boxes.iter().enumerate() {
                let at = (grid.frame(column).x, 2.0);
                Pen::new(&strip, theme).text(name, at, Anchor::LeftTop, theme.colours.text)?;
            }
            top += ROW_HEIGHT;
        }
        draw_axis(&strip(top, AXIS_HEIGHT), grid, theme)
    }

    fn draw_legend<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        theme: &Theme,
    ) -> Result<(), PlotError> {
        let pen = Pen::new(area, theme);
        pen.fill(theme.colours.background)?;
        let mut x = LABEL_GAP;
        for (name, colour) in self.legend {
            pen.text(name, (x, 2.0), Anchor::LeftTop, *colour)?;
            x += text::width(name, theme.small) + 2.0 * LABEL_GAP;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
