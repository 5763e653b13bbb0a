//! Several runs with one press: sizes, networks, learning rates or seeds are picked, every combination is queued.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::sweep::{MOST, SWEPT, pace, sweep};
use crate::app::session::{Event, QueueEvent};
use crate::app::widgets::dynamic::{flag, piece, press, text};
use crate::app::widgets::{Check, Checks, Choice};

/// Folded away below the settings.
#[component]
pub fn Sweep() -> impl IntoView {
    let conductor = conductor();
    let picked: RwSignal<Vec<(String, String)>> = RwSignal::new(Vec::new());
    let runs = Memo::new(move |_| {
        let base = conductor.draft(|draft| draft.bad.is_empty().then(|| draft.config.clone()));
        picked.with(|picked| base.map(|base| sweep(&base, picked)).unwrap_or_default())
    });
    let group = move |(name, label, values): (&'static str, &'static str, &'static [&'static str])| {
        let check = |value: &&str| Check { choice: Choice::new(*value, *value), color: String::new() };
        let checks: Signal<Vec<Check>> = Signal::stored(values.iter().map(check).collect());
        let chosen = Memo::new(move |_| {
            let of_group = |(setting, value): &(String, String)| (setting == name).then(|| value.clone());
            picked.with(|picked| picked.iter().filter_map(of_group).collect::<Vec<_>>())
        });
        let on_toggle = Callback::new(move |value: String| {
            picked.update(|picked| {
                let pair = (name.to_owned(), value);
                match picked.iter().position(|other| *other == pair) {
                    Some(place) => drop(picked.remove(place)),
                    None => picked.push(pair),
                }
            });
        });
        view! { <Checks label=label checks=checks chosen=chosen.into() on_toggle=on_toggle/> }.into_any()
    };
    let is_none = flag(move || runs.with(Vec::is_empty));
    let words = text(move || match runs.with(Vec::len) {
        0 => "Queue runs".to_owned(),
        1 => "Queue 1 run".to_owned(),
        n => format!("Queue {n} runs"),
    });
    let queue = press(move || {
        conductor.apply(Event::Queue(QueueEvent::Add(runs.get_untracked())));
        picked.set(Vec::new());
    });
    let hint = format!(
        "Every combination of what is ticked is trained, one run after another, at most {MOST}; all else is as set above."
    );
    let groups = piece(move || SWEPT.into_iter().map(group).collect::<Vec<_>>().into_any());
    view! {
        <details class="advanced sweep">
            <summary>"Several runs at once"</summary>
            {groups}
            <p class="hint">{hint}</p>
            <p class="hint">{text(move || runs.with(|runs| pace(runs)))}</p>
            <button type="button" disabled=is_none on:click=queue>{words}</button>
        </details>
    }
    .into_any()
}
