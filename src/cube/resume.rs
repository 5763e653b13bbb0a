//! Continuing a run: a writer on what is recorded already, with the rest of the epoch axis still to come.
//!
//! Used by the trainer for a run that was cut short and for one that is to be trained longer. Removes only
//! what no recorded epoch needs: the chunks of an epoch that was never committed.

use super::catalogue::{CHECKPOINTS, Catalogue, checkpoint_path, optimizer_path};
use super::layout::ArrayLayout;
use super::listing::capacity_pairs;
use super::reader::count_recorded;
use super::root_document::stored_header;
use super::{CubeError, RunHeader, RunWriter, run_folder};
use crate::storage::ByteStore;

impl<S: ByteStore> RunWriter<S> {
    /// Goes on with the run in the folder `runs/<run>`, complete or not, as `header` says: the stored one
    /// ([`super::RunReader::header`]) with other `planned_epochs` and `config`, if more or fewer epochs
    /// are wanted. The planned epochs must begin with the recorded ones. Half-written epochs are
    /// discarded; everything else stays, and the run is incomplete until it is sealed again.
    ///
    /// Cut short at any point, it leaves the run with the same recorded epochs, and can be repeated.
    ///
    /// # Errors
    /// [`CubeError::NoSuchRun`], [`CubeError::CannotContinue`] for a header of another run,
    /// [`CubeError::Format`] for one out of bounds, and what the store says.
    pub async fn reopen(store: S, run: &str, mut header: RunHeader) -> Result<Self, CubeError> {
        let folder = run_folder(run)?;
        let stored = stored_header(&store, &folder).await?;
        let stored = stored.ok_or_else(|| CubeError::NoSuchRun(run.to_owned()))?;
        let recorded = count_recorded(&store, &folder, &stored).await?;
        check_continues(&stored, &header, recorded)?;
        header.check().map_err(|reason| CubeError::format(&folder, reason))?;
        header.complete = false;
        let writer = Self { store, folder, header, recorded };
        writer.discard_unrecorded().await?;
        writer.write_planned_epochs().await?;
        writer.write_documents(&writer.planned_documents().await?).await?;
        Ok(writer)
    }

    /// Plans `epoch` as the next and the last one to be recorded, in place of all that were to come.
    ///
    /// # Errors
    /// [`CubeError::OutOfOrder`] for an epoch that is recorded already, and what the store says.
    pub async fn plan_last(&mut self, epoch: u32) -> Result<(), CubeError> {
        let mut header = self.header.clone();
        header.planned_epochs.truncate(self.recorded);
        header.planned_epochs.push(epoch);
        header.check().map_err(|_| CubeError::OutOfOrder {
            what: format!("epoch {epoch}"),
            expected: "one after the recorded epochs".to_owned(),
        })?;
        self.header = header;
        self.write_planned_epochs().await?;
        self.write_documents(&self.planned_documents().await?).await
    }

    /// Removes what was written of the epoch in progress: after a failed write, so that it can be
    /// recorded anew, or not at all.
    ///
    /// # Errors
    /// What the store says.
    pub async fn discard_unrecorded(&self) -> Result<(), CubeError> {
        let pairs = capacity_pairs(&self.store, &self.folder, &self.header).await?;
        let catalogue = Catalogue::planned(&self.header);
        // The mark of a recorded epoch goes first: without it the rest counts for nothing.
        let mut arrays = vec![catalogue.confusion()];
        arrays.extend(catalogue.arrays());
        arrays.extend(catalogue.capacity_arrays(&pairs));
        for array in &arrays {
            self.discard_chunks(array).await?;
        }
        let planned = &self.header.planned_epochs[..self.recorded];
        let mut kept: Vec<String> = planned.iter().map(|&epoch| checkpoint_path(epoch)).collect();
        kept.extend(planned.last().map(|&epoch| optimizer_path(epoch)));
        self.remove_from_checkpoints(|path| !kept.iter().any(|kept| kept == path)).await
    }

    /// Chunks of epochs that are not recorded, where the array has a chunk an epoch.
    async fn discard_chunks(&self, array: &ArrayLayout) -> Result<(), CubeError> {
        let trained = self.recorded.checked_sub(1).and_then(|last| self.header.planned_epochs.get(last));
        let bound = match array.axes.first() {
            Some(axis) if axis.name == "epoch" && array.path != "epochs" => self.recorded,
            Some(axis) if axis.name == "trained_epoch" => trained.map_or(0, |&epoch| epoch as usize),
            _ => return Ok(()),
        };
        let folder = self.path(&format!("{}/c", array.path));
        for entry in self.store.list(&folder).await? {
            if entry.name.parse::<usize>().is_ok_and(|index| index >= bound) {
                self.store.remove(&format!("{folder}/{}", entry.name)).await?;
            }
        }
        Ok(())
    }

    /// Removes the optimizer's states after other epochs than the last recorded one.
    pub(super) async fn remove_old_optimizers(&self) -> Result<(), CubeError> {
        let last = self.recorded.checked_sub(1).and_then(|index| self.header.planned_epochs.get(index));
        let newest = last.map(|&epoch| optimizer_path(epoch));
        let prefix = format!("{CHECKPOINTS}/optimizer-");
        self.remove_from_checkpoints(|path| path.starts_with(&prefix) && Some(path) != newest.as_deref())
            .await
    }

    async fn remove_from_checkpoints(&self, is_removed: impl Fn(&str) -> bool) -> Result<(), CubeError> {
        for entry in self.store.list(&self.path(CHECKPOINTS)).await? {
            let path = format!("{CHECKPOINTS}/{}", entry.name);
            if is_removed(&path) {
                self.store.remove(&self.path(&path)).await?;
            }
        }
        Ok(())
    }
}

/// That what is recorded under the stored header has its meaning under the other one too.
fn check_continues(stored: &RunHeader, header: &RunHeader, recorded: usize) -> Result<(), CubeError> {
    let agreements = [
        (stored.layers == header.layers, "network"),
        (stored.classes == header.classes, "set of classes"),
        (stored.input == header.input, "image shape"),
        (stored.probe_images == header.probe_images, "probe set"),
        (stored.train_probe_images == header.train_probe_images, "set of training images to look at"),
        (stored.seed == header.seed, "seed"),
        (stored.dataset == header.dataset, "dataset"),
        (stored.optimizer == header.optimizer, "optimizer"),
        (stored.settings == header.settings, "set of estimator settings"),
        (header.planned_epochs.starts_with(&stored.planned_epochs[..recorded]), "list of recorded epochs"),
    ];
    match agreements.into_iter().find(|(agrees, _)| !agrees) {
        Some((_, what)) => Err(CubeError::CannotContinue(what)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
