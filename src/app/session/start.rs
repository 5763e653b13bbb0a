//! A run to start, with everything that only the browser knows.

use crate::training::TrainingConfig;
use crate::training::config::PerClass;

/// What the trainer is told when a run starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Identifier: a folder name of letters, digits and `-`.
    pub run: String,
    /// Name shown to people.
    pub name: String,
    /// ISO 8601 UTC.
    pub created: String,
    /// Absolute URL of the `data/` folder, ending in `/`.
    pub data_url: String,
    /// Settings.
    pub config: TrainingConfig,
}

impl Start {
    /// Names a run after its settings and the time `created` (ISO 8601); `salt` keeps two runs of the
    /// same second apart. What an older run's settings leave open is decided here.
    pub fn new(config: TrainingConfig, created: String, salt: u32, data_url: String) -> Self {
        let moment: String = created.chars().take(19).filter(char::is_ascii_digit).collect();
        let run = format!("{}-{moment}-{:04x}", config.dataset, salt & 0xffff);
        let per_class = match config.per_class {
            PerClass::Count(count) => format!("{count} per class"),
            PerClass::All => "all images".to_owned(),
        };
        let name = format!("{} · {per_class} · {} · seed {}", config.dataset, config.model, config.seed);
        Self { run, name, created, data_url, config: config.renewed() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_after_its_settings_and_its_time() {
        let config = TrainingConfig::default();
        let start = Start::new(config, "2026-07-22T14:30:05.123Z".into(), 0x1_000a, "data/".into());
        assert_eq!(start.run, "strokes-20260722143005-000a");
        assert_eq!(start.name, "strokes · 100 per class · mnist-8 · seed 1");
    }
}
