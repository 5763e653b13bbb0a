//! What the next run can begin with, and what it takes on this machine.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::run_cost::told;
use crate::app::session::{Event, Live, QueueEvent, RunCost, Session};
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text};
use crate::training::Preset;

/// One press fills the form.
#[component]
pub fn Presets() -> impl IntoView {
    let conductor = conductor();
    let busy = flag(move || conductor.live(Live::is_busy));
    let rows: Vec<AnyView> = Preset::ALL.into_iter().map(|preset| row(conductor, busy, preset)).collect();
    view! {
        <fieldset class="presets">
            <legend>"Begin with"</legend>
            {rows}
        </fieldset>
    }
    .into_any()
}

fn row(conductor: Conductor, busy: Signal<bool>, preset: Preset) -> AnyView {
    let is_set = move |session: &Session| {
        session.draft.bad.is_empty() && session.draft.config == session.preset(preset)
    };
    let pressed = text(move || conductor.next_run(is_set).to_string());
    let cost = text(move || conductor.next_run(|session| words(session.preset_cost(preset))));
    let fill = move || conductor.apply(Event::PresetPicked(preset));
    let queue = queue(conductor, preset);
    view! {
        <div class="preset">
            <button type="button" aria-pressed=pressed disabled=busy on:click=press(fill)>{preset.label()}</button>
            <p class="hint">{preset.about()}</p>
            <p class="facts">{cost}</p>
            {queue}
        </div>
    }
    .into_any()
}

/// All runs of a preset with one press, where it is more than one.
fn queue(conductor: Conductor, preset: Preset) -> Piece {
    let add = move || {
        let runs = conductor.peek(|session| session.preset_runs(preset));
        conductor.apply(Event::Queue(QueueEvent::Add(runs)));
    };
    piece(move || match preset.sizes().len() {
        0 => ().into_any(),
        n => {
            let words = format!("Queue its {n} runs");
            view! { <button type="button" class="quiet" on:click=press(add)>{words}</button> }.into_any()
        }
    })
}

/// What the run that the form describes takes.
#[component]
pub fn NextRunCost() -> impl IntoView {
    let conductor = conductor();
    let words = text(move || {
        conductor.next_run(|session| match session.run_cost(&session.draft.config) {
            Some(cost) => format!("This run: {}.", told(&cost)),
            None => String::new(),
        })
    });
    view! { <p class="facts run-cost">{words}</p> }.into_any()
}

fn words(cost: Option<RunCost>) -> String {
    cost.map(|cost| told(&cost)).unwrap_or_default()
}
