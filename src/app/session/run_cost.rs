//! What a run will take on this machine before it starts: time, room, and what is fetched.
//!
//! An estimate: arithmetic at the speed that the last run had here (else a usual laptop's), and the writing of
//! cells as it was measured on one machine. Read by the start panel.

use super::Session;
use super::editor::outline::USUAL_SPEED;
use crate::training::TrainingConfig;

/// Bytes of cells that are rounded, packed and stored a second (`benches/README.md`: 42 MB in 1.2 s).
const RECORDED_A_SECOND: f64 = 35e6;

/// What a run takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunCost {
    /// From the first batch to the end.
    pub seconds: f64,
    /// Raw cells of all recorded epochs, before compression.
    pub stored_bytes: f64,
    /// Files of the dataset that are fetched unless the browser still has them; `None` where that is not known.
    pub download_bytes: Option<u64>,
    /// Whether the time is from the speed of a run on this machine.
    pub is_measured: bool,
}

impl Session {
    /// What a run with these settings takes; `None` when its network is impossible or nothing is known of
    /// its images.
    pub fn run_cost(&self, config: &TrainingConfig) -> Option<RunCost> {
        let subject = self.subject_of(config.dataset)?;
        let network = config.network(subject.input, subject.classes());
        let speed = self.editor.speed().unwrap_or(USUAL_SPEED);
        let train = subject.train_images(config.per_class);
        let tested = subject.test_images(config.test_images(), config.probe);
        let (epochs, recorded) = (f64::from(config.epochs), config.record.epochs(config.epochs).len() as f64);
        let cells = network.recorded_bytes(config.probe, &config.parts).ok()? as f64;
        let training = epochs * network.epoch_seconds(train, speed).ok()?;
        // Before training, too.
        let testing = (epochs + 1.0) * network.forward_seconds(tested, speed).ok()?;
        let recording = network.forward_seconds(config.probe, speed).ok()? + cells / RECORDED_A_SECOND;
        // Strokes is drawn here, the user's own images are in storage.
        let unknown = config.dataset.needed_file().is_none().then_some(0);
        Some(RunCost {
            seconds: training + testing + recorded * recording,
            stored_bytes: recorded * cells,
            download_bytes: self.own_data.deployed(config.dataset).map_or(unknown, |deployed| deployed.bytes),
            is_measured: self.editor.speed().is_some(),
        })
    }

    /// What several runs take, one after the other: what is fetched is fetched once.
    pub fn cost_of_all(&self, configs: &[TrainingConfig]) -> Option<RunCost> {
        let costs = configs.iter().map(|config| self.run_cost(config)).collect::<Option<Vec<_>>>()?;
        costs.into_iter().reduce(|sum, cost| RunCost {
            seconds: sum.seconds + cost.seconds,
            stored_bytes: sum.stored_bytes + cost.stored_bytes,
            ..sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{DataEvent, EditorEvent, Event};
    use crate::training::config::PerClass;
    use crate::training::{Preset, Subject};

    fn session(deployed: &[&str]) -> Session {
        let mut session = Session::new(1);
        let deployed = deployed.iter().map(|&word| word.into()).collect();
        session.apply(Event::Data(DataEvent::Deployed(deployed)), 0.0);
        session
    }

    #[test]
    fn time_is_training_testing_and_recording() {
        let mut session = session(&[]);
        let config =
            TrainingConfig { epochs: 2, per_class: PerClass::Count(100), ..TrainingConfig::default() };
        let subject = Subject::of(config.dataset).unwrap();
        let per_image = 2.0 * config.network(subject.input, 10).multiply_adds().unwrap() as f64;
        // A forward pass takes a millisecond.
        session.apply(Event::Editor(EditorEvent::Speed(1000.0 * per_image)), 0.0);
        let cost = session.run_cost(&config).unwrap();
        let tested = subject.test_images(config.test_images(), config.probe) as f64;
        let cells = cost.stored_bytes / 3.0;
        let expected = 2.0 * 3.0 * 1.0 + 3.0 * tested * 0.001 + 3.0 * (0.5 + cells / RECORDED_A_SECOND);
        assert!((cost.seconds - expected).abs() < 1e-6, "{cost:?}, not {expected}");
        assert!(cost.is_measured);
    }

    #[test]
    fn what_is_fetched_is_known_where_the_build_said_it() {
        let strokes = TrainingConfig::default();
        let mnist = Preset::PaperMnist.config(true);
        let download = |deployed: &[&str], config: &TrainingConfig| {
            session(deployed).run_cost(config).unwrap().download_bytes
        };
        assert_eq!(download(&["mnist:99"], &mnist), Some(99));
        assert_eq!(download(&["mnist"], &mnist), None);
        assert_eq!(download(&["mnist:99"], &strokes), Some(0));
    }

    #[test]
    fn several_runs_take_the_sum_and_fetch_once() {
        let session = session(&["mnist:99"]);
        let config = Preset::PaperMnist.config(true);
        let one = session.run_cost(&config).unwrap();
        let two = session.cost_of_all(&[config.clone(), config]).unwrap();
        assert!((two.seconds - 2.0 * one.seconds).abs() < 1e-9);
        assert_eq!(two.download_bytes, Some(99));
        assert_eq!(session.cost_of_all(&[]), None);
    }

    #[test]
    fn the_quick_run_takes_about_a_minute_on_a_usual_laptop() {
        for deployed in [vec!["mnist"], vec![]] {
            let session = session(&deployed);
            let cost = session.run_cost(&session.preset(Preset::Quick)).unwrap();
            assert!((20.0..90.0).contains(&cost.seconds) && !cost.is_measured, "{cost:?}");
        }
    }

    #[test]
    fn a_speed_that_no_machine_has_is_not_taken() {
        for nonsense in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            let mut session = session(&[]);
            session.apply(Event::Editor(EditorEvent::Speed(nonsense)), 0.0);
            assert_eq!(session.editor.speed(), None);
        }
    }
}
