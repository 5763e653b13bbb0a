//! Runs waiting to be trained one after another: what was queued with one press, what became of each.
//!
//! Each is a run like any other. The next one starts when the run under way has ended, also when that failed or was
//! stopped; one that waits can be taken out, and the rest goes on. Pure; the session asks [`Queue::follow`] after
//! each event.

use super::{Command, Live, OpenRun, Outcome, Part, Session, Start, Status};
use crate::protocol::{Fault, ToTrainer};
use crate::training::TrainingConfig;

/// Where a queued run stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum QueueState {
    /// Others come first.
    #[default]
    Waiting,
    /// It is its turn; the page is making its identifier.
    Called,
    /// It trains.
    Running,
    /// All of it is stored.
    Done,
    /// The user stopped it; what was recorded is stored.
    Stopped,
    /// It failed; what was recorded is stored.
    Failed(Fault),
    /// The user took it out before it began.
    Cancelled,
}

/// One queued run.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    /// Names it within the session.
    pub id: u64,
    /// Its settings.
    pub config: TrainingConfig,
    /// What sets it apart from the others, in words.
    pub label: String,
    /// Identifier of the run, once it has begun.
    pub run: Option<String>,
    /// Where it stands.
    pub state: QueueState,
}

/// All queued runs, in their order; ended ones stay until they are cleared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    runs: Vec<Queued>,
    next_id: u64,
}

/// What can happen to the queue.
#[derive(Clone, Debug, PartialEq)]
pub enum QueueEvent {
    /// Runs are added at the end: their settings, and what sets each apart.
    Add(Vec<(TrainingConfig, String)>),
    /// The run that was called has its identifier.
    Ready(Box<Start>),
    /// A run is not wanted any more: one that waits is taken out, the one that trains is stopped.
    Cancel(u64),
    /// No run that waits is wanted any more.
    CancelAll,
    /// Those that have ended need not be shown any more.
    Clear,
}

impl Queued {
    /// Whether nothing more happens to it.
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, QueueState::Waiting | QueueState::Called | QueueState::Running)
    }
}

impl Queue {
    /// All, in their order.
    pub fn runs(&self) -> &[Queued] {
        &self.runs
    }

    /// How many have ended.
    pub fn ended(&self) -> usize {
        self.runs.iter().filter(|queued| queued.has_ended()).count()
    }

    /// Whether a run is still to be trained or under way.
    pub fn is_active(&self) -> bool {
        self.ended() < self.runs.len()
    }

    /// Whether the run is one of these.
    pub fn is_of(&self, run: &str) -> bool {
        self.runs.iter().any(|queued| queued.run.as_deref() == Some(run))
    }

    /// Adds runs at the end; those of an earlier, ended queue go.
    fn add(&mut self, runs: Vec<(TrainingConfig, String)>) {
        if !self.is_active() {
            self.runs.clear();
        }
        for (config, label) in runs {
            self.next_id += 1;
            let state = QueueState::Waiting;
            self.runs.push(Queued { id: self.next_id, config, label, run: None, state });
        }
    }

    /// Takes out those that wait and that `is_meant`; whether the one that trains is meant, too.
    fn cancel(&mut self, is_meant: impl Fn(&Queued) -> bool) -> bool {
        let mut stops = false;
        for queued in self.runs.iter_mut().filter(|queued| is_meant(queued)) {
            match queued.state {
                QueueState::Waiting | QueueState::Called => queued.state = QueueState::Cancelled,
                QueueState::Running => stops = true,
                _ => {}
            }
        }
        stops
    }

    fn called(&mut self) -> Option<&mut Queued> {
        self.runs.iter_mut().find(|queued| queued.state == QueueState::Called)
    }

    /// Takes over how the run under way ended, and calls the next one; whether anything changed, and the settings
    /// of the one that is called.
    fn follow(&mut self, live: &Live) -> (bool, Option<TrainingConfig>) {
        if live.is_busy() {
            return (false, None);
        }
        let mut changed = false;
        if let Some(running) = self.runs.iter_mut().find(|queued| queued.state == QueueState::Running) {
            running.state = match (&live.error, live.status) {
                (Some(fault), Status::Failed) => QueueState::Failed(fault.clone()),
                _ if live.is_stopped => QueueState::Stopped,
                _ => QueueState::Done,
            };
            changed = true;
        }
        if self.called().is_some() {
            return (changed, None);
        }
        let next = self.runs.iter_mut().find(|queued| queued.state == QueueState::Waiting);
        let config = next.map(|queued| {
            queued.state = QueueState::Called;
            queued.config.clone()
        });
        (changed || config.is_some(), config)
    }
}

impl Session {
    /// Takes in what the user wants of the queue.
    pub(super) fn queue(&mut self, event: QueueEvent, outcome: &mut Outcome) {
        outcome.change(Part::Queue);
        match event {
            QueueEvent::Add(runs) => self.queue.add(runs),
            QueueEvent::Ready(start) => self.begin_queued(*start, outcome),
            QueueEvent::Cancel(id) => {
                if self.queue.cancel(|queued| queued.id == id) {
                    outcome.tell(ToTrainer::Stop);
                }
            }
            QueueEvent::CancelAll => {
                self.queue.cancel(|queued| queued.state != QueueState::Running);
            }
            QueueEvent::Clear => self.queue.runs.retain(|queued| !queued.has_ended()),
        }
    }

    /// Starts the run that was called, unless it was cancelled or another one began meanwhile.
    fn begin_queued(&mut self, start: Start, outcome: &mut Outcome) {
        let is_busy = self.live.is_busy();
        let Some(queued) = self.queue.called() else { return };
        if is_busy {
            queued.state = QueueState::Waiting;
            return;
        }
        queued.state = QueueState::Running;
        queued.run = Some(start.run.clone());
        self.compare.choose(start.run.clone());
        outcome.change(Part::Compare);
        self.train(start, outcome);
    }

    /// Whether a queued run begins while the user looks at a run that is none of the queue's: it stays on screen.
    pub(super) fn is_looking_elsewhere(&self, run: &str) -> bool {
        let looks_elsewhere = |open: &OpenRun| open.run != run && !self.queue.is_of(&open.run);
        let is_first = self.queue.ended() == 0;
        self.queue.is_of(run) && !is_first && self.open.as_ref().is_some_and(looks_elsewhere)
    }

    /// Lets the queue go on where it can; at the end of each event.
    pub(super) fn follow_queue(&mut self, outcome: &mut Outcome) {
        let (changed, next) = self.queue.follow(&self.live);
        if changed {
            outcome.change(Part::Queue);
        }
        if let Some(config) = next {
            outcome.commands.push(Command::Begin(config));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Event, fixture};
    use crate::protocol::FromTrainer;

    fn sizes(session: &mut Session, n: usize) -> Outcome {
        let run = |index: usize| (TrainingConfig::default(), format!("{index}"));
        session.apply(Event::Queue(QueueEvent::Add((0..n).map(run).collect())), 0.0)
    }

    fn calls(outcome: &Outcome) -> usize {
        outcome.commands.iter().filter(|command| matches!(command, Command::Begin(_))).count()
    }

    fn start(run: &str) -> Start {
        let config = TrainingConfig::default();
        Start { run: run.into(), name: run.into(), created: String::new(), data_url: "data/".into(), config }
    }

    fn ready(session: &mut Session, run: &str) -> Outcome {
        session.apply(Event::Queue(QueueEvent::Ready(Box::new(start(run)))), 0.0)
    }

    fn on_trainer_message(session: &mut Session, message: FromTrainer) -> Outcome {
        session.apply(Event::Trainer(message), 0.0)
    }

    fn ended(session: &mut Session, run: &str, stopped: bool) -> Outcome {
        on_trainer_message(session, FromTrainer::Ended { run: run.into(), stopped })
    }

    fn states(session: &Session) -> Vec<&'static str> {
        let word = |queued: &Queued| match queued.state {
            QueueState::Waiting => "waiting",
            QueueState::Called => "called",
            QueueState::Running => "running",
            QueueState::Done => "done",
            QueueState::Stopped => "stopped",
            QueueState::Failed(_) => "failed",
            QueueState::Cancelled => "cancelled",
        };
        session.queue.runs().iter().map(word).collect()
    }

    fn is_told_to_start(outcome: &Outcome, name: &str) -> bool {
        let starts =
            |command: &Command| matches!(command, Command::Tell(ToTrainer::Start { run, .. }) if run == name);
        outcome.commands.iter().any(starts)
    }

    #[test]
    fn the_next_run_starts_when_the_one_before_has_ended() {
        let mut session = Session::new(1);
        assert_eq!(calls(&sizes(&mut session, 2)), 1);
        assert!(is_told_to_start(&ready(&mut session, "a"), "a"));
        assert_eq!(states(&session), ["running", "waiting"]);
        on_trainer_message(&mut session, fixture::started("a"));
        assert_eq!(calls(&on_trainer_message(&mut session, fixture::epoch_recorded("a", 0))), 0);
        assert_eq!(calls(&ended(&mut session, "a", false)), 1);
        assert!(is_told_to_start(&ready(&mut session, "b"), "b"));
        ended(&mut session, "b", false);
        assert_eq!(states(&session), ["done", "done"]);
        assert!(!session.queue.is_active());
    }

    #[test]
    fn the_queue_waits_for_a_run_that_was_started_by_hand() {
        let mut session = Session::new(1);
        session.apply(Event::Train(start("mine")), 0.0);
        assert_eq!(calls(&sizes(&mut session, 1)), 0);
        assert_eq!(calls(&ended(&mut session, "mine", false)), 1);
    }

    #[test]
    fn a_failed_run_is_told_and_the_rest_goes_on() {
        let mut session = Session::new(1);
        sizes(&mut session, 2);
        ready(&mut session, "a");
        let fault = Fault::new("data_missing", "MNIST is not there.", "", "");
        let outcome = on_trainer_message(&mut session, FromTrainer::Failed { fault: fault.clone() });
        assert_eq!(calls(&outcome), 1);
        assert_eq!(session.queue.runs()[0].state, QueueState::Failed(fault.clone()));
        assert_eq!(session.notices.shown()[0].fault, fault);
        assert!(is_told_to_start(&ready(&mut session, "b"), "b"));
    }

    #[test]
    fn a_lost_worker_is_replaced_before_the_next_run_is_called() {
        let mut session = Session::new(1);
        sizes(&mut session, 2);
        ready(&mut session, "a");
        let outcome = session.apply(Event::TrainerLost(Fault::new("worker_lost", "X.", "", "")), 0.0);
        let place = |wanted: &dyn Fn(&Command) -> bool| outcome.commands.iter().position(wanted);
        let dropped = place(&|command| *command == Command::DropTrainer).unwrap();
        let called = place(&|command| matches!(command, Command::Begin(_))).unwrap();
        assert!(dropped < called);
    }

    #[test]
    fn a_run_that_waits_is_taken_out_and_the_one_that_trains_is_stopped() {
        let mut session = Session::new(1);
        sizes(&mut session, 3);
        ready(&mut session, "a");
        let ids: Vec<u64> = session.queue.runs().iter().map(|queued| queued.id).collect();
        let outcome = session.apply(Event::Queue(QueueEvent::Cancel(ids[1])), 0.0);
        assert_eq!(outcome.commands, []);
        let outcome = session.apply(Event::Queue(QueueEvent::Cancel(ids[0])), 0.0);
        assert_eq!(outcome.commands, [Command::Tell(ToTrainer::Stop)]);
        assert_eq!(calls(&ended(&mut session, "a", true)), 1);
        assert_eq!(states(&session), ["stopped", "cancelled", "called"]);
    }

    #[test]
    fn all_that_wait_are_taken_out_at_once_and_the_one_that_trains_goes_on() {
        let mut session = Session::new(1);
        sizes(&mut session, 3);
        ready(&mut session, "a");
        assert_eq!(session.apply(Event::Queue(QueueEvent::CancelAll), 0.0).commands, []);
        assert_eq!(states(&session), ["running", "cancelled", "cancelled"]);
        assert_eq!(calls(&ended(&mut session, "a", false)), 0);
    }

    #[test]
    fn the_first_run_of_a_queue_is_shown_and_a_later_one_unless_another_is_looked_at() {
        let mut session = Session::new(1);
        sizes(&mut session, 3);
        let shown = |session: &mut Session, run: &str| {
            ready(session, run);
            on_trainer_message(session, fixture::started(run));
            ended(session, run, false);
            session.open.as_ref().unwrap().run.clone()
        };
        assert_eq!(shown(&mut session, "a"), "a");
        assert_eq!(shown(&mut session, "b"), "b");
        session.open = Some(fixture::open_run("another", 1));
        assert_eq!(shown(&mut session, "c"), "another");
    }

    #[test]
    fn a_run_begun_meanwhile_goes_first() {
        let mut session = Session::new(1);
        sizes(&mut session, 1);
        session.apply(Event::Train(start("mine")), 0.0);
        assert!(!is_told_to_start(&ready(&mut session, "a"), "a"));
        assert_eq!(states(&session), ["waiting"]);
        assert_eq!(calls(&ended(&mut session, "mine", false)), 1);
    }

    #[test]
    fn a_run_cancelled_while_it_was_called_does_not_start() {
        let mut session = Session::new(1);
        sizes(&mut session, 1);
        session.apply(Event::Queue(QueueEvent::CancelAll), 0.0);
        assert!(!is_told_to_start(&ready(&mut session, "a"), "a"));
    }

    #[test]
    fn queued_runs_are_compared_and_a_new_queue_replaces_an_ended_one() {
        let mut session = Session::new(1);
        sizes(&mut session, 1);
        ready(&mut session, "a");
        assert_eq!(session.compare.chosen(), ["a"]);
        ended(&mut session, "a", false);
        sizes(&mut session, 2);
        assert_eq!(session.queue.runs().len(), 2);
        session.apply(Event::Queue(QueueEvent::CancelAll), 0.0);
        session.apply(Event::Queue(QueueEvent::Clear), 0.0);
        assert!(session.queue.runs().is_empty());
    }
}
