//! The training set of a run and its inter-sample entropy: what the sizes of training sets are compared by.
//!
//! Written by the trainer when the run begins, unless there are too many images ([`kept_training_images`]);
//! measured by the compute workers. Kept so that whoever has the run file can measure again.
//!
//! [`kept_training_images`]: super::header::kept_training_images

use super::catalogue::Catalogue;
use super::gzip::gzip;
use super::layout::ArrayLayout;
use super::writer::check_len;
use super::{CubeError, ProbeSet, RunReader, RunWriter};
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
        if self.header.training_images == 0 {
            return Ok(());
        }
        let catalogue = Catalogue::planned(&self.header);
        self.write_samples(&catalogue.training_images(), &catalogue.training_labels(), train).await
    }

    /// Stores the training images that the probe set can be compared with, if the header says that there are any.
    ///
    /// # Errors
    /// As [`RunWriter::write_training_set`].
    pub async fn write_train_probe(&mut self, images: &Samples) -> Result<(), CubeError> {
        let Some(header) = self.header.of(ProbeSet::Train) else { return Ok(()) };
        let catalogue = Catalogue::planned(&header);
        self.write_samples(&catalogue.images(), &catalogue.labels(), images).await
    }

    async fn write_samples(
        &self,
        images: &ArrayLayout,
        labels: &ArrayLayout,
        samples: &Samples,
    ) -> Result<(), CubeError> {
        check_len(&labels.path, samples.len(), labels.chunk_bytes())?;
        check_len(&images.path, samples.images.len(), images.chunk_bytes())?;
        self.store.write(&self.path(&images.chunk_path(&[])), &[&gzip(&samples.images)]).await?;
        Ok(self.store.write(&self.path(&labels.chunk_path(&[])), &[&samples.labels]).await?)
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

    use std::ops::ControlFlow;

    use super::*;
    use crate::cube::RunHeader;
    use crate::cube::archive::{RunFile, to_bytes};
    use crate::cube::budget::set_budget;
    use crate::cube::testing::{header, probe, recorded, write_epoch};
    use crate::measure::{Measure, MeasureKey};
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

    /// A run with two training images to look at, of its two epochs.
    async fn with_train_probe() -> (MemoryStore, Samples) {
        let store = MemoryStore::new();
        let header = RunHeader { train_probe_images: 2, ..header() };
        let mut writer = RunWriter::create(store.clone(), "r", header, &probe()).await.unwrap();
        let chosen = train().select(&[0, 3]);
        writer.write_train_probe(&chosen).await.unwrap();
        write_epoch(&mut writer, 0).await.unwrap();
        write_epoch(&mut writer, 1).await.unwrap();
        writer.seal().await.unwrap();
        (store, chosen)
    }

    #[test]
    fn cells_and_measures_of_training_images_are_kept_beside_the_others() {
        block_on(async {
            let (store, chosen) = with_train_probe().await;
            let test = RunReader::open(store.clone(), "r").await.unwrap();
            let train = test.of(ProbeSet::Train).unwrap();
            assert_eq!((train.probe().await.unwrap(), train.header().probe_images), (chosen, 2));
            assert_eq!(train.layer_cells(1, 0).await.unwrap().images, 2, "the input is there from the start");
            let absent = CubeError::CellsDropped { epoch: 1, layer: 1, probe_set: ProbeSet::Train };
            assert_eq!(train.layer_cells(1, 1).await, Err(absent));
            let of_test = test.layer_cells(1, 1).await.unwrap();

            let cells: Vec<half::f16> = (0..36).map(|cell| half::f16::from_f32(cell as f32)).collect();
            train.restore_cells(1, 1, &cells).await.unwrap();
            train
                .store_values(
                    &MeasureKey::of_layer(Measure::InterSample, 1, 1).on(ProbeSet::Train),
                    &[0.5, 0.25, 1.0],
                )
                .await
                .unwrap();
            train.store_answer(b"H?", &[1.5]).await.unwrap();
            assert_eq!(train.layer_cells(1, 1).await.unwrap().channel(2)[5].to_bits(), 29_f32.to_bits());
            assert_eq!(
                train
                    .stored(&MeasureKey::of_layer(Measure::InterSample, 1, 1).on(ProbeSet::Train))
                    .await
                    .unwrap(),
                Some(vec![0.5, 0.25, 1.0])
            );
            assert_eq!(test.layer_cells(1, 1).await.unwrap(), of_test);
            assert_eq!(test.stored(&MeasureKey::of_layer(Measure::InterSample, 1, 1)).await.unwrap(), None);
            assert_eq!(test.answer(b"H?").await.unwrap(), None);
            let wrong = train.restore_cells(1, 1, &cells[..18]).await;
            assert!(matches!(wrong, Err(CubeError::Shape { found: 18, expected: 36, .. })), "{wrong:?}");
            test.verify().await.unwrap();
        });
    }

    #[test]
    fn what_is_of_training_images_is_declared_when_first_stored() {
        block_on(async {
            let (store, _) = with_train_probe().await;
            let test = RunReader::open(store.clone(), "r").await.unwrap();
            let of_train = || -> Vec<String> {
                let own = |path: String| Some(path.strip_prefix("runs/r/train_probe/")?.to_owned());
                let documents = store.paths().into_iter().filter(|path| path.ends_with("zarr.json"));
                documents.filter_map(own).collect()
            };
            let from_the_start = ["images/zarr.json", "labels/zarr.json", "zarr.json"];
            assert_eq!(of_train(), from_the_start);
            test.verify().await.unwrap();

            let train = test.of(ProbeSet::Train).unwrap();
            train
                .store_values(
                    &MeasureKey::of_layer(Measure::IntraSample, 0, 1).on(ProbeSet::Train),
                    &[0.5; 9],
                )
                .await
                .unwrap();
            train.restore_cells(0, 2, &[half::f16::ONE; 4]).await.unwrap();
            let since = [
                "entropy/intra_sample/01/zarr.json",
                "entropy/intra_sample/zarr.json",
                "entropy/zarr.json",
                "images/zarr.json",
                "labels/zarr.json",
                "layers/02/activations/zarr.json",
                "layers/02/zarr.json",
                "layers/zarr.json",
                "zarr.json",
            ];
            assert_eq!(of_train(), since);
            test.verify().await.unwrap();

            // Continued and ended early: what is declared follows the axis T, and nothing else comes to be.
            let header = RunHeader { planned_epochs: vec![0, 1, 2, 3], ..test.header().clone() };
            let mut writer = RunWriter::reopen(store.clone(), "r", header).await.unwrap();
            let epochs = async || {
                let bytes = store.read("runs/r/train_probe/layers/02/activations/zarr.json").await.unwrap();
                let document: serde_json::Value = serde_json::from_slice(&bytes.unwrap()).unwrap();
                document["shape"][0].clone()
            };
            assert_eq!(epochs().await, 4);
            writer.seal().await.unwrap();
            assert_eq!((epochs().await, of_train()), (2.into(), since.map(str::to_owned).to_vec()));
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            run.verify().await.unwrap();
            store.remove("runs/r/train_probe/labels/zarr.json").await.unwrap();
            assert!(
                matches!(run.verify().await, Err(CubeError::Format { .. })),
                "labels are there from the start"
            );
        });
    }

    #[test]
    fn an_exported_run_has_its_training_images_with_it() {
        block_on(async {
            let (store, chosen) = with_train_probe().await;
            let run = RunReader::open(store.clone(), "r").await.unwrap();
            run.of(ProbeSet::Train)
                .unwrap()
                .store_values(
                    &MeasureKey::of_layer(Measure::InterSample, 1, 0).on(ProbeSet::Train),
                    &[0.5, 0.25, 1.0],
                )
                .await
                .unwrap();
            let file = to_bytes(&run).await.unwrap();
            let copy = MemoryStore::new();
            let name = RunFile::open(file)
                .await
                .unwrap()
                .copy_to(&copy, async |_, _| ControlFlow::Continue(()))
                .await;
            let run = RunReader::open(copy, &name.unwrap()).await.unwrap();
            let train = run.of(ProbeSet::Train).unwrap();
            assert_eq!(train.probe().await.unwrap(), chosen);
            assert_eq!(
                train
                    .stored(&MeasureKey::of_layer(Measure::InterSample, 1, 0).on(ProbeSet::Train))
                    .await
                    .unwrap(),
                Some(vec![0.5, 0.25, 1.0])
            );
        });
    }

    #[test]
    fn a_run_of_an_older_version_has_no_training_images_to_look_at() {
        block_on(async {
            let mut json = serde_json::to_value(header()).unwrap();
            json.as_object_mut().unwrap().remove("train_probe_images");
            assert_eq!(serde_json::from_value::<RunHeader>(json).unwrap(), header());
            let (store, mut writer) = recorded(1).await;
            writer.write_train_probe(&train()).await.unwrap();
            let run = RunReader::open(store, "r").await.unwrap();
            assert!(matches!(run.of(ProbeSet::Train), Err(CubeError::NoTrainProbe)));
            assert!(run.of(ProbeSet::Test).is_ok());
        });
    }

    #[test]
    fn raw_cells_of_training_images_are_dropped_like_others() {
        block_on(async {
            let (store, _) = with_train_probe().await;
            let train = RunReader::open(store.clone(), "r").await.unwrap().of(ProbeSet::Train).unwrap();
            for layer in 1..=2 {
                let n = header().shape_at(layer).unwrap().len() * 2;
                train.restore_cells(0, layer, &vec![half::f16::ONE; n]).await.unwrap();
            }
            assert_eq!(train.raw_epochs("r").await.unwrap().len(), 1);
            store.set_quota(u64::MAX);
            let dropped = set_budget(&store, Some(0)).await.unwrap();
            let of = |probe_set| dropped.iter().filter(|epoch| epoch.probe_set == probe_set).count();
            assert_eq!((of(ProbeSet::Test), of(ProbeSet::Train)), (2, 1));
            let absent = train.layer_cells(0, 1).await;
            assert!(matches!(absent, Err(CubeError::CellsDropped { epoch: 0, .. })), "{absent:?}");
        });
    }
}
