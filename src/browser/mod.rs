//! The browser, behind small typed doors: storage, messages, turns of the event loop, fetching, what the machine can do.
//!
//! Used by the three programs. Knows nothing of networks, entropies or views.

pub mod adapter;
pub mod blob_file;
pub mod capabilities;
pub mod download;
pub mod fetch;
pub mod images;
pub mod locks;
pub mod opfs;
pub mod port;
pub mod remote;
mod storage_manager;
pub mod turn;

use wasm_bindgen::{JsCast, JsValue};

/// What a thrown JavaScript value says, in words.
pub fn reason(value: &JsValue) -> String {
    if let Some(error) = value.dyn_ref::<js_sys::Error>() {
        return format!("{}: {}", error.name(), error.message());
    }
    value.as_string().unwrap_or_else(|| format!("{value:?}"))
}

/// `object[name]`, or `None` when it is missing, undefined or null.
pub fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = js_sys::Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// `navigator` of the page or of the worker.
fn navigator() -> Option<JsValue> {
    property(&js_sys::global(), "navigator")
}
