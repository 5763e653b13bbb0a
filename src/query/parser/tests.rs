use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> String {
    parse(text).unwrap().to_string()
}

fn error(text: &str) -> ParseError {
    parse(text).unwrap_err()
}

fn texts<const N: usize>(texts: [&'static str; N]) -> Vec<Expected> {
    texts.map(Expected::Text).to_vec()
}

/// Column, what was expected, what was found.
fn complaint(text: &str) -> (usize, String) {
    let error = error(text);
    (error.column, error.to_string())
}

#[test]
fn every_measure_is_read_and_printed_in_one_way() {
    for text in [
        "dCNN(5, 3, -, 0)",
        "H(dCNN(-, 3, -, 0))",
        "h(dCNN(label=0, 3, 7, -))",
        "I(dCNN(-, 1, -, 5); dCNN(-, 2, 0..4, 5))",
        "H(dCNN(-, 1, -, 5) | dCNN(-, 2, {1,3,8}, 5))",
        "I(dCNN(-, 1, *, 5); dCNN(-, 2..4, *, 5))",
        "H(dCNN(label=3, -, *, -) | dCNN(label=3, {1,2}, *, -))",
        "H(label|y=3)@5",
        "H(y|label={0,1})@0..4",
        "accuracy(-)",
        "loss(7)",
        "confusion({0,5})",
    ] {
        assert_eq!(canonical(text), text);
    }
}

#[test]
fn whole_layers_are_compared_with_whole_layers() {
    let whole = parse("I(dCNN(-,2,*,5);dCNN(-,5,*,5))").unwrap();
    assert_eq!(whole.measure(), Some(Measure::LayerInformation));
    let channels = parse("I(dCNN(-,2,-,5);dCNN(-,5,-,5))").unwrap();
    assert_eq!(channels.measure(), Some(Measure::Capacity));
    let first_only = error("I(dCNN(-,2,*,5); dCNN(-,5,-,5))");
    assert_eq!((first_only.column, first_only.expected), (27, texts(["*"])));
    assert_eq!(first_only.hint.as_deref(), Some(BOTH_WHOLE));
    let second_only = error("H(dCNN(-,2,-,5) | dCNN(-,5,*,5))");
    assert_eq!((second_only.column, second_only.hint.as_deref()), (28, Some(BOTH_WHOLE)));
    assert!(!second_only.expected.contains(&Expected::Text("*")));
}

#[test]
fn one_layer_alone_is_not_taken_as_a_whole() {
    let alone = error("H(dCNN(-,2,*,5))");
    assert_eq!((alone.column, alone.expected), (16, texts(["|"])));
    assert_eq!(alone.hint.as_deref(), Some(ONE_WHOLE_LAYER));
    for text in ["h(dCNN(-,2,*,5))", "dCNN(-,2,*,5)", "I(dCNN(*,2,-,5); dCNN(-,2,-,5))"] {
        assert_eq!(error(text).hint.as_deref(), Some("All of an axis is written `-`."), "{text}");
    }
}

#[test]
fn white_space_is_free() {
    let written = "\tH (\n dCNN( label = { 1 ,0} ,1 .. 3,-,\u{a0}2 ) ) ";
    assert_eq!(canonical(written), "H(dCNN(label={0,1}, 1..3, -, 2))");
    assert_eq!(canonical("H(y|label=-)@-"), canonical(" H ( y | label = - ) @ - "));
    assert_eq!(canonical("I(dCNN(-,1,-,5);dCNN(-,2,-,5))"), "I(dCNN(-, 1, -, 5); dCNN(-, 2, -, 5))");
}

#[test]
fn numbers_have_one_writing() {
    assert_eq!(canonical("accuracy(007)"), "accuracy(7)");
    assert_eq!(canonical("accuracy({8,1,3})"), "accuracy({1,3,8})");
}

#[test]
fn a_selector_that_is_missing_says_all_that_may_stand_there() {
    let expected = complaint("H(dCNN(-, , -, 0))");
    assert_eq!(expected, (11, "Column 11: expected `-`, `{` or a layer, found `,`.".to_owned()));
    let expected = complaint("H(dCNN(");
    assert_eq!(
        expected,
        (8, "Column 8: expected `train`, `label`, `-`, `{` or an image, found the end.".to_owned())
    );
}

#[test]
fn training_images_stand_on_x_all_or_picked() {
    for text in ["train", "train label=3", "train label={0,2}", "train 4", "train 1..3", "train {0,2}"] {
        let text = format!("H(dCNN({text}, 1, -, 0))");
        assert_eq!(canonical(&text), text);
    }
    assert_eq!(canonical("H(dCNN(train -,1,-,0))"), "H(dCNN(train, 1, -, 0))");
    assert_eq!(
        canonical("I(dCNN(train,1,*,0);dCNN(train,2,*,0))"),
        "I(dCNN(train, 1, *, 0); dCNN(train, 2, *, 0))"
    );
    let error = error("H(dCNN(train train, 1, -, 0))");
    assert_eq!(error.column, 14);
    assert!(
        error.expected.contains(&Expected::Text(",")) && error.expected.contains(&Expected::Text("label"))
    );
    assert_eq!(complaint("H(dCNN(-, train, -, 0))").0, 11, "on X only");
}

#[test]
fn a_class_stands_on_x_only() {
    let error = error("h(dCNN(-, label=3, -, 0))");
    assert_eq!((error.column, error.found), (11, Found::Text("label".to_owned())));
}

#[test]
fn a_slice_has_four_axes() {
    let (column, sentence) = complaint("h(dCNN(-, 1, 2))");
    assert_eq!((column, sentence.as_str()), (15, "Column 15: expected `..` or `,`, found `)`."));
    let (column, sentence) = complaint("h(dCNN(-, 1, 2, 3, 4))");
    assert_eq!((column, sentence.as_str()), (18, "Column 18: expected `..` or `)`, found `,`."));
}

#[test]
fn nothing_may_follow_a_query() {
    let error = error("accuracy(3) now");
    assert_eq!((error.column, error.expected), (13, vec![Expected::End]));
    assert_eq!(parse("H(y|label=1)@3 4").unwrap_err().expected, [Expected::Text(".."), Expected::End]);
}

#[test]
fn an_empty_text_lists_all_measures() {
    let error = error("  ");
    let all = texts([
        "dCNN",
        "H",
        "h",
        "state",
        "I",
        "readable",
        "spread",
        "sameclass",
        "dimension",
        "collapse",
        "CKA",
        "accuracy",
        "loss",
        "confusion",
        "labelchannel",
    ]);
    assert_eq!((error.column, error.expected, error.found), (1, all, Found::End));
}

#[test]
fn label_entropies_need_their_epoch() {
    assert_eq!((error("H(label|y=1)").column, error("H(label|y=1)").expected), (13, texts(["@"])));
}

#[test]
fn the_two_conditions_are_not_mixed_up() {
    assert_eq!(error("H(label|label=1)@2").expected, texts(["y"]));
    assert_eq!(error("H(y|y=1)@2").expected, texts(["label"]));
    assert_eq!(error("H(y,label=1)@2").expected, texts(["|"]));
}

#[test]
fn a_range_does_not_run_backwards() {
    let error = error("accuracy(5 .. 2)");
    assert_eq!((error.column, error.expected), (15, vec![Expected::AtLeast(5)]));
}

#[test]
fn a_set_names_each_index_once() {
    let error = error("accuracy({1,3,1})");
    assert_eq!((error.column, error.expected), (15, vec![Expected::NewInSet]));
}

#[test]
fn a_set_is_not_empty() {
    assert_eq!(error("accuracy({})").expected, [Expected::Number("an epoch")]);
    assert_eq!(error("accuracy({1,})").expected, [Expected::Number("an epoch")]);
}

#[test]
fn a_number_past_all_bounds_is_refused_where_it_stands() {
    let error = error("accuracy(4294967296)");
    assert_eq!((error.column, error.expected), (10, vec![Expected::AtMost(u32::MAX)]));
    assert_eq!(canonical("accuracy(4294967295)"), "accuracy(4294967295)");
}

#[test]
fn what_was_probably_meant_is_said() {
    let hint = |text| error(text).hint.unwrap();
    assert_eq!(hint("H(dcnn(-,1,-,0))"), "Did you mean `dCNN`? Upper and lower case differ.");
    assert_eq!(hint("acuracy(1)"), "Did you mean `accuracy`?");
    assert_eq!(hint("H(dCNN(–,1,-,0))"), "Write the plain minus sign `-`.");
    assert_eq!(hint("H(dCNN(all,1,-,0))"), "All of an axis is written `-`.");
    assert_eq!(hint("accuracy(1:4)"), "A range is written `1..5`.");
    assert_eq!(hint("accuracy(1.5)"), "A range is written `1..5`.");
    assert_eq!(hint("accuracy([1,2])"), "A set is written `{1,3,8}`.");
    assert_eq!(hint("accuracy(-3)"), NO_NEGATIVES);
    assert!(hint("h(label|y=1)@2").contains("capital H"));
}

#[test]
fn columns_count_characters() {
    assert_eq!(error("∞").column, 1);
    assert_eq!(error("H(dCNN(−").column, 8);
    assert_eq!(error("é(3)").column, 1);
}

#[test]
fn long_foreign_text_is_cut() {
    let Found::Text(found) = error(&"x".repeat(1000)).found else { panic!("not at the end") };
    assert_eq!(found.chars().count(), FOUND_CHARS + 1);
}

#[test]
fn the_places_of_selectors_are_known() {
    let (_, places) = parse_with_places("I(dCNN(-, 1, 2, 5);  dCNN(label=3, 2, -, 6))").unwrap();
    let columns = [CubeAxis::X, CubeAxis::L, CubeAxis::C, CubeAxis::T]
        .map(|axis| (places.column(Place::first(axis)), places.column(Place::second(axis))));
    assert_eq!(columns, [(8, 27), (11, 36), (14, 39), (17, 42)]);
    let (_, places) = parse_with_places("H(y|label=3)@ 5").unwrap();
    assert_eq!(
        (places.column(Place::first(CubeAxis::X)), places.column(Place::first(CubeAxis::T))),
        (11, 15)
    );
}

fn selector() -> impl Strategy<Value = Selector> {
    prop_oneof![
        Just(Selector::All),
        any::<u32>().prop_map(Selector::Index),
        (any::<u32>(), any::<u32>())
            .prop_filter_map("ascending", |(a, b)| IndexRange::new(a, b).map(Selector::Range)),
        proptest::collection::vec(any::<u32>(), 1..6)
            .prop_filter_map("not empty", |indices| IndexSet::new(indices).map(Selector::Set)),
    ]
}

fn slice() -> impl Strategy<Value = Slice> {
    let images = prop_oneof![selector().prop_map(Images::Picked), selector().prop_map(Images::Labelled)];
    let images = (prop_oneof![Just(ProbeSet::Test), Just(ProbeSet::Train)], images);
    (images, selector(), selector(), selector()).prop_map(
        |((probe_set, images), layers, channels, epochs)| Slice {
            probe_set,
            images,
            layers,
            channels,
            epochs,
        },
    )
}

fn whole(slice: Slice) -> Slice {
    Slice { channels: Selector::All, ..slice }
}

fn query() -> impl Strategy<Value = Query> {
    let measures: Vec<Measure> = Measure::all().collect();
    let parts = (slice(), slice(), selector(), selector());
    let measured =
        (prop::sample::select(measures), parts).prop_map(|(measure, (a, b, classes, epochs))| match measure
            .about()
            .form
        {
            Form::Layer | Form::Channel => Query::OfSlice { measure, slice: a },
            Form::ChannelPair => Query::OfSlices { measure, a, b },
            Form::LayerPair => Query::OfSlices { measure, a: whole(a), b: whole(b) },
            Form::Class => Query::OfClasses { measure, classes, epochs },
            Form::Confusion | Form::Epoch => Query::OfEpochs { measure, epochs },
        });
    prop_oneof![1 => slice().prop_map(Query::Cells), 9 => measured]
}

proptest! {
    #[test]
    fn parsing_undoes_printing(query in query()) {
        prop_assert_eq!(parse(&query.to_string()).unwrap(), query);
    }

    #[test]
    fn white_space_between_tokens_changes_nothing(query in query(), spaces in "[ \t\n]{1,3}") {
        let text = query.to_string();
        let spaced: Vec<&str> = tokens(&text).iter().map(|token| token.text).collect();
        prop_assert_eq!(parse(&spaced.join(&spaces)).unwrap(), query);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in r"[dCNHhIlabeyqTosru(){},;|=@.*\-0-9 é∞]{0,40}") {
        if let Err(error) = parse(&text) {
            prop_assert!(!error.expected.is_empty());
            prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1);
        }
    }

    #[test]
    fn one_character_taken_away_is_an_error_or_another_query(query in query(), at in any::<prop::sample::Index>()) {
        let mut text: Vec<char> = query.to_string().chars().collect();
        let at = at.index(text.len());
        let gone = text.remove(at);
        let parsed = parse(&text.iter().collect::<String>());
        prop_assert!(gone == ' ' || parsed != Ok(query));
    }
}

#[test]
fn an_endless_text_is_refused_at_once_and_said_why() {
    let started = std::time::Instant::now();
    let numbers: Vec<String> = (0..100_000).map(|number: u32| number.to_string()).collect();
    for text in ["H(".repeat(100_000), format!("H(dCNN({{{}}}, 1, -, 0))", numbers.join(","))] {
        let error = parse(&text).unwrap_err();
        assert_eq!(error.column, 20_001);
        assert!(error.to_string().ends_with("A query has at most 20000 characters."), "{error}");
        assert_eq!(expected_at_end(&text), None);
    }
    assert!(started.elapsed().as_secs() < 2);
}
