//! Curves on a canvas with a tooltip: a press picks the epoch, dragging along the axis zooms, a double press or
//! Escape shows all again; with the keys, arrows move the epoch, + and − zoom around it.

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

use super::epoch_axis::axis;
use super::mode::mode;
use super::paint::{self, CurveLook};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::zoom::Zoom;
use crate::app::figures::{Curve, CurveChart, exact};
use crate::app::session::{Event, Session, TrainingAxis, TrainingScale};
use crate::app::widgets::dynamic::{Piece, piece};
use crate::app::widgets::{Canvas, Hidden, Over, Surface, Tip, tooltip};

/// The part of the epoch axis that all charts below where this is provided show together.
#[derive(Clone, Copy)]
pub struct EpochZoom(pub RwSignal<Option<Zoom>>);

impl EpochZoom {
    /// The one provided above, or one of the chart's own.
    pub fn of_place() -> RwSignal<Option<Zoom>> {
        use_context().map_or_else(Self::own, |Self(zoom)| zoom)
    }

    /// A new one. It shows everything again when the axis counts something else: its ends mean nothing there.
    pub fn own() -> RwSignal<Option<Zoom>> {
        let (axis, zoom) = (axis(conductor()), RwSignal::new(None));
        Effect::new(move |last: Option<TrainingAxis>| {
            let axis = axis.get();
            if last.is_some_and(|last| last != axis) {
                zoom.set(None);
            }
            axis
        });
        zoom
    }
}

/// What a chart's epoch is.
#[derive(Clone, Copy)]
pub struct EpochControl {
    /// Called with the place on the x axis that was pressed.
    pub pick: Callback<f64>,
    /// Called with −1 or 1.
    pub step: Callback<isize>,
}

impl EpochControl {
    /// The epoch of the run on screen.
    fn of_selection(conductor: Conductor) -> Self {
        let pick = Callback::new(move |x| {
            let at = |session: &Session| {
                let open = session.open.as_ref()?;
                open.nearest_epoch(TrainingScale::alone(session.selection.axis, &open.header).epoch_at(x))
            };
            if let Some(index) = conductor.peek(at) {
                conductor.apply(Event::EpochPicked(index));
            }
        });
        let step = Callback::new(move |by: isize| {
            let index = conductor.peek(|session| session.selection.epoch_index);
            conductor.apply(Event::EpochPicked(index.saturating_add_signed(by)));
        });
        Self { pick, step }
    }
}

/// Pixels that a pointer may move while it presses.
const STILL: f64 = 6.0;

/// The canvas with its tooltip.
#[component]
pub fn CurveBox(
    /// For screen readers.
    label: Signal<String>,
    /// The curves.
    chart: Memo<Option<CurveChart>>,
    /// Indices of curves that are not drawn.
    hidden: RwSignal<Hidden>,
    /// The curve that is looked at, here or in the legend.
    #[prop(optional)]
    highlighted: Option<RwSignal<Option<usize>>>,
    /// Drawn without axis titles, for many side by side.
    #[prop(optional)]
    small: bool,
    /// Where a curve gets stable is marked, and this counts as standing still.
    #[prop(optional_no_strip)]
    tolerance: Option<f64>,
    /// The part of the epoch axis that is shown.
    #[prop(optional)]
    zoom: Option<RwSignal<Option<Zoom>>>,
    /// The epoch; that of the run on screen when there is none.
    #[prop(optional_no_strip)]
    epoch: Option<EpochControl>,
) -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let zoom = zoom.unwrap_or_else(|| RwSignal::new(None));
    let epoch = epoch.unwrap_or_else(|| EpochControl::of_selection(conductor));
    let highlighted = highlighted.unwrap_or_else(|| RwSignal::new(None));
    let shown = Shown {
        chart,
        look: Memo::new(move |_| CurveLook {
            hidden: hidden.get(),
            highlighted: highlighted.get(),
            mode: mode(),
            small,
            zoom: zoom.get(),
            tolerance,
        }),
        node: NodeRef::new(),
    };
    // Pixels: where the pointer is, and where it was pressed.
    let pointer: RwSignal<Option<f64>> = RwSignal::new(None);
    let pressed: RwSignal<Option<f64>> = RwSignal::new(None);
    let was_dragged = StoredValue::new(false);
    let drawn =
        Memo::new(move |_| (chart.get().map(|chart| CurveChart { cursor: None, ..chart }), shown.look.get()));
    let epoch_shown = Memo::new(move |_| shown.cursor());
    let line = epoch_line(shown, epoch_shown);
    let tip = move || shown.tip(pointer.get()?);
    let on_key = on_key(shown, epoch, zoom, pointer);
    let place = |event: &PointerEvent| f64::from(event.offset_x());
    let on_down: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        was_dragged.set_value(false);
        if !small && event.button() == 0 {
            pressed.set(Some(place(&event)));
            if let Some(node) = shown.node.get_untracked() {
                // Without it, a drag that leaves the chart ends there.
                let _ = node.set_pointer_capture(event.pointer_id());
            }
        }
    });
    let on_up: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        let Some(from) = pressed.get_untracked() else { return };
        pressed.set(None);
        let to = place(&event);
        if (to - from).abs() > STILL
            && let (Some(a), Some(b)) = (shown.epoch_at(from), shown.epoch_at(to))
        {
            was_dragged.set_value(true);
            zoom.set(Zoom::between(a, b, shown.end()));
        }
    });
    let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        if !was_dragged.get_value()
            && let Some(at) = shown.epoch_at(f64::from(event.offset_x()))
        {
            epoch.pick.run(at);
        }
    });
    let band = zoom_band(pressed, pointer);
    let [on_move, on_leave] = on_hover(shown, pointer, highlighted);
    let on_cancel: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| pressed.set(None));
    let on_double: Box<dyn FnMut(MouseEvent)> = Box::new(move |_| zoom.set(None));
    view! {
        <div
            class="plot-box"
            node_ref=shown.node
            tabindex=if small { "-1" } else { "0" }
            on:pointermove=on_move
            on:pointerleave=on_leave
            on:pointerdown=on_down
            on:pointerup=on_up
            on:pointercancel=on_cancel
            on:click=on_click
            on:dblclick=on_double
            on:keydown=on_key
        >
            <Canvas data=drawn draw=draw over=line label=label/>
            {band}
            {tooltip(tip)}
        </div>
    }
    .into_any()
}

/// The chart as it is on the page: what is where in it.
#[derive(Clone, Copy)]
struct Shown {
    chart: Memo<Option<CurveChart>>,
    look: Memo<CurveLook>,
    node: NodeRef<html::Div>,
}

impl Shown {
    /// CSS pixels.
    fn size(self) -> Option<(f64, f64)> {
        let node = self.node.get_untracked()?;
        Some((f64::from(node.client_width()), f64::from(node.client_height())))
    }

    /// Where the chosen epoch stands; follows the chart.
    fn cursor(self) -> Option<f64> {
        self.chart.with(|chart| chart.as_ref().and_then(|chart| chart.cursor))
    }

    /// End of the whole x axis.
    fn end(self) -> f64 {
        self.chart.with_untracked(|chart| chart.as_ref().map_or(1.0, |chart| chart.x_end))
    }

    /// The epoch under a place on the x axis.
    fn epoch_at(self, x: f64) -> Option<f64> {
        let (look, (width, _)) = (self.look.get_untracked(), self.size()?);
        self.chart.with_untracked(|chart| Some(paint::epoch_at(chart.as_ref()?, x, width, look)))
    }

    /// The curve that passes near a point.
    fn curve_at(self, at: (f64, f64)) -> Option<usize> {
        let (look, size) = (self.look.get_untracked(), self.size()?);
        self.chart.with_untracked(|chart| paint::curve_at(chart.as_ref()?, at, size, look))
    }

    /// The pixel at which the chosen epoch stands.
    fn place_of_cursor(self) -> Option<f64> {
        let (look, (width, _)) = (self.look.get_untracked(), self.size()?);
        let place = |chart: &CurveChart| Some(paint::pixel_of(chart, chart.cursor?, width, look));
        self.chart.with_untracked(|chart| chart.as_ref().and_then(place))
    }

    /// What is said at a place on the x axis; follows what it reads.
    fn tip(self, x: f64) -> Option<Tip> {
        let (look, (width, _)) = (self.look.get(), self.size()?);
        self.chart.with(|chart| {
            let chart = chart.as_ref()?;
            tip_at(chart, look, paint::epoch_at(chart, x, width, look), width)
        })
    }
}

/// Arrows move the epoch, + and − zoom around it, Escape shows all again.
fn on_key(
    shown: Shown,
    epoch: EpochControl,
    zoom: RwSignal<Option<Zoom>>,
    pointer: RwSignal<Option<f64>>,
) -> Box<dyn FnMut(KeyboardEvent)> {
    Box::new(move |event| {
        let cursor = || untrack(move || shown.cursor()).unwrap_or(0.0);
        let scaled = |factor| Zoom::by(zoom.get_untracked(), factor, cursor(), shown.end());
        match event.key().as_str() {
            "ArrowLeft" => epoch.step.run(-1),
            "ArrowRight" => epoch.step.run(1),
            "+" | "=" => zoom.set(scaled(0.5)),
            "-" => zoom.set(scaled(2.0)),
            "Escape" if zoom.get_untracked().is_some() => zoom.set(None),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
        pointer.set(shown.place_of_cursor());
    })
}

/// What a pointer does that moves over the chart, and that leaves it.
fn on_hover(
    shown: Shown,
    pointer: RwSignal<Option<f64>>,
    highlighted: RwSignal<Option<usize>>,
) -> [Box<dyn FnMut(PointerEvent)>; 2] {
    let on_move = move |event: PointerEvent| {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        pointer.set(Some(at.0));
        highlight(highlighted, shown.curve_at(at));
    };
    let on_leave = move |_| {
        pointer.set(None);
        highlight(highlighted, None);
    };
    [Box::new(on_move), Box::new(on_leave)]
}

/// All charts that show the curve are drawn anew, so only when it is another one.
fn highlight(highlighted: RwSignal<Option<usize>>, curve: Option<usize>) {
    if highlighted.get_untracked() != curve {
        highlighted.set(curve);
    }
}

fn draw((chart, look): &(Option<CurveChart>, CurveLook), surface: &Surface) {
    if let Some(chart) = chart {
        paint::curves(chart, *look, surface);
    }
}

/// The chosen epoch, drawn over the curves; nothing where the chart is gone by now.
fn epoch_line(shown: Shown, epoch: Memo<Option<f64>>) -> Over {
    let draw = move |surface: &Surface| {
        let Some(look) = shown.look.try_get_untracked() else { return };
        shown.chart.try_with_untracked(|chart| {
            if let Some(chart) = chart {
                paint::epoch_line(chart, look, surface);
            }
        });
    };
    // Read, and not only tracked: a memo that nobody reads never learns what it depends on.
    Over { track: Box::new(move || epoch.with(|_| ())), draw: Box::new(draw) }
}

/// What is being dragged over.
fn zoom_band(pressed: RwSignal<Option<f64>>, pointer: RwSignal<Option<f64>>) -> Piece {
    piece(move || {
        let (Some(from), Some(to)) = (pressed.get(), pointer.get()) else { return ().into_any() };
        if (to - from).abs() <= STILL {
            return ().into_any();
        }
        let (left, width) = (format!("{}px", from.min(to)), format!("{}px", (to - from).abs()));
        view! { <div class="zoom-band" style:left=left style:width=width></div> }.into_any()
    })
}

/// All shown curves' values at the point nearest to `x`; of a curve without one there, at its own nearest.
fn tip_at(chart: &CurveChart, look: CurveLook, x: f64, width: f64) -> Option<Tip> {
    let is_shown = |(index, _): &(usize, &Curve)| !look.hidden.contains(*index);
    let shown = || chart.curves.iter().enumerate().filter(is_shown).map(|(_, curve)| curve);
    let xs: Vec<f64> = shown().flat_map(|curve| curve.points.iter().map(|point| point.0)).collect();
    let at = xs[nearest(&xs, x)?];
    let value = |curve: &Curve| {
        let reaches = (curve.points.first()?.0..=curve.points.last()?.0).contains(&at);
        let xs: Vec<f64> = curve.points.iter().map(|point| point.0).collect();
        let (own, value) = curve.points[nearest(&xs, at).filter(|_| reaches)?];
        let place =
            if own.total_cmp(&at).is_eq() { String::new() } else { format!(" ({})", chart.place(own)) };
        Some(format!("{}: {}{place}", curve.name, exact(value)))
    };
    let lines = std::iter::once(chart.heading(at)).chain(shown().filter_map(value)).collect();
    Some(Tip { x: paint::pixel_of(chart, at, width, look) / width, y: 0.1, lines })
}

fn nearest(values: &[f64], value: f64) -> Option<usize> {
    let distance = |index: &usize| (values[*index] - value).abs();
    (0..values.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}
