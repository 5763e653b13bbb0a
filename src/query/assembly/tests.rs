use super::*;
use crate::measure::{Form, ImageSet, MeasureKey, Of};
use crate::query::testing::shape;
use crate::query::{check, parse};

const K: usize = 4;

fn planned(text: &str) -> Plan {
    check(&parse(text).unwrap(), &shape()).unwrap()
}

/// A value that tells where it comes from, in decimal digits.
fn coded<const N: usize>(digits: [usize; N]) -> f64 {
    digits.into_iter().fold(0.0, |number, digit| number * 10.0 + digit as f64)
}

fn table<const N: usize>(lead: [usize; N], rows: usize, columns: usize) -> Vec<f64> {
    let at = |index: usize| coded(lead) * 100.0 + coded([index / columns, index % columns]);
    (0..rows * columns).map(at).collect()
}

/// Results of the right length in which every value says its epoch, layer, row and column.
fn result(need: &Need) -> Vec<f64> {
    let channels = |layer: usize| shape().n_channels(layer);
    match need {
        Need::Measure(key) => measured(key, channels),
        Need::Cells { epoch_index, layer, images, channels } => {
            let lead = epoch_index * 10 + layer;
            let each = |&image: &usize| channels.iter().map(move |channel| coded([lead, image, *channel]));
            let map = shape().layers[*layer].shape.height * shape().layers[*layer].shape.width;
            let maps = images.iter().flat_map(each);
            maps.flat_map(|map_value| (0..map).map(move |pixel| map_value * 100.0 + pixel as f64)).collect()
        }
    }
}

fn measured(key: &MeasureKey, channels: impl Fn(usize) -> usize) -> Vec<f64> {
    let epoch = key.epoch_index;
    match (key.about().form, key.of, &key.images) {
        (Form::Layer, Of::Layer(_), ImageSet::These(images)) => vec![images.len() as f64],
        (Form::Layer, Of::Layer(layer), _) => table([epoch, layer], 1, K + 1),
        (Form::Channel, Of::Layer(layer), ImageSet::These(_)) => table([epoch, layer], channels(layer), 1),
        (Form::Channel, Of::Layer(layer), _) => table([epoch, layer], channels(layer), K + 1),
        (Form::LayerPair, Of::Layers(a, b), _) => (0..4).map(|value| coded([epoch, a, b, value])).collect(),
        (_, Of::Layers(a, b), images) => {
            table([usize::from(*images != ImageSet::All), epoch], channels(a), channels(b))
        }
        (Form::Class, ..) => table([epoch], 1, K),
        (Form::Confusion, ..) => table([epoch], K, K),
        _ => vec![epoch as f64],
    }
}

fn answer(text: &str) -> AnswerArray<f64> {
    assemble(&planned(text), f64::NAN, |need| Ok::<_, AssemblyError>(result(need))).unwrap()
}

fn values(text: &str) -> Vec<f64> {
    answer(text).values
}

#[test]
fn a_fixed_query_gives_one_number_without_axes() {
    assert_eq!(answer("accuracy(4)"), AnswerArray { shape: vec![], values: vec![3.0] });
}

#[test]
fn all_images_are_the_last_entry_and_classes_their_own() {
    assert_eq!(values("H(dCNN(-, 2, -, 1))"), [1204.0]);
    assert_eq!(values("H(dCNN(label=1, 2, -, 1))"), [1201.0]);
    assert_eq!(values("H(dCNN(label={0,3}, 2, -, 1))"), [1200.0, 1203.0]);
}

#[test]
fn the_epoch_varies_fastest_and_the_class_slowest() {
    let answer = answer("H(dCNN(label=0..1, 1..2, -, 0..2))");
    assert_eq!(answer.shape, [2, 2, 3]);
    assert_eq!(answer.values[..6], [100.0, 1100.0, 2100.0, 200.0, 1200.0, 2200.0]);
    assert_eq!(answer.values[6..], [101.0, 1101.0, 2101.0, 201.0, 1201.0, 2201.0]);
}

#[test]
fn a_channel_is_picked_from_its_row() {
    assert_eq!(values("h(dCNN(label=0, 1, 2, 0..1))"), [120.0, 1120.0]);
    assert_eq!(values("h(dCNN({0,1}, 1, {0,2}, 1))"), [1100.0, 1120.0]);
}

#[test]
fn a_layer_with_fewer_channels_leaves_the_rest_undefined() {
    let answer = answer("h(dCNN(-, 2..3, -, 0))");
    assert_eq!(answer.shape, [2, 3]);
    assert_eq!(answer.values[..5], [204.0, 214.0, 224.0, 304.0, 314.0]);
    assert!(answer.values[5].is_nan());
}

#[test]
fn capacity_written_the_other_way_round_is_the_transposed() {
    let forth = answer("I(dCNN(-, 1, -, 0); dCNN(-, 3, -, 0))");
    let back = answer("I(dCNN(-, 3, -, 0); dCNN(-, 1, -, 0))");
    assert_eq!((&forth.shape[..], &back.shape[..]), (&[3, 2][..], &[2, 3][..]));
    for a in 0..3 {
        for b in 0..2 {
            assert_eq!(forth.values[a * 2 + b].to_bits(), back.values[b * 3 + a].to_bits());
        }
    }
    assert_eq!(values("I(dCNN(-, 3, 1, 0); dCNN(-, 1, 2, 0))"), [21.0]);
}

#[test]
fn conditional_entropy_is_read_as_it_is_written() {
    assert_eq!(values("H(dCNN(-, 3, 1, 0) | dCNN(-, 1, 2, 0))"), [12.0]);
}

#[test]
fn a_class_without_pairs_stays_undefined() {
    let answer = answer("I(dCNN(label=-, 1, 0, 0); dCNN(label=-, 2, 1, 0))");
    assert_eq!(answer.values[..2], [1001.0, 1001.0]);
    assert!(answer.values[2].is_nan() && answer.values[3].is_nan());
}

#[test]
fn label_entropies_keep_infinity() {
    let plan = planned("H(label|y=1..2)@0");
    let lookup = |_: &Need| Ok::<_, AssemblyError>(vec![0.0, f64::INFINITY, 1.0, 2.0]);
    assert_eq!(assemble(&plan, f64::NAN, lookup).unwrap().values, [f64::INFINITY, 1.0]);
}

#[test]
fn a_confusion_matrix_comes_whole_epoch_by_epoch() {
    let answer = answer("confusion({1,8})");
    assert_eq!(answer.shape, [2, 4, 4]);
    assert_eq!(answer.values, [table([1], K, K), table([4], K, K)].concat());
    assert_eq!(values("confusion(1)"), table([1], K, K));
}

#[test]
fn cells_are_laid_out_by_image_layer_channel_epoch_row_and_column() {
    let answer = answer("dCNN({2,5}, 1..2, {0,2}, 0..1)");
    assert_eq!(answer.shape, [2, 2, 2, 2, 4, 4]);
    let mut expected = Vec::new();
    for image in [2, 5] {
        for layer in [1, 2] {
            for channel in [0, 2] {
                for epoch in [0, 1] {
                    let map = coded([epoch * 10 + layer, image, channel]) * 100.0;
                    expected.extend((0..16).map(|pixel| map + f64::from(pixel)));
                }
            }
        }
    }
    assert_eq!(answer.values, expected);
}

#[test]
fn every_value_of_a_full_answer_is_written_once() {
    for text in
        ["h(dCNN(label=-, 1..2, -, -))", "I(dCNN(-, 1, -, -); dCNN(-, 2, -, -))", "dCNN(-, 1..2, -, -)"]
    {
        let mut answer = answer(text).values;
        assert!(answer.iter().all(|value| value.is_finite()), "{text}");
        answer.sort_by(f64::total_cmp);
        answer.dedup();
        assert_eq!(answer.len(), planned(text).n_values(), "{text}");
    }
}

#[test]
fn results_may_come_in_any_order() {
    let plan = planned("H(dCNN(label=-, -, -, -))");
    let mut backwards = Assembly::new(&plan, f64::NAN);
    let needs: Vec<&Need> = plan.needs().collect();
    for (index, need) in needs.iter().enumerate().rev() {
        backwards.put(index, &result(need)).unwrap();
    }
    assert_eq!(backwards.finish().unwrap(), answer("H(dCNN(label=-, -, -, -))"));
}

#[test]
fn a_result_of_the_wrong_length_is_refused() {
    let plan = planned("H(dCNN(-, 1, -, 0))");
    let error = Assembly::new(&plan, f64::NAN).put(0, &[1.0; K]).unwrap_err();
    assert_eq!(error, AssemblyError::Length { index: 0, found: 4, expected: 5 });
}

#[test]
fn a_result_that_nobody_needs_is_refused() {
    let plan = planned("accuracy(0)");
    let error = Assembly::new(&plan, f64::NAN).put(1, &[1.0]).unwrap_err();
    assert_eq!(error, AssemblyError::NoSuchNeed { index: 1, needs: 1 });
}

#[test]
fn an_answer_with_a_missing_result_is_not_finished() {
    let plan = planned("accuracy(0..1)");
    let mut assembly = Assembly::new(&plan, f64::NAN);
    assembly.put(0, &[0.5]).unwrap();
    assert_eq!(assembly.finish().unwrap_err(), AssemblyError::Missing { index: 1 });
}

#[test]
fn a_failed_lookup_fails_the_answer() {
    let lookup = |_: &Need| Err(AssemblyError::Missing { index: 7 });
    let outcome: Result<AnswerArray<f64>, AssemblyError> = assemble(&planned("loss(-)"), f64::NAN, lookup);
    assert_eq!(outcome, Err(AssemblyError::Missing { index: 7 }));
}
