//! Which runs are in a store, and what is in a run besides what its header says.

use super::catalogue::{Catalogue, LayerPair};
use super::{CubeError, RUNS, RunHeader, RunReader, run_folder};
use crate::ordering::sort_by;
use crate::storage::ByteStore;

/// A run in the store, whether or not it can be read.
#[derive(Debug)]
pub struct ListedRun<S> {
    /// Identifier.
    pub run: String,
    /// The opened run, or why it cannot be opened.
    pub opened: Result<RunReader<S>, CubeError>,
}

/// All runs, sorted by identifier. One that cannot be opened is listed with the reason.
///
/// # Errors
/// Only when the store cannot list its folders.
pub async fn list_runs<S: ByteStore + Clone>(store: S) -> Result<Vec<ListedRun<S>>, CubeError> {
    let mut runs = Vec::new();
    for entry in store.list(RUNS).await? {
        if entry.is_folder {
            let opened = RunReader::open(store.clone(), &entry.name).await;
            runs.push(ListedRun { run: entry.name, opened });
        }
    }
    Ok(runs)
}

/// Deletes a run with all in it, also one that cannot be opened; nothing happens when there is none.
///
/// # Errors
/// What the store says.
pub async fn remove_run<S: ByteStore>(store: S, run: &str) -> Result<(), CubeError> {
    Ok(store.remove(&run_folder(run)?).await?)
}

/// Pairs of layers whose capacity has been stored, sorted.
pub(super) async fn capacity_pairs<S: ByteStore>(
    store: &S,
    folder: &str,
    header: &RunHeader,
) -> Result<Vec<LayerPair>, CubeError> {
    let mut pairs = Vec::new();
    for group in Catalogue::planned(header).all_capacity_groups() {
        let entries = store.list(&format!("{folder}/{group}")).await?;
        pairs.extend(entries.iter().filter_map(|entry| LayerPair::parse(&entry.name)));
    }
    pairs.retain(|pair| pair.a.max(pair.b) <= header.n_layers());
    sort_by(&mut pairs, Ord::cmp);
    pairs.dedup();
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::testing::recorded;

    #[test]
    fn a_broken_run_is_listed_beside_the_good_ones() {
        block_on(async {
            let (store, _) = recorded(1).await;
            store.write("runs/broken/zarr.json", &[b"{"]).await.unwrap();
            store.write("runs/started/input/zarr.json", &[b"{}"]).await.unwrap();
            let runs = list_runs(store).await.unwrap();
            let names: Vec<&str> = runs.iter().map(|listed| listed.run.as_str()).collect();
            assert_eq!(names, ["broken", "r", "started"]);
            assert!(matches!(runs[0].opened, Err(CubeError::Format { .. })));
            assert_eq!(runs[1].opened.as_ref().unwrap().recorded(), 1);
            assert!(matches!(runs[2].opened, Err(CubeError::NoSuchRun(_))));
        });
    }

    #[test]
    fn a_removed_run_leaves_the_others() {
        block_on(async {
            let (store, _) = recorded(1).await;
            store.write("runs/broken/zarr.json", &[b"{"]).await.unwrap();
            remove_run(store.clone(), "r").await.unwrap();
            assert_eq!(store.paths(), ["runs/broken/zarr.json"]);
            remove_run(store.clone(), "r").await.unwrap();
            assert!(remove_run(store, "..").await.is_err());
        });
    }

    #[test]
    fn no_runs_are_an_empty_list() {
        block_on(async {
            assert!(list_runs(crate::storage::memory::MemoryStore::new()).await.unwrap().is_empty());
        });
    }
}
