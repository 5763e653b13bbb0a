//! The runs kept in this browser: open, name, take in and save as a file, delete.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::storage::size;
use crate::app::session::Event;
use crate::app::spawn::spawn;
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text, when};
use crate::app::widgets::save::save_blob;
use crate::browser::property;
use crate::protocol::compute::RunSummary;
use crate::protocol::{Answer, Fault, Task};

/// How long a deleted run can be had back.
const TIME_TO_KEEP: std::time::Duration = std::time::Duration::from_secs(8);

/// The run that is being named, its name and note as typed; outlives the rows, which are made anew whenever
/// an epoch is recorded.
type Naming = RwSignal<Option<[String; 3]>>;

/// The list, newest first. A run file dropped on it is taken in.
#[component]
pub fn RunList() -> impl IntoView {
    let conductor = conductor();
    let hint = text(move || {
        conductor.run_list(|run_list| {
            match (run_list.known, &run_list.fault) {
                (false, _) => "Reading storage …",
                (true, Some(_)) => "Storage cannot be read; see the message above.",
                (true, None) => "None yet. What you train is kept here, on this machine only.",
            }
            .to_owned()
        })
    });
    let empty = piece(move || view! { <p class="hint">{hint}</p> }.into_any());
    let naming: Naming = RwSignal::new(None);
    let rows = piece(move || {
        let row = |run: &RunSummary| row(conductor, naming, run.clone());
        conductor.run_list(|run_list| run_list.runs().iter().map(row).collect::<Vec<_>>()).into_any()
    });
    let is_empty = flag(move || conductor.run_list(|run_list| run_list.runs().is_empty()));
    let list = piece(move || view! { <ul class="runs">{rows.clone()}</ul> }.into_any());
    let stay: Box<dyn FnMut(web_sys::DragEvent)> = Box::new(|event| event.prevent_default());
    let drop: Box<dyn FnMut(web_sys::DragEvent)> = Box::new(move |event| {
        event.prevent_default();
        event.stop_propagation();
        take_in(conductor, property(&event, "dataTransfer"));
    });
    view! {
        <section class="panel run-list" aria-labelledby="runs-title" on:dragover=stay on:drop=drop>
            <h2 id="runs-title">"Runs"</h2>
            {choose(is_empty, empty, list)}
            {import_button(conductor)}
        </section>
    }
    .into_any()
}

fn import_button(conductor: Conductor) -> AnyView {
    let chosen: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        take_in(conductor, event.target().map(Into::into));
    });
    let label = text(move || {
        let share = conductor.task_progress().map(|share| format!(" {:.0} %", 100.0 * share));
        match conductor.run_list(|run_list| run_list.importing.clone()) {
            Some(name) => format!("Taking in {name}{} …", share.unwrap_or_default()),
            None => "Import a run file".to_owned(),
        }
    });
    let is_importing = flag(move || conductor.run_list(|run_list| run_list.importing.is_some()));
    let cancel =
        piece(move || button("Cancel", "Nothing of the file is kept", move || conductor.cancel_import()));
    view! {
        <label class="import" title="A .zarr.zip; it can also be dropped here">
            {label}
            <input type="file" accept=".zip" on:change=chosen/>
        </label>
        {when(is_importing, cancel)}
    }
    .into_any()
}

/// Takes in the first of the files that an input or a drop holds.
fn take_in(conductor: Conductor, holder: Option<JsValue>) {
    let file = holder.and_then(|holder| property(&property(&holder, "files")?, "0"));
    let Some(file) = file.and_then(|file| file.dyn_into::<Blob>().ok()) else { return };
    let name = property(&file, "name").and_then(|name| name.as_string()).unwrap_or_default();
    if let Ok(url) = web_sys::Url::create_object_url_with_blob(&file) {
        conductor.apply(Event::Import { url, name, reuse: false });
    }
}

fn row(conductor: Conductor, naming: Naming, run: RunSummary) -> AnyView {
    let id = StoredValue::new(run.run.clone());
    let is_open = flag(move || conductor.open(|open| open.run == id.get_value()) == Some(true));
    let is_training = flag(move || conductor.live(|live| live.is_of(&id.get_value())));
    let header = run.header.as_ref();
    let name = header.map_or_else(|| run.run.clone(), |header| header.name.clone());
    let note = header.map(|header| header.note.clone()).unwrap_or_default();
    let facts = facts(&run);
    let is_cut_short = header.is_some_and(|header| !header.complete);
    let is_written = run.is_written;
    let state = text(move || {
        match (is_training.get(), is_written, is_cut_short) {
            (true, ..) => "training",
            (_, true, _) => "training in another tab; shown as it was read",
            (_, _, true) => "incomplete",
            _ => "",
        }
        .to_owned()
    });
    let current = text(move || is_open.get().to_string());
    let open = press(move || conductor.apply(Event::OpenRun(id.get_value())));
    let names = StoredValue::new([run.run.clone(), name.clone(), note.clone()]);
    let is_named = flag(move || {
        naming.with(|naming| naming.as_ref().is_some_and(|naming| id.with_value(|id| naming[0] == *id)))
    });
    let start_naming = move || naming.set(Some(names.get_value()));
    let labels = choose(
        is_named,
        piece(move || labels(conductor, naming)),
        piece(move || actions(conductor, id, start_naming, is_training).now()),
    );
    view! {
        <li class="run" class:open=is_open>
            <button class="run-name" aria-current=current on:click=open>{name}</button>
            " "
            <span class="tag">{state}</span>
            <p class="facts">{facts}</p>
            <p class="facts">{note}</p>
            <p class="error">{run.problem.unwrap_or_default()}</p>
            <div class="actions">{labels}</div>
        </li>
    }
    .into_any()
}

/// Name and note, to be changed.
fn labels(conductor: Conductor, naming: Naming) -> AnyView {
    let field = move |label: &'static str, index: usize| {
        let changed: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
            let text = event_target_value(&event);
            // Nobody has to be told: the text stands in the field.
            naming.update_untracked(|naming| {
                if let Some(names) = naming {
                    names[index].clone_from(&text);
                }
            });
        });
        let value = naming.with_untracked(|naming| naming.as_ref().map(|names| names[index].clone()));
        view! { <input type="text" aria-label=label placeholder=label prop:value=value on:input=changed/> }
            .into_any()
    };
    let save = move || {
        if let Some([run, name, note]) = naming.get_untracked() {
            naming.set(None);
            conductor.apply(Event::Rename { run, name, note });
        }
    };
    view! {
        {field("Name", 1)}
        {field("Note", 2)}
        {button("Save", "", save)}
        {button("Cancel", "", move || naming.set(None))}
    }
    .into_any()
}

fn button(label: &'static str, title: &'static str, action: impl Fn() + 'static) -> AnyView {
    view! { <button class="quiet" title=title on:click=press(action)>{label}</button> }.into_any()
}

/// What can be done with a run; for a deleted one, to have it back.
fn actions(
    conductor: Conductor,
    id: StoredValue<String>,
    start_naming: impl Fn() + Copy + Send + Sync + 'static,
    is_training: Signal<bool>,
) -> Piece {
    let exporting = RwSignal::new(false);
    let start_export = move || {
        exporting.set(true);
        spawn(async move {
            export(conductor, id.get_value()).await;
            exporting.try_set(false);
        });
    };
    let export_label = text(move || if exporting.get() { "Exporting …" } else { "Export" }.to_owned());
    let delete = move || {
        conductor.apply(Event::ScheduleDeletion(id.get_value()));
        let run = id.get_value();
        set_timeout(move || conductor.apply(Event::RemoveRun(run)), TIME_TO_KEEP);
    };
    let usual = piece(move || {
        view! {
            <button class="quiet" prop:disabled=exporting on:click=press(start_export) title="Save as a Zarr archive">
                {export_label}
            </button>
            <button class="quiet" prop:disabled=is_training on:click=press(move || conductor.go_on(id.get_value()))
                title="Train on from the last recorded epoch">"Continue"</button>
            {button("Rename", "Change name and note", start_naming)}
            {button("Reuse", "Train with the same settings", move || {
                conductor.apply(Event::Duplicate(id.get_value()));
            })}
            <button class="quiet" prop:disabled=is_training on:click=press(delete)>"Delete"</button>
        }
        .into_any()
    });
    let undo = piece(move || {
        view! {
            <span class="confirm" role="alert">
                "Deleted. " {button("Undo", "", move || conductor.apply(Event::KeepRun(id.get_value())))}
            </span>
        }
        .into_any()
    });
    choose(
        flag(move || conductor.run_list(|run_list| run_list.is_deletion_scheduled(&id.get_value()))),
        undo,
        usual,
    )
}

fn facts(run: &RunSummary) -> String {
    let mut facts = Vec::new();
    if let Some(header) = &run.header {
        facts.push(header.created.chars().take(16).collect::<String>().replace('T', " "));
        facts.push(format!("{}, {}", header.dataset, header.model));
    }
    facts.push(match run.recorded {
        0 => "nothing recorded".to_owned(),
        recorded => format!("{recorded} epochs"),
    });
    if let Some(accuracy) = run.test_accuracy {
        facts.push(format!("{:.1} % right", 100.0 * accuracy));
    }
    facts.extend(run.bytes.map(|bytes| size(bytes as f64)));
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
