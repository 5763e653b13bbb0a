//! Bars in groups, each with marks to compare it with (a ceiling), upwards or downwards from zero.

use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;

use super::color::Rgb;
use super::pen::Anchor;
use super::picture::Picture;
use super::theme::Theme;
use super::{PlotError, Rect, axis, text};

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its colour.
    pub colour: Rgb,
    /// How far it reaches; NaN for none, ∞ for a mark at the top edge.
    pub value: f64,
    /// Written at its end, where there is room.
    pub label: String,
    /// Lines across it, dashed.
    pub limits: Vec<f64>,
}

/// Bars side by side over one name.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGroup {
    /// Below the axis.
    pub name: String,
    /// Below the name; empty for nothing.
    pub note: String,
    /// From left to right.
    pub bars: Vec<Bar>,
}

/// A chart of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct BarChart {
    /// Written above the y axis, with its unit.
    pub y_title: String,
    /// Ends of the y axis; 0 lies between them.
    pub y_range: (f64, f64),
    /// From left to right.
    pub groups: Vec<BarGroup>,
    /// The group that is pointed at.
    pub cursor: Option<usize>,
}

/// Where the groups lie, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// The area of the data.
    pub data: Rect,
    y_range: (f64, f64),
    n_groups: usize,
}

/// Distance between ticks and their labels.
const GAP: f64 = 5.0;
/// Widest bar.
const WIDEST: f64 = 56.0;

impl Layout {
    /// For a box of `width × height` CSS pixels.
    pub fn new(chart: &BarChart, theme: &Theme, width: f64, height: f64) -> Self {
        let line = theme.line_height();
        let labels = axis::labels(&y_ticks(chart, height));
        let widest = labels.iter().map(|label| text::width(label, theme.small)).fold(0.0, f64::max);
        let has_notes = chart.groups.iter().any(|group| !group.note.is_empty());
        let bottom = if has_notes { 2.0 * line } else { line };
        let data = Rect::from_edges(widest + GAP + 2.0, 2.0 * line, width - 4.0, height - bottom - GAP - 2.0);
        Self { data, y_range: chart.y_range, n_groups: chart.groups.len().max(1) }
    }

    /// Pixel of a value; beyond the ends of the axis it stays at the edge.
    pub fn y(&self, value: f64) -> f64 {
        let (low, high) = self.y_range;
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        self.data.bottom() - share.clamp(0.0, 1.0) * self.data.height
    }

    /// Width of a group's room.
    fn step(&self) -> f64 {
        self.data.width / self.n_groups as f64
    }

    /// Middle of a group.
    pub fn centre(&self, group: usize) -> f64 {
        self.data.x + (group as f64 + 0.5) * self.step()
    }

    /// The group at a pixel, kept within the chart.
    pub fn group_at(&self, x: f64) -> usize {
        let group = ((x - self.data.x) / self.step()).max(0.0) as usize;
        group.min(self.n_groups - 1)
    }

    /// Left edge and width of a bar of a group with `of` bars.
    fn bar(&self, group: usize, index: usize, of: usize) -> (f64, f64) {
        let width = (0.8 * self.step() / of.max(1) as f64).min(WIDEST);
        (self.centre(group) + (index as f64 - of as f64 / 2.0) * width, width)
    }
}

fn y_ticks(chart: &BarChart, height: f64) -> Vec<f64> {
    axis::ticks(chart.y_range.0, chart.y_range.1, ((height / 45.0) as usize).clamp(2, 6))
}

/// The chart as marks.
pub fn compose(chart: &BarChart, theme: &Theme, width: f64, height: f64) -> (Picture, Layout) {
    let layout = Layout::new(chart, theme, width, height);
    let mut picture = Picture::new(width, height);
    let (data, colours) = (layout.data, theme.colours);
    let ticks = y_ticks(chart, height);
    for (tick, label) in ticks.iter().zip(axis::labels(&ticks)) {
        let y = layout.y(*tick);
        picture.line(&[(data.x, y), (data.right(), y)], colours.grid, 1.0);
        picture.text(label, (data.x - GAP, y), Anchor::RightMiddle, colours.muted);
    }
    picture.text(chart.y_title.clone(), (2.0, 1.0), Anchor::LeftTop, colours.muted);
    for (index, group) in chart.groups.iter().enumerate() {
        add_group(&mut picture, chart, theme, &layout, index, group);
    }
    let zero = layout.y(0.0);
    picture.line(&[(data.x, zero), (data.right(), zero)], colours.axis, 1.0);
    (picture, layout)
}

fn add_group(
    picture: &mut Picture,
    chart: &BarChart,
    theme: &Theme,
    layout: &Layout,
    index: usize,
    group: &BarGroup,
) {
    let (line, colours) = (theme.line_height(), theme.colours);
    let below = layout.data.bottom() + GAP;
    let room = layout.step() - 2.0;
    let name = text::fit(&group.name, theme.small, room);
    let ink = if chart.cursor == Some(index) { colours.text } else { colours.muted };
    picture.text(name, (layout.centre(index), below), Anchor::CentreTop, ink);
    let note = text::fit(&group.note, theme.small, room);
    picture.text(note, (layout.centre(index), below + line), Anchor::CentreTop, colours.muted);
    let zero = layout.y(0.0);
    for (place, bar) in group.bars.iter().enumerate() {
        let (left, width) = layout.bar(index, place, group.bars.len());
        if bar.value == f64::INFINITY {
            picture.text("∞", (left + width / 2.0, layout.data.y), Anchor::CentreTop, bar.colour);
        }
        if bar.value.is_finite() {
            let end = layout.y(bar.value);
            let (top, bottom) = (end.min(zero), end.max(zero).max(end.min(zero) + 1.0));
            picture.rect(Rect::from_edges(left + 1.0, top, left + width - 1.0, bottom), bar.colour);
            if text::width(&bar.label, theme.small) <= width + 8.0 || group.bars.len() == 1 {
                let at = if bar.value < 0.0 { bottom + 2.0 } else { top - line };
                picture.text(bar.label.clone(), (left + width / 2.0, at), Anchor::CentreTop, colours.text);
            }
        }
        for &limit in &bar.limits {
            let y = layout.y(limit);
            picture.dashes(&[(left - 3.0, y), (left + width + 3.0, y)], colours.marker, 1.5);
        }
    }
}

/// Draws the chart over the whole area, whose pixels are `theme.scale` to a CSS pixel.
///
/// # Errors
/// When the backend refuses.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    chart: &BarChart,
    theme: &Theme,
) -> Result<(), PlotError> {
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (f64::from(width) / theme.scale, f64::from(height) / theme.scale);
    compose(chart, theme, width, height).0.draw(area, theme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::Mode;

    fn chart(values: &[f64]) -> BarChart {
        let bar = |&value: &f64| Bar {
            colour: Rgb::hex(0x00ab_cdef),
            value,
            label: format!("{value:.1}"),
            limits: vec![9.0],
        };
        let group =
            |value| BarGroup { name: "100".to_owned(), note: "−0.2".to_owned(), bars: vec![bar(value)] };
        BarChart {
            y_title: "H (bit)".to_owned(),
            y_range: (-2.0, 10.0),
            groups: values.iter().map(group).collect(),
            cursor: None,
        }
    }

    fn composed(values: &[f64], width: f64) -> (String, Layout) {
        let theme = Theme::for_canvas(Mode::Light, 1.0);
        let (picture, layout) = compose(&chart(values), &theme, width, 240.0);
        (picture.to_svg(&theme, "bars"), layout)
    }

    #[test]
    fn a_bar_reaches_from_zero_to_its_value_also_downwards() {
        let (svg, layout) = composed(&[8.0, -1.0], 400.0);
        let bar =
            |top: f64, bottom: f64| format!("y=\"{top:.1}\" width=\"54.0\" height=\"{:.1}\"", bottom - top);
        assert!(svg.contains(&bar(layout.y(8.0), layout.y(0.0))), "{svg}");
        assert!(svg.contains(&bar(layout.y(0.0), layout.y(-1.0))), "{svg}");
    }

    #[test]
    fn an_undefined_value_has_no_bar_and_infinity_a_mark() {
        let (svg, _) = composed(&[f64::NAN, f64::INFINITY], 400.0);
        assert_eq!(svg.matches("fill=\"#abcdef\"/>").count(), 0);
        assert_eq!(svg.matches('∞').count(), 1);
    }

    #[test]
    fn every_bar_has_its_limits() {
        let (svg, _) = composed(&[1.0, 2.0, 3.0], 400.0);
        assert_eq!(svg.matches("stroke-dasharray").count(), 3);
    }

    #[test]
    fn groups_are_found_where_they_are_drawn() {
        let (_, layout) = composed(&[1.0, 2.0, 3.0], 330.0);
        for group in 0..3 {
            assert_eq!(layout.group_at(layout.centre(group)), group);
        }
        assert_eq!((layout.group_at(-10.0), layout.group_at(9999.0)), (0, 2));
        assert!(layout.data.right() <= 330.0 && layout.data.x >= 0.0);
    }
}
