//! A run made up for the tests of `app`: eight epochs' worth of plausible numbers, no computation.

use crate::app::session::OpenRun;
use crate::cube::header::EstimatorSettings;
use crate::cube::{LayerHeader, ProbeSet, RunHeader};
use crate::dataset::ImageShape;
use crate::evaluation::ConfusionMatrix;
use crate::protocol::compute::{EpochSummary, RunSummary};
use crate::protocol::{Answer, FromTrainer};
use crate::training::config::Backend;
use crate::training::{EpochMetrics, TrainingConfig};

pub fn header() -> RunHeader {
    let layer = |(index, &(name, kind, channels, side)): (usize, &(&str, &str, usize, usize))| LayerHeader {
        index: index + 1,
        name: name.into(),
        kind: kind.into(),
        channels,
        height: side,
        width: side,
    };
    let layers =
        [("conv1", "conv", 16, 28), ("pool1", "max_pool", 16, 14), ("probabilities", "output", 1, 10)];
    RunHeader {
        format: 1,
        app: "cnnslicer test".into(),
        created: "2026-01-01T00:00:00Z".into(),
        name: "test".into(),
        note: String::new(),
        seed: 1,
        dataset: "mnist".into(),
        model: "mnist-8".into(),
        optimizer: "adam".into(),
        backend: "cpu".into(),
        classes: (0..10).map(|class| class.to_string()).collect(),
        layers: layers.iter().enumerate().map(layer).collect(),
        settings: EstimatorSettings::default(),
        complete: false,
        config: TrainingConfig::default(),
        input: ImageShape { channels: 1, height: 28, width: 28 },
        probe_images: 500,
        planned_epochs: (0..=5).collect(),
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    }
}

pub fn metrics(epoch: u32) -> EpochMetrics {
    EpochMetrics { epoch, train_loss: 0.5, test_loss: 0.4, train_accuracy: 0.8, test_accuracy: 0.9 }
}

pub fn open_run(run: &str, n_epochs: u32) -> OpenRun {
    let epoch = |epoch| EpochSummary { metrics: metrics(epoch), confusion: ConfusionMatrix::new(10) };
    let epochs = (0..n_epochs).map(epoch).collect();
    OpenRun { run: run.into(), header: header(), epochs, probe_labels: probe_labels() }
}

/// The answer that opens it.
pub fn opened(run: OpenRun) -> Answer {
    let OpenRun { header, epochs, probe_labels, .. } = run;
    Answer::Opened { header: Box::new(header), epochs, probe_labels }
}

/// Fifty of each class, class by class.
fn probe_labels() -> Vec<u8> {
    (0..10).flat_map(|class| [class; 50]).collect()
}

pub fn started(run: &str) -> FromTrainer {
    FromTrainer::Started {
        run: run.into(),
        header: Box::new(header()),
        probe_labels: probe_labels(),
        backend: Backend::Cpu,
        device: "CPU".into(),
        note: None,
    }
}

pub fn epoch_recorded(run: &str, epoch: u32) -> FromTrainer {
    FromTrainer::EpochRecorded {
        run: run.into(),
        epoch_index: epoch as usize,
        metrics: metrics(epoch),
        confusion: ConfusionMatrix::new(10),
    }
}

pub fn summary(run: &str, created: &str) -> RunSummary {
    RunSummary {
        run: run.into(),
        header: Some(RunHeader { created: created.into(), ..header() }),
        recorded: 3,
        test_accuracy: Some(0.9),
        bytes: Some(1_000_000),
        problem: None,
        is_written: false,
    }
}
