//! The colours of a heatmap from the low end to the high one, with the numbers at both.

use leptos::prelude::*;

use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::Raster;

/// The bar; `words` say what is measured and which scale it is.
pub fn scale_bar(
    low: Signal<String>,
    high: Signal<String>,
    is_difference: Signal<bool>,
    words: Signal<String>,
) -> AnyView {
    let mode = mode();
    let colours = Memo::new(move |_| paint::scale(is_difference.get(), mode()));
    view! {
        <div class="scale capacity-scale">
            <span>{low}</span>
            <Raster image=colours/>
            <span>{high}</span>
            <span>{words}</span>
        </div>
    }
    .into_any()
}
