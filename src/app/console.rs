//! `window.cnnslicer`: the page's functions for notebooks, teachers and checks.
//!
//! Every call returns a promise of plain JSON; errors reject with an `Error` that has a `code`.
//! `ready` resolves once the page is there.

mod faults;

use std::future::{Future, ready};
use std::pin::Pin;

use js_sys::{Float32Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;
use web_sys::Url;

use crate::app::conductor::Conductor;
use crate::app::json::{self, object};
use crate::app::link;
use crate::app::pool::Outcome;
use crate::app::session::{Event, Session, Status, already_training};
use crate::browser::capabilities::keeping;
use crate::browser::property;
use crate::protocol::compute::RunSummary;
use crate::protocol::{Answer, Fault, Task};
use crate::training::TrainingConfig;
use crate::training::config::Backend;
use faults::{bad_budget, no_file, no_run, odd_answer};

/// Puts the functions on `window.cnnslicer`, which `public/early.js` made with its promise `ready`, and
/// resolves that.
pub fn install(conductor: Conductor) {
    let window = js_sys::global();
    let early = property(&window, "cnnslicer").and_then(|early| early.dyn_into::<Object>().ok());
    let console = early.unwrap_or_default();
    method(&console, "status", move |_| async move { Ok(conductor.peek(status)) });
    method(&console, "train", move |options| train(conductor, options));
    method(&console, "continue", move |run| go_on(conductor, run));
    method(&console, "pause", move |_| ready(send(conductor, Event::Pause)));
    method(&console, "resume", move |_| ready(send(conductor, Event::Resume)));
    method(&console, "stop", move |_| ready(send(conductor, Event::Stop)));
    method(&console, "step", move |_| step(conductor));
    method(&console, "reset", move |_| reset(conductor));
    method(&console, "done", move |_| done(conductor));
    method(&console, "runs", move |_| runs(conductor));
    method(&console, "export", move |run| export(conductor, run));
    method(&console, "remove", move |run| remove(conductor, run));
    method(&console, "query", move |text| query(conductor, text));
    method(&console, "cancel", move |_| async move {
        conductor.cancel_queries();
        Ok(JsValue::UNDEFINED)
    });
    method(&console, "slice", move |text| slice(conductor, text));
    method(&console, "storage", move |_| storage(conductor, Task::Storage));
    method(&console, "budget", move |bytes| budget(conductor, bytes));
    method(&console, "import", move |file| import(conductor, file));
    match property(&console, "start").and_then(|start| start.dyn_into::<Function>().ok()) {
        // Resolving a promise does not fail.
        Some(start) => drop(start.call0(&JsValue::UNDEFINED)),
        None => set(&console, "ready", &Promise::resolve(&JsValue::UNDEFINED)),
    }
    set(&window, "cnnslicer", &console);
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Plain objects and the window take any property.
    let _ = Reflect::set(object, &name.into(), value);
}

/// All answers are one type, so that the machinery of promises is compiled once.
type Answering = Pin<Box<dyn Future<Output = Result<JsValue, Fault>>>>;

fn method<Answer>(console: &Object, name: &str, call: impl Fn(JsValue) -> Answer + 'static)
where
    Answer: Future<Output = Result<JsValue, Fault>> + 'static,
{
    add_method(console, name, Box::new(move |argument| Box::pin(call(argument))));
}

fn add_method(console: &Object, name: &str, call: Box<dyn Fn(JsValue) -> Answering>) {
    let called = Closure::<dyn Fn(JsValue) -> Promise>::new(move |argument| {
        let answer = call(argument);
        future_to_promise(async move { answer.await.map_err(|fault| json::error(&fault)) })
    });
    set(console, name, &called.into_js_value());
}

fn status(session: &Session) -> JsValue {
    let live = &session.live;
    let progress = live.progress;
    let metrics = live.metrics.as_ref();
    object([
        ("state", live.status.name().into()),
        ("backend", json::optional(live.backend.map(Backend::as_str))),
        ("device", json::optional(live.device.as_deref())),
        ("run", json::optional(live.run.as_deref())),
        ("epoch", progress.epoch.into()),
        ("epochs", progress.epochs.into()),
        ("batch", progress.batch.into()),
        ("batches", progress.batches.into()),
        ("images_per_second", json::number(progress.images_per_second)),
        ("train_loss", metrics.map_or(JsValue::NULL, |metrics| json::number(metrics.train_loss))),
        ("train_accuracy", metrics.map_or(JsValue::NULL, |metrics| json::number(metrics.train_accuracy))),
        ("test_loss", metrics.map_or(JsValue::NULL, |metrics| json::number(metrics.test_loss))),
        ("test_accuracy", metrics.map_or(JsValue::NULL, |metrics| json::number(metrics.test_accuracy))),
        ("stage", json::optional(live.stage.as_deref())),
        ("error", json::fault(session.error())),
    ])
}

/// Resolves to the run's identifier when it has started.
async fn train(conductor: Conductor, options: JsValue) -> Result<JsValue, Fault> {
    let config = parse_options(&options)?;
    if conductor.peek(|session| session.live.is_busy()) {
        return Err(already_training());
    }
    conductor.train(config);
    started(conductor).await
}

/// Continues a stored run, the one on screen when none is named; resolves like `train`.
async fn go_on(conductor: Conductor, run: JsValue) -> Result<JsValue, Fault> {
    let run = run.as_string().or_else(|| shown_run(conductor)).ok_or_else(no_run)?;
    if conductor.peek(|session| session.live.is_busy()) {
        return Err(already_training());
    }
    conductor.go_on(run.clone());
    if !conductor.peek(|session| session.live.is_of(&run)) {
        return Err(no_run());
    }
    started(conductor).await
}

/// Trains one epoch and pauses; resolves to the status once the epoch is stored.
async fn step(conductor: Conductor) -> Result<JsValue, Fault> {
    if !conductor.step() || !conductor.peek(|session| session.live.is_busy()) {
        return Err(no_run());
    }
    until(conductor, |session| match session.live.status {
        Status::Failed => Some(Err(session.live.error.clone().unwrap_or_else(no_run))),
        Status::Paused | Status::Done if !session.live.is_stepping => Some(Ok(status(session))),
        _ => None,
    })
    .await
}

/// Begins the run again as a new one that waits; resolves to its identifier when it is there.
async fn reset(conductor: Conductor) -> Result<JsValue, Fault> {
    let run = conductor.reset().ok_or_else(no_run)?;
    until(conductor, move |session| match session.live.status {
        Status::Failed => Some(Err(session.live.error.clone().unwrap_or_else(no_run))),
        Status::Training | Status::Paused if session.live.run.as_ref() == Some(&run) => {
            Some(Ok(run.as_str().into()))
        }
        _ => None,
    })
    .await
}

async fn started(conductor: Conductor) -> Result<JsValue, Fault> {
    until(conductor, |session| match session.live.status {
        Status::Failed => Some(Err(session.live.error.clone().unwrap_or_else(no_run))),
        Status::Training | Status::Paused | Status::Done => {
            Some(Ok(json::optional(session.live.run.as_deref())))
        }
        Status::Idle | Status::Preparing => None,
    })
    .await
}

fn parse_options(options: &JsValue) -> Result<TrainingConfig, Fault> {
    let mut config = TrainingConfig::default();
    let Some(options) = options.dyn_ref::<Object>() else { return Ok(config) };
    for name in Object::keys(options).iter() {
        let value = Reflect::get(options, &name).unwrap_or(JsValue::UNDEFINED);
        let text = |value: &JsValue| {
            value.as_string().or_else(|| value.as_f64().map(|number| number.to_string())).unwrap_or_default()
        };
        let (name, value) = (text(&name), text(&value));
        config
            .set(&name, &value)
            .map_err(|error| link::bad_setting(&name, &value, "the options cannot be used", &error))?;
    }
    Ok(config)
}

fn send(conductor: Conductor, event: Event) -> Result<JsValue, Fault> {
    if !conductor.peek(|session| session.live.is_busy()) {
        return Err(no_run());
    }
    conductor.apply(event);
    Ok(JsValue::UNDEFINED)
}

/// Resolves when the run has ended and it and the measures on screen are stored.
async fn done(conductor: Conductor) -> Result<JsValue, Fault> {
    until(conductor, |session| match session.live.status {
        Status::Idle => Some(Err(no_run())),
        Status::Failed => Some(Err(session.live.error.clone().unwrap_or_else(no_run))),
        Status::Done if session.is_settled() => Some(Ok(status(session))),
        _ => None,
    })
    .await
}

/// Waits until `answer` gives one.
async fn until(
    conductor: Conductor,
    answer: impl Fn(&Session) -> Option<Result<JsValue, Fault>> + 'static,
) -> Result<JsValue, Fault> {
    let (sender, receiver) = futures_channel::oneshot::channel();
    let mut sender = Some(sender);
    conductor.wait(move |session| match answer(session) {
        None => false,
        Some(result) => {
            // Nobody may be waiting any more.
            let _ = sender.take().map(|sender| sender.send(result));
            true
        }
    });
    receiver.await.unwrap_or_else(|_| Err(no_run()))
}

async fn runs(conductor: Conductor) -> Result<JsValue, Fault> {
    let runs = list(conductor).await?;
    Ok(json::list(runs.iter().map(|run| {
        let header = run.header.as_ref();
        let text = |value: Option<&str>| json::optional(value);
        object([
            ("id", run.run.as_str().into()),
            ("name", text(header.map(|header| header.name.as_str()))),
            ("created", text(header.map(|header| header.created.as_str()))),
            ("dataset", text(header.map(|header| header.dataset.as_str()))),
            ("model", text(header.map(|header| header.model.as_str()))),
            ("backend", text(header.map(|header| header.backend.as_str()))),
            ("epochs", json::count(run.recorded)),
            ("complete", json::optional(header.map(|header| header.complete))),
            ("test_accuracy", run.test_accuracy.map_or(JsValue::NULL, json::number)),
            ("bytes", run.bytes.map_or(JsValue::NULL, |bytes| (bytes as f64).into())),
            ("note", text(header.map(|header| header.note.as_str()))),
            ("written", run.is_written.into()),
            ("problem", text(run.problem.as_deref())),
        ])
    })))
}

async fn list(conductor: Conductor) -> Result<Vec<RunSummary>, Fault> {
    match conductor.ask(Task::ListRuns).await?.answer {
        Answer::Runs(mut runs) => {
            for run in runs.iter_mut().filter(|run| run.bytes.is_none() && run.header.is_some()) {
                // A run may go meanwhile; the others are listed all the same.
                let size = conductor.ask(Task::RunSize { run: run.run.clone() }).await;
                if let Ok(Outcome { answer: Answer::RunSize { bytes }, .. }) = size {
                    run.bytes = Some(bytes);
                }
            }
            Ok(runs)
        }
        _ => Err(odd_answer()),
    }
}

/// A Blob of the run file.
async fn export(conductor: Conductor, run: JsValue) -> Result<JsValue, Fault> {
    let run = run.as_string().or_else(|| shown_run(conductor)).ok_or_else(no_run)?;
    Ok(conductor.ask(Task::Export { run }).await?.attachment)
}

async fn remove(conductor: Conductor, run: JsValue) -> Result<JsValue, Fault> {
    let run = run.as_string().ok_or_else(no_run)?;
    if let Some(fault) = conductor.peek(|session| session.refusal_to_remove(&run)) {
        return Err(fault);
    }
    conductor.apply(Event::CloseRun(run.clone()));
    let task = Task::Remove { run };
    let Outcome { answer, .. } = conductor.ask(task.clone()).await?;
    let generation = conductor.peek(|session| session.generation);
    conductor.apply(Event::Answered { generation, task, answer });
    Ok(JsValue::UNDEFINED)
}

async fn query(conductor: Conductor, text: JsValue) -> Result<JsValue, Fault> {
    let task = Task::Query { run: shown_run(conductor).ok_or_else(no_run)?, text: as_text(&text)? };
    let Outcome { answer, cost_ms, .. } = conductor.ask(task).await?;
    let Answer::Query { query, unit, axes, values, counted } = answer else { return Err(odd_answer()) };
    let estimate = counted.map_or(JsValue::NULL, |counted| {
        object([
            ("pairs", json::number(counted.pairs as f64)),
            ("of", json::number(counted.of as f64)),
            ("correction", "none".into()),
        ])
    });
    Ok(object([
        ("query", query.into()),
        ("unit", unit.into()),
        ("shape", json::list(values.shape.iter().map(|&length| length as f64))),
        ("axes", json::axes(&axes)),
        ("values", json::nested(&values)),
        ("estimate", estimate),
        ("cost_ms", json::number(cost_ms)),
    ]))
}

async fn slice(conductor: Conductor, text: JsValue) -> Result<JsValue, Fault> {
    let task = Task::Slice { run: shown_run(conductor).ok_or_else(no_run)?, text: as_text(&text)? };
    let Answer::Slice { axes, shape, values } = conductor.ask(task).await?.answer else {
        return Err(odd_answer());
    };
    Ok(object([
        ("shape", json::list(shape.iter().map(|&length| length as f64))),
        ("axes", json::axes(&axes)),
        ("dtype", "float32".into()),
        ("values", Float32Array::from(values.as_slice()).into()),
    ]))
}

/// The run's identifier, once the file is taken in.
async fn import(conductor: Conductor, file: JsValue) -> Result<JsValue, Fault> {
    let name = property(&file, "name").and_then(|name| name.as_string()).unwrap_or_else(|| "The file".into());
    let url = file.dyn_into().ok().and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
    let url = url.ok_or_else(no_file)?;
    let task = Task::Import { url: url.clone(), name, reuse: false };
    let imported = conductor.ask(task.clone()).await;
    // An address that nobody uses any more.
    let _ = Url::revoke_object_url(&url);
    let answer = imported?.answer;
    let Answer::Imported { run } = &answer else { return Err(odd_answer()) };
    let run = run.as_str().into();
    let generation = conductor.peek(|session| session.generation);
    conductor.apply(Event::Answered { generation, task, answer });
    Ok(run)
}

/// Sets the budget when a number of bytes is given; `undefined` or `null` goes back to a share of the quota.
async fn budget(conductor: Conductor, bytes: JsValue) -> Result<JsValue, Fault> {
    let number = bytes.as_f64();
    let is_usual = bytes.is_null_or_undefined();
    if !is_usual && number.is_none_or(|bytes| !bytes.is_finite() || bytes < 0.0) {
        return Err(bad_budget());
    }
    storage(conductor, Task::SetBudget { bytes: number.map(|bytes| bytes as u64) }).await
}

async fn storage(conductor: Conductor, task: Task) -> Result<JsValue, Fault> {
    let Answer::Storage(storage) = conductor.ask(task).await?.answer else { return Err(odd_answer()) };
    let bytes = |bytes: Option<u64>| json::optional(bytes.map(|bytes| bytes as f64));
    Ok(object([
        ("quota", bytes(storage.quota)),
        ("usage", bytes(storage.usage)),
        ("budget", bytes(storage.budget)),
        ("persisted", json::optional(keeping().await.persisted)),
        ("raw_epochs", json::count(storage.raw_epochs)),
        ("raw_bytes", (storage.raw_bytes as f64).into()),
        ("recomputable_epochs", json::count(storage.recomputable_epochs)),
    ]))
}

/// The run on screen, else the one being trained.
fn shown_run(conductor: Conductor) -> Option<String> {
    conductor.peek(|session| {
        session.open.as_ref().map(|open| open.run.clone()).or_else(|| session.live.run.clone())
    })
}

fn as_text(value: &JsValue) -> Result<String, Fault> {
    value.as_string().ok_or_else(|| {
        Fault::new(
            "bad_argument",
            "The query cannot be read.",
            "A text was expected.",
            "Write it as in cnnslicer.query(\"H(dCNN(-, 3, -, -))\").",
        )
    })
}
