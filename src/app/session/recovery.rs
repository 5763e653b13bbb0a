//! Runs that go on: continued by the user, or by themselves after their worker was lost.

use super::{Command, Outcome, Part, Session, Status, already_training};
use crate::protocol::{Fault, FromTrainer, ToTrainer};
use crate::training::config::BackendChoice;

/// How often a run goes on by itself after its worker was lost; more than that is no accident.
const MOST_LOSSES: u32 = 2;
/// Most epochs of a run.
const MOST_EPOCHS: u32 = 1000;

impl Session {
    /// Continues a stored run to its planned end, or, where that is reached, for `more` epochs, by default
    /// as many as the start panel says.
    pub(super) fn go_on(&mut self, run: String, data_url: String, more: Option<u32>, outcome: &mut Outcome) {
        if self.live.is_busy() {
            return self.notice(already_training(), outcome);
        }
        let Some(summary) = self.run_list.get(&run) else { return };
        let Some(header) = &summary.header else { return };
        let mut config = header.config.clone();
        let last = summary.recorded.checked_sub(1).and_then(|index| header.planned_epochs.get(index));
        let trained = last.copied().unwrap_or(0);
        if trained >= config.epochs {
            config.epochs = (trained + more.unwrap_or(self.draft.config.epochs)).min(MOST_EPOCHS);
        }
        config.backend = self.draft.config.backend;
        if let Err(error) = config.check() {
            let what = format!("“{}” was not continued.", header.name);
            return self.notice(Fault::bad_settings(what, &error), outcome);
        }
        let (epochs, backend) = (Some(config.epochs), config.backend);
        self.live.begin(run.clone(), config);
        self.live.data_url.clone_from(&data_url);
        outcome.change(Part::Live);
        outcome.tell(ToTrainer::Continue { run, data_url, epochs, backend });
    }

    /// The trainer's worker is gone. A run that it had begun goes on in a new one from its last recorded
    /// epoch, on the CPU: the graphics processor may be to blame.
    pub(super) fn trainer_lost(&mut self, fault: Fault, outcome: &mut Outcome) {
        if let Some(again) = self.again_after_loss(outcome) {
            return outcome.commands.push(Command::ReplaceTrainer(again));
        }
        let Some(rest) = self.rest_of_the_run() else {
            outcome.commands.push(Command::DropTrainer);
            return self.training_failed(fault, outcome);
        };
        let rest = std::iter::once(rest).chain(self.pace_after_loss()).collect();
        self.live.losses += 1;
        self.live.status = Status::Preparing;
        outcome.change(Part::Live);
        self.notice(goes_on(&fault), outcome);
        outcome.commands.push(Command::ReplaceTrainer(rest));
    }

    /// Whether this is the last word of a worker that panicked, whose run can go on: the loss of the worker
    /// itself is told next.
    pub(super) fn is_recoverable(&self, message: &FromTrainer) -> bool {
        matches!(message, FromTrainer::Failed { fault } if fault.code == "trainer_panicked")
            && self.rest_of_the_run().is_some()
    }

    /// What a new worker is told, if there is a run that can go on.
    fn rest_of_the_run(&self) -> Option<ToTrainer> {
        let live = &self.live;
        // A run is in storage from the moment its backend is known.
        if !live.is_busy() || live.backend.is_none() || live.losses >= MOST_LOSSES {
            return None;
        }
        let (run, data_url) = (live.run.clone()?, live.data_url.clone());
        Some(ToTrainer::Continue { run, data_url, epochs: None, backend: BackendChoice::Cpu })
    }
}

fn goes_on(fault: &Fault) -> Fault {
    Fault::new(
        "trainer_restarted",
        "The training worker was lost.",
        fault.why.clone(),
        "Training goes on by itself on the CPU, from the last recorded epoch. Nothing recorded is lost.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{ControlEvent, Event, Start, fixture};
    use crate::training::TrainingConfig;

    fn fault(code: &str) -> Fault {
        Fault::new(code, "a", "b", "c")
    }

    /// A session in which run `a` trains.
    fn training() -> Session {
        let mut session = Session::new(1);
        let config = TrainingConfig::default();
        let start = Start {
            run: "a".into(),
            name: "a".into(),
            created: String::new(),
            data_url: "d/".into(),
            config,
        };
        session.apply(Event::Train(start), 0.0);
        session.apply(Event::Trainer(fixture::started("a")), 0.0);
        session
    }

    fn lose(session: &mut Session) -> Vec<Command> {
        session.apply(Event::TrainerLost(fault("worker_lost")), 0.0).commands
    }

    #[test]
    fn a_run_whose_worker_was_lost_goes_on_on_the_cpu_and_it_is_said() {
        let mut session = training();
        let rest = ToTrainer::Continue {
            run: "a".into(),
            data_url: "d/".into(),
            epochs: None,
            backend: BackendChoice::Cpu,
        };
        assert!(lose(&mut session).contains(&Command::ReplaceTrainer(vec![rest])));
        assert!(session.live.is_busy());
        assert_eq!(session.notices.shown().last().unwrap().fault.code, "trainer_restarted");
    }

    #[test]
    fn a_run_whose_settings_could_not_be_typed_is_neither_continued_nor_begun_again() {
        let mut summary = fixture::summary("a", "2026");
        let config = &mut summary.header.as_mut().unwrap().config;
        config.epochs = 4_000_000_000;
        let config = config.clone();
        let mut session = Session::new(1);
        session.run_list.list(vec![summary]);
        let go_on = Event::Continue { run: "a".into(), data_url: "d/".into() };
        let (created, data_url) = (String::new(), "d/".to_owned());
        let start = Start { run: "b".into(), name: "b".into(), created, data_url, config };
        let reset = Event::Control(ControlEvent::Reset(Box::new(start.clone())));
        for event in [go_on, Event::Train(start), reset] {
            let commands = session.apply(event.clone(), 0.0).commands;
            assert!(
                !commands.iter().any(|command| matches!(command, Command::Tell(_))),
                "{event:?}: {commands:?}"
            );
            assert!(!session.live.is_busy(), "{event:?}");
            assert_eq!(session.error().unwrap().code, "bad_settings");
        }
    }

    #[test]
    fn a_run_that_is_lost_again_and_again_has_failed() {
        let mut session = training();
        for _ in 0..MOST_LOSSES {
            assert!(!lose(&mut session).contains(&Command::DropTrainer));
            session.apply(Event::Trainer(fixture::started("a")), 0.0);
        }
        assert!(lose(&mut session).contains(&Command::DropTrainer));
        assert_eq!(session.live.status, Status::Failed);
    }

    #[test]
    fn a_worker_that_is_lost_before_its_run_began_has_failed() {
        let mut session = Session::new(1);
        session.live.begin("a".into(), TrainingConfig::default());
        assert!(lose(&mut session).contains(&Command::DropTrainer));
        assert_eq!(session.live.status, Status::Failed);
    }

    #[test]
    fn a_panic_is_not_the_end_of_its_run_and_a_fault_is() {
        let mut session = training();
        session.apply(Event::Trainer(FromTrainer::Failed { fault: fault("trainer_panicked") }), 0.0);
        assert!(session.live.is_busy());
        session.apply(Event::Trainer(FromTrainer::Failed { fault: fault("diverged") }), 0.0);
        assert_eq!(session.live.status, Status::Failed);
    }

    fn continued(planned: u32, recorded: usize) -> Option<u32> {
        let mut session = Session::new(1);
        let mut summary = fixture::summary("a", "2026");
        summary.recorded = recorded;
        let header = summary.header.as_mut().unwrap();
        (header.config.epochs, header.planned_epochs) = (planned, (0..=planned).collect());
        session.run_list.list(vec![summary]);
        session.draft.edit("epochs", "7");
        let outcome = session.apply(Event::Continue { run: "a".into(), data_url: "d/".into() }, 0.0);
        outcome.commands.iter().find_map(|command| match command {
            Command::Tell(ToTrainer::Continue { epochs, .. }) => *epochs,
            _ => None,
        })
    }

    #[test]
    fn a_run_cut_short_goes_on_to_its_end_and_a_finished_one_beyond() {
        assert_eq!(continued(5, 3), Some(5));
        assert_eq!(continued(5, 0), Some(5));
        assert_eq!(continued(5, 6), Some(12));
        assert_eq!(continued(998, 999), Some(1000));
    }

    #[test]
    fn one_run_trains_at_a_time() {
        let mut session = training();
        session.run_list.list(vec![fixture::summary("b", "2026")]);
        let outcome = session.apply(Event::Continue { run: "b".into(), data_url: "d/".into() }, 0.0);
        assert!(!outcome.commands.iter().any(|command| matches!(command, Command::Tell(_))));
        assert_eq!(session.notices.shown().last().unwrap().fault.code, "already_training");
    }
}
