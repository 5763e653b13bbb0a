//! Whole layers: one pass over each, from then on everything from what is kept.

use cnnslicer::measure::{Measure, MeasureKey, Of};
use cnnslicer::protocol::compute::Measured;
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::ByteStore;
use cnnslicer::storage::memory::MemoryStore;
use pollster::block_on;

use super::{RUN, ask, query, recorded};

fn layer_information(store: &MemoryStore, layer_a: usize, layer_b: usize) -> Vec<f64> {
    let task = Task::Measure {
        run: RUN.into(),
        key: MeasureKey::of_layers(Measure::LayerInformation, 0, layer_a, layer_b),
    };
    match ask(store, &task) {
        Ok(Answer::Measured(Measured::Values(bits))) => bits.values,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whole_layers_are_compared_over_all_pairs_and_kept() {
    let store = block_on(recorded(false));
    // Whole outputs of conv1 are √5 times as far apart as those of its first channel: the same bins.
    let own = layer_information(&store, 1, 1);
    let (_, channel) = query(&store, "I(dCNN(-, 1, 0, 0); dCNN(-, 1, 0, 0))");
    assert!((own[0] - channel[0]).abs() < 1e-6, "{own:?} and {channel:?}");
    assert_eq!(own[1..3], [0.0, 0.0]);
    let [information, a_given_b, b_given_a, null] = layer_information(&store, 1, 2)[..] else { panic!() };
    assert!((information + a_given_b - own[0]).abs() < 1e-6);
    assert!((information + b_given_a - layer_information(&store, 2, 2)[0]).abs() < 1e-6);
    assert!((0.0..own[0]).contains(&null));
    // What is kept answers without cells.
    block_on(store.remove(&format!("runs/{RUN}/layers"))).unwrap();
    assert_eq!(layer_information(&store, 1, 2)[0], information);
    let (_, fresh) = query(&store, "H(dCNN(-, 1, *, 0) | dCNN(-, 2, *, 0))");
    assert_eq!(fresh, [a_given_b]);
}

#[test]
fn a_matrix_of_whole_layers_takes_one_pass_a_layer() {
    let store = block_on(recorded(false));
    let text = "I(dCNN(-, -, *, 0); dCNN(-, -, *, 0))";
    let needs = match ask(&store, &Task::QueryNeeds { run: RUN.into(), text: text.into() }) {
        Ok(Answer::Needs(needs)) => needs,
        other => panic!("{other:?}"),
    };
    let is_own = |key: &MeasureKey| matches!(key.of, Of::Layers(a, b) if a == b);
    assert!(needs.len() == 3 && needs.iter().all(is_own), "{needs:?}");
    for key in needs {
        ask(&store, &Task::Measure { run: RUN.into(), key }).unwrap();
    }
    // From here on no cell is read.
    block_on(store.remove(&format!("runs/{RUN}/layers"))).unwrap();
    let (shape, matrix) = query(&store, text);
    assert_eq!(shape, [3, 3]);
    for a in 0..3 {
        for b in 0..3 {
            assert_eq!(matrix[3 * a + b], matrix[3 * b + a], "symmetric");
            assert!(matrix[3 * a + b] <= matrix[4 * a] + 1e-6, "never above H of one of them");
        }
    }
    let (_, part) = query(&store, "I(dCNN(-, 2, *, 0); dCNN(-, {0,2}, *, 0))");
    assert_eq!(part, [matrix[6], matrix[8]]);
}

#[test]
fn whole_layers_are_compared_over_some_images_too() {
    let store = block_on(recorded(false));
    let (shape, by_class) = query(&store, "I(dCNN(label=-, 1, *, 0); dCNN(label=-, 1, *, 0))");
    assert_eq!(shape, [3]);
    assert!(by_class[0] > 0.0 && by_class[1] > 0.0 && by_class[2].is_nan(), "{by_class:?}");
    let (_, one) = query(&store, "I(dCNN(label=1, 1, *, 0); dCNN(label=1, 1, *, 0))");
    assert_eq!(one, by_class[1..2]);
}
