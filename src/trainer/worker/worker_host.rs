//! The worker as a host of the training loop: its inbox, its clock, its event loop, its network.

use std::cell::Cell;
use std::io::Read;

use crate::browser::port::Inbox;
use crate::browser::{fetch, port, turn};
use crate::cube::ProbeSet;
use crate::protocol::{Fault, FromTrainer, ToTrainer};
use crate::trainer::host::{Command, FetchProblem, Host};
use crate::trainer::worker::{alarms, own_data};

/// Milliseconds between two messages on a file that is on its way.
const TOLD_EVERY_MS: f64 = 200.0;

/// The worker around the loop.
pub struct WorkerHost {
    inbox: Inbox<ToTrainer>,
}

impl WorkerHost {
    /// A host that reads commands from `inbox`.
    pub fn new(inbox: Inbox<ToTrainer>) -> Self {
        Self { inbox }
    }

    /// The next message, between runs.
    pub async fn next(&mut self) -> ToTrainer {
        self.inbox.next().await
    }
}

impl Host for WorkerHost {
    fn now_ms(&self) -> f64 {
        turn::now_ms()
    }

    async fn turn(&mut self) {
        turn::macrotask().await;
    }

    fn poll(&mut self) -> Option<Command> {
        while let Some(message) = self.inbox.try_next() {
            match command(&message) {
                Some(command) => return Some(command),
                None => refuse(message),
            }
        }
        None
    }

    async fn command(&mut self) -> Command {
        loop {
            let message = self.inbox.next().await;
            match command(&message) {
                Some(command) => return command,
                None => refuse(message),
            }
        }
    }

    fn emit(&mut self, message: FromTrainer) {
        if matches!(message, FromTrainer::DeviceLost { .. }) {
            alarms::device_is_gone();
        }
        port::post(&message);
    }

    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        fetch::bytes(url).await.map_err(problem)
    }

    async fn open(&mut self, url: &str) -> Result<Box<dyn Read>, FetchProblem> {
        let file = url.rsplit('/').next().unwrap_or(url);
        let told = Cell::new(turn::now_ms());
        let progress = |received: u64, total: Option<u64>| {
            if turn::now_ms() - told.get() >= TOLD_EVERY_MS {
                told.set(turn::now_ms());
                port::post(&FromTrainer::Preparing { stage: fetching(file, received, total) });
            }
        };
        Ok(Box::new(fetch::download(url, progress).await.map_err(problem)?))
    }

    fn device_fault(&mut self) -> Option<Fault> {
        alarms::take_device_fault()
    }
}

fn fetching(file: &str, received: u64, total: Option<u64>) -> String {
    let megabytes = |bytes: u64| bytes / 1_000_000;
    match total {
        Some(total) => format!("Fetching {file}: {} of {} MB", megabytes(received), megabytes(total)),
        None => format!("Fetching {file}: {} MB", megabytes(received)),
    }
}

fn problem(error: fetch::FetchError) -> FetchProblem {
    FetchProblem { url: error.url, status: error.status, reason: error.reason }
}

/// What a message means to a run under way; `None` for an order that must wait for its end.
fn command(message: &ToTrainer) -> Option<Command> {
    match message {
        ToTrainer::Pause => Some(Command::Pause),
        ToTrainer::Resume => Some(Command::Resume),
        ToTrainer::Stop => Some(Command::Stop),
        ToTrainer::Step => Some(Command::Step),
        ToTrainer::Start { .. }
        | ToTrainer::Continue { .. }
        | ToTrainer::Recompute { .. }
        | ToTrainer::OfferData { .. }
        | ToTrainer::ImportData { .. }
        | ToTrainer::KeepData { .. }
        | ToTrainer::DropData
        | ToTrainer::Project { .. }
        | ToTrainer::Mute { .. } => None,
    }
}

fn refuse(message: ToTrainer) {
    if let ToTrainer::Recompute { run, cells } = message {
        let fault = Some(Fault::new(
            "cells_dropped",
            format!("The raw cells of epoch {} are not stored and cannot be computed now.", cells.epoch),
            match cells.probe_set {
                ProbeSet::Test => "They were dropped to save space, and a run is training.",
                ProbeSet::Train => {
                    "Those of training images are computed when they are asked for, and a run is training."
                }
            },
            "Wait for its end, or stop it, then ask again.",
        ));
        return port::post(&FromTrainer::Recomputed { run, cells, fault });
    }
    match message {
        ToTrainer::Project { ticket, .. } | ToTrainer::Mute { ticket, .. } => {
            return port::post(&FromTrainer::Examined { ticket, fault: Some(cannot_examine()) });
        }
        ToTrainer::OfferData { .. } | ToTrainer::DropData => return,
        ToTrainer::ImportData { .. } | ToTrainer::KeepData { .. } => {
            return port::post(&FromTrainer::DataRefused { fault: own_data::busy() });
        }
        _ => {}
    }
    port::post(&FromTrainer::Refused {
        fault: Fault::new(
            "busy",
            "The run was not started.",
            "Another run is training.",
            "Stop it or wait for its end, then start again.",
        ),
    });
}

/// An order to look at a network came while a run trains.
fn cannot_examine() -> Fault {
    Fault::new(
        "busy",
        "The network could not be looked at.",
        "A run is training, and the same worker would have to do it.",
        "Stop the run or wait for its end, then try again.",
    )
}
