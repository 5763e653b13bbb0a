//! Files beside the page.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

use crate::browser::download::Download;
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
    let blocked = |error: JsValue| FetchError { url: url.to_owned(), status: None, reason: reason(&error) };
    let buffer = response(url).await?.array_buffer().map_err(blocked)?;
    Ok(js_sys::Uint8Array::new(&JsFuture::from(buffer).await.map_err(blocked)?).to_vec())
}

/// The same as a Blob, which the browser need not hold in memory.
///
/// # Errors
/// As [`bytes`].
pub async fn blob(url: &str) -> Result<Blob, FetchError> {
    let blocked = |error: JsValue| FetchError { url: url.to_owned(), status: None, reason: reason(&error) };
    let blob = response(url).await?.blob().map_err(blocked)?;
    Ok(JsFuture::from(blob).await.map_err(blocked)?.unchecked_into())
}

/// The same piece by piece, for what is larger than this program should hold; `progress` as of [`Download::of`].
///
/// # Errors
/// As [`bytes`].
pub async fn download(url: &str, progress: impl Fn(u64, Option<u64>)) -> Result<Download, FetchError> {
    let blocked = |reason: String| FetchError { url: url.to_owned(), status: None, reason };
    Download::of(response(url).await?, progress).await.map_err(blocked)
}

async fn response(url: &str) -> Result<Response, FetchError> {
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
    Ok(response)
}
