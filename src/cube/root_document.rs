//! The root document of a run, which holds its header: read and checked, also where it was being replaced when
//! writing stopped.

use serde_json::Value;

use super::catalogue::ROOT;
use super::header::FORMAT;
use super::{CubeError, RunHeader};
use crate::storage::ByteStore;

/// The root document while it is being replaced; read when the root document itself is damaged.
pub(super) const NEXT_ROOT: &str = "zarr.json.next";

/// A document larger than this is not one of ours.
const MAX_DOCUMENT: u64 = 4 << 20;

/// The header of the run in a folder. `None` when there is no root document.
pub(super) async fn stored_header<S: ByteStore>(
    store: &S,
    folder: &str,
) -> Result<Option<RunHeader>, CubeError> {
    Ok(sound_root(store, folder).await?.map(|root| root.header))
}

/// A root document that can be read.
pub(super) struct SoundRoot {
    /// Its name in the folder.
    pub name: &'static str,
    /// What it says.
    pub header: RunHeader,
}

/// The root document of the run in a folder, or the one that was to replace it when that one is damaged.
pub(super) async fn sound_root<S: ByteStore>(
    store: &S,
    folder: &str,
) -> Result<Option<SoundRoot>, CubeError> {
    let read = async |name: &'static str| {
        let header = read_header(store, &format!("{folder}/{name}")).await?;
        Ok(header.map(|header| SoundRoot { name, header }))
    };
    match read(ROOT).await {
        Err(damaged @ CubeError::Format { .. }) => {
            read(NEXT_ROOT).await.ok().flatten().map(Some).ok_or(damaged)
        }
        root => root,
    }
}

async fn read_header<S: ByteStore>(store: &S, path: &str) -> Result<Option<RunHeader>, CubeError> {
    let Some(mut document) = read_document(store, path).await? else { return Ok(None) };
    let attributes = document.pointer_mut("/attributes/cnnslicer").map(Value::take).unwrap_or_default();
    match attributes.get("format").map(Value::as_u64) {
        Some(Some(found)) if found != u64::from(FORMAT) => return Err(CubeError::OtherFormat { found }),
        Some(Some(_)) => {}
        _ => return Err(CubeError::format(path, "attributes.cnnslicer.format is missing: not a run")),
    }
    let header: RunHeader =
        serde_json::from_value(attributes).map_err(|e| CubeError::format(path, e.to_string()))?;
    header.check().map_err(|reason| CubeError::format(path, reason))?;
    Ok(Some(header))
}

/// A document of a run as JSON; `None` where there is none.
pub(super) async fn read_document<S: ByteStore>(store: &S, path: &str) -> Result<Option<Value>, CubeError> {
    match store.size(path).await? {
        None => return Ok(None),
        Some(size) if size > MAX_DOCUMENT => {
            return Err(CubeError::format(path, format!("{size} bytes are too many for a document")));
        }
        Some(_) => {}
    }
    let bytes = store.read(path).await?;
    bytes
        .map(|bytes| serde_json::from_slice(&bytes).map_err(|e| CubeError::format(path, e.to_string())))
        .transpose()
}
