//! The layer view within the session: what its events ask for, and where the answers go.

use crate::app::session::layer::{Channel, ChannelPair, LayerEvent, LayerLook};
use crate::app::session::{Command, Event, LayerPair, Part, Session, View, fixture};
use crate::measure::Estimate;
use crate::measure::{Measure, MeasureKey};
use crate::protocol::compute::BitsArray;
use crate::protocol::compute::Measured;
use crate::protocol::{Answer, Fault, Task};

fn session(workers: usize) -> Session {
    let mut session = Session::new(workers);
    let run = fixture::open_run("a", 3);
    session.apply(Event::OpenRun("a".into()), 0.0);
    let task = Task::OpenRun { run: "a".into() };
    let answer = fixture::opened(run);
    session.selection.view = View::Layer;
    session.selection.pair = LayerPair { a: 1, b: 2 };
    let generation = session.generation;
    // All workers are free again: only what is asked from here on counts.
    let outcome = session.apply(Event::Answered { generation, task, answer }, 0.0);
    for task in asked(&outcome.commands) {
        session.results.fail(&task);
    }
    session
}

fn asked(commands: &[Command]) -> Vec<Task> {
    let of_instrument = |text: &str| text.starts_with("dCNN({0}, ");
    let task = |command: &Command| match command {
        Command::Ask { task: Task::Slice { text, .. }, .. } if of_instrument(text) => None,
        Command::Ask { task, .. } => Some(task.clone()),
        _ => None,
    };
    commands.iter().filter_map(task).collect()
}

fn pick(session: &mut Session, text: &str) -> Vec<Task> {
    let cell = ChannelPair::parse(text);
    asked(&session.apply(Event::Layer(LayerEvent::Cell(cell)), 0.0).commands)
}

#[test]
fn a_picked_cell_asks_for_its_feature_maps_before_other_measures() {
    let mut session = session(4);
    let tasks = pick(&mut session, "1.3-2.5");
    let slice = |text: &str| Task::Slice { run: "a".into(), text: text.into() };
    assert_eq!(
        tasks[..3],
        [
            slice("dCNN({0,125,250,375}, 0, {0}, 0)"),
            slice("dCNN({0,125,250,375}, 1, {3}, 2)"),
            slice("dCNN({0,125,250,375}, 2, {5}, 2)")
        ]
    );
    assert_eq!(tasks.len(), 4, "the fourth worker measures");
    assert!(tasks[3].key().is_some());
}

#[test]
fn the_maps_that_come_back_are_shown_and_never_taken_for_measures() {
    let mut session = session(4);
    let task = pick(&mut session, "1.3-2.5").remove(1);
    let values = (0..4 * 784).map(|value| value as f32).collect();
    let answer = Answer::Slice { axes: Vec::new(), shape: vec![4, 1, 28, 28], values };
    let generation = session.generation;
    let outcome = session.apply(Event::Answered { generation, task: task.clone(), answer }, 0.0);
    assert!(outcome.changed.contains(&Part::Layer) && !session.results.has_failed(&task));
    let map = session.layer.maps.map(2, Channel { layer: 1, channel: 3 }, 125);
    assert_eq!(map.map(|map| map[0].to_bits()), Some(784.0_f32.to_bits()));
}

#[test]
fn maps_that_cannot_be_had_are_said_and_asked_for_again_on_retry() {
    let mut session = session(100);
    let task = pick(&mut session, "1.3-2.5").remove(1);
    let generation = session.generation;
    let fault = Fault::new("damaged", "It is damaged.", "", "");
    session.apply(Event::TaskFailed { generation, task: task.clone(), fault }, 0.0);
    assert_eq!(session.notices.shown().len(), 1);
    assert!(session.layer.maps.has_failed() && !session.layer.maps.awaits(&task));
    let outcome = session.apply(Event::Retry, 0.0);
    assert!(asked(&outcome.commands).contains(&task));
}

#[test]
fn another_run_keeps_the_look_and_forgets_the_maps() {
    let mut session = session(4);
    pick(&mut session, "1.3-2.5");
    let look = LayerLook { hatch: true, ..session.layer.look.clone() };
    session.apply(Event::Layer(LayerEvent::Look(look)), 0.0);
    session.apply(Event::Trainer(fixture::started("b")), 0.0);
    assert!(session.layer.look.hatch && session.layer.maps.in_flight() == 0);
}

#[test]
fn the_layer_view_measures_its_two_layers_and_then_asks_for_their_matrix() {
    let mut session = session(4);
    session.results.retry_failed();
    let outcome = session.apply(Event::EpochPicked(1), 0.0);
    let entropy = |epoch_index, layer| Task::Measure {
        run: "a".into(),
        key: MeasureKey::of_layer(Measure::InterSample, epoch_index, layer),
    };
    assert_eq!(asked(&outcome.commands), [entropy(1, 1), entropy(1, 2), entropy(2, 1), entropy(2, 2)]);
    let generation = session.generation;
    let mut last = Vec::new();
    for task in [entropy(1, 1), entropy(1, 2)] {
        let answer = Answer::Measured(Measured::Values(BitsArray { shape: vec![1], values: vec![1.0] }));
        last = asked(&session.apply(Event::Answered { generation, task, answer }, 0.0).commands);
    }
    let estimate = Estimate::Exact;
    let matrix = Task::Measure {
        run: "a".into(),
        key: MeasureKey::of_layers(Measure::Capacity, 1, 1, 2).over(estimate),
    };
    assert_eq!(last, [matrix]);
}
