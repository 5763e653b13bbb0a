//! A run as a Blob: small pieces are bytes, stored files are handed to the browser as they are, so
//! that a run of gigabytes is exported without being read into memory.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

use crate::browser::opfs::Opfs;
use crate::browser::reason;
use crate::compute::ComputeError;
use crate::cube::archive::{Piece, file_name, plan};
use crate::cube::{CubeError, RunReader};
use crate::protocol::Answer;
use crate::storage::StorageError;

/// The archive of a run and its file name.
///
/// # Errors
/// What the store and the run's files refuse.
pub async fn archive(store: &Opfs, run: &str) -> Result<(Answer, JsValue), ComputeError> {
    let reader = RunReader::open(store.clone(), run).await?;
    let parts = Array::new();
    for piece in plan(&reader).await? {
        match piece {
            Piece::Bytes(bytes) => parts.push(&Uint8Array::from(bytes.as_slice())),
            Piece::File { path, .. } => {
                let file = store.file(&path).await.map_err(CubeError::from)?;
                let file = file.ok_or_else(|| CubeError::from(StorageError::Missing(path)))?;
                parts.push(&file)
            }
        };
    }
    let options = BlobPropertyBag::new();
    options.set_type("application/zip");
    let blob = Blob::new_with_blob_sequence_and_options(&parts, &options).map_err(|error| {
        CubeError::from(StorageError::Platform { path: run.to_owned(), reason: reason(&error) })
    })?;
    Ok((Answer::Exported { file_name: file_name(reader.header()) }, blob.into()))
}
