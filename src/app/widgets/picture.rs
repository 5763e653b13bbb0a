//! A small picture of numbers, scaled by CSS with sharp edges.

use leptos::html;
use leptos::prelude::*;

use super::heatmap::{Image, put};

/// A picture that never changes; `label` is what a screen reader says and a pointer shows.
pub fn picture(image: Image, label: String) -> AnyView {
    let node = NodeRef::<html::Canvas>::new();
    let (width, height) = (image.width.max(1), image.height.max(1));
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            // What cannot be put is still said by the label.
            let _ = put(&canvas, &image);
        }
    });
    view! {
        <canvas
            class="picture"
            node_ref=node
            role="img"
            aria-label=label.clone()
            title=label
            style:aspect-ratio=format!("{width} / {height}")
        ></canvas>
    }
    .into_any()
}
