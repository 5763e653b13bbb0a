//! The measures stored in a run: read by everyone, written by the compute workers.
//!
//! Each result of one task is one file, so that workers never meet in one. A file that a crash cut
//! short counts as not there: its measure is computed again.

use super::catalogue::{Catalogue, Codes, LayerPair, document_path};
use super::codec::{decode, encode};
use super::layout::ArrayLayout;
use super::writer::check_len;
use super::{CubeError, RunReader};
use crate::storage::{ByteStore, StorageError, closed_size};

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
        let layout = self.stored_catalogue().capacity(LayerPair { a: layer_a, b: layer_b });
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
        let layout = self.stored_catalogue().capacity_null(LayerPair { a: layer_a, b: layer_b });
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
        codes: Codes,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<u8>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.closed_chunk(&self.catalogue().distance_codes(codes, layer), &[epoch_index]).await
    }

    /// Entropy of each channel's distance codes, `[C]` bits; `None` unless it and both kinds of codes are
    /// stored: it is the last that [`RunReader::store_distances`] writes.
    ///
    /// # Errors
    /// As [`RunReader::distance_codes`].
    pub async fn distance_entropy(
        &self,
        epoch_index: usize,
        layer: usize,
    ) -> Result<Option<Vec<f32>>, CubeError> {
        self.check(epoch_index, &[layer])?;
        self.measure(&self.catalogue().distance_entropy(layer), &[epoch_index]).await
    }

    /// Stores what [`RunReader::distance_codes`] and [`RunReader::distance_entropy`] read.
    ///
    /// # Errors
    /// As there, and [`CubeError::Shape`].
    pub async fn store_distances(
        &self,
        epoch_index: usize,
        layer: usize,
        measured: &[u8],
        null: &[u8],
        entropy: &[f32],
    ) -> Result<(), CubeError> {
        self.check(epoch_index, &[layer])?;
        let catalogue = self.stored_catalogue();
        for (codes, bytes) in [(Codes::Measured, measured), (Codes::Null, null)] {
            let layout = catalogue.distance_codes(codes, layer);
            check_len(&layout.path, bytes.len(), layout.chunk_bytes())?;
            self.declare(&layout).await?;
            self.store.write(&self.path(&layout.chunk_path(&[epoch_index])), &[bytes]).await?;
        }
        let layout = catalogue.distance_entropy(layer);
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

    /// Writes the document of an array that exists only once it is used.
    pub(super) async fn declare(&self, layout: &ArrayLayout) -> Result<(), CubeError> {
        let path = self.path(&document_path(&layout.path));
        let bytes = format!("{:#}\n", layout.document()).into_bytes();
        if closed_size(&self.store, &path).await? == Some(bytes.len() as u64) {
            return Ok(());
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

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::testing::recorded;

    #[test]
    fn measures_are_none_until_stored_and_then_come_back() {
        block_on(async {
            let (store, _) = recorded(2).await;
            let run = RunReader::open(store, "r").await.unwrap();
            assert_eq!(run.inter_sample(1, 2).await.unwrap(), None);
            assert_eq!(run.intra_sample(1, 1).await.unwrap(), None);
            assert_eq!(run.capacity(1, 0, 1).await.unwrap(), None);
            run.store_inter_sample(1, 2, &[1.0, 2.0, f32::INFINITY]).await.unwrap();
            run.store_intra_sample(1, 1, &[0.5; 9]).await.unwrap();
            run.store_capacity(1, 0, 1, &[0.25, 0.5, 0.75]).await.unwrap();
            run.store_capacity_null(1, 0, 1, &[0.0; 3]).await.unwrap();
            assert_eq!(run.inter_sample(1, 2).await.unwrap(), Some(vec![1.0, 2.0, f32::INFINITY]));
            assert_eq!(run.intra_sample(1, 1).await.unwrap(), Some(vec![0.5; 9]));
            assert_eq!(run.capacity(1, 0, 1).await.unwrap(), Some(vec![0.25, 0.5, 0.75]));
            assert_eq!(run.capacity_null(1, 0, 1).await.unwrap(), Some(vec![0.0; 3]));
            assert_eq!(run.inter_sample(0, 2).await.unwrap(), None, "another epoch");
            assert_eq!(run.capacity(1, 1, 0).await.unwrap(), None, "another pair");
            run.verify().await.unwrap();
        });
    }

    #[test]
    fn distances_count_as_stored_once_all_of_them_are() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            let codes = vec![3; 3 * run.header().n_pairs()];
            assert_eq!(run.distance_entropy(0, 1).await.unwrap(), None);
            store.set_space_left(Some(codes.len()));
            assert!(run.store_distances(0, 1, &codes, &codes, &[1.0; 3]).await.is_err());
            assert_eq!(run.distance_entropy(0, 1).await.unwrap(), None);
            store.set_space_left(None);
            run.store_distances(0, 1, &codes, &codes, &[1.0; 3]).await.unwrap();
            assert_eq!(run.distance_entropy(0, 1).await.unwrap(), Some(vec![1.0; 3]));
            for kind in Codes::BOTH {
                assert_eq!(run.distance_codes(kind, 0, 1).await.unwrap().as_ref(), Some(&codes));
            }
            let short = run.store_distances(0, 1, &codes[1..], &codes, &[1.0; 3]).await;
            assert!(matches!(short, Err(CubeError::Shape { .. })), "{short:?}");
            run.verify().await.unwrap();
        });
    }

    #[test]
    fn the_input_has_measures_too() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store, "r").await.unwrap();
            run.store_intra_sample(0, 0, &[1.0; 3]).await.unwrap();
            assert_eq!(run.intra_sample(0, 0).await.unwrap(), Some(vec![1.0; 3]));
        });
    }

    #[test]
    fn a_result_of_another_shape_or_for_nothing_recorded_is_refused() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store, "r").await.unwrap();
            let short = run.store_inter_sample(0, 1, &[1.0; 2]).await;
            assert!(matches!(short, Err(CubeError::Shape { found: 2, expected: 3, .. })), "{short:?}");
            let early = run.store_inter_sample(1, 1, &[1.0; 3]).await;
            assert_eq!(early, Err(CubeError::NotRecorded { epoch_index: 1, recorded: 1 }));
            let layer = run.capacity(0, 1, 3).await;
            assert_eq!(layer, Err(CubeError::NoSuchLayer { layer: 3, last: 2 }));
        });
    }

    #[test]
    fn a_result_cut_short_is_computed_again() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            store.set_space_left(Some(5));
            assert!(run.store_inter_sample(0, 1, &[1.0; 3]).await.is_err());
            assert_eq!(run.inter_sample(0, 1).await.unwrap(), None);
            store.set_space_left(None);
            run.store_inter_sample(0, 1, &[1.0; 3]).await.unwrap();
            assert_eq!(run.inter_sample(0, 1).await.unwrap(), Some(vec![1.0; 3]));
        });
    }

    #[test]
    fn a_result_that_is_being_written_is_not_there_yet() {
        block_on(async {
            let (store, _) = recorded(1).await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            run.store_capacity(0, 0, 1, &[1.0; 3]).await.unwrap();
            store.set_locked("runs/r/capacity/00-01/zarr.json", true);
            run.store_capacity(0, 0, 1, &[1.0; 3]).await.unwrap();
            store.set_locked("runs/r/capacity/00-01/c/0/0/0", true);
            assert_eq!(run.capacity(0, 0, 1).await.unwrap(), None);
        });
    }

    #[test]
    fn an_array_that_comes_into_being_after_sealing_is_trimmed_too() {
        block_on(async {
            let (store, mut writer) = recorded(2).await;
            writer.seal().await.unwrap();
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            run.store_capacity(0, 1, 2, &[0.0; 3]).await.unwrap();
            let bytes = store.read("runs/r/capacity/01-02/zarr.json").await.unwrap().unwrap();
            let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["shape"], serde_json::json!([2, 3, 1]));
        });
    }
}
