//! The runs kept in this browser: open, save as a file, delete.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use super::preflight::size;
use crate::app::conductor::{Conductor, conductor};
use crate::app::session::Event;
use crate::app::widgets::save::save_blob;
use crate::protocol::compute::RunSummary;
use crate::protocol::{Answer, Fault, Task};

/// The list, newest first.
#[component]
pub fn RunList() -> impl IntoView {
    let conductor = conductor();
    let runs = Memo::new(move |_| conductor.shelf(|shelf| shelf.runs().to_vec()));
    let is_known = Memo::new(move |_| conductor.shelf(|shelf| shelf.known));
    let empty = move || {
        let text = match (is_known.get(), conductor.shelf(|shelf| shelf.fault.is_some())) {
            (false, _) => "Reading storage …",
            (true, true) => "Storage cannot be read; see the message above.",
            (true, false) => "None yet. What you train is kept here, on this machine only.",
        };
        view! { <p class="hint">{text}</p> }
    };
    let list = move || {
        view! {
            <ul class="runs">
                <For each=move || runs.get() key=key children=move |run| view! { <Row run=run/> }/>
            </ul>
        }
    };
    view! {
        <section class="panel run-list" aria-labelledby="runs-title">
            <h2 id="runs-title">"Runs"</h2>
            <Show when=move || runs.with(|runs| !runs.is_empty()) fallback=empty>{list}</Show>
        </section>
    }
    .into_any()
}

/// Rows are made anew when anything they show changes.
fn key(run: &RunSummary) -> (String, usize, u64, bool) {
    let complete = run.header.as_ref().is_some_and(|header| header.complete);
    (run.run.clone(), run.recorded, run.bytes, complete)
}

#[component]
fn Row(run: RunSummary) -> impl IntoView {
    let conductor = conductor();
    let id = StoredValue::new(run.run.clone());
    let is_open = Memo::new(move |_| conductor.open(|open| open.run == id.get_value()) == Some(true));
    let is_training = Memo::new(move |_| conductor.live(|live| live.is_of(&id.get_value())));
    let (asking, exporting) = (RwSignal::new(false), RwSignal::new(false));
    let name = run.header.as_ref().map_or_else(|| run.run.clone(), |header| header.name.clone());
    let facts = facts(&run);
    let is_cut_short = run.header.as_ref().is_some_and(|header| !header.complete);
    let state = move || {
        match (is_training.get(), is_cut_short) {
            (true, _) => Some("training"),
            (false, true) => Some("incomplete"),
            _ => None,
        }
        .map(|state| view! { <span class="tag">{state}</span> })
    };
    let export = move |_| {
        exporting.set(true);
        spawn_local(async move {
            export(conductor, id.get_value()).await;
            exporting.try_set(false);
        });
    };
    let actions = move || {
        view! {
            <button class="quiet" prop:disabled=exporting on:click=export title="Save as a Zarr archive">
                {move || if exporting.get() { "Exporting …" } else { "Export" }}
            </button>
            <button class="quiet" prop:disabled=is_training on:click=move |_| asking.set(true)>"Delete"</button>
        }
    };
    let confirm = move || {
        view! {
            <span class="confirm" role="alert">
                "Delete for good? "
                <button class="danger" on:click=move |_| conductor.apply(Event::RemoveRun(id.get_value()))>"Delete"</button>
                <button class="quiet" on:click=move |_| asking.set(false)>"Keep"</button>
            </span>
        }
    };
    view! {
        <li class="run" class:open=move || is_open.get()>
            <button
                class="run-name"
                aria-current=move || is_open.get().then_some("true")
                on:click=move |_| conductor.apply(Event::OpenRun(id.get_value()))
            >
                {name} " " {state}
            </button>
            <p class="facts">{facts}</p>
            <p class="error">{run.problem}</p>
            <div class="actions"><Show when=move || asking.get() fallback=actions>{confirm}</Show></div>
        </li>
    }
    .into_any()
}

fn facts(run: &RunSummary) -> String {
    let mut facts = Vec::new();
    if let Some(header) = &run.header {
        facts.push(header.created.chars().take(16).collect::<String>().replace('T', " "));
    }
    facts.push(match run.recorded {
        0 => "nothing recorded".to_owned(),
        recorded => format!("epochs 0–{}", recorded - 1),
    });
    if let Some(accuracy) = run.test_accuracy {
        facts.push(format!("{:.1} % right", 100.0 * accuracy));
    }
    facts.push(size(run.bytes as f64));
    facts.join(" · ")
}

async fn export(conductor: Conductor, run: String) {
    let fault = match conductor.ask(Task::Export { run: run.clone() }).await {
        Ok(outcome) => match (outcome.answer, outcome.attachment.dyn_into::<Blob>()) {
            (Answer::Exported { file_name }, Ok(blob)) => {
                save_blob(&blob, &file_name).err().map(|_| unsaved(&run))
            }
            _ => Some(unsaved(&run)),
        },
        Err(fault) => Some(fault),
    };
    if let Some(fault) = fault {
        conductor.apply(Event::Noticed(fault));
    }
}

fn unsaved(run: &str) -> Fault {
    Fault::new(
        "export_failed",
        format!("The run {run} could not be saved as a file."),
        "The browser did not take the archive.",
        "Check the free disk space and whether this page may download files, then export again.",
    )
}
