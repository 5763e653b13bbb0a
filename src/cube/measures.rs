//! The measures stored in a run: read by everyone, written by the compute workers.
//!
//! Each result of one task is one file, so that workers never meet in one. A file that a crash cut
//! short counts as not there: its measure is computed again.

use super::catalogue::{ArrayLayout, LayerPair, document_path};
use super::codec::{decode, encode};
use super::writer::check_len;
use super::{CubeError, RunReader};
use crate::storage::{ByteStore, StorageError};

impl<S: ByteStore> RunReader<S> {
    /// Inter-sample entropy of a layer (0 … |L|) at an epoch, `[K+1]` bits, the last for all classes
    /// together; `None` when it is not stored.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn inter_sample(
        &self,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.measure(&self.catalogue().inter_sample(), &[epoch_index, layer]).await
    }

    /// Stores what [`RunReader::inter_sample`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_inter_sample(
        &self,
        epoch_index: usize,
        layer: usize,
        bits: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer])?;
        self.store_measure(&self.catalogue().inter_sample(), &[epoch_index, layer], bits).await
    }

    /// Intra-sample entropy of every channel of a layer (0 … |L|) at an epoch, `[C][K+1]` bits;
    /// `None` when it is not stored.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn intra_sample(
        &self,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.measure(&self.catalogue().intra_sample(layer), &[epoch_index]).await
    }

    /// Stores what [`RunReader::intra_sample`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_intra_sample(
        &self,
        epoch_index: usize,
        layer: usize,
        bits: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer])?;
        self.store_measure(&self.catalogue().intra_sample(layer), &[epoch_index], bits).await
    }

    /// Channel capacity between the channels of two layers (0 … |L|) at an epoch, `[C_a][C_b]` bits;
    /// `None` when it is not stored.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn capacity(
        &self,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer_a, layer_b])?;
        let pair = LayerPair { a: layer_a, b: layer_b };
        self.measure(&self.catalogue().capacity(pair), &[epoch_index]).await
    }

    /// Stores what [`RunReader::capacity`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_capacity(
        &self,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
        bits: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer_a, layer_b])?;
        let layout = self.catalogue().capacity(LayerPair { a: layer_a, b: layer_b });
        self.declare(&layout).await?;
        self.store_measure(&layout, &[epoch_index], bits).await
    }

    /// As [`RunReader::capacity`], with the image order of one layer shuffled: what chance gives.
    ///
    /// # Errors
    /// As there.
    pub async fn capacity_null(
        &self,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer_a, layer_b])?;
        let pair = LayerPair { a: layer_a, b: layer_b };
        self.measure(&self.catalogue().capacity_null(pair), &[epoch_index]).await
    }

    /// Stores what [`RunReader::capacity_null`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_capacity_null(
        &self,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
        bits: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer_a, layer_b])?;
        let layout = self.catalogue().capacity_null(LayerPair { a: layer_a, b: layer_b });
        self.declare(&layout).await?;
        self.store_measure(&layout, &[epoch_index], bits).await
    }

    fn check(&self, epoch_index: usize, layers: &[usize]) -> Result<(), CubeError> {
        self.recorded_epoch(epoch_index)?;
        layers.iter().try_for_each(|&layer| self.shape_at(layer).map(drop))
    }

    async fn measure(&self, layout: &ArrayLayout, index: &[usize]) -> Result<Option<Vec<f32>>, CubeError> {
        let path = self.path(&layout.chunk_path(index));
        if self.store.size(&path).await? != Some(layout.chunk_bytes() as u64) {
            return Ok(None);
        }
        let bytes = self.store.read(&path).await?.filter(|bytes| bytes.len() == layout.chunk_bytes());
        Ok(bytes.map(|bytes| decode(&bytes, f32::from_le_bytes)))
    }

    async fn store_measure(
        &self,
        layout: &ArrayLayout,
        index: &[usize],
        values: &[f32],
    ) -> Result<(), CubeError> {
        check_len(&layout.path, values.len(), layout.chunk_bytes() / layout.element.size())?;
        let path = self.path(&layout.chunk_path(index));
        Ok(self.store.write(&path, &[&encode(values, f32::to_le_bytes)]).await?)
    }

    /// Writes the document of an array that exists only once it is used. Two workers may do so at
    /// once: they write the same, so one of them may be locked out.
    async fn declare(&self, layout: &ArrayLayout) -> Result<(), CubeError> {
        let path = self.path(&document_path(&layout.path));
        let bytes = format!("{:#}\n", layout.document()).into_bytes();
        if self.store.size(&path).await? == Some(bytes.len() as u64) {
            return Ok(());
        }
        match self.store.write(&path, &[&bytes]).await {
            Err(StorageError::Locked(_)) => Ok(()),
            written => Ok(written?),
        }
    }
}
