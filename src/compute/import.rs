//! A run file from the page, or from the same host, into this browser's storage.

use std::ops::ControlFlow;

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::browser::opfs::Opfs;
use crate::browser::{fetch, reason, turn};
use crate::compute::ComputeError;
use crate::cube::archive::{RunFile, Source};
use crate::storage::StorageError;

/// Milliseconds between two messages about progress.
const MESSAGE_EVERY_MS: f64 = 200.0;

/// A Blob, read piece by piece.
struct BlobSource(Blob);

impl Source for BlobSource {
    fn len(&self) -> u64 {
        self.0.size() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, StorageError> {
        let failed = |error| StorageError::Platform { path: "the file".to_owned(), reason: reason(&error) };
        let (start, end) = (offset as f64, offset as f64 + len as f64);
        let slice = self.0.slice_with_f64_and_f64(start, end).map_err(failed)?;
        let bytes = Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.map_err(failed)?).to_vec();
        if bytes.len() == len {
            return Ok(bytes);
        }
        Err(StorageError::Missing(format!("byte {offset} of the file")))
    }
}

/// Takes in the run file at `url` and gives the run's identifier; `progress` is told the share done, and
/// `is_cancelled` is asked after every file.
///
/// # Errors
/// That the file cannot be had, why it is refused, and what the store says; then nothing of it is left.
pub async fn import(
    store: &Opfs,
    url: &str,
    reuse: bool,
    progress: impl Fn(f32),
    is_cancelled: impl Fn() -> bool,
) -> Result<String, ComputeError> {
    let blob = fetch::blob(url).await.map_err(|error| ComputeError::NoFile { reason: error.reason })?;
    let file = RunFile::open(BlobSource(blob)).await?;
    if reuse && let Some(run) = file.stored(store).await? {
        return Ok(run);
    }
    let mut told = turn::now_ms();
    let share = async |done: u64, total: u64| {
        if turn::now_ms() - told >= MESSAGE_EVERY_MS {
            told = turn::now_ms();
            progress(done as f32 / total.max(1) as f32);
            // Only then do messages come in.
            turn::macrotask().await;
        }
        if is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    Ok(file.copy_to(store, share).await?)
}
