//! The row above a chart of curves that says which of them are infinite, and when: in words where there is room for
//! them, `∞ 3 5 never predicted` where that begins, else as bars.

use super::{GAP, Layout, LineChart, Series};
use crate::plot::Rect;
use crate::plot::pen::{Anchor, Face};
use crate::plot::picture::Picture;
use crate::plot::scale::Scale;
use crate::plot::text;
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

/// CSS pixels that the row takes above data between these places; none where no curve is infinite.
pub(super) fn height(chart: &LineChart, theme: &Theme, across: (f64, f64)) -> f64 {
    match infinite(chart).count() {
        0 => 0.0,
        _ if notes(chart, theme, across).is_some() => theme.line_height() + BELOW,
        n => (LINE * n as f64).max(LEAST) + BELOW,
    }
}

/// What is said from a place on: the same curves are infinite at some epochs in a row.
struct Note<'a> {
    left: f64,
    curves: Vec<&'a Series>,
}

/// Between the words of a note.
const WORD_SPACE: f64 = 4.0;

impl Note<'_> {
    fn width(&self, words: &str, theme: &Theme) -> f64 {
        let names = self.curves.iter().map(|series| series.name.as_str());
        let widths =
            std::iter::once("∞").chain(names).chain([words]).map(|word| text::width(word, theme.small));
        widths.map(|width| width + WORD_SPACE).sum()
    }
}

/// In the order of the epochs; `None` where they would lie over each other or curves have no names.
fn notes<'a>(chart: &'a LineChart, theme: &Theme, (left, right): (f64, f64)) -> Option<Vec<Note<'a>>> {
    if chart.small || infinite(chart).any(|series| series.name.is_empty()) {
        return None;
    }
    let mut notes: Vec<Note<'a>> = Vec::new();
    let mut end = left;
    let mut last: Vec<&Series> = Vec::new();
    for x in xs(chart) {
        let is_infinite = |series: &&Series| {
            let place = series.points.binary_search_by(|point| point.0.total_cmp(&x));
            place.is_ok_and(|place| series.points[place].1 == f64::INFINITY)
        };
        let curves: Vec<&Series> = chart.series.iter().filter(is_infinite).collect();
        if curves != last && !curves.is_empty() {
            let place = left + Scale::Linear.share(x, chart.x_range) * (right - left);
            let mut note = Note { left: place, curves: curves.clone() };
            let width = note.width(&chart.infinite_words, theme);
            note.left = note.left.min(right - width);
            if note.left < end {
                return None;
            }
            end = note.left + width + WORD_SPACE;
            notes.push(note);
        }
        last = curves;
    }
    Some(notes)
}

/// The places of all points in the part of the axis that is shown, ascending.
fn xs(chart: &LineChart) -> Vec<f64> {
    let (first, last) = chart.x_range;
    let points = chart.series.iter().flat_map(|series| &series.points);
    let mut xs: Vec<f64> = points.map(|point| point.0).filter(|x| (first..=last).contains(x)).collect();
    xs.sort_unstable_by(f64::total_cmp);
    xs.dedup();
    xs
}

fn write(picture: &mut Picture, notes: &[Note<'_>], words: &str, theme: &Theme, middle: f64) {
    let bold = Face { size: theme.small, is_bold: true };
    for note in notes {
        let mut x = note.left;
        let mut next = |word: &str| {
            let at = (x, middle);
            x += text::width(word, theme.small) + WORD_SPACE;
            at
        };
        picture.text("∞", next("∞"), Anchor::LeftMiddle, theme.colours.muted);
        for series in &note.curves {
            picture.label(
                series.name.clone(),
                next(&series.name),
                Anchor::LeftMiddle,
                series.ink(theme),
                bold,
            );
        }
        picture.text(words, next(words), Anchor::LeftMiddle, theme.colours.muted);
    }
}

/// The row, above the data: notes, or bars from the first to the last of the epochs at which a curve is infinite.
pub(super) fn add(picture: &mut Picture, chart: &LineChart, theme: &Theme, layout: &Layout) {
    let data = layout.data;
    let across = (data.x, data.right());
    let height = height(chart, theme, across);
    if height <= 0.0 {
        return;
    }
    let top = data.y - height;
    let middle = top + (height - BELOW) / 2.0;
    if let Some(notes) = notes(chart, theme, across) {
        write(picture, &notes, &chart.infinite_words, theme, middle);
        return;
    }
    picture.text("∞", (data.x - GAP, middle), Anchor::RightMiddle, theme.colours.muted);
    for (line, series) in infinite(chart).enumerate() {
        let y = top + LINE * line as f64;
        for (first, last) in stretches(&series.points) {
            // Half way to the neighbours, which are finite.
            let (left, right) = (layout.x(first - 0.5).max(data.x), layout.x(last + 0.5).min(data.right()));
            if right > left {
                let room = (NARROWEST - (right - left)).max(0.0) / 2.0;
                let bar = Rect::from_edges(left - room, y, right + room, y + LINE - SPACE);
                picture.rect(bar, series.ink(theme));
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
    use crate::plot::scale::Scale;

    fn chart(curves: &[&[f64]]) -> LineChart {
        let series = |values: &&[f64]| {
            let points = (0..).map(f64::from).zip(values.iter().copied());
            Series::line(Rgb::hex(0x00ab_cdef), points.collect())
        };
        LineChart {
            x_range: (0.0, 10.0),
            x_title: "epoch".to_owned(),
            y_range: (0.0, 3.0),
            scale: Scale::Linear,
            y_title: "H (bit)".to_owned(),
            series: curves.iter().map(series).collect(),
            rules: Vec::new(),
            infinite_words: String::new(),
            cursor: None,
            name_room: 0.0,
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
        let height = |chart: &LineChart| height(chart, &Theme::for_canvas(Mode::Light, 1.0), (40.0, 580.0));
        assert!(height(&chart) > 0.0);
        chart.x_range = (1.0, 5.0);
        assert!(height(&chart) <= 0.0);
    }

    fn named(curves: &[&[f64]]) -> LineChart {
        let mut chart = chart(curves);
        for (class, series) in chart.series.iter_mut().enumerate() {
            series.name = class.to_string();
        }
        "never predicted".clone_into(&mut chart.infinite_words);
        chart
    }

    #[test]
    fn curves_with_names_are_named_once_per_run_of_epochs() {
        let (inf, chart) = (f64::INFINITY, named);
        let (svg, _) = svg(&chart(&[
            &[inf, inf, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, inf],
            &[1.0; 9],
            &[inf, inf, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        ]));
        let words: Vec<&str> = svg.lines().filter(|line| line.contains("never predicted")).collect();
        assert_eq!((words.len(), svg.matches('∞').count()), (2, 2));
        let count = |name: &str| svg.matches(&format!("font-weight=\"bold\">{name}</text>")).count();
        assert_eq!([count("0"), count("1"), count("2")], [2, 0, 1]);
        assert_eq!(svg.lines().filter(|line| line.contains("<rect") && line.contains("#abcdef")).count(), 0);
    }

    #[test]
    fn notes_that_would_lie_over_each_other_are_bars() {
        let inf = f64::INFINITY;
        let (svg, _) = svg(&named(&[&[inf, 1.0, inf, 1.0], &[1.0, inf, inf, 1.0]]));
        assert_eq!(svg.matches("never predicted").count(), 0);
        assert_eq!(svg.lines().filter(|line| line.contains("<rect") && line.contains("#abcdef")).count(), 3);
    }
}
