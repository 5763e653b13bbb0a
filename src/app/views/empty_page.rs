//! What stands in place of the charts while no run is open: one question, and the way to its answer.

use leptos::prelude::*;

use super::frame::Frame;
use super::start_panel::start;
use crate::app::conductor::conductor;
use crate::app::session::Live;
use crate::app::widgets::dynamic::{choose, flag, piece, press, text};

/// One for the whole page.
#[component]
pub fn EmptyPage() -> impl IntoView {
    let conductor = conductor();
    let frame = Frame::of_page();
    let is_busy =
        flag(move || conductor.live(Live::is_busy) || conductor.run_list(|list| list.opening.is_some()));
    let stage = text(move || {
        let stage = conductor.live(|live| live.is_busy().then(|| live.stage.clone()));
        stage.map_or_else(
            || "The run is being opened …".to_owned(),
            |stage| stage.unwrap_or_else(|| "Getting ready …".into()),
        )
    });
    let waiting = piece(move || view! { <p class="about" role="status">{stage}</p> }.into_any());
    let asking = piece(move || {
        view! {
            <p class="about">
                "Train a small network here, on this machine, and every step of it is kept: what each layer and channel \
                 makes of each image, and how many bits of information get through."
            </p>
            <div class="actions">
                <button type="button" class="primary" on:click=press(move || start(conductor))>"Train a network"</button>
                <button type="button" on:click=press(move || frame.train.set(true))>"Choose images and settings"</button>
                <button type="button" on:click=press(move || frame.runs.set(true))>"Open a run file"</button>
            </div>
        }
        .into_any()
    });
    view! {
        <section class="empty-page wide" aria-label="No run is open">
            <h2>"What happens to information inside a convolutional network?"</h2>
            {choose(is_busy, waiting, asking)}
        </section>
    }
    .into_any()
}
