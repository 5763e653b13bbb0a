//! The pool of compute workers: carries out what `compute::schedule` decides.
//!
//! The same task asked for twice while it is under way is computed once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_channel::oneshot;
use leptos::prelude::{RwSignal, Set};
use wasm_bindgen::JsValue;

use crate::app::spawn::spawn;
use crate::browser::capabilities::cores;
use crate::browser::remote::{Remote, WorkerKind};
use crate::browser::turn;
use crate::compute::error::import_cancelled;
use crate::compute::schedule::{Action, Schedule, Ticket};
use crate::protocol::compute::NeedsCells;
use crate::protocol::{Answer, Fault, FromCompute, Task, ToCompute};

pub use crate::compute::schedule::Priority;

/// What a task gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// Milliseconds in the worker.
    pub cost_ms: f64,
    /// What only JavaScript can hold (a Blob); undefined when there is none.
    pub attachment: JsValue,
}

/// Why there is no outcome.
#[derive(Clone, Debug)]
pub struct Failure {
    /// In plain words.
    pub fault: Fault,
    /// The raw cells that must be recomputed first; then the task can be done.
    pub needs_cells: Option<NeedsCells>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, needs_cells: None }
    }
}

/// A handle on the one pool of the page; clones share it.
#[derive(Clone)]
pub struct Pool {
    inner: Rc<RefCell<Inner>>,
    /// Share done of the one task that tells it, an import.
    pub progress: RwSignal<Option<f32>>,
    /// Share done of the query that was split last, while it is under way.
    pub query_progress: RwSignal<Option<f32>>,
}

struct Inner {
    schedule: Schedule,
    workers: Vec<Option<Remote<ToCompute, FromCompute>>>,
    jobs: BTreeMap<Ticket, Job>,
    next_ticket: Ticket,
    /// Why the last worker died, told to those whose task is abandoned.
    last_death: Option<Fault>,
}

struct Job {
    task: Task,
    waiters: Vec<oneshot::Sender<Result<Outcome, Failure>>>,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    /// An empty pool; workers start with the first task. One core is left to the page and the trainer.
    pub fn new() -> Self {
        let schedule = Schedule::new(cores().saturating_sub(1));
        Self {
            inner: Rc::new(RefCell::new(Inner {
                workers: (0..schedule.n_places()).map(|_| None).collect(),
                schedule,
                jobs: BTreeMap::new(),
                next_ticket: 0,
                last_death: None,
            })),
            progress: RwSignal::new(None),
            query_progress: RwSignal::new(None),
        }
    }

    /// Tasks waiting or running.
    pub fn busy(&self) -> usize {
        self.inner.borrow().schedule.busy()
    }

    /// Does a task and waits for its answer.
    ///
    /// # Errors
    /// The worker's fault, or that two workers died over the task.
    pub async fn run(&self, task: Task, priority: Priority) -> Result<Outcome, Failure> {
        let (sender, receiver) = oneshot::channel();
        let actions = self.inner.borrow_mut().submit(task, priority, sender);
        self.act(actions);
        receiver.await.unwrap_or_else(|_| Err(gone().into()))
    }

    /// Forgets a task that waits; one that runs is let finish. Whoever asked is told that it was cancelled.
    pub fn cancel(&self, task: &Task) {
        let job = self.inner.borrow_mut().cancel(task);
        settle(job, &Err(cancelled().into()));
    }

    /// The import under way, if there is one, is not wanted any more: it fails soon.
    pub fn cancel_import(&self) {
        let mut inner = self.inner.borrow_mut();
        let is_import = |job: &Job| matches!(job.task, Task::Import { .. });
        let Some((&ticket, _)) = inner.jobs.iter().find(|(_, job)| is_import(job)) else { return };
        let worker = inner.schedule.worker_of(ticket);
        if let Some(remote) = worker.and_then(|worker| inner.workers[worker].as_ref()) {
            // A worker that cannot be reached reports its own death.
            let _ = remote.send(&ToCompute::Cancel { ticket });
        } else {
            inner.schedule.cancel(ticket);
            let job = inner.take(ticket);
            drop(inner);
            settle(job, &Err(import_cancelled("The file").into()));
        }
    }

    fn act(&self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Spawn { worker } => self.spawn(worker),
                Action::Send { worker, ticket } => self.inner.borrow_mut().send(worker, ticket),
                Action::Abandon { ticket } => {
                    let fault = self.inner.borrow().last_death.clone().unwrap_or_else(gone);
                    let job = self.inner.borrow_mut().take(ticket);
                    settle(job, &Err(fault.into()));
                }
            }
        }
    }

    fn spawn(&self, worker: usize) {
        let (replies, deaths) = (self.clone(), self.clone());
        let remote = Remote::spawn(
            WorkerKind::Compute,
            move |reply, attachment| replies.replied(worker, reply, attachment),
            move |fault| deaths.died(worker, fault),
        );
        match remote {
            Ok(remote) => self.inner.borrow_mut().workers[worker] = Some(remote),
            Err(fault) => self.died(worker, fault),
        }
    }

    fn replied(&self, worker: usize, reply: FromCompute, attachment: JsValue) {
        let (ticket, outcome) = match reply {
            FromCompute::Done { ticket, answer, cost_ms } => {
                (ticket, Ok(Outcome { answer: *answer, cost_ms, attachment }))
            }
            FromCompute::Failed { ticket, fault, needs_cells } => {
                (ticket, Err(Failure { fault, needs_cells }))
            }
            FromCompute::Progress { share, .. } => return self.progress.set(Some(share)),
            FromCompute::Ready { .. } => return,
        };
        let job = self.inner.borrow_mut().take(ticket);
        if matches!(job, Some(Job { task: Task::Import { .. }, .. })) {
            self.progress.set(None);
        }
        let actions = self.inner.borrow_mut().schedule.done(worker);
        self.act(actions);
        settle(job, &outcome);
    }

    /// In a later turn: the dead worker's own callback is still running, and must not drop itself.
    fn died(&self, worker: usize, fault: Fault) {
        let pool = self.clone();
        spawn(async move {
            turn::macrotask().await;
            let dead = pool.inner.borrow_mut().workers[worker].take();
            drop(dead);
            pool.inner.borrow_mut().last_death = Some(fault);
            let actions = pool.inner.borrow_mut().schedule.died(worker);
            pool.act(actions);
        });
    }
}

impl Inner {
    fn submit(
        &mut self,
        task: Task,
        priority: Priority,
        waiter: oneshot::Sender<Result<Outcome, Failure>>,
    ) -> Vec<Action> {
        let priority = if task.is_housekeeping() { Priority::Housekeeping } else { priority };
        let same = self.jobs.iter().find(|(_, job)| job.task == task).map(|(&ticket, _)| ticket);
        let ticket = same.unwrap_or_else(|| {
            self.next_ticket += 1;
            self.next_ticket
        });
        self.jobs.entry(ticket).or_insert_with(|| Job { task, waiters: Vec::new() }).waiters.push(waiter);
        self.schedule.submit(ticket, priority)
    }

    fn send(&mut self, worker: usize, ticket: Ticket) {
        let Some(job) = self.jobs.get(&ticket) else { return };
        let request = ToCompute::Run { ticket, task: job.task.clone() };
        if let Some(remote) = &self.workers[worker] {
            // A worker that cannot be reached reports its own death, and the task is tried elsewhere.
            let _ = remote.send(&request);
        }
    }

    fn cancel(&mut self, task: &Task) -> Option<Job> {
        let same = self.jobs.iter().find(|(_, job)| job.task == *task).map(|(&ticket, _)| ticket);
        let ticket = same.filter(|&ticket| self.schedule.cancel(ticket))?;
        self.take(ticket)
    }

    fn take(&mut self, ticket: Ticket) -> Option<Job> {
        self.jobs.remove(&ticket)
    }
}

fn settle(job: Option<Job>, outcome: &Result<Outcome, Failure>) {
    for waiter in job.into_iter().flat_map(|job| job.waiters) {
        // Whoever asked may have gone; then nobody is told.
        let _ = waiter.send(outcome.clone());
    }
}

/// What a computation that was called off ends with.
pub fn cancelled() -> Fault {
    Fault::new(
        "cancelled",
        "The computation was cancelled.",
        "You asked for that.",
        "Ask again when you like: what was computed so far is kept in the run.",
    )
}

fn gone() -> Fault {
    Fault::new(
        "compute_lost",
        "The computation could not be finished.",
        "The worker that did it is gone.",
        "Try again; if it happens again, reload the page. What is stored stays.",
    )
}
