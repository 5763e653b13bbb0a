use super::*;
use crate::cube::testing::header;

fn refused(change: impl Fn(&mut RunHeader)) -> String {
    let mut header = header();
    change(&mut header);
    header.check().unwrap_err()
}

#[test]
fn a_sane_header_is_accepted_and_survives_json() {
    let header = header();
    assert_eq!(header.check(), Ok(()));
    let json = serde_json::to_string(&header).unwrap();
    assert_eq!(serde_json::from_str::<RunHeader>(&json).unwrap(), header);
}

#[test]
fn a_run_that_does_not_say_how_pairs_were_chosen_is_of_the_first_way() {
    let mut json = serde_json::to_value(header()).unwrap();
    assert!(serde_json::from_value::<RunHeader>(json.clone()).unwrap().settings.has_todays_pairs());
    json["settings"] = serde_json::json!({"k": 1000, "bins": 32, "pairs": 20_000});
    let old: RunHeader = serde_json::from_value(json).unwrap();
    assert_eq!((old.settings.pair_schedule, old.settings.has_todays_pairs()), (1, false));
    assert_eq!(old.settings.target_pairs(), EstimatorSettings::default().pairs);
}

#[test]
fn a_training_set_is_kept_whole_or_not_at_all() {
    let mnist = ImageShape { channels: 1, height: 28, width: 28 };
    let photographs = ImageShape { channels: 3, height: 64, width: 64 };
    assert_eq!([1000, 20_000, 60_000].map(|n| kept_training_images(n, mnist)), [1000, 20_000, 0]);
    assert_eq!([5000, 6000].map(|n| kept_training_images(n, photographs)), [5000, 0]);
    assert_eq!(kept_training_images(usize::MAX, mnist), 0);
}

#[test]
fn updates_of_an_epoch_are_its_full_batches() {
    let mut header = header();
    header.config =
        TrainingConfig { dataset: "mnist".parse().unwrap(), batch: 64, ..TrainingConfig::default() };
    for (per_class, trained, kept, expected) in [
        ("100", 1000, 1000, Some((1000, 15))),
        // Too many to be kept.
        ("all", 60_000, 0, Some((60_000, 937))),
        // A run of an older version names neither, but everyone has the same MNIST.
        ("5500", 0, 0, Some((9 * 5500 + 5421, 858))),
        ("3", 30, 30, None),
    ] {
        header.config.set("per_class", per_class).unwrap();
        (header.trained_images, header.training_images) = (trained, kept);
        assert_eq!(header.n_trained().zip(header.updates_per_epoch()), expected, "{per_class}");
    }
    header.config.dataset = "own-0123abcd".parse().unwrap();
    (header.trained_images, header.training_images) = (0, 0);
    assert_eq!(header.n_trained(), None);
}

#[test]
fn layer_zero_is_the_input() {
    let header = header();
    assert_eq!(header.shape_at(0), Some(header.input));
    assert_eq!(header.shape_at(1), Some(header.layers[0].shape()));
    assert_eq!(header.shape_at(header.n_layers() + 1), None);
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    assert!(refused(|h| h.format = 2).contains("format is 2"));
    assert!(refused(|h| h.classes.clear()).contains("0 classes"));
    assert!(refused(|h| h.classes = vec![String::new(); 257]).contains("257 classes"));
    assert!(refused(|h| h.layers.clear()).contains("0 layers"));
    assert!(refused(|h| h.layers[1].index = 1).contains("layer 1 stands in place 2"));
    assert!(refused(|h| h.layers[0].channels = 0).contains("layer 1 has 0 channels"));
    assert!(refused(|h| h.layers[0].width = 1 << 17).contains("a side"));
    assert!(refused(|h| h.input.height = 0).contains("the input"));
    assert!(refused(|h| h.probe_images = 0).contains("none or over"));
    assert!(refused(|h| h.probe_images = usize::MAX).contains("none or over"));
    assert!(refused(|h| (h.probe_images, h.settings.pairs) = (1 << 22, 1 << 30)).contains("pairs of"));
    assert!(refused(|h| h.training_images = 20_001).contains("training images"));
    assert!(refused(|h| h.planned_epochs = vec![1, 2]).contains("ascend"));
    assert!(refused(|h| h.planned_epochs = vec![0, 2, 2]).contains("ascend"));
    assert!(refused(|h| h.planned_epochs = vec![0, 10_000]).contains("10000"));
}

#[test]
fn more_training_images_than_the_probe_set_has_are_refused() {
    assert!(refused(|header| header.train_probe_images = 5).contains("more than the 4"));
    let train = RunHeader { train_probe_images: 3, ..header() };
    assert_eq!(train.check(), Ok(()));
    assert_eq!(train.of(ProbeSet::Train).unwrap().probe_images, 3);
    assert_eq!(train.of(ProbeSet::Test), Some(train));
}
