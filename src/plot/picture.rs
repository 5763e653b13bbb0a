//! A chart as a list of marks in CSS pixels: composed once, then put on any plotters backend or written as SVG.
//!
//! The SVG is our own few lines: plotters' backend would compile all drawing code a second time into the page.

use std::fmt::Write as _;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::color::Rgb;
use super::pen::{Anchor, DASH, Face, Pen};
use super::theme::Theme;
use super::{PlotError, Rect};

#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Line { points: Vec<(f64, f64)>, colour: Rgb, width: f64, dashed: bool },
    Dot { centre: (f64, f64), radius: f64, colour: Rgb },
    Rect { rect: Rect, colour: Rgb },
    Area { corners: Vec<(f64, f64)>, colour: Rgb },
    Text { text: String, at: (f64, f64), anchor: Anchor, colour: Rgb, face: Option<Face> },
}

/// What is drawn, first things lowest.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    width: f64,
    height: f64,
    marks: Vec<Mark>,
}

impl Picture {
    /// An empty picture of `width × height` CSS pixels.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, marks: Vec::new() }
    }

    /// CSS pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// CSS pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Makes room at the bottom.
    pub fn grow(&mut self, height: f64) {
        self.height = self.height.max(height);
    }

    /// A line through points, `width` pixels thick.
    pub fn line(&mut self, points: &[(f64, f64)], colour: Rgb, width: f64) {
        self.marks.push(Mark::Line { points: points.to_vec(), colour, width, dashed: false });
    }

    /// The same, dashed.
    pub fn dashes(&mut self, points: &[(f64, f64)], colour: Rgb, width: f64) {
        self.marks.push(Mark::Line { points: points.to_vec(), colour, width, dashed: true });
    }

    /// A filled circle.
    pub fn dot(&mut self, centre: (f64, f64), radius: f64, colour: Rgb) {
        self.marks.push(Mark::Dot { centre, radius, colour });
    }

    /// A filled rectangle.
    pub fn rect(&mut self, rect: Rect, colour: Rgb) {
        self.marks.push(Mark::Rect { rect, colour });
    }

    /// Small text.
    pub fn text(&mut self, text: impl Into<String>, at: (f64, f64), anchor: Anchor, colour: Rgb) {
        self.marks.push(Mark::Text { text: text.into(), at, anchor, colour, face: None });
    }

    /// Text of another size or weight.
    pub fn label(
        &mut self,
        text: impl Into<String>,
        at: (f64, f64),
        anchor: Anchor,
        colour: Rgb,
        face: Face,
    ) {
        self.marks.push(Mark::Text { text: text.into(), at, anchor, colour, face: Some(face) });
    }

    /// A filled polygon.
    pub fn area(&mut self, corners: &[(f64, f64)], colour: Rgb) {
        self.marks.push(Mark::Area { corners: corners.to_vec(), colour });
    }

    /// Puts it on the whole area, whose pixels are `theme.scale` to a CSS pixel.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        theme: &Theme,
    ) -> Result<(), PlotError> {
        Pen::new(area, theme).fill(theme.colours.background)?;
        self.draw_over(area, theme)
    }

    /// Puts it over what is there.
    ///
    /// # Errors
    /// When the backend refuses.
    pub fn draw_over<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        theme: &Theme,
    ) -> Result<(), PlotError> {
        let pen = Pen::new(area, theme);
        for mark in &self.marks {
            match mark {
                Mark::Line { points, colour, width, dashed: false } => pen.line(points, *colour, *width)?,
                Mark::Line { points, colour, width, dashed: true } => pen.dashes(points, *colour, *width)?,
                Mark::Dot { centre, radius, colour } => pen.dot(*centre, *radius, *colour)?,
                Mark::Rect { rect, colour } => pen.rect(rect, *colour)?,
                Mark::Area { corners, colour } => pen.polygon(corners, *colour)?,
                Mark::Text { text, at, anchor, colour, face: None } => {
                    pen.text(text, *at, *anchor, *colour)?;
                }
                Mark::Text { text, at, anchor, colour, face: Some(face) } => {
                    pen.sized_text(text, *at, *anchor, *colour, *face)?;
                }
            }
        }
        Ok(())
    }

    /// The same as an SVG document, with `title` for whoever cannot see it.
    pub fn to_svg(&self, theme: &Theme, title: &str) -> String {
        let (width, height) = (self.width, self.height);
        let (font, size) = (escaped(&theme.font), theme.small);
        let background = theme.colours.background.css();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"{font}\" font-size=\"{size}\">\n<title>{}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{background}\"/>\n",
            escaped(title)
        );
        for mark in &self.marks {
            write_mark(&mut svg, mark, size);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// Writing to a String cannot fail.
fn write_mark(svg: &mut String, mark: &Mark, font_size: f64) {
    let _ = match mark {
        Mark::Line { points, colour, width, dashed } => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let (points, colour) = (points.join(" "), colour.css());
            let dash =
                if *dashed { format!(" stroke-dasharray=\"{} {}\"", DASH.0, DASH.1) } else { String::new() };
            writeln!(
                svg,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>"
            )
        }
        Mark::Dot { centre: (x, y), radius, colour } => {
            let colour = colour.css();
            writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\"/>")
        }
        Mark::Rect { rect: Rect { x, y, width, height }, colour } => {
            let colour = colour.css();
            writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>"
            )
        }
        Mark::Area { corners, colour } => {
            let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            writeln!(svg, "<polygon points=\"{}\" fill=\"{}\"/>", corners.join(" "), colour.css())
        }
        Mark::Text { text, at: (x, y), anchor, colour, face } => {
            let font_size = face.map_or(font_size, |face| face.size);
            let (side, ascent) = match anchor {
                Anchor::LeftTop => ("start", 0.9),
                Anchor::CentreTop => ("middle", 0.9),
                Anchor::RightTop => ("end", 0.9),
                Anchor::LeftMiddle => ("start", 0.35),
                Anchor::RightMiddle => ("end", 0.35),
                Anchor::Centre => ("middle", 0.35),
            };
            let (baseline, colour, text) = (y + ascent * font_size, colour.css(), escaped(text));
            let face = match face {
                Some(Face { size, is_bold }) => {
                    let weight = if *is_bold { " font-weight=\"bold\"" } else { "" };
                    format!(" font-size=\"{size}\"{weight}")
                }
                None => String::new(),
            };
            writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{baseline:.1}\" text-anchor=\"{side}\" fill=\"{colour}\"{face}>{text}</text>"
            )
        }
    };
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::Mode;

    fn picture() -> Picture {
        let mut picture = Picture::new(100.0, 50.0);
        let colour = Rgb::hex(0x00ab_cdef);
        picture.line(&[(0.0, 1.0), (2.0, 3.0)], colour, 1.75);
        picture.dashes(&[(0.0, 1.0), (2.0, 3.0)], colour, 1.0);
        picture.dot((5.0, 6.0), 2.5, colour);
        picture.rect(Rect::from_edges(1.0, 2.0, 11.0, 22.0), colour);
        picture.area(&[(0.0, 0.0), (4.0, 0.0), (4.0, 3.0)], colour);
        picture.label("bold", (1.0, 2.0), Anchor::Centre, colour, Face { size: 20.0, is_bold: true });
        picture.text("a < b", (10.0, 10.0), Anchor::LeftTop, colour);
        picture
    }

    #[test]
    fn an_svg_has_every_mark_and_is_well_formed() {
        let svg = picture().to_svg(&Theme::for_canvas(Mode::Light, 2.0), "loss & more");
        for expected in [
            "points=\"0.0,1.0 2.0,3.0\" fill=\"none\" stroke=\"#abcdef\" stroke-width=\"1.75\"/>",
            "stroke-dasharray=\"5 4\"",
            "<circle cx=\"5.0\" cy=\"6.0\" r=\"2.5\" fill=\"#abcdef\"/>",
            "<rect x=\"1.0\" y=\"2.0\" width=\"10.0\" height=\"20.0\" fill=\"#abcdef\"/>",
            ">a &lt; b</text>",
            "<polygon points=\"0.0,0.0 4.0,0.0 4.0,3.0\" fill=\"#abcdef\"/>",
            "text-anchor=\"middle\" fill=\"#abcdef\" font-size=\"20\" font-weight=\"bold\">bold</text>",
            "<title>loss &amp; more</title>",
        ] {
            assert!(svg.contains(expected), "{expected} in {svg}");
        }
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    }

    #[test]
    fn the_picture_in_a_file_does_not_depend_on_the_screens_pixels() {
        let svg = |scale| picture().to_svg(&Theme::for_canvas(Mode::Dark, scale), "");
        assert_eq!(svg(1.0), svg(3.0));
    }
}
