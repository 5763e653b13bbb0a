//! Measures beyond the paper, from cells to answers, and in the run file.

use cnnslicer::cube::RunReader;
use cnnslicer::measure::{Form, Measure, MeasureKey, Pass};
use cnnslicer::protocol::compute::Measured;
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::ByteStore;
use cnnslicer::storage::memory::MemoryStore;
use pollster::block_on;

use super::{IMAGES, RUN, ask, query, recorded};

fn measured(store: &MemoryStore, measure: Measure, layer: usize) -> Vec<f64> {
    let key = MeasureKey::of_layer(measure, 0, layer);
    match ask(store, &Task::Measure { run: RUN.into(), key }) {
        Ok(Answer::Measured(Measured::Values(values))) => values.values,
        other => panic!("{measure:?}: {other:?}"),
    }
}

/// Those of whole outputs that so few images suffice for.
fn of_outputs() -> impl Iterator<Item = Measure> {
    Measure::all().filter(|measure| {
        let about = measure.about();
        about.pass == Some(Pass::Outputs) && about.least_images <= IMAGES
    })
}

#[test]
fn measures_of_whole_outputs_are_taken_together_and_kept() {
    let store = block_on(recorded(false));
    let first = measured(&store, Measure::Readable, 1);
    let [bits, ceiling, chance, _, share] = first[..] else { panic!("{first:?}") };
    // Two classes of six images each.
    assert!((ceiling - 1.0).abs() < 1e-12 && (0.0..=1.0).contains(&bits) && (0.0..=1.0).contains(&share));
    assert!(chance >= 0.0);
    block_on(store.remove(&format!("runs/{RUN}/layers/01"))).unwrap();
    for measure in of_outputs() {
        let values = measured(&store, measure, 1);
        assert_eq!(values.len(), measure.about().parts.len(), "{measure:?}");
        let about = measure.about();
        let (shape, asked) = query(&store, &format!("{}(dCNN(-, 1, -, 0))", about.function));
        assert_eq!(asked, values[..about.shown], "{measure:?}");
        assert_eq!(shape, if about.shown == 1 { vec![] } else { vec![about.shown] });
    }
}

#[test]
fn what_is_kept_of_them_is_an_array_of_the_run() {
    let store = block_on(recorded(false));
    let values = measured(&store, Measure::Collapse, 2);
    let run = block_on(RunReader::open(store.clone(), RUN)).unwrap();
    block_on(run.verify()).unwrap();
    let document = block_on(store.read(&format!("runs/{RUN}/measures/neural_collapse/zarr.json"))).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&document.expect("declared")).unwrap();
    assert_eq!(document["shape"], serde_json::json!([1, 3, 4]));
    let chunk = block_on(store.read(&format!("runs/{RUN}/measures/neural_collapse/c/0/2/0"))).unwrap();
    let stored: Vec<f64> = chunk
        .expect("kept")
        .chunks_exact(4)
        .map(|bytes| f64::from(f32::from_le_bytes(bytes.try_into().unwrap())))
        .collect();
    assert_eq!(stored, values);
    assert!(block_on(store.size(&format!("runs/{RUN}/measures/zarr.json"))).unwrap().is_some());
}

#[test]
fn a_class_is_measured_by_itself_where_it_has_enough_images() {
    let store = block_on(recorded(false));
    let (shape, values) = query(&store, "sameclass(dCNN(label=-, 1, -, 0))");
    assert_eq!((shape, values.len()), (vec![3, 3], 9));
    // Within a class all pairs are of one class, also by chance; the third class has no image.
    assert!(values[..6].iter().all(|bits| bits.abs() < 1e-12), "{values:?}");
    assert!(values[6..].iter().all(|bits| bits.is_nan()), "{values:?}");
    let text = "dimension(dCNN(-, 1, -, 0))".to_owned();
    assert!(ask(&store, &Task::Query { run: RUN.into(), text }).is_err(), "twelve images are too few");
}

#[test]
fn spread_is_the_inter_sample_entropy_less_log2_of_the_images() {
    let store = block_on(recorded(false));
    for images in ["-", "0..7"] {
        let n = if images == "-" { IMAGES as f64 } else { 8.0 };
        let (_, spread) = query(&store, &format!("spread(dCNN({images}, -, -, 0))"));
        let (_, entropy) = query(&store, &format!("H(dCNN({images}, -, -, 0))"));
        for (spread, entropy) in spread.iter().zip(&entropy) {
            assert!((spread - (entropy - n.log2())).abs() < 1e-6, "{spread} and {entropy}");
        }
    }
}

#[test]
fn similarity_is_symmetric_and_one_of_a_layer_with_itself() {
    let store = block_on(recorded(false));
    let (shape, matrix) = query(&store, "CKA(dCNN(-, -, *, 0); dCNN(-, -, *, 0))");
    assert_eq!(shape, [3, 3]);
    for a in 0..3 {
        assert!((matrix[4 * a] - 1.0).abs() < 1e-6, "{matrix:?}");
        for b in 0..3 {
            assert_eq!(matrix[3 * a + b], matrix[3 * b + a]);
            assert!(matrix[3 * a + b] <= 1.0);
        }
    }
}

#[test]
fn the_confusion_matrix_as_a_channel_obeys_the_chain_rule() {
    let store = block_on(recorded(false));
    let (_, values) = query(&store, "labelchannel(0)");
    let [label, prediction, information, equivocation, noise, capacity] = values[..] else {
        panic!("{values:?}")
    };
    assert!((label - information - equivocation).abs() < 1e-9);
    assert!((prediction - information - noise).abs() < 1e-9);
    assert!(capacity >= information - 1e-9, "the most of any mix of classes");
}

#[test]
fn every_measure_that_a_query_can_name_is_answered() {
    let store = block_on(recorded(false));
    for about in Measure::all().map(Measure::about).filter(|about| about.least_images <= IMAGES) {
        let function = about.function;
        let text = match about.form {
            Form::Layer | Form::Channel => format!("{function}(dCNN(-, 1, -, 0))"),
            Form::LayerPair => format!("{function}(dCNN(-, 1, *, 0){}dCNN(-, 2, *, 0))", about.between),
            Form::ChannelPair => format!("{function}(dCNN(-, 1, -, 0){}dCNN(-, 2, -, 0))", about.between),
            Form::Class => format!("{function}=0)@0"),
            Form::Confusion | Form::Epoch => format!("{function}(0)"),
        };
        let (_, values) = query(&store, &text);
        assert!(values.iter().all(|value| value.is_finite()), "{text}: {values:?}");
    }
}
