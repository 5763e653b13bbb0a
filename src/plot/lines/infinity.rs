//! The row above a chart of curves that says which of them are infinite, and when.

use super::{GAP, Layout, LineChart, Series};
use crate::plot::Rect;
use crate::plot::pen::Anchor;
use crate::plot::picture::Picture;
use crate::plot::theme::Theme;

/// Height of a curve's line in the row, CSS pixels, with the space below it.
const LINE: f64 = 4.0;
/// That space.
const SPACE: f64 = 1.0;
/// Least height of the row: the sign beside it needs that.
const LEAST: f64 = 12.0;
/// Between the row and the data.
const BELOW: f64 = 4.0;
/// Narrowest bar: a single epoch of many is still seen.
const NARROWEST: f64 = 3.0;

/// Curves with an infinite value in the part of the axis that is shown.
fn infinite(chart: &LineChart) -> impl Iterator<Item = &Series> {
    let (first, last) = chart.x_range;
    let is_shown = move |&(x, y): &(f64, f64)| y == f64::INFINITY && (first..=last).contains(&x);
    chart.series.iter().filter(move |series| series.points.iter().any(is_shown))
}

/// CSS pixels that the row takes; none where no curve is infinite.
pub(super) fn height(chart: &LineChart) -> f64 {
    match infinite(chart).count() {
        0 => 0.0,
        n => (LINE * n as f64).max(LEAST) + BELOW,
    }
}

/// The row, above the data: bars from the first to the last of the epochs at which a curve is infinite.
pub(super) fn add(picture: &mut Picture, chart: &LineChart, theme: &Theme, layout: &Layout) {
    let (height, data) = (height(chart), layout.data);
    if height <= 0.0 {
        return;
    }
    let top = data.y - height;
    let middle = top + (height - BELOW) / 2.0;
    picture.text("∞", (data.x - GAP, middle), Anchor::RightMiddle, theme.colours.muted);
    for (line, series) in infinite(chart).enumerate() {
        let y = top + LINE * line as f64;
        for (first, last) in stretches(&series.points) {
            // Half way to the neighbours, which are finite.
            let (left, right) = (layout.x(first - 0.5).max(data.x), layout.x(last + 0.5).min(data.right()));
            if right > left {
                let room = (NARROWEST - (right - left)).max(0.0) / 2.0;
                let bar = Rect::from_edges(left - room, y, right + room, y + LINE - SPACE);
                picture.rect(bar, series.colour);
            }
        }
    }
}

/// First and last epoch of each stretch of infinite values.
fn stretches(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    let infinite = points.split(|(_, y)| *y != f64::INFINITY);
    infinite.filter_map(|stretch| Some((stretch.first()?.0, stretch.last()?.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::color::Rgb;
    use crate::plot::lines::compose;
    use crate::plot::palette::Mode;

    fn chart(curves: &[&[f64]]) -> LineChart {
        let series = |values: &&[f64]| Series {
            colour: Rgb::hex(0x00ab_cdef),
            dashed: false,
            points: (0..).map(f64::from).zip(values.iter().copied()).collect(),
            mark: None,
        };
        LineChart {
            x_range: (0.0, 10.0),
            x_title: "epoch".to_owned(),
            y_range: (0.0, 3.0),
            y_title: "H (bit)".to_owned(),
            series: curves.iter().map(series).collect(),
            rules: Vec::new(),
            cursor: None,
            small: false,
        }
    }

    fn svg(chart: &LineChart) -> (String, Layout) {
        let theme = Theme::for_canvas(Mode::Light, 1.0);
        let (picture, layout) = compose(chart, &theme, 600.0, 300.0);
        (picture.to_svg(&theme, ""), layout)
    }

    #[test]
    fn curves_that_are_infinite_at_once_lie_below_each_other() {
        let infinite = [f64::INFINITY, f64::INFINITY, 1.0, 1.0];
        let (svg, layout) = svg(&chart(&[&infinite, &infinite, &[1.0, 1.0]]));
        let bars: Vec<&str> =
            svg.lines().filter(|line| line.contains("<rect") && line.contains("#abcdef")).collect();
        assert_eq!(bars.len(), 2);
        assert_ne!(bars[0], bars[1]);
        assert!(layout.data.y > self::svg(&chart(&[&[1.0, 1.0]])).1.data.y, "the data make room");
        assert_eq!(svg.matches('∞').count(), 1);
    }

    #[test]
    fn every_gap_has_a_bar_of_its_own() {
        let values = [f64::INFINITY, 1.0, f64::INFINITY, f64::INFINITY, 1.0, f64::NAN];
        let points: Vec<(f64, f64)> = (0..).map(f64::from).zip(values).collect();
        assert_eq!(stretches(&points).collect::<Vec<_>>(), [(0.0, 0.0), (2.0, 3.0)]);
    }

    #[test]
    fn what_is_infinite_outside_of_the_axis_takes_no_room() {
        let mut chart = chart(&[&[f64::INFINITY, 1.0, 1.0]]);
        assert!(height(&chart) > 0.0);
        chart.x_range = (1.0, 5.0);
        assert!(height(&chart) <= 0.0);
    }
}
