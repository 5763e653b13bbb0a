//! Turns of the event loop and the clock.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;
}

/// Milliseconds since the page or worker began, monotonic.
pub fn now_ms() -> f64 {
    performance_now()
}

/// The time of day as ISO 8601 in UTC.
pub fn now_iso() -> String {
    String::from(js_sys::Date::new_0().to_iso_string())
}

/// Resolves after at least `milliseconds`.
pub async fn sleep(milliseconds: f64) {
    let promise: Promise = Promise::new(&mut |resolve, _| {
        set_timeout(resolve.unchecked_ref(), milliseconds);
    });
    // A promise of ours is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// A message channel whose only purpose is to come back in a later turn: unlike timers it is not
/// throttled in hidden tabs and not clamped to 4 ms.
struct Turns {
    channel: MessageChannel,
    waiting: Rc<RefCell<VecDeque<Function>>>,
    _on_message: Closure<dyn FnMut()>,
}

impl Turns {
    fn new() -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let waiting: Rc<RefCell<VecDeque<Function>>> = Rc::default();
        let queue = Rc::clone(&waiting);
        let on_message = Closure::<dyn FnMut()>::new(move || {
            let next = queue.borrow_mut().pop_front();
            if let Some(resolve) = next {
                let _ = resolve.call0(&JsValue::NULL);
            }
        });
        channel.port1().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self { channel, waiting, _on_message: on_message })
    }
}

thread_local! {
    static TURNS: Option<Turns> = Turns::new();
}

/// Lets the event loop handle what is waiting, messages included, and comes back.
///
/// Yielding with a ready future would only run microtasks, and a worker would never see a message.
pub async fn macrotask() {
    let promise: Option<Promise> = TURNS.with(|turns| {
        turns.as_ref().map(|turns| {
            Promise::new(&mut |resolve, _| {
                turns.waiting.borrow_mut().push_back(resolve.unchecked_into());
                let _ = turns.channel.port2().post_message(&JsValue::NULL);
            })
        })
    });
    match promise {
        Some(promise) => {
            let _ = JsFuture::from(promise).await;
        }
        None => sleep(0.0).await,
    }
}
