//! A small picture without a cursor: a scale's colours, one of many maps side by side.

use leptos::html;
use leptos::prelude::*;

use super::heatmap::{Image, put};

/// The picture on a canvas of its own; what it shows is said by what is around it.
#[component]
pub fn Raster(
    /// What is shown.
    image: Memo<Image>,
) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            // A picture that cannot be put leaves the words around it.
            let _ = image.with(|image| put(&canvas, image));
        }
    });
    view! { <canvas class="raster" node_ref=node aria-hidden="true"></canvas> }.into_any()
}
