//! A run small enough to check by hand, for the tests of this module.

use half::f16;

use super::{EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunWriter};
use crate::dataset::{ImageShape, Samples};
use crate::evaluation::ConfusionMatrix;
use crate::storage::memory::MemoryStore;
use crate::training::EpochMetrics;
use crate::training::config::{
    BackendChoice, DatasetName, ModelName, OptimizerName, PerClass, TrainingConfig,
};

/// Two classes, four probe images of 3 × 2, a layer of three channels and an output, epochs 0, 1, 2.
pub fn header() -> RunHeader {
    let layer = |index, name: &str, kind: &str, [channels, height, width]: [usize; 3]| LayerHeader {
        index,
        name: name.to_owned(),
        kind: kind.to_owned(),
        channels,
        height,
        width,
    };
    RunHeader {
        format: 1,
        app: "cnnslicer 0.1.0".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        name: "a small run".to_owned(),
        note: String::new(),
        seed: 7,
        dataset: "strokes".to_owned(),
        model: "mnist-8".to_owned(),
        optimizer: "adam".to_owned(),
        backend: "cpu".to_owned(),
        classes: vec!["zero".to_owned(), "one".to_owned()],
        layers: vec![layer(1, "conv1", "conv", [3, 3, 2]), layer(2, "probabilities", "output", [1, 1, 2])],
        settings: EstimatorSettings::default(),
        complete: false,
        config: TrainingConfig {
            dataset: DatasetName::Strokes,
            per_class: PerClass::Count(10),
            model: ModelName::Mnist8,
            epochs: 2,
            batch: 4,
            learning_rate: 0.001,
            optimizer: OptimizerName::Adam,
            seed: 7,
            probe: 4,
            backend: BackendChoice::Cpu,
            ..TrainingConfig::default()
        },
        input: ImageShape { channels: 1, height: 3, width: 2 },
        probe_images: 4,
        planned_epochs: vec![0, 1, 2],
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    }
}

/// Pixels 0, 10, 20, … and labels 0, 1, 0, 1.
pub fn probe() -> Samples {
    let images = (0..24).map(|pixel| pixel * 10).collect();
    Samples { shape: header().input, images, labels: vec![0, 1, 0, 1] }
}

/// Cells `[C, X, H·W]`: epoch + position / 64.
pub fn cells(epoch_index: usize, layer: usize) -> Vec<f16> {
    let n = header().shape_at(layer).unwrap().len() * 4;
    (0..n).map(|i| f16::from_f32(epoch_index as f32 + i as f32 / 64.0)).collect()
}

/// Metrics that tell epochs and columns apart.
pub fn metrics(epoch: u32) -> EpochMetrics {
    let (e, trained) = (epoch as f32, epoch > 0);
    EpochMetrics {
        epoch,
        train_loss: if trained { 2.0 / e } else { 2.5 },
        test_loss: 3.0 - e,
        train_accuracy: if trained { 0.25 * e } else { 0.125 },
        test_accuracy: 0.125 + 0.25 * e,
    }
}

/// Counts that tell epochs, rows and columns apart.
pub fn confusion(epoch: u32) -> ConfusionMatrix {
    ConfusionMatrix::from_counts(2, vec![10 + epoch, 1, 2, 20 + epoch]).unwrap()
}

/// Stand-in for the weights of an epoch.
pub fn checkpoint(epoch: u32) -> Vec<u8> {
    vec![epoch as u8; 9]
}

/// Writes one epoch as the trainer does.
pub async fn write_epoch(
    writer: &mut RunWriter<MemoryStore>,
    epoch_index: usize,
) -> Result<(), super::CubeError> {
    for layer in 1..=2 {
        writer.write_activations(epoch_index, layer, &cells(epoch_index, layer)).await?;
    }
    let epoch = epoch_index as u32;
    writer.write_checkpoint(epoch, &checkpoint(epoch)).await?;
    writer.commit_epoch(epoch_index, &metrics(epoch), &confusion(epoch)).await
}

/// A store with run `r` and this many epochs.
pub async fn recorded(n_epochs: usize) -> (MemoryStore, RunWriter<MemoryStore>) {
    let store = MemoryStore::new();
    let mut writer = RunWriter::create(store.clone(), "r", header(), &probe()).await.unwrap();
    for epoch_index in 0..n_epochs {
        write_epoch(&mut writer, epoch_index).await.unwrap();
    }
    (store, writer)
}
