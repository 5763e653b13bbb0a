//! A drawing area in CSS pixels: lines, dashes, dots and text, scaled to the backend's pixels.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, IntoTextStyle, RGBColor, ShapeStyle, TextStyle};

use super::color::Rgb;
use super::theme::Theme;
use super::{PlotError, Rect};

/// Which point of a text is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Left end, top.
    LeftTop,
    /// Middle, top.
    CentreTop,
    /// Right end, top.
    RightTop,
    /// Left end, half height.
    LeftMiddle,
    /// Right end, half height.
    RightMiddle,
    /// Middle, half height.
    Centre,
}

/// Size and weight of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// CSS pixels.
    pub size: f64,
    /// Or of usual weight.
    pub is_bold: bool,
}

/// Draws on an area.
pub struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    theme: &'a Theme,
}

/// Dash and gap, CSS pixels.
pub(super) const DASH: (f64, f64) = (5.0, 4.0);

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    /// For an area whose pixels are `theme.scale` to a CSS pixel.
    pub fn new(area: &'a DrawingArea<DB, Shift>, theme: &'a Theme) -> Self {
        Self { area, theme }
    }

    /// Fills the whole area.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn fill(&self, colour: Rgb) -> Result<(), PlotError> {
        Ok(self.area.fill(&plotters_colour(colour))?)
    }

    /// A line through points, `width` CSS pixels thick.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn line(&self, points: &[(f64, f64)], colour: Rgb, width: f64) -> Result<(), PlotError> {
        let pixels: Vec<(i32, i32)> = points.iter().map(|&point| self.pixel(point)).collect();
        Ok(self.area.draw(&PathElement::new(pixels, self.stroke(colour, width)))?)
    }

    /// The same, dashed.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn dashes(&self, points: &[(f64, f64)], colour: Rgb, width: f64) -> Result<(), PlotError> {
        for dash in dashes(points, DASH.0, DASH.1) {
            self.line(&dash, colour, width)?;
        }
        Ok(())
    }

    /// A filled polygon.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn polygon(&self, corners: &[(f64, f64)], colour: Rgb) -> Result<(), PlotError> {
        let pixels: Vec<(i32, i32)> = corners.iter().map(|&corner| self.pixel(corner)).collect();
        let style = ShapeStyle { color: plotters_colour(colour).into(), filled: true, stroke_width: 0 };
        Ok(self.area.draw(&Polygon::new(pixels, style))?)
    }

    /// A filled circle.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn dot(&self, centre: (f64, f64), radius: f64, colour: Rgb) -> Result<(), PlotError> {
        let radius = (radius * self.theme.scale).round().max(1.0) as i32;
        let style = ShapeStyle { color: plotters_colour(colour).into(), filled: true, stroke_width: 0 };
        Ok(self.area.draw(&Circle::new(self.pixel(centre), radius, style))?)
    }

    /// A filled rectangle.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn rect(&self, rect: &Rect, colour: Rgb) -> Result<(), PlotError> {
        let corners = [self.pixel((rect.x, rect.y)), self.pixel((rect.right(), rect.bottom()))];
        let style = ShapeStyle { color: plotters_colour(colour).into(), filled: true, stroke_width: 0 };
        Ok(self.area.draw(&Rectangle::new(corners, style))?)
    }

    /// Small text.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, colour: Rgb) -> Result<(), PlotError> {
        self.sized_text(text, at, anchor, colour, Face { size: self.theme.small, is_bold: false })
    }

    /// Text of another size or weight.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn sized_text(
        &self,
        text: &str,
        at: (f64, f64),
        anchor: Anchor,
        colour: Rgb,
        face: Face,
    ) -> Result<(), PlotError> {
        let position = match anchor {
            Anchor::LeftTop => Pos::new(HPos::Left, VPos::Top),
            Anchor::CentreTop => Pos::new(HPos::Center, VPos::Top),
            Anchor::RightTop => Pos::new(HPos::Right, VPos::Top),
            Anchor::LeftMiddle => Pos::new(HPos::Left, VPos::Center),
            Anchor::RightMiddle => Pos::new(HPos::Right, VPos::Center),
            Anchor::Centre => Pos::new(HPos::Center, VPos::Center),
        };
        let size = face.size * self.theme.scale * self.theme.font_divisor;
        let weight = if face.is_bold { FontStyle::Bold } else { FontStyle::Normal };
        let colour = plotters_colour(colour);
        let style: TextStyle<'_> =
            (self.theme.font.as_str(), size, weight, &colour).into_text_style(self.area).pos(position);
        Ok(self.area.draw(&Text::new(text.to_owned(), self.pixel(at), style))?)
    }

    fn pixel(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.theme.scale).round() as i32, (y * self.theme.scale).round() as i32)
    }

    fn stroke(&self, colour: Rgb, width: f64) -> ShapeStyle {
        let stroke_width = (width * self.theme.scale).round().max(1.0) as u32;
        ShapeStyle { color: plotters_colour(colour).into(), filled: false, stroke_width }
    }
}

fn plotters_colour(Rgb([r, g, b]): Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

/// Cuts a line into dashes; the pattern runs on around corners.
fn dashes(points: &[(f64, f64)], dash: f64, gap: f64) -> Vec<Vec<(f64, f64)>> {
    let mut done = Vec::new();
    let mut current: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, dash);
    for pair in points.windows(2) {
        let ((mut x, mut y), end) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (end.0 - x, end.1 - y);
            let length = dx.hypot(dy);
            if length <= left {
                left -= length;
                if drawing {
                    current.push(end);
                }
                break;
            }
            let t = left / length;
            (x, y) = (x + dx * t, y + dy * t);
            if drawing {
                current.push((x, y));
                done.push(std::mem::take(&mut current));
            } else {
                current = vec![(x, y)];
            }
            drawing = !drawing;
            left = if drawing { dash } else { gap };
        }
    }
    if drawing && current.len() > 1 {
        done.push(current);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_a_straight_line() {
        let dashes = dashes(&[(0.0, 0.0), (90.0, 0.0)], 5.0, 4.0);
        assert_eq!(dashes.len(), 10);
        assert!(dashes.iter().all(|dash| (dash[1].0 - dash[0].0 - 5.0).abs() < 1e-9));
    }

    #[test]
    fn a_dash_goes_around_a_corner() {
        let dashes = dashes(&[(0.0, 0.0), (3.0, 0.0), (3.0, 10.0)], 5.0, 4.0);
        assert_eq!(dashes[0], [(0.0, 0.0), (3.0, 0.0), (3.0, 2.0)]);
    }

    #[test]
    fn no_points_no_dashes() {
        assert!(dashes(&[], 5.0, 4.0).is_empty());
    }
}
