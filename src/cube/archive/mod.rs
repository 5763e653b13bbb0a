//! A run as one file, `<name>.zarr.zip`: the tree of the run, zipped without compression.
//!
//! The documents are made anew, trimmed to what is recorded, so an incomplete run is a valid archive
//! too and storage is not touched. Stored files are not copied: [`plan`] gives the archive as pieces,
//! of which only the small ones are bytes and the rest are references, from which the browser makes a
//! Blob of file handles. Read by the compute worker that exports a run, and by tests. [`RunFile`] takes
//! an archive into a store again.

mod import;
mod unzip;
mod zip;
mod zip_error;

use std::collections::BTreeMap;

use super::catalogue::{Catalogue, checkpoint_path, optimizer_path};
use super::codec::encode;
use super::documents::declared;
use super::label::LABEL;
use super::layout::{ArrayLayout, Coding};
use super::listing::capacity_pairs;
use super::root_document::NEXT_ROOT;
use super::{CubeError, RunHeader, RunReader};
use crate::checksum::crc32;
use crate::storage::{ByteStore, StorageError, StoredFile, walk};
use zip::ZipPlan;

pub use import::RunFile;
pub use unzip::Source;
pub use zip_error::ZipError;

/// A stretch of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A whole stored file.
    File {
        /// Path from the root of the store.
        path: String,
        /// Its size in bytes.
        size: u64,
    },
}

/// The name to save a run's archive under.
pub fn file_name(header: &RunHeader) -> String {
    let allowed = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = header.name.trim().chars().map(allowed).collect();
    match name.trim_matches(['.', '-']) {
        "" => "run.zarr.zip".to_owned(),
        name => format!("{name}.zarr.zip"),
    }
}

/// The archive of a run, piece by piece. Reads every file once, one at a time, for its checksum.
///
/// # Errors
/// What the store says.
pub async fn plan<S: ByteStore>(run: &RunReader<S>) -> Result<Vec<Piece>, CubeError> {
    let pairs = capacity_pairs(&run.store, &run.folder, &run.header).await?;
    let catalogue = Catalogue::new(&run.header, run.recorded());
    let mut zip = ZipPlan::default();
    let documents = declared(&run.store, &run.folder, &run.header, run.recorded()).await?;
    for document in documents.iter().rev() {
        zip.add_bytes(&document.path, &document.bytes());
    }
    // Made anew like the documents: a run that is just being continued may have another one in storage.
    let epochs_chunk = catalogue.epochs().chunk_path(&[]);
    zip.add_bytes(&epochs_chunk, &encode(&run.header.planned_epochs, u32::to_le_bytes));
    let mut arrays = catalogue.arrays();
    arrays.extend(catalogue.capacity_arrays(&pairs));
    let arrays = arrays.into_iter().map(|array| (array.path.clone(), array)).collect();
    for file in walk(&run.store, &run.folder).await? {
        let in_run = file.path[run.folder.len() + 1..].to_owned();
        let is_document = documents.iter().any(|document| document.path == in_run)
            || [NEXT_ROOT, LABEL].contains(&&in_run[..]);
        if !is_document && in_run != epochs_chunk && belongs(run, &arrays, &in_run, &file) {
            zip.add_file(&in_run, file.clone(), checksum(&run.store, &file).await?);
        }
    }
    Ok(zip.finish())
}

/// The archive of a run in memory.
///
/// # Errors
/// What the store says.
pub async fn to_bytes<S: ByteStore>(run: &RunReader<S>) -> Result<Vec<u8>, CubeError> {
    let mut archive = Vec::new();
    for piece in plan(run).await? {
        match piece {
            Piece::Bytes(bytes) => archive.extend(bytes),
            Piece::File { path, .. } => archive.extend(read(&run.store, &path).await?),
        }
    }
    Ok(archive)
}

/// Whether a stored file goes into the archive: chunks of recorded epochs that are there in full,
/// checkpoints of recorded epochs, and whatever another version has put beside them.
fn belongs<S: ByteStore>(
    run: &RunReader<S>,
    arrays: &BTreeMap<String, ArrayLayout>,
    in_run: &str,
    file: &StoredFile,
) -> bool {
    if in_run.starts_with("checkpoints/") {
        let recorded = &run.header.planned_epochs[..run.recorded()];
        return recorded.iter().any(|&epoch| checkpoint_path(epoch) == in_run)
            || recorded.last().is_some_and(|&epoch| optimizer_path(epoch) == in_run);
    }
    let array = in_run.match_indices('/').find_map(|(end, _)| arrays.get(&in_run[..end]));
    let Some(array) = array else { return true };
    let is_whole = array.coding != Coding::Plain || file.size == array.chunk_bytes() as u64;
    is_whole && array.holds_chunk(&in_run[array.path.len() + 1..])
}

async fn checksum<S: ByteStore>(store: &S, file: &StoredFile) -> Result<u32, CubeError> {
    let bytes = read(store, &file.path).await?;
    if bytes.len() as u64 != file.size {
        return Err(CubeError::format(&file.path, "the file changed while it was read"));
    }
    Ok(crc32(&bytes))
}

async fn read<S: ByteStore>(store: &S, path: &str) -> Result<Vec<u8>, CubeError> {
    Ok(store.read(path).await?.ok_or_else(|| StorageError::Missing(path.to_owned()))?)
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::testing::{header, recorded, write_epoch};
    use crate::storage::memory::MemoryStore;

    /// Paths and stored bytes of the entries, read through the central directory.
    fn entries(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let number = |at: usize, len: usize| {
            archive[at..at + len].iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
        };
        let end = archive.len() - 22;
        let mut at = number(end + 16, 4);
        let mut entries = BTreeMap::new();
        for _ in 0..number(end + 10, 2) {
            let (size, name_len, local) = (number(at + 20, 4), number(at + 28, 2), number(at + 42, 4));
            let name = String::from_utf8(archive[at + 46..at + 46 + name_len].to_vec()).unwrap();
            let data = local + 30 + name_len;
            entries.insert(name, archive[data..data + size].to_vec());
            at += 46 + name_len;
        }
        entries
    }

    async fn exported(store: &MemoryStore) -> BTreeMap<String, Vec<u8>> {
        entries(&to_bytes(&RunReader::open(store.clone(), "r").await.unwrap()).await.unwrap())
    }

    #[test]
    fn a_sealed_run_is_archived_as_it_is_stored() {
        block_on(async {
            let (store, mut writer) = recorded(2).await;
            writer.seal().await.unwrap();
            let mut stored = BTreeMap::new();
            for path in store.paths() {
                stored.insert(path["runs/r/".len()..].to_owned(), store.read(&path).await.unwrap().unwrap());
            }
            assert_eq!(exported(&store).await, stored);
        });
    }

    #[test]
    fn an_archive_put_back_into_a_store_is_the_same_run() {
        block_on(async {
            let (store, _) = recorded(2).await;
            let copy = MemoryStore::new();
            for (path, bytes) in exported(&store).await {
                copy.write(&format!("runs/copy/{path}"), &[&bytes]).await.unwrap();
            }
            let (run, copy) =
                (RunReader::open(store, "r").await.unwrap(), RunReader::open(copy, "copy").await.unwrap());
            copy.verify().await.unwrap();
            assert_eq!(copy.header(), run.header());
            assert_eq!(copy.recorded(), 2);
            assert_eq!(copy.layer_cells(1, 1).await.unwrap(), run.layer_cells(1, 1).await.unwrap());
        });
    }

    #[test]
    fn the_epoch_in_progress_stays_out_and_shapes_are_trimmed() {
        block_on(async {
            let (store, mut writer) = recorded(1).await;
            store.set_space_left(Some(200));
            assert!(write_epoch(&mut writer, 1).await.is_err());
            assert!(store.size("runs/r/layers/01/activations/c/1/0/0/0/0").await.unwrap().is_some());
            let entries = exported(&store).await;
            assert!(entries.contains_key("layers/01/activations/c/0/0/0/0/0"));
            assert!(!entries.contains_key("layers/01/activations/c/1/0/0/0/0"));
            store.set_locked("runs/r/layers/01/activations/c/1/0/0/0/0", true);
            assert_eq!(exported(&store).await, entries, "while it is being written");
            let document: serde_json::Value =
                serde_json::from_slice(&entries["layers/01/activations/zarr.json"]).unwrap();
            assert_eq!(document["shape"][0], 1);
        });
    }

    #[test]
    fn a_measure_cut_short_stays_out_and_unknown_arrays_come_along() {
        block_on(async {
            let (store, _) = recorded(1).await;
            store.write("runs/r/entropy/inter_sample/c/0/1/0", &[b"12345"]).await.unwrap();
            store.write("runs/r/zarr.json.next", &[b"{"]).await.unwrap();
            store.write("runs/r/codes/01/zarr.json", &[b"{}"]).await.unwrap();
            let entries = exported(&store).await;
            assert!(!entries.contains_key("entropy/inter_sample/c/0/1/0"));
            assert!(!entries.contains_key("zarr.json.next"));
            assert_eq!(entries["codes/01/zarr.json"], b"{}");
        });
    }

    #[test]
    fn file_names_are_safe() {
        let named = |name: &str| file_name(&RunHeader { name: name.to_owned(), ..header() });
        assert_eq!(named("MNIST, seed 7"), "MNIST--seed-7.zarr.zip");
        assert_eq!(named("../../etc"), "etc.zarr.zip");
        assert_eq!(named(" / "), "run.zarr.zip");
        assert_eq!(named("Übung_1"), "Übung_1.zarr.zip");
    }
}
