use super::*;
use crate::app::link::parse;
use crate::protocol::compute::Measured;
use crate::protocol::compute::{BitsArray, RunSummary};
use crate::protocol::{Answer, FromTrainer};
use crate::training::TrainingConfig;

fn session() -> Session {
    Session::new(100)
}

fn start(run: &str) -> Event {
    Event::Train(Start {
        run: run.into(),
        name: run.into(),
        created: "2026-01-01T00:00:00Z".into(),
        data_url: "http://localhost/data/".into(),
        config: TrainingConfig::default(),
    })
}

/// Without the maps of the instrument.
fn asked(outcome: &Outcome) -> Vec<Task> {
    let task = |command: &Command| match command {
        Command::Ask { task: Task::Slice { .. }, .. } => None,
        Command::Ask { task, .. } => Some(task.clone()),
        _ => None,
    };
    outcome.commands.iter().filter_map(task).collect()
}

fn generation_of(outcome: &Outcome) -> u64 {
    let of = |command: &Command| match command {
        Command::Ask { generation, .. } => Some(*generation),
        _ => None,
    };
    outcome.commands.iter().rev().find_map(of).unwrap()
}

fn opened(session: &mut Session, run: &str, n_epochs: u32) -> Outcome {
    let outcome = session.apply(Event::OpenRun(run.into()), 0.0);
    let generation = generation_of(&outcome);
    let stored = fixture::open_run(run, n_epochs);
    let answer = fixture::opened(stored);
    session.apply(Event::Answered { generation, task: Task::OpenRun { run: run.into() }, answer }, 0.0)
}

/// Layers with the input: each is passed over in two tasks, the rest waits for them.
fn layers(session: &Session) -> usize {
    session.open.as_ref().unwrap().header.layers.len() + 1
}

fn measures_per_epoch(session: &Session) -> usize {
    2 * layers(session) + 3
}

#[test]
fn training_opens_its_run_and_asks_for_each_epochs_measures() {
    let mut session = session();
    let outcome = session.apply(start("a"), 0.0);
    assert!(matches!(&outcome.commands[..], [Command::Tell(ToTrainer::Start { run, .. })] if run == "a"));
    session.apply(Event::Trainer(fixture::started("a")), 0.0);
    assert_eq!(session.open.as_ref().unwrap().run, "a");
    let outcome = session.apply(Event::Trainer(fixture::epoch_recorded("a", 0)), 0.0);
    assert_eq!(asked(&outcome).len(), 2 * layers(&session));
    assert_eq!(session.selection.epoch_index, 0);
    session.apply(Event::Trainer(fixture::epoch_recorded("a", 1)), 0.0);
    assert_eq!(session.selection.epoch_index, 1);
}

#[test]
fn a_second_run_is_refused_while_one_trains() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    let outcome = session.apply(start("b"), 0.0);
    assert_eq!(outcome.commands, []);
    assert_eq!(session.notices.shown()[0].fault.code, "already_training");
    assert_eq!(session.live.run.as_deref(), Some("a"));
}

#[test]
fn opening_a_stored_run_asks_for_all_its_layers() {
    let mut session = session();
    let outcome = opened(&mut session, "a", 3);
    assert_eq!(asked(&outcome).len(), 3 * 2 * layers(&session));
    assert_eq!(session.selection.epoch_index, 2);
}

#[test]
fn an_answer_for_a_run_that_was_left_is_dropped() {
    let mut session = session();
    let first = opened(&mut session, "a", 1);
    let (generation, task) = (generation_of(&first), asked(&first).remove(1));
    opened(&mut session, "b", 1);
    let bits = BitsArray { shape: vec![1], values: vec![2.0] };
    let answer = Answer::Measured(Measured::Values(bits));
    session.apply(Event::Answered { generation, task: task.clone(), answer }, 0.0);
    let key = task.key().expect("a measure");
    assert_eq!(session.results.values(key), None);
}

#[test]
fn a_run_over_which_workers_died_is_not_measured_by_itself_again() {
    let mut session = Session::new(4);
    let measures = |outcome: &Outcome| {
        asked(outcome).into_iter().filter(|task| task.key().is_some()).collect::<Vec<_>>()
    };
    let open = |session: &mut Session, run: &str| measures(&opened(session, run, 2));
    let first = open(&mut session, "a");
    assert!(first.len() > 1);
    let (generation, task) = (session.generation, first[0].clone());
    let fault = Fault::new("worker_lost", "The compute worker stopped.", "", "");
    let after = session.apply(Event::TaskFailed { generation, task, fault }, 0.0);
    assert_eq!(measures(&after), []);
    assert!(!open(&mut session, "b").is_empty(), "another run is measured");
    assert_eq!(open(&mut session, "a"), []);
    assert!(!measures(&session.apply(Event::Retry, 0.0)).is_empty(), "unless the user wants it");
}

#[test]
fn an_answer_makes_room_for_the_next_task() {
    let mut session = Session::new(1);
    let outcome = opened(&mut session, "a", 1);
    let tasks = asked(&outcome);
    assert_eq!(tasks.len(), 1);
    let answer = Answer::Measured(Measured::Values(BitsArray { shape: vec![1], values: vec![2.0] }));
    let event = Event::Answered { generation: generation_of(&outcome), task: tasks[0].clone(), answer };
    let outcome = session.apply(event, 0.0);
    assert_eq!(asked(&outcome).len(), 1);
    assert_ne!(asked(&outcome), tasks);
}

#[test]
fn epochs_of_a_run_that_is_not_open_do_not_disturb_the_one_that_is() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    session.apply(Event::Trainer(fixture::started("a")), 0.0);
    opened(&mut session, "b", 2);
    session.apply(Event::Trainer(fixture::epoch_recorded("a", 0)), 0.0);
    let open = session.open.as_ref().unwrap();
    assert_eq!((open.run.as_str(), open.epochs.len()), ("b", 2));
}

#[test]
fn an_epoch_read_from_storage_is_not_counted_twice() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    session.apply(Event::Trainer(fixture::started("a")), 0.0);
    opened(&mut session, "a", 2);
    session.apply(Event::Trainer(fixture::epoch_recorded("a", 1)), 0.0);
    assert_eq!(session.open.as_ref().unwrap().epochs.len(), 2);
}

#[test]
fn a_lost_trainer_is_said_and_another_run_can_start() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    let fault = Fault::new("worker_lost", "The trainer stopped.", "", "");
    let outcome = session.apply(Event::TrainerLost(fault.clone()), 0.0);
    assert!(outcome.commands.contains(&Command::DropTrainer));
    assert_eq!(session.live.error, Some(fault));
    assert!(!session.apply(start("b"), 0.0).commands.is_empty());
}

#[test]
fn a_run_being_trained_is_not_deleted() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    let outcome = session.apply(Event::ScheduleDeletion("a".into()), 0.0);
    assert_eq!(outcome.commands, []);
    assert_eq!(session.notices.shown()[0].fault.code, "still_training");
}

#[test]
fn deleting_the_open_run_closes_it() {
    let mut session = session();
    opened(&mut session, "a", 1);
    session.apply(Event::ScheduleDeletion("a".into()), 0.0);
    session.apply(Event::RemoveRun("a".into()), 0.0);
    assert_eq!(session.open, None);
    assert_eq!(session.results, Results::default());
}

#[test]
fn a_run_is_settled_when_its_measures_are_in() {
    let mut session = Session::new(1);
    session.apply(start("a"), 0.0);
    session.apply(Event::Trainer(fixture::started("a")), 0.0);
    let mut outcome = session.apply(Event::Trainer(fixture::epoch_recorded("a", 0)), 0.0);
    let ended = session.apply(Event::Trainer(FromTrainer::Ended { run: "a".into(), stopped: false }), 0.0);
    assert_eq!(asked(&ended), [Task::ListRuns]);
    assert!(!session.is_settled());
    for _ in 0..measures_per_epoch(&session) {
        assert!(!session.is_settled());
        let (generation, task) = (generation_of(&outcome), asked(&outcome).remove(0));
        let fault = Fault::new("x", "X.", "", "");
        outcome = session.apply(Event::TaskFailed { generation, task, fault }, 0.0);
    }
    assert!(session.is_settled());
}

#[test]
fn the_newest_run_opens_unless_the_link_says_otherwise() {
    let runs = || Answer::Runs(vec![fixture::summary("a", "2026-01-01T00:00:00Z")]);
    let listed = |link: Link| {
        let mut session = session();
        session.apply(Event::Linked(link), 0.0);
        let event = Event::Answered { generation: 0, task: Task::ListRuns, answer: runs() };
        let mut tasks = asked(&session.apply(event, 0.0));
        tasks.retain(|task| matches!(task, Task::OpenRun { .. }));
        tasks
    };
    assert_eq!(listed(Link::default()), [Task::OpenRun { run: "a".into() }]);
    assert_eq!(listed(Link { autostart: true, ..Link::default() }), []);
    assert_eq!(listed(Link { run: Some("b".into()), ..Link::default() }), []);
}

#[test]
fn a_links_epoch_that_the_run_lacks_is_reported() {
    let mut session = session();
    session.apply(Event::Linked(Link { epoch: Some(40), ..Link::default() }), 0.0);
    opened(&mut session, "a", 2);
    assert_eq!(session.notices.shown()[0].fault.code, "bad_parameter");
    assert_eq!(session.selection.pending_epoch, None);
}

#[test]
fn storage_that_cannot_be_read_is_said() {
    let mut session = session();
    let fault = Fault::new("no_opfs", "Storage cannot be read.", "", "");
    let event = Event::TaskFailed { generation: 0, task: Task::ListRuns, fault: fault.clone() };
    session.apply(event, 0.0);
    assert_eq!(session.run_list.fault, Some(fault.clone()));
    assert_eq!(session.notices.shown()[0].fault, fault);
}

#[test]
fn only_what_changed_is_named() {
    let mut session = session();
    let event = Event::Edited { name: "epochs".into(), text: "4".into() };
    assert_eq!(session.apply(event, 0.0).changed, [Part::Draft]);
    assert_eq!(session.apply(Event::ViewPicked(View::Layer), 0.0).changed, [Part::Selection]);
}

#[test]
fn runs_that_another_tab_writes_are_listed_again_until_it_has_ended() {
    let mut session = session();
    let listed = |session: &mut Session, is_written: bool| {
        let runs = vec![RunSummary { is_written, ..fixture::summary("a", "2026-01-01T00:00:00Z") }];
        let answer = Answer::Runs(runs);
        session.apply(Event::Answered { generation: 0, task: Task::ListRuns, answer }, 0.0)
    };
    assert!(listed(&mut session, true).commands.contains(&Command::ListLater));
    assert!(!listed(&mut session, true).commands.contains(&Command::ListLater), "once at a time");
    assert!(asked(&session.apply(Event::ListAgain, 0.0)).contains(&Task::ListRuns));
    assert!(listed(&mut session, true).commands.contains(&Command::ListLater));
    session.apply(Event::ListAgain, 0.0);
    assert!(!listed(&mut session, false).commands.contains(&Command::ListLater));
}

#[test]
fn an_order_the_trainer_refuses_does_not_fail_the_run_under_way() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    session.apply(Event::Trainer(fixture::started("a")), 0.0);
    assert_eq!(session.error(), None);
    let fault = Fault::new("busy", "The run was not started.", "", "");
    session.apply(Event::Trainer(FromTrainer::Refused { fault: fault.clone() }), 0.0);
    assert_eq!(session.live.status, Status::Training);
    assert_eq!(session.error(), Some(&fault), "it is said all the same");
}

#[test]
fn the_error_of_the_run_stands_until_the_next_run() {
    let mut session = session();
    session.apply(start("a"), 0.0);
    let fault = Fault::new("data_missing", "MNIST is not there.", "", "");
    session.apply(Event::Trainer(FromTrainer::Failed { fault: fault.clone() }), 0.0);
    session.apply(Event::Noticed(Fault::new("later", "Something else.", "", "")), 0.0);
    assert_eq!(session.error(), Some(&fault));
    session.apply(start("b"), 0.0);
    let codes: Vec<&str> = session.notices.shown().iter().map(|notice| &*notice.fault.code).collect();
    assert_eq!(codes, ["later"], "the failure is settled by the new start, the rest is not");
}

#[test]
fn a_link_selects_its_channel_and_the_layer_beside_and_a_press_there_changes_the_roles() {
    let mut session = session();
    let link = Link { layer: Some(1), channel: Some(7), beside: Some(2), ..Link::default() };
    session.apply(Event::Linked(link), 0.0);
    opened(&mut session, "a", 2);
    let seen =
        |session: &Session| (session.selection.layer, session.selection.channel, session.selection.beside);
    assert_eq!(seen(&session), (1, 7, Some(2)));
    session.apply(Event::ChannelPicked { layer: 2, channel: 3 }, 0.0);
    assert_eq!(seen(&session), (2, 3, Some(1)));
    session.apply(Event::BesidePicked(None), 0.0);
    assert_eq!(seen(&session), (2, 3, None));
}

#[test]
fn one_choice_of_the_axis_holds_for_every_chart_and_comes_from_a_link() {
    let mut session = Session::new(1);
    let outcome = session.apply(Event::AxisPicked(TrainingAxis::Images), 0.0);
    assert!(outcome.changed.contains(&Part::Selection));
    assert_eq!(session.selection.axis, TrainingAxis::Images);
    session.apply(Event::Revisited(parse("axis=updates&view=training").0), 0.0);
    assert_eq!(session.selection.axis, TrainingAxis::Updates);
    session.apply(Event::Linked(parse("axis=images").0), 0.0);
    assert_eq!(session.selection.axis, TrainingAxis::Images);
}
