//! The exact value under the pointer.

use leptos::prelude::*;

use super::dynamic::piece;

/// What a tooltip says, and where: shares of the box it lies over.
#[derive(Clone, Debug, PartialEq)]
pub struct Tip {
    /// 0 (left) … 1 (right).
    pub x: f64,
    /// 0 (top) … 1 (bottom).
    pub y: f64,
    /// One line each; the first is the head.
    pub lines: Vec<String>,
}

/// Lies over a positioned box while there is a tip; keeps to the side where there is room.
pub fn tooltip(tip: impl Fn() -> Option<Tip> + Send + Sync + 'static) -> AnyView {
    tooltip_of(Box::new(tip))
}

fn tooltip_of(tip: Box<dyn Fn() -> Option<Tip> + Send + Sync>) -> AnyView {
    let content = piece(move || {
        let Some(Tip { x, y, lines }) = tip() else { return ().into_any() };
        let (is_right, is_low) = (x > 0.5, y > 0.5);
        let lines = lines.into_iter().map(|line| view! { <div>{line}</div> }.into_any());
        view! {
            <div
                class="tooltip"
                class:flip-x=is_right
                class:flip-y=is_low
                style:left=format!("{:.2}%", 100.0 * x)
                style:top=format!("{:.2}%", 100.0 * y)
            >
                {lines.collect::<Vec<_>>()}
            </div>
        }
        .into_any()
    });
    view! { <div class="tooltip-layer" aria-live="polite">{content}</div> }.into_any()
}
