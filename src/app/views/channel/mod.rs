//! The channel view: what each filter of a layer keeps, class by class (paper 5.4, Figures 13–15).
//!
//! (A) small multiples over epochs, (B) a circle packing at the selected epoch. Both show the selected layer and mark
//! the selected channel; a press on either selects one everywhere.

mod brush;
mod channels;
mod grid;
mod motion;
mod multiples;
mod packing;

pub use multiples::MultiplesPanel;
pub use packing::PackingPanel;

use leptos::prelude::*;

/// All parts of the view.
#[component]
pub fn ChannelView() -> impl IntoView {
    view! {
        <MultiplesPanel/>
        <PackingPanel/>
    }
    .into_any()
}
