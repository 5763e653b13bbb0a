//! Figures → plots: which colour is which, and how curves get onto a canvas.

use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;

use crate::app::figures::bars::{BarFigure, BarValue};
use crate::app::figures::stabilisation::stable_from;
use crate::app::figures::zoom::Zoom;
use crate::app::figures::{self, CurveChart, Ink};
use crate::app::widgets::{Hidden, Surface};
use crate::plot::bars::{self, Bar, BarChart, BarGroup};
use crate::plot::color::Rgb;
use crate::plot::legend;
use crate::plot::lines::{self, Layout, LineChart, Rule, Series};
use crate::plot::palette::{self, Mode};
use crate::plot::picture::Picture;
use crate::plot::ramp::Ramp;
use crate::plot::raster::{ValueRange, heatmap};
use crate::plot::theme::Theme;

/// The colour of a curve.
pub fn color(ink: Ink, mode: Mode) -> Rgb {
    match ink {
        Ink::Class(class) => palette::class(mode, class),
        Ink::AllClasses => palette::all_classes(mode),
        Ink::Layer { layer, of } => palette::layer(mode, layer, of),
        Ink::Train => palette::train(mode),
        Ink::Test => palette::test(mode),
        Ink::Run(place) => palette::class(mode, place),
    }
}

/// The same for CSS.
pub fn css_color(ink: Ink, mode: Mode) -> String {
    color(ink, mode).css()
}

/// Whether the curve is dashed: told apart without colour too.
pub fn is_dashed(ink: Ink) -> bool {
    matches!(ink, Ink::AllClasses | Ink::Test)
}

/// How curves are shown, apart from what they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveLook {
    /// Curves that are not drawn.
    pub hidden: Hidden,
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

/// Epochs lie the same at any height.
fn layout(chart: &CurveChart, width: f64, look: CurveLook) -> Layout {
    let (no_curves, any_height) = (line_chart(chart, &|_| false, look), 200.0);
    Layout::new(&no_curves, &Theme::for_canvas(Mode::Light, 1.0), width, any_height)
}

/// Draws the curves that are not hidden.
pub fn curves(chart: &CurveChart, look: CurveLook, surface: &Surface) {
    let chart = line_chart(chart, &|index| !look.hidden.contains(index), look);
    let theme = Theme::for_canvas(look.mode, surface.scale);
    put(&lines::compose(&chart, &theme, surface.width, surface.height).0, &theme, surface);
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
    put(&bars::compose(&chart, &theme, surface.width, surface.height).0, &theme, surface);
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

fn put(picture: &Picture, theme: &Theme, surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    // A picture that cannot be drawn leaves the table of its numbers.
    let _ = picture.draw(&backend.into_drawing_area(), theme);
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
    let mark = |points: &[(f64, f64)]| stable_from(points, look.tolerance?);
    LineChart {
        x_range: Zoom::range(look.zoom, chart.last_epoch),
        y_range: chart.y_range,
        y_title: chart.y_title.clone(),
        series: shown
            .map(|(_, curve)| Series {
                colour: color(curve.ink, look.mode),
                dashed: is_dashed(curve.ink),
                points: curve.points.clone(),
                mark: mark(&curve.points),
            })
            .collect(),
        rules: chart.rules.iter().map(|rule| Rule { y: rule.y, name: rule.name.clone() }).collect(),
        cursor: chart.cursor,
        small: look.small,
    }
}

/// RGBA of values between 0 and `top`, one pixel each.
pub fn raster(values: &[f64], top: f64, mode: Mode) -> Vec<u8> {
    let range = ValueRange { low: 0.0, high: top };
    // One row of all values: their number fits by construction.
    heatmap(values, 1, values.len(), range, &Ramp::capacity(mode)).unwrap_or_default()
}
