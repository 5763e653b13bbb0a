//! Which stored runs are compared.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::figures::Ink;
use crate::app::session::{Compare, CompareEvent, Event};
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::dynamic::{choose, flag, piece, text};
use crate::app::widgets::{Check, Checks, Choice};
use crate::protocol::compute::RunSummary;

/// A check box per run, with its colour once it is chosen.
#[component]
pub fn RunsCompared() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let chosen = Memo::new(move |_| {
        let owned = |compare: &Compare| compare.chosen().into_iter().map(str::to_owned).collect::<Vec<_>>();
        conductor.compare(owned)
    });
    let checks = Memo::new(move |_| {
        let check = |run: &RunSummary| {
            let header = run.header.as_ref()?;
            let place = chosen.with(|chosen| chosen.iter().position(|chosen| *chosen == run.run));
            let color = place.map(|place| paint::css_color(Ink::Run(place), mode())).unwrap_or_default();
            let label = format!("{} · {} epochs", header.name, run.recorded);
            Some(Check { choice: Choice::new(run.run.clone(), label), color })
        };
        conductor.run_list(|run_list| run_list.runs().iter().filter_map(check).collect::<Vec<_>>())
    });
    let on_toggle =
        Callback::new(move |run: String| conductor.apply(Event::Compare(CompareEvent::Toggle(run))));
    let measuring =
        text(move || if conductor.compare(Compare::is_measuring) { "measuring …" } else { "" }.to_owned());
    let boxes = piece(move || {
        view! { <Checks label="Stored runs" checks=checks.into() chosen=chosen.into() on_toggle=on_toggle/> }
            .into_any()
    });
    let none = piece(|| {
        view! { <p class="hint">"No runs are stored yet. Queue several sizes under “Several runs at once”."</p> }
            .into_any()
    });
    let is_empty = flag(move || checks.with(Vec::is_empty));
    view! {
        <section class="panel wide runs-compared" aria-labelledby="compared-title">
            <h2 id="compared-title">"Runs compared" <span class="measuring" aria-live="polite">{measuring}</span></h2>
            <p class="about">
                "Choose runs to set beside each other. Runs that are queued together are chosen by themselves; up to ten \
                 have a colour each."
            </p>
            {choose(is_empty, none, boxes)}
        </section>
    }
    .into_any()
}
