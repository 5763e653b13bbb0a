//! What went wrong, why, and what to do now; each until it is dismissed.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::Event;
use crate::app::session::notices::Notice;
use crate::app::widgets::dynamic::{piece, press};

/// The one place where faults are shown.
#[component]
pub fn NoticeList() -> impl IntoView {
    let conductor = conductor();
    let item = move |notice: &Notice| {
        let Notice { id, fault, count } = notice.clone();
        let count = if count > 1 { format!(" ({count} times)") } else { String::new() };
        let dismiss = press(move || conductor.apply(Event::Dismissed(id)));
        view! {
            <li class="notice">
                <div>
                    <strong>{fault.what}</strong>
                    {count}
                    <p>{fault.why}</p>
                    <p class="next-step">{fault.next_step}</p>
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
