//! A Blob as a file that can be read from any place: what the user dropped, what was fetched.
//!
//! In workers only, which may wait for bytes (`FileReaderSync`); so archives larger than memory go through
//! the same readers as natively. Holds one piece of the file at a time.

use std::io::{self, Read, Seek, SeekFrom};

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Blob;

use super::reason;

/// Bytes read at once.
const PIECE: u64 = 1 << 20;

#[wasm_bindgen]
extern "C" {
    // Bound here: a feature of web-sys would be one of all programs.
    type FileReaderSync;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<FileReaderSync, JsValue>;
    #[wasm_bindgen(method, catch, js_name = readAsArrayBuffer)]
    fn read_as_array_buffer(this: &FileReaderSync, blob: &Blob) -> Result<ArrayBuffer, JsValue>;
}

/// A Blob that is being read.
pub struct BlobFile {
    blob: Blob,
    size: u64,
    position: u64,
    /// The bytes from `piece_start` on.
    piece: Vec<u8>,
    piece_start: u64,
}

impl BlobFile {
    /// At its start.
    pub fn new(blob: Blob) -> Self {
        let size = blob.size() as u64;
        Self { blob, size, position: 0, piece: Vec::new(), piece_start: 0 }
    }

    /// What the piece holds from the position on.
    fn at_hand(&self) -> &[u8] {
        let skip = self.position.checked_sub(self.piece_start).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.piece.get(skip..)).unwrap_or_default()
    }

    fn load(&mut self) -> io::Result<()> {
        let failed = |error: JsValue| io::Error::other(reason(&error));
        let (start, end) = (self.position, self.size.min(self.position.saturating_add(PIECE)));
        let part = self.blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(failed)?;
        let buffer = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(&part));
        self.piece = Uint8Array::new(buffer.map_err(failed)?.as_ref()).to_vec();
        self.piece_start = start;
        if self.piece.is_empty() {
            return Err(io::Error::other("the file is shorter than it was"));
        }
        Ok(())
    }
}

impl Read for BlobFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        if self.at_hand().is_empty() {
            self.load()?;
        }
        let bytes = self.at_hand();
        let len = bytes.len().min(buffer.len());
        buffer[..len].copy_from_slice(&bytes[..len]);
        self.position += len as u64;
        Ok(len)
    }
}

impl Seek for BlobFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "before the start of the file");
        self.position = position.ok_or_else(before)?;
        Ok(self.position)
    }
}
