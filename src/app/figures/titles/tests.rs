use super::*;
use crate::app::session::fixture;
use crate::query::{RunShape, parse, plan};

fn channel(layer: usize, channel: usize) -> Channel {
    Channel { layer, channel }
}

/// Every figure, with all that can be picked in it.
fn every_figure() -> Vec<Titled> {
    let place = |layer, feature| FeaturePlace { run: "a".to_owned(), epoch_index: 1, layer, feature };
    let muted = |layer, features: &[usize]| Titled::Muted { layer, features: features.to_vec(), epoch: 1 };
    let mut figures = vec![
        Titled::Learning(Learning::Loss),
        Titled::Learning(Learning::Accuracy),
        Titled::Confusion,
        Titled::Label(Label::GivenPrediction),
        Titled::Label(Label::GivenLabel),
        Titled::LabelAt(Label::GivenLabel),
        Titled::Stability,
        Titled::InterSample(SpreadOf::Test, None),
        Titled::InterSample(SpreadOf::Test, Some(3)),
        Titled::CapacityOverEpochs,
        Titled::CapacityRow(CapacityMeasure::Capacity, vec![0, 2]),
        Titled::WholeLayers(CapacityMeasure::Capacity),
        Titled::WholeLayers(CapacityMeasure::BGivenA),
        Titled::WholeOverEpochs,
        Titled::Deeper,
        Titled::Similar(2),
        Titled::Redundant(2),
        Titled::FeatureMaps(vec![channel(2, 5), channel(1, 4), channel(2, 1)], vec![7, 0]),
        Titled::IntraSample(vec![1]),
        Titled::IntraSample(vec![1, 2]),
        Titled::Circles,
        Titled::Projection(place(1, 5), vec![4, 9]),
        Titled::Projection(place(3, 5), vec![4]),
        muted(1, &[3, 4]),
        muted(3, &[3]),
    ];
    for measure in CapacityMeasure::ALL {
        let capacity = |against| Titled::Capacity { measure, against, epoch: None };
        figures.extend([None, Some(0)].map(capacity));
    }
    figures
}

fn selection() -> Selection {
    Selection { epoch_index: 2, layer: 1, pair: LayerPair { a: 1, b: 2 }, ..Selection::default() }
}

fn title(figure: &Titled) -> String {
    figure.write(&fixture::open_run("a", 3), &selection())
}

#[test]
fn every_title_is_of_slices_that_the_run_has() {
    let run = fixture::open_run("a", 3);
    let labels = (0..500).map(|image| (image / 50) as u8).collect();
    let shape = RunShape::new(&run.header, labels, vec![0, 1, 2]);
    for figure in every_figure() {
        let (queries, _) = figure.parts(&run, &selection()).unwrap();
        assert!(!queries.is_empty(), "{figure:?}");
        for query in queries {
            // Several layers stand in one title where their matrices stand in a row.
            if figure != Titled::Deeper {
                assert!(plan(&query.to_string(), &shape).is_ok(), "{query}");
            }
            assert_eq!(parse(&query.to_string()), Ok(query), "{figure:?}");
        }
    }
}

#[test]
fn no_title_has_a_letter_in_place_of_an_index() {
    for figure in every_figure() {
        let title = title(&figure);
        let mut words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let known = [
            "dCNN",
            "H",
            "h",
            "I",
            "min",
            "max",
            "label",
            "y",
            "loss",
            "accuracy",
            "confusion",
            "epoch",
            "input",
            "units",
        ];
        let placeholder = words.find(|word| word.parse::<u32>().is_err() && !known.contains(word));
        assert_eq!(placeholder, None, "{title}");
    }
}

#[test]
fn titles_name_what_is_selected() {
    let capacity = |measure, against| Titled::Capacity { measure, against, epoch: None };
    for (figure, expected) in [
        (Titled::InterSample(SpreadOf::Test, Some(3)), "H(dCNN(label=3, -, -, -))"),
        (Titled::InterSample(SpreadOf::Both, None), "H(dCNN(train, -, -, -)), H(dCNN(-, -, -, -))"),
        (Titled::Confusion, "confusion(2)"),
        (Titled::Stability, "H(label|y=-)@-, H(y|label=-)@-"),
        (capacity(CapacityMeasure::Capacity, None), "I(dCNN(-, 1, -, 2); dCNN(-, 2, -, 2))"),
        (capacity(CapacityMeasure::BGivenA, Some(0)), "H(dCNN(-, 2, -, 2) | dCNN(-, 1, -, 2)) − epoch 0"),
        (capacity(CapacityMeasure::Share, None), "I(dCNN(-, 1, -, 2); dCNN(-, 2, -, 2)) / min H"),
        (
            Titled::CapacityRow(CapacityMeasure::Share, vec![0, 2]),
            "I(dCNN(-, 1, -, {0,2}); dCNN(-, 2, -, {0,2})) / min H",
        ),
        (Titled::WholeLayers(CapacityMeasure::Capacity), "I(dCNN(-, -, *, 2); dCNN(-, -, *, 2))"),
        (Titled::WholeLayers(CapacityMeasure::BGivenA), "H(dCNN(-, -, *, 2) | dCNN(-, -, *, 2))"),
        (Titled::WholeOverEpochs, "I(dCNN(-, 1, *, -); dCNN(-, 2, *, -))"),
        (Titled::Deeper, "I(dCNN(-, 1, -, 2); dCNN(-, 2..3, -, 2))"),
        (Titled::Circles, "h(dCNN(label=-, 1, -, 2))"),
        (Titled::IntraSample(vec![2, 1]), "h(dCNN(label=-, {1,2}, -, -))"),
        (
            Titled::FeatureMaps(vec![channel(2, 5), channel(1, 4), channel(2, 1)], vec![7, 0]),
            "dCNN({0,7}, 1, 4, 2), dCNN({0,7}, 2, {1,5}, 2)",
        ),
    ] {
        assert_eq!(title(&figure), expected);
    }
}

#[test]
fn units_of_a_dense_layer_are_named_beside_its_one_channel() {
    let muted = |layer| Titled::Muted { layer, features: vec![3, 4], epoch: 1 };
    assert_eq!(title(&muted(1)), "dCNN(-, 1, {3,4}, 1) = 0");
    assert_eq!(title(&muted(3)), "dCNN(-, 3, 0, 1), units {3,4}, = 0");
}

#[test]
fn the_query_views_slices_are_those_that_are_picked() {
    let picks = |query: &str| {
        let mut picks = Picks::default();
        picks.take(&parse(query).unwrap());
        picked(&picks)
    };
    assert_eq!(picks("h(dCNN(label=3, 1, 5, 0))"), "dCNN(label=3, 1, 5, 0)");
    assert_eq!(picks("I(dCNN(-, 1, 3, 0); dCNN(-, 2, -, 0))"), "dCNN(-, 1, 3, 0); dCNN(-, 2, -, 0)");
}

#[test]
fn the_title_follows_the_epoch_of_the_slider() {
    let run = fixture::open_run("a", 3);
    let at = |epoch_index| Titled::Circles.write(&run, &Selection { epoch_index, ..selection() });
    assert_ne!(at(0), at(1));
    // A matrix that is not measured yet leaves the one before on screen.
    let late = Titled::Capacity { measure: CapacityMeasure::Capacity, against: None, epoch: Some(1) };
    assert_eq!(title(&late), "I(dCNN(-, 1, -, 1); dCNN(-, 2, -, 1))");
    assert_eq!(Titled::Circles.write(&fixture::open_run("a", 0), &selection()), "", "nothing is on screen");
}
