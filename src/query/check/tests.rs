use super::*;
use crate::measure::{Estimate, ImageSet, Measure, MeasureKey, Of, ProbeSet};
use crate::query::plan::Need;
use crate::query::testing::shape;
use crate::query::{Axis, parse};

fn planned(text: &str) -> Plan {
    check(&parse(text).unwrap(), &shape()).unwrap()
}

fn refused(text: &str) -> CheckError {
    check(&parse(text).unwrap(), &shape()).unwrap_err()
}

fn needs(text: &str) -> Vec<Need> {
    planned(text).needs().cloned().collect()
}

fn of_layer(measure: Measure, epoch_index: usize, layer: usize) -> Need {
    Need::Measure(MeasureKey::of_layer(measure, epoch_index, layer))
}

/// At the first epoch, over these images.
fn among(measure: Measure, layer: usize, images: &[usize]) -> Need {
    Need::Measure(MeasureKey::of_layer(measure, 0, layer).among(ImageSet::These(images.to_vec())))
}

/// At the first epoch, over all pairs of images, which is cheap here.
fn of_pair(measure: Measure, layer_a: usize, layer_b: usize) -> Need {
    Need::Measure(MeasureKey::of_layers(measure, 0, layer_a, layer_b).over(Estimate::Exact))
}

fn predicted(measure: Measure, epoch_index: usize) -> Need {
    Need::Measure(MeasureKey::new(measure, epoch_index, Of::Predictions))
}

/// Names and coordinates of the answer's axes.
fn axes(text: &str) -> Vec<(&'static str, Vec<usize>)> {
    planned(text).axes().iter().map(|axis| (axis.name, axis.coordinates.clone())).collect()
}

#[test]
fn all_images_together_are_one_value() {
    assert_eq!(axes("H(dCNN(-, 3, -, 8))"), []);
    assert_eq!(needs("H(dCNN(-, 3, -, 8))"), [of_layer(Measure::InterSample, 4, 3)]);
}

#[test]
fn a_class_is_one_value_and_several_are_an_axis() {
    assert_eq!(axes("H(dCNN(label=1, 3, -, 0))"), []);
    assert_eq!(axes("H(dCNN(label={0,1}, 3, -, 0))"), [("class", vec![0, 1])]);
    assert_eq!(axes("H(dCNN(label={1}, 3, -, 0))"), [("class", vec![1])]);
    assert_eq!(planned("H(dCNN(label=-, 3, -, 0))").axes()[0].labels, ["a", "b", "c", "d"]);
}

#[test]
fn axes_stand_in_the_order_class_layer_channel_epoch() {
    let open = axes("h(dCNN(label=0..1, {2,3}, -, 1..4))");
    let expected = [("class", vec![0, 1]), ("layer", vec![2, 3]), ("channel", vec![0, 1, 2])];
    assert_eq!(open[..3], expected);
    assert_eq!(open[3], ("epoch", vec![1, 2, 4]));
}

#[test]
fn layers_are_named_in_words() {
    let plan = planned("H(dCNN(-, -, -, 0))");
    assert_eq!(plan.axes()[0].labels, ["input", "conv1", "conv2", "pool1", "probabilities"]);
}

#[test]
fn images_picked_by_index_enter_together() {
    let images = vec![0, 2, 5];
    assert_eq!(needs("H(dCNN({0,2,5}, 1, -, 0))"), [among(Measure::InterSample, 1, &images)]);
    let expected = [among(Measure::IntraSample, 1, &images)];
    assert_eq!(needs("h(dCNN({0,2,5}, 1, 2, 0))"), expected);
    assert_eq!(axes("h(dCNN({0,2,5}, 1, 2, 0))"), []);
}

#[test]
fn training_images_are_counted_by_themselves() {
    let only = |text| needs(text).pop().unwrap();
    let train = |key: MeasureKey| Need::Measure(key.on(ProbeSet::Train));
    let all = MeasureKey::of_layer(Measure::InterSample, 4, 3);
    assert_eq!(only("H(dCNN(train, 3, -, 8))"), train(all));
    let two = MeasureKey::of_layer(Measure::InterSample, 0, 1).among(ImageSet::These(vec![3, 4]));
    let of_class = train(two);
    assert_eq!(only("H(dCNN(train 3..4, 1, -, 0))"), of_class, "no third class among them");
    assert_eq!(axes("h(dCNN(train label=-, 1, 0, 0))"), [("class", vec![0, 1, 2, 3])]);
    let past = refused("h(dCNN(train 5, 1, 0, 0))").to_string();
    assert!(past.contains("no image 5; images are 0 to 4"), "{past}");
    let few = refused("H(dCNN(train label=1, 1, -, 0))");
    assert!(matches!(few, CheckError::TooFewImages { images: 1, .. }), "{few}");
    let plan = planned("H(dCNN(train, 3, -, 8))");
    assert_eq!(crate::query::cost(&plan, &shape()).cells, 5 * 8);
}

#[test]
fn both_slices_are_of_test_images_or_both_of_training_images() {
    let error = refused("I(dCNN(train, 1, -, 0); dCNN(-, 2, -, 0))");
    assert_eq!((error.code(), error.place()), ("query_slices_differ", Place::second(CubeAxis::X)));
    assert!(error.to_string().contains("train"), "{error}");
    assert_eq!(needs("I(dCNN(train, 1, -, 0); dCNN(train, 2, -, 0))").len(), 1);
}

#[test]
fn a_run_without_training_images_says_so() {
    let older = RunShape { train_labels: vec![], ..shape() };
    let query = parse("H(dCNN(train, 1, -, 0))").unwrap();
    let error = check(&query, &older).unwrap_err();
    assert_eq!((error.code(), error.place().axis), ("query_no_train_images", CubeAxis::X));
    assert!(check(&parse("H(dCNN(-, 1, -, 0))").unwrap(), &older).is_ok());
}

#[test]
fn capital_h_of_one_channel_is_intra_sample_entropy() {
    let plan = planned("H(dCNN(label=0, 3, 1, -))");
    assert_eq!(plan.query().to_string(), "h(dCNN(label=0, 3, 1, -))");
    assert_eq!(plan.axes()[0].coordinates, [0, 1, 2, 4, 8]);
}

#[test]
fn capital_h_of_some_channels_is_refused() {
    let error = refused("H(dCNN(-, 3, {0,1}, 0))");
    let expected = CheckError::ChannelsOfWholeLayer { place: C, channels: "{0,1}".to_owned(), measure: "H" };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("h(dCNN(…))"));
}

#[test]
fn capacity_has_an_axis_for_the_channels_of_each_slice() {
    let text = "I(dCNN(-, 1, -, -); dCNN(-, 3, 1, -))";
    assert_eq!(axes(text), [("channel_a", vec![0, 1, 2]), ("epoch", vec![0, 1, 2, 4, 8])]);
    let need = of_pair(Measure::Capacity, 1, 3);
    assert_eq!(needs(text)[0], need);
}

#[test]
fn capacity_is_symmetric_and_asked_one_way_round() {
    let one_way = needs("I(dCNN(-, 1, -, 0); dCNN(-, 3, -, 0))");
    assert_eq!(needs("I(dCNN(-, 3, -, 0); dCNN(-, 1, -, 0))"), one_way);
}

#[test]
fn conditional_entropy_keeps_its_direction() {
    let need = of_pair(Measure::Conditional, 3, 1);
    assert_eq!(needs("H(dCNN(-, 3, -, 0) | dCNN(-, 1, -, 0))"), [need]);
}

#[test]
fn both_slices_of_a_measure_have_the_same_images_and_epochs() {
    let SlicesDiffer { place, first, second } = differ("I(dCNN(-, 1, -, 0); dCNN(label=0, 2, -, 0))");
    assert_eq!((place, first.as_str(), second.as_str()), (Place::second(CubeAxis::X), "-", "label=0"));
    let SlicesDiffer { place, .. } = differ("H(dCNN(-, 1, -, 0) | dCNN(-, 2, -, 1))");
    assert_eq!(place, Place::second(CubeAxis::T));
    assert_eq!(needs("I(dCNN(0..7, 1, -, 0); dCNN(-, 2, -, 0..0))").len(), 1);
}

#[test]
fn whole_layers_have_an_axis_a_slice_and_are_asked_one_way_round() {
    assert_eq!(axes("I(dCNN(-, 2, *, 0); dCNN(-, 1, *, 0))"), []);
    let text = "H(dCNN(-, -, *, 0) | dCNN(-, {1,3}, *, 0))";
    assert_eq!(axes(text), [("layer_a", vec![0, 1, 2, 3, 4]), ("layer_b", vec![1, 3])]);
    let of = |a, b| Need::Measure(MeasureKey::of_layers(Measure::LayerInformation, 0, a, b));
    assert_eq!(needs(text)[..4], [of(0, 1), of(0, 3), of(1, 1), of(1, 3)]);
    assert_eq!(needs("I(dCNN(-, 3, *, 0); dCNN(-, 1, *, 0))"), [of(1, 3)]);
    let over_epochs = "I(dCNN(label=-, 1, *, -); dCNN(label=-, 2, *, -))";
    assert_eq!(axes(over_epochs).len(), 2);
    assert_eq!(needs(over_epochs).len(), 2 * 5, "classes of one image or none have no pair");
}

#[test]
fn whole_layers_are_refused_for_what_the_run_has_not() {
    let missing = refused("I(dCNN(-, 1, *, 0); dCNN(-, 3..5, *, 0))");
    assert_eq!(missing.place(), Place::second(CubeAxis::L));
    assert!(missing.to_string().contains("there is no layer 5"), "{missing}");
    let SlicesDiffer { place, .. } = differ("H(dCNN(-, 1, *, 0) | dCNN(-, 2, *, 1))");
    assert_eq!(place, Place::second(CubeAxis::T));
    assert!(matches!(
        refused("I(dCNN(5, 1, *, 0); dCNN(5, 2, *, 0))"),
        CheckError::TooFewImages { measure: "I", .. }
    ));
}

struct SlicesDiffer {
    place: Place,
    first: String,
    second: String,
}

fn differ(text: &str) -> SlicesDiffer {
    match refused(text) {
        CheckError::SlicesDiffer { place, first, second, .. } => SlicesDiffer { place, first, second },
        other => panic!("{other}"),
    }
}

#[test]
fn a_measure_of_two_layers_names_one_in_each_slice() {
    for (text, place) in [
        ("I(dCNN(-, -, -, 0); dCNN(-, 2, -, 0))", L),
        ("I(dCNN(-, 1, -, 0); dCNN(-, 1..2, -, 0))", Place::second(CubeAxis::L)),
        ("H(dCNN(-, 1, -, 0) | dCNN(-, {2}, -, 0))", Place::second(CubeAxis::L)),
    ] {
        assert!(matches!(refused(text), CheckError::NotOneLayer { .. }), "{text}");
        assert_eq!(refused(text).place(), place);
    }
}

#[test]
fn too_few_images_are_refused_where_the_whole_answer_hangs_on_them() {
    for (text, found, least) in [
        ("H(dCNN(5, 1, -, 0))", 1, 2),
        ("H(dCNN(label=2, 1, -, 0))", 1, 2),
        ("H(dCNN({3}, 1, -, 0))", 1, 2),
        ("h(dCNN(label=3, 1, -, 0))", 0, 1),
        ("I(dCNN(5, 1, -, 0); dCNN(5, 2, -, 0))", 1, 2),
        ("dCNN(label=3, 1, -, 0)", 0, 1),
    ] {
        let CheckError::TooFewImages { images, least: needed, .. } = refused(text) else { panic!("{text}") };
        assert_eq!((images, needed), (found, least), "{text}");
    }
}

#[test]
fn a_small_class_on_a_class_axis_refuses_nothing() {
    assert_eq!(planned("H(dCNN(label=-, 1, -, 0))").n_values(), 4);
    let pairs = needs("I(dCNN(label=-, 1, -, 0); dCNN(label=-, 2, -, 0))");
    let sets: Vec<&ImageSet> = pairs.iter().map(images).collect();
    assert_eq!(sets, [&ImageSet::These(vec![0, 3, 6]), &ImageSet::These(vec![1, 4, 5, 7])]);
}

fn images(need: &Need) -> &ImageSet {
    match need {
        Need::Measure(key) => &key.images,
        other @ Need::Cells { .. } => panic!("{other:?}"),
    }
}

#[test]
fn what_lies_out_of_range_is_named_with_what_is_allowed() {
    for (text, sentence) in [
        ("h(dCNN(8, 1, -, 0))", "X: there is no image 8; images are 0 to 7."),
        ("h(dCNN(label=4, 1, -, 0))", "X: there is no class 4; classes are 0 to 3."),
        ("h(dCNN(-, 5, -, 0))", "L: there is no layer 5; layers are 0 (the input) to 4."),
        ("h(dCNN(-, 3, 2, 0))", "C: there is no channel 2; channels of layer 3 are 0 to 1."),
        ("h(dCNN(-, -, 1, 0))", "C: there is no channel 1; channels of layer 0 are only 0."),
        (
            "h(dCNN(-, 1, 0..4294967295, 0))",
            "C: there is no channel 4294967295; channels of layer 1 are 0 to 2.",
        ),
        ("h(dCNN(-, 1, -, 3))", "T: epoch 3 is not recorded; recorded are 0, 1, 2, 4, 8."),
        ("accuracy({0,5})", "T: epoch 5 is not recorded; recorded are 0, 1, 2, 4, 8."),
        ("accuracy(5..7)", "T: no epoch of 5..7 is recorded; recorded are 0, 1, 2, 4, 8."),
        ("accuracy(1..9)", "T: 1..9 ends after the last recorded epoch; recorded are 0, 1, 2, 4, 8."),
        ("H(label|y=4)@0", "X: there is no class 4; classes are 0 to 3."),
    ] {
        assert_eq!(refused(text).to_string(), sentence, "{text}");
    }
}

#[test]
fn a_range_of_epochs_means_the_recorded_ones_in_it() {
    assert_eq!(axes("accuracy(2..8)"), [("epoch", vec![2, 4, 8])]);
    let expected = [2, 3, 4].map(|epoch_index| predicted(Measure::Accuracy, epoch_index));
    assert_eq!(needs("accuracy(2..8)"), expected);
}

#[test]
fn without_a_recorded_epoch_all_of_them_are_none() {
    let unborn = RunShape { epochs: vec![], ..shape() };
    let plan = check(&parse("accuracy(-)").unwrap(), &unborn).unwrap();
    assert_eq!((plan.shape(), plan.n_values()), (vec![0], 0));
    let error = check(&parse("accuracy(0)").unwrap(), &unborn).unwrap_err();
    assert_eq!(error.to_string(), "T: epoch 0 is not recorded; recorded are none yet.");
}

#[test]
fn label_entropies_have_their_classes_before_the_epochs() {
    assert_eq!(axes("H(label|y=-)@0..2"), [("predicted", vec![0, 1, 2, 3]), ("epoch", vec![0, 1, 2])]);
    assert_eq!(axes("H(y|label=2)@{4}"), [("epoch", vec![4])]);
    assert_eq!(axes("H(y|label={2})@4"), [("actual", vec![2])]);
    assert_eq!(needs("H(y|label=2)@4"), [predicted(Measure::PredictedGivenLabel, 3)]);
    assert_eq!(needs("H(label|y=2)@4"), [predicted(Measure::LabelGivenPredicted, 3)]);
}

#[test]
fn a_confusion_matrix_keeps_its_rows_and_columns_last() {
    let names: Vec<&str> = planned("confusion(-)").axes().iter().map(|axis| axis.name).collect();
    assert_eq!(names, ["epoch", "actual", "predicted"]);
    assert_eq!(planned("confusion(2)").shape(), [4, 4]);
}

#[test]
fn every_measure_says_its_unit() {
    let unit = |text| planned(text).unit().name();
    assert_eq!(unit("H(y|label=2)@4"), "bit");
    assert_eq!(unit("loss(-)"), "nat");
    assert_eq!(unit("accuracy(-)"), "1");
    assert_eq!(unit("confusion(0)"), "count");
    assert_eq!(unit("dCNN(0, 1, 0, 0)"), "activation");
}

#[test]
fn a_slice_has_rows_and_columns_last_and_each_image_by_itself() {
    let plan = planned("dCNN(label=0, {1,2}, 1, -)");
    let lengths: Vec<(&str, usize)> = plan.axes().iter().map(|axis| (axis.name, Axis::len(axis))).collect();
    assert_eq!(lengths, [("image", 3), ("layer", 2), ("epoch", 5), ("row", 4), ("column", 4)]);
    assert_eq!(plan.axes()[0].coordinates, [0, 3, 6]);
    assert_eq!(planned("dCNN(5, 1, 1, 0)").shape(), [4, 4]);
}

#[test]
fn a_slice_reads_only_its_images_and_channels() {
    let need = Need::Cells { epoch_index: 0, layer: 1, images: vec![0, 2, 3, 6], channels: vec![2] };
    assert_eq!(needs("dCNN(label={0,2}, 1, 2, 0)"), [need]);
}

#[test]
fn a_slice_of_layers_of_different_shapes_is_refused() {
    let error = refused("dCNN(0, 2..3, -, 0)");
    let expected = "L: layers 2 and 3 differ in the shape of their output (3×4×4 and 2×2×2); \
                    a slice of both has no one shape.";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn an_answer_that_no_memory_holds_is_refused_before_it_is_planned() {
    let mut wide = shape();
    wide.layers[1].shape.channels = 20_000;
    let query = parse("I(dCNN(-, 1, -, 0); dCNN(-, 1, -, 0))").unwrap();
    let error = check(&query, &wide).unwrap_err();
    assert_eq!(error, CheckError::TooLarge { values: 400_000_000, most: MOST_VALUES });
    assert_eq!(error.code(), "query_too_large");
}
