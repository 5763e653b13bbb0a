//! The worker's side of a message port: typed messages in, typed messages out.
//!
//! A message is a `Uint8Array` of postcard bytes, or `[Uint8Array, attachment]` when something that
//! only JavaScript can hold, such as a Blob, goes along.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, console};

/// Why a message could not be read or sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Not bytes of this protocol.
    #[error("a message could not be decoded: {0}")]
    Decode(String),
    /// The value cannot be encoded.
    #[error("a message could not be encoded: {0}")]
    Encode(String),
    /// The other side cannot be reached.
    #[error("a message could not be sent: {0}")]
    Send(String),
}

/// What a message looks like on the wire.
pub(super) fn encode<M: Serialize>(message: &M) -> Result<Uint8Array, PortError> {
    let bytes = postcard::to_allocvec(message).map_err(|error| PortError::Encode(error.to_string()))?;
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// The message and its attachment (undefined when there is none).
pub(super) fn decode<M: DeserializeOwned>(data: &JsValue) -> Result<(M, JsValue), PortError> {
    let (bytes, attachment) = match data.dyn_ref::<Array>() {
        Some(pair) => (pair.get(0), pair.get(1)),
        None => (data.clone(), JsValue::UNDEFINED),
    };
    let bytes =
        bytes.dyn_into::<Uint8Array>().map_err(|_| PortError::Decode("not bytes".to_owned()))?.to_vec();
    let message = postcard::from_bytes(&bytes).map_err(|error| PortError::Decode(error.to_string()))?;
    Ok((message, attachment))
}

/// Messages that have arrived in this worker, oldest first.
pub struct Inbox<M> {
    state: Rc<RefCell<InboxState<M>>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

struct InboxState<M> {
    messages: VecDeque<M>,
    waiting: Option<Waker>,
}

/// Starts listening; call once, before the first `post`, or messages are lost.
pub fn inbox<M: DeserializeOwned + 'static>() -> Inbox<M> {
    let state = Rc::new(RefCell::new(InboxState { messages: VecDeque::new(), waiting: None }));
    let arrived = Rc::clone(&state);
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match decode::<M>(&event.data()) {
            Ok((message, _)) => {
                let mut state = arrived.borrow_mut();
                state.messages.push_back(message);
                if let Some(waker) = state.waiting.take() {
                    waker.wake();
                }
            }
            // The page and the worker are of one build; anything else is not ours to answer.
            Err(error) => console::error_1(&error.to_string().into()),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    Inbox { state, _on_message: on_message }
}

impl<M> Inbox<M> {
    /// The oldest message that has arrived, without waiting.
    pub fn try_next(&self) -> Option<M> {
        self.state.borrow_mut().messages.pop_front()
    }

    /// The oldest message, waiting for one.
    pub async fn next(&self) -> M {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if let Some(message) = state.messages.pop_front() {
                return Poll::Ready(message);
            }
            state.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// Sends a message to the page.
pub fn post<M: Serialize>(message: &M) {
    let sent = encode(message).and_then(|bytes| {
        let transfer = Array::of1(&bytes.buffer());
        scope()
            .post_message_with_transfer(&bytes, &transfer)
            .map_err(|error| PortError::Send(super::reason(&error)))
    });
    report(sent);
}

/// Sends a message with something only JavaScript can hold.
pub fn post_with<M: Serialize>(message: &M, attachment: &JsValue) {
    let sent = encode(message).and_then(|bytes| {
        scope()
            .post_message(&Array::of2(&bytes, attachment))
            .map_err(|error| PortError::Send(super::reason(&error)))
    });
    report(sent);
}

fn report(sent: Result<(), PortError>) {
    if let Err(error) = sent {
        console::error_1(&error.to_string().into());
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
