//! Datasets on the page: which one the next run learns, and the user's own images: added, looked at, kept,
//! deleted. The files are read in the trainer's worker; the page only hands their addresses over.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Url};

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::storage::size;
use crate::app::session::own_data::{class_counts, copies_left, duplicates, name_of, record_facts};
use crate::app::session::{ControlEvent, DataEvent, Event, Import, OwnData};
use crate::app::spawn::spawn;
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text, when};
use crate::app::widgets::heatmap::{Image, put};
use crate::app::widgets::{Choice, Picker};
use crate::browser::{property, turn};
use crate::collection::Kept;
use crate::dataset::own::{Copies, Form};
use crate::protocol::OfferedFile;
use crate::training::config::DatasetName;

/// Files handed over between two turns of the event loop.
const AT_ONCE: usize = 200;

/// What the next run learns; what cannot be had here says so, with what to do.
#[component]
pub fn DatasetPicker(
    /// Whether nothing can be chosen now.
    disabled: Signal<bool>,
) -> impl IntoView {
    let conductor = conductor();
    let value = text(move || conductor.draft(|draft| draft.text("dataset")));
    let choices = Memo::new(move |_| choices(conductor));
    let on_pick =
        Callback::new(move |text| conductor.apply(Event::Edited { name: "dataset".to_owned(), text }));
    let hint = text(move || hint(conductor));
    view! {
        <Picker name="dataset" label="Images to learn" choices=choices.into() value=value disabled=disabled
            on_pick=on_pick/>
        <p class="hint">{hint}</p>
    }
    .into_any()
}

fn choices(conductor: Conductor) -> Vec<Choice> {
    let chosen = conductor.draft(|draft| draft.config.dataset);
    conductor.own_data(|data| {
        let public = DatasetName::ALL.iter().map(|&name| {
            let note = if data.has(name) { "" } else { " (not on this page)" };
            Choice::new(name.to_string(), format!("{}{note}", label(name)))
        });
        let kept = data.kept.iter().filter_map(|kept| kept.record.as_ref());
        let own = kept.map(|kept| Choice::new(kept.summary.id.to_string(), kept.summary.name.clone()));
        let lost = (!data.has(chosen) && matches!(chosen, DatasetName::Own(_)))
            .then(|| Choice::new(chosen.to_string(), format!("{chosen} (not in this browser)")));
        public.chain(own).chain(lost).collect()
    })
}

fn label(dataset: DatasetName) -> &'static str {
    match dataset {
        DatasetName::Strokes => "Strokes (built in)",
        DatasetName::Mnist => "MNIST",
        DatasetName::Fashion => "Fashion-MNIST",
        DatasetName::Cifar10 => "CIFAR-10",
        DatasetName::Own(_) => "Your own images",
    }
}

fn hint(conductor: Conductor) -> String {
    let chosen = conductor.draft(|draft| draft.config.dataset);
    if conductor.own_data(|data| data.has(chosen)) {
        return String::new();
    }
    match chosen {
        DatasetName::Own(_) => "These images are not in this browser. Add their files below.".to_owned(),
        _ => format!(
            "This page was deployed without {0}. Add the files of {0} below, or let whoever deploys the page \
             run “cargo xtask data”.",
            label(chosen)
        ),
    }
}

/// The user's own images.
#[component]
pub fn OwnDataPanel() -> impl IntoView {
    let conductor = conductor();
    let is_free = flag(move || conductor.own_data(OwnData::is_free));
    let is_shown = flag(move || conductor.own_data(|data| matches!(data.import, Import::Shown(_))));
    let progress = text(move || {
        conductor.own_data(|data| match data.import {
            Import::Reading { done, of: Some(of) } => format!("Reading: {done} of {of} images …"),
            Import::Reading { done, of: None } => format!("Reading: {done} images …"),
            Import::Keeping => "Keeping …".to_owned(),
            _ => String::new(),
        })
    });
    let urls = StoredValue::new(Vec::new());
    let form = RwSignal::new(Form::default());
    let inputs = piece(move || inputs(conductor, form, urls));
    let is_reading = flag(move || conductor.own_data(|data| matches!(data.import, Import::Reading { .. })));
    let cancel = piece(move || {
        let cancel = press(move || conductor.apply(Event::Control(ControlEvent::CancelImport)));
        view! { <button type="button" class="quiet" on:click=cancel>"Cancel"</button> }.into_any()
    });
    let waiting = piece(move || {
        view! { <p class="hint" role="status">{progress}</p> {when(is_reading, cancel.clone())} }.into_any()
    });
    let rows = piece(move || {
        let row = |kept: &Kept| row(conductor, kept);
        conductor.own_data(|data| data.kept.iter().map(row).collect::<Vec<_>>()).into_any()
    });
    view! {
        <section class="panel own-data" aria-labelledby="own-data-title">
            <h2 id="own-data-title">"Your own images"</h2>
            {choose(is_free, inputs, waiting)}
            {when(is_shown, piece(move || preview(conductor)))}
            <ul class="runs">{rows}</ul>
        </section>
    }
    .into_any()
}

fn inputs(conductor: Conductor, form: RwSignal<Form>, urls: StoredValue<Vec<String>>) -> AnyView {
    let input = move |label: &'static str, is_folder: bool| {
        let chosen: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
            let files = event.target().and_then(|target| property(&target, "files"));
            if let Some(files) = files {
                spawn(offer(conductor, files, form.get_untracked(), urls));
            }
        });
        view! {
            <label class="drop">
                {label}
                <input type="file" multiple prop:webkitdirectory=is_folder on:change=chosen/>
            </label>
        }
        .into_any()
    };
    let choices = vec![Choice::new("grey", "28 × 28, grey"), Choice::new("colour", "32 × 32, colour")];
    let value = text(move || if form.get() == Form::Grey28 { "grey" } else { "colour" }.to_owned());
    let on_pick = Callback::new(move |text: String| {
        form.set(if text == "grey" { Form::Grey28 } else { Form::Colour32 });
    });
    view! {
        <p class="hint">
            "PNG, JPEG or WebP images in one sub-folder per class, as they are or as a zip; IDX files; \
             CIFAR-10 batches. They stay on this machine."
        </p>
        <Picker name="own-form" label="Make images" choices=Signal::stored(choices) value=value on_pick=on_pick/>
        <div class="drops">
            {input("Choose or drop a folder", true)}
            {input("Choose or drop files", false)}
        </div>
    }
    .into_any()
}

/// Hands files over to the trainer, a few at a time, so that the page never blocks.
async fn offer(conductor: Conductor, files: JsValue, form: Form, urls: StoredValue<Vec<String>>) {
    urls.update_value(|urls| {
        for url in urls.drain(..) {
            // An address that is gone already is as good.
            let _ = Url::revoke_object_url(&url);
        }
    });
    let text = |object: &JsValue, name| property(object, name).and_then(|value| value.as_string());
    let count = property(&files, "length").and_then(|count| count.as_f64()).unwrap_or(0.0) as usize;
    let mut name = String::new();
    let mut part = Vec::new();
    for index in 0..count {
        let file = property(&files, &index.to_string()).and_then(|file| file.dyn_into::<Blob>().ok());
        let Some(file) = file else { continue };
        let path = text(&file, "webkitRelativePath").filter(|path| !path.is_empty());
        let path = path.or_else(|| text(&file, "name")).unwrap_or_default();
        let Ok(url) = Url::create_object_url_with_blob(&file) else { continue };
        if name.is_empty() {
            name = name_of(&path);
        }
        urls.update_value(|urls| urls.push(url.clone()));
        part.push(OfferedFile { path, url });
        if part.len() == AT_ONCE {
            conductor.apply(Event::Data(DataEvent::Offered(std::mem::take(&mut part))));
            turn::macrotask().await;
            if conductor.peek(|session| session.own_data.is_free() && !session.live.is_busy()) {
                // Cancelled meanwhile.
                return;
            }
        }
    }
    if name.is_empty() {
        "Your files".clone_into(&mut name);
    }
    conductor.apply(Event::Data(DataEvent::Offered(part)));
    conductor.apply(Event::Data(DataEvent::Import { name, form }));
}

/// What was read: samples, counts, and the question whether to keep it.
fn preview(conductor: Conductor) -> AnyView {
    let shown = conductor.peek(|session| match &session.own_data.import {
        Import::Shown(preview) => Some(preview.clone()),
        _ => None,
    });
    let Some(shown) = shown else { return ().into_any() };
    let passed_over = match shown.passed_over {
        0 => String::new(),
        count => format!("{count} files of other kinds were left out."),
    };
    let (name, counts) = (shown.summary.name.clone(), class_counts(&shown.summary));
    let sheet = shown.sheet;
    let image = Image { width: sheet.width, height: sheet.height, rgba: sheet.rgba };
    let node = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            // The counts say what is there when the picture cannot be put.
            let _ = put(&canvas, &image);
        }
    });
    let found = shown.duplicates;
    let copies = RwSignal::new(found.usual());
    let keep = move || {
        let (created, copies) = (turn::now_iso(), copies.get_untracked());
        conductor.apply(Event::Data(DataEvent::Keep { created, copies }));
    };
    let twice = duplicates(&found);
    let choice = (!found.is_none()).then(|| {
        let choice = |copies: Copies| Some(Choice::new(copies.as_str(), copies_left(&found, copies)?));
        let choices: Vec<Choice> = Copies::ALL.into_iter().filter_map(choice).collect();
        let value = text(move || copies.get().to_string());
        let on_pick = Callback::new(move |text: String| copies.set(text.parse().unwrap_or_default()));
        view! {
            <Picker name="own-copies" label="Images that are there more than once" choices=Signal::stored(choices)
                value=value on_pick=on_pick/>
        }
        .into_any()
    });
    let drop = move || conductor.apply(Event::Data(DataEvent::Drop));
    view! {
        <div class="preview">
            <p><strong>{name}</strong></p>
            <canvas class="sheet" node_ref=node role="img" aria-label="Samples: one row for each class"></canvas>
            <p class="facts">{counts}</p>
            <p class="facts">{passed_over}</p>
            <p class="facts">{twice}</p>
            {choice}
            <div class="actions">
                <button type="button" class="primary" on:click=press(keep)>"Keep"</button>
                <button type="button" class="quiet" on:click=press(drop)>"Discard"</button>
            </div>
        </div>
    }
    .into_any()
}

fn row(conductor: Conductor, kept: &Kept) -> AnyView {
    let (name, facts) = match &kept.record {
        Some(record) => (record.summary.name.clone(), record_facts(record)),
        None => (kept.folder.clone(), "damaged, or written in part only".to_owned()),
    };
    let facts = format!("{facts} · {}", size(kept.bytes as f64));
    view! {
        <li class="run">
            <strong>{name}</strong>
            <p class="facts">{facts}</p>
            <div class="actions">{delete(conductor, kept.folder.clone())}</div>
        </li>
    }
    .into_any()
}

/// Asks before it deletes.
fn delete(conductor: Conductor, folder: String) -> Piece {
    let asking = RwSignal::new(false);
    let folder = StoredValue::new(folder);
    let usual = piece(move || {
        view! { <button type="button" class="quiet" on:click=press(move || asking.set(true))>"Delete"</button> }
            .into_any()
    });
    let remove = move || conductor.apply(Event::Data(DataEvent::Remove(folder.get_value())));
    let confirm = piece(move || {
        view! {
            <span class="confirm" role="alert">
                "Delete for good? "
                <button type="button" class="danger" on:click=press(remove)>"Delete"</button>
                <button type="button" class="quiet" on:click=press(move || asking.set(false))>"Keep"</button>
            </span>
        }
        .into_any()
    });
    choose(asking.into(), confirm, usual)
}
