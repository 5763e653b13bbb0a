//! The run manager's part of the session: take in, rename, settings again, delete and keep.

use super::{Draft, Event, Outcome, Part, Results, Session};
use crate::protocol::{Fault, Task};

impl Session {
    /// Takes in what the user wants done with stored runs; other events are none of its business.
    pub(super) fn manage(&mut self, event: Event, outcome: &mut Outcome) {
        match event {
            Event::Import { url, name, reuse } => {
                self.run_list.importing = Some(name.clone());
                outcome.change(Part::RunList);
                outcome.ask(self.generation, Task::Import { url, name, reuse });
            }
            Event::Rename { run, name, note } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.run == run) {
                    open.header.name.clone_from(&name);
                    outcome.change(Part::Open);
                }
                if self.compare.update(&run, |open| open.header.name.clone_from(&name)) {
                    outcome.change(Part::Compare);
                }
                outcome.ask(self.generation, Task::Rename { run, name, note });
            }
            Event::Duplicate(run) => {
                let header = self.run_list.get(&run).and_then(|summary| summary.header.as_ref());
                if let Some(header) = header {
                    if let Err(error) = header.config.check() {
                        let what = format!("The settings of “{}” were not taken.", header.name);
                        return self.notice(Fault::bad_settings(what, &error), outcome);
                    }
                    self.draft = Draft::of(header.config.clone().renewed());
                    outcome.change(Part::Draft);
                }
            }
            Event::ScheduleDeletion(run) => {
                let is_written = self.run_list.get(&run).is_some_and(|summary| summary.is_written);
                let elsewhere = is_written.then(|| written_elsewhere(&run));
                if let Some(fault) = self.refusal_to_remove(&run).or(elsewhere) {
                    return self.notice(fault, outcome);
                }
                self.run_list.schedule_deletion(run);
                outcome.change(Part::RunList);
            }
            Event::KeepRun(run) => {
                self.run_list.keep(&run);
                outcome.change(Part::RunList);
            }
            Event::RemoveRun(run) => self.ask_to_remove(run, outcome),
            _ => {}
        }
    }

    fn ask_to_remove(&mut self, run: String, outcome: &mut Outcome) {
        // Unless it was kept in the meantime.
        if self.run_list.is_deletion_scheduled(&run) {
            self.close(&run, outcome);
            outcome.ask(self.generation, Task::Remove { run });
        }
    }

    /// Why a run cannot be deleted now.
    pub fn refusal_to_remove(&self, run: &str) -> Option<Fault> {
        self.live.is_of(run).then(|| still_training(run))
    }

    pub(super) fn close(&mut self, run: &str, outcome: &mut Outcome) {
        if self.compare.forget(run) {
            outcome.change(Part::Compare);
        }
        if self.open.as_ref().is_none_or(|open| open.run != run) {
            return;
        }
        self.open = None;
        self.results = Results::default();
        self.generation += 1;
        outcome.change(Part::Open);
        outcome.change(Part::Results);
    }
}

fn still_training(run: &str) -> Fault {
    Fault::new(
        "still_training",
        format!("The run {run} cannot be deleted."),
        "It is being trained.",
        "Stop it first.",
    )
}

fn written_elsewhere(run: &str) -> Fault {
    Fault::new(
        "run_in_use",
        format!("The run {run} cannot be deleted."),
        "Another tab is writing it.",
        "Stop it there, or close that tab and try again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::link::Link;
    use crate::app::session::{Command, fixture};
    use crate::protocol::Answer;

    fn with_runs() -> Session {
        let mut session = Session::new(1);
        let runs = Answer::Runs(vec![fixture::summary("a", "2026-01-01T00:00:00Z")]);
        session.apply(Event::Answered { generation: 0, task: Task::ListRuns, answer: runs }, 0.0);
        session
    }

    fn tasks(outcome: &Outcome) -> Vec<Task> {
        let task = |command: &Command| match command {
            Command::Ask { task, .. } => Some(task.clone()),
            _ => None,
        };
        outcome.commands.iter().filter_map(task).collect()
    }

    #[test]
    fn a_deleted_run_goes_when_its_time_is_over_and_stays_when_it_was_kept() {
        let mut session = with_runs();
        let run = || "a".to_owned();
        assert_eq!(tasks(&session.apply(Event::ScheduleDeletion(run()), 0.0)), []);
        session.apply(Event::KeepRun(run()), 0.0);
        assert_eq!(tasks(&session.apply(Event::RemoveRun(run()), 0.0)), []);
        session.apply(Event::ScheduleDeletion(run()), 0.0);
        let removals = tasks(&session.apply(Event::RemoveRun(run()), 0.0));
        let removal = Task::Remove { run: run() };
        assert!(matches!(&removals[..], [only] if *only == removal), "{removals:?}");
        let generation = session.generation;
        session.apply(Event::Answered { generation, task: removal, answer: Answer::Removed }, 0.0);
        assert!(session.run_list.runs().is_empty() && !session.run_list.is_deletion_scheduled("a"));
    }

    #[test]
    fn a_run_that_another_tab_writes_is_not_deleted() {
        let mut session = with_runs();
        let mut summary = fixture::summary("b", "2026-01-02T00:00:00Z");
        summary.is_written = true;
        let runs = Answer::Runs(vec![summary]);
        session.apply(Event::Answered { generation: 0, task: Task::ListRuns, answer: runs }, 0.0);
        session.apply(Event::ScheduleDeletion("b".to_owned()), 0.0);
        assert!(!session.run_list.is_deletion_scheduled("b"));
        assert_eq!(session.notices.shown()[0].fault.code, "run_in_use");
    }

    #[test]
    fn a_link_to_a_run_file_takes_it_in_and_opens_it() {
        let mut session = Session::new(1);
        let url = "data/demo.zarr.zip".to_owned();
        let link = Link { run: Some(url.clone()), ..Link::default() };
        let import = Task::Import { url, name: "demo.zarr.zip".to_owned(), reuse: true };
        assert!(tasks(&session.apply(Event::Linked(link), 0.0)).contains(&import));
        assert_eq!(session.run_list.importing.as_deref(), Some("demo.zarr.zip"));
        let generation = session.generation;
        let answer = Answer::Imported { run: "run-1".to_owned() };
        let outcome = session.apply(Event::Answered { generation, task: import, answer }, 0.0);
        assert!(tasks(&outcome).contains(&Task::OpenRun { run: "run-1".to_owned() }));
        assert_eq!(session.run_list.importing, None);
    }

    #[test]
    fn a_refused_run_file_is_a_notice() {
        let mut session = with_runs();
        let (url, name) = ("blob:1".to_owned(), "x.zip".to_owned());
        session.apply(Event::Import { url: url.clone(), name: name.clone(), reuse: false }, 0.0);
        let task = Task::Import { url, name, reuse: false };
        let fault =
            Fault::new("bad_run_file", "x.zip was not taken in.", "It is no archive.", "Choose another.");
        session.apply(Event::TaskFailed { generation: 0, task, fault }, 0.0);
        assert_eq!((session.run_list.importing.clone(), session.notices.shown().len()), (None, 1));
        assert_eq!(session.run_list.runs().len(), 1);
    }

    #[test]
    fn the_settings_of_a_run_fill_the_start_panel() {
        let mut session = with_runs();
        let mut summary = fixture::summary("b", "2026-01-02T00:00:00Z");
        if let Some(header) = &mut summary.header {
            header.config.epochs = 9;
        }
        let runs = Answer::Runs(vec![summary]);
        session.apply(Event::Answered { generation: 0, task: Task::ListRuns, answer: runs }, 0.0);
        session.apply(Event::Duplicate("b".to_owned()), 0.0);
        assert_eq!(session.draft.config.epochs, 9);
    }

    #[test]
    fn settings_that_could_not_be_typed_fill_no_start_panel() {
        let mut session = with_runs();
        let mut summary = fixture::summary("b", "2026-01-02T00:00:00Z");
        summary.header.as_mut().unwrap().config.epochs = 4_000_000_000;
        session.run_list.list(vec![summary]);
        let draft = session.draft.clone();
        session.apply(Event::Duplicate("b".to_owned()), 0.0);
        assert_eq!(session.draft, draft);
        let fault = session.error().unwrap();
        assert_eq!(fault.code, "bad_settings");
        assert!(fault.why.contains("a whole number from 1 to 1000"), "{fault}");
    }
}
