//! Curves over epochs: lines with their names at the ends, gaps, ∞ marks, lines to compare with, the chosen epoch.
//!
//! The legend is the page's. NaN leaves a gap; +∞ leaves a gap and is said in a row above the data, which names the
//! curves or, where names would lie over each other, has a bar for each.

mod infinity;

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::ends::{self, End};
use super::nearest::nearest_line;
use super::pen::Anchor;
use super::picture::Picture;
use super::scale::Scale;
use super::theme::Theme;
use super::{PlotError, Rect, axis, clip, color::Rgb, text};

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Written where it ends; empty for none.
    pub name: String,
    /// Of line, dots and ∞ marks.
    pub colour: Rgb,
    /// Dashes, to tell it from the others without colour.
    pub dashed: bool,
    /// (epoch, value), ascending epochs.
    pub points: Vec<(f64, f64)>,
    /// A point of it that is ringed: from there on it is stable.
    pub mark: Option<(f64, f64)>,
    /// Another one is looked at: nearly the colour of what is behind it.
    pub dimmed: bool,
}

/// How much of a dimmed curve's colour is left.
const DIMMED: f64 = 0.2;

impl Series {
    /// A drawn-through line without a name.
    pub fn line(colour: Rgb, points: Vec<(f64, f64)>) -> Self {
        Self { name: String::new(), colour, dashed: false, points, mark: None, dimmed: false }
    }

    /// The colour that it is drawn in.
    pub fn ink(&self, theme: &Theme) -> Rgb {
        if self.dimmed { self.colour.over(theme.colours.background, DIMMED) } else { self.colour }
    }
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
    /// How values are placed between them.
    pub scale: Scale,
    /// Written above the y axis, with its unit.
    pub y_title: String,
    /// Drawn in this order.
    pub series: Vec<Series>,
    /// Lines to compare with.
    pub rules: Vec<Rule>,
    /// What an infinite value means, written behind the names of the curves that have one.
    pub infinite_words: String,
    /// The chosen epoch.
    pub cursor: Option<f64>,
    /// Room for the names of all curves, also of those that are hidden, so that hiding one moves nothing: see
    /// [`ends::room`]; none where names are not written.
    pub name_room: f64,
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
    scale: Scale,
}

/// Room for half a tick label beyond the last epoch.
const RIGHT: f64 = 14.0;
/// Names at the ends of curves take at most this share of a chart's width.
const NAMES_SHARE: f64 = 0.28;
/// How near a pointer must come to a curve, CSS pixels.
const REACH: f64 = 12.0;
/// Distance between ticks and their labels.
const GAP: f64 = 5.0;

impl Layout {
    /// For a box of `width × height` CSS pixels.
    pub fn new(chart: &LineChart, theme: &Theme, width: f64, height: f64) -> Self {
        let line = theme.line_height();
        let labels = chart.scale.labels(&y_ticks(chart, height));
        let widest = labels.iter().map(|label| text::width(label, theme.small)).fold(0.0, f64::max);
        let bottom = if chart.small { line } else { 2.0 * line };
        let right = width - chart.name_room.min(NAMES_SHARE * width).max(RIGHT);
        let left = widest + GAP + 2.0;
        let top = if chart.small { 6.0 } else { line + GAP } + infinity::height(chart, theme, (left, right));
        let data = Rect::from_edges(left, top, right, height - bottom - 2.0);
        Self { data, x_range: chart.x_range, y_range: chart.y_range, scale: chart.scale }
    }

    /// With the data in `data`, on even axes.
    pub fn of(data: Rect, x_range: (f64, f64), y_range: (f64, f64)) -> Self {
        Self { data, x_range, y_range, scale: Scale::Linear }
    }

    /// Pixel of an epoch.
    pub fn x(&self, epoch: f64) -> f64 {
        self.data.x + Scale::Linear.share(epoch, self.x_range) * self.data.width
    }

    /// Pixel of a value; beyond the ends of the axis it stays at the edge.
    pub fn y(&self, value: f64) -> f64 {
        self.data.bottom() - self.scale.share(value, self.y_range).clamp(0.0, 1.0) * self.data.height
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

    /// What is drawn of a curve, in pixels: its stretches, cut to the axis. A stretch of one point is a dot.
    fn stretches(&self, series: &Series) -> Vec<Vec<(f64, f64)>> {
        let pixels = |stretch| {
            let shown = clip::to_range(stretch, self.x_range);
            shown.iter().map(|&(x, y)| (self.x(x), self.y(y))).collect()
        };
        stretches(&series.points).map(pixels).collect()
    }

    /// The curve that passes near a point of the chart, by its place among `chart.series`.
    pub fn nearest(&self, chart: &LineChart, point: (f64, f64)) -> Option<usize> {
        let lines: Vec<_> = chart.series.iter().map(|series| self.stretches(series)).collect();
        nearest_line(&lines, point, REACH)
    }
}

fn y_ticks(chart: &LineChart, height: f64) -> Vec<f64> {
    let most = if chart.small { 2 } else { ((height / 45.0) as usize).clamp(2, 6) };
    chart.scale.ticks(chart.y_range, most)
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
    // Dimmed ones first: what is looked at lies above them.
    for is_dimmed in [true, false] {
        for series in chart.series.iter().filter(|series| series.dimmed == is_dimmed) {
            add_series(&mut picture, series, theme, &layout, chart.small);
        }
    }
    if chart.name_room > 0.0 {
        let room = width - layout.data.right();
        ends::add(&mut picture, &ends_of(chart, theme, &layout), theme, layout.data, room);
    }
    (picture, layout)
}

fn ends_of(chart: &LineChart, theme: &Theme, layout: &Layout) -> Vec<End> {
    let end = |series: &Series| {
        let at = *layout.stretches(series).iter().rev().find_map(|stretch| stretch.last())?;
        Some(End { at, name: series.name.clone(), colour: series.ink(theme) })
    };
    chart.series.iter().filter(|series| !series.name.is_empty()).filter_map(end).collect()
}

fn add_axes(picture: &mut Picture, chart: &LineChart, theme: &Theme, layout: &Layout, height: f64) {
    let (data, colours) = (layout.data, theme.colours);
    let ticks = y_ticks(chart, height);
    for (tick, label) in ticks.iter().zip(chart.scale.labels(&ticks)) {
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
    let (low, high) = chart.y_range;
    for rule in chart.rules.iter().filter(|rule| (low..=high).contains(&rule.y)) {
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
    let width = if small { 1.25 } else { 2.0 };
    let ink = series.ink(theme);
    for pixels in layout.stretches(series) {
        match (&pixels[..], series.dashed) {
            (&[], _) => {}
            (&[dot], _) => picture.dot(dot, if small { 1.75 } else { 2.5 }, ink),
            (line, true) => picture.dashes(line, ink, width),
            (line, false) => picture.line(line, ink, width),
        }
    }
    if let Some((x, y)) = series.mark.filter(|(x, _)| layout.shows(*x)) {
        let at = (layout.x(x), layout.y(y));
        picture.dot(at, 4.5, ink);
        picture.dot(at, 2.5, theme.colours.background);
    }
}

/// Runs of finite points: a curve is broken where its value is undefined or infinite.
fn stretches(points: &[(f64, f64)]) -> impl Iterator<Item = &[(f64, f64)]> {
    points.split(|(_, y)| !y.is_finite()).filter(|stretch| !stretch.is_empty())
}

#[cfg(test)]
mod tests;
