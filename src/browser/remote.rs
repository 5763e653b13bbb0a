//! The page's side of a worker: spawned, greeted, sent to, and its death noticed.
//!
//! Messages sent before the worker's `Ready` are queued. `public/worker.js` loads the program and
//! turns what cannot be loaded, and what panics, into `{crashed: "…"}`.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::port::{PortError, decode, encode};
use super::{property, reason};
use crate::protocol::{Fault, Handshake, PROTOCOL};

/// Which program a worker runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerKind {
    /// Trains and records.
    Trainer,
    /// Reads the hypercube and computes measures.
    Compute,
}

impl WorkerKind {
    fn program(self) -> &'static str {
        match self {
            Self::Trainer => "trainer",
            Self::Compute => "compute",
        }
    }

    /// The worker's address, from the page: the build puts a content hash into it, so that a stale
    /// worker is never used after a deployment.
    fn script(self) -> String {
        let name = format!("meta[name='cnnslicer:{}']", self.program());
        web_sys::window()
            .and_then(|window| window.document()?.query_selector(&name).ok()??.get_attribute("content"))
            .unwrap_or_else(|| format!("./worker.js?program={}", self.program()))
    }
}

/// A worker that takes `Request`s and gives `Reply`s; terminated when dropped.
pub struct Remote<Request, Reply> {
    worker: Worker,
    state: Rc<RefCell<State>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
    types: PhantomData<(Request, Reply)>,
}

enum State {
    Loading { queued: Vec<Uint8Array> },
    Ready,
    Dead,
}

impl<Request, Reply> Remote<Request, Reply>
where
    Request: Serialize + 'static,
    Reply: DeserializeOwned + Handshake + 'static,
{
    /// Starts the worker. `on_reply` gets each message and its attachment (undefined if none);
    /// `on_fault` is called once, when the worker cannot be loaded, is of another build, or dies.
    ///
    /// # Errors
    /// A fault when the browser refuses to start a worker at all.
    pub fn spawn(
        kind: WorkerKind,
        mut on_reply: impl FnMut(Reply, JsValue) + 'static,
        on_fault: impl FnMut(Fault) + 'static,
    ) -> Result<Self, Fault> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&kind.script(), &options)
            .map_err(|error| unloadable(kind, &reason(&error)))?;
        let state = Rc::new(RefCell::new(State::Loading { queued: Vec::new() }));
        let obituary = Obituary { state: Rc::clone(&state), on_fault: Rc::new(RefCell::new(on_fault)) };

        let port = worker.clone();
        let (living, dying) = (Rc::clone(&state), obituary.clone());
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            if let Some(crash) = property(&data, "crashed").and_then(|text| text.as_string()) {
                return dying.announce(if dying.was_ready() {
                    lost(kind, &crash)
                } else {
                    unloadable(kind, &crash)
                });
            }
            match decode::<Reply>(&data) {
                Ok((reply, attachment)) => match reply.ready_protocol() {
                    Some(PROTOCOL) => flush(&port, &living),
                    Some(other) => dying.announce(stale(kind, other)),
                    None => on_reply(reply, attachment),
                },
                Err(error) => dying.announce(garbled(kind, &error)),
            }
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            let message = event.message();
            obituary.announce(if obituary.was_ready() {
                lost(kind, &message)
            } else {
                unloadable(kind, &message)
            });
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, state, _on_message: on_message, _on_error: on_error, types: PhantomData })
    }

    /// Sends a request, or queues it until the worker is ready; a dead worker gets nothing.
    ///
    /// # Errors
    /// When the request cannot be encoded or the worker is gone.
    pub fn send(&self, request: &Request) -> Result<(), PortError> {
        let bytes = encode(request)?;
        match &mut *self.state.borrow_mut() {
            State::Loading { queued } => queued.push(bytes),
            State::Ready => {
                self.worker.post_message(&bytes).map_err(|error| PortError::Send(reason(&error)))?;
            }
            State::Dead => return Err(PortError::Send("the worker is gone".to_owned())),
        }
        Ok(())
    }
}

impl<Request, Reply> Remote<Request, Reply> {
    /// Ends the worker: it tells nothing any more. May be called from its own callbacks, where the
    /// handle must not be dropped yet.
    pub fn end(&self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl<Request, Reply> Drop for Remote<Request, Reply> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Announces a worker's death, once.
struct Obituary<F> {
    state: Rc<RefCell<State>>,
    on_fault: Rc<RefCell<F>>,
}

impl<F> Clone for Obituary<F> {
    fn clone(&self) -> Self {
        Self { state: Rc::clone(&self.state), on_fault: Rc::clone(&self.on_fault) }
    }
}

impl<F: FnMut(Fault)> Obituary<F> {
    fn was_ready(&self) -> bool {
        matches!(*self.state.borrow(), State::Ready)
    }

    fn announce(&self, fault: Fault) {
        let before = std::mem::replace(&mut *self.state.borrow_mut(), State::Dead);
        if !matches!(before, State::Dead) {
            (self.on_fault.borrow_mut())(fault);
        }
    }
}

fn flush(worker: &Worker, state: &RefCell<State>) {
    let before = std::mem::replace(&mut *state.borrow_mut(), State::Ready);
    if let State::Loading { queued } = before {
        for bytes in queued {
            // Posting bytes to a live worker fails only when memory is exhausted; its error event tells.
            let _ = worker.post_message(&bytes);
        }
    }
}

fn unloadable(kind: WorkerKind, why: &str) -> Fault {
    Fault::new(
        "worker_unloadable",
        format!("The {} worker could not be loaded.", kind.program()),
        format!("The browser said: {why}."),
        "Check the connection and reload the page; what is stored stays.",
    )
}

fn lost(kind: WorkerKind, why: &str) -> Fault {
    Fault::new(
        "worker_lost",
        format!("The {} worker stopped unexpectedly.", kind.program()),
        format!("It said: {why}."),
        "What was recorded is kept. Try again; if it happens again, try backend=cpu or fewer images.",
    )
}

fn stale(kind: WorkerKind, protocol: u32) -> Fault {
    Fault::new(
        "worker_stale",
        format!("The {} worker is of another version of this page.", kind.program()),
        format!("It speaks protocol {protocol}, this page {PROTOCOL}."),
        "Reload the page without its cache (Ctrl+Shift+R).",
    )
}

fn garbled(kind: WorkerKind, error: &PortError) -> Fault {
    Fault::new(
        "worker_garbled",
        format!("An answer of the {} worker could not be read.", kind.program()),
        format!("{error}."),
        "Reload the page without its cache (Ctrl+Shift+R).",
    )
}
