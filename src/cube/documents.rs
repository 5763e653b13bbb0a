//! The stored documents of a run's arrays, which must say the same as its header, which says everything
//! (`root_document.rs`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::catalogue::{CAPACITY, Catalogue, DISTANCES, Document, STATE, document_path};
use super::layout::ArrayLayout;
use super::listing::capacity_pairs;
use super::on_demand::{ON_DEMAND, is_on_demand};
use super::root_document::read_document;
use super::{CubeError, RunHeader, RunReader};
use crate::storage::ByteStore;

/// Arrays that come into being when they are first stored, or that older versions do not write.
const OPTIONAL: [&str; 4] = [CAPACITY, DISTANCES, STATE, "training/untrained"];

impl<S: ByteStore> RunReader<S> {
    /// Whether every array that the header calls for has a document that says the same: what an
    /// imported run must pass. Arrays it does not know are none of its business.
    ///
    /// # Errors
    /// [`CubeError::Format`] for a missing or different one, and what the store says.
    pub async fn verify(&self) -> Result<(), CubeError> {
        let pairs = capacity_pairs(&self.store, &self.folder, &self.header).await?;
        let layouts = |catalogue: Catalogue| {
            let arrays = catalogue.arrays().into_iter();
            arrays.chain(catalogue.capacity_arrays(&pairs)).collect::<Vec<_>>()
        };
        let trimmed = layouts(Catalogue::new(&self.header, self.recorded()));
        for (planned, trimmed) in layouts(self.catalogue()).iter().zip(&trimmed) {
            let path = self.path(&document_path(&planned.path));
            match read_document(&self.store, &path).await? {
                Some(found) => agree(&found, planned, trimmed).map_err(|why| CubeError::format(path, why))?,
                None if is_optional(&planned.path) => {}
                None => return Err(CubeError::format(path, "the array is missing")),
            }
        }
        Ok(())
    }
}

/// Whether an array may be missing.
fn is_optional(path: &str) -> bool {
    is_on_demand(path) || OPTIONAL.iter().any(|group| path.starts_with(group))
}

/// The documents of a run with this catalogue, the root's last; of those that are written on demand the ones that the
/// store has.
pub(super) async fn declared<S: ByteStore>(
    store: &S,
    folder: &str,
    header: &RunHeader,
    n_epochs: usize,
) -> Result<Vec<Document>, CubeError> {
    let pairs = capacity_pairs(store, folder, header).await?;
    let mut documents = Catalogue::new(header, n_epochs).documents(&pairs);
    if documents.iter().any(|document| is_on_demand(&document.path)) {
        let mut stored = BTreeSet::new();
        for on_demand in ON_DEMAND {
            let files = store.files(&format!("{folder}/{on_demand}")).await?;
            stored
                .extend(files.iter().filter_map(|file| file.path.get(folder.len() + 1..).map(str::to_owned)));
        }
        documents.retain(|document| !is_on_demand(&document.path) || stored.contains(&document.path));
    }
    Ok(documents)
}

/// Whether a stored document describes an array of this layout, as long as planned or as trimmed.
fn agree(found: &Value, planned: &ArrayLayout, trimmed: &ArrayLayout) -> Result<(), String> {
    let (planned, trimmed) = (planned.document(), trimmed.document());
    let decisive = ["zarr_format", "node_type", "data_type", "chunk_grid", "chunk_key_encoding"];
    for field in decisive.into_iter().chain(["fill_value", "codecs"]) {
        if found[field] != planned[field] {
            return Err(format!("{field} is {}, not {}", found[field], planned[field]));
        }
    }
    if found["shape"] == planned["shape"] || found["shape"] == trimmed["shape"] {
        return Ok(());
    }
    Err(format!("shape is {}, not {}", found["shape"], trimmed["shape"]))
}
