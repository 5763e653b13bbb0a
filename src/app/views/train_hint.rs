//! What an empty chart says.

use leptos::prelude::*;

use super::start_panel::start;
use crate::app::conductor::conductor;
use crate::app::session::Live;

/// What the chart will show, and the button that gets there; once a run is open, that it is on its way.
#[component]
pub fn TrainHint(
    /// What the chart will show, in half a sentence.
    what: &'static str,
) -> impl IntoView {
    let conductor = conductor();
    let is_busy = Memo::new(move |_| conductor.live(Live::is_busy));
    let is_open = Memo::new(move |_| conductor.open(|_| ()).is_some());
    let button = move || {
        view! {
            <p>"Train a run to fill this: it will show " {what} "."</p>
            <button on:click=move |_| start(conductor)>"Train"</button>
        }
    };
    let waiting = move || view! { <p>"Soon here: " {what} "."</p> };
    view! { <Show when=move || !is_busy.get() && !is_open.get() fallback=waiting>{button}</Show> }.into_any()
}
