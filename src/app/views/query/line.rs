//! The query line: typed or written by the widgets, with completion, what is wrong with it, and what it costs.

use leptos::prelude::*;

use super::{follow, send};
use crate::app::conductor::conductor;
use crate::app::figures::block::selection_in_words;
use crate::app::session::query::check::Good;
use crate::app::session::query::{Check, picks};
use crate::app::session::{QueryEvent, QueryView};
use crate::app::widgets::dynamic::{flag, piece, press, text, when};
use crate::app::widgets::{Choice, Combobox, Picker, Segmented, Suggestion};
use crate::query::{Completion, Selector, complete};

/// The line, its button, and pickers for what is asked and over which epochs.
#[component]
pub fn LinePanel() -> impl IntoView {
    let conductor = conductor();
    let value = text(move || conductor.query(|view| view.text.clone()));
    let is_bad = flag(move || conductor.query(|view| view.check.problem().is_some()));
    let is_waiting = flag(move || conductor.query(QueryView::is_waiting));
    let suggest = Callback::new(|(text, cursor): (String, usize)| {
        complete(&text, cursor).into_iter().map(suggestion).collect::<Vec<_>>()
    });
    let on_text = Callback::new(move |text| send(conductor, QueryEvent::Typed(text)));
    let on_submit: Box<dyn FnMut(web_sys::SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        send(conductor, QueryEvent::Run);
    });
    let button = text(move || match (is_waiting.get(), conductor.query_progress()) {
        (true, Some(share)) => format!("Measuring {:.0} %", 100.0 * share),
        (true, None) => "Measuring …".to_owned(),
        (false, _) => "Query".to_owned(),
    });
    let cancel = piece(move || {
        let on_press = press(move || conductor.cancel_queries());
        view! { <button type="button" on:click=on_press>"Cancel"</button> }.into_any()
    });
    let is_long = flag(move || is_waiting.get() && conductor.query_progress().is_some());
    view! {
        <form class="panel query-line" on:submit=on_submit>
            <div class="line">
                <Combobox
                    name="query"
                    label="Query in the paper's notation"
                    value=value
                    is_bad=is_bad
                    described_by="query-status"
                    suggest=suggest
                    on_text=on_text
                />
                <span class="line-buttons">
                    <button type="submit" class="primary" prop:disabled=is_bad>{button}</button>
                    {when(is_long, cancel)}
                </span>
            </div>
            <div id="query-status" class="query-status" aria-live="polite">{status()}</div>
            <div class="controls">{measure()} {epochs()} {live()}</div>
            {selection()}
        </form>
    }
    .into_any()
}

fn suggestion(Completion { replaces, insert, label }: Completion) -> Suggestion {
    Suggestion { replaces, insert, label }
}

/// What is wrong, with a caret under the place; else what the query gives and costs.
fn status() -> impl IntoView {
    let conductor = conductor();
    let state = follow(conductor, |view| (view.check.clone(), view.text.clone(), view.is_live));
    piece(move || {
        let (check, text, is_live) = state.get();
        match check {
            Check::Bad(problem) => {
                let caret = format!("{text}\n{}^", " ".repeat(problem.column.saturating_sub(1)));
                view! {
                    <pre class="caret" aria-hidden="true">{caret}</pre>
                    <p class="error">{problem.sentence}</p>
                }
                .into_any()
            }
            Check::Good(good) => view! { <p class="hint">{promise(&good, is_live)}</p> }.into_any(),
            Check::Unknown => view! { <p class="hint">"Reading the run's probe set …"</p> }.into_any(),
        }
    })
}

/// "14 layer × 3 epoch values; reads 12 MB of cells."
fn promise(good: &Good, is_live: bool) -> String {
    let axes: Vec<String> = good.axes.iter().map(|(name, length)| format!("{length} {name}")).collect();
    let shape = match (axes.is_empty(), good.is_measure) {
        (true, true) => "one number".to_owned(),
        (false, true) => format!("{} values", axes.join(" × ")),
        (_, false) => format!("cells: {}", axes.join(" × ")),
    };
    let wait = if is_live && good.is_measure && !good.is_light() {
        " Too much for live answers: press Query."
    } else {
        ""
    };
    format!("Gives {shape}; {}, unless it is stored already.{wait}", good.cost)
}

fn measure() -> impl IntoView {
    let conductor = conductor();
    let choice = |(name, words)| Choice::new(name, format!("{name}: {words}"));
    let choices: Vec<Choice> = picks::choices().map(choice).collect();
    let value = text(move || conductor.query(|view| picks::name_of(view.picks.measure).to_owned()));
    let on_pick = Callback::new(move |name: String| {
        if let Some(measure) = picks::by_name(&name) {
            send(conductor, QueryEvent::Asked(measure));
        }
    });
    view! { <Picker name="measure" label="Measure" choices=Signal::stored(choices) value=value on_pick=on_pick/> }
}

fn epochs() -> impl IntoView {
    let conductor = conductor();
    let value = text(move || {
        let word = conductor.query(|view| match view.picks.epochs {
            Selector::Index(_) => "this",
            Selector::All => "all",
            _ => "",
        });
        word.to_owned()
    });
    let choices = vec![Choice::new("this", "T: slider's epoch"), Choice::new("all", "T: all epochs")];
    let on_pick = Callback::new(move |word: String| {
        send(conductor, QueryEvent::EpochsPicked { all: word == "all" });
    });
    view! { <Segmented name="query-epochs" label="Epochs" quiet=true choices=choices value=value on_pick=on_pick/> }
}

fn live() -> impl IntoView {
    let conductor = conductor();
    let is_live = flag(move || conductor.query(|view| view.is_live));
    let on_change: Box<dyn FnMut(web_sys::Event)> =
        Box::new(move |event| send(conductor, QueryEvent::LiveSwitched(event_target_checked(&event))));
    view! {
        <label class="switch">
            <input type="checkbox" role="switch" name="live" prop:checked=is_live on:change=on_change/>
            <span>"Live answers"</span>
        </label>
    }
}

/// What is picked, for those who hear it.
fn selection() -> impl IntoView {
    let conductor = conductor();
    let picks = follow(conductor, |view| view.picks.clone());
    let words = text(move || {
        conductor.open(|run| picks.with(|picks| selection_in_words(picks, run))).unwrap_or_default()
    });
    view! { <p class="visually-hidden" role="status">{words}</p> }
}
