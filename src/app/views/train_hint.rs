//! What an empty chart says.

use leptos::prelude::*;

use super::start_panel::start;
use crate::app::conductor::conductor;
use crate::app::session::Live;
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press};

/// The same, to stand in place of an empty chart.
pub fn train_hint(what: &'static str) -> Piece {
    piece(move || view! { <TrainHint what=what/> }.into_any())
}

/// What the chart will show, and the button that gets there; once a run is open, that it is on its way.
#[component]
pub fn TrainHint(
    /// What the chart will show, in half a sentence.
    what: &'static str,
) -> impl IntoView {
    let conductor = conductor();
    let can_start = flag(move || !conductor.live(Live::is_busy) && conductor.open(|_| ()).is_none());
    let button = piece(move || {
        view! {
            <p>"Train a run to fill this: it will show " {what} "."</p>
            <button on:click=press(move || start(conductor))>"Train"</button>
        }
        .into_any()
    });
    let waiting = piece(move || view! { <p>"Soon here: " {what} "."</p> }.into_any());
    view! { {choose(can_start, button, waiting)} }.into_any()
}
