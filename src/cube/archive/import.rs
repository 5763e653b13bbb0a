//! Taking a run file into a store.
//!
//! The archive is opened as a run where it lies and checked there, before anything is written; then it is
//! copied file by file, each chunk unpacked once to see that it is what its array declares, the root
//! document last. So a run that was not taken in to its end is not a run, and what was written of it
//! is removed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::unzip::{Archive, Source};
use crate::cube::catalogue::{Catalogue, ROOT};
use crate::cube::codec::{CodecError, parse_shard_index, shard_index_len};
use crate::cube::gzip::{gunzip, gzip_bound};
use crate::cube::label::{LABEL, RunLabel, store_label};
use crate::cube::layout::{ArrayLayout, Coding};
use crate::cube::listing::capacity_pairs;
use crate::cube::root_document::{NEXT_ROOT, sound_root};
use crate::cube::{CubeError, RUNS, RunHeader, RunReader, list_runs, run_folder};
use crate::storage::ByteStore;

/// What the archive's run is called while it is read.
const ARCHIVED: &str = "archive";
/// Largest file of an array that this version does not know.
const MAX_UNKNOWN: u64 = 1 << 30;

/// A run file that was found sound as far as its documents, sizes and metrics go.
#[derive(Debug)]
pub struct RunFile<B> {
    run: RunReader<Archive<B>>,
    arrays: BTreeMap<String, ArrayLayout>,
}

impl<B: Source> RunFile<B> {
    /// Reads the archive's directory, the run's documents, its probe set and its metrics.
    ///
    /// # Errors
    /// [`CubeError::Archive`], [`CubeError::OtherFormat`], [`CubeError::Format`] for missing arrays and
    /// shapes that disagree, and what the source says.
    pub async fn open(source: B) -> Result<Self, CubeError> {
        Self::open_archived(source).await.map_err(|error| match error {
            CubeError::Format { path, reason } => {
                let in_archive = path.strip_prefix("runs/archive/").unwrap_or(&path);
                CubeError::format(in_archive, reason)
            }
            error => error,
        })
    }

    async fn open_archived(source: B) -> Result<Self, CubeError> {
        let archive = Archive::open(source, &run_folder(ARCHIVED)?).await?;
        let run = RunReader::open(archive, ARCHIVED).await.map_err(|error| match error {
            CubeError::NoSuchRun(_) => CubeError::format(ROOT, "missing: the archive is not a run file"),
            error => error,
        })?;
        run.verify().await?;
        run.probe().await?;
        run.epochs().await?;
        let pairs = capacity_pairs(&run.store, &run.folder, &run.header).await?;
        let catalogue = Catalogue::planned(&run.header);
        let arrays = catalogue.arrays().into_iter().chain(catalogue.capacity_arrays(&pairs));
        let arrays = arrays.map(|array| (array.path.clone(), array)).collect();
        Ok(Self { run, arrays })
    }

    /// What the run is.
    pub fn header(&self) -> &RunHeader {
        self.run.header()
    }

    /// The run in `store` that is this one already, if there is one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn stored<S: ByteStore + Clone>(&self, store: &S) -> Result<Option<String>, CubeError> {
        let is_this = |run: &RunReader<S>| {
            run.header().created == self.header().created
                && run.header().config == self.header().config
                && run.recorded() == self.run.recorded()
        };
        let runs = list_runs(store.clone()).await?;
        Ok(runs.into_iter().find(|listed| listed.opened.as_ref().is_ok_and(is_this)).map(|listed| listed.run))
    }

    /// Copies the run into `store` under an identifier, and a name, that no other run there has; gives
    /// the identifier. `progress` is told the bytes done and the bytes in all, and says whether to go on.
    ///
    /// # Errors
    /// [`CubeError::Cancelled`]; as [`RunFile::open`], for a chunk that is not what its array declares, and what the store says;
    /// then nothing of it is left.
    pub async fn copy_to<S: ByteStore + Clone>(
        &self,
        store: &S,
        mut progress: impl AsyncFnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<String, CubeError> {
        let run = free_identifier(store, self.header()).await?;
        let folder = run_folder(&run)?;
        let copied = self.copy(store, &run, &mut progress).await;
        if let Err(error) = copied {
            store.remove(&folder).await?;
            return Err(error);
        }
        Ok(run)
    }

    async fn copy<S: ByteStore + Clone>(
        &self,
        store: &S,
        run: &str,
        progress: &mut impl AsyncFnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<(), CubeError> {
        let folder = run_folder(run)?;
        let total = self.run.store.entries().map(|(_, size)| size).sum();
        let mut done = 0;
        for (name, size) in self.run.store.entries() {
            if ![ROOT, NEXT_ROOT, LABEL].contains(&name) {
                let bytes = self.checked(name, size).await?;
                store.write(&format!("{folder}/{name}"), &[&bytes]).await?;
            }
            done += size;
            if progress(done, total).await.is_break() {
                return Err(CubeError::Cancelled);
            }
        }
        let name = free_name(store, self.header()).await?;
        if name != self.header().name {
            let label = RunLabel { name: Some(name), note: self.header().note.clone() };
            store_label(store, run, &label).await?;
        }
        // The document that was checked, which need not be the one of that name.
        let sound = sound_root(&self.run.store, &self.run.folder).await?;
        let root = self.checked(sound.map_or(ROOT, |sound| sound.name), 0).await?;
        Ok(store.write(&format!("{folder}/{ROOT}"), &[&root]).await?)
    }

    /// The bytes of an entry, when they are what the array they belong to declares.
    async fn checked(&self, name: &str, size: u64) -> Result<Vec<u8>, CubeError> {
        let array = name.match_indices('/').find_map(|(end, _)| self.arrays.get(&name[..end]));
        let chunk = array.filter(|array| name[array.path.len() + 1..] != *ROOT);
        let most = chunk.map_or(MAX_UNKNOWN, most_bytes);
        if size > most {
            return Err(CubeError::format(name, format!("{size} bytes are too many")));
        }
        let bytes = self.run.store.read(&format!("{}/{name}", self.run.folder)).await?;
        let bytes = bytes.ok_or_else(|| CubeError::format(name, "missing"))?;
        if let Some(array) = chunk {
            if !array.holds_chunk(&name[array.path.len() + 1..]) {
                return Err(CubeError::format(name, "lies outside its array"));
            }
            check_chunk(array, &bytes).map_err(|error| CubeError::format(name, error.to_string()))?;
        }
        Ok(bytes)
    }
}

/// Inner chunks of a shard.
fn n_inner(array: &ArrayLayout) -> usize {
    array.axes.iter().filter(|axis| axis.name == "channel").map(|axis| axis.len).product()
}

fn most_bytes(array: &ArrayLayout) -> u64 {
    let chunk = array.chunk_bytes();
    match array.coding {
        Coding::Plain => chunk as u64,
        Coding::Gzip => gzip_bound(chunk),
        Coding::ShardPerChannel => {
            gzip_bound(chunk) * n_inner(array) as u64 + shard_index_len(n_inner(array)) as u64
        }
    }
}

/// Whether a chunk unpacks to exactly what its array declares; no more than that is unpacked.
fn check_chunk(array: &ArrayLayout, bytes: &[u8]) -> Result<(), CodecError> {
    let expected = array.chunk_bytes();
    match array.coding {
        Coding::Plain if bytes.len() == expected => Ok(()),
        Coding::Plain => Err(CodecError::Length { expected }),
        Coding::Gzip => gunzip(bytes, expected).map(drop),
        Coding::ShardPerChannel => {
            let data_len = bytes.len().checked_sub(shard_index_len(n_inner(array)));
            let data_len = data_len.ok_or(CodecError::Checksum)?;
            let (data, index) = bytes.split_at(data_len);
            let chunks = parse_shard_index(index, bytes.len() as u64, gzip_bound(expected))?;
            for chunk in chunks.into_iter().flatten() {
                // The index's entries were checked to lie in front of it.
                let start = chunk.offset as usize;
                gunzip(&data[start..start + chunk.len], expected)?;
            }
            Ok(())
        }
    }
}

/// `<dataset>-<time>`, with a number when it is taken.
async fn free_identifier<S: ByteStore>(store: &S, header: &RunHeader) -> Result<String, CubeError> {
    let letters = header.dataset.chars().filter(char::is_ascii_alphanumeric).take(20);
    let digits = header.created.chars().filter(char::is_ascii_digit).take(14);
    let wanted: String = "run-".chars().chain(letters).chain(['-']).chain(digits).collect();
    let taken: Vec<String> = store.list(RUNS).await?.into_iter().map(|entry| entry.name).collect();
    Ok(free(&wanted, &taken, |n| format!("{wanted}-{n}")))
}

async fn free_name<S: ByteStore + Clone>(store: &S, header: &RunHeader) -> Result<String, CubeError> {
    let runs = list_runs(store.clone()).await?;
    let names = runs.into_iter().filter_map(|listed| Some(listed.opened.ok()?.header().name.clone()));
    Ok(free(&header.name, &names.collect::<Vec<_>>(), |n| format!("{} ({n})", header.name)))
}

/// `wanted`, else the first of its numbered variants that is not taken.
fn free(wanted: &str, taken: &[String], numbered: impl Fn(usize) -> String) -> String {
    let variants = (2..=taken.len() + 2).map(numbered);
    let mut candidates = std::iter::once(wanted.to_owned()).chain(variants);
    candidates.find(|name| !taken.contains(name)).unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests;
