//! What the trainer says: its runs begin, record epochs, end or fail.

use super::{OpenRun, Outcome, Part, Session, StorageSpace};
use crate::evaluation::ConfusionMatrix;
use crate::protocol::compute::EpochSummary;
use crate::protocol::{Fault, FromTrainer, Task};
use crate::training::EpochMetrics;

impl Session {
    /// Takes in what the trainer said.
    pub(super) fn on_trainer_message(&mut self, message: FromTrainer, now_ms: f64, outcome: &mut Outcome) {
        if self.is_recoverable(&message) {
            return;
        }
        let Some(message) = self.on_data_message(message, outcome) else { return };
        let Some(message) = self.on_examination_message(message, outcome) else { return };
        self.live.apply(&message, now_ms);
        if self.editor.on_trainer_message(&message) {
            outcome.change(Part::Editor);
        }
        outcome.change(Part::Live);
        match message {
            FromTrainer::Started { run, .. } if self.is_looking_elsewhere(&run) => {
                outcome.ask(self.generation, Task::ListRuns);
            }
            FromTrainer::Started { run, header, probe_labels, .. } => {
                let run = OpenRun { run, header: *header, epochs: Vec::new(), probe_labels };
                self.show(run, outcome);
                outcome.ask(self.generation, Task::ListRuns);
            }
            FromTrainer::EpochRecorded { run, epoch_index, metrics, confusion } => {
                self.epoch_recorded(&run, epoch_index, metrics, confusion, outcome);
                self.ask_for_storage_space(now_ms, outcome);
            }
            FromTrainer::Ended { run, .. } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.run == run) {
                    open.header.complete = true;
                    outcome.change(Part::Open);
                }
                if self.compare.ended(&run) {
                    outcome.change(Part::Compare);
                }
                outcome.ask(self.generation, Task::ListRuns);
                self.begin_again(outcome);
            }
            FromTrainer::Failed { fault } => self.training_failed(fault, outcome),
            FromTrainer::Refused { fault } | FromTrainer::DeviceLost { fault } => {
                if StorageSpace::would_cure(&fault) {
                    self.ask_for_storage(outcome);
                }
                self.notice(fault, outcome);
            }
            _ => {}
        }
    }

    fn epoch_recorded(
        &mut self,
        run: &str,
        epoch_index: usize,
        metrics: EpochMetrics,
        confusion: ConfusionMatrix,
        outcome: &mut Outcome,
    ) {
        self.run_list.epoch_recorded(run, epoch_index, &metrics);
        outcome.change(Part::RunList);
        if self.compare.epoch_recorded(run, epoch_index, metrics, &confusion) {
            outcome.change(Part::Compare);
        }
        // A run opened while it trains may have been read from storage with this epoch already in it.
        let Some(open) =
            self.open.as_mut().filter(|open| open.run == run && open.epochs.len() == epoch_index)
        else {
            return;
        };
        open.epochs.push(EpochSummary { metrics, confusion });
        self.selection.fit(open);
        outcome.change(Part::Open);
        outcome.change(Part::Selection);
    }

    pub(super) fn training_failed(&mut self, fault: Fault, outcome: &mut Outcome) {
        self.live.fail(fault.clone());
        outcome.change(Part::Live);
        self.notice(fault, outcome);
        outcome.ask(self.generation, Task::ListRuns);
    }
}
