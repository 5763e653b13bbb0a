//! A file that arrives in pieces, kept outside WebAssembly's memory and let go as it is read.
//!
//! Not a Blob: a browser keeps large ones on the disk, and refuses them on a laptop whose disk is nearly full.

use std::collections::VecDeque;
use std::io::{self, Read};

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::{property, reason};

#[wasm_bindgen]
extern "C" {
    // Bound here: features of web-sys would be those of all programs.
    type Answer;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Answer) -> Option<ReadableStream>;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &Answer) -> Headers;

    type Headers;
    #[wasm_bindgen(method)]
    fn get(this: &Headers, name: &str) -> Option<String>;

    type ReadableStream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &ReadableStream) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method)]
    fn read(this: &Reader) -> Promise;
}

/// The pieces that are still to be read.
pub struct Download {
    pieces: VecDeque<Uint8Array>,
    /// Bytes of the first piece that were read.
    position: u32,
}

impl Download {
    /// Waits for the whole body; `progress` is told the bytes that are here and, where known, of how many.
    ///
    /// # Errors
    /// What the browser says of a connection that broke.
    pub async fn of(response: Response, progress: impl Fn(u64, Option<u64>)) -> Result<Self, String> {
        let answer: Answer = response.unchecked_into();
        let total = total(&answer.headers());
        let mut download = Self { pieces: VecDeque::new(), position: 0 };
        let Some(body) = answer.body() else { return Ok(download) };
        let failed = |error: JsValue| reason(&error);
        let reader = body.reader().map_err(failed)?;
        let mut received = 0;
        loop {
            let result = JsFuture::from(reader.read()).await.map_err(failed)?;
            let Some(piece) = property(&result, "value") else { return Ok(download) };
            let piece: Uint8Array = piece.unchecked_into();
            received += u64::from(piece.length());
            progress(received, total);
            download.pieces.push_back(piece);
        }
    }
}

/// Of a body that comes as it is: the length of a compressed one says nothing of what it becomes.
fn total(headers: &Headers) -> Option<u64> {
    if headers.get("content-encoding").is_some() {
        return None;
    }
    headers.get("content-length")?.parse().ok()
}

impl Read for Download {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(piece) = self.pieces.front() {
            let left = piece.length() - self.position;
            let len = left.min(u32::try_from(buffer.len()).unwrap_or(u32::MAX));
            if left > 0 {
                let end = self.position + len;
                piece.subarray(self.position, end).copy_to(&mut buffer[..len as usize]);
                self.position = end;
                return Ok(len as usize);
            }
            self.pieces.pop_front();
            self.position = 0;
        }
        Ok(0)
    }
}
