//! A chart of curves over epochs in its frame: legend, canvas, exports, and the way back from a zoom.

use std::sync::Arc;

use leptos::prelude::*;

use super::curve_box::{CurveBox, EpochControl, EpochZoom};
use super::mode::mode;
use super::paint::{self, CurveLook};
use super::{numbers_table, train_hint};
use crate::app::figures::zoom::Zoom;
use crate::app::figures::{Curve, CurveChart};
use crate::app::widgets::chart_frame::ChartFrameProps;
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text, when};
use crate::app::widgets::{ChartFrame, Hidden, Legend, LegendEntry, SvgSource, TableSource};
use crate::plot::palette::Mode;

/// The frame and what is in it.
#[component]
pub fn CurvePanel(
    /// Anchor, and stem of exported files' names.
    name: &'static str,
    /// In words.
    title: &'static str,
    /// In the paper's notation.
    #[prop(into)]
    notation: Signal<String>,
    /// What it shows in plain words, before how to read it.
    #[prop(optional)]
    lead: Option<&'static str>,
    /// How to read it.
    about: Signal<String>,
    /// What it will show, for the empty state.
    promise: &'static str,
    /// The curves; `None` while no run is open.
    chart: Memo<Option<CurveChart>>,
    /// Takes two columns.
    #[prop(optional)]
    wide: bool,
    /// Pickers of this chart.
    #[prop(optional)]
    controls: Option<Piece>,
    /// Where a curve gets stable is marked, and this counts as standing still.
    #[prop(optional)]
    tolerance: Option<f64>,
    /// The epoch; that of the run on screen when there is none.
    #[prop(optional)]
    epoch: Option<EpochControl>,
    /// Shown in place of an empty chart.
    #[prop(optional)]
    empty: Option<Piece>,
) -> impl IntoView {
    let hidden: RwSignal<Hidden> = RwSignal::new(Hidden::default());
    let mode = mode();
    let zoom = EpochZoom::of_place();
    let has_points = |chart: &CurveChart| chart.curves.iter().any(|curve| !curve.points.is_empty());
    let is_filled = flag(move || chart.with(|chart| chart.as_ref().is_some_and(has_points)));
    let table: TableSource =
        Arc::new(move || chart.with(|chart| chart.as_ref().map(|chart| numbers_table(chart.numbers()))));
    let highlighted: RwSignal<Option<usize>> = RwSignal::new(None);
    let look = move || CurveLook {
        hidden: hidden.get(),
        highlighted: None,
        mode: mode(),
        small: false,
        zoom: zoom.get(),
        tolerance,
    };
    let svg: SvgSource = Arc::new(move || {
        chart.with(|chart| {
            Some(paint::curves_svg(chart.as_ref()?, look(), &format!("{title} {}", notation.get())))
        })
    });
    let entries = legend_entries(chart, mode);
    let empty = empty.unwrap_or_else(|| train_hint(promise));
    let zoomed = zoom_bar(zoom, chart);
    let chart = piece(move || {
        view! {
            <CurveBox label=Signal::stored(title.to_owned()) chart=chart hidden=hidden
                highlighted=highlighted zoom=zoom tolerance=tolerance epoch=epoch/>
            {zoomed.clone()}
            <Legend entries=entries.into() hidden=hidden highlighted=highlighted/>
        }
        .into_any()
    });
    let frame = ChartFrameProps::builder()
        .name(name)
        .title(title)
        .notation(notation)
        .lead(lead.unwrap_or_default())
        .about(about)
        .is_filled(is_filled)
        .table(table)
        .svg(svg);
    let frame = frame.empty(empty).picture(true).wide(wide).chart(chart);
    match controls {
        Some(controls) => ChartFrame(frame.controls(controls).build()).into_any(),
        None => ChartFrame(frame.build()).into_any(),
    }
}

/// The names and colours of a chart's curves.
pub fn legend_entries(
    chart: Memo<Option<CurveChart>>,
    mode: impl Fn() -> Mode + Copy + Send + Sync + 'static,
) -> Memo<Vec<LegendEntry>> {
    Memo::new(move |_| {
        let entry = |curve: &Curve| LegendEntry {
            label: curve.name.clone(),
            color: paint::css_color(curve.ink, mode()),
            dashed: paint::is_dashed(curve.ink),
        };
        chart.with(|chart| chart.iter().flat_map(|chart| &chart.curves).map(entry).collect::<Vec<_>>())
    })
}

/// Which part of the axis is shown, and the way back to all of it; nothing while it all is.
pub fn zoom_bar(zoom: RwSignal<Option<Zoom>>, chart: Memo<Option<CurveChart>>) -> Piece {
    let words = text(move || {
        chart.with(|chart| {
            let range = |chart: &CurveChart| chart.axis.range_words(Zoom::range(zoom.get(), chart.x_end));
            chart.as_ref().map(range).unwrap_or_default()
        })
    });
    let bar = piece(move || {
        view! {
            <p class="zoom-bar">
                {words} <button class="quiet" title="Escape, or a double press on the chart"
                    on:click=press(move || zoom.set(None))>"Show all"</button>
            </p>
        }
        .into_any()
    });
    when(flag(move || zoom.get().is_some()), bar)
}
