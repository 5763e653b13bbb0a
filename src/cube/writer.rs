//! Writes a run: the trainer's side of the cube.
//!
//! Holds at most one layer of one epoch, compressed. Never reads back and computes nothing.

use futures_util::future::try_join_all;
use half::f16;

use super::catalogue::{Catalogue, Document, ROOT, checkpoint_path, optimizer_path};
use super::codec::{encode, shard_index};
use super::documents::declared;
use super::gzip::gzip;
use super::layout::ArrayLayout;
use super::root_document::NEXT_ROOT;
use super::{CubeError, RunHeader, run_folder};
use crate::dataset::Samples;
use crate::evaluation::ConfusionMatrix;
use crate::storage::ByteStore;
use crate::training::EpochMetrics;

/// Documents that are written side by side: most of the time is waiting for the browser.
const DOCUMENTS_AT_ONCE: usize = 8;

/// A run being recorded. Only one writer may be at work on a run.
#[derive(Debug)]
pub struct RunWriter<S> {
    pub(super) store: S,
    pub(super) folder: String,
    pub(super) header: RunHeader,
    /// Epochs committed; the next one has this index on T.
    pub(super) recorded: usize,
}

impl<S: ByteStore> RunWriter<S> {
    /// Begins a run in the folder `runs/<run>`: its documents and the probe set. The root document
    /// comes last, so that a run cut short before is not taken for one; its remains are replaced.
    ///
    /// # Errors
    /// [`CubeError::RunExists`], [`CubeError::Format`] for a header out of bounds,
    /// [`CubeError::Shape`] for a probe set other than the header says, and what the store says.
    pub async fn create(store: S, run: &str, header: RunHeader, probe: &Samples) -> Result<Self, CubeError> {
        let folder = run_folder(run)?;
        let root = format!("{folder}/{ROOT}");
        header.check().map_err(|reason| CubeError::format(&root, reason))?;
        check_probe(&header, probe)?;
        if store.size(&root).await?.is_some() {
            return Err(CubeError::RunExists(run.to_owned()));
        }
        store.remove(&folder).await?;
        let mut writer = Self { store, folder, header, recorded: 0 };
        writer.header.complete = false;
        writer.write_probe(probe).await?;
        writer.write_documents(&writer.planned_documents().await?).await?;
        Ok(writer)
    }

    /// What the run is.
    pub fn header(&self) -> &RunHeader {
        &self.header
    }

    /// Where it writes.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Epochs committed so far.
    pub fn recorded(&self) -> usize {
        self.recorded
    }

    /// Stores the output of a layer for the whole probe set at the epoch that comes next.
    ///
    /// `layer` is 1 … |L|; `cells` are channel-major, `[C, X, H·W]`.
    ///
    /// # Errors
    /// [`CubeError::OutOfOrder`], [`CubeError::NoSuchLayer`], [`CubeError::Shape`], and what the store
    /// says; the same call may then be made again.
    pub async fn write_activations(
        &mut self,
        epoch_index: usize,
        layer: usize,
        cells: &[f16],
    ) -> Result<(), CubeError> {
        self.check_next(epoch_index)?;
        let last = self.header.n_layers();
        let shape = self.header.shape_at(layer).filter(|_| layer > 0);
        let shape = shape.ok_or(CubeError::NoSuchLayer { layer, last })?;
        let layout = Catalogue::planned(&self.header).activations(layer);
        let path = self.path(&layout.chunk_path(&[epoch_index]));
        write_shard(&self.store, &path, &layout, shape.channels, cells).await
    }

    /// Stores the weights of an epoch, encoded as safetensors by the trainer.
    ///
    /// # Errors
    /// What the store says.
    pub async fn write_checkpoint(&mut self, epoch: u32, safetensors: &[u8]) -> Result<(), CubeError> {
        Ok(self.store.write(&self.path(&checkpoint_path(epoch)), &[safetensors]).await?)
    }

    /// Stores the optimizer's state after the epoch that comes next, as safetensors. It takes the place of
    /// the one before when the epoch is committed, so that it always fits the newest checkpoint.
    ///
    /// # Errors
    /// What the store says.
    pub async fn write_optimizer(&mut self, epoch: u32, safetensors: &[u8]) -> Result<(), CubeError> {
        Ok(self.store.write(&self.path(&optimizer_path(epoch)), &[safetensors]).await?)
    }

    /// Stores the metrics of the epoch that comes next and then, as the mark that all of it is there,
    /// its confusion matrix.
    ///
    /// # Errors
    /// [`CubeError::OutOfOrder`] also for metrics of another epoch than planned at this index,
    /// [`CubeError::Shape`], and what the store says; the epoch then does not count as recorded.
    pub async fn commit_epoch(
        &mut self,
        epoch_index: usize,
        metrics: &EpochMetrics,
        confusion: &ConfusionMatrix,
    ) -> Result<(), CubeError> {
        self.check_next(epoch_index)?;
        if metrics.epoch != self.header.planned_epochs[epoch_index] {
            return Err(CubeError::OutOfOrder {
                what: format!("epoch {}", metrics.epoch),
                expected: format!("epoch {}", self.header.planned_epochs[epoch_index]),
            });
        }
        let layout = Catalogue::planned(&self.header).confusion();
        let n_classes = self.header.n_classes();
        check_len(&layout.path, confusion.counts().len(), n_classes * n_classes)?;
        self.write_metrics(metrics).await?;
        let counts = encode(confusion.counts(), u32::to_le_bytes);
        self.store.write(&self.path(&layout.chunk_path(&[epoch_index])), &[&counts]).await?;
        self.recorded += 1;
        // The epoch is recorded; an old optimizer state that stays is only a file too many until the next one.
        let _ = self.remove_old_optimizers().await;
        Ok(())
    }

    /// Stores the metrics of a trained epoch that is not planned to be recorded.
    ///
    /// # Errors
    /// What the store says.
    pub async fn write_unrecorded(&mut self, metrics: &EpochMetrics) -> Result<(), CubeError> {
        self.write_metrics(metrics).await
    }

    /// Ends the run: trims its arrays to what was recorded and marks it complete, last of all and in a
    /// way that a crash leaves it either complete or as it was.
    ///
    /// # Errors
    /// What the store says; the run then stays incomplete and readable, and sealing can be repeated.
    pub async fn seal(&mut self) -> Result<(), CubeError> {
        self.header.complete = true;
        let sealed = self.write_trimmed().await;
        self.header.complete = sealed.is_ok();
        sealed
    }

    async fn write_trimmed(&self) -> Result<(), CubeError> {
        let mut documents = declared(&self.store, &self.folder, &self.header, self.recorded).await?;
        if self.recorded == self.header.planned_epochs.len() {
            // Nothing was trimmed: all but the root's are as they were when the run began.
            documents.retain(|document| document.path == ROOT);
        }
        self.write_documents(&documents).await
    }

    async fn write_probe(&self, probe: &Samples) -> Result<(), CubeError> {
        let catalogue = Catalogue::planned(&self.header);
        let chunk_path = |layout: ArrayLayout| self.path(&layout.chunk_path(&[]));
        self.store.write(&chunk_path(catalogue.images()), &[&gzip(&probe.images)]).await?;
        self.store.write(&chunk_path(catalogue.labels()), &[&probe.labels]).await?;
        self.write_planned_epochs().await
    }

    pub(super) async fn write_planned_epochs(&self) -> Result<(), CubeError> {
        let path = self.path(&Catalogue::planned(&self.header).epochs().chunk_path(&[]));
        let epochs = encode(&self.header.planned_epochs, u32::to_le_bytes);
        Ok(self.store.write(&path, &[&epochs]).await?)
    }

    async fn write_metrics(&self, metrics: &EpochMetrics) -> Result<(), CubeError> {
        let catalogue = Catalogue::planned(&self.header);
        let Some(row) = (metrics.epoch as usize).checked_sub(1) else {
            let untrained = [metrics.test_loss, metrics.test_accuracy];
            self.write_floats(&catalogue.untrained(), 0, &untrained).await?;
            let on_train = [metrics.train_loss, metrics.train_accuracy];
            return self.write_floats(&catalogue.untrained_train(), 0, &on_train).await;
        };
        let loss = [metrics.train_loss, metrics.test_loss];
        let accuracy = [metrics.train_accuracy, metrics.test_accuracy];
        self.write_floats(&catalogue.loss(), row, &loss).await?;
        self.write_floats(&catalogue.accuracy(), row, &accuracy).await
    }

    /// Those of a run with all the planned epochs.
    pub(super) async fn planned_documents(&self) -> Result<Vec<Document>, CubeError> {
        declared(&self.store, &self.folder, &self.header, self.header.planned_epochs.len()).await
    }

    pub(super) async fn write_documents(&self, documents: &[Document]) -> Result<(), CubeError> {
        let write = async |path: &str, bytes: &[u8]| self.store.write(&self.path(path), &[bytes]).await;
        let (roots, others): (Vec<_>, Vec<_>) = documents.iter().partition(|document| document.path == ROOT);
        for some in others.chunks(DOCUMENTS_AT_ONCE) {
            try_join_all(some.iter().map(async |document| write(&document.path, &document.bytes()).await))
                .await?;
        }
        for root in roots {
            let bytes = root.bytes();
            write(NEXT_ROOT, &bytes).await?;
            write(ROOT, &bytes).await?;
        }
        Ok(self.store.remove(&self.path(NEXT_ROOT)).await?)
    }

    async fn write_floats(
        &self,
        layout: &ArrayLayout,
        index: usize,
        values: &[f32],
    ) -> Result<(), CubeError> {
        let path = self.path(&layout.chunk_path(&[index]));
        Ok(self.store.write(&path, &[&encode(values, f32::to_le_bytes)]).await?)
    }

    pub(super) fn path(&self, in_run: &str) -> String {
        format!("{}/{in_run}", self.folder)
    }

    fn check_next(&self, epoch_index: usize) -> Result<(), CubeError> {
        let planned = self.header.planned_epochs.len();
        if epoch_index == self.recorded && epoch_index < planned {
            return Ok(());
        }
        let expected = match self.recorded {
            recorded if recorded < planned => format!("the one with index {recorded}"),
            _ => format!("nothing, all {planned} planned epochs are recorded,"),
        };
        Err(CubeError::OutOfOrder { what: format!("the epoch with index {epoch_index}"), expected })
    }
}

/// Writes the cells of a layer, `[C, X, H·W]`, as one shard with an inner chunk a channel.
pub(super) async fn write_shard<S: ByteStore>(
    store: &S,
    path: &str,
    layout: &ArrayLayout,
    channels: usize,
    cells: &[f16],
) -> Result<(), CubeError> {
    let values_per_channel = layout.chunk_bytes() / layout.element.size();
    check_len(&layout.path, cells.len(), values_per_channel * channels)?;
    // One piece: a browser takes a third of a millisecond to write the smallest, and a layer has hundreds of channels.
    let (mut shard, mut lengths) = (Vec::new(), Vec::new());
    for channel in cells.chunks_exact(values_per_channel) {
        let chunk = gzip(&encode(channel, f16::to_le_bytes));
        lengths.push(chunk.len());
        shard.extend(chunk);
    }
    shard.extend(shard_index(lengths));
    Ok(store.write(path, &[&shard]).await?)
}

fn check_probe(header: &RunHeader, probe: &Samples) -> Result<(), CubeError> {
    let n = header.probe_images;
    check_len("input/labels", probe.labels.len(), n)?;
    check_len("channels of input/images", probe.shape.channels, header.input.channels)?;
    check_len("rows of input/images", probe.shape.height, header.input.height)?;
    check_len("columns of input/images", probe.shape.width, header.input.width)?;
    check_len("input/images", probe.images.len(), n * header.input.len())
}

/// That as many values are given as the header calls for.
pub(super) fn check_len(what: &str, found: usize, expected: usize) -> Result<(), CubeError> {
    if found == expected {
        return Ok(());
    }
    Err(CubeError::Shape { what: what.to_owned(), found, expected })
}

#[cfg(test)]
mod tests;
