use super::*;
use crate::query::parse;

fn taken(text: &str) -> Picks {
    let mut picks = Picks::default();
    picks.take(&parse(text).unwrap());
    picks
}

fn text(picks: &Picks) -> String {
    picks.query().to_string()
}

#[test]
fn what_is_taken_from_a_query_prints_as_the_query() {
    for written in [
        "dCNN({1,5}, 3, -, 0)",
        "H(dCNN(-, 3, -, -))",
        "H(dCNN(label=0, 3, 7, -))",
        "h(dCNN(label={0,1}, 1..2, {0,4}, 2))",
        "I(dCNN(-, 1, -, 5); dCNN(-, 2, 3, 5))",
        "H(dCNN(4..9, 1, -, 5) | dCNN(4..9, 2, -, 5))",
        "I(dCNN(-, 1..4, *, 5); dCNN(-, 2, *, 5))",
        "H(dCNN(label=3, 1, *, -) | dCNN(label=3, -, *, -))",
        "H(label|y=3)@-",
        "H(y|label={0,1})@0..4",
        "accuracy(-)",
        "loss(7)",
        "confusion({0,5})",
    ] {
        assert_eq!(text(&taken(written)), written);
    }
}

#[test]
fn what_a_query_does_not_say_stays_for_the_next_measure() {
    let mut picks = taken("h(dCNN(label=3, 4, 2, 1))");
    picks.take(&parse("accuracy(5)").unwrap());
    picks.ask(Some(Measure::IntraSample));
    assert_eq!(text(&picks), "h(dCNN(label=3, 4, 2, 5))");
}

#[test]
fn one_layer_or_two_are_picked() {
    let mut picks = taken("H(dCNN(-, 3, -, 0))");
    picks.pick_layers(2, None);
    assert_eq!(text(&picks), "H(dCNN(-, 2, -, 0))");
    picks.pick_layers(4, Some(2));
    assert_eq!(text(&picks), "H(dCNN(-, {2,4}, -, 0))");
    picks.pick_layers(4, Some(4));
    assert_eq!(text(&picks), "H(dCNN(-, 4, -, 0))");
}

#[test]
fn two_layers_are_those_of_the_two_slices() {
    let mut picks = taken("I(dCNN(-, 1, 3, 0); dCNN(-, 2, 4, 0))");
    picks.pick_layers(1, Some(5));
    assert_eq!(text(&picks), "I(dCNN(-, 1, 3, 0); dCNN(-, 5, -, 0))");
    picks.pick_layers(5, Some(5));
    assert_eq!(text(&picks), "I(dCNN(-, 5, -, 0); dCNN(-, 5, -, 0))");
}

#[test]
fn a_comparison_takes_its_two_layers_from_the_set_that_was_picked() {
    let mut picks = taken("H(dCNN(-, {2,4}, -, 0))");
    picks.ask(Some(Measure::Capacity));
    assert_eq!(text(&picks), "I(dCNN(-, 2, -, 0); dCNN(-, 4, -, 0))");
    let mut picks = taken("H(dCNN(-, -, -, 0))");
    picks.ask(Some(Measure::Conditional));
    assert_eq!(text(&picks), "H(dCNN(-, 1, -, 0) | dCNN(-, 2, -, 0))");
}

#[test]
fn layers_are_taken_as_wholes_until_a_channel_is_picked() {
    let mut picks = taken("I(dCNN(-, 2, 3, 0); dCNN(-, 4, 1, 0))");
    picks.ask(Some(Measure::LayerInformation));
    assert_eq!(text(&picks), "I(dCNN(-, 2, *, 0); dCNN(-, 4, *, 0))");
    picks.pick_channel(WhichSlice::Second, Some(7));
    assert_eq!(text(&picks), "I(dCNN(-, 2, -, 0); dCNN(-, 4, 7, 0))");
    picks.ask(Some(Measure::LayerConditional));
    assert_eq!(text(&picks), "H(dCNN(-, 2, *, 0) | dCNN(-, 4, *, 0))");
}

#[test]
fn a_channel_by_itself_has_an_intra_sample_entropy() {
    let mut picks = taken("H(dCNN(-, 3, -, 0))");
    picks.pick_channel(WhichSlice::First, Some(7));
    assert_eq!(text(&picks), "h(dCNN(-, 3, 7, 0))");
    picks.ask(Some(Measure::InterSample));
    assert_eq!(text(&picks), "H(dCNN(-, 3, -, 0))");
    picks.pick_channel(WhichSlice::First, None);
    assert_eq!(picks.measure, Some(Measure::InterSample));
}

#[test]
fn another_layer_has_other_channels() {
    let mut picks = taken("h(dCNN(-, 3, 7, 0))");
    picks.pick_layers(4, None);
    assert_eq!(text(&picks), "h(dCNN(-, 4, -, 0))");
}

#[test]
fn classes_are_put_in_and_out() {
    let mut picks = taken("H(dCNN(-, 3, -, 0))");
    let mut toggle = |class| {
        picks.toggle_class(class, 4);
        picks.images.to_string()
    };
    assert_eq!(toggle(2), "label=2");
    assert_eq!(toggle(0), "label={0,2}");
    assert_eq!(toggle(2), "label=0");
    assert_eq!(toggle(0), "-");
    picks.take(&parse("H(dCNN(label=-, 3, -, 0))").unwrap());
    picks.toggle_class(1, 4);
    assert_eq!(picks.images.to_string(), "label={0,2,3}");
    assert_eq!(picks.picked_classes(4), [0, 2, 3]);
}

#[test]
fn classes_of_a_label_entropy_are_its_own() {
    let mut picks = taken("H(label|y=3)@0");
    picks.toggle_class(1, 4);
    assert_eq!(text(&picks), "H(label|y={1,3})@0");
    picks.toggle_class(1, 4);
    picks.toggle_class(3, 4);
    assert_eq!(text(&picks), "H(label|y=-)@0");
}

#[test]
fn images_are_put_in_and_out() {
    let mut picks = taken("h(dCNN(label=2, 3, -, 0))");
    let mut toggle = |image| {
        picks.toggle_image(image);
        picks.images.to_string()
    };
    assert_eq!(toggle(7), "7");
    assert_eq!(toggle(5), "{5,7}");
    assert_eq!(toggle(7), "5");
    assert_eq!(toggle(5), "-");
    picks.images = Images::Picked(parse_range("2..4"));
    picks.toggle_image(3);
    assert_eq!(picks.images.to_string(), "{2,4}");
}

fn parse_range(text: &str) -> Selector {
    match parse(&format!("loss({text})")).unwrap() {
        Query::OfEpochs { epochs, .. } => epochs,
        other => panic!("{other}"),
    }
}

#[test]
fn the_longest_range_there_is_overflows_nothing() {
    let endless = parse_range("0..4294967295");
    assert_eq!(among(&endless, 3), [0, 1, 2]);
    assert_eq!(listed(&endless), [0, u32::MAX]);
    let mut picks = Picks { images: Images::Picked(endless), ..Picks::default() };
    picks.toggle_image(1);
    assert!(picks.images.to_string().starts_with("{0,2,3"));
}
