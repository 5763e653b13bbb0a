//! The runs kept in this browser, as listed on the page.

use crate::protocol::Fault;
use crate::protocol::compute::RunSummary;
use crate::training::EpochMetrics;

/// Stored runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunList {
    runs: Vec<RunSummary>,
    /// Whether storage was read at all.
    pub known: bool,
    /// Why it could not be read.
    pub fault: Option<Fault>,
    /// The run being opened.
    pub opening: Option<String>,
    /// The file being taken in.
    pub importing: Option<String>,
    /// Runs that are deleted soon. Nothing in storage knows of it: after a reload they are back.
    scheduled_for_deletion: Vec<String>,
    /// Runs whose size is not known, or of which there is more than there was; and the one being measured.
    unmeasured: Vec<String>,
    measuring: Option<String>,
    /// Whether the list is asked for again in a while, because another tab writes one of the runs.
    pub is_watched: bool,
    /// Whether the newest run is opened once the runs are known.
    pub open_newest: bool,
}

impl RunList {
    /// Newest first.
    pub fn runs(&self) -> &[RunSummary] {
        &self.runs
    }

    /// Takes over what storage holds.
    pub fn list(&mut self, runs: Vec<RunSummary>) {
        // ISO 8601 sorts as text; what has no readable header comes last. Insertion, because the few runs
        // of a list are not worth the code of a sort.
        let before = std::mem::take(&mut self.runs);
        for mut run in runs {
            if run.bytes.is_none() && run.header.is_some() {
                run.bytes = before.iter().find(|known| known.run == run.run).and_then(|known| known.bytes);
                if run.bytes.is_none() {
                    self.must_measure(&run.run);
                }
            }
            let place = self.runs.partition_point(|other| created(other) >= created(&run));
            self.runs.insert(place, run);
        }
        self.known = true;
        self.fault = None;
    }

    /// Storage could not be read.
    pub fn list_failed(&mut self, fault: Fault) {
        self.known = true;
        self.fault = Some(fault);
    }

    /// Whether a run is about to be deleted.
    pub fn is_deletion_scheduled(&self, run: &str) -> bool {
        self.scheduled_for_deletion.iter().any(|other| other == run)
    }

    /// A run is to be deleted soon.
    pub fn schedule_deletion(&mut self, run: String) {
        if !self.is_deletion_scheduled(&run) {
            self.scheduled_for_deletion.push(run);
        }
    }

    /// A run is not to be deleted; whether it was to be.
    pub fn keep(&mut self, run: &str) -> bool {
        let was_scheduled = self.is_deletion_scheduled(run);
        self.scheduled_for_deletion.retain(|other| other != run);
        was_scheduled
    }

    /// The listed run of this identifier.
    pub fn get(&self, run: &str) -> Option<&RunSummary> {
        self.runs.iter().find(|summary| summary.run == run)
    }

    /// A run is deleted.
    pub fn remove(&mut self, run: &str) {
        self.runs.retain(|other| other.run != run);
    }

    /// An epoch of a run is in storage.
    pub fn epoch_recorded(&mut self, run: &str, epoch_index: usize, metrics: &EpochMetrics) {
        if let Some(summary) = self.runs.iter_mut().find(|summary| summary.run == run) {
            summary.recorded = summary.recorded.max(epoch_index + 1);
            summary.test_accuracy = Some(metrics.test_accuracy);
            // What was measured is of fewer epochs.
            summary.bytes = None;
        }
        self.must_measure(run);
    }

    fn must_measure(&mut self, run: &str) {
        let mut coming = self.unmeasured.iter().chain(&self.measuring);
        if !coming.any(|known| known == run) {
            self.unmeasured.push(run.to_owned());
        }
    }

    /// A run to measure now; one at a time.
    pub fn next_to_measure(&mut self) -> Option<String> {
        if self.measuring.is_none() {
            self.measuring = self.unmeasured.pop();
            return self.measuring.clone();
        }
        None
    }

    /// A run was measured, or could not be: its bytes.
    pub fn measured(&mut self, run: &str, bytes: Option<u64>) {
        self.measuring = None;
        if let Some(summary) = self.runs.iter_mut().find(|summary| summary.run == run) {
            summary.bytes = bytes.or(summary.bytes);
        }
    }

    /// The run to open when the page was opened without naming one; gives it once.
    pub fn newest_to_open(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.open_newest) {
            return None;
        }
        let whole = |run: &&RunSummary| run.header.is_some() && run.recorded > 0;
        self.runs.iter().find(whole).map(|run| run.run.clone())
    }
}

fn created(run: &RunSummary) -> Option<&str> {
    run.header.as_ref().map(|header| header.created.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn runs_are_listed_newest_first_and_unreadable_ones_last() {
        let mut run_list = RunList::default();
        let unreadable = RunSummary { header: None, ..fixture::summary("x", "") };
        run_list.list(vec![
            unreadable,
            fixture::summary("old", "2026-01-01T00:00:00Z"),
            fixture::summary("new", "2026-02-01T00:00:00Z"),
        ]);
        let ids: Vec<&str> = run_list.runs().iter().map(|run| run.run.as_str()).collect();
        assert_eq!(ids, ["new", "old", "x"]);
    }

    #[test]
    fn the_newest_run_with_an_epoch_is_opened_once() {
        let mut run_list = RunList { open_newest: true, ..RunList::default() };
        let empty = RunSummary { recorded: 0, ..fixture::summary("empty", "2026-03-01T00:00:00Z") };
        run_list.list(vec![fixture::summary("a", "2026-01-01T00:00:00Z"), empty]);
        assert_eq!(run_list.newest_to_open().as_deref(), Some("a"));
        assert_eq!(run_list.newest_to_open(), None);
    }

    #[test]
    fn a_deletion_that_is_scheduled_can_be_undone_once() {
        let mut run_list = RunList::default();
        run_list.schedule_deletion("a".to_owned());
        assert!(run_list.is_deletion_scheduled("a") && !run_list.is_deletion_scheduled("b"));
        assert!(run_list.keep("a"));
        assert!(!run_list.keep("a") && !run_list.is_deletion_scheduled("a"));
    }

    #[test]
    fn a_recorded_epoch_shows_in_the_list() {
        let mut run_list = RunList::default();
        run_list.list(vec![fixture::summary("a", "2026-01-01T00:00:00Z")]);
        run_list.epoch_recorded("a", 5, &fixture::metrics(5));
        assert_eq!(run_list.runs()[0].recorded, 6);
    }

    #[test]
    fn each_run_is_measured_once_and_again_after_an_epoch() {
        let mut run_list = RunList::default();
        let unknown = || RunSummary { bytes: None, ..fixture::summary("a", "2026-01-01T00:00:00Z") };
        run_list.list(vec![unknown(), fixture::summary("b", "2026-01-02T00:00:00Z")]);
        assert_eq!(run_list.next_to_measure().as_deref(), Some("a"));
        run_list.list(vec![unknown()]);
        assert_eq!(run_list.next_to_measure(), None, "it is being measured");
        run_list.measured("a", Some(7));
        run_list.list(vec![unknown()]);
        assert_eq!(run_list.runs()[0].bytes, Some(7), "until it is measured again");
        run_list.epoch_recorded("a", 5, &fixture::metrics(5));
        assert_eq!(run_list.runs()[0].bytes, None, "what was measured is of fewer epochs");
        assert_eq!(run_list.next_to_measure().as_deref(), Some("a"));
        run_list.measured("a", None);
        assert_eq!(
            (run_list.runs()[0].bytes, run_list.next_to_measure()),
            (None, None),
            "it could not be measured"
        );
    }
}
