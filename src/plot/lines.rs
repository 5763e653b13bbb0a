//! Curves over epochs: lines, gaps, ∞ marks, lines to compare with, the chosen epoch.
//!
//! The legend is the page's. NaN leaves a gap; +∞ leaves a gap and a bar in a row above the data that is marked ∞, a
//! line of that row for each curve, so that several curves that are infinite at once can be told apart.

mod infinity;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::pen::Anchor;
use super::picture::Picture;
use super::theme::Theme;
use super::{PlotError, Rect, axis, clip, color::Rgb, text};

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Of line, dots and ∞ marks.
    pub colour: Rgb,
    /// Dashes, to tell it from the others without colour.
    pub dashed: bool,
    /// (epoch, value), ascending epochs.
    pub points: Vec<(f64, f64)>,
    /// A point of it that is ringed: from there on it is stable.
    pub mark: Option<(f64, f64)>,
}

/// A horizontal line to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where.
    pub y: f64,
    /// Written above its right end.
    pub name: String,
}

/// A chart of curves.
#[derive(Clone, Debug, PartialEq)]
pub struct LineChart {
    /// First and last epoch shown, or whatever the x axis counts; curves are cut there.
    pub x_range: (f64, f64),
    /// Written below the x axis.
    pub x_title: String,
    /// Ends of the y axis.
    pub y_range: (f64, f64),
    /// Written above the y axis, with its unit.
    pub y_title: String,
    /// Drawn in this order.
    pub series: Vec<Series>,
    /// Lines to compare with.
    pub rules: Vec<Rule>,
    /// The chosen epoch.
    pub cursor: Option<f64>,
    /// Without axis titles and with fewer ticks: one of many side by side.
    pub small: bool,
}

/// Where data lie in a chart of a given size, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// The area of the data.
    pub data: Rect,
    x_range: (f64, f64),
    y_range: (f64, f64),
}

/// Room for half a tick label beyond the last epoch.
const RIGHT: f64 = 14.0;
/// Distance between ticks and their labels.
const GAP: f64 = 5.0;

impl Layout {
    /// For a box of `width × height` CSS pixels.
    pub fn new(chart: &LineChart, theme: &Theme, width: f64, height: f64) -> Self {
        let line = theme.line_height();
        let labels = axis::labels(&y_ticks(chart, height));
        let widest = labels.iter().map(|label| text::width(label, theme.small)).fold(0.0, f64::max);
        let top = if chart.small { 6.0 } else { line + GAP } + infinity::height(chart);
        let bottom = if chart.small { line } else { 2.0 * line };
        let data = Rect::from_edges(widest + GAP + 2.0, top, width - RIGHT, height - bottom - 2.0);
        Self { data, x_range: chart.x_range, y_range: chart.y_range }
    }

    /// With the data in `data`.
    pub fn of(data: Rect, x_range: (f64, f64), y_range: (f64, f64)) -> Self {
        Self { data, x_range, y_range }
    }

    /// Pixel of an epoch.
    pub fn x(&self, epoch: f64) -> f64 {
        self.data.x + share(epoch, self.x_range) * self.data.width
    }

    /// Pixel of a value; beyond the ends of the axis it stays at the edge.
    pub fn y(&self, value: f64) -> f64 {
        self.data.bottom() - share(value, self.y_range).clamp(0.0, 1.0) * self.data.height
    }

    /// Whether an epoch lies within the axis.
    pub fn shows(&self, epoch: f64) -> bool {
        (self.x_range.0..=self.x_range.1).contains(&epoch)
    }

    /// Epoch at a pixel, kept within the axis.
    pub fn epoch_at(&self, x: f64) -> f64 {
        let (first, last) = self.x_range;
        let share = if self.data.width > 0.0 { (x - self.data.x) / self.data.width } else { 0.0 };
        first + share.clamp(0.0, 1.0) * (last - first)
    }
}

fn share(value: f64, (low, high): (f64, f64)) -> f64 {
    if high > low { (value - low) / (high - low) } else { 0.5 }
}

fn y_ticks(chart: &LineChart, height: f64) -> Vec<f64> {
    let most = if chart.small { 2 } else { ((height / 45.0) as usize).clamp(2, 6) };
    axis::ticks(chart.y_range.0, chart.y_range.1, most)
}

/// Draws the chart over the whole area, whose pixels are `theme.scale` to a CSS pixel.
///
/// # Errors
/// When the backend refuses.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    chart: &LineChart,
    theme: &Theme,
) -> Result<Layout, PlotError> {
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (f64::from(width) / theme.scale, f64::from(height) / theme.scale);
    let (picture, layout) = compose(chart, theme, width, height);
    picture.draw(area, theme)?;
    Ok(layout)
}

/// The chart as marks in a box of `width × height` CSS pixels.
pub fn compose(chart: &LineChart, theme: &Theme, width: f64, height: f64) -> (Picture, Layout) {
    let layout = Layout::new(chart, theme, width, height);
    let mut picture = Picture::new(width, height);
    add_axes(&mut picture, chart, theme, &layout, height);
    add_rules(&mut picture, chart, theme, &layout);
    if let Some(epoch) = chart.cursor.filter(|&epoch| layout.shows(epoch)) {
        let x = layout.x(epoch);
        picture.line(&[(x, layout.data.y), (x, layout.data.bottom())], theme.colours.marker, 1.0);
    }
    infinity::add(&mut picture, chart, theme, &layout);
    for series in &chart.series {
        add_series(&mut picture, series, theme, &layout, chart.small);
    }
    (picture, layout)
}

fn add_axes(picture: &mut Picture, chart: &LineChart, theme: &Theme, layout: &Layout, height: f64) {
    let (data, colours) = (layout.data, theme.colours);
    let ticks = y_ticks(chart, height);
    for (tick, label) in ticks.iter().zip(axis::labels(&ticks)) {
        let y = layout.y(*tick);
        picture.line(&[(data.x, y), (data.right(), y)], colours.grid, 1.0);
        picture.text(label, (data.x - GAP, y), Anchor::RightMiddle, colours.muted);
    }
    picture.line(&[(data.x, data.bottom()), (data.right(), data.bottom())], colours.axis, 1.0);
    let last = text::width(&format!("{}", chart.x_range.1.round()), theme.small);
    let most = if chart.small { 1 } else { ((data.width / (last + 24.0)) as usize).clamp(1, 10) };
    let ticks = axis::whole_ticks(chart.x_range.0, chart.x_range.1, most);
    for (tick, label) in ticks.iter().zip(axis::labels(&ticks)) {
        picture.text(label, (layout.x(*tick), data.bottom() + GAP), Anchor::CentreTop, colours.muted);
    }
    if !chart.small {
        picture.text(chart.y_title.clone(), (2.0, 1.0), Anchor::LeftTop, colours.muted);
        let below = data.bottom() + GAP + theme.line_height();
        picture.text(
            chart.x_title.clone(),
            (data.x + data.width / 2.0, below),
            Anchor::CentreTop,
            colours.muted,
        );
    }
}

fn add_rules(picture: &mut Picture, chart: &LineChart, theme: &Theme, layout: &Layout) {
    let data = layout.data;
    for rule in chart.rules.iter().filter(|rule| (0.0..=1.0).contains(&share(rule.y, chart.y_range))) {
        let y = layout.y(rule.y);
        picture.dashes(&[(data.x, y), (data.right(), y)], theme.colours.axis, 1.0);
        // Above the line, or below it where there is no room above.
        let above = y - theme.line_height();
        let top = if above >= data.y { above } else { y + 2.0 };
        picture.text(rule.name.clone(), (data.right(), top), Anchor::RightTop, theme.colours.muted);
    }
}

/// A curve with its gaps and dots; thinner and smaller when it is one of many.
pub(super) fn add_series(
    picture: &mut Picture,
    series: &Series,
    theme: &Theme,
    layout: &Layout,
    small: bool,
) {
    let width = if small { 1.25 } else { 1.75 };
    let pixel = |&(x, y): &(f64, f64)| (layout.x(x), layout.y(y));
    for stretch in stretches(&series.points) {
        let shown = clip::to_range(stretch, layout.x_range);
        let pixels: Vec<(f64, f64)> = shown.iter().map(pixel).collect();
        match (&pixels[..], series.dashed) {
            (&[], _) => {}
            (&[dot], _) => picture.dot(dot, if small { 1.75 } else { 2.5 }, series.colour),
            (line, true) => picture.dashes(line, series.colour, width),
            (line, false) => picture.line(line, series.colour, width),
        }
    }
    if let Some(point) = series.mark.filter(|(x, _)| layout.shows(*x)) {
        picture.dot(pixel(&point), 4.5, series.colour);
        picture.dot(pixel(&point), 2.5, theme.colours.background);
    }
}

/// Runs of finite points: a curve is broken where its value is undefined or infinite.
fn stretches(points: &[(f64, f64)]) -> impl Iterator<Item = &[(f64, f64)]> {
    points.split(|(_, y)| !y.is_finite()).filter(|stretch| !stretch.is_empty())
}

#[cfg(test)]
mod tests {
    use plotters::drawing::IntoDrawingArea;

    use super::*;
    use crate::plot::palette::Mode;

    fn chart(points: &[(f64, f64)]) -> LineChart {
        let colour = Rgb::hex(0x00ab_cdef);
        LineChart {
            x_range: (0.0, 10.0),
            x_title: "epoch".to_owned(),
            y_range: (0.0, 4.0),
            y_title: "H (bit)".to_owned(),
            series: vec![Series { colour, dashed: false, points: points.to_vec(), mark: None }],
            rules: vec![Rule { y: 3.0, name: "log2(N·k)".to_owned() }],
            cursor: Some(5.0),
            small: false,
        }
    }

    fn svg(chart: &LineChart, width: u32, height: u32) -> (String, Layout) {
        let mut svg = String::new();
        let layout = {
            let area =
                plotters::backend::SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
            let layout = draw(&area, chart, &Theme::for_svg(Mode::Light)).unwrap();
            area.present().unwrap();
            layout
        };
        (svg, layout)
    }

    #[test]
    fn a_curve_is_drawn_through_its_points() {
        let chart = chart(&[(0.0, 0.0), (10.0, 4.0)]);
        let (svg, layout) = svg(&chart, 600, 300);
        let line = svg.lines().find(|line| line.contains("#ABCDEF")).expect("the curve");
        let expected = |x: f64, y: f64| format!("{},{}", x.round(), y.round());
        assert!(line.contains(&expected(layout.data.x, layout.data.bottom())), "{line}");
        assert!(line.contains(&expected(layout.data.right(), layout.data.y)), "{line}");
    }

    #[test]
    fn an_undefined_value_breaks_the_curve_and_infinity_is_marked() {
        let chart =
            chart(&[(0.0, 1.0), (1.0, 1.0), (2.0, f64::NAN), (3.0, f64::INFINITY), (4.0, 2.0), (5.0, 2.0)]);
        let (svg, _) = svg(&chart, 600, 300);
        let pieces = svg.lines().filter(|line| line.contains("<polyline") && line.contains("#ABCDEF"));
        assert_eq!(pieces.count(), 2);
        assert_eq!(svg.matches('∞').count(), 1);
        let bars = svg.lines().filter(|line| line.contains("<rect") && line.contains("#ABCDEF"));
        assert_eq!(bars.count(), 1, "one epoch, one bar");
    }

    #[test]
    fn a_zoomed_chart_shows_only_its_epochs() {
        let mut chart = chart(&[(0.0, 1.0), (4.0, 1.0), (6.0, f64::INFINITY), (9.0, 1.0), (10.0, 1.0)]);
        chart.x_range = (2.0, 5.0);
        chart.cursor = Some(7.0);
        chart.series[0].mark = Some((9.0, 1.0));
        let (svg, layout) = svg(&chart, 600, 300);
        assert_eq!(svg.matches('∞').count() + svg.matches("<circle").count(), 0);
        let lines: Vec<&str> = svg.lines().filter(|line| line.contains("#ABCDEF")).collect();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains(&format!("{},", layout.data.x.round())), "{}", lines[0]);
    }

    #[test]
    fn where_a_curve_gets_stable_is_ringed() {
        let mut chart = chart(&[(0.0, 1.0), (4.0, 1.0)]);
        chart.series[0].mark = Some((4.0, 1.0));
        assert_eq!(svg(&chart, 600, 300).0.matches("<circle").count(), 2);
    }

    #[test]
    fn a_single_point_is_a_dot() {
        let (svg, _) = svg(&chart(&[(3.0, 2.0)]), 600, 300);
        assert_eq!(svg.matches("<circle").count(), 1);
    }

    #[test]
    fn pixels_and_epochs_are_inverse_within_the_axis() {
        let (_, layout) = svg(&chart(&[]), 330, 200);
        for epoch in [0.0, 2.5, 10.0] {
            assert!((layout.epoch_at(layout.x(epoch)) - epoch).abs() < 1e-9);
        }
        assert_eq!((layout.epoch_at(-50.0), layout.epoch_at(5000.0)), (0.0, 10.0));
    }

    #[test]
    fn data_stay_within_the_picture_at_phone_and_at_desktop_width() {
        for (width, height) in [(330, 200), (900, 300), (160, 100)] {
            for small in [true, width < 300] {
                let (_, layout) = svg(&LineChart { small, ..chart(&[(0.0, 1.0)]) }, width, height);
                assert!(layout.data.x >= 0.0 && layout.data.right() <= f64::from(width));
                assert!(layout.data.y >= 0.0 && layout.data.bottom() <= f64::from(height));
                assert!(layout.data.width > 60.0 && layout.data.height > 40.0);
            }
        }
    }
}
