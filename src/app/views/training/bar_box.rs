//! Bars in a frame: canvas, tooltip, exports; the arrow keys move from group to group.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use crate::app::figures::bars::BarFigure;
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::{Canvas, Surface, SvgSource, Tip, tooltip};
use crate::plot::palette::Mode;

/// The bars as an SVG document.
pub fn bars_svg(
    title: &'static str,
    figure: Memo<BarFigure>,
    mode: impl Fn() -> Mode + Send + Sync + 'static,
) -> SvgSource {
    Arc::new(move || {
        figure.with(|figure| (!figure.groups.is_empty()).then(|| paint::bars_svg(figure, mode(), title)))
    })
}

/// The canvas with its tooltip.
#[component]
pub fn BarBox(
    /// For screen readers.
    label: Signal<String>,
    /// The bars.
    figure: Memo<BarFigure>,
) -> impl IntoView {
    let mode = mode();
    let node = NodeRef::<html::Div>::new();
    let cursor: RwSignal<Option<usize>> = RwSignal::new(None);
    let drawn = Memo::new(move |_| (figure.get(), mode(), cursor.get()));
    let draw = move |(figure, mode, cursor): &(BarFigure, Mode, Option<usize>), surface: &Surface| {
        paint::bars(figure, *mode, *cursor, surface);
    };
    let width = move || node.get_untracked().map(|node| f64::from(node.client_width()));
    let tip = move || {
        let (group, width) = (cursor.get()?, width()?);
        figure.with(|figure| {
            let share = (group as f64 + 0.5) / figure.groups.len().max(1) as f64;
            let (_, centre) = paint::group_at(figure, share * width, width)?;
            Some(Tip { x: centre / width, y: 0.1, lines: figure.groups.get(group)?.lines.clone() })
        })
    };
    let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        let at = |width| {
            figure.with_untracked(|figure| paint::group_at(figure, f64::from(event.offset_x()), width))
        };
        cursor.set(width().and_then(at).map(|(group, _)| group));
    });
    let on_leave: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| cursor.set(None));
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |event| {
        let last = figure.with_untracked(|figure| figure.groups.len()).saturating_sub(1);
        let moved = match (event.key().as_str(), cursor.get_untracked()) {
            ("Escape", _) => return cursor.set(None),
            ("ArrowLeft" | "ArrowRight", None) => 0,
            ("ArrowLeft", Some(group)) => group.saturating_sub(1),
            ("ArrowRight", Some(group)) => (group + 1).min(last),
            _ => return,
        };
        event.prevent_default();
        cursor.set(Some(moved));
    });
    view! {
        <div class="plot-box" node_ref=node tabindex="0" on:pointermove=on_move
            on:pointerleave=on_leave on:keydown=on_key on:blur=move |_| cursor.set(None)>
            <Canvas data=drawn draw=draw label=label/>
            {tooltip(tip)}
        </div>
    }
    .into_any()
}
