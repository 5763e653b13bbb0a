//! Runs that are compared: which were chosen, what is known of each, and what is asked for next.
//!
//! Apart from the run on screen: its answers come by a way of their own and are never taken for it. The training
//! set's entropy takes seconds for each run, so it is asked for one run at a time, and only while the view that
//! shows it is on screen.

use std::collections::BTreeMap;

use super::sides::{Side, Sides};
use super::{Command, InterSampleScale, OpenRun, Outcome, Part, Session, View};
use crate::entropy::Distance;
use crate::evaluation::ConfusionMatrix;
use crate::protocol::compute::EpochSummary;
use crate::protocol::{Answer, Fault, Task};
use crate::training::EpochMetrics;

/// Most runs that are compared: each has a colour of its own, and there are ten.
pub const MOST_RUNS: usize = 10;

/// What is known of a run that is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What it is, and its epochs.
    pub run: OpenRun,
    /// Equal where the probe sets are.
    pub probe_checksum: u64,
    /// Equal where the weights before training are; `None` where they are not stored.
    pub weights_checksum: Option<u64>,
    /// Inter-sample entropy of the training set in bits, by its reading.
    bits: Vec<(Distance, f64)>,
}

impl Compared {
    /// Without the entropies of its training set.
    pub fn new(run: OpenRun, probe_checksum: u64, weights_checksum: Option<u64>) -> Self {
        Self { run, probe_checksum, weights_checksum, bits: Vec::new() }
    }

    /// Takes in the inter-sample entropy of the training set.
    pub fn put_bits(&mut self, distance: Distance, bits: f64) {
        self.bits.retain(|(other, _)| *other != distance);
        self.bits.push((distance, bits));
    }

    /// Inter-sample entropy of the training set; `None` while it is not known.
    pub fn bits(&self, distance: Distance) -> Option<f64> {
        self.bits.iter().find(|(other, _)| *other == distance).map(|(_, bits)| *bits)
    }

    /// What it can be compared with; `None` where the training set is not kept.
    pub fn scale(&self) -> Option<InterSampleScale> {
        InterSampleScale::new(self.run.header.training_images, self.run.header.settings.k)
    }
}

/// Runs that are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compare {
    chosen: Vec<String>,
    known: BTreeMap<String, Compared>,
    /// Which reading of the inter-sample entropy is shown.
    pub distance: Distance,
    /// The two runs side by side.
    pub sides: Sides,
    /// Known from while they were trained: they are read once more now that all of them is stored.
    stale: Vec<String>,
    in_flight: Vec<Task>,
    failed: Vec<Task>,
}

/// What can happen to the comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareEvent {
    /// A run is compared from now on, or no longer.
    Toggle(String),
    /// Another reading of the inter-sample entropy.
    Reading(Distance),
    /// A run is put on a side.
    Put {
        /// Which side.
        side: Side,
        /// Identifier.
        run: String,
    },
    /// The slider of a side moved.
    Epoch {
        /// Which side.
        side: Side,
        /// Index on T.
        epoch_index: usize,
    },
    /// The sliders move together from now on, or no longer.
    Link(bool),
    /// The difference is shown in place of both.
    Difference(bool),
    /// A compute worker is done.
    Answered {
        /// What was asked.
        task: Task,
        /// What it gave.
        answer: Answer,
    },
    /// A compute worker could not do it.
    Failed {
        /// What was asked.
        task: Task,
        /// Why it failed.
        fault: Fault,
    },
}

impl Compare {
    /// Identifiers of the chosen runs, in the order in which they were chosen; a run's place is its colour.
    pub fn chosen(&self) -> Vec<&str> {
        self.chosen.iter().map(String::as_str).collect()
    }

    /// Whether a run is chosen.
    pub fn is_chosen(&self, run: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == run)
    }

    /// The chosen runs that are known, each with its place.
    pub fn runs(&self) -> impl Iterator<Item = (usize, &Compared)> {
        self.chosen.iter().enumerate().filter_map(|(place, run)| Some((place, self.known.get(run)?)))
    }

    /// What is known of a run.
    pub fn get(&self, run: &str) -> Option<&Compared> {
        self.known.get(run)
    }

    /// The run on a side: the one that was put there, else the first or the second of those chosen.
    pub fn on(&self, side: Side) -> Option<&Compared> {
        self.known.get(self.run_on(side)?)
    }

    /// Its identifier.
    pub fn run_on(&self, side: Side) -> Option<&str> {
        let put = self.sides.run(side).or_else(|| self.chosen.get(side as usize).map(String::as_str));
        put.or_else(|| self.chosen.first().map(String::as_str))
    }

    /// Index on T of the epoch that a side shows.
    pub fn epoch_on(&self, side: Side) -> usize {
        self.on(side).map_or(0, |compared| self.sides.epoch_index(side, compared.run.epochs.len()))
    }

    /// Takes in what is known of a run.
    pub fn put(&mut self, run: &str, compared: Compared) {
        self.known.insert(run.to_owned(), compared);
    }

    /// Whether something is being read or measured.
    pub fn is_measuring(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// Whether the entropy of a run's training set could not be had.
    pub fn has_failed(&self, run: &str) -> bool {
        self.failed.iter().any(|task| task.run() == Some(run))
    }

    /// Compares a run, too; beyond [`MOST_RUNS`] the one chosen first goes.
    pub fn choose(&mut self, run: String) {
        if !self.is_chosen(&run) {
            if self.chosen.len() == MOST_RUNS {
                self.chosen.remove(0);
            }
            self.chosen.push(run);
        }
    }

    fn toggle(&mut self, run: String) {
        if self.is_chosen(&run) {
            self.chosen.retain(|chosen| *chosen != run);
        } else {
            self.choose(run);
        }
    }

    /// A run is no longer there.
    pub(super) fn forget(&mut self, run: &str) -> bool {
        let was_there = self.known.remove(run).is_some() | self.is_chosen(run);
        self.chosen.retain(|chosen| chosen != run);
        self.sides.forget(run);
        was_there
    }

    /// Tries again what failed.
    pub(super) fn retry_failed(&mut self) {
        self.failed.clear();
    }

    /// An epoch of a run is in storage; whether it is one of those compared.
    pub(super) fn epoch_recorded(
        &mut self,
        run: &str,
        epoch_index: usize,
        metrics: EpochMetrics,
        confusion: &ConfusionMatrix,
    ) -> bool {
        let Some(compared) = self.known.get_mut(run) else { return false };
        let is_next = compared.run.epochs.len() == epoch_index;
        if is_next {
            compared.run.epochs.push(EpochSummary { metrics, confusion: confusion.clone() });
        }
        is_next
    }

    /// A run has ended and all of it is stored.
    pub(super) fn ended(&mut self, run: &str) -> bool {
        let is_known = self.update(run, |run| run.header.complete = true);
        if is_known {
            self.stale.push(run.to_owned());
        }
        is_known
    }

    /// A run has another name.
    pub(super) fn update(&mut self, run: &str, change: impl FnOnce(&mut OpenRun)) -> bool {
        let compared = self.known.get_mut(run);
        compared.map(|compared| change(&mut compared.run)).is_some()
    }

    fn take(&mut self, task: &Task, answer: Answer) {
        self.in_flight.retain(|other| other != task);
        match (task, answer) {
            (
                Task::Compare { run },
                Answer::Compared { header, epochs, probe_checksum, weights_checksum },
            ) => {
                let probe_labels = Vec::new();
                let open = OpenRun { run: run.clone(), header: *header, epochs, probe_labels };
                let mut compared = Compared::new(open, probe_checksum, weights_checksum);
                if let Some(before) = self.known.remove(run) {
                    compared.bits = before.bits;
                    if before.run.epochs.len() > compared.run.epochs.len() {
                        // Epochs were recorded while storage was read.
                        compared.run.epochs = before.run.epochs;
                    }
                }
                self.stale.retain(|stale| stale != run);
                self.put(run, compared);
            }
            (Task::TrainingInterSample { run, distance }, Answer::TrainingInterSample { bits }) => {
                if let Some(compared) = self.known.get_mut(run) {
                    compared.put_bits(*distance, bits);
                }
            }
            _ => self.failed.push(task.clone()),
        }
    }

    fn fail(&mut self, task: Task) {
        self.in_flight.retain(|other| *other != task);
        self.failed.push(task);
    }

    /// What to ask for now: all runs that are not known, and one training set's entropy.
    fn next(&self, is_stored: impl Fn(&str) -> bool) -> Vec<Task> {
        let sides = [Side::A, Side::B].into_iter().filter_map(|side| self.sides.run(side));
        let wanted = self.chosen.iter().map(String::as_str).chain(sides);
        let mut tasks: Vec<Task> = Vec::new();
        let is_read =
            |run: &str| self.known.contains_key(run) && !self.stale.iter().any(|stale| stale == run);
        for run in wanted.filter(|run| !is_read(run) && is_stored(run)) {
            let task = Task::Compare { run: run.to_owned() };
            if !self.failed.contains(&task) && !self.in_flight.contains(&task) && !tasks.contains(&task) {
                tasks.push(task);
            }
        }
        let is_measured = |task: &Task| matches!(task, Task::TrainingInterSample { .. });
        if !self.in_flight.iter().any(is_measured) {
            let distance = self.distance;
            let lacking = self.runs().map(|(_, compared)| compared).filter(|compared| {
                compared.run.header.training_images > 1 && compared.bits(distance).is_none()
            });
            let task =
                |compared: &Compared| Task::TrainingInterSample { run: compared.run.run.clone(), distance };
            tasks.extend(lacking.map(task).find(|task| !self.failed.contains(task)));
        }
        tasks
    }
}

impl Session {
    /// Takes in what happened to the comparison.
    pub(super) fn compare(&mut self, event: CompareEvent, outcome: &mut Outcome) {
        outcome.change(Part::Compare);
        match event {
            CompareEvent::Toggle(run) => self.compare.toggle(run),
            CompareEvent::Reading(distance) => self.compare.distance = distance,
            CompareEvent::Put { side, run } => self.compare.sides.put(side, run),
            CompareEvent::Epoch { side, epoch_index } => self.pick_epoch_on(side, epoch_index),
            CompareEvent::Link(is_linked) => self.compare.sides.is_linked = is_linked,
            CompareEvent::Difference(is_shown) => self.compare.sides.is_difference = is_shown,
            CompareEvent::Answered { task, answer } => self.compare.take(&task, answer),
            CompareEvent::Failed { task, fault } => {
                self.compare.fail(task);
                self.notice(fault, outcome);
            }
        }
    }

    fn pick_epoch_on(&mut self, side: Side, epoch_index: usize) {
        let numbers = |side: Side| -> Vec<u32> {
            let numbers =
                |compared: &Compared| compared.run.epochs.iter().map(|epoch| epoch.metrics.epoch).collect();
            self.compare.on(side).map(numbers).unwrap_or_default()
        };
        let (own, other) = (numbers(side), numbers(side.other()));
        self.compare.sides.pick_epoch(side, epoch_index, &own, &other);
    }

    /// Asks for what the comparison lacks; at the end of each event.
    pub(super) fn ask_for_comparison(&mut self, outcome: &mut Outcome) {
        if self.selection.view != View::Training {
            return;
        }
        // A run that has just begun is listed before its header is written.
        let is_stored = |run: &str| self.run_list.get(run).is_some_and(|summary| summary.header.is_some());
        for task in self.compare.next(is_stored) {
            self.compare.in_flight.push(task.clone());
            outcome.commands.push(Command::Compare(task));
            outcome.change(Part::Compare);
        }
    }
}

#[cfg(test)]
mod tests;
