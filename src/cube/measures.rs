//! The measures stored in a run: read by everyone, written by the compute workers.
//!
//! Each result of one task is one file, so that workers never meet in one. A file that a crash cut
//! short counts as not there: its measure is computed again.

use super::catalogue::{Catalogue, LayerPair, PairArray, ROOT, document_path};
use super::codec::{decode, encode};
use super::header::PAIR_SCHEDULE;
use super::layout::{ArrayLayout, Element};
use super::on_demand::is_on_demand;
use super::writer::check_len;
use super::{CubeError, Estimate, RunReader};
use crate::measure::{Form, Measure, MeasureKey};
use crate::storage::{ByteStore, StorageError, closed_size};

impl<S: ByteStore> RunReader<S> {
    /// The values of a result, as [`MeasureKey::shape`] says; `None` when they are not stored. The key is of the images
    /// that this reader is of.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn stored(&self, key: &MeasureKey) -> Result<Option<Vec<f32>>, CubeError> {
        self.check_key(key)?;
        let Some((layout, index)) = self.catalogue().measure(key) else {
            let values = self.answer(&name_of(key)?).await?;
            return Ok(values.filter(|values| values.len() == self.n_values(key)));
        };
        let bytes = self.closed_chunk(&layout, &index).await?;
        Ok(bytes.map(|bytes| match layout.element {
            Element::Code => bytes.iter().map(|&code| f32::from(code)).collect(),
            _ => decode(&bytes, f32::from_le_bytes),
        }))
    }

    /// Stores what [`RunReader::stored`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_values(&self, key: &MeasureKey, values: &[f32]) -> Result<(), CubeError> {
        self.check_key(key)?;
        let Some((layout, index)) = self.stored_catalogue().measure(key) else {
            check_len("the answer", values.len(), self.n_values(key))?;
            return self.store_answer(&name_of(key)?, values).await;
        };
        if key.measure == Measure::ChannelState {
            // Runs of older versions were made without it.
            self.declare(&layout).await?;
        } else {
            self.declare_on_demand(&layout).await?;
        }
        if layout.element == Element::Code {
            let codes: Vec<u8> = values.iter().map(|&value| value as u8).collect();
            return self.store_codes(&layout, &index, &codes).await;
        }
        self.store_measure(&layout, &index, values).await
    }

    /// Values of a result.
    pub(super) fn n_values(&self, key: &MeasureKey) -> usize {
        let channels = |layer| self.header.shape_at(layer).map_or(0, |shape| shape.channels);
        key.shape(self.header.n_classes(), channels).iter().product()
    }

    fn check_key(&self, key: &MeasureKey) -> Result<(), CubeError> {
        let layers: Vec<usize> = key.layers().collect();
        self.check(key.epoch_index, &layers)
    }

    pub(super) async fn store_codes(
        &self,
        layout: &ArrayLayout,
        index: &[usize],
        codes: &[u8],
    ) -> Result<(), CubeError> {
        check_len(&layout.path, codes.len(), layout.chunk_bytes())?;
        Ok(self.store.write(&self.path(&layout.chunk_path(index)), &[codes]).await?)
    }

    /// What is stored of the channels of two layers (0 … |L|) at an epoch, bits; `None` when it is not.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn capacity(
        &self,
        array: PairArray,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer_a, layer_b])?;
        let pair = LayerPair { a: layer_a, b: layer_b };
        self.measure(&self.catalogue().capacity(array, pair), &[epoch_index]).await
    }

    /// Stores what [`RunReader::capacity`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_capacity(
        &self,
        array: PairArray,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
        bits: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer_a, layer_b])?;
        let layout = self.stored_catalogue().capacity(array, LayerPair { a: layer_a, b: layer_b });
        self.declare(&layout).await?;
        self.store_measure(&layout, &[epoch_index], bits).await
    }

    /// Distance codes of every channel of a layer (0 … |L|) at an epoch, `[C][P]`; `None` when they are not
    /// stored.
    ///
    /// # Errors
    /// [`CubeError::NotRecorded`], [`CubeError::NoSuchLayer`], and what the store says.
    pub async fn distance_codes(
        &self,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<u8>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.closed_chunk(&self.catalogue().distance_codes(layer), &[epoch_index]).await
    }

    /// Entropy of each channel's distance codes, `[C]` bits; `None` when it is not stored. Where that of the sampled
    /// pairs is, the codes are: it is the last that [`RunReader::store_distances`] writes.
    ///
    /// # Errors
    /// As [`RunReader::distance_codes`].
    pub async fn distance_entropy(
        &self,
        estimate: Estimate,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.measure(&self.catalogue().distance_entropy(estimate, layer), &[epoch_index]).await
    }

    /// Stores what [`RunReader::distance_codes`] and [`RunReader::distance_entropy`] read of the sampled pairs.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_distances(
        &self,
        epoch_index: usize,
        layer: usize,
        codes: &[u8],
        entropy: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer])?;
        let layout = self.stored_catalogue().distance_codes(layer);
        self.declare(&layout).await?;
        self.store_codes(&layout, &[epoch_index], codes).await?;
        self.store_distance_entropy(Estimate::Sampled, epoch_index, layer, entropy).await
    }

    /// Stores what [`RunReader::distance_entropy`] reads.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_distance_entropy(
        &self,
        estimate: Estimate,
        epoch_index: usize,
        layer: usize,
        entropy: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer])?;
        let layout = self.stored_catalogue().distance_entropy(estimate, layer);
        self.declare(&layout).await?;
        self.store_measure(&layout, &[epoch_index], entropy).await
    }

    /// The layout as the stored documents tell it.
    pub(super) fn stored_catalogue(&self) -> Catalogue<'_> {
        if self.header.complete { Catalogue::new(&self.header, self.recorded()) } else { self.catalogue() }
    }

    pub(super) fn check(&self, epoch_index: usize, layers: &[usize]) -> Result<(), CubeError> {
        self.recorded_epoch(epoch_index)?;
        layers.iter().try_for_each(|&layer| self.shape_at(layer).map(drop))
    }

    pub(super) async fn measure(
        &self,
        layout: &ArrayLayout,
        index: &[usize],
    ) -> Result<Option<Vec<f32>>, CubeError> {
        let bytes = self.closed_chunk(layout, index).await?;
        Ok(bytes.map(|bytes| decode(&bytes, f32::from_le_bytes)))
    }

    /// A plain chunk that was written to its end.
    pub(super) async fn closed_chunk(
        &self,
        layout: &ArrayLayout,
        index: &[usize],
    ) -> Result<Option<Vec<u8>>, CubeError> {
        let path = self.path(&layout.chunk_path(index));
        if closed_size(&self.store, &path).await? != Some(layout.chunk_bytes() as u64) {
            return Ok(None);
        }
        Ok(self.store.read(&path).await?.filter(|bytes| bytes.len() == layout.chunk_bytes()))
    }

    pub(super) async fn store_measure(
        &self,
        layout: &ArrayLayout,
        index: &[usize],
        values: &[f32],
    ) -> Result<(), CubeError> {
        check_len(&layout.path, values.len(), layout.chunk_bytes() / layout.element.size())?;
        let path = self.path(&layout.chunk_path(index));
        Ok(self.store.write(&path, &[&encode(values, f32::to_le_bytes)]).await?)
    }

    /// [`Self::declare`] for what is in a run from its start where it is the probe set's.
    pub(super) async fn declare_on_demand(&self, layout: &ArrayLayout) -> Result<(), CubeError> {
        if is_on_demand(&layout.path) { self.declare(layout).await } else { Ok(()) }
    }

    /// Writes the document of an array that exists only once it is used, and of a group that the run was not made with.
    pub(super) async fn declare(&self, layout: &ArrayLayout) -> Result<(), CubeError> {
        let path = self.path(&document_path(&layout.path));
        let bytes = format!("{:#}\n", layout.document()).into_bytes();
        if closed_size(&self.store, &path).await? == Some(bytes.len() as u64) {
            return Ok(());
        }
        for group in self.catalogue().group_documents() {
            let path = self.path(&group.path);
            if layout.path.starts_with(group.path.trim_end_matches(ROOT))
                && self.store.size(&path).await?.is_none()
            {
                self.write_once(&path, &group.bytes()).await?;
            }
        }
        self.write_once(&path, &bytes).await
    }

    /// Two workers may write a file at once: they write the same, so one of them may be locked out.
    pub(super) async fn write_once(&self, path: &str, bytes: &[u8]) -> Result<(), CubeError> {
        match self.store.write(path, &[bytes]).await {
            Err(StorageError::Locked(_)) => Ok(()),
            written => Ok(written?),
        }
    }
}

/// A result's key as the name under which it is kept beside the arrays. By the measure's name and not by its place in the
/// list, which another version may change; with the way of choosing pairs of images where that matters.
///
/// # Errors
/// [`CubeError::Format`] for a key that cannot be written.
pub fn name_of(key: &MeasureKey) -> Result<Vec<u8>, CubeError> {
    let MeasureKey { measure: _, epoch_index, of, probe_set, images, settings } = key;
    let about = key.about();
    let schedule = (about.form == Form::ChannelPair).then_some(PAIR_SCHEDULE);
    postcard::to_allocvec(&(about.name, epoch_index, of, probe_set, images, settings, schedule))
        .map_err(|error| CubeError::format("answers", error.to_string()))
}

#[cfg(test)]
mod tests;
