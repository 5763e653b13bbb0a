//! The user's hand on the run under way beyond pause and stop: one epoch, the same once more, and an
//! import given up.

use super::{Command, Outcome, Part, Session, Start, Status};
use crate::app::session::own_data::Import;
use crate::protocol::{Fault, ToTrainer};

/// What can be asked of a run, and of an import.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlEvent {
    /// The run under way is to train to the end of an epoch and wait there.
    Step,
    /// A stored run is to train one epoch more.
    StepOn {
        /// Identifier.
        run: String,
        /// Absolute URL of the `data/` folder, ending in `/`.
        data_url: String,
    },
    /// The settings of a run once more, from the same initial weights, as a new run that waits before its
    /// first batch. The run under way ends and is kept: nothing is lost.
    Reset(Box<Start>),
    /// The files being read are not wanted any more.
    CancelImport,
}

impl Session {
    pub(super) fn control(&mut self, event: ControlEvent, outcome: &mut Outcome) {
        match event {
            ControlEvent::StepOn { .. } if self.live.is_busy() => self.notice(already_training(), outcome),
            ControlEvent::StepOn { run, data_url } => {
                self.go_on(run, data_url, Some(1), outcome);
                self.step(outcome);
            }
            ControlEvent::Step => self.step(outcome),
            ControlEvent::Reset(start) if self.live.is_busy() => {
                self.live.again = Some(*start);
                outcome.tell(ToTrainer::Stop);
            }
            ControlEvent::Reset(start) => self.begin_held(*start, outcome),
            ControlEvent::CancelImport => self.cancel_import(outcome),
        }
    }

    fn step(&mut self, outcome: &mut Outcome) {
        if self.live.is_busy() {
            self.live.is_stepping = true;
            outcome.change(Part::Live);
            outcome.tell(ToTrainer::Step);
        }
    }

    /// Starts a run that waits before its first batch.
    fn begin_held(&mut self, start: Start, outcome: &mut Outcome) {
        self.train(start, outcome);
        if self.live.is_busy() {
            outcome.tell(ToTrainer::Pause);
        }
    }

    /// The run under way has ended: another may have been waiting for that.
    pub(super) fn begin_again(&mut self, outcome: &mut Outcome) {
        if let Some(start) = self.live.again.take() {
            self.begin_held(start, outcome);
        }
    }

    /// What a new worker is told in place of a lost one that was to end its run for the next.
    pub(super) fn again_after_loss(&mut self, outcome: &mut Outcome) -> Option<Vec<ToTrainer>> {
        let start = self.live.again.take()?;
        self.live.status = Status::Done;
        let mut begun = Outcome::default();
        self.begin_held(start, &mut begun);
        begun.changed.into_iter().for_each(|part| outcome.change(part));
        let told = begun.commands.into_iter().filter_map(|command| match command {
            Command::Tell(message) => Some(message),
            _ => None,
        });
        Some(told.collect())
    }

    /// What keeps a continued run at the pace that its lost worker had.
    pub(super) fn pace_after_loss(&self) -> Option<ToTrainer> {
        match self.live.status {
            Status::Paused => Some(ToTrainer::Pause),
            _ => self.live.is_stepping.then_some(ToTrainer::Step),
        }
    }

    /// Nothing of an import is stored before it is kept, so the worker that reads can simply go.
    fn cancel_import(&mut self, outcome: &mut Outcome) {
        if matches!(self.own_data.import, Import::Reading { .. }) {
            self.stop_import(outcome);
            outcome.commands.push(Command::DropTrainer);
        }
    }
}

/// A second run was asked for while one is training.
pub fn already_training() -> Fault {
    Fault::new(
        "already_training",
        "A second run cannot start now.",
        "One run trains at a time, and one is under way.",
        "Stop it or wait until it has ended.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{DataEvent, Event, fixture};
    use crate::dataset::own::{Copies, Form};
    use crate::protocol::FromTrainer;
    use crate::training::TrainingConfig;

    fn start(run: &str) -> Start {
        let (created, data_url) = (String::new(), "d/".to_owned());
        Start { run: run.into(), name: run.into(), created, data_url, config: TrainingConfig::default() }
    }

    /// A session in which run `a` trains.
    fn training() -> Session {
        let mut session = Session::new(1);
        session.apply(Event::Train(start("a")), 0.0);
        session.apply(Event::Trainer(fixture::started("a")), 0.0);
        session
    }

    fn apply(session: &mut Session, event: ControlEvent) -> Vec<Command> {
        session.apply(Event::Control(event), 0.0).commands
    }

    fn on_trainer_message(session: &mut Session, message: FromTrainer) -> Vec<Command> {
        session.apply(Event::Trainer(message), 0.0).commands
    }

    fn starts(commands: &[Command], id: &str) -> bool {
        let is_start =
            |command: &Command| matches!(command, Command::Tell(ToTrainer::Start { run, .. }) if run == id);
        let at = commands.iter().position(is_start);
        let held = commands.iter().position(|command| *command == Command::Tell(ToTrainer::Pause));
        at.is_some() && at < held
    }

    fn ended() -> FromTrainer {
        FromTrainer::Ended { run: "a".into(), stopped: true }
    }

    #[test]
    fn a_step_lasts_until_the_trainer_pauses() {
        let mut session = training();
        assert_eq!(apply(&mut session, ControlEvent::Step), [Command::Tell(ToTrainer::Step)]);
        on_trainer_message(&mut session, FromTrainer::Resumed);
        assert!(session.live.is_stepping);
        on_trainer_message(&mut session, FromTrainer::Paused);
        assert!(!session.live.is_stepping && session.live.status == Status::Paused);
    }

    #[test]
    fn a_stored_run_is_trained_for_one_epoch_more() {
        let mut session = Session::new(1);
        let mut summary = fixture::summary("a", "2026");
        summary.recorded = 6;
        session.run_list.list(vec![summary]);
        let commands = apply(&mut session, ControlEvent::StepOn { run: "a".into(), data_url: "d/".into() });
        assert!(
            matches!(
                &commands[..],
                [Command::Tell(ToTrainer::Continue { epochs: Some(6), .. }), Command::Tell(ToTrainer::Step)]
            ),
            "{commands:?}"
        );
        assert!(
            apply(&mut session, ControlEvent::StepOn { run: "a".into(), data_url: "d/".into() }).is_empty()
        );
    }

    #[test]
    fn a_reset_ends_the_run_and_begins_the_next_which_waits() {
        let mut session = training();
        assert_eq!(
            apply(&mut session, ControlEvent::Reset(Box::new(start("b")))),
            [Command::Tell(ToTrainer::Stop)]
        );
        assert_eq!(session.live.run.as_deref(), Some("a"));
        assert!(starts(&on_trainer_message(&mut session, ended()), "b"));
        assert_eq!((session.live.run.as_deref(), session.live.status), (Some("b"), Status::Preparing));
        assert_eq!(session.notices.shown(), []);
        let mut idle = Session::new(1);
        assert!(starts(&apply(&mut idle, ControlEvent::Reset(Box::new(start("b")))), "b"));
    }

    #[test]
    fn a_reset_that_was_overtaken_by_stop_begins_nothing() {
        let mut session = training();
        apply(&mut session, ControlEvent::Reset(Box::new(start("b"))));
        session.apply(Event::Stop, 0.0);
        assert!(!starts(&on_trainer_message(&mut session, ended()), "b"));
    }

    fn replacement(session: &mut Session) -> Vec<ToTrainer> {
        let fault = Fault::new("worker_lost", "a", "b", "c");
        let commands = session.apply(Event::TrainerLost(fault), 0.0).commands;
        let told = commands.into_iter().find_map(|command| match command {
            Command::ReplaceTrainer(messages) => Some(messages),
            _ => None,
        });
        told.unwrap()
    }

    #[test]
    fn a_lost_worker_is_replaced_by_one_that_keeps_the_pace() {
        let mut session = training();
        on_trainer_message(&mut session, FromTrainer::Paused);
        assert!(matches!(&replacement(&mut session)[..], [ToTrainer::Continue { .. }, ToTrainer::Pause]));
        let mut session = training();
        apply(&mut session, ControlEvent::Step);
        assert!(matches!(&replacement(&mut session)[..], [ToTrainer::Continue { .. }, ToTrainer::Step]));
    }

    #[test]
    fn a_worker_lost_before_a_reset_begins_the_next_run_in_its_place() {
        let mut session = training();
        apply(&mut session, ControlEvent::Reset(Box::new(start("b"))));
        let told = replacement(&mut session);
        assert!(
            matches!(&told[..], [ToTrainer::Start { run, .. }, ToTrainer::Pause] if run == "b"),
            "{told:?}"
        );
        assert_eq!(session.live.run.as_deref(), Some("b"));
    }

    #[test]
    fn files_being_read_can_be_given_up_and_nothing_else() {
        let mut session = Session::new(1);
        assert_eq!(apply(&mut session, ControlEvent::CancelImport), []);
        let import = DataEvent::Import { name: "pets".into(), form: Form::Grey28 };
        session.apply(Event::Data(import), 0.0);
        assert_eq!(apply(&mut session, ControlEvent::CancelImport), [Command::DropTrainer]);
        assert!(session.own_data.is_free() && session.notices.shown().is_empty());
        session.apply(Event::Data(DataEvent::Keep { created: String::new(), copies: Copies::Keep }), 0.0);
        assert_eq!(apply(&mut session, ControlEvent::CancelImport), [], "what is being kept is not torn");
    }
}
