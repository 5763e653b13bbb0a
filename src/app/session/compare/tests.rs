use super::*;
use crate::app::session::{Event, fixture};
use crate::cube::RunHeader;
use crate::protocol::FromTrainer;

fn session(runs: &[&str]) -> Session {
    let mut session = Session::new(1);
    session.apply(Event::ViewPicked(View::Training), 0.0);
    let summaries = runs.iter().map(|run| fixture::summary(run, "2026-01-01T00:00:00Z")).collect();
    let answer = Answer::Runs(summaries);
    session.apply(Event::Answered { generation: 0, task: Task::ListRuns, answer }, 0.0);
    session
}

fn apply(session: &mut Session, event: CompareEvent) -> Vec<Task> {
    let outcome = session.apply(Event::Compare(event), 0.0);
    let task = |command: Command| match command {
        Command::Compare(task) => Some(task),
        _ => None,
    };
    outcome.commands.into_iter().filter_map(task).collect()
}

fn toggle(session: &mut Session, run: &str) -> Vec<Task> {
    apply(session, CompareEvent::Toggle(run.into()))
}

fn read(run: &str) -> Task {
    Task::Compare { run: run.into() }
}

fn measure(run: &str, distance: Distance) -> Task {
    Task::TrainingInterSample { run: run.into(), distance }
}

fn known(session: &mut Session, run: &str, training_images: usize, epochs: u32) -> Vec<Task> {
    let OpenRun { header, epochs, .. } = fixture::open_run(run, epochs);
    let header = Box::new(RunHeader { training_images, ..header });
    let answer = Answer::Compared { header, epochs, probe_checksum: 1, weights_checksum: Some(2) };
    apply(session, CompareEvent::Answered { task: read(run), answer })
}

#[test]
fn a_chosen_run_is_read_and_then_its_training_set_measured() {
    let mut session = session(&["a"]);
    assert_eq!(toggle(&mut session, "a"), [read("a")]);
    assert_eq!(known(&mut session, "a", 1000, 3), [measure("a", Distance::Euclidean)]);
    let answer = Answer::TrainingInterSample { bits: 19.6 };
    let task = measure("a", Distance::Euclidean);
    assert_eq!(apply(&mut session, CompareEvent::Answered { task, answer }), []);
    let compared = session.compare.get("a").unwrap();
    assert_eq!(compared.bits(Distance::Euclidean), Some(19.6));
    assert_eq!(compared.scale().map(|scale| (scale.images, scale.k)), Some((1000, 999)));
    assert!(!session.compare.is_measuring());
}

#[test]
fn training_sets_are_measured_one_after_another_and_small_runs_of_old_not_at_all() {
    let mut session = session(&["a", "b", "old"]);
    for run in ["a", "b", "old"] {
        toggle(&mut session, run);
    }
    assert_eq!(known(&mut session, "old", 0, 1), []);
    assert_eq!(known(&mut session, "a", 1000, 1), [measure("a", Distance::Euclidean)]);
    assert_eq!(known(&mut session, "b", 5000, 1), []);
    let answer = Answer::TrainingInterSample { bits: 19.6 };
    let answered = CompareEvent::Answered { task: measure("a", Distance::Euclidean), answer };
    assert_eq!(apply(&mut session, answered), [measure("b", Distance::Euclidean)]);
}

#[test]
fn another_reading_is_measured_anew_and_the_first_one_kept() {
    let mut session = session(&["a"]);
    toggle(&mut session, "a");
    known(&mut session, "a", 1000, 1);
    let answer = Answer::TrainingInterSample { bits: 19.6 };
    apply(&mut session, CompareEvent::Answered { task: measure("a", Distance::Euclidean), answer });
    let tasks = apply(&mut session, CompareEvent::Reading(Distance::ByteWrapped));
    assert_eq!(tasks, [measure("a", Distance::ByteWrapped)]);
    assert_eq!(session.compare.get("a").unwrap().bits(Distance::Euclidean), Some(19.6));
}

#[test]
fn nothing_is_asked_for_while_another_view_is_on_screen() {
    let mut session = session(&["a"]);
    session.apply(Event::ViewPicked(View::Layer), 0.0);
    assert_eq!(toggle(&mut session, "a"), []);
    let outcome = session.apply(Event::ViewPicked(View::Training), 0.0);
    assert_eq!(outcome.commands, [Command::Compare(read("a"))]);
}

#[test]
fn a_run_that_is_not_in_storage_yet_is_waited_for() {
    let mut session = session(&["a"]);
    assert_eq!(toggle(&mut session, "b"), []);
    assert!(session.compare.is_chosen("b"));
}

#[test]
fn a_failure_is_said_and_not_repeated_until_a_retry() {
    let mut session = session(&["a"]);
    toggle(&mut session, "a");
    let fault = Fault::new("x", "X.", "", "");
    assert_eq!(apply(&mut session, CompareEvent::Failed { task: read("a"), fault }), []);
    assert_eq!(session.notices.shown().len(), 1);
    assert!(session.compare.has_failed("a"));
    let outcome = session.apply(Event::Retry, 0.0);
    assert_eq!(outcome.commands, [Command::Compare(read("a"))]);
}

#[test]
fn epochs_of_a_run_that_trains_are_added_as_they_come() {
    let mut session = session(&["a"]);
    toggle(&mut session, "a");
    known(&mut session, "a", 0, 2);
    session.apply(Event::Trainer(fixture::epoch_recorded("a", 2)), 0.0);
    session.apply(Event::Trainer(fixture::epoch_recorded("a", 2)), 0.0);
    assert_eq!(session.compare.get("a").unwrap().run.epochs.len(), 3);
}

#[test]
fn a_run_that_was_read_while_it_trained_is_read_again_when_it_has_ended() {
    let mut session = session(&["a"]);
    toggle(&mut session, "a");
    known(&mut session, "a", 0, 1);
    let ended = FromTrainer::Ended { run: "a".into(), stopped: false };
    let outcome = session.apply(Event::Trainer(ended), 0.0);
    assert!(outcome.commands.contains(&Command::Compare(read("a"))));
    assert!(session.compare.get("a").unwrap().run.header.complete);
    assert_eq!(known(&mut session, "a", 0, 2), []);
}

#[test]
fn a_deleted_run_is_no_longer_compared() {
    let mut session = session(&["a", "b"]);
    toggle(&mut session, "a");
    known(&mut session, "a", 0, 1);
    toggle(&mut session, "b");
    apply(&mut session, CompareEvent::Put { side: Side::A, run: "a".into() });
    session.apply(Event::CloseRun("a".into()), 0.0);
    assert_eq!(session.compare.chosen(), ["b"]);
    assert_eq!(session.compare.get("a"), None);
    assert_eq!(session.compare.run_on(Side::A), Some("b"));
}

#[test]
fn a_run_chosen_twice_is_not_compared_and_there_are_as_many_as_colours() {
    let mut compare = Compare::default();
    for run in 0..=MOST_RUNS {
        compare.choose(run.to_string());
    }
    assert_eq!((compare.chosen().len(), compare.chosen()[0]), (MOST_RUNS, "1"));
    compare.toggle("1".into());
    assert!(!compare.is_chosen("1"));
}

#[test]
fn without_a_choice_the_first_two_runs_stand_side_by_side() {
    let mut session = session(&["a", "b"]);
    toggle(&mut session, "a");
    assert_eq!([Side::A, Side::B].map(|side| session.compare.run_on(side)), [Some("a"); 2]);
    toggle(&mut session, "b");
    assert_eq!(session.compare.run_on(Side::B), Some("b"));
}

#[test]
fn sliders_that_are_linked_move_together() {
    let mut session = session(&["a", "b"]);
    for (run, epochs) in [("a", 5), ("b", 3)] {
        toggle(&mut session, run);
        known(&mut session, run, 0, epochs);
    }
    assert_eq!([Side::A, Side::B].map(|side| session.compare.epoch_on(side)), [4, 2]);
    apply(&mut session, CompareEvent::Epoch { side: Side::A, epoch_index: 1 });
    assert_eq!([Side::A, Side::B].map(|side| session.compare.epoch_on(side)), [1, 1]);
    apply(&mut session, CompareEvent::Epoch { side: Side::A, epoch_index: 4 });
    assert_eq!(session.compare.epoch_on(Side::B), 2, "as far as it goes");
    apply(&mut session, CompareEvent::Link(false));
    apply(&mut session, CompareEvent::Epoch { side: Side::A, epoch_index: 0 });
    assert_eq!([Side::A, Side::B].map(|side| session.compare.epoch_on(side)), [0, 2]);
}
