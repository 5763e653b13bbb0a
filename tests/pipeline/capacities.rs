//! Channel capacities: from cells, from stored codes, and how many of those there are.

use cnnslicer::cube::{EstimatorSettings, RunHeader};
use cnnslicer::entropy::sampled_pairs;
use cnnslicer::measure::{Measure, MeasureKey};
use cnnslicer::protocol::Answer;
use cnnslicer::protocol::Task;
use cnnslicer::protocol::compute::Capacity;
use cnnslicer::protocol::compute::Measured;
use cnnslicer::storage::ByteStore;
use pollster::block_on;

use super::{RUN, ask, capacity_of, header, query, recorded};

#[test]
fn capacity_of_a_channel_with_itself_is_its_entropy_and_scaling_changes_nothing() {
    let store = block_on(recorded(false));
    let task = capacity_of(1, 1);
    let Ok(Answer::Measured(Measured::ChannelPairs(found))) = ask(&store, &task) else {
        panic!("no capacity")
    };
    let Capacity { capacity, null, .. } = *found;
    assert_eq!(capacity.shape, [3, 3]);
    let at = |a: usize, b: usize| capacity.values[a * 3 + b];
    assert!(at(0, 0) > 2.0, "66 distinct distances spread over bins: {}", at(0, 0));
    assert!((at(0, 0) - at(0, 1)).abs() < 1e-6 && (at(1, 1) - at(0, 0)).abs() < 1e-6);
    assert_eq!([at(0, 2), at(2, 0), at(2, 2)], [0.0; 3], "a constant channel carries nothing");
    assert!(null.values[0] < at(0, 0), "shuffled images say less: {}", null.values[0]);
}

#[test]
fn capacity_the_other_way_round_is_the_transpose() {
    let store = block_on(recorded(false));
    let of = |layer_a, layer_b| {
        let task = capacity_of(layer_a, layer_b);
        match ask(&store, &task) {
            Ok(Answer::Measured(Measured::ChannelPairs(found))) => found.capacity,
            other => panic!("{other:?}"),
        }
    };
    let (forward, back) = (of(1, 2), of(2, 1));
    assert_eq!((&forward.shape[..], &back.shape[..]), (&[3, 1][..], &[1, 3][..]));
    assert_eq!(forward.values, back.values);
}

#[test]
fn any_two_layers_are_answered_from_distance_codes_without_their_cells() {
    let store = block_on(recorded(false));
    let capacity = |layer_a, layer_b| capacity_of(layer_a, layer_b);
    let fresh = block_on(recorded(false));
    for layer in 0..=2 {
        ask(
            &store,
            &Task::Measure { run: RUN.to_owned(), key: MeasureKey::of_layer(Measure::InterSample, 0, layer) },
        )
        .unwrap();
    }
    for layer in ["01", "02"] {
        block_on(store.remove(&format!("runs/{RUN}/layers/{layer}/activations/c"))).unwrap();
    }
    for (a, b) in [(1, 2), (2, 1), (0, 1), (1, 1)] {
        let (from_codes, from_cells) = (ask(&store, &capacity(a, b)), ask(&fresh, &capacity(a, b)));
        assert_eq!(from_codes, from_cells, "layers {a} and {b}");
        assert!(from_codes.is_ok());
    }
    let (_, conditional) = query(&store, "H(dCNN(-, 1, 0, 0) | dCNN(-, 2, 0, 0))");
    assert!(conditional[0] > 0.0);
}

#[test]
fn codes_that_are_none_are_measured_again() {
    let store = block_on(recorded(false));
    let task = capacity_of(1, 1);
    let sound = ask(&store, &task).unwrap();
    let path = format!("runs/{RUN}/distances/codes/01/c/0/0/0");
    let len = block_on(store.read(&path)).unwrap().expect("stored").len();
    block_on(store.write(&path, &[&vec![255; len]])).unwrap();
    block_on(store.remove(&format!("runs/{RUN}/capacity"))).unwrap();
    assert_eq!(ask(&store, &task).unwrap(), sound);
}

#[test]
fn a_run_has_as_many_distance_codes_as_pairs_are_measured() {
    for images in 1..40 {
        for pairs in [1, 5, 39, 40, 200, 741, 20_000] {
            let settings = EstimatorSettings { pairs, ..EstimatorSettings::default() };
            let header = RunHeader { probe_images: images, settings, ..header() };
            let measured = sampled_pairs(images, pairs);
            assert_eq!(header.n_pairs(), measured, "{pairs} pairs of {images} images");
        }
    }
}
