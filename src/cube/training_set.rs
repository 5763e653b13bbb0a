//! The training set of a run and its inter-sample entropy: what the sizes of training sets are compared by.
//!
//! Written by the trainer when the run begins, unless there are too many images ([`kept_training_images`]);
//! measured by the compute workers. Kept so that whoever has the run file can measure again.
//!
//! [`kept_training_images`]: super::header::kept_training_images

use super::gzip::gzip;
use super::writer::check_len;
use super::{CubeError, RunReader, RunWriter};
use crate::dataset::Samples;
use crate::storage::ByteStore;

/// Position of a reading in `training/inter_sample`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingReading {
    /// The Euclidean distance.
    Euclidean,
    /// Its square.
    Squared,
    /// Byte arithmetic.
    ByteWrapped,
}

impl<S: ByteStore> RunWriter<S> {
    /// Stores the training set, if the header says that it is kept.
    ///
    /// # Errors
    /// [`CubeError::Shape`] for another number of images than the header says, and what the store says.
    pub async fn write_training_set(&mut self, train: &Samples) -> Result<(), CubeError> {
        let expected = self.header.training_images;
        if expected == 0 {
            return Ok(());
        }
        let catalogue = super::catalogue::Catalogue::planned(&self.header);
        let (images, labels) = (catalogue.training_images(), catalogue.training_labels());
        check_len(&labels.path, train.len(), expected)?;
        check_len(&images.path, train.images.len(), images.chunk_bytes())?;
        self.store.write(&self.path(&images.chunk_path(&[])), &[&gzip(&train.images)]).await?;
        Ok(self.store.write(&self.path(&labels.chunk_path(&[])), &[&train.labels]).await?)
    }
}

impl<S: ByteStore> RunReader<S> {
    /// The images that the run was trained on; `None` where they are not kept.
    ///
    /// # Errors
    /// [`CubeError::Format`], and what the store says.
    pub async fn training_set(&self) -> Result<Option<Samples>, CubeError> {
        if self.header.training_images == 0 {
            return Ok(None);
        }
        let catalogue = self.catalogue();
        let images = self.chunk(&catalogue.training_images(), &[]).await?;
        let labels = self.chunk(&catalogue.training_labels(), &[]).await?;
        let shape = self.header.input;
        Ok(images.zip(labels).map(|(images, labels)| Samples { shape, images, labels }))
    }

    /// Inter-sample entropy of the whole training set in bits; `None` when it is not stored.
    ///
    /// # Errors
    /// What the store says.
    pub async fn training_inter_sample(&self, reading: TrainingReading) -> Result<Option<f32>, CubeError> {
        let layout = self.catalogue().training_inter_sample();
        let bits = self.measure(&layout, &[reading as usize]).await?;
        Ok(bits.and_then(|bits| bits.first().copied()))
    }

    /// Stores what [`RunReader::training_inter_sample`] reads.
    ///
    /// # Errors
    /// What the store says.
    pub async fn store_training_inter_sample(
        &self,
        reading: TrainingReading,
        bits: f32,
    ) -> Result<(), CubeError> {
        let layout = self.catalogue().training_inter_sample();
        self.store_measure(&layout, &[reading as usize], &[bits]).await
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::cube::RunHeader;
    use crate::cube::testing::{header, probe, recorded, write_epoch};
    use crate::storage::memory::MemoryStore;

    fn train() -> Samples {
        let images = (0..5 * 6).collect();
        Samples { shape: header().input, images, labels: vec![0, 0, 0, 1, 1] }
    }

    async fn with_training_set() -> (MemoryStore, RunWriter<MemoryStore>) {
        let store = MemoryStore::new();
        let header = RunHeader { training_images: 5, ..header() };
        let mut writer = RunWriter::create(store.clone(), "r", header, &probe()).await.unwrap();
        writer.write_training_set(&train()).await.unwrap();
        (store, writer)
    }

    #[test]
    fn a_training_set_and_its_entropies_come_back() {
        block_on(async {
            let (store, mut writer) = with_training_set().await;
            write_epoch(&mut writer, 0).await.unwrap();
            writer.seal().await.unwrap();
            let run = RunReader::open(store, "r").await.unwrap();
            assert_eq!(run.training_set().await.unwrap(), Some(train()));
            assert_eq!(run.training_inter_sample(TrainingReading::Euclidean).await.unwrap(), None);
            run.store_training_inter_sample(TrainingReading::ByteWrapped, 2.5).await.unwrap();
            assert_eq!(run.training_inter_sample(TrainingReading::ByteWrapped).await.unwrap(), Some(2.5));
            assert_eq!(run.training_inter_sample(TrainingReading::Squared).await.unwrap(), None);
            run.verify().await.unwrap();
        });
    }

    #[test]
    fn a_run_that_keeps_none_has_none() {
        block_on(async {
            let (store, mut writer) = recorded(1).await;
            writer.write_training_set(&train()).await.unwrap();
            let run = RunReader::open(store, "r").await.unwrap();
            assert_eq!(run.training_set().await.unwrap(), None);
            run.verify().await.unwrap();
        });
    }

    #[test]
    fn another_number_of_images_than_the_header_says_is_refused() {
        block_on(async {
            let (_, mut writer) = with_training_set().await;
            let refused = writer.write_training_set(&train().select(&[0, 1])).await;
            assert!(matches!(refused, Err(CubeError::Shape { found: 2, expected: 5, .. })), "{refused:?}");
        });
    }
}
