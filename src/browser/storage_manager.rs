//! The browser's own account of this site's storage, `navigator.storage`: questions that some browsers cannot be asked.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{navigator, property};

/// What `navigator.storage.<method>()` resolves to; `None` where there is no such thing.
pub(super) async fn ask_storage(method: &str) -> Option<JsValue> {
    let storage = property(&navigator()?, "storage")?;
    let method: js_sys::Function = property(&storage, method)?.dyn_into().ok()?;
    let promise: js_sys::Promise = method.call0(&storage).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}
