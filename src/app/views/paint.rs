//! Figures → plots: which colour is which, and how curves get onto a canvas.

use std::cell::RefCell;

use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;

use crate::app::figures::bars::{BarFigure, BarValue};
use crate::app::figures::depth::{Depth, Extent};
use crate::app::figures::stabilisation::stable_from;
use crate::app::figures::zoom::Zoom;
use crate::app::figures::{self, Curve, CurveChart, Ink};
use crate::app::widgets::{Hidden, Image, Surface, vertical_line};
use crate::plot::bars::{self, Bar, BarChart, BarGroup};
use crate::plot::color::Rgb;
use crate::plot::ends;
use crate::plot::lines::{self, Layout, LineChart, Rule, Series};
use crate::plot::palette::{self, Mode};
use crate::plot::picture::Picture;
use crate::plot::ramp::Ramp;
use crate::plot::raster::{ValueRange, heatmap};
use crate::plot::scale::Scale;
use crate::plot::theme::Theme;
use crate::plot::{hatch, legend};

/// The colour of a curve.
pub fn color(ink: Ink, mode: Mode) -> Rgb {
    match ink {
        Ink::Class(class) => palette::class(mode, class),
        Ink::AllClasses => palette::all_classes(mode),
        Ink::Layer { layer, of } => palette::layer(mode, layer, of),
        Ink::Train | Ink::Maximum => palette::train(mode),
        Ink::Test | Ink::Mean => palette::test(mode),
        Ink::Chance => palette::colours(mode).muted,
        Ink::Run(place) => palette::class(mode, place),
    }
}

/// The same for CSS.
pub fn css_color(ink: Ink, mode: Mode) -> String {
    color(ink, mode).css()
}

/// CSS colours of the classes' names; none where there are more classes than colours.
pub fn class_colours(n_classes: usize, mode: Mode) -> Vec<String> {
    let n_coloured = if n_classes <= palette::N_CLASSES { n_classes } else { 0 };
    (0..n_coloured).map(|class| css_color(Ink::Class(class), mode)).collect()
}

/// Whether the curve is dashed: told apart without colour too.
pub fn is_dashed(ink: Ink) -> bool {
    matches!(ink, Ink::AllClasses | Ink::Train | Ink::Chance)
}

/// How curves are shown, apart from what they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveLook {
    /// Curves that are not drawn.
    pub hidden: Hidden,
    /// The one that is looked at: the others are dimmed.
    pub highlighted: Option<usize>,
    /// Light or dark.
    pub mode: Mode,
    /// One of many side by side.
    pub small: bool,
    /// The part of the epoch axis that is shown.
    pub zoom: Option<Zoom>,
    /// Where a curve gets stable is marked, and this counts as standing still.
    pub tolerance: Option<f64>,
}

/// The epoch under `x` of a chart `width` CSS pixels wide.
pub fn epoch_at(chart: &CurveChart, x: f64, width: f64, look: CurveLook) -> f64 {
    layout(chart, width, look).epoch_at(x)
}

/// Where `epoch` stands in a chart `width` CSS pixels wide.
pub fn pixel_of(chart: &CurveChart, epoch: f64, width: f64, look: CurveLook) -> f64 {
    layout(chart, width, look).x(epoch)
}

/// The shown curve that passes near a point of a chart of this size.
pub fn curve_at(chart: &CurveChart, at: (f64, f64), size: (f64, f64), look: CurveLook) -> Option<usize> {
    let is_shown = |index: usize| !look.hidden.contains(index);
    let shown = line_chart(chart, &is_shown, look);
    let layout = Layout::new(&shown, &Theme::for_canvas(Mode::Light, 1.0), size.0, size.1);
    let place = layout.nearest(&shown, at)?;
    (0..chart.curves.len()).filter(|&index| is_shown(index)).nth(place)
}

/// Epochs lie the same at any height.
fn layout(chart: &CurveChart, width: f64, look: CurveLook) -> Layout {
    let (no_curves, any_height) = (line_chart(chart, &|_| false, look), 200.0);
    Layout::new(&no_curves, &Theme::for_canvas(Mode::Light, 1.0), width, any_height)
}

/// Draws the curves that are not hidden.
pub fn curves(chart: &CurveChart, look: CurveLook, surface: &Surface) {
    let chart = line_chart(chart, &|index| !look.hidden.contains(index), look);
    let theme = Theme::for_canvas(look.mode, surface.scale);
    picture(&lines::compose(&chart, &theme, surface.width, surface.height).0, &theme, surface);
}

/// Draws the line at the chart's epoch, if that is shown.
pub fn epoch_line(chart: &CurveChart, look: CurveLook, surface: &Surface) {
    let theme = Theme::for_canvas(look.mode, surface.scale);
    let layout = Layout::new(&line_chart(chart, &|_| false, look), &theme, surface.width, surface.height);
    if let Some(epoch) = chart.cursor.filter(|&epoch| layout.shows(epoch)) {
        let ends = (layout.data.y, layout.data.bottom());
        vertical_line(surface, layout.x(epoch), ends, &theme.colours.marker.css());
    }
}

/// The same as an SVG document, with a legend.
pub fn curves_svg(chart: &CurveChart, look: CurveLook, title: &str) -> String {
    let shown = chart.curves.iter().enumerate().filter(|(index, _)| !look.hidden.contains(*index));
    let entries: Vec<(String, Rgb)> =
        shown.map(|(_, curve)| (curve.name.clone(), color(curve.ink, look.mode))).collect();
    let chart = line_chart(chart, &|index| !look.hidden.contains(index), look);
    let theme = Theme::for_canvas(look.mode, 1.0);
    let (mut picture, _) = lines::compose(&chart, &theme, FILE_SIZE.0, FILE_SIZE.1);
    legend::add_below(&mut picture, &entries, &theme);
    picture.to_svg(&theme, title)
}

/// Size of a chart in a file, CSS pixels.
const FILE_SIZE: (f64, f64) = (720.0, 360.0);

/// Draws bars.
pub fn bars(figure: &BarFigure, mode: Mode, cursor: Option<usize>, surface: &Surface) {
    let theme = Theme::for_canvas(mode, surface.scale);
    let chart = bar_chart(figure, mode, cursor);
    picture(&bars::compose(&chart, &theme, surface.width, surface.height).0, &theme, surface);
}

/// The same as an SVG document.
pub fn bars_svg(figure: &BarFigure, mode: Mode, title: &str) -> String {
    let theme = Theme::for_canvas(mode, 1.0);
    let chart = bar_chart(figure, mode, None);
    bars::compose(&chart, &theme, FILE_SIZE.0, FILE_SIZE.1).0.to_svg(&theme, title)
}

/// The group of bars under `x` of a chart `width` CSS pixels wide, and the middle of it.
pub fn group_at(figure: &BarFigure, x: f64, width: f64) -> Option<(usize, f64)> {
    let any_height = 200.0;
    let layout = bars::Layout::new(
        &bar_chart(figure, Mode::Light, None),
        &Theme::for_canvas(Mode::Light, 1.0),
        width,
        any_height,
    );
    let group = layout.group_at(x);
    (group < figure.groups.len()).then(|| (group, layout.centre(group)))
}

/// Puts a picture on a canvas.
pub fn picture(picture: &Picture, theme: &Theme, surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    // A picture that cannot be drawn leaves the table of its numbers.
    let _ = picture.draw(&backend.into_drawing_area(), theme);
}

/// Puts a picture over what is on a canvas.
pub fn over(picture: &Picture, theme: &Theme, surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    // What cannot be drawn is also said in words beside it.
    let _ = picture.draw_over(&backend.into_drawing_area(), theme);
}

fn bar_chart(figure: &BarFigure, mode: Mode, cursor: Option<usize>) -> BarChart {
    let bar = |bar: &BarValue| Bar {
        colour: color(bar.ink, mode),
        value: bar.value,
        label: if bar.value.is_finite() {
            format!("{:.2}", bar.value).replace('-', "−")
        } else {
            String::new()
        },
        limits: bar.limits.clone(),
    };
    let group = |group: &figures::bars::BarGroup| BarGroup {
        name: group.name.clone(),
        note: group.note.clone(),
        bars: group.bars.iter().map(bar).collect(),
    };
    BarChart {
        y_title: figure.y_title.clone(),
        y_range: figure.y_range,
        groups: figure.groups.iter().map(group).collect(),
        cursor,
    }
}

fn line_chart(chart: &CurveChart, is_shown: &dyn Fn(usize) -> bool, look: CurveLook) -> LineChart {
    let shown = chart.curves.iter().enumerate().filter(|(index, _)| is_shown(*index));
    let highlighted = look.highlighted.filter(|&index| is_shown(index));
    let mark =
        |index: usize, points: &[(f64, f64)]| stable_from(points, chart.tolerance(index, look.tolerance?));
    LineChart {
        x_range: Zoom::range(look.zoom, chart.x_end),
        x_title: chart.axis.title().to_owned(),
        y_range: chart.y_range,
        scale: chart.scale,
        y_title: chart.y_title.clone(),
        series: shown
            .map(|(index, curve)| Series {
                name: curve.short_name().to_owned(),
                colour: color(curve.ink, look.mode),
                dashed: is_dashed(curve.ink),
                points: curve.points.clone(),
                mark: mark(index, &curve.points),
                dimmed: highlighted.is_some_and(|highlighted| highlighted != index),
            })
            .collect(),
        rules: chart.rules.iter().map(|rule| Rule { y: rule.y, name: rule.name.clone() }).collect(),
        infinite_words: chart.infinite_words.to_owned(),
        cursor: chart.cursor,
        name_room: if look.small { 0.0 } else { name_room(chart.curves.iter().map(Curve::short_name)) },
        small: look.small,
    }
}

fn name_room<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    ends::room(names, &Theme::for_canvas(Mode::Light, 1.0))
}

/// RGBA of the cells of a heatmap, one pixel each.
pub fn cells(values: &[f64], range: ValueRange, is_difference: bool, mode: Mode) -> Vec<u8> {
    with_ramp(is_difference, mode, |ramp| {
        // One row of all values: their number fits by construction.
        heatmap(values, 1, values.len(), range, ramp).unwrap_or_default()
    })
}

/// The colours from the low end of a scale to the high one.
pub fn scale(is_difference: bool, mode: Mode) -> Image {
    let steps: Vec<f64> = (0..64).map(|step| f64::from(step) / 63.0).collect();
    let rgba = cells(&steps, ValueRange { low: 0.0, high: 1.0 }, is_difference, mode);
    Image { width: 64, height: 1, rgba }
}

/// Lines over marked cells; an empty picture when none is marked.
pub fn hatching(marks: &[bool], rows: usize, columns: usize) -> Image {
    if !marks.contains(&true) {
        return Image::default();
    }
    let side = hatch::cell_side(rows, columns);
    let rgba = hatch::hatch(marks, rows, columns, side).unwrap_or_default();
    Image { width: columns * side, height: rows * side, rgba }
}

thread_local! {
    static RAMPS: RefCell<Vec<((bool, Mode), Ramp)>> = const { RefCell::new(Vec::new()) };
}

/// Ramps are made once: that takes longer than colouring a matrix.
fn with_ramp<R>(is_difference: bool, mode: Mode, paint: impl FnOnce(&Ramp) -> R) -> R {
    RAMPS.with_borrow_mut(|ramps| {
        let key = (is_difference, mode);
        let place = ramps.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            ramps.push((key, if is_difference { Ramp::difference(mode) } else { Ramp::capacity(mode) }));
            ramps.len() - 1
        });
        paint(&ramps[place].1)
    })
}

/// A number of an extent.
type Number = fn(&Extent) -> f64;

const DEPTH_CURVES: [(&str, Ink, Number); 3] = [
    ("largest", Ink::Maximum, |extent| extent.maximum),
    ("mean", Ink::Mean, |extent| extent.mean),
    ("by chance", Ink::Chance, |extent| extent.chance),
];

/// Draws mean and maximum capacity over layers.
pub fn depth(depth: &Depth, selected: usize, hidden: Hidden, mode: Mode, surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let shown = DEPTH_CURVES.into_iter().enumerate().filter(|(index, _)| !hidden.contains(*index));
    let series = shown.map(|(_, (name, ink, number))| Series {
        name: name.to_owned(),
        dashed: is_dashed(ink),
        ..Series::line(color(ink, mode), depth.curve(number))
    });
    let cursor = (selected > depth.from).then_some(selected as f64);
    let chart = LineChart { series: series.collect(), cursor, ..depth_axes(depth) };
    // A picture that cannot be drawn leaves the table of its numbers.
    let _ = lines::draw(&backend.into_drawing_area(), &chart, &Theme::for_canvas(mode, surface.scale));
}

/// The place on the axis of layers under `x` of a chart `width` CSS pixels wide.
pub fn layer_at(depth: &Depth, x: f64, width: f64) -> f64 {
    depth_layout(depth, width).epoch_at(x)
}

/// Where `layer` stands in a chart `width` CSS pixels wide.
pub fn pixel_of_layer(depth: &Depth, layer: usize, width: f64) -> f64 {
    depth_layout(depth, width).x(layer as f64)
}

fn depth_layout(depth: &Depth, width: f64) -> Layout {
    Layout::new(&depth_axes(depth), &Theme::for_canvas(Mode::Light, 1.0), width, 200.0)
}

fn depth_axes(depth: &Depth) -> LineChart {
    LineChart {
        x_range: (depth.from as f64, depth.last.max(depth.from + 1) as f64),
        x_title: "layer".to_owned(),
        y_range: (0.0, depth.top()),
        scale: Scale::Linear,
        y_title: "I (bit)".to_owned(),
        series: Vec::new(),
        rules: Vec::new(),
        infinite_words: String::new(),
        cursor: None,
        name_room: name_room(DEPTH_CURVES.iter().map(|(name, ..)| *name)),
        small: false,
    }
}
