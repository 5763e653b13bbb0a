//! From stored cells to answers, on a synthetic cube in memory: what a compute worker does, natively.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test may fail where it stands; closed forms are exact"
)]

mod capacities;
mod damaged;
mod further;
mod train_probe;
mod whole_layers;

use cnnslicer::compute::{ComputeError, answer};
use cnnslicer::cube::{Estimate, EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunReader, RunWriter};
use cnnslicer::dataset::{ImageShape, Samples};
use cnnslicer::entropy::{ChannelState, Distance};
use cnnslicer::evaluation::ConfusionMatrix;
use cnnslicer::measure::{Measure, MeasureKey};
use cnnslicer::protocol::compute::Measured;
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::ByteStore;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::training::{EpochMetrics, TrainingConfig};
use half::f16;
use pollster::block_on;

const RUN: &str = "synthetic";
const IMAGES: usize = 12;

fn header() -> RunHeader {
    let layer = |index, name: &str, channels, height, width| LayerHeader {
        index,
        name: name.to_owned(),
        kind: "conv".to_owned(),
        channels,
        height,
        width,
    };
    RunHeader {
        format: 1,
        app: "cnnslicer test".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        name: "synthetic".to_owned(),
        note: String::new(),
        seed: 1,
        dataset: "strokes".to_owned(),
        model: "mnist-8".to_owned(),
        optimizer: "adam".to_owned(),
        backend: "cpu".to_owned(),
        classes: vec!["zero".to_owned(), "one".to_owned(), "never".to_owned()],
        layers: vec![layer(1, "conv1", 3, 2, 2), layer(2, "probabilities", 1, 1, 3)],
        settings: EstimatorSettings::default(),
        complete: false,
        config: TrainingConfig::default(),
        input: ImageShape { channels: 1, height: 2, width: 2 },
        probe_images: IMAGES,
        planned_epochs: vec![0],
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    }
}

/// Channel 0: the image's number squared at each place; channel 1: twice that; channel 2: constant.
fn conv_cells() -> Vec<f16> {
    let of = |channel: usize, image: usize, position: usize| match channel {
        0 => (image * image + position) as f32,
        1 => 2.0 * (image * image + position) as f32,
        _ => 3.0,
    };
    let mut cells = Vec::new();
    for channel in 0..3 {
        for image in 0..IMAGES {
            cells.extend((0..4).map(|position| f16::from_f32(of(channel, image, position))));
        }
    }
    cells
}

async fn recorded(poison: bool) -> MemoryStore {
    let store = MemoryStore::new();
    let labels = (0..IMAGES).map(|image| (image % 2) as u8).collect();
    let images = (0..IMAGES * 4).map(|pixel| (pixel * 5) as u8).collect();
    let probe = Samples { shape: header().input, images, labels };
    let mut writer = RunWriter::create(store.clone(), RUN, header(), &probe).await.unwrap();
    let mut cells = conv_cells();
    if poison {
        cells[17] = f16::NAN;
    }
    write_epoch(&mut writer, &cells).await;
    store
}

/// Writes the one epoch and ends the run.
async fn write_epoch(writer: &mut RunWriter<MemoryStore>, cells: &[f16]) {
    writer.write_activations(0, 1, cells).await.unwrap();
    let probabilities: Vec<f16> =
        (0..IMAGES * 3).map(|i| f16::from_f32(i as f32 / (IMAGES * 3) as f32)).collect();
    writer.write_activations(0, 2, &probabilities).await.unwrap();
    let metrics = EpochMetrics {
        epoch: 0,
        train_loss: f32::NAN,
        test_loss: 2.5,
        train_accuracy: f32::NAN,
        test_accuracy: 0.5,
    };
    // Class 2 is never predicted and never met.
    let confusion = ConfusionMatrix::from_counts(3, vec![2, 2, 0, 0, 4, 0, 0, 0, 0]).unwrap();
    writer.commit_epoch(0, &metrics, &confusion).await.unwrap();
    writer.seal().await.unwrap();
}

fn ask(store: &MemoryStore, task: &Task) -> Result<Answer, ComputeError> {
    block_on(answer(task, store))
}

fn capacity_of(layer_a: usize, layer_b: usize) -> Task {
    let (run, estimate) = (RUN.to_owned(), Estimate::Sampled);
    Task::Measure { run, key: MeasureKey::of_layers(Measure::Capacity, 0, layer_a, layer_b).over(estimate) }
}

fn query(store: &MemoryStore, text: &str) -> (Vec<usize>, Vec<f64>) {
    match ask(store, &Task::Query { run: RUN.to_owned(), text: text.to_owned() }) {
        Ok(Answer::Query { values, .. }) => (values.shape, values.values),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_images_a_channel_answers_to_most_come_first() {
    let store = block_on(recorded(false));
    let among = |layer, feature, class| {
        ask(&store, &Task::Strongest { run: RUN.to_owned(), epoch_index: 0, layer, feature, class })
    };
    let of = |layer, feature| among(layer, feature, None);
    let Ok(Answer::Strongest { images, active, of: n_images }) = of(1, 0) else { panic!("no images") };
    assert_eq!(
        images.iter().map(|image| image.image).collect::<Vec<_>>(),
        (0..IMAGES).rev().collect::<Vec<_>>()
    );
    // 11² + 3, the last position of the map.
    assert_eq!((images[0].peak, images[0].label), (124.0, 1));
    assert_eq!((active, n_images), (IMAGES, IMAGES));
    let Ok(Answer::Strongest { images, .. }) = of(1, 2) else { panic!("no images") };
    assert_eq!(images[0].image, 0, "of equals the first");
    assert!(of(1, 3).is_err() && of(3, 0).is_err());
    let Ok(Answer::Strongest { images, active, .. }) = among(1, 0, Some(0)) else { panic!("no images") };
    assert_eq!(images.iter().map(|image| image.image).collect::<Vec<_>>(), [10, 8, 6, 4, 2, 0]);
    assert_eq!(active, IMAGES, "of all classes");
}

/// States of the channels of a layer, with the intra-sample entropies.
fn states(store: &MemoryStore, layer: usize) -> Vec<ChannelState> {
    match ask(
        store,
        &Task::Measure { run: RUN.to_owned(), key: MeasureKey::of_layer(Measure::ChannelState, 0, layer) },
    ) {
        Ok(Answer::Measured(Measured::Values(states))) => {
            states.values.iter().filter_map(|&code| ChannelState::from_code(code as u8)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_channel_is_constant_by_its_cells_and_runs_of_older_versions_learn_it() {
    let store = block_on(recorded(false));
    let expected = [ChannelState::Live, ChannelState::Live, ChannelState::Constant];
    assert_eq!(states(&store, 1), expected);
    // As an older version wrote it: entropies and no states.
    block_on(store.remove(&format!("runs/{RUN}/entropy/state"))).unwrap();
    assert_eq!(states(&store, 1), expected);
    block_on(store.write(&format!("runs/{RUN}/entropy/state/01/c/0/0"), &[&[0, 9, 1]])).unwrap();
    assert_eq!(states(&store, 1), expected, "a code that is none is measured again");
    block_on(store.remove(&format!("runs/{RUN}/layers/01/activations/c"))).unwrap();
    assert_eq!(states(&store, 1), expected, "they are kept");
    block_on(store.remove(&format!("runs/{RUN}/entropy/state"))).unwrap();
    assert_eq!(states(&store, 1), [], "without cells nobody knows");
}

#[test]
fn an_opened_run_says_of_which_class_each_probe_image_is() {
    let store = block_on(recorded(false));
    let Ok(Answer::Opened { probe_labels, .. }) = ask(&store, &Task::OpenRun { run: RUN.to_owned() }) else {
        panic!("not opened")
    };
    let mut classes = probe_labels;
    classes.sort_unstable();
    assert_eq!(classes, [vec![0; IMAGES / 2], vec![1; IMAGES / 2]].concat());
}

fn needs(store: &MemoryStore, text: &str) -> Vec<MeasureKey> {
    match ask(store, &Task::QueryNeeds { run: RUN.to_owned(), text: text.to_owned() }) {
        Ok(Answer::Needs(needs)) => needs,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_query_done_in_parts_gives_what_it_gives_as_a_whole_and_is_kept() {
    for text in [
        "H(dCNN(-, -, -, 0))",
        "h(dCNN({0,3,5}, {1,2}, -, 0))",
        "H(dCNN({0,3,5}, -, -, 0))",
        "I(dCNN(0..7, 1, -, 0); dCNN(0..7, 2, -, 0))",
        "H(dCNN(-, 1, -, 0) | dCNN(-, 2, -, 0))",
    ] {
        let (in_parts, whole) = (block_on(recorded(false)), block_on(recorded(false)));
        let parts = needs(&in_parts, text);
        assert!(!parts.is_empty(), "{text}");
        for key in parts {
            let part = Task::Measure { run: RUN.to_owned(), key };
            assert!(matches!(ask(&in_parts, &part), Ok(Answer::Measured(_))), "{text}");
        }
        assert_eq!(needs(&in_parts, text), [], "{text}");
        let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(query(&in_parts, text).1), bits(query(&whole, text).1), "{text}");
        assert_eq!(needs(&whole, text), [], "{text}");
    }
}

#[test]
fn what_needs_no_cells_has_no_parts() {
    let store = block_on(recorded(false));
    for text in ["accuracy(-)", "H(label|y=-)@0", "confusion(0)"] {
        assert_eq!(needs(&store, text), [], "{text}");
    }
}

#[test]
fn a_measure_is_kept_in_the_run_and_read_again_unchanged() {
    let store = block_on(recorded(false));
    let task = Task::Measure { run: RUN.to_owned(), key: MeasureKey::of_layer(Measure::InterSample, 0, 1) };
    let first = ask(&store, &task).unwrap();
    let kept = block_on(async {
        RunReader::open(store.clone(), RUN)
            .await?
            .stored(&MeasureKey::of_layer(Measure::InterSample, 0, 1))
            .await
    });
    let kept = kept.unwrap().expect("stored");
    let Answer::Measured(Measured::Values(bits)) = &first else { panic!("{first:?}") };
    assert_eq!(bits.shape, [4]);
    assert!(bits.values[2].is_nan(), "class `never` has no images");
    assert_eq!(bits.values[3].to_bits(), f64::from(kept[3]).to_bits());
    let ceiling = ((IMAGES * (IMAGES - 1)) as f64).log2();
    assert!(bits.values[3] > 0.0 && bits.values[3] <= ceiling);
    assert_eq!(format!("{first:?}"), format!("{:?}", ask(&store, &task).unwrap()));
}

#[test]
fn a_measure_that_finds_no_room_is_answered_all_the_same() {
    let (store, full) = (block_on(recorded(false)), block_on(recorded(false)));
    full.set_space_left(Some(0));
    let run = || RUN.to_owned();
    for task in [
        Task::Measure { run: run(), key: MeasureKey::of_layer(Measure::InterSample, 0, 1) },
        Task::Measure { run: run(), key: MeasureKey::of_layer(Measure::IntraSample, 0, 1) },
        capacity_of(1, 2),
        Task::Query { run: run(), text: "h(dCNN({0,2,4}, 1, -, 0))".to_owned() },
    ] {
        // As text: the NaN of a class without images equals itself there.
        assert_eq!(format!("{:?}", ask(&full, &task).unwrap()), format!("{:?}", ask(&store, &task).unwrap()));
    }
    let kept = block_on(async {
        RunReader::open(full, RUN).await?.stored(&MeasureKey::of_layer(Measure::InterSample, 0, 1)).await
    });
    assert_eq!(kept.unwrap(), None);
}

#[test]
fn intra_sample_entropy_of_four_distinct_values_is_two_bits_and_of_a_constant_map_none() {
    let store = block_on(recorded(false));
    let (shape, values) = query(&store, "h(dCNN(-, 1, -, 0))");
    assert_eq!((shape, values), (vec![3], vec![2.0, 2.0, 0.0]));
}

#[test]
fn a_query_and_the_task_behind_it_agree() {
    let store = block_on(recorded(false));
    let task = Task::Measure { run: RUN.to_owned(), key: MeasureKey::of_layer(Measure::InterSample, 0, 2) };
    let Ok(Answer::Measured(Measured::Values(bits))) = ask(&store, &task) else { panic!("no entropy") };
    let (shape, values) = query(&store, "H(dCNN(-, 2, -, 0))");
    assert_eq!((shape.len(), values), (0, vec![bits.values[3]]));
    let (shape, values) = query(&store, "H(dCNN(label={0,1}, 2, -, 0))");
    assert_eq!((shape, values), (vec![2], bits.values[..2].to_vec()));
}

#[test]
fn label_entropies_come_from_the_confusion_matrix_with_infinity_for_an_empty_column() {
    let store = block_on(recorded(false));
    let (_, given_prediction) = query(&store, "H(label|y=-)@0");
    assert_eq!(given_prediction[0], 0.0);
    assert!((given_prediction[1] - 0.918_295_834).abs() < 1e-6, "2 of 6 and 4 of 6");
    assert_eq!(given_prediction[2], f64::INFINITY);
    let (_, given_label) = query(&store, "H(y|label=-)@0");
    assert_eq!(given_label[..2], [1.0, 0.0]);
    assert!(given_label[2].is_nan());
}

#[test]
fn conditional_entropy_and_capacity_add_up_to_the_entropy() {
    let store = block_on(recorded(false));
    let (_, capacity) = query(&store, "I(dCNN(-, 1, 0, 0); dCNN(-, 2, 0, 0))");
    let (_, conditional) = query(&store, "H(dCNN(-, 1, 0, 0) | dCNN(-, 2, 0, 0))");
    let (_, whole) = query(&store, "I(dCNN(-, 1, 0, 0); dCNN(-, 1, 0, 0))");
    assert!((capacity[0] + conditional[0] - whole[0]).abs() < 1e-6);
}

#[test]
fn raw_cells_come_back_as_they_were_recorded() {
    let store = block_on(recorded(false));
    let task = Task::Slice { run: RUN.to_owned(), text: "dCNN(3, 1, 1, 0)".to_owned() };
    let Ok(Answer::Slice { values, .. }) = ask(&store, &task) else { panic!("no cells") };
    assert_eq!(values, [18.0, 20.0, 22.0, 24.0]);
}

#[test]
fn the_probabilities_of_a_class_and_its_images_are_slices() {
    let store = block_on(recorded(false));
    let ask_slice = |text: &str| {
        let task = Task::Slice { run: RUN.to_owned(), text: text.to_owned() };
        let Ok(Answer::Slice { axes, shape, values }) = ask(&store, &task) else { panic!("{text}") };
        (axes, shape, values)
    };
    let (axes, shape, values) = ask_slice("dCNN(label=1, 2, 0, 0)");
    assert_eq!((axes[0].name.as_str(), shape.last()), ("image", Some(&3)));
    assert_eq!(values.len(), axes[0].coordinates.len() * 3);
    let image = axes[0].coordinates[0];
    let (_, shape, values) = ask_slice(&format!("dCNN({{{image}}}, 0, -, 0)"));
    assert_eq!((shape, values.len()), (vec![1, 1, 2, 2], 4));
}

#[test]
fn a_run_without_its_training_set_says_so() {
    let store = block_on(recorded(false));
    let task = Task::TrainingInterSample { run: RUN.to_owned(), distance: Distance::Euclidean };
    let refused = ask(&store, &task).expect_err("nothing is kept").fault(RUN);
    assert_eq!(refused.code, "no_training_set");
}

#[test]
fn a_poisoned_cell_never_yields_a_number() {
    let store = block_on(recorded(true));
    let run = RUN.to_owned();
    let tasks = [
        Task::Measure { run: run.clone(), key: MeasureKey::of_layer(Measure::InterSample, 0, 1) },
        Task::Measure { run: run.clone(), key: MeasureKey::of_layer(Measure::IntraSample, 0, 1) },
        capacity_of(1, 2),
        Task::Query { run, text: "H(dCNN(-, 1, -, 0))".to_owned() },
    ];
    for task in tasks {
        let fault = ask(&store, &task).expect_err("NaN among the cells").fault(RUN);
        assert_eq!(fault.code, "non_finite", "{task:?}: {fault}");
        assert!(fault.what.contains("dCNN(-, 1, -, 0)"), "names the slice: {}", fault.what);
    }
}

#[test]
fn a_query_that_is_none_or_does_not_fit_the_run_is_refused_with_its_place() {
    let store = block_on(recorded(false));
    for (text, word) in
        [("H(dCNN(-, 1, -", "Column 15"), ("H(dCNN(-, 9, -, 0))", "9"), ("H(dCNN(-, 1, -, 5))", "5")]
    {
        let refused = ask(&store, &Task::Query { run: RUN.to_owned(), text: text.to_owned() });
        let Err(ComputeError::Query { message }) = refused else { panic!("{text}: {refused:?}") };
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn an_unknown_run_is_a_fault_and_a_removed_one_is_no_longer_listed() {
    let store = block_on(recorded(false));
    assert!(matches!(ask(&store, &Task::OpenRun { run: "nobody".to_owned() }), Err(ComputeError::Cube(_))));
    let Ok(Answer::Runs(runs)) = ask(&store, &Task::ListRuns) else { panic!("no list") };
    assert_eq!((runs.len(), runs[0].run.as_str(), runs[0].recorded), (1, RUN, 1));
    assert_eq!(runs[0].test_accuracy, Some(0.5));
    assert_eq!(ask(&store, &Task::Remove { run: RUN.to_owned() }), Ok(Answer::Removed));
    assert_eq!(ask(&store, &Task::ListRuns), Ok(Answer::Runs(Vec::new())));
}
