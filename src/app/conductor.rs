//! Carries out what the session decides: workers are told and asked, views are woken.
//!
//! The one place where the session is changed in the running page. Views and the console hold a
//! copy of this handle: they read parts (and are woken when those change) and send events.

mod queries;
mod reading;

use futures_channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::app::pool::{self, Pool, Priority};
use crate::app::session::{
    Command, CompareEvent, ControlEvent, Event, MuteEvent, Part, QueueEvent, Session, Start,
};
use crate::app::spawn::spawn;
use crate::browser::remote::{Remote, WorkerKind};
use crate::browser::{capabilities, turn};
use crate::protocol::compute::NeedsCells;
use crate::protocol::{Answer, Fault, FromTrainer, Task, ToTrainer};
use crate::training::TrainingConfig;

/// Handle on the session of the page; cheap to copy.
#[derive(Clone, Copy)]
pub struct Conductor {
    inner: StoredValue<Inner, LocalStorage>,
    parts: [Trigger; Part::ALL.len()],
}

struct Inner {
    session: Session,
    trainer: Option<Remote<ToTrainer, FromTrainer>>,
    pool: Pool,
    waiters: Vec<Waiter>,
    recomputing: Vec<Recomputing>,
    /// The tasks of each query that was split.
    splits: Vec<Vec<Task>>,
}

/// Run, epoch, and who is told when its cells are there again, or why they are not.
type Recomputing = (String, NeedsCells, oneshot::Sender<Option<Fault>>);

/// Until the list is asked for again while another tab writes a run.
const LIST_AGAIN_MS: f64 = 2000.0;

/// Looks at the session after each event; once it answers `true` it is dropped.
type Waiter = Box<dyn FnMut(&Session) -> bool>;

impl Conductor {
    /// With an empty session and no worker running.
    pub fn new() -> Self {
        let workers = capabilities::cores().saturating_sub(1).max(1);
        let inner = Inner {
            session: Session::new(workers),
            trainer: None,
            pool: Pool::new(),
            waiters: Vec::new(),
            recomputing: Vec::new(),
            splits: Vec::new(),
        };
        Self { inner: StoredValue::new_local(inner), parts: Part::ALL.map(|_| Trigger::new()) }
    }

    /// Takes in an event, does what follows from it, and wakes the views of what changed.
    pub fn apply(self, event: Event) {
        let outcome = self.inner.try_update_value(|inner| inner.session.apply(event, turn::now_ms()));
        let Some(outcome) = outcome else { return };
        for command in outcome.commands {
            self.carry_out(command);
        }
        for part in outcome.changed {
            self.parts[part as usize].notify();
        }
        self.inner.update_value(|inner| {
            let Inner { session, waiters, .. } = inner;
            waiters.retain_mut(|waiter| !waiter(session));
        });
    }

    /// Starts a run with these settings.
    pub fn train(self, config: TrainingConfig) {
        spawn(async {
            // The answer shows in the machine's facts at the next visit.
            let _ = capabilities::persist().await;
        });
        self.apply(Event::Train(new_start(config)));
    }

    /// Continues a stored run.
    pub fn go_on(self, run: String) {
        self.apply(Event::Continue { run, data_url: data_url() });
    }

    /// Evaluates the network of the selected epoch without the features that are chosen.
    pub fn mute(self) {
        self.apply(Event::Mute(MuteEvent::Asked { data_url: data_url() }));
    }

    /// Trains one epoch, of the run under way, else of the last one or of the one on screen; whether there
    /// is one.
    pub fn step(self) -> bool {
        let event = self.peek(|session| {
            if session.live.is_busy() {
                return Some(ControlEvent::Step);
            }
            let shown = || session.open.as_ref().map(|open| open.run.clone());
            let run =
                session.live.run.clone().filter(|run| session.run_list.get(run).is_some()).or_else(shown)?;
            Some(ControlEvent::StepOn { run, data_url: data_url() })
        });
        event.map(|event| self.apply(Event::Control(event))).is_some()
    }

    /// Begins again with the settings of the run under way, else of the last one or of the one on screen;
    /// the new run's identifier.
    pub fn reset(self) -> Option<String> {
        let config = self.peek(|session| {
            let shown = || session.open.as_ref().map(|open| open.header.config.clone());
            session.live.config.clone().or_else(shown)
        })?;
        let start = new_start(config);
        let run = start.run.clone();
        self.apply(Event::Control(ControlEvent::Reset(Box::new(start))));
        Some(run)
    }

    /// Reads the session without waiting for changes.
    pub fn peek<R>(self, read: impl FnOnce(&Session) -> R) -> R {
        self.inner.with_value(|inner| read(&inner.session))
    }

    /// Calls `waiter` now and after each event until it answers `true`.
    pub fn wait(self, mut waiter: impl FnMut(&Session) -> bool + 'static) {
        if !self.peek(&mut waiter) {
            self.inner.update_value(|inner| inner.waiters.push(Box::new(waiter)));
        }
    }

    /// Gives a task to the pool, past the session.
    ///
    /// # Errors
    /// Why the task could not be done.
    pub async fn ask(self, task: Task) -> Result<pool::Outcome, Fault> {
        self.run(task, Priority::Visible).await
    }

    /// Does a task. A query of several atomic results is split: all workers compute what is not in the run
    /// yet, then it is answered from there.
    async fn run(self, task: Task, priority: Priority) -> Result<pool::Outcome, Fault> {
        if let Task::Query { run, text } = &task {
            let needs = Task::QueryNeeds { run: run.clone(), text: text.clone() };
            if let Answer::Needs(needs) = self.run_whole(needs, priority).await?.answer
                && needs.len() > 1
            {
                self.satisfy(run, needs, priority).await?;
            }
        }
        self.run_whole(task, priority).await
    }

    /// Does a task as one; where raw cells that it needs were dropped or damaged, the trainer computes them first,
    /// epoch by epoch, each once.
    async fn run_whole(self, task: Task, priority: Priority) -> Result<pool::Outcome, Fault> {
        let pool = self.inner.with_value(|inner| inner.pool.clone());
        let mut recomputed = Vec::new();
        loop {
            let failure = match pool.run(task.clone(), priority).await {
                Ok(outcome) => return Ok(outcome),
                Err(failure) => failure,
            };
            let (Some(run), Some(cells)) = (task.run(), failure.needs_cells) else {
                return Err(failure.fault);
            };
            if recomputed.contains(&cells) {
                return Err(failure.fault);
            }
            recomputed.push(cells);
            let (sender, receiver) = oneshot::channel();
            let run = run.to_owned();
            self.inner.update_value(|inner| inner.recomputing.push((run.clone(), cells, sender)));
            self.tell(&ToTrainer::Recompute { run, cells });
            match receiver.await {
                Ok(None) => {}
                Ok(Some(fault)) => return Err(fault),
                Err(_) => return Err(failure.fault),
            }
        }
    }

    /// Takes in what the trainer says; the end of a recomputation is told to those who wait for it.
    fn on_trainer_message(self, message: FromTrainer) {
        if let FromTrainer::Recomputed { run, cells, fault } = &message {
            self.inner.update_value(|inner| {
                let is_over = |waiting: &mut Recomputing| waiting.0 == *run && waiting.1 == *cells;
                for (_, _, sender) in inner.recomputing.extract_if(.., is_over) {
                    // Whoever waited may have gone.
                    let _ = sender.send(fault.clone());
                }
            });
        }
        self.apply(Event::Trainer(message));
    }

    fn lose_trainer(self, fault: Fault) {
        self.inner.update_value(|inner| inner.recomputing.clear());
        self.apply(Event::TrainerLost(fault));
    }

    /// The run file being taken in is not wanted any more.
    pub fn cancel_import(self) {
        let pool = self.inner.with_value(|inner| inner.pool.clone());
        pool.cancel_import();
    }

    /// Share done of the task that takes long, an import, once it told.
    pub fn task_progress(self) -> Option<f32> {
        self.inner.with_value(|inner| inner.pool.progress).get()
    }

    fn carry_out(self, command: Command) {
        match command {
            Command::Tell(message) => self.tell(&message),
            Command::ListLater => spawn(async move {
                turn::sleep(LIST_AGAIN_MS).await;
                self.apply(Event::ListAgain);
            }),
            Command::DropTrainer => self.retire_trainer(),
            Command::ReplaceTrainer(messages) => {
                self.retire_trainer();
                for message in messages {
                    self.tell(&message);
                }
            }
            Command::Ask { generation, task, visible } => spawn(async move {
                let priority = if visible { Priority::Visible } else { Priority::Background };
                let event = match self.run(task.clone(), priority).await {
                    Ok(outcome) => Event::Answered { generation, task, answer: outcome.answer },
                    Err(fault) => Event::TaskFailed { generation, task, fault },
                };
                self.apply(event);
            }),
            Command::Begin(config) => spawn(async move {
                turn::macrotask().await;
                self.apply(Event::Queue(QueueEvent::Ready(Box::new(new_start(config)))));
            }),
            Command::Compare(task) => spawn(async move {
                let event = match self.run(task.clone(), Priority::Visible).await {
                    Ok(outcome) => CompareEvent::Answered { task, answer: outcome.answer },
                    Err(fault) => CompareEvent::Failed { task, fault },
                };
                self.apply(Event::Compare(event));
            }),
        }
    }

    /// Ends the trainer's worker at once; its handle goes in a later turn, for its own callback may still
    /// be running.
    fn retire_trainer(self) {
        let retired = self.inner.try_update_value(|inner| {
            inner.recomputing.clear();
            inner.trainer.take()
        });
        if let Some(Some(trainer)) = retired {
            trainer.end();
            spawn(async move {
                turn::macrotask().await;
                drop(trainer);
            });
        }
    }

    fn tell(self, message: &ToTrainer) {
        let told = self.inner.try_update_value(|inner| {
            let trainer = match inner.trainer.take() {
                Some(trainer) => trainer,
                None => self.spawn_trainer()?,
            };
            let sent = trainer.send(message).map_err(|error| unreachable_trainer(&error.to_string()));
            inner.trainer = Some(trainer);
            sent
        });
        if let Some(Err(fault)) = told {
            self.lose_trainer(fault);
        }
    }

    fn spawn_trainer(self) -> Result<Remote<ToTrainer, FromTrainer>, Fault> {
        Remote::spawn(
            WorkerKind::Trainer,
            move |message, _: JsValue| self.on_trainer_message(message),
            move |fault| self.lose_trainer(fault),
        )
    }
}

impl Default for Conductor {
    fn default() -> Self {
        Self::new()
    }
}

/// A run of these settings that begins now.
fn new_start(config: TrainingConfig) -> Start {
    let salt = (js_sys::Math::random() * 65536.0) as u32;
    Start::new(config, turn::now_iso(), salt, data_url())
}

/// The conductor of this page, for views.
pub fn conductor() -> Conductor {
    expect_context()
}

/// The `data/` folder beside the page, absolute, because workers have another base address.
fn data_url() -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    web_sys::Url::new_with_base("data/", &base).map_or_else(|_| "data/".to_owned(), |url| url.href())
}

fn unreachable_trainer(why: &str) -> Fault {
    Fault::new(
        "worker_lost",
        "The trainer cannot be reached.",
        format!("The message could not be sent: {why}."),
        "Start the run again; what was recorded is kept.",
    )
}
