//! What a recorded network can no longer do with some channels muted.

use std::path::Path;
use std::process::Command;

use burn::tensor::Device;
use cnnslicer::cube::{RunReader, archive};
use cnnslicer::protocol::FromTrainer;
use cnnslicer::protocol::examine::{EvaluatedOn, MuteEffect, MuteOrder, Performance};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::error::TrainError;
use cnnslicer::trainer::examine::mute::{TestImages, mute};
use cnnslicer::trainer::run::run;
use serde_json::{Value, json};

use crate::scripted::{Scripted, order, play};

/// Strokes, which need no files: the test set can be drawn again.
fn strokes() -> MemoryStore {
    let store = MemoryStore::new();
    let mut host = Scripted::new(&[]);
    let end = pollster::block_on(run(&order(2), &mut host, store.clone(), &Accelerator::cpu("CPU: a test")));
    end.expect("it trains");
    store
}

fn images(store: &MemoryStore) -> TestImages {
    let mut host = Scripted::new(&[]);
    let read = TestImages::read("r", "https://example.org/data/", store, &mut host);
    pollster::block_on(read).expect("readable")
}

fn muted(
    store: &MemoryStore,
    layer: usize,
    features: &[usize],
) -> Result<(MuteEffect, Vec<FromTrainer>), TrainError> {
    let order = MuteOrder {
        run: "r".to_owned(),
        epoch: 2,
        layer,
        features: features.to_vec(),
        data_url: String::new(),
    };
    let (mut host, images, device) = (Scripted::new(&[]), images(store), Device::flex());
    let trial = mute(7, &order, &images, store.clone(), &mut host, &device);
    let effect = pollster::block_on(trial)?;
    Ok((effect, host.messages))
}

#[test]
fn with_nothing_muted_the_network_does_as_recorded() {
    let store = strokes();
    let (effect, messages) = muted(&store, 1, &[]).expect("evaluated");
    assert_eq!(effect.on, EvaluatedOn::TestSet);
    assert_eq!(effect.before, effect.after);
    let reader = pollster::block_on(RunReader::open(store, "r")).expect("stored");
    let recorded = pollster::block_on(reader.epochs()).expect("stored").pop().expect("two epochs");
    assert_eq!(effect.before.confusion, recorded.1);
    assert!((effect.before.loss - recorded.0.test_loss).abs() < 1e-5);
    let of = 2 * effect.before.confusion.total() as usize;
    assert_eq!(messages.last(), Some(&FromTrainer::Examining { ticket: 7, done: of, of }));
}

#[test]
fn with_everything_muted_all_images_look_the_same() {
    let store = strokes();
    // Channels, and the units of the dense layer.
    for (layer, count) in [(0, 1), (1, 16), (6, 32), (7, 64)] {
        let all: Vec<usize> = (0..count).collect();
        let (effect, _) = muted(&store, layer, &all).expect("evaluated");
        let predicted = (0..10).filter(|&class| effect.after.confusion.predicted_total(class) > 0).count();
        assert_eq!(predicted, 1, "layer {layer}");
    }
}

#[test]
fn one_muted_channel_changes_the_loss_and_counts_the_same_images() {
    let store = strokes();
    let (effect, _) = muted(&store, 4, &[0]).expect("evaluated");
    assert_eq!(effect.before.confusion.total(), effect.after.confusion.total());
    assert!((effect.before.loss - effect.after.loss).abs() > 1e-6);
}

#[test]
fn without_its_dataset_a_run_is_evaluated_on_its_probe_set_and_says_why() {
    // Trained on bars, though its settings say Strokes: another dataset than it began with.
    let played = play(&order(2), Scripted::new(&[]));
    let (effect, _) = muted(&played.store, 1, &[0]).expect("evaluated");
    assert_eq!(effect.before.confusion.total(), 50);
    assert!(matches!(&effect.on, EvaluatedOn::ProbeSet { why } if why.contains("not those")), "{effect:?}");
}

/// Needs a Python with `numpy`, `zarr` 3 and `safetensors`, named by `CNNSLICER_PYTHON`.
#[test]
fn numpy_finds_the_same_with_the_same_channels_muted() {
    let Some(python) = std::env::var_os("CNNSLICER_PYTHON").filter(|python| !python.is_empty()) else {
        eprintln!("skipped: CNNSLICER_PYTHON does not name a Python with numpy, zarr and safetensors");
        return;
    };
    // Evaluated on the probe images, which are in the run's file, since its dataset is not the one it names.
    let played = play(&order(2), Scripted::new(&[]));
    let side = |side: Performance| json!({ "loss": side.loss, "confusion": side.confusion.counts() });
    let trials: [(usize, &[usize]); 5] =
        [(0, &[0]), (1, &[0, 3, 9]), (3, &[2]), (4, &[0, 1, 2, 3, 4, 5]), (7, &[5, 6, 7, 40])];
    let trials = trials.map(|(layer, features)| {
        let (effect, _) = muted(&played.store, layer, features).expect("evaluated");
        assert!(matches!(effect.on, EvaluatedOn::ProbeSet { .. }));
        let (before, after) = (side(effect.before), side(effect.after));
        json!({ "epoch": 2, "layer": layer, "features": features, "before": before, "after": after })
    });
    let contents = [
        ("muted.zarr.zip", pollster::block_on(archive::to_bytes(&played.reader())).expect("packed")),
        ("muted.json", Value::from(trials.to_vec()).to_string().into_bytes()),
    ];
    let paths = contents.map(|(name, content)| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, content).expect("written");
        path
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_muted.py");
    let output = Command::new(&python).arg(&script).args(&paths).output().expect("run");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    println!("{out}");
}

#[test]
fn what_is_not_there_cannot_be_muted() {
    let store = strokes();
    for (layer, feature) in [(1, 16), (8, 0), (9, 0), (0, 1)] {
        let code = muted(&store, layer, &[feature]).unwrap_err().into_fault().code;
        assert_eq!(code, "no_such_channel", "{layer} {feature}");
    }
}
