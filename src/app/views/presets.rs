//! What the next run can begin with, and what it takes on this machine.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::run_cost::told;
use crate::app::session::{Event, Live, QueueEvent, Session};
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text};
use crate::training::Preset;

/// One press fills the form.
#[component]
pub fn Presets() -> impl IntoView {
    let conductor = conductor();
    let busy = flag(move || conductor.live(Live::is_busy));
    let buttons: Vec<AnyView> =
        Preset::ALL.into_iter().map(|preset| button(conductor, busy, preset)).collect();
    let chosen = Memo::new(move |_| {
        Preset::ALL.into_iter().find(|&preset| conductor.next_run(|session| is_set(session, preset)))
    });
    let facts = piece(move || chosen.get().map(|preset| facts(conductor, preset)).into_any());
    view! {
        <fieldset class="presets">
            <legend>"Begin with"</legend>
            <div class="preset">{buttons}</div>
            {facts}
        </fieldset>
    }
    .into_any()
}

/// Whether the form holds just what a preset fills in.
fn is_set(session: &Session, preset: Preset) -> bool {
    session.draft.bad.is_empty() && session.draft.config == session.preset(preset)
}

fn button(conductor: Conductor, busy: Signal<bool>, preset: Preset) -> AnyView {
    let pressed = text(move || conductor.next_run(|session| is_set(session, preset)).to_string());
    let fill = press(move || conductor.apply(Event::PresetPicked(preset)));
    view! {
        <button type="button" aria-pressed=pressed disabled=busy on:click=fill>{preset.label()}</button>
    }
    .into_any()
}

/// What the chosen preset is; of one that stands for several runs, what all of them take.
fn facts(conductor: Conductor, preset: Preset) -> AnyView {
    let is_several = !preset.sizes().is_empty();
    let cost = text(move || match conductor.next_run(|session| session.preset_cost(preset)) {
        Some(cost) if is_several => format!("All of them: {}.", told(&cost)),
        _ => String::new(),
    });
    view! {
        <p class="hint">{preset.about()}</p>
        <p class="facts">{cost}</p>
        {queue(conductor, preset)}
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
