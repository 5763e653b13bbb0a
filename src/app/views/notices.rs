//! What went wrong, why, and what to do now; each until it is dismissed.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::Event;
use crate::app::session::notices::Notice;

/// The one place where faults are shown.
#[component]
pub fn NoticeList() -> impl IntoView {
    let conductor = conductor();
    let shown = move || conductor.notices(|notices| notices.shown().to_vec());
    let item = move |notice: Notice| {
        let Notice { id, fault, .. } = notice;
        let count = move || {
            let same = |notices: &crate::app::session::Notices| {
                notices.shown().iter().find(|notice| notice.id == id).map_or(1, |notice| notice.count)
            };
            Some(conductor.notices(same)).filter(|&count| count > 1).map(|count| format!(" ({count} times)"))
        };
        view! {
            <li class="notice">
                <div>
                    <strong>{fault.what}</strong>
                    {count}
                    <p>{fault.why}</p>
                    <p class="next-step">{fault.next_step}</p>
                </div>
                <button class="quiet" aria-label="Dismiss" on:click=move |_| conductor.apply(Event::Dismissed(id))>
                    "✕"
                </button>
            </li>
        }
    };
    view! {
        <ul class="notices" role="alert">
            <For each=shown key=|notice| notice.id children=item/>
        </ul>
    }
    .into_any()
}
