//! A run to start, with everything that only the browser knows.

use super::sweep::sweep;
use super::{Draft, RunCost, Session};
use crate::training::config::{DatasetName, PerClass};
use crate::training::{Preset, TrainingConfig};

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

impl Session {
    /// What the page begins with: the quick run, of what was deployed.
    pub(super) fn first_draft(&self) -> Draft {
        Draft { config: self.preset(Preset::Quick), ..Draft::default() }
    }

    /// The settings of a preset on this page.
    pub fn preset(&self, preset: Preset) -> TrainingConfig {
        preset.config(self.own_data.deployed(DatasetName::Mnist).is_some())
    }

    /// The runs that a preset stands for, and what sets each apart.
    pub fn preset_runs(&self, preset: Preset) -> Vec<(TrainingConfig, String)> {
        let base = self.preset(preset);
        let size = |size: &&str| ("per_class".to_owned(), (*size).to_owned());
        let sizes: Vec<_> = preset.sizes().iter().map(size).collect();
        if sizes.is_empty() { vec![(base, String::new())] } else { sweep(&base, &sizes) }
    }

    /// What all of them take.
    pub fn preset_cost(&self, preset: Preset) -> Option<RunCost> {
        let configs: Vec<_> = self.preset_runs(preset).into_iter().map(|(config, _)| config).collect();
        self.cost_of_all(&configs)
    }

    pub(super) fn fill(&mut self, preset: Preset) {
        self.draft = match preset {
            Preset::Quick => self.first_draft(),
            _ => Draft::of(self.preset(preset)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::link;
    use crate::app::session::{DataEvent, Event};

    fn opened(search: &str, deployed: &[&str]) -> TrainingConfig {
        let mut session = Session::new(1);
        session.apply(Event::Linked(link::parse(search).0), 0.0);
        let deployed = deployed.iter().map(|&name| name.into()).collect();
        session.apply(Event::Data(DataEvent::Deployed(deployed)), 0.0);
        session.draft.config
    }

    #[test]
    fn the_page_begins_with_the_quick_run_of_what_is_there() {
        assert_eq!(opened("", &["mnist:5", "cifar10:7"]), Preset::Quick.config(true));
        assert_eq!(opened("view=layer&colour=red&epochs=0", &["cifar10"]), Preset::Quick.config(false));
    }

    #[test]
    fn a_link_with_a_setting_means_what_it_always_meant() {
        let usual = TrainingConfig::default();
        let expected = TrainingConfig { epochs: 7, ..usual.clone() };
        assert_eq!(opened("epochs=7", &["mnist"]), expected);
        assert_eq!(opened("autostart=1", &["mnist"]), usual);
        assert_eq!(opened("dataset=strokes", &["mnist"]), usual);
    }

    #[test]
    fn a_preset_of_several_sizes_is_as_many_runs() {
        let session = Session::new(1);
        let sizes: Vec<_> =
            session.preset_runs(Preset::PaperMnist).iter().map(|(config, _)| config.per_class).collect();
        assert_eq!(sizes, [100, 500, 1000, 2000].map(PerClass::Count));
        assert_eq!(session.preset_runs(Preset::Quick).len(), 1);
        let largest = session.run_cost(&session.preset(Preset::PaperMnist)).unwrap();
        assert!(session.preset_cost(Preset::PaperMnist).unwrap().seconds > largest.seconds);
    }

    #[test]
    fn a_preset_fills_the_form_and_one_press_takes_it_back() {
        let mut session = Session::new(1);
        session.apply(Event::Data(DataEvent::Deployed(vec!["mnist".into()])), 0.0);
        session.apply(Event::Edited { name: "epochs".into(), text: "many".into() }, 0.0);
        session.apply(Event::PresetPicked(Preset::PaperCifar10), 0.0);
        assert_eq!(session.draft, Draft::of(Preset::PaperCifar10.config(true)));
        session.apply(Event::PresetPicked(Preset::Quick), 0.0);
        assert_eq!(
            (session.draft.is_chosen, session.draft.config.epochs),
            (false, Preset::Quick.config(true).epochs)
        );
    }

    #[test]
    fn a_run_is_named_after_its_settings_and_its_time() {
        let config = TrainingConfig::default();
        let start = Start::new(config, "2026-07-22T14:30:05.123Z".into(), 0x1_000a, "data/".into());
        assert_eq!(start.run, "strokes-20260722143005-000a");
        assert_eq!(start.name, "strokes · 100 per class · mnist-8 · seed 1");
    }
}
