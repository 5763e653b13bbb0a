//! The channel view: what each filter of a layer keeps, class by class (paper 5.4, Figures 13–15).
//!
//! (A) small multiples over epochs, (B) a circle packing at the selected epoch, (C) projections of the selected
//! channel back to the input, and what the network does without some channels. All show the selected layer and mark
//! the selected channel; a press selects one everywhere.

mod brush;
mod channels;
mod grid;
mod motion;
mod multiples;
pub mod mute;
mod packing;
pub mod projection;

pub use multiples::MultiplesPanel;
pub use mute::MutePanel;
pub use packing::PackingPanel;
pub use projection::ProjectionPanel;

use leptos::prelude::*;

/// All parts of the view.
#[component]
pub fn ChannelView() -> impl IntoView {
    view! {
        <MultiplesPanel/>
        <PackingPanel/>
        <ProjectionPanel/>
        <MutePanel/>
    }
    .into_any()
}
