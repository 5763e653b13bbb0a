//! What the training loop asks of the thread it runs on.
//!
//! In the browser the host is the worker (`worker`): messages, macrotasks, `fetch`. In tests it is a
//! script of commands. The loop is the same.

use std::io::{Cursor, Read};

use crate::protocol::{Fault, FromTrainer};

/// What the user may say while a run trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Wait after the current batch.
    Pause,
    /// Go on.
    Resume,
    /// End the run after the current batch.
    Stop,
    /// Go on to the end of the epoch, then wait.
    Step,
}

/// Why a file beside the page could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchProblem {
    /// Absolute address.
    pub url: String,
    /// HTTP status, `None` when there was no answer at all.
    pub status: Option<u16>,
    /// What the browser said.
    pub reason: String,
}

/// The thread around the training loop.
#[allow(async_fn_in_trait, reason = "a host lives on one thread; no Send bound is wanted")]
pub trait Host {
    /// Milliseconds since some fixed moment, monotonic.
    fn now_ms(&self) -> f64;

    /// Lets messages in; cheap enough to call after every batch. A macrotask in the browser: an
    /// always-ready future would starve the message queue.
    async fn turn(&mut self);

    /// The oldest command that has arrived and was not taken yet.
    fn poll(&mut self) -> Option<Command>;

    /// Waits for a command, while paused.
    async fn command(&mut self) -> Command;

    /// Tells the page.
    fn emit(&mut self, message: FromTrainer);

    /// The bytes at an absolute address.
    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem>;

    /// The same as a stream, for what is larger than memory should hold.
    async fn open(&mut self, url: &str) -> Result<Box<dyn Read>, FetchProblem> {
        Ok(Box::new(Cursor::new(self.fetch(url).await?)))
    }

    /// A failure that the device reported behind the loop's back (a shader that did not compile).
    fn device_fault(&mut self) -> Option<Fault>;
}
