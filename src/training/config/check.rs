//! Whether settings that were read and not typed keep the limits of typed ones.

use super::{ConfigError, TrainingConfig};

impl TrainingConfig {
    /// Whether these settings could have been typed: whoever trains by what a run file says must ask, because a file
    /// can say anything.
    ///
    /// # Errors
    /// As [`set`](Self::set): the first setting that could not, and what it can be.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut typed = Self::default();
        self.pairs().iter().try_for_each(|(name, value)| typed.set(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Preset;
    use crate::training::config::{PerClass, RecordPolicy};

    #[test]
    fn usual_settings_and_those_of_older_runs_pass() {
        assert_eq!(TrainingConfig::default().check(), Ok(()));
        for preset in Preset::ALL {
            assert_eq!(preset.config(true).check(), Ok(()), "{preset:?}");
        }
        let mut older = TrainingConfig::default();
        (older.data_seed, older.test_per_class) = (None, None);
        assert_eq!(older.check(), Ok(()));
    }

    #[test]
    fn what_could_not_have_been_typed_is_named() {
        let usual = TrainingConfig::default;
        let count = PerClass::Count(4_000_000_000);
        for (name, config) in [
            ("epochs", TrainingConfig { epochs: 4_000_000_000, ..usual() }),
            ("epochs", TrainingConfig { epochs: 0, ..usual() }),
            ("per_class", TrainingConfig { per_class: count, ..usual() }),
            ("test_per_class", TrainingConfig { test_per_class: Some(count), ..usual() }),
            ("batch", TrainingConfig { batch: 0, ..usual() }),
            ("probe", TrainingConfig { probe: 65_536, ..usual() }),
            ("lr", TrainingConfig { learning_rate: f64::NAN, ..usual() }),
            ("lr", TrainingConfig { learning_rate: -1.0, ..usual() }),
            ("weight_decay", TrainingConfig { weight_decay: Some(f64::INFINITY), ..usual() }),
            ("seed", TrainingConfig { seed: u64::MAX, ..usual() }),
            ("data_seed", TrainingConfig { data_seed: Some(u64::MAX), ..usual() }),
            ("record", TrainingConfig { record: RecordPolicy::Every(0), ..usual() }),
        ] {
            let error = config.check().unwrap_err();
            assert!(matches!(&error, ConfigError::BadValue { name: bad, .. } if bad == name), "{error}");
        }
    }
}
