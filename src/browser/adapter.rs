//! What WebGPU offers here, asked in JavaScript terms: burn panics where the adapter is missing.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{navigator, property};
use crate::training::device::Adapter;

/// Asks for an adapter; never fails, absence is an answer.
pub async fn probe() -> Adapter {
    let Some(gpu) = navigator().and_then(|navigator| property(&navigator, "gpu")) else {
        return Adapter::Absent { reason: "this browser has no WebGPU".to_owned() };
    };
    match request(&gpu).await {
        Some(adapter) => describe(&adapter),
        None => Adapter::Absent { reason: "WebGPU found no usable graphics adapter".to_owned() },
    }
}

async fn request(gpu: &JsValue) -> Option<JsValue> {
    let request: js_sys::Function = property(gpu, "requestAdapter")?.dyn_into().ok()?;
    let promise: js_sys::Promise = request.call0(gpu).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(promise).await.ok()?;
    (!adapter.is_null() && !adapter.is_undefined()).then_some(adapter)
}

fn describe(adapter: &JsValue) -> Adapter {
    let info = property(adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let words: Vec<String> = ["vendor", "architecture", "description"]
        .iter()
        .filter_map(|name| property(&info, name)?.as_string())
        .filter(|word| !word.is_empty())
        .collect();
    let name = if words.is_empty() { "graphics adapter".to_owned() } else { words.join(" ") };
    // The flag moved from the adapter to its info while WebGPU was being standardised.
    let fallback = [&info, adapter]
        .iter()
        .any(|place| property(place, "isFallbackAdapter").is_some_and(|flag| flag.is_truthy()));
    if fallback { Adapter::Fallback { name } } else { Adapter::Real { name } }
}
