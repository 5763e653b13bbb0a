//! The runs kept in this browser: open, save as a file, delete.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Blob;

use super::preflight::size;
use crate::app::conductor::{Conductor, conductor};
use crate::app::session::Event;
use crate::app::spawn::spawn;
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text};
use crate::app::widgets::save::save_blob;
use crate::protocol::compute::RunSummary;
use crate::protocol::{Answer, Fault, Task};

/// The list, newest first.
#[component]
pub fn RunList() -> impl IntoView {
    let conductor = conductor();
    let hint = text(move || {
        conductor.shelf(|shelf| {
            match (shelf.known, &shelf.fault) {
                (false, _) => "Reading storage …",
                (true, Some(_)) => "Storage cannot be read; see the message above.",
                (true, None) => "None yet. What you train is kept here, on this machine only.",
            }
            .to_owned()
        })
    });
    let empty = piece(move || view! { <p class="hint">{hint}</p> }.into_any());
    let rows = piece(move || {
        let row = |run: &RunSummary| row(conductor, run.clone());
        conductor.shelf(|shelf| shelf.runs().iter().map(row).collect::<Vec<_>>()).into_any()
    });
    let is_empty = flag(move || conductor.shelf(|shelf| shelf.runs().is_empty()));
    let list = piece(move || view! { <ul class="runs">{rows.clone()}</ul> }.into_any());
    view! {
        <section class="panel run-list" aria-labelledby="runs-title">
            <h2 id="runs-title">"Runs"</h2>
            {choose(is_empty, empty, list)}
        </section>
    }
    .into_any()
}

fn row(conductor: Conductor, run: RunSummary) -> AnyView {
    let id = StoredValue::new(run.run.clone());
    let is_open = flag(move || conductor.open(|open| open.run == id.get_value()) == Some(true));
    let is_training = flag(move || conductor.live(|live| live.is_of(&id.get_value())));
    let name = run.header.as_ref().map_or_else(|| run.run.clone(), |header| header.name.clone());
    let facts = facts(&run);
    let is_cut_short = run.header.as_ref().is_some_and(|header| !header.complete);
    let state = text(move || match (is_training.get(), is_cut_short) {
        (true, _) => "training".to_owned(),
        (false, true) => "incomplete".to_owned(),
        _ => String::new(),
    });
    let current = text(move || is_open.get().to_string());
    let open = press(move || conductor.apply(Event::OpenRun(id.get_value())));
    view! {
        <li class="run" class:open=is_open>
            <button class="run-name" aria-current=current on:click=open>{name}</button>
            " "
            <span class="tag">{state}</span>
            <p class="facts">{facts}</p>
            <p class="error">{run.problem.unwrap_or_default()}</p>
            <div class="actions">{actions(conductor, id, is_training)}</div>
        </li>
    }
    .into_any()
}

/// Export and Delete; the latter asks first.
fn actions(conductor: Conductor, id: StoredValue<String>, is_training: Signal<bool>) -> Piece {
    let (asking, exporting) = (RwSignal::new(false), RwSignal::new(false));
    let start_export = move || {
        exporting.set(true);
        spawn(async move {
            export(conductor, id.get_value()).await;
            exporting.try_set(false);
        });
    };
    let export_label = text(move || if exporting.get() { "Exporting …" } else { "Export" }.to_owned());
    let usual = piece(move || {
        view! {
            <button class="quiet" prop:disabled=exporting on:click=press(start_export) title="Save as a Zarr archive">
                {export_label}
            </button>
            <button class="quiet" prop:disabled=is_training on:click=press(move || asking.set(true))>"Delete"</button>
        }
        .into_any()
    });
    let remove = move || conductor.apply(Event::RemoveRun(id.get_value()));
    let confirm = piece(move || {
        view! {
            <span class="confirm" role="alert">
                "Delete for good? "
                <button class="danger" on:click=press(remove)>"Delete"</button>
                <button class="quiet" on:click=press(move || asking.set(false))>"Keep"</button>
            </span>
        }
        .into_any()
    });
    choose(asking.into(), confirm, usual)
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
