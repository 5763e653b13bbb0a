//! Files beside the page.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::browser::{property, reason};

/// Why a file could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{url}: {reason}")]
pub struct FetchError {
    /// What was asked for.
    pub url: String,
    /// The server's answer, when there was one.
    pub status: Option<u16>,
    /// In words.
    pub reason: String,
}

/// The bytes of a file; any status but 2xx is an error.
///
/// # Errors
/// No answer, or one with another status than 2xx.
pub async fn bytes(url: &str) -> Result<Vec<u8>, FetchError> {
    let failed = |reason: String| FetchError { url: url.to_owned(), status: None, reason };
    let fetch: js_sys::Function = property(&js_sys::global(), "fetch")
        .and_then(|fetch| fetch.dyn_into().ok())
        .ok_or_else(|| failed("this browser cannot fetch".to_owned()))?;
    let thrown = |error: JsValue| failed(reason(&error));
    let promise: js_sys::Promise = fetch.call1(&JsValue::NULL, &url.into()).map_err(thrown)?.unchecked_into();
    let response: Response = JsFuture::from(promise).await.map_err(thrown)?.unchecked_into();
    if !response.ok() {
        return Err(FetchError {
            url: url.to_owned(),
            status: Some(response.status()),
            reason: format!("the server answered {} {}", response.status(), response.status_text()),
        });
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(thrown)?).await.map_err(thrown)?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}
