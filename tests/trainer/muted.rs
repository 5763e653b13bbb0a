//! What a recorded network can no longer do with some channels muted.

use burn::tensor::Device;
use cnnslicer::cube::RunReader;
use cnnslicer::protocol::FromTrainer;
use cnnslicer::protocol::examine::{EvaluatedOn, MuteEffect, MuteOrder};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::error::TrainError;
use cnnslicer::trainer::examine::mute::{TestImages, mute};
use cnnslicer::trainer::run::run;

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

#[test]
fn what_is_not_there_cannot_be_muted() {
    let store = strokes();
    for (layer, feature) in [(1, 16), (8, 0), (9, 0), (0, 1)] {
        let code = muted(&store, layer, &[feature]).unwrap_err().into_fault().code;
        assert_eq!(code, "no_such_channel", "{layer} {feature}");
    }
}
