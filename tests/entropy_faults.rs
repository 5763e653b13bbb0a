//! What cannot be measured, from the stored run to the fault that the page shows: a name, the slice and why.
#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

use cnnslicer::compute::answer;
use cnnslicer::cube::{Estimate, EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunWriter};
use cnnslicer::dataset::{ImageShape, Samples};
use cnnslicer::evaluation::ConfusionMatrix;
use cnnslicer::measure::{Measure, MeasureKey};
use cnnslicer::protocol::compute::Measured;
use cnnslicer::protocol::{Answer, Fault, Task};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::training::{EpochMetrics, TrainingConfig};
use half::f16;
use pollster::block_on;

const RUN: &str = "faulty";

fn header(images: usize, settings: EstimatorSettings) -> RunHeader {
    let layer = LayerHeader {
        index: 1,
        name: "conv1".to_owned(),
        kind: "conv".to_owned(),
        channels: 2,
        height: 2,
        width: 2,
    };
    RunHeader {
        format: 1,
        app: "cnnslicer test".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        name: RUN.to_owned(),
        seed: 1,
        dataset: "strokes".to_owned(),
        model: "mnist-8".to_owned(),
        optimizer: "adam".to_owned(),
        backend: "cpu".to_owned(),
        classes: vec!["zero".to_owned(), "never".to_owned()],
        layers: vec![layer],
        settings,
        complete: false,
        config: TrainingConfig::default(),
        input: ImageShape { channels: 1, height: 2, width: 2 },
        probe_images: images,
        planned_epochs: vec![0],
        note: String::new(),
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    }
}

/// A run of one layer with two channels, all images of class 0; one cell may be replaced.
async fn recorded(images: usize, settings: EstimatorSettings, poison: Option<f16>) -> MemoryStore {
    let store = MemoryStore::new();
    let header = header(images, settings);
    let probe = Samples {
        shape: header.input,
        images: (0..images * 4).map(|pixel| (pixel * 7) as u8).collect(),
        labels: vec![0; images],
    };
    let mut writer = RunWriter::create(store.clone(), RUN, header, &probe).await.unwrap();
    let mut cells: Vec<f16> = (0..images * 8).map(|cell| f16::from_f32((cell * cell % 31) as f32)).collect();
    if let Some(poison) = poison {
        cells[5] = poison;
    }
    writer.write_activations(0, 1, &cells).await.unwrap();
    let metrics =
        EpochMetrics { epoch: 0, train_loss: 1.0, test_loss: 1.0, train_accuracy: 0.5, test_accuracy: 0.5 };
    let confusion = ConfusionMatrix::from_counts(2, vec![images as u32, 0, 0, 0]).unwrap();
    writer.commit_epoch(0, &metrics, &confusion).await.unwrap();
    writer.seal().await.unwrap();
    store
}

fn inter_sample() -> Task {
    Task::Measure { run: RUN.to_owned(), key: MeasureKey::of_layer(Measure::InterSample, 0, 1) }
}

fn intra_sample() -> Task {
    Task::Measure { run: RUN.to_owned(), key: MeasureKey::of_layer(Measure::IntraSample, 0, 1) }
}

fn capacity() -> Task {
    Task::Measure {
        run: RUN.to_owned(),
        key: MeasureKey::of_layers(Measure::Capacity, 0, 1, 1).over(Estimate::Sampled),
    }
}

fn refused(store: &MemoryStore, task: &Task) -> Fault {
    block_on(answer(task, store)).unwrap_err().fault(RUN)
}

#[test]
fn nan_and_infinity_are_named_with_their_slice_by_every_measure() {
    for poison in [f16::NAN, f16::INFINITY, f16::NEG_INFINITY] {
        let store = block_on(recorded(6, EstimatorSettings::default(), Some(poison)));
        for task in [inter_sample(), intra_sample(), capacity()] {
            let fault = refused(&store, &task);
            assert_eq!(fault.code, "non_finite", "{task:?}");
            assert!(fault.what.contains("dCNN(-, 1, -, 0)"), "{}", fault.what);
            assert!(fault.why.contains("NaN or infinite"), "{}", fault.why);
        }
    }
}

#[test]
fn one_image_has_no_neighbours_and_no_pairs_but_values_of_its_own() {
    let store = block_on(recorded(1, EstimatorSettings::default(), None));
    for task in [inter_sample(), capacity()] {
        let fault = refused(&store, &task);
        assert_eq!(fault.code, "too_few_samples", "{task:?}");
        assert!(fault.what.contains("dCNN(-, 1, -, 0)"), "{}", fault.what);
    }
    let Ok(Answer::Measured(Measured::Values(bits))) = block_on(answer(&intra_sample(), &store)) else {
        panic!("no h")
    };
    assert!(bits.values[0] > 0.0);
}

#[test]
fn settings_that_are_none_are_refused_by_name() {
    let plain = EstimatorSettings::default();
    let cases = [
        (EstimatorSettings { k: 0, ..plain.clone() }, inter_sample(), "k must be"),
        (EstimatorSettings { bins: 0, ..plain.clone() }, intra_sample(), "bins must be"),
        (EstimatorSettings { bins: 0, ..plain.clone() }, capacity(), "bins must be"),
        (EstimatorSettings { pairs: 0, ..plain }, capacity(), "pairs must be"),
    ];
    for (settings, task, why) in cases {
        let store = block_on(recorded(6, settings, None));
        let fault = refused(&store, &task);
        assert_eq!(fault.code, "bad_argument", "{task:?}");
        assert!(fault.why.contains(why), "{}", fault.why);
    }
}

#[test]
fn a_class_without_images_is_undefined_and_not_zero() {
    let store = block_on(recorded(6, EstimatorSettings::default(), None));
    let Ok(Answer::Measured(Measured::Values(bits))) = block_on(answer(&inter_sample(), &store)) else {
        panic!("no H")
    };
    assert!(bits.values[0] > 0.0 && bits.values[1].is_nan());
    let Ok(Answer::Measured(Measured::Values(bits))) = block_on(answer(&intra_sample(), &store)) else {
        panic!("no h")
    };
    assert!(bits.values[1].is_nan() && bits.values[4].is_nan());
}
