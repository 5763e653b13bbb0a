//! A picture of values without a cursor: a feature map, a colour scale.

use std::cell::Cell;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;

use super::frames::draw_soon;
use super::heatmap::{Image, put};

/// A small canvas, put anew at most once a frame and scaled by CSS with sharp edges.
#[component]
pub fn Pixels(
    /// What is shown.
    image: Signal<Image>,
    /// What a screen reader says; empty for what is said elsewhere.
    label: Signal<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    let is_waiting = Rc::new(Cell::new(false));
    let paint: Rc<dyn Fn()> = Rc::new({
        let is_waiting = Rc::clone(&is_waiting);
        move || {
            is_waiting.set(false);
            if let Some(Some(canvas)) = node.try_get_untracked() {
                // A picture that cannot be put leaves its label.
                image.try_with_untracked(|image| drop(put(&canvas, image)));
            }
        }
    });
    Effect::new(move || {
        image.with(|_| ());
        if node.get().is_some() && !is_waiting.replace(true) {
            draw_soon(Rc::clone(&paint));
        }
    });
    let hidden = Memo::new(move |_| label.with(String::is_empty).to_string());
    view! { <canvas class="pixels" node_ref=node role="img" aria-label=label aria-hidden=hidden></canvas> }
        .into_any()
}
