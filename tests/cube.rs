//! A run written by us, opened by zarr-python and safetensors: every value of every array.
//!
//! Needs a Python with `numpy`, `zarr` 3 and `safetensors`, named by `CNNSLICER_PYTHON`.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use cnnslicer::measure::{Measure, MeasureKey};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cnnslicer::cube::catalogue::PairArray;
use cnnslicer::cube::{
    CubeError, EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunReader, RunWriter, archive,
};
use cnnslicer::dataset::{ImageShape, Samples};
use cnnslicer::evaluation::ConfusionMatrix;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::training::EpochMetrics;
use cnnslicer::training::config::{
    BackendChoice, DatasetName, ModelName, OptimizerName, PerClass, TrainingConfig,
};
use half::f16;
use pollster::block_on;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

const IMAGES: usize = 6;
const CLASSES: usize = 3;
const PLANNED: u32 = 4;
const INPUT: ImageShape = ImageShape { channels: 3, height: 5, width: 4 };

fn layers() -> Vec<LayerHeader> {
    let layer = |index, name: &str, kind: &str, [channels, height, width]: [usize; 3]| LayerHeader {
        index,
        name: name.to_owned(),
        kind: kind.to_owned(),
        channels,
        height,
        width,
    };
    vec![
        layer(1, "conv1", "conv", [7, 5, 4]),
        layer(2, "pool1", "max_pool", [7, 2, 2]),
        layer(3, "dense1", "dense", [1, 1, 9]),
        layer(4, "probabilities", "output", [1, 1, CLASSES]),
    ]
}

fn header() -> RunHeader {
    RunHeader {
        format: 1,
        app: "cnnslicer 0.1.0".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        name: "synthetic".to_owned(),
        note: String::new(),
        seed: u64::MAX,
        dataset: "strokes".to_owned(),
        model: "mnist-8".to_owned(),
        optimizer: "adam".to_owned(),
        backend: "cpu".to_owned(),
        classes: ["null", "één", "two"].map(str::to_owned).to_vec(),
        layers: layers(),
        settings: EstimatorSettings::default(),
        complete: false,
        config: TrainingConfig {
            dataset: DatasetName::Strokes,
            per_class: PerClass::All,
            model: ModelName::Mnist8,
            epochs: PLANNED,
            batch: 64,
            learning_rate: 0.001,
            optimizer: OptimizerName::Adam,
            seed: u64::MAX,
            probe: IMAGES,
            backend: BackendChoice::Auto,
            ..TrainingConfig::default()
        },
        input: INPUT,
        probe_images: IMAGES,
        planned_epochs: (0..=PLANNED).collect(),
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    }
}

fn pixel(image: usize, channel: usize, row: usize, column: usize) -> u8 {
    (image * 71 + channel * 37 + row * 11 + column * 3) as u8
}

/// A cell as the formula has it: exact in float16, different along every axis.
fn cell(epoch: usize, layer: usize, image: usize, channel: usize, position: usize) -> f32 {
    let whole = (epoch * 5 + layer * 17 + image * 31 + channel * 7 + position) as f32;
    if (channel + position).is_multiple_of(3) { -whole / 4.0 } else { whole / 4.0 }
}

fn metrics(epoch: u32) -> EpochMetrics {
    let e = epoch as f32;
    let trained = |value| if epoch == 0 { f32::NAN } else { value };
    EpochMetrics {
        epoch,
        train_loss: trained(2.5 / e),
        test_loss: 2.25 - e / 8.0,
        train_accuracy: trained(e / 16.0),
        test_accuracy: e / 32.0,
    }
}

fn count(epoch: usize, actual: usize, predicted: usize) -> u32 {
    (epoch * 1000 + actual * 10 + predicted) as u32
}

fn bits(epoch: usize, a: usize, b: usize) -> f32 {
    (epoch * 100 + a * 10 + b) as f32 / 7.0
}

fn checkpoint(epoch: usize) -> Vec<u8> {
    let weights: Vec<u8> = (0..18_u8).flat_map(|i| (f32::from(i) + epoch as f32).to_le_bytes()).collect();
    let kernel = TensorView::new(Dtype::F32, vec![2, 1, 3, 3], &weights).unwrap();
    safetensors::serialize([("conv1.weight", kernel)], None).unwrap()
}

async fn write_epoch(run: &mut RunWriter<MemoryStore>, epoch: usize) -> Result<(), CubeError> {
    for layer in layers() {
        let area = layer.height * layer.width;
        let cells: Vec<f16> = (0..layer.channels * IMAGES * area)
            .map(|i| cell(epoch, layer.index, i / area % IMAGES, i / area / IMAGES, i % area))
            .map(f16::from_f32)
            .collect();
        run.write_activations(epoch, layer.index, &cells).await?;
    }
    run.write_checkpoint(epoch as u32, &checkpoint(epoch)).await?;
    let counts = (0..CLASSES * CLASSES).map(|i| count(epoch, i / CLASSES, i % CLASSES)).collect();
    let confusion = ConfusionMatrix::from_counts(CLASSES, counts).unwrap();
    run.commit_epoch(epoch, &metrics(epoch as u32), &confusion).await
}

/// A run with this many epochs; with measures of the first one, as far as there is one.
async fn recorded(n_epochs: usize) -> (MemoryStore, RunWriter<MemoryStore>) {
    let store = MemoryStore::new();
    let images = flat([IMAGES, INPUT.channels, INPUT.height, INPUT.width], |[x, c, h, w]| pixel(x, c, h, w));
    let labels = (0..IMAGES).map(|image| (image % CLASSES) as u8).collect();
    let probe = Samples { shape: INPUT, images, labels };
    let mut writer = RunWriter::create(store.clone(), "run-1", header(), &probe).await.unwrap();
    for epoch in 0..n_epochs {
        write_epoch(&mut writer, epoch).await.unwrap();
    }
    if n_epochs > 0 {
        let run = RunReader::open(store.clone(), "run-1").await.unwrap();
        let matrix = |rows, columns| flat([rows, columns], |[a, b]| bits(0, a, b));
        run.store_values(&MeasureKey::of_layer(Measure::InterSample, 0, 4), &matrix(1, CLASSES + 1))
            .await
            .unwrap();
        run.store_values(&MeasureKey::of_layer(Measure::IntraSample, 0, 1), &matrix(7, CLASSES + 1))
            .await
            .unwrap();
        run.store_capacity(PairArray::Capacity, 0, 0, 2, &matrix(3, 7)).await.unwrap();
        run.store_capacity(PairArray::Null, 0, 0, 2, &matrix(3, 7)).await.unwrap();
    }
    (store, writer)
}

/// Values of an array by index, the last axis fastest.
fn flat<const N: usize, T>(shape: [usize; N], value: impl Fn([usize; N]) -> T) -> Vec<T> {
    let index = |mut rest: usize| {
        let mut index = [0; N];
        for axis in (0..N).rev() {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        index
    };
    (0..shape.iter().product()).map(|i| value(index(i))).collect()
}

/// What Python is to find in an array; NaN becomes null.
fn array<const N: usize, T: Into<f64>>(shape: [usize; N], value: impl Fn([usize; N]) -> T) -> Value {
    json!({"shape": shape.as_slice(), "values": flat(shape, |index| value(index).into())})
}

fn expectations(t: usize) -> BTreeMap<String, Value> {
    let e = t.saturating_sub(1);
    let first = |epoch: usize, value: f32| if epoch == 0 { value } else { f32::NAN };
    let mut arrays = BTreeMap::new();
    let mut expect = |name: &str, values: Value| arrays.insert(name.to_owned(), values);
    let input = [IMAGES, INPUT.channels, INPUT.height, INPUT.width];
    expect("input/images", array(input, |[x, c, h, w]| pixel(x, c, h, w)));
    expect("input/labels", array([IMAGES], |[x]| (x % CLASSES) as u8));
    expect("epochs", array([t], |[epoch]| epoch as u32));
    expect("training/confusion", array([t, CLASSES, CLASSES], |[t, i, j]| count(t, i, j)));
    for layer in layers() {
        let shape = [t, IMAGES, layer.channels, layer.height, layer.width];
        let cells = array(shape, |[t, x, c, h, w]| cell(t, layer.index, x, c, h * layer.width + w));
        expect(&format!("layers/{:02}/activations", layer.index), cells);
    }
    let of_split = |train: f32, test: f32, split: usize| if split == 0 { train } else { test };
    let row = |epoch: usize| metrics(epoch as u32 + 1);
    let loss = array([e, 2], |[e, split]| of_split(row(e).train_loss, row(e).test_loss, split));
    let accuracy = array([e, 2], |[e, split]| of_split(row(e).train_accuracy, row(e).test_accuracy, split));
    expect("training/loss", loss);
    expect("training/accuracy", accuracy);
    let k = CLASSES + 1;
    let inter =
        |[t, layer, class]: [usize; 3]| first(t, if layer == 4 { bits(0, 0, class) } else { f32::NAN });
    expect("entropy/inter_sample", array([t, 5, k], inter));
    expect("entropy/intra_sample/00", array([t, 3, k], |_| f32::NAN));
    expect("entropy/intra_sample/01", array([t, 7, k], |[t, c, class]| first(t, bits(0, c, class))));
    if t > 0 {
        expect(
            "training/untrained",
            array([2], |[i]| of_split(metrics(0).test_loss, metrics(0).test_accuracy, i)),
        );
        expect(
            "training/untrained_train",
            array([2], |[i]| of_split(metrics(0).train_loss, metrics(0).train_accuracy, i)),
        );
        for group in ["capacity", "capacity_null"] {
            expect(&format!("{group}/00-02"), array([t, 3, 7], |[t, a, b]| first(t, bits(0, a, b))));
        }
    }
    arrays
}

/// The interpreter to test with; says why there is none.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("CNNSLICER_PYTHON").filter(|python| !python.is_empty());
    if python.is_none() {
        eprintln!("skipped: CNNSLICER_PYTHON does not name a Python with numpy, zarr and safetensors");
    }
    python.map(PathBuf::from)
}

fn check(python: &Path, archive: &[u8], expected: &BTreeMap<String, Value>, name: &str) -> Output {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (run, wanted) = (folder.join(format!("{name}.zarr.zip")), folder.join(format!("{name}.json")));
    std::fs::write(&run, archive).unwrap();
    std::fs::write(&wanted, json!(expected).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_run.py");
    Command::new(python).arg(script).args([run, wanted]).output().unwrap()
}

fn assert_agrees(name: &str, n_epochs: usize, seal: bool) {
    let Some(python) = python() else { return };
    let archive = block_on(async {
        let (store, mut writer) = recorded(n_epochs).await;
        if seal {
            writer.seal().await.unwrap();
        }
        archive::to_bytes(&RunReader::open(store, "run-1").await.unwrap()).await.unwrap()
    });
    let expected = expectations(n_epochs);
    let output = check(&python, &archive, &expected, name);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.trim_end().ends_with(&format!("OK {} arrays compared", expected.len())), "{out}");
}

#[test]
fn zarr_python_reads_a_complete_run_as_it_was_written() {
    assert_agrees("complete", 5, true);
}

#[test]
fn zarr_python_reads_a_stopped_run_trimmed_to_what_was_recorded() {
    assert_agrees("stopped", 3, true);
}

#[test]
fn zarr_python_reads_the_archive_of_an_incomplete_run() {
    assert_agrees("incomplete", 2, false);
}

#[test]
fn zarr_python_reads_a_run_stopped_before_its_first_epoch() {
    assert_agrees("empty", 0, true);
}

/// So that the comparison is known to compare.
#[test]
fn a_single_wrong_value_is_found() {
    let Some(python) = python() else { return };
    let archive = block_on(async {
        let (store, _) = recorded(1).await;
        archive::to_bytes(&RunReader::open(store, "run-1").await.unwrap()).await.unwrap()
    });
    let mut expected = expectations(1);
    let cells = expected.get_mut("layers/02/activations").unwrap();
    cells["values"][20] = json!(cells["values"][20].as_f64().unwrap() + 0.25);
    let output = check(&python, &archive, &expected, "wrong");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("layers/02/activations"));
}
