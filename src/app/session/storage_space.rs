//! How full storage is, and what makes room in it.

use super::{Outcome, Part, Session};
use crate::protocol::compute::StorageSummary;
use crate::protocol::{Fault, Task};

/// Milliseconds between two looks at storage while epochs are recorded.
const LOOK_AGAIN_MS: f64 = 60_000.0;
/// Epochs' worth of raw cells that are deleted at once: the one that found no room, and the one after it.
const EPOCHS_AT_ONCE: u64 = 2;
/// Beside them: browsers hand out room a megabyte at a time, and large files in powers of two.
const SLACK: u64 = 4_000_000;
/// What a fault is called that more room would cure.
const FULL: &str = "storage_full";

/// Storage as it was seen last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StorageSpace {
    /// `None` until it was looked at.
    pub summary: Option<StorageSummary>,
    /// Whether older raw cells are being deleted.
    pub is_making: bool,
    looked_ms: f64,
}

/// What the user wants of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageEvent {
    /// Another budget in bytes; `None` for the usual share of what the browser allows.
    Budget(Option<u64>),
    /// The oldest raw cells are to go, as many as two epochs need.
    Make,
}

impl StorageSpace {
    /// Whether this fault is cured by deleting raw cells.
    pub fn would_cure(fault: &Fault) -> bool {
        fault.code == FULL
    }

    /// The budget that makes room: what is used, less two epochs. It stays, so that later epochs find room too.
    fn smaller_budget(&self) -> Option<u64> {
        let summary = self.summary.as_ref()?;
        let used = summary.usage?;
        let usual = summary.budget.unwrap_or(used);
        Some(usual.min(used.saturating_sub(SLACK + EPOCHS_AT_ONCE * summary.epoch_bytes()?)))
    }
}

impl Session {
    pub(super) fn storage_space(&mut self, event: StorageEvent, outcome: &mut Outcome) {
        let bytes = match event {
            StorageEvent::Budget(bytes) => bytes,
            StorageEvent::Make => match self.storage_space.smaller_budget() {
                Some(bytes) => Some(bytes),
                None => return self.notice(nothing_to_delete(), outcome),
            },
        };
        self.storage_space.is_making = event == StorageEvent::Make;
        outcome.change(Part::StorageSpace);
        outcome.ask(self.generation, Task::SetBudget { bytes });
    }

    /// Looks at storage, unless that was done just now.
    pub(super) fn ask_for_storage_space(&mut self, now_ms: f64, outcome: &mut Outcome) {
        if now_ms - self.storage_space.looked_ms >= LOOK_AGAIN_MS {
            self.storage_space.looked_ms = now_ms;
            self.ask_for_storage(outcome);
        }
    }

    pub(super) fn ask_for_storage(&mut self, outcome: &mut Outcome) {
        outcome.ask_behind(self.generation, Task::Storage);
    }

    /// Takes in how full storage is.
    pub(super) fn storage_told(&mut self, task: &Task, summary: StorageSummary, outcome: &mut Outcome) {
        let before = self.storage_space.summary.replace(summary);
        outcome.change(Part::StorageSpace);
        if matches!(task, Task::SetBudget { .. }) {
            let has_made = before.is_some_and(|before| summary.raw_bytes < before.raw_bytes);
            match std::mem::take(&mut self.storage_space.is_making) {
                true if !has_made => self.notice(nothing_to_delete(), outcome),
                _ if has_made => {
                    self.notices.settle_all(FULL);
                    outcome.change(Part::Notices);
                    // Measures that found no room.
                    self.try_again(outcome);
                }
                _ => {}
            }
            // Their sizes have changed.
            outcome.ask(self.generation, Task::ListRuns);
        }
    }

    pub(super) fn storage_space_failed(&mut self, outcome: &mut Outcome) {
        self.storage_space.is_making = false;
        outcome.change(Part::StorageSpace);
    }
}

fn nothing_to_delete() -> Fault {
    Fault::new(
        "nothing_to_delete",
        "There are no older raw cells to delete.",
        "What is left are the newest epoch of the run in progress, weights, metrics and measures.",
        "Delete runs that are no longer needed, or export them first.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Command, Event};
    use crate::protocol::{Answer, FromTrainer};

    const MB: u64 = 1_000_000;

    fn full() -> StorageSummary {
        StorageSummary {
            quota: Some(1000 * MB),
            usage: Some(960 * MB),
            budget: Some(5000 * MB),
            raw_epochs: 4,
            raw_bytes: 800 * MB,
            recomputable_epochs: 0,
        }
    }

    fn told(session: &mut Session, task: Task, summary: StorageSummary) -> Outcome {
        session.apply(Event::Answered { generation: 0, task, answer: Answer::Storage(summary) }, 0.0)
    }

    fn asks(outcome: &Outcome, wanted: &Task) -> bool {
        outcome.commands.iter().any(|command| matches!(command, Command::Ask { task, .. } if task == wanted))
    }

    fn paused_for_space() -> Session {
        let mut session = Session::new(1);
        told(&mut session, Task::Storage, full());
        let fault = Fault::new(FULL, "Training is paused.", "", "");
        let outcome = session.apply(Event::Trainer(FromTrainer::Refused { fault }), 0.0);
        assert!(asks(&outcome, &Task::Storage), "the numbers may be old");
        session
    }

    #[test]
    fn room_for_two_epochs_is_made_and_the_message_settled() {
        let mut session = paused_for_space();
        let outcome = session.apply(Event::StorageSpace(StorageEvent::Make), 0.0);
        // An epoch takes 200 MB.
        let task = Task::SetBudget { bytes: Some(556 * MB) };
        assert!(asks(&outcome, &task) && session.storage_space.is_making);
        let after = StorageSummary { usage: Some(560 * MB), raw_epochs: 2, raw_bytes: 400 * MB, ..full() };
        let outcome = told(&mut session, task, after);
        assert!(asks(&outcome, &Task::ListRuns));
        assert!(session.notices.shown().is_empty() && !session.storage_space.is_making);
    }

    #[test]
    fn when_nothing_can_be_deleted_that_is_said() {
        let mut session = paused_for_space();
        session.apply(Event::StorageSpace(StorageEvent::Make), 0.0);
        told(&mut session, Task::SetBudget { bytes: Some(556 * MB) }, full());
        let codes: Vec<&str> =
            session.notices.shown().iter().map(|notice| notice.fault.code.as_str()).collect();
        assert_eq!(codes, [FULL, "nothing_to_delete"]);
        let mut empty = Session::new(1);
        empty.apply(Event::StorageSpace(StorageEvent::Make), 0.0);
        assert_eq!(empty.notices.shown().len(), 1, "nothing is known of storage");
    }

    #[test]
    fn a_budget_of_the_users_own_is_set_and_settles_nothing_by_itself() {
        let mut session = paused_for_space();
        let task = Task::SetBudget { bytes: None };
        assert!(asks(&session.apply(Event::StorageSpace(StorageEvent::Budget(None)), 0.0), &task));
        told(&mut session, task, full());
        assert_eq!(session.notices.shown().len(), 1);
    }

    #[test]
    fn storage_is_looked_at_every_few_seconds_while_epochs_are_recorded() {
        let mut session = Session::new(1);
        let recorded = || Event::Trainer(crate::app::session::fixture::epoch_recorded("a", 1));
        let looks = |outcome: &Outcome| asks(outcome, &Task::Storage);
        assert!(looks(&session.apply(recorded(), LOOK_AGAIN_MS)));
        assert!(!looks(&session.apply(recorded(), LOOK_AGAIN_MS + 1.0)));
        assert!(looks(&session.apply(recorded(), 2.0 * LOOK_AGAIN_MS)));
    }
}
