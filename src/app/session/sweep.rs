//! Several runs from one set of settings: every combination of the sizes, networks and learning rates that were
//! picked; what was not picked is as the settings say.

use crate::training::schedule::batches_per_epoch;
use crate::training::{Subject, TrainingConfig};

/// Settings that can be swept: the name, what it is called, and values that are offered.
pub const SWEPT: [(&str, &str, &[&str]); 4] = [
    ("per_class", "Images per class", &["100", "500", "1000", "2000"]),
    ("model", "Networks", &["mnist-8", "cifar-13", "residual"]),
    ("lr", "Learning rates", &["0.0001", "0.0003", "0.001", "0.003", "0.01"]),
    ("seed", "Seeds", &["1", "2", "3"]),
];

/// Most runs of one sweep.
pub const MOST: usize = 24;

/// The settings of every run, and what sets each apart; none when nothing was picked. `picked` holds values by the
/// name of their setting; a value that the settings refuse is left out.
pub fn sweep(base: &TrainingConfig, picked: &[(String, String)]) -> Vec<(TrainingConfig, String)> {
    if picked.is_empty() {
        return Vec::new();
    }
    let mut runs = vec![(base.clone(), Vec::new())];
    for (name, ..) in SWEPT {
        let values: Vec<&str> = offered(name)
            .filter(|value| picked.iter().any(|(setting, other)| setting == name && other == value))
            .collect();
        if !values.is_empty() {
            runs = runs.iter().flat_map(|run| with_each(run, name, &values)).collect();
        }
    }
    runs.into_iter().take(MOST).map(|(config, parts)| (config, parts.join(" · "))).collect()
}

/// That the runs have different numbers of weight updates an epoch, where they do; empty where they do not, or where
/// it is not known before the images are read.
pub fn pace(runs: &[(TrainingConfig, String)]) -> String {
    let updates = |config: &TrainingConfig| {
        let images = Subject::of(config.dataset)?.train_images(config.per_class);
        batches_per_epoch(images, config.batch).ok()
    };
    let known: Option<Vec<usize>> = runs.iter().map(|(config, _)| updates(config)).collect();
    let Some(known) = known else { return String::new() };
    match (known.iter().min(), known.iter().max()) {
        (Some(fewest), Some(most)) if fewest < most => format!(
            "An epoch has {fewest} weight updates in the run of the fewest, {most} in that of the most: compare them \
             over weight updates, too (“Charts over”, beside the slider of the epochs)."
        ),
        _ => String::new(),
    }
}

fn offered(name: &str) -> impl Iterator<Item = &'static str> {
    SWEPT.into_iter().filter(move |swept| swept.0 == name).flat_map(|(_, _, values)| values.iter().copied())
}

fn with_each(
    (config, parts): &(TrainingConfig, Vec<String>),
    name: &str,
    values: &[&str],
) -> Vec<(TrainingConfig, Vec<String>)> {
    let with = |value: &&str| {
        let (mut config, mut parts) = (config.clone(), parts.clone());
        config.set(name, value).ok()?;
        parts.push(match name {
            "per_class" => format!("{value} per class"),
            "model" => (*value).to_owned(),
            _ => format!("{name} {value}"),
        });
        Some((config, parts))
    };
    values.iter().filter_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::config::{ModelName, PerClass};

    fn picked(values: &[(&str, &str)]) -> Vec<(String, String)> {
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn sizes_come_in_their_order_whatever_was_picked_first() {
        let runs = sweep(&TrainingConfig::default(), &picked(&[("per_class", "1000"), ("per_class", "100")]));
        let sizes: Vec<PerClass> = runs.iter().map(|(config, _)| config.per_class).collect();
        assert_eq!(sizes, [PerClass::Count(100), PerClass::Count(1000)]);
        assert_eq!(runs[0].1, "100 per class");
    }

    #[test]
    fn every_combination_is_a_run_and_the_rest_stays_as_it_was() {
        let base = TrainingConfig { epochs: 7, ..TrainingConfig::default() };
        let values = [("model", "cifar-13"), ("lr", "0.01"), ("lr", "0.0001"), ("model", "mnist-8")];
        let runs = sweep(&base, &picked(&values));
        assert_eq!(runs.len(), 4);
        assert!(runs.iter().all(|(config, _)| config.epochs == 7 && config.per_class == base.per_class));
        assert_eq!((runs[3].0.model, runs[3].1.as_str()), (ModelName::Cifar13, "cifar-13 · lr 0.01"));
    }

    #[test]
    fn runs_of_different_sizes_are_said_to_have_different_updates() {
        let pace_of = |values: &[(&str, &str)]| pace(&sweep(&TrainingConfig::default(), &picked(values)));
        let said = pace_of(&[("per_class", "100"), ("per_class", "2000")]);
        assert!(
            said.starts_with("An epoch has 15 weight updates in the run of the fewest, 312 in that"),
            "{said}"
        );
        assert_eq!(pace_of(&[("seed", "1"), ("seed", "2")]), "");
        assert_eq!(pace_of(&[]), "");
    }

    #[test]
    fn nothing_picked_is_no_sweep() {
        assert!(sweep(&TrainingConfig::default(), &[]).is_empty());
    }

    #[test]
    fn everything_that_is_offered_is_a_valid_setting() {
        for (name, _, values) in SWEPT {
            for value in values {
                let mut config = TrainingConfig::default();
                assert_eq!(config.set(name, value), Ok(()), "{name}={value}");
            }
        }
    }

    #[test]
    fn a_sweep_stays_of_a_length_that_ends_some_time() {
        let all: Vec<(String, String)> = SWEPT
            .into_iter()
            .flat_map(|(name, _, values)| {
                values.iter().map(move |value| (name.to_owned(), (*value).to_owned()))
            })
            .collect();
        assert_eq!(sweep(&TrainingConfig::default(), &all).len(), MOST);
    }
}
