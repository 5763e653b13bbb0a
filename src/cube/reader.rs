//! Reads a run: header, probe set, metrics, cells, checkpoints. Measures are in `measures.rs`,
//! documents in `documents.rs`.
//!
//! Storage is not trusted: the header is checked first ([`RunHeader::check`]), every file's size is
//! looked at before it is read, and nothing is allocated for what a file merely claims. Shapes follow
//! from the header; [`RunReader::verify`] tells whether the stored Zarr documents agree with it.

mod shard;

use super::catalogue::{Catalogue, checkpoint_path, optimizer_path};
use super::codec::{CodecError, decode, parse_shard_index, shard_index_len};
use super::gzip::{gunzip, gzip_bound};
use super::label::apply_label;
use super::layout::{ArrayLayout, Coding};
use super::root_document::stored_header;
use super::{CubeError, ProbeSet, RunHeader, run_folder};
use crate::dataset::{ImageShape, Samples};
use crate::evaluation::ConfusionMatrix;
use crate::storage::{ByteStore, StorageError, closed_size, walk};
use crate::training::EpochMetrics;
use shard::Shard;

/// The cells of one layer at one epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerCells {
    /// Images, axis X.
    pub images: usize,
    /// Shape of one image's output.
    pub shape: ImageShape,
    /// Channel-major, `[C][X][H·W]`.
    pub values: Vec<f32>,
}

impl LayerCells {
    /// One channel, `[X][H·W]`.
    pub fn channel(&self, channel: usize) -> &[f32] {
        let len = self.images * self.shape.height * self.shape.width;
        &self.values[channel * len..(channel + 1) * len]
    }
}

/// A stored run, complete or not, as it was when it was opened; what is recorded later is seen by
/// opening it again.
#[derive(Clone, Debug)]
pub struct RunReader<S> {
    pub(super) store: S,
    pub(super) folder: String,
    pub(super) header: RunHeader,
    pub(super) recorded: usize,
}

impl<S: ByteStore> RunReader<S> {
    /// Opens `runs/<run>`: reads its root document and counts its recorded epochs.
    ///
    /// # Errors
    /// [`CubeError::NoSuchRun`], [`CubeError::OtherFormat`], [`CubeError::Format`] for a root document
    /// that is not a run's, and what the store says.
    pub async fn open(store: S, run: &str) -> Result<Self, CubeError> {
        let folder = run_folder(run)?;
        let header = stored_header(&store, &folder).await?;
        let mut header = header.ok_or_else(|| CubeError::NoSuchRun(run.to_owned()))?;
        apply_label(&store, &folder, &mut header).await;
        let recorded = count_recorded(&store, &folder, &header).await?;
        Ok(Self { store, folder, header, recorded })
    }

    /// The same run with other images on X: every cell and measure that is read, or stored, is theirs.
    ///
    /// # Errors
    /// [`CubeError::NoTrainProbe`] where it has no training images to look at.
    pub fn of(&self, probe_set: ProbeSet) -> Result<Self, CubeError>
    where
        S: Clone,
    {
        let header = self.header.of(probe_set).ok_or(CubeError::NoTrainProbe)?;
        Ok(Self { header, store: self.store.clone(), folder: self.folder.clone(), recorded: self.recorded })
    }

    /// What the run is.
    pub fn header(&self) -> &RunHeader {
        &self.header
    }

    /// Epochs recorded in full: the indices on T below this can be read.
    pub fn recorded(&self) -> usize {
        self.recorded
    }

    /// The recorded epochs: metrics, NaN where not stored, and confusion matrix on the test set.
    ///
    /// # Errors
    /// [`CubeError::Format`], and what the store says.
    pub async fn epochs(&self) -> Result<Vec<(EpochMetrics, ConfusionMatrix)>, CubeError> {
        let mut epochs = Vec::with_capacity(self.recorded);
        for (epoch_index, &epoch) in self.header.planned_epochs.iter().take(self.recorded).enumerate() {
            let confusion = self.confusion(epoch_index).await?;
            let metrics = self.metrics(epoch, &confusion).await?;
            epochs.push((metrics, confusion));
        }
        Ok(epochs)
    }

    /// Metrics of the last recorded epoch, NaN where not stored; `None` before there is one.
    ///
    /// # Errors
    /// As [`epochs`](Self::epochs).
    pub async fn last_metrics(&self) -> Result<Option<EpochMetrics>, CubeError> {
        let Some(epoch_index) = self.recorded.checked_sub(1) else { return Ok(None) };
        let confusion = self.confusion(epoch_index).await?;
        self.metrics(self.header.planned_epochs[epoch_index], &confusion).await.map(Some)
    }

    async fn confusion(&self, epoch_index: usize) -> Result<ConfusionMatrix, CubeError> {
        let layout = self.catalogue().confusion();
        let bytes = self.chunk(&layout, &[epoch_index]).await?;
        let bytes = bytes.ok_or(CubeError::NotRecorded { epoch_index, recorded: self.recorded })?;
        ConfusionMatrix::from_counts(self.header.n_classes(), decode(&bytes, u32::from_le_bytes))
            .ok_or_else(|| CubeError::format(&layout.path, "not a square of counts"))
    }

    async fn metrics(&self, epoch: u32, confusion: &ConfusionMatrix) -> Result<EpochMetrics, CubeError> {
        let catalogue = self.catalogue();
        let unknown = || vec![f32::NAN; 2];
        let Some(row) = (epoch as usize).checked_sub(1) else {
            let untrained = self.floats(&catalogue.untrained(), &[]).await?;
            let untrained = untrained.unwrap_or_else(|| vec![f32::NAN, confusion.accuracy() as f32]);
            let on_train = self.floats(&catalogue.untrained_train(), &[]).await?.unwrap_or_else(unknown);
            return Ok(EpochMetrics {
                epoch,
                train_loss: on_train[0],
                test_loss: untrained[0],
                train_accuracy: on_train[1],
                test_accuracy: untrained[1],
            });
        };
        let loss = self.floats(&catalogue.loss(), &[row]).await?.unwrap_or_else(unknown);
        let accuracy = self.floats(&catalogue.accuracy(), &[row]).await?.unwrap_or_else(unknown);
        Ok(EpochMetrics {
            epoch,
            train_loss: loss[0],
            test_loss: loss[1],
            train_accuracy: accuracy[0],
            test_accuracy: accuracy[1],
        })
    }

    /// The probe set: images and labels.
    ///
    /// # Errors
    /// [`CubeError::Format`], also for a label without a class, and what the store says.
    pub async fn probe(&self) -> Result<Samples, CubeError> {
        let images = self.required_chunk(&self.catalogue().images()).await?;
        Ok(Samples { shape: self.header.input, images, labels: self.probe_labels().await? })
    }

    /// The class of each probe image.
    ///
    /// # Errors
    /// As [`RunReader::probe`].
    pub async fn probe_labels(&self) -> Result<Vec<u8>, CubeError> {
        let layout = self.catalogue().labels();
        let labels = self.required_chunk(&layout).await?;
        let n_classes = self.header.n_classes();
        if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= n_classes) {
            let reason = format!("label {label}, but there are {n_classes} classes");
            return Err(CubeError::format(self.path(&layout.path), reason));
        }
        Ok(labels)
    }

    /// All cells of a layer at a recorded epoch; layer 0 is the input, pixels 0 … 255.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], [`CubeError::CellsMissing`],
    /// [`CubeError::Format`], and what the store says.
    pub async fn layer_cells(&self, epoch_index: usize, layer: usize) -> Result<LayerCells, CubeError> {
        let epoch = self.recorded_epoch(epoch_index)?;
        let shape = self.shape_at(layer)?;
        let images = self.header.probe_images;
        if layer == 0 {
            let probe = self.probe().await?;
            let values = (0..shape.channels).flat_map(|channel| pixels(&probe, channel)).collect();
            return Ok(LayerCells { images, shape, values });
        }
        let shard = self.shard(epoch_index, layer).await?;
        let data = self.store.read_range(&shard.path, 0, shard.data_len).await?;
        let mut values = Vec::new();
        for (channel, chunk) in shard.chunks.iter().enumerate() {
            let chunk = chunk.ok_or(CubeError::CellsMissing { epoch, layer })?;
            let start = usize::try_from(chunk.offset).unwrap_or(usize::MAX);
            let bytes = data.get(start..start.saturating_add(chunk.len));
            let bytes = bytes.ok_or_else(|| shard.damaged(Some(channel), CodecError::Range))?;
            values.extend(shard.unpack(channel, bytes)?);
        }
        Ok(LayerCells { images, shape, values })
    }

    /// The cells of one channel at a recorded epoch, `[X][H·W]`, without reading the other channels.
    ///
    /// # Errors
    /// As [`RunReader::layer_cells`], and [`CubeError::NoSuchChannel`].
    pub async fn channel_cells(
        &self,
        epoch_index: usize,
        layer: usize,
        channel: usize,
    ) -> Result<Vec<f32>, CubeError> {
        let epoch = self.recorded_epoch(epoch_index)?;
        let channels = self.shape_at(layer)?.channels;
        if channel >= channels {
            return Err(CubeError::NoSuchChannel { layer, channel, channels });
        }
        if layer == 0 {
            return Ok(pixels(&self.probe().await?, channel).collect());
        }
        let shard = self.shard(epoch_index, layer).await?;
        let chunk = shard.chunks.get(channel).copied().flatten();
        let chunk = chunk.ok_or(CubeError::CellsMissing { epoch, layer })?;
        shard.unpack(channel, &self.store.read_range(&shard.path, chunk.offset, chunk.len).await?)
    }

    /// The weights at an epoch, as safetensors.
    ///
    /// # Errors
    /// [`CubeError::NoCheckpoint`], and what the store says.
    pub async fn checkpoint(&self, epoch: u32) -> Result<Vec<u8>, CubeError> {
        let bytes = self.store.read(&self.path(&checkpoint_path(epoch))).await?;
        bytes.ok_or(CubeError::NoCheckpoint(epoch))
    }

    /// The optimizer's state after the last recorded epoch, as safetensors; `None` where none is stored.
    ///
    /// # Errors
    /// What the store says.
    pub async fn optimizer(&self) -> Result<Option<Vec<u8>>, CubeError> {
        let last = self.recorded.checked_sub(1).and_then(|index| self.header.planned_epochs.get(index));
        let Some(&last) = last else { return Ok(None) };
        Ok(self.store.read(&self.path(&optimizer_path(last))).await?)
    }

    /// Bytes that the run takes in storage.
    ///
    /// # Errors
    /// What the store says.
    pub async fn bytes(&self) -> Result<u64, CubeError> {
        Ok(walk(&self.store, &self.folder).await?.iter().map(|file| file.size).sum())
    }

    /// The layout of the run while nothing is trimmed; chunks are in the same files afterwards.
    pub(super) fn catalogue(&self) -> Catalogue<'_> {
        Catalogue::planned(&self.header)
    }

    pub(super) fn path(&self, in_run: &str) -> String {
        format!("{}/{in_run}", self.folder)
    }

    /// The epoch at an index on T, when it is recorded.
    pub(super) fn recorded_epoch(&self, epoch_index: usize) -> Result<u32, CubeError> {
        let epoch = self.header.planned_epochs.get(epoch_index).filter(|_| epoch_index < self.recorded);
        epoch.copied().ok_or(CubeError::NotRecorded { epoch_index, recorded: self.recorded })
    }

    /// The shape at a layer, when there is one.
    pub(super) fn shape_at(&self, layer: usize) -> Result<ImageShape, CubeError> {
        let last = self.header.n_layers();
        self.header.shape_at(layer).ok_or(CubeError::NoSuchLayer { layer, last })
    }

    async fn floats(&self, layout: &ArrayLayout, index: &[usize]) -> Result<Option<Vec<f32>>, CubeError> {
        Ok(self.chunk(layout, index).await?.map(|bytes| decode(&bytes, f32::from_le_bytes)))
    }

    async fn required_chunk(&self, layout: &ArrayLayout) -> Result<Vec<u8>, CubeError> {
        let chunk = self.chunk(layout, &[]).await?;
        chunk.ok_or_else(|| CubeError::format(self.path(&layout.path), "the array has no data"))
    }

    /// The decoded bytes of an unsharded chunk, exactly as many as its shape says.
    pub(super) async fn chunk(
        &self,
        layout: &ArrayLayout,
        index: &[usize],
    ) -> Result<Option<Vec<u8>>, CubeError> {
        let path = self.path(&layout.chunk_path(index));
        let expected = layout.chunk_bytes();
        let is_gzip = layout.coding == Coding::Gzip;
        let limit = if is_gzip { gzip_bound(expected) } else { expected as u64 };
        let bytes = match self.store.read_within(&path, limit).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(StorageError::TooLarge { path, size }) => {
                return Err(CubeError::format(path, format!("{size} bytes are too many")));
            }
            Err(error) => return Err(error.into()),
        };
        let bytes = if is_gzip {
            gunzip(&bytes, expected).map_err(|error| CubeError::format(&path, error.to_string()))?
        } else {
            bytes
        };
        if bytes.len() == expected {
            return Ok(Some(bytes));
        }
        Err(CubeError::format(path, format!("{} bytes instead of {expected}", bytes.len())))
    }

    /// The shard of a recorded epoch and a layer other than 0; reads only its index.
    async fn shard(&self, epoch_index: usize, layer: usize) -> Result<Shard, CubeError> {
        let layout = self.catalogue().activations(layer);
        let path = self.path(&layout.chunk_path(&[epoch_index]));
        let epoch = self.recorded_epoch(epoch_index)?;
        let probe_set = self.header.probe_set;
        let Some(size) = self.store.size(&path).await? else {
            let has_weights = self.store.size(&self.path(&checkpoint_path(epoch))).await?.is_some();
            return Err(if has_weights {
                CubeError::CellsDropped { epoch, layer, probe_set }
            } else {
                CubeError::CellsMissing { epoch, layer }
            });
        };
        let n_chunks = self.shape_at(layer)?.channels;
        let (index_len, chunk_bytes) = (shard_index_len(n_chunks), layout.chunk_bytes());
        let data_len = size.checked_sub(index_len as u64);
        let data_len = data_len.filter(|&len| len <= gzip_bound(chunk_bytes) * n_chunks as u64);
        let data_len = data_len.and_then(|len| usize::try_from(len).ok());
        let Some(data_len) = data_len else {
            let reason = format!("{size} bytes cannot hold {n_chunks} channels");
            return Err(CubeError::CellsDamaged { epoch, layer, probe_set, channel: None, reason });
        };
        let index = self.store.read_range(&path, data_len as u64, index_len).await?;
        let mut shard = Shard { path, epoch, layer, probe_set, data_len, chunk_bytes, chunks: Vec::new() };
        let chunks = parse_shard_index(&index, size, gzip_bound(chunk_bytes));
        shard.chunks = chunks.map_err(|error| shard.damaged(None, error))?;
        Ok(shard)
    }
}

/// One colour channel of all probe images, `[X][H·W]`, 0 … 255.
fn pixels(probe: &Samples, channel: usize) -> impl Iterator<Item = f32> {
    let area = probe.shape.height * probe.shape.width;
    let images = probe.images.chunks_exact(probe.shape.len());
    images.flat_map(move |image| &image[channel * area..(channel + 1) * area]).map(|&pixel| f32::from(pixel))
}

/// Leading epochs with a confusion matrix in full. Only the last of them can have been cut short.
pub(super) async fn count_recorded<S: ByteStore>(
    store: &S,
    folder: &str,
    header: &RunHeader,
) -> Result<usize, CubeError> {
    let layout = Catalogue::planned(header).confusion();
    let entries = store.list(&format!("{folder}/{}/c", layout.path)).await?;
    let is_there = |index: &usize| entries.iter().any(|entry| entry.name == index.to_string());
    let mut recorded = (0..header.planned_epochs.len()).take_while(is_there).count();
    while let Some(last) = recorded.checked_sub(1) {
        let path = format!("{folder}/{}", layout.chunk_path(&[last]));
        let size = closed_size(store, &path).await?;
        if size == Some(layout.chunk_bytes() as u64) {
            break;
        }
        recorded = last;
    }
    Ok(recorded)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod large;
