//! The settings of the next run, and the one button that starts it.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::editor::EditorPanel;
use super::own_data::DatasetPicker;
use super::presets::{NextRunCost, Presets};
use super::sweep::Sweep;
use crate::app::conductor::{Conductor, conductor};
use crate::app::session::{Conflict, Editor, Event, Live, Session, Status};
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text};
use crate::app::widgets::{Choice, Field, Picker};
use crate::training::config::{
    self, Augmentation, BackendChoice, ModelName, OptimizerName, RateSchedule, Width,
};

/// Everything about the next run.
#[component]
pub fn StartPanel() -> impl IntoView {
    let conductor = conductor();
    let busy = flag(move || conductor.live(Live::is_busy));
    let conflict = Memo::new(move |_| conductor.conflict());
    let edit = move |name: &'static str| {
        Callback::new(move |text| conductor.apply(Event::Edited { name: name.to_owned(), text }))
    };
    let field = move |name, label, keyboard, suggestions: &'static [&'static str]| {
        let error = text(move || {
            let bad = conductor.draft(|draft| draft.error(name).map(|_| expected(name)));
            bad.unwrap_or_else(|| conflict.with(|conflict| why(name, conflict.as_ref())))
        });
        view! {
            <Field name=name label=label keyboard=keyboard suggestions=suggestions value=typed(conductor, name)
                error=error disabled=busy on_text=edit(name)/>
        }
        .into_any()
    };
    let picker = move |name, label, choices: Vec<Choice>| {
        view! {
            <Picker name=name label=label choices=Signal::stored(choices) value=typed(conductor, name)
                disabled=busy on_pick=edit(name)/>
        }
        .into_any()
    };
    // Outside of the folded settings: the button is disabled, and the reason must be in sight.
    let told = text(move || conflict.with(|conflict| conflict.as_ref().map(told).unwrap_or_default()));
    let on_submit: Box<dyn FnMut(SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        start(conductor);
    });
    view! {
        <section class="panel start-panel" aria-labelledby="start-title">
            <h2 id="start-title">"Train a network"</h2>
            <form on:submit=on_submit>
                <Presets/>
                <DatasetPicker disabled=busy/>
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
                        {field("data_seed", "Seed of the images", "numeric", &[])}
                        {field("test_per_class", "Test images per class", "text", &["200", "1000", "all"])}
                        {field("probe", "Probe images", "numeric", &["200", "500", "1000"])}
                        {field("weight_decay", "Weight decay", "text", &["auto", "0", "0.0005", "0.01"])}
                        {field("record", "Epochs recorded", "text", &["all", "every:5", "log"])}
                        {field("parts", "Parts recorded", "text", &["none", "all", "1,2"])}
                        {picker("model", "Network", named(ModelName::ALL))}
                        {picker("width", "Width", named(Width::ALL))}
                        {picker("optimizer", "Optimizer", named(OptimizerName::ALL))}
                        {picker("schedule", "Rate over epochs", named(RateSchedule::ALL))}
                        {picker("augment", "Vary images", named(Augmentation::ALL))}
                        {picker("backend", "Computes on", backends())}
                    </div>
                </details>
                <Sweep/>
                <EditorPanel/>
                <p class="error" role="status">{told}</p>
                <NextRunCost/>
                <div class="buttons">{buttons(conductor, busy)}</div>
            </form>
        </section>
    }
    .into_any()
}

fn buttons(conductor: Conductor, busy: Signal<bool>) -> Piece {
    let button = move |label: &'static str, class: &'static str, disabled: Signal<bool>, event: Event| {
        let on_press = press(move || conductor.apply(event.clone()));
        view! { <button type="button" class=class disabled=disabled on:click=on_press>{label}</button> }
            .into_any()
    };
    let never = Signal::stored(false);
    let is_bad = flag(move || {
        conductor.draft(|draft| !draft.bad.is_empty())
            || conductor.editor(Editor::has_bad)
            || conductor.conflict().is_some()
    });
    let not_training = flag(move || conductor.live(|live| live.status != Status::Training));
    let is_paused = flag(move || conductor.live(|live| live.status == Status::Paused));
    let train = piece(move || {
        view! { <button type="submit" class="primary" disabled=is_bad>"Start training"</button> }.into_any()
    });
    let pause = piece(move || button("Pause", "", not_training, Event::Pause));
    let resume = piece(move || button("Resume", "primary", never, Event::Resume));
    let hold = choose(is_paused, resume, pause);
    let under_way = piece(move || {
        view! {
            {hold.clone()}
            {button("Stop", "", never, Event::Stop)}
        }
        .into_any()
    });
    choose(busy, under_way, train)
}

/// Starts a run with the settings as typed, unless one of them is not valid.
pub fn start(conductor: Conductor) {
    let is_possible = |session: &Session| {
        session.draft.bad.is_empty() && !session.editor.has_bad() && session.conflict().is_none()
    };
    let config = conductor.peek(|session| is_possible(session).then(|| session.draft.config.clone()));
    if let Some(config) = config {
        conductor.train(config);
    }
}

fn typed(conductor: Conductor, name: &'static str) -> Signal<String> {
    text(move || conductor.draft(|draft| draft.text(name)))
}

/// Why the setting `name` does not fit the others; empty when it does.
fn why(name: &str, conflict: Option<&Conflict>) -> String {
    conflict.filter(|conflict| conflict.name == name).map(|conflict| conflict.why.clone()).unwrap_or_default()
}

fn told(conflict: &Conflict) -> String {
    let what = if conflict.name == "batch" { "Batch size" } else { "Network" };
    format!("{what}: {}", conflict.why)
}

fn expected(name: &str) -> String {
    format!("Expected {}.", config::allowed(name))
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
