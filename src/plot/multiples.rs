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
        Self { n_boxes, columns, margin, box_width: box_width.max(1.0), x_range, y_range }
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
        let name = |epoch: f64| axis::labels(&[epoch]).concat();
        pen.text(&name(first), (data.x, LABEL_GAP), Anchor::LeftTop, theme.colours.muted)?;
        pen.text(&name(last), (data.right(), LABEL_GAP), Anchor::RightTop, theme.colours.muted)?;
        pen.text("epoch", (data.x + data.width / 2.0, LABEL_GAP), Anchor::CentreTop, theme.colours.muted)?;
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
mod tests {
    use plotters::drawing::IntoDrawingArea;

    use super::*;
    use crate::plot::palette::Mode;

    fn grid(width: f64, n_boxes: usize) -> Grid {
        Grid::new(width, n_boxes, (0.0, 20.0), (0.0, 4.2), &Theme::for_svg(Mode::Light))
    }

    #[test]
    fn boxes_fill_the_rows_without_overlap_at_any_width() {
        for width in [300.0, 330.0, 520.0, 1040.0, 1700.0] {
            let grid = grid(width, 64);
            let frames: Vec<Rect> = (0..grid.columns).map(|column| grid.frame(column)).collect();
            assert!(frames.iter().all(|frame| frame.width >= LEAST_WIDTH), "{width}: {}", frames[0]);
            assert!(frames.windows(2).all(|pair| pair[0].right() < pair[1].x));
            assert!((frames[frames.len() - 1].right() - width).abs() < 1e-6);
            assert!(frames[0].x > 0.0);
        }
        assert_eq!(grid(330.0, 64).columns, 2, "on a phone");
    }

    #[test]
    fn every_box_is_in_exactly_one_row() {
        for n_boxes in [1, 2, 16, 63, 64, 256] {
            let grid = grid(1040.0, n_boxes);
            let boxes: Vec<usize> = (0..grid.n_rows()).flat_map(|row| grid.boxes(row)).collect();
            assert_eq!(boxes, (0..n_boxes).collect::<Vec<_>>());
            assert!(boxes.iter().all(|&position| grid.boxes(grid.place(position).0).contains(&position)));
        }
        assert_eq!(grid(1040.0, 0).n_rows(), 0);
    }

    #[test]
    fn a_point_is_found_in_the_box_that_was_drawn_there() {
        let grid = grid(700.0, 14);
        for position in 0..14 {
            let (row, column) = grid.place(position);
            for epoch in [0.0, 7.0, 20.0] {
                let found = grid.at(row, grid.layout(column).x(epoch)).unwrap();
                assert_eq!(found.0, position);
                assert!((found.1 - epoch).abs() < 1e-9);
            }
        }
        let after_the_last = grid.place(13).1 + 1;
        assert_eq!(grid.at(grid.place(13).0, grid.frame(after_the_last).x + 20.0), None);
        assert_eq!(grid.at(0, -5.0).map(|found| found.0), Some(0));
    }

    /// The rows of all slots, in order.
    fn drawn(grid: &Grid, top: f64) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..9).map(|slot| grid.row_of(slot, 9, top)).collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn the_rows_that_are_drawn_cover_the_window() {
        let (grid, height) = (grid(1040.0, 256), 560.0);
        for top in [0.0, 50.0, 500.0, grid.n_rows() as f64 * ROW_HEIGHT - height, 1e9] {
            let rows = drawn(&grid, top);
            assert!(rows.windows(2).all(|pair| pair[1] == pair[0] + 1), "{rows:?}");
            let (first, last) = (rows[0], rows[rows.len() - 1]);
            assert!(first as f64 * ROW_HEIGHT <= top);
            assert!((last + 1) as f64 * ROW_HEIGHT >= top + height || last + 1 == grid.n_rows());
        }
        let small = Grid { n_boxes: 5, ..grid };
        assert_eq!(drawn(&small, 0.0), (0..9).collect::<Vec<_>>());
        assert!(small.boxes(0).len() == 5 && small.boxes(1).is_empty());
    }

    #[test]
    fn scrolling_by_a_row_makes_one_slot_another_row() {
        let grid = grid(1040.0, 256);
        for row in 3..20 {
            let at = |row: usize, slot: usize| grid.row_of(slot, 9, row as f64 * ROW_HEIGHT);
            let changed = (0..9).filter(|&slot| at(row, slot) != at(row + 1, slot)).count();
            assert_eq!(changed, 1);
        }
    }

    #[test]
    fn a_row_has_its_curves_inside_their_boxes() {
        let colour = Rgb::hex(0x00ab_cdef);
        let grid = grid(330.0, 5);
        let curve = |top: f64| Series {
            colour,
            dashed: false,
            points: vec![(0.0, 0.0), (10.0, top), (20.0, 0.5)],
            mark: None,
        };
        let boxes: Vec<Vec<Series>> = vec![vec![curve(1.0), curve(4.0)], vec![curve(2.0)]];
        let mut svg = String::new();
        {
            let area = plotters::backend::SVGBackend::with_string(&mut svg, (330, ROW_HEIGHT as u32))
                .into_drawing_area();
            draw_row(&area, &grid, &boxes, &Theme::for_svg(Mode::Light)).unwrap();
            area.present().unwrap();
        }
        let curves: Vec<&str> =
            svg.lines().filter(|line| line.contains("<polyline") && line.contains("#ABCDEF")).collect();
        assert_eq!(curves.len(), 3);
        let highest = grid.layout(0).y(4.0).round();
        assert!(curves[1].contains(&format!(",{highest}")), "{}", curves[1]);
        let left = grid.frame(1).x.round();
        assert!(curves[2].contains(&format!("points=\"{left},")), "{}", curves[2]);
    }

    #[test]
    fn the_axis_says_first_and_last_epoch_under_each_column() {
        let mut svg = String::new();
        {
            let area = plotters::backend::SVGBackend::with_string(&mut svg, (330, AXIS_HEIGHT as u32))
                .into_drawing_area();
            draw_axis(&area, &grid(330.0, 64), &Theme::for_svg(Mode::Dark)).unwrap();
            area.present().unwrap();
        }
        assert_eq!(svg.matches("epoch").count(), 2);
        assert_eq!(svg.lines().filter(|line| line.trim() == "20").count(), 2);
    }

    #[test]
    fn a_sheet_has_every_box_with_its_name() {
        let colour = Rgb::hex(0x00ab_cdef);
        let grid = grid(330.0, 5);
        let curve = Series { colour, dashed: false, points: vec![(0.0, 0.0), (20.0, 1.0)], mark: None };
        let boxes: Vec<(String, Vec<Series>)> =
            (0..5).map(|channel| (format!("channel {channel}"), vec![curve.clone()])).collect();
        let legend = [("all".to_owned(), colour)];
        let height = Sheet::height(&grid);
        let mut svg = String::new();
        {
            let area = plotters::backend::SVGBackend::with_string(&mut svg, (330, height as u32))
                .into_drawing_area();
            Sheet { legend: &legend, boxes: &boxes }
                .draw(&area, &grid, &Theme::for_svg(Mode::Light))
                .unwrap();
            area.present().unwrap();
        }
        assert!((0..5).all(|channel| svg.contains(&format!("channel {channel}\n"))));
        assert_eq!(
            svg.lines().filter(|line| line.contains("<polyline") && line.contains("#ABCDEF")).count(),
            5
        );
        assert!((height - 3.0 * ROW_HEIGHT - 2.0 * AXIS_HEIGHT).abs() < 1e-9);
    }

    #[test]
    fn the_mark_of_an_epoch_has_the_same_place_in_every_box() {
        let grid = grid(700.0, 14);
        for column in 0..grid.columns {
            let here = grid.layout(column).x(5.0) - grid.frame(column).x;
            assert!((here - grid.epoch_offset(5.0)).abs() < 1e-9);
        }
    }
}
