//! What went wrong, why, and what to do now; each until it is dismissed.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::session::notices::Notice;
use crate::app::session::{Event, StorageEvent, StorageSpace};
use crate::app::widgets::dynamic::{flag, piece, press};

/// The one place where faults are shown.
#[component]
pub fn NoticeList() -> impl IntoView {
    let conductor = conductor();
    let item = move |notice: &Notice| {
        let Notice { id, fault, count } = notice.clone();
        let count = if count > 1 { format!(" ({count} times)") } else { String::new() };
        let offer = StorageSpace::would_cure(&fault).then(|| raw_cells_offer(conductor));
        let dismiss = press(move || conductor.apply(Event::Dismissed(id)));
        view! {
            <li class="notice">
                <div>
                    <strong>{fault.what}</strong>
                    {count}
                    <p>{fault.why}</p>
                    <p class="next-step">{fault.next_step}</p>
                    {offer}
                </div>
                <button class="quiet" aria-label="Dismiss" on:click=dismiss>"✕"</button>
            </li>
        }
        .into_any()
    };
    let items = piece(move || {
        conductor.notices(|notices| notices.shown().iter().map(item).collect::<Vec<_>>()).into_any()
    });
    view! { <ul class="notices" role="alert">{items}</ul> }.into_any()
}

/// Offers to delete raw cells that can be computed again.
fn raw_cells_offer(conductor: Conductor) -> AnyView {
    let is_making = flag(move || conductor.storage_space(|space| space.is_making));
    let on_press = press(move || conductor.apply(Event::StorageSpace(StorageEvent::Make)));
    view! {
        <button class="make-room" prop:disabled=is_making on:click=on_press
            title="Those of the two oldest epochs; they are computed again from the weights when asked for">
            "Delete older raw cells"
        </button>
    }
    .into_any()
}
