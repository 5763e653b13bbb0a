//! Which images a run has: their seed, and how many there are to test on.
//!
//! Runs of older versions had one seed for everything and a test set as large as their training set; what they
//! stored does not name the newer settings, and they must get their very images again when they go on.

use super::{PerClass, TrainingConfig};
use crate::dataset::Recipe;

/// The data seed unless another is set: runs that differ in `seed` alone have the same images.
pub const DATA_SEED: u64 = 1;

/// Test images per class unless another number is set.
pub const TEST_PER_CLASS: PerClass = PerClass::Count(1000);

/// Fewest and most test images per class in runs of older versions: as many as they trained on, within these.
const OLDER_TEST_PER_CLASS: (usize, usize) = (20, 200);

impl TrainingConfig {
    /// The seed that decides which images a run has.
    pub fn images_seed(&self) -> u64 {
        self.data_seed.unwrap_or(self.seed)
    }

    /// Test images per class, as far as there are that many beside the probe set.
    pub fn test_images(&self) -> PerClass {
        let (fewest, most) = OLDER_TEST_PER_CLASS;
        self.test_per_class.unwrap_or(PerClass::Count(match self.per_class {
            PerClass::Count(count) => count.clamp(fewest, most),
            PerClass::All => most,
        }))
    }

    /// How the images of a run are drawn from its dataset.
    pub fn recipe(&self) -> Recipe {
        Recipe {
            train: self.per_class,
            test: self.test_images(),
            probe: self.probe,
            seed: self.images_seed(),
        }
    }

    /// The same settings for a new run: it has the images of this one, but of a run of an older version not its
    /// test set, whose size followed that of the training set.
    #[must_use]
    pub fn renewed(mut self) -> Self {
        self.data_seed = Some(self.images_seed());
        self.test_per_class = self.test_per_class.or(Some(TEST_PER_CLASS));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings as runs had them before there was a seed for the images.
    fn older(seed: u64, per_class: &str) -> TrainingConfig {
        let mut stored = serde_json::to_value(TrainingConfig { seed, ..TrainingConfig::default() }).unwrap();
        let settings = stored.as_object_mut().unwrap();
        settings.remove("data_seed").unwrap();
        settings.remove("test_per_class").unwrap();
        let mut config: TrainingConfig = serde_json::from_value(stored).unwrap();
        config.set("per_class", per_class).unwrap();
        config
    }

    #[test]
    fn a_run_of_an_older_version_draws_its_images_as_it_did() {
        for (per_class, test) in [("5", 20), ("100", 100), ("1000", 200), ("all", 200)] {
            let Recipe { test: drawn, seed, .. } = older(7, per_class).recipe();
            assert_eq!((drawn, seed), (PerClass::Count(test), 7), "{per_class}");
        }
    }

    #[test]
    fn what_is_begun_anew_from_an_older_run_has_its_images_and_the_usual_test_set() {
        let renewed = older(7, "30").renewed();
        assert_eq!((renewed.data_seed, renewed.test_per_class), (Some(7), Some(TEST_PER_CLASS)));
        let config = TrainingConfig { seed: 7, ..TrainingConfig::default() };
        assert_eq!(config.clone().renewed(), config, "nothing changes of a newer one");
    }

    #[test]
    fn the_seed_and_the_size_of_the_training_set_move_no_test_image() {
        let recipe = |name: &str, value: &str| {
            let mut config = TrainingConfig::default();
            config.set(name, value).unwrap();
            config.recipe()
        };
        assert_eq!(recipe("seed", "2"), recipe("seed", "3"));
        assert_ne!(recipe("data_seed", "2"), recipe("data_seed", "3"));
        for per_class in ["10", "1000", "all"] {
            assert_eq!(recipe("per_class", per_class).test, TEST_PER_CLASS);
        }
    }
}
