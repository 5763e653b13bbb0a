//! The settings of the next run, and the one button that starts it.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::session::{Event, Live, Status};
use crate::app::widgets::{Choice, Field, Picker, Segmented};
use crate::training::config::{self, BackendChoice, DatasetName, ModelName, OptimizerName};

/// Everything about the next run.
#[component]
pub fn StartPanel() -> impl IntoView {
    let conductor = conductor();
    let busy = Memo::new(move |_| conductor.live(Live::is_busy));
    let edit = move |name: &'static str| {
        Callback::new(move |text| conductor.apply(Event::Edited { name: name.to_owned(), text }))
    };
    let field = move |name, label, keyboard, suggestions: &'static [&'static str]| {
        let error =
            Signal::derive(move || conductor.draft(|draft| draft.error(name).map(|_| expected(name))));
        view! {
            <Field name=name label=label keyboard=keyboard suggestions=suggestions text=text(conductor, name)
                error=error disabled=busy on_text=edit(name)/>
        }
    };
    let picker = move |name, label, choices: Vec<Choice>| {
        view! {
            <Picker name=name label=label choices=Signal::stored(choices) value=text(conductor, name)
                disabled=busy on_pick=edit(name)/>
        }
    };
    view! {
        <section class="panel start-panel" aria-labelledby="start-title">
            <h2 id="start-title">"Train a network"</h2>
            <form on:submit=move |event| { event.prevent_default(); start(conductor); }>
                <Segmented name="dataset" label="Digits to learn" choices=datasets() value=text(conductor, "dataset")
                    disabled=busy on_pick=edit("dataset")/>
                <div class="fields">
                    {field("per_class", "Images per class", "text", &["100", "500", "1000", "2000", "all"])}
                    {field("epochs", "Epochs", "numeric", &[])}
                </div>
                <details class="advanced">
                    <summary>"More settings"</summary>
                    <div class="fields">
                        {field("batch", "Batch size", "numeric", &["32", "64", "128"])}
                        {field("lr", "Learning rate", "decimal", &["0.0003", "0.001", "0.003"])}
                        {field("seed", "Seed", "numeric", &[])}
                        {field("probe", "Probe images", "numeric", &["200", "500", "1000"])}
                        {picker("model", "Network", named(ModelName::ALL))}
                        {picker("optimizer", "Optimizer", named(OptimizerName::ALL))}
                        {picker("backend", "Computes on", backends())}
                    </div>
                </details>
                <Buttons busy=busy/>
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn Buttons(busy: Memo<bool>) -> impl IntoView {
    let conductor = conductor();
    let status = Memo::new(move |_| conductor.live(|live| live.status));
    let is_bad = Memo::new(move |_| conductor.draft(|draft| !draft.bad.is_empty()));
    let train = move || {
        view! { <button type="submit" class="primary" disabled=move || is_bad.get()>"Train"</button> }
    };
    let pause = move || {
        let not_yet = move || status.get() != Status::Training;
        view! {
            <button type="button" disabled=not_yet on:click=move |_| conductor.apply(Event::Pause)>"Pause"</button>
        }
    };
    let resume = move || {
        view! {
            <button type="button" class="primary" on:click=move |_| conductor.apply(Event::Resume)>"Resume"</button>
        }
    };
    let under_way = move || {
        view! {
            <Show when=move || status.get() == Status::Paused fallback=pause>{resume}</Show>
            <button type="button" on:click=move |_| conductor.apply(Event::Stop)>"Stop"</button>
        }
    };
    view! {
        <div class="buttons">
            <Show when=move || busy.get() fallback=train>{under_way}</Show>
        </div>
    }
    .into_any()
}

/// Starts a run with the settings as typed, unless one of them is not valid.
pub fn start(conductor: Conductor) {
    let config = conductor.peek(|session| session.draft.bad.is_empty().then(|| session.draft.config.clone()));
    if let Some(config) = config {
        conductor.train(config);
    }
}

fn text(conductor: Conductor, name: &'static str) -> Signal<String> {
    Memo::new(move |_| conductor.draft(|draft| draft.text(name))).into()
}

fn expected(name: &str) -> String {
    format!("Expected {}.", config::allowed(name))
}

fn datasets() -> Vec<Choice> {
    let label = |dataset: DatasetName| match dataset {
        DatasetName::Strokes => "Strokes (built in)",
        DatasetName::Mnist => "MNIST",
    };
    DatasetName::ALL.iter().map(|&dataset| Choice::new(dataset.as_str(), label(dataset))).collect()
}

fn backends() -> Vec<Choice> {
    let label = |backend: BackendChoice| match backend {
        BackendChoice::Auto => "best available",
        BackendChoice::Webgpu => "GPU (WebGPU)",
        BackendChoice::Cpu => "CPU (SIMD)",
    };
    BackendChoice::ALL.iter().map(|&backend| Choice::new(backend.as_str(), label(backend))).collect()
}

fn named<T: ToString>(values: &[T]) -> Vec<Choice> {
    values.iter().map(|value| Choice::new(value.to_string(), value.to_string())).collect()
}
