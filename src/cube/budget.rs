//! How much raw cells may take, and which go first when they take more.
//!
//! Raw cells are by far the largest part of a run and can be recomputed from the epoch's weights; metrics,
//! measures and checkpoints are never dropped. The decision, [`to_drop`], is a pure function; the trainer
//! has it carried out after each recorded epoch ([`keep_within_budget`]). The writer of a run drops nothing.

use std::collections::BTreeMap;

use half::f16;

use super::catalogue::checkpoint_path;
use super::sizes::forget_sizes;
use super::writer::write_shard;
use super::{CubeError, ProbeSet, RunReader, list_runs};
use crate::ordering::sort_by;
use crate::storage::{ByteStore, StorageError};

/// Share of the storage quota that is used unless the user says otherwise: browsers count loosely, and
/// the epoch in progress needs room.
const SHARE: f64 = 0.8;
/// Where the user's budget stands, in decimal digits, from the root of the store.
const BUDGET: &str = "budget.txt";

/// The raw cells of one recorded epoch of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEpoch {
    /// Identifier of the run.
    pub run: String,
    /// When the run began, ISO 8601.
    pub created: String,
    /// Of which images.
    pub probe_set: ProbeSet,
    /// Index on T.
    pub epoch_index: usize,
    /// Whether it is the last epoch that the run has.
    pub is_newest: bool,
    /// Whether its weights are stored, from which the cells can be had again.
    pub has_checkpoint: bool,
    /// Bytes of its cells, all layers together.
    pub bytes: u64,
}

/// What to drop so that `used` bytes become at most `budget`: the oldest epochs of the oldest runs first,
/// a run's newest epoch only when there is nothing else, and never what cannot be recomputed. When even
/// all of that is not enough, all of it.
pub fn to_drop(raw: &[RawEpoch], used: u64, budget: u64) -> Vec<&RawEpoch> {
    let mut order: Vec<&RawEpoch> = raw.iter().filter(|epoch| epoch.has_checkpoint).collect();
    let place = |epoch: &&RawEpoch| (epoch.is_newest, epoch.created.clone(), epoch.epoch_index);
    sort_by(&mut order, |a, b| place(a).cmp(&place(b)));
    let mut excess = used.saturating_sub(budget);
    let mut dropped = Vec::new();
    for epoch in order {
        if excess == 0 {
            break;
        }
        excess = excess.saturating_sub(epoch.bytes);
        dropped.push(epoch);
    }
    dropped
}

/// The budget in bytes: the user's, else a share of the quota; `None` where neither is known.
///
/// # Errors
/// What the store says.
pub async fn budget<S: ByteStore>(store: &S) -> Result<Option<u64>, CubeError> {
    let stored = match store.read(BUDGET).await {
        // Somebody is setting it: until then the quota counts.
        Err(StorageError::Locked(_)) => None,
        stored => stored?,
    };
    let stored = stored.and_then(|bytes| String::from_utf8(bytes).ok()?.trim().parse().ok());
    if stored.is_some() {
        return Ok(stored);
    }
    Ok(store.space().await.map(|space| (space.quota as f64 * SHARE) as u64))
}

/// Sets the user's budget in bytes and drops what is over it; `None` goes back to the share of the quota.
/// Gives what was dropped.
///
/// # Errors
/// What the store says; some may be dropped already.
pub async fn set_budget<S: ByteStore + Clone>(
    store: &S,
    bytes: Option<u64>,
) -> Result<Vec<RawEpoch>, CubeError> {
    let Some(bytes) = bytes else {
        store.remove(BUDGET).await?;
        return keep_within_budget(store).await;
    };
    // Room first: a store that is full takes no file, not even this one.
    let dropped = keep_within(store, bytes).await?;
    store.write(BUDGET, &[bytes.to_string().as_bytes()]).await?;
    Ok(dropped)
}

/// Drops raw cells until the store is within its budget; gives what was dropped.
///
/// # Errors
/// What the store says; some may be dropped already.
pub async fn keep_within_budget<S: ByteStore + Clone>(store: &S) -> Result<Vec<RawEpoch>, CubeError> {
    match budget(store).await? {
        Some(budget) => keep_within(store, budget).await,
        None => Ok(Vec::new()),
    }
}

async fn keep_within<S: ByteStore + Clone>(store: &S, budget: u64) -> Result<Vec<RawEpoch>, CubeError> {
    let Some(space) = store.space().await.filter(|space| space.used > budget) else {
        return Ok(Vec::new());
    };
    let mut raw = Vec::new();
    for listed in list_runs(store.clone()).await? {
        if let Ok(run) = listed.opened {
            // Of a run that is being trained the newest epoch has not been measured yet.
            let is_measured = |epoch: &RawEpoch| run.header().complete || !epoch.is_newest;
            raw.extend(run.raw_epochs(&listed.run).await?.into_iter().filter(is_measured));
            if let Ok(train) = run.of(ProbeSet::Train) {
                raw.extend(train.raw_epochs(&listed.run).await?);
            }
        }
    }
    let dropped: Vec<RawEpoch> = to_drop(&raw, space.used, budget).into_iter().cloned().collect();
    forget_sizes(store, |run| dropped.iter().any(|epoch| epoch.run == run)).await;
    for epoch in &dropped {
        let run = RunReader::open(store.clone(), &epoch.run).await?;
        run.of(epoch.probe_set)?.drop_cells(epoch.epoch_index).await?;
    }
    Ok(dropped)
}

impl<S: ByteStore> RunReader<S> {
    /// The recorded epochs that have raw cells of all layers; `run` is the run's identifier.
    ///
    /// # Errors
    /// What the store says.
    pub async fn raw_epochs(&self, run: &str) -> Result<Vec<RawEpoch>, CubeError> {
        // Listings: a run has a file per layer and epoch, and asking for each takes long.
        let layers = self.header.probe_set.path("layers");
        let mut files = self.store.files(&self.path(&layers)).await?;
        files.extend(self.store.files(&self.path("checkpoints")).await?);
        let sizes: BTreeMap<String, u64> = files.into_iter().map(|file| (file.path, file.size)).collect();
        let mut raw = Vec::new();
        for (epoch_index, &epoch) in self.header.planned_epochs.iter().take(self.recorded).enumerate() {
            let layers = 1..=self.header.n_layers();
            let bytes =
                layers.map(|layer| sizes.get(&self.cells_path(epoch_index, layer))).sum::<Option<u64>>();
            let Some(bytes) = bytes else { continue };
            let has_checkpoint = sizes.contains_key(&self.path(&checkpoint_path(epoch)));
            raw.push(RawEpoch {
                run: run.to_owned(),
                created: self.header.created.clone(),
                probe_set: self.header.probe_set,
                epoch_index,
                is_newest: epoch_index + 1 == self.recorded,
                has_checkpoint,
                bytes,
            });
        }
        Ok(raw)
    }

    /// Puts the cells of a layer, `[C, X, H·W]`, back where they were dropped or damaged; they come from
    /// the epoch's weights and the probe set.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`] also for the input, [`CubeError::Shape`], and
    /// what the store says.
    pub async fn restore_cells(
        &self,
        epoch_index: usize,
        layer: usize,
        cells: &[f16],
    ) -> Result<(), CubeError> {
        self.recorded_epoch(epoch_index)?;
        let channels = self.shape_at(layer)?.channels;
        if layer == 0 {
            return Err(CubeError::NoSuchLayer { layer, last: self.header.n_layers() });
        }
        let run = self.path("");
        forget_sizes(&self.store, |known| run.ends_with(&format!("/{known}/"))).await;
        let layout = self.stored_catalogue().activations(layer);
        self.declare_on_demand(&layout).await?;
        write_shard(&self.store, &self.cells_path(epoch_index, layer), &layout, channels, cells).await
    }

    /// Removes the raw cells of a recorded epoch.
    async fn drop_cells(&self, epoch_index: usize) -> Result<(), CubeError> {
        for layer in 1..=self.header.n_layers() {
            self.store.remove(&self.cells_path(epoch_index, layer)).await?;
        }
        Ok(())
    }

    pub(super) fn cells_path(&self, epoch_index: usize, layer: usize) -> String {
        self.path(&self.catalogue().activations(layer).chunk_path(&[epoch_index]))
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use proptest::prelude::*;

    use super::*;
    use crate::cube::archive::RunFile;
    use crate::cube::archive::to_bytes;
    use crate::cube::testing::{cells, recorded, write_epoch};

    fn raw(created: &str, epoch_index: usize, is_newest: bool) -> RawEpoch {
        let (run, created) = (created.to_owned(), created.to_owned());
        let probe_set = ProbeSet::Test;
        RawEpoch { run, created, probe_set, epoch_index, is_newest, has_checkpoint: true, bytes: 10 }
    }

    #[test]
    fn within_the_budget_nothing_goes() {
        assert!(to_drop(&[raw("a", 0, false)], 10, 10).is_empty());
    }

    #[test]
    fn the_oldest_epochs_of_the_oldest_run_go_first_and_newest_epochs_last() {
        let all = [raw("b", 0, false), raw("b", 1, true), raw("a", 1, false), raw("a", 0, false)];
        let all = [&all[..], &[raw("a", 2, true)]].concat();
        let order: Vec<(&str, usize)> =
            to_drop(&all, 100, 0).iter().map(|epoch| (&epoch.run[..], epoch.epoch_index)).collect();
        assert_eq!(order, [("a", 0), ("a", 1), ("b", 0), ("a", 2), ("b", 1)]);
        assert_eq!(to_drop(&all, 100, 89).len(), 2);
    }

    #[test]
    fn what_cannot_be_recomputed_stays() {
        let weightless = RawEpoch { has_checkpoint: false, ..raw("a", 0, false) };
        assert!(to_drop(&[weightless], 100, 0).is_empty());
    }

    proptest! {
        #[test]
        fn no_more_goes_than_is_needed(sizes in prop::collection::vec(1_u64..100, 0..20), budget in 0_u64..1000) {
            let used: u64 = sizes.iter().sum();
            let epochs: Vec<RawEpoch> =
                sizes.iter().enumerate().map(|(i, &bytes)| RawEpoch { bytes, ..raw("a", i, false) }).collect();
            let dropped = to_drop(&epochs, used, budget);
            let freed: u64 = dropped.iter().map(|epoch| epoch.bytes).sum();
            prop_assert!(used - freed <= budget);
            if let Some(last) = dropped.last() {
                prop_assert!(used - freed + last.bytes > budget, "one less would have done");
            }
        }
    }

    #[test]
    fn past_the_budget_a_recorded_epoch_costs_the_oldest_cells_and_nothing_else() {
        block_on(async {
            let (store, mut writer) = recorded(2).await;
            store.set_quota(u64::MAX);
            let used = store.space().await.unwrap().used;
            set_budget(&store, Some(used)).await.unwrap();
            write_epoch(&mut writer, 2).await.unwrap();
            keep_within_budget(&store).await.unwrap();
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            let cells = run.layer_cells(0, 1).await;
            assert_eq!(cells, Err(CubeError::CellsDropped { epoch: 0, layer: 1, probe_set: ProbeSet::Test }));
            assert!(run.channel_cells(2, 1, 0).await.is_ok());
            assert_eq!((run.epochs().await.unwrap().len(), run.checkpoint(0).await.is_ok()), (3, true));
            let left: Vec<usize> =
                run.raw_epochs("r").await.unwrap().iter().map(|epoch| epoch.epoch_index).collect();
            assert!(left.ends_with(&[2]) && left.len() < 3, "{left:?}");
            let archive = to_bytes(&run).await.unwrap();
            RunFile::open(archive).await.unwrap();
        });
    }

    #[test]
    fn the_newest_epoch_of_a_run_in_progress_stays_whatever_the_budget() {
        block_on(async {
            let (store, mut writer) = recorded(0).await;
            store.set_quota(u64::MAX);
            set_budget(&store, Some(0)).await.unwrap();
            for epoch_index in 0..3 {
                write_epoch(&mut writer, epoch_index).await.unwrap();
                keep_within_budget(&store).await.unwrap();
                let raw = RunReader::open(&store, "r").await.unwrap().raw_epochs("r").await.unwrap();
                let left: Vec<usize> = raw.iter().map(|epoch| epoch.epoch_index).collect();
                assert_eq!(left, [epoch_index]);
            }
            writer.seal().await.unwrap();
            assert_eq!(keep_within_budget(&store).await.unwrap().len(), 1);
        });
    }

    #[test]
    fn the_budget_is_a_share_of_the_quota_until_the_user_sets_it() {
        block_on(async {
            let (store, _) = recorded(0).await;
            assert_eq!(budget(&store).await.unwrap(), None);
            store.set_quota(1000);
            assert_eq!(budget(&store).await.unwrap(), Some(800));
            set_budget(&store, Some(7)).await.unwrap();
            assert_eq!(budget(&store).await.unwrap(), Some(7));
            set_budget(&store, None).await.unwrap();
            assert_eq!(budget(&store).await.unwrap(), Some(800));
        });
    }

    #[test]
    fn room_is_made_before_the_budget_is_written() {
        block_on(async {
            let (store, _) = recorded(2).await;
            store.set_quota(u64::MAX);
            let used = store.space().await.unwrap().used;
            store.set_space_left(Some(0));
            let full = set_budget(&store, Some(used - 1)).await;
            assert!(matches!(full, Err(CubeError::Storage(StorageError::Full(_)))), "{full:?}");
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            assert_eq!(run.raw_epochs("r").await.unwrap().len(), 1, "there is room now");
            store.set_space_left(None);
            assert!(set_budget(&store, Some(used - 1)).await.unwrap().is_empty());
            assert_eq!(budget(&store).await.unwrap(), Some(used - 1));
        });
    }

    #[test]
    fn restored_cells_are_the_bytes_that_were_dropped() {
        block_on(async {
            let (store, _) = recorded(2).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            let path = "runs/r/layers/01/activations/c/0/0/0/0/0";
            let before = store.read(path).await.unwrap().unwrap();
            run.drop_cells(0).await.unwrap();
            assert_eq!(store.size(path).await.unwrap(), None);
            run.restore_cells(0, 1, &cells(0, 1)).await.unwrap();
            assert_eq!(store.read(path).await.unwrap().unwrap(), before);
            let short = run.restore_cells(0, 1, &cells(0, 2)).await;
            assert!(matches!(short, Err(CubeError::Shape { .. })), "{short:?}");
            let input = run.restore_cells(0, 0, &cells(0, 1)).await;
            assert_eq!(input, Err(CubeError::NoSuchLayer { layer: 0, last: 2 }));
            assert!(matches!(run.restore_cells(2, 1, &[]).await, Err(CubeError::NotRecorded { .. })));
        });
    }

    #[test]
    fn cells_without_weights_are_missing_and_not_only_dropped() {
        block_on(async {
            let (store, _) = recorded(1).await;
            store.remove("runs/r/layers/01/activations/c/0").await.unwrap();
            store.remove("runs/r/checkpoints/0000.safetensors").await.unwrap();
            let run = RunReader::open(store, "r").await.unwrap();
            assert_eq!(run.layer_cells(0, 1).await, Err(CubeError::CellsMissing { epoch: 0, layer: 1 }));
        });
    }
}
