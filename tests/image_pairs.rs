//! Channel capacities of a trained network, over sampled pairs of images and over all of them: what is sampled must be
//! near, whatever the run's seed, and where an image is stored must not matter at all.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test may fail where it stands; equal means equal"
)]

#[path = "image_pairs/network.rs"]
mod network;

use std::time::Instant;

use cnnslicer::compute::answer;
use cnnslicer::cube::{Estimate, EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunReader, RunWriter};
use cnnslicer::dataset::{Samples, strokes};
use cnnslicer::entropy::{CapacitySettings, ImageOrder};
use cnnslicer::evaluation::ConfusionMatrix;
use cnnslicer::measure::{Measure, MeasureKey};
use cnnslicer::protocol::compute::Capacity;
use cnnslicer::protocol::compute::Measured;
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::ByteStore;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::training::{EpochMetrics, TrainingConfig};
use half::f16;
use pollster::block_on;

use network::{LAYERS, Network};

const RUN: &str = "trained";
/// Images of each class: 600 in all, of whose 179,700 pairs a third is sampled.
const PER_CLASS: usize = 60;

/// The probe set, class by class, as runs store it.
fn probe(samples: &Samples) -> Samples {
    let by_class: Vec<usize> =
        (0..10).flat_map(|class| (0..samples.len()).filter(move |&i| samples.labels[i] == class)).collect();
    in_order(samples, &by_class)
}

fn in_order(samples: &Samples, order: &[usize]) -> Samples {
    let each = samples.shape.len();
    Samples {
        shape: samples.shape,
        images: order.iter().flat_map(|&i| samples.images[i * each..(i + 1) * each].to_vec()).collect(),
        labels: order.iter().map(|&i| samples.labels[i]).collect(),
    }
}

/// A run whose one epoch holds what the network makes of the probe set.
fn recorded(network: &Network, probe: &Samples, seed: u64) -> MemoryStore {
    let layers = LAYERS.iter().enumerate().map(|(at, &(name, kind, channels, side))| LayerHeader {
        index: at + 1,
        name: name.to_owned(),
        kind: kind.to_owned(),
        channels,
        height: if channels == 1 { 1 } else { side },
        width: side,
    });
    let header = RunHeader {
        format: 1,
        app: "cnnslicer test".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        name: RUN.to_owned(),
        note: String::new(),
        seed,
        dataset: "strokes".to_owned(),
        model: "custom".to_owned(),
        optimizer: "sgd".to_owned(),
        backend: "cpu".to_owned(),
        classes: (0..10).map(|class| class.to_string()).collect(),
        layers: layers.collect(),
        settings: EstimatorSettings::default(),
        complete: false,
        config: TrainingConfig { seed, ..TrainingConfig::default() },
        input: probe.shape,
        probe_images: probe.len(),
        planned_epochs: vec![0],
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    };
    let store = MemoryStore::new();
    block_on(async {
        let mut writer = RunWriter::create(store.clone(), RUN, header, probe).await.unwrap();
        let outputs = network.outputs(probe);
        for (at, &(_, _, channels, _)) in LAYERS.iter().enumerate() {
            let positions = outputs[at][0].len() / channels;
            let maps = (0..channels).flat_map(|channel| {
                outputs[at]
                    .iter()
                    .flat_map(move |image| &image[channel * positions..(channel + 1) * positions])
            });
            let cells: Vec<f16> = maps.map(|&value| f16::from_f32(value)).collect();
            writer.write_activations(0, at + 1, &cells).await.unwrap();
        }
        let metrics = EpochMetrics {
            epoch: 0,
            train_loss: f32::NAN,
            test_loss: 0.0,
            train_accuracy: f32::NAN,
            test_accuracy: 1.0,
        };
        let confusion = ConfusionMatrix::from_counts(10, vec![1; 100]).unwrap();
        writer.commit_epoch(0, &metrics, &confusion).await.unwrap();
        writer.seal().await.unwrap();
    });
    store
}

fn capacity(store: &MemoryStore, layer_a: usize, layer_b: usize, estimate: Estimate) -> Capacity {
    let task = Task::Measure {
        run: RUN.to_owned(),
        key: MeasureKey::of_layers(Measure::Capacity, 0, layer_a, layer_b).over(estimate),
    };
    match block_on(answer(&task, store)) {
        Ok(Answer::Measured(Measured::ChannelPairs(capacity))) => *capacity,
        other => panic!("layers {layer_a} and {layer_b}: {other:?}"),
    }
}

/// Of every pair of layers, the input included.
fn capacities(store: &MemoryStore, estimate: Estimate) -> Vec<((usize, usize), Capacity)> {
    let pairs = (0..=LAYERS.len()).flat_map(|a| (a..=LAYERS.len()).map(move |b| (a, b)));
    pairs.map(|(a, b)| ((a, b), capacity(store, a, b, estimate))).collect()
}

fn check_near(sampled: &[((usize, usize), Capacity)], exact: &[((usize, usize), Capacity)]) {
    for ((pair, sampled), (_, exact)) in sampled.iter().zip(exact) {
        assert!(sampled.counted.pairs < exact.counted.pairs && exact.counted.pairs == exact.counted.of);
        let cells = sampled.capacity.values.iter().zip(&exact.capacity.values);
        let off: Vec<f64> = cells.map(|(sampled, exact)| (sampled - exact).abs()).collect();
        let rms = (off.iter().map(|off| off * off).sum::<f64>() / off.len() as f64).sqrt();
        let most = off.iter().copied().fold(0.0, f64::max);
        assert!(rms <= 0.01 && most <= 0.03, "layers {pair:?}: {rms} bits rms, {most} at most");
    }
}

#[test]
fn a_trained_networks_capacities_are_those_of_all_pairs() {
    let started = Instant::now();
    let data = strokes::generate(80, PER_CLASS, 3);
    let network = Network::trained(&data.train, 12);
    let probe = probe(&data.test);
    let right = network.accuracy(&probe);
    assert!(right > 0.6, "the last layers separate the classes: {right}");
    println!("trained in {:.1} s, {right} right", started.elapsed().as_secs_f64());

    let store = recorded(&network, &probe, 1);
    let exact = capacities(&store, Estimate::Exact);
    let sampled = capacities(&store, Estimate::Sampled);
    check_near(&sampled, &exact);
    println!("measured after {:.1} s", started.elapsed().as_secs_f64());

    // Nothing about a run's seed is in its pairs.
    for seed in 2..=5 {
        let other = recorded(&network, &probe, seed);
        for (a, b) in [(0, 6), (4, 5), (5, 6)] {
            let of = |known: &[((usize, usize), Capacity)]| {
                known.iter().find(|(pair, _)| *pair == (a, b)).map(|(_, capacity)| capacity.clone()).unwrap()
            };
            assert_eq!(capacity(&other, a, b, Estimate::Sampled), of(&sampled), "seed {seed}");
        }
    }
    // Nor is where an image is stored.
    let n = probe.len();
    let moved = in_order(&probe, &(0..n).map(|i| (i * 7 + 3) % n).collect::<Vec<_>>());
    let moved = recorded(&network, &moved, 1);
    assert!(capacities(&moved, Estimate::Sampled) == sampled, "the probe set in another order");
    for (a, b) in [(1, 4), (5, 6), (6, 6)] {
        let of_pair = exact.iter().find(|(pair, _)| *pair == (a, b)).map(|(_, capacity)| capacity);
        assert_eq!(Some(&capacity(&moved, a, b, Estimate::Exact)), of_pair, "all pairs, in another order");
    }
    println!("done after {:.1} s", started.elapsed().as_secs_f64());
}

#[test]
fn a_class_meets_itself_as_often_as_among_all_pairs() {
    let data = strokes::generate(1, 100, 5);
    for per_class in [50, 100] {
        let probe = probe(&data.test);
        let chosen: Vec<usize> = (0..10).flat_map(|class| class * 100..class * 100 + per_class).collect();
        let probe = in_order(&probe, &chosen);
        let n = probe.len();
        for order in [(0..n).collect::<Vec<_>>(), (0..n).rev().collect(), (0..n).map(|i| i * 7 % n).collect()]
        {
            let probe = in_order(&probe, &order);
            let order = ImageOrder::by_content(&probe.images, &probe.labels).unwrap();
            let schedule = CapacitySettings::default().schedule(&order).unwrap();
            let alike = schedule.pairs().filter(|&(i, j)| probe.labels[i] == probe.labels[j]).count();
            let (share, all) =
                (alike as f64 / schedule.len() as f64, (per_class - 1) as f64 / (n - 1) as f64);
            assert!((share / all - 1.0).abs() < 0.03, "{share} instead of {all} of {n} images");
        }
    }
}

#[test]
fn what_was_measured_over_other_pairs_is_measured_again() {
    let data = strokes::generate(1, PER_CLASS, 3);
    let network = Network::untrained();
    let store = recorded(&network, &probe(&data.test), 7);
    let sound = capacity(&store, 5, 6, Estimate::Sampled);
    // A run of an older version: it does not say how its pairs were chosen, and holds what they gave.
    let root = format!("runs/{RUN}/zarr.json");
    let text = String::from_utf8(block_on(store.read(&root)).unwrap().unwrap()).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let settings = &mut document["attributes"]["cnnslicer"]["settings"];
    *settings = serde_json::json!({"k": 1000, "bins": 32, "pairs": 20_000});
    block_on(store.write(&root, &[document.to_string().as_bytes()])).unwrap();
    let stored = format!("runs/{RUN}/capacity/05-06/c/0/0/0");
    block_on(store.write(&stored, &[&9.0_f32.to_le_bytes()])).unwrap();
    assert_eq!(capacity(&store, 5, 6, Estimate::Sampled), sound);
    assert_eq!(
        block_on(store.read(&stored)).unwrap(),
        Some(9.0_f32.to_le_bytes().to_vec()),
        "it is left alone"
    );
    let run = block_on(RunReader::open(store.clone(), RUN)).unwrap();
    block_on(run.verify()).unwrap();
}
