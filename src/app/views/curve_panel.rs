//! A chart of curves over epochs in its frame: legend, canvas, tooltip, epoch by click or arrow keys.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

use super::paint;
use super::{TrainHint, numbers_table};
use crate::app::address::Theme;
use crate::app::conductor::conductor;
use crate::app::figures::{CurveChart, exact, number};
use crate::app::session::Event;
use crate::app::widgets::chart_frame::ChartFrameProps;
use crate::app::widgets::dynamic::{Piece, flag, piece};
use crate::app::widgets::{
    Canvas, ChartFrame, Hidden, Legend, LegendEntry, Surface, TableSource, Tip, tooltip,
};
use crate::plot::palette::Mode;

/// Whether charts are drawn light on dark.
pub fn mode() -> impl Fn() -> Mode + Copy + Send + Sync + 'static {
    let theme: Theme = expect_context();
    move || if theme.is_dark() { Mode::Dark } else { Mode::Light }
}

/// The frame and what is in it.
#[component]
pub fn CurvePanel(
    /// Anchor, and stem of exported files' names.
    name: &'static str,
    /// In words.
    title: &'static str,
    /// In the paper's notation.
    notation: &'static str,
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
) -> impl IntoView {
    let hidden: RwSignal<Hidden> = RwSignal::new(Hidden::default());
    let mode = mode();
    let has_points = |chart: &CurveChart| chart.curves.iter().any(|curve| !curve.points.is_empty());
    let is_filled = flag(move || chart.with(|chart| chart.as_ref().is_some_and(has_points)));
    let table: TableSource =
        Arc::new(move || chart.with(|chart| chart.as_ref().map(|chart| numbers_table(chart.numbers()))));
    let entries = Memo::new(move |_| {
        let entry = |curve: &crate::app::figures::Curve| LegendEntry {
            label: curve.name.clone(),
            color: paint::css_color(curve.ink, mode()),
            dashed: paint::is_dashed(curve.ink),
        };
        chart.with(|chart| chart.iter().flat_map(|chart| &chart.curves).map(entry).collect::<Vec<_>>())
    });
    let empty = piece(move || view! { <TrainHint what=promise/> }.into_any());
    let chart = piece(move || {
        view! {
            <CurveBox label=Signal::stored(title.to_owned()) chart=chart hidden=hidden/>
            <Legend entries=entries.into() hidden=hidden/>
        }
        .into_any()
    });
    let frame = ChartFrameProps::builder()
        .name(name)
        .title(title)
        .notation(notation)
        .about(about)
        .is_filled(is_filled)
        .table(table);
    let frame = frame.empty(empty).picture(true).wide(wide).chart(chart);
    match controls {
        Some(controls) => ChartFrame(frame.controls(controls).build()).into_any(),
        None => ChartFrame(frame.build()).into_any(),
    }
}

/// The canvas alone, with its tooltip.
#[component]
pub fn CurveBox(
    /// For screen readers.
    label: Signal<String>,
    /// The curves.
    chart: Memo<Option<CurveChart>>,
    /// Indices of curves that are not drawn.
    hidden: RwSignal<Hidden>,
    /// Drawn without axis titles, for many side by side.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let node = NodeRef::<html::Div>::new();
    let hovered: RwSignal<Option<f64>> = RwSignal::new(None);
    let drawn = Memo::new(move |_| (chart.get(), hidden.get(), mode()));
    let draw = move |(chart, hidden, mode): &(Option<CurveChart>, Hidden, Mode), surface: &Surface| {
        if let Some(chart) = chart {
            paint::curves(chart, *hidden, *mode, small, surface);
        }
    };
    let tip = move || {
        let x = hovered.get()?;
        let width = f64::from(node.get()?.client_width());
        chart.with(|chart| tip_at(chart.as_ref()?, hidden.get(), x, width, small))
    };
    let epoch_at = move |event: &MouseEvent| {
        let width = f64::from(node.get_untracked()?.client_width());
        let x = f64::from(event.offset_x());
        chart.with_untracked(|chart| Some(paint::epoch_at(chart.as_ref()?, x, width, small)))
    };
    let pick = move |event: &MouseEvent| {
        let epochs = conductor.peek(|session| {
            let numbers = |open: &crate::app::session::OpenRun| {
                open.epochs.iter().map(|epoch| f64::from(epoch.metrics.epoch)).collect::<Vec<_>>()
            };
            session.open.as_ref().map(numbers).unwrap_or_default()
        });
        if let Some(epoch) = epoch_at(event)
            && let Some(index) = nearest(&epochs, epoch)
        {
            conductor.apply(Event::EpochPicked(index));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let index = conductor.peek(|session| session.selection.epoch_index);
        let moved = match event.key().as_str() {
            "ArrowLeft" => index.saturating_sub(1),
            "ArrowRight" => index + 1,
            _ => return,
        };
        event.prevent_default();
        conductor.apply(Event::EpochPicked(moved));
        hovered.set(chart.with_untracked(|chart| chart.as_ref().and_then(|chart| chart.cursor)));
    };
    let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| hovered.set(epoch_at(&event)));
    let on_leave: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| hovered.set(None));
    let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| pick(&event));
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(on_key);
    view! {
        <div
            class="plot-box"
            node_ref=node
            tabindex=if small { "-1" } else { "0" }
            on:pointermove=on_move
            on:pointerleave=on_leave
            on:click=on_click
            on:keydown=on_key
        >
            <Canvas data=drawn draw=draw label=label/>
            {tooltip(tip)}
        </div>
    }
    .into_any()
}

/// All shown curves' values at the point nearest to epoch `x`.
fn tip_at(chart: &CurveChart, hidden: Hidden, x: f64, width: f64, small: bool) -> Option<Tip> {
    let shown = || {
        chart.curves.iter().enumerate().filter(|(index, _)| !hidden.contains(*index)).map(|(_, curve)| curve)
    };
    let xs: Vec<f64> = shown().flat_map(|curve| curve.points.iter().map(|point| point.0)).collect();
    let at = xs[nearest(&xs, x)?];
    let value = |curve: &crate::app::figures::Curve| {
        let point = curve.points.iter().find(|point| point.0.total_cmp(&at).is_eq())?;
        Some(format!("{}: {}", curve.name, exact(point.1)))
    };
    let lines = std::iter::once(format!("epoch {}", number(at))).chain(shown().filter_map(value)).collect();
    Some(Tip { x: paint::pixel_of(chart, at, width, small) / width, y: 0.1, lines })
}

fn nearest(values: &[f64], value: f64) -> Option<usize> {
    let distance = |index: &usize| (values[*index] - value).abs();
    (0..values.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}
