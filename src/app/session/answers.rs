//! What the compute workers answer, and to whom it matters.

use super::{Command, OpenRun, Outcome, Part, Session, notices};
use crate::compute::error::IMPORT_CANCELLED;
use crate::protocol::{Answer, Fault, Task};

impl Session {
    /// Takes in an answer to a task of this generation of the run on screen.
    pub(super) fn answered(&mut self, generation: u64, task: &Task, answer: Answer, outcome: &mut Outcome) {
        match (task, answer) {
            (_, Answer::Runs(mut runs)) => {
                // What this tab trained is written by no other, though its trainer may hold it a moment longer.
                for run in &mut runs {
                    run.is_written &= !self.live.has_trained(&run.run);
                }
                let is_written = runs.iter().any(|run| run.is_written);
                if is_written && !std::mem::replace(&mut self.run_list.is_watched, true) {
                    outcome.commands.push(Command::ListLater);
                }
                self.run_list.list(runs);
                self.ask_for_a_size(outcome);
                outcome.change(Part::RunList);
                self.ask_for_storage(outcome);
                if let Some(newest) = self.run_list.newest_to_open().filter(|_| self.open.is_none()) {
                    self.ask_to_open(newest, outcome);
                }
            }
            (Task::RunSize { run }, Answer::RunSize { bytes }) => {
                self.run_list.measured(run, Some(bytes));
                self.ask_for_a_size(outcome);
                outcome.change(Part::RunList);
            }
            (_, Answer::Imported { run }) => {
                self.run_list.importing = None;
                outcome.ask(self.generation, Task::ListRuns);
                self.ask_to_open(run, outcome);
            }
            (task, Answer::Data(kept)) => self.data_listed(task, kept, outcome),
            (_, Answer::Renamed) => outcome.ask(self.generation, Task::ListRuns),
            (Task::Remove { run }, Answer::Removed) => {
                self.run_list.keep(run);
                self.run_list.remove(run);
                outcome.change(Part::RunList);
                self.ask_for_storage(outcome);
            }
            (task, Answer::Storage(summary)) => self.storage_told(task, summary, outcome),
            _ if generation != self.generation => {}
            (Task::OpenRun { run }, Answer::Opened { header, epochs, probe_labels }) => {
                let run = OpenRun { run: run.clone(), header: *header, epochs, probe_labels };
                self.opened(run, outcome);
            }
            // Several views may look at the same cells.
            (Task::Slice { .. }, answer) => {
                self.layer.maps.answer(task, &answer);
                outcome.change(Part::Layer);
                if self.instrument.maps.awaits(task) {
                    self.instrument.maps.answer(task, answer.clone());
                    outcome.change(Part::Instrument);
                }
                self.query_answered(task, answer, outcome);
            }
            (Task::Strongest { .. }, answer) => self.strongest_found(task, answer, outcome),
            (task, answer) => {
                if let Some(answer) = self.query_answered(task, answer, outcome) {
                    self.results.answer(task, answer);
                    outcome.change(Part::Results);
                }
            }
        }
    }

    /// Sizes are asked for one after another, behind whatever else there is to do.
    fn ask_for_a_size(&mut self, outcome: &mut Outcome) {
        if let Some(run) = self.run_list.next_to_measure() {
            outcome.ask_behind(self.generation, Task::RunSize { run });
        }
    }

    fn opened(&mut self, run: OpenRun, outcome: &mut Outcome) {
        self.show(run, outcome);
        if let Some(wanted) = self.selection.pending_epoch.filter(|_| self.is_closed()) {
            self.selection.pending_epoch = None;
            let last = self.open.as_ref().map_or(0, OpenRun::last_epoch);
            self.notice(notices::no_such_epoch(wanted, last), outcome);
        }
    }

    /// Two workers died over a measure of the run on screen: the next measure would kill the next two.
    fn stop_measuring(&mut self) {
        self.results.stop();
        self.unmeasurable.extend(self.open.as_ref().map(|open| open.run.clone()));
    }

    /// Whether the open run gets no more epochs.
    fn is_closed(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !self.live.is_of(&open.run))
    }

    /// A task failed.
    pub(super) fn failed(&mut self, generation: u64, task: &Task, fault: Fault, outcome: &mut Outcome) {
        match task {
            Task::ListRuns => {
                self.run_list.list_failed(fault.clone());
                outcome.change(Part::RunList);
            }
            Task::Remove { run } => {
                self.run_list.keep(run);
                outcome.change(Part::RunList);
            }
            Task::Import { .. } => {
                self.run_list.importing = None;
                outcome.change(Part::RunList);
                if fault.code == IMPORT_CANCELLED {
                    return;
                }
            }
            // It may have been deleted; the list goes without its size.
            Task::RunSize { run } => {
                self.run_list.measured(run, None);
                return self.ask_for_a_size(outcome);
            }
            Task::Storage | Task::SetBudget { .. } => self.storage_space_failed(outcome),
            Task::Rename { .. } | Task::ListData | Task::RemoveData { .. } => {}
            _ if generation != self.generation => return,
            Task::Slice { .. } => {
                let is_of_layers = self.layer.maps.awaits(task);
                self.layer.maps.fail(task);
                outcome.change(Part::Layer);
                let is_of_instrument = self.instrument.maps.awaits(task);
                self.instrument.maps.fail(task);
                outcome.change(Part::Instrument);
                // A tile says itself that its maps are missing.
                if self.query_failed(task, &fault, outcome) || (is_of_instrument && !is_of_layers) {
                    return;
                }
            }
            task if self.query_failed(task, &fault, outcome) => return,
            Task::OpenRun { .. } => {
                self.run_list.opening = None;
                outcome.change(Part::RunList);
            }
            Task::Strongest { .. } => {}
            _ => {
                self.results.fail(task);
                if fault.code == "worker_lost" {
                    self.stop_measuring();
                }
                outcome.change(Part::Results);
            }
        }
        self.notice(fault, outcome);
    }
}
