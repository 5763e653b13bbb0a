#![allow(clippy::float_cmp, reason = "a setting is read exactly as it was written")]
use proptest::prelude::*;

use super::*;

fn set(name: &str, value: &str) -> Result<TrainingConfig, ConfigError> {
    let mut config = TrainingConfig::default();
    config.set(name, value)?;
    Ok(config)
}

#[test]
fn every_setting_is_taken_by_its_public_name() {
    assert_eq!(set("dataset", "cifar10").unwrap().dataset, DatasetName::Cifar10);
    assert_eq!(set("per_class", "1000").unwrap().per_class, PerClass::Count(1000));
    assert_eq!(set("per_class", "all").unwrap().per_class, PerClass::All);
    assert_eq!(set("model", "mnist-8").unwrap().model, ModelName::Mnist8);
    assert_eq!(set("epochs", "7").unwrap().epochs, 7);
    assert_eq!(set("batch", "32").unwrap().batch, 32);
    assert_eq!(set("lr", "3e-4").unwrap().learning_rate, 3e-4);
    assert_eq!(set("optimizer", "adam").unwrap().optimizer, OptimizerName::Adam);
    assert_eq!(set("seed", "42").unwrap().seed, 42);
    assert_eq!(set("data_seed", "9").unwrap().data_seed, Some(9));
    assert_eq!(set("test_per_class", "all").unwrap().test_per_class, Some(PerClass::All));
    assert_eq!(set("probe", " 100 ").unwrap().probe, 100);
    assert_eq!(set("backend", "cpu").unwrap().backend, BackendChoice::Cpu);
    assert_eq!(set("model", "cifar-13").unwrap().model, ModelName::Cifar13);
    assert_eq!(set("model", "residual").unwrap().model, ModelName::Residual);
    assert_eq!(set("optimizer", "sgd").unwrap().optimizer, OptimizerName::Sgd);
    assert_eq!(set("optimizer", "adamw").unwrap().optimizer, OptimizerName::Adamw);
    assert_eq!(set("width", "0.25").unwrap().width, Width::Quarter);
    assert_eq!(set("weight_decay", "5e-4").unwrap().weight_decay, Some(5e-4));
    assert_eq!(set("weight_decay", "auto").unwrap().weight_decay, None);
    assert_eq!(set("schedule", "cosine").unwrap().schedule, RateSchedule::Cosine);
    assert_eq!(set("augment", "flip-shift").unwrap().augment, Augmentation::FlipShift);
    assert_eq!(set("record", "every:10").unwrap().record, RecordPolicy::Every(10));
    assert_eq!(set("parts", "2,1").unwrap().parts.to_string(), "1,2");
    assert_eq!(set("model", "custom").unwrap().model, ModelName::Custom);
    assert_eq!(set("layers", "maxpool 2;DENSE 9").unwrap().layers.to_string(), "maxpool 2; dense 9 relu");
}

#[test]
fn the_ends_of_every_range_are_in_and_what_is_beyond_is_out() {
    for (name, least, most, below, above) in [
        ("per_class", "1", "100000", "0", "100001"),
        ("epochs", "1", "1000", "0", "1001"),
        ("batch", "1", "1024", "0", "1025"),
        ("probe", "10", "5000", "9", "5001"),
        ("weight_decay", "0", "1", "-1", "1.000001"),
        ("record", "every:1", "every:1000", "every:0", "every:1001"),
        ("lr", "1e-7", "10", "9.99e-8", "10.000001"),
        ("seed", "0", "9007199254740991", "-1", "9007199254740992"),
        ("data_seed", "0", "9007199254740991", "-1", "9007199254740992"),
        ("test_per_class", "1", "100000", "0", "100001"),
    ] {
        assert!(set(name, least).is_ok() && set(name, most).is_ok(), "{name}");
        assert!(matches!(set(name, below), Err(ConfigError::BadValue { .. })), "{name}");
        assert!(matches!(set(name, above), Err(ConfigError::BadValue { .. })), "{name}");
    }
}

#[test]
fn what_is_not_a_number_is_refused() {
    for value in ["", "x", "NaN", "inf", "-inf", "-1", "1e9", "0x10", "1,5"] {
        assert!(set("lr", value).is_err(), "lr={value}");
    }
    for value in ["", "x", "1.5", "1e3", "-3", "99999999999999999999", "All"] {
        assert!(set("per_class", value).is_err(), "per_class={value}");
        assert!(set("epochs", value).is_err(), "epochs={value}");
    }
}

#[test]
fn a_bad_value_is_named_with_what_is_allowed() {
    assert_eq!(
        set("epochs", "0").unwrap_err().to_string(),
        "epochs=\"0\" is not possible; epochs can be a whole number from 1 to 1000."
    );
    assert_eq!(
        set("backend", "gpu").unwrap_err().to_string(),
        "backend=\"gpu\" is not possible; backend can be auto or webgpu or cpu."
    );
}

#[test]
fn a_name_that_nobody_knows_is_refused() {
    assert!(matches!(set("dataset", "imagenet"), Err(ConfigError::BadValue { .. })));
}

#[test]
fn an_unknown_setting_is_named_with_those_there_are() {
    let error = set("epoch", "3").unwrap_err();
    assert!(matches!(error, ConfigError::UnknownName { .. }));
    assert!(error.to_string().contains("per_class, model"), "{error}");
}

#[test]
fn a_run_stored_before_a_setting_existed_has_its_default() {
    let mut stored = serde_json::to_value(TrainingConfig::default()).unwrap();
    for newer in ["width", "weight_decay", "schedule", "augment", "record", "layers", "parts"] {
        stored.as_object_mut().unwrap().remove(newer).unwrap();
    }
    assert_eq!(serde_json::from_value::<TrainingConfig>(stored).unwrap(), TrainingConfig::default());
}

#[test]
fn model_and_width_stand_for_a_network() {
    let mut config = set("model", "residual").unwrap();
    config.set("width", "0.5").unwrap();
    let spec = config.network(ImageShape { channels: 3, height: 32, width: 32 }, 10);
    assert_eq!(spec.shapes().unwrap()[0].channels, 16);
    assert_eq!(spec.name, "residual");
}

#[test]
fn a_custom_network_has_the_layers_of_its_text_at_any_width() {
    let mut config = set("layers", "conv 6 3x3; maxpool 2; dense 12").unwrap();
    let input = ImageShape { channels: 1, height: 28, width: 28 };
    assert_eq!(config.network(input, 10).name, "mnist-8", "the model decides");
    config.set("model", "custom").unwrap();
    config.set("width", "0.5").unwrap();
    let shapes = config.network(input, 4).shapes().unwrap();
    let sizes: Vec<_> = shapes.iter().map(|shape| (shape.channels, shape.width)).collect();
    assert_eq!(sizes, [(3, 28), (3, 14), (1, 6), (1, 4)]);
    let linear = TrainingConfig { model: ModelName::Custom, ..TrainingConfig::default() };
    assert_eq!(linear.network(input, 4).shapes().unwrap().len(), 1, "no hidden layer at all");
}

#[test]
fn layers_that_cannot_be_read_are_refused_with_their_place() {
    let error = set("layers", "maxpool 2; dense").unwrap_err();
    let text =
        "The layers cannot be read: column 17: expected a number of units from 1 to 65536, found the end.";
    assert_eq!(error.to_string(), text);
}

#[test]
fn adamw_decays_weights_unless_told_otherwise() {
    assert_eq!(set("optimizer", "adamw").unwrap().effective_weight_decay(), 0.01);
    assert_eq!(set("optimizer", "adam").unwrap().effective_weight_decay(), 0.0);
    assert_eq!(set("weight_decay", "0.1").unwrap().effective_weight_decay(), 0.1);
}

#[test]
fn a_refused_value_leaves_the_configuration_as_it_was() {
    let mut config = TrainingConfig::default();
    assert!(config.set("batch", "4096").is_err());
    assert_eq!(config, TrainingConfig::default());
}

#[test]
fn only_changed_settings_go_into_a_link() {
    assert_eq!(TrainingConfig::default().changed_pairs(), []);
    let mut config = TrainingConfig::default();
    config.set("dataset", "mnist").unwrap();
    config.set("lr", "0.01").unwrap();
    assert_eq!(config.changed_pairs(), [("dataset", "mnist".to_owned()), ("lr", "0.01".to_owned())]);
}

#[test]
fn public_names_are_the_names_serde_writes() {
    fn check<T: Copy + Serialize + fmt::Display + FromStr<Err = UnknownName> + PartialEq + fmt::Debug>(
        all: &[T],
    ) {
        for value in all {
            assert_eq!(serde_json::to_value(value).unwrap(), value.to_string());
            assert_eq!(value.to_string().parse::<T>(), Ok(*value));
        }
    }
    check(DatasetName::ALL);
    check(ModelName::ALL);
    check(OptimizerName::ALL);
    check(BackendChoice::ALL);
    check(Backend::ALL);
    check(Width::ALL);
    check(RateSchedule::ALL);
    check(Augmentation::ALL);
}

proptest! {
    #[test]
    fn pairs_bring_the_same_configuration_back(
        count in 1_usize..=100_000, epochs in 1_u32..=1000, batch in 1_usize..=1024,
        rate in 1_u32..=100_000_000, seed in 0..=MAX_SEED, probe in 10_usize..=5000,
        data_seed in 0..=MAX_SEED,
    ) {
        let rate = f64::from(rate) / 1e7;
        let per_class = if count % 7 == 0 { PerClass::All } else { PerClass::Count(count) };
        let config = TrainingConfig {
            dataset: DatasetName::Mnist, per_class, epochs, batch, learning_rate: rate, seed, probe,
            data_seed: Some(data_seed), test_per_class: Some(per_class),
            backend: BackendChoice::Webgpu, width: Width::Half, weight_decay: Some(count as f64 / 1e6),
            schedule: RateSchedule::Step, augment: Augmentation::Shift, record: RecordPolicy::Every(epochs),
            model: ModelName::Custom, layers: format!("dense {count}").parse().unwrap_or_default(),
            parts: if count % 2 == 0 { OpenedLayers::All } else { OpenedLayers::These(vec![1, 7]) },
            ..TrainingConfig::default()
        };
        for pairs in [config.pairs(), config.changed_pairs()] {
            let mut read = TrainingConfig::default();
            for (name, value) in pairs {
                read.set(name, &value).unwrap();
            }
            prop_assert_eq!(&read, &config);
        }
    }

    #[test]
    fn no_text_makes_set_panic(name in "[a-z_]{0,9}", value in ".{0,12}") {
        let mut config = TrainingConfig::default();
        let _ = config.set(&name, &value);
        for known in SETTINGS {
            let _ = config.set(known, &value);
        }
    }
}
