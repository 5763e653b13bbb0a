use super::*;
use crate::app::session::{Command, Event, Start, fixture};
use crate::protocol::FromTrainer;
use crate::training::TrainingConfig;

fn session() -> Session {
    let mut session = Session::new(1);
    session.open = Some(fixture::open_run("a", 3));
    session.selection.layer = 1;
    session
}

fn asked() -> Event {
    Event::Project(ProjectionEvent::Asked)
}

fn typed(text: &str) -> [Event; 2] {
    [ProjectionEvent::Chosen(ImageChoice::Typed), ProjectionEvent::Typed(text.into())].map(Event::Project)
}

fn order(outcome: &Outcome) -> Option<(u64, ProjectionOrder)> {
    outcome.commands.iter().find_map(|command| match command {
        Command::Tell(ToTrainer::Project { ticket, order }) => Some((*ticket, order.clone())),
        _ => None,
    })
}

fn looked_for(outcome: &Outcome) -> Option<Task> {
    outcome.commands.iter().find_map(|command| match command {
        Command::Ask { task: task @ Task::Strongest { .. }, .. } => Some(task.clone()),
        _ => None,
    })
}

fn over(ticket: u64, fault: Option<Fault>) -> Event {
    Event::Trainer(FromTrainer::Examined { ticket, fault })
}

fn fault() -> Fault {
    Fault::new("x", "a", "b", "c")
}

/// Switches the projection of images 4 and 2 on; the order that follows.
fn begin(session: &mut Session) -> (u64, ProjectionOrder) {
    for event in typed("4, 2") {
        session.apply(event, 0.0);
    }
    order(&session.apply(asked(), 0.0)).unwrap()
}

#[test]
fn nothing_is_asked_before_the_user_wants_it() {
    let mut session = session();
    let outcome = session.apply(Event::Project(ProjectionEvent::FeaturePicked(3)), 0.0);
    assert_eq!((order(&outcome), looked_for(&outcome)), (None, None));
}

#[test]
fn the_strongest_images_are_found_and_then_projected() {
    let mut session = session();
    session.apply(Event::Project(ProjectionEvent::FeaturePicked(3)), 0.0);
    let task = looked_for(&session.apply(asked(), 0.0)).unwrap();
    let place = Task::Strongest { run: "a".into(), epoch_index: 0, layer: 1, feature: 3, class: None };
    assert_eq!(task, place);
    let images = (0..20).map(|i| Activated { image: 90 - i, label: 0, peak: 1.0 }).collect();
    let answer = Answer::Strongest { images, active: 20, of: 500 };
    let generation = session.generation;
    let (ticket, order) = order(&session.apply(Event::Answered { generation, task, answer }, 0.0)).unwrap();
    assert_eq!(order.images, [90, 89, 88, 87, 86, 85]);
    assert_eq!((order.epoch, order.layer, order.feature), (0, 1, 3));
    let image = Box::new(ProjectedImage { image: 90, ..ProjectedImage::default() });
    session.apply(Event::Trainer(FromTrainer::Projected { ticket, image }), 0.0);
    assert_eq!(session.projection.shown.as_ref().unwrap().rows.len(), 1);
    assert!(session.projection.is_under_way());
    session.apply(over(ticket, None), 0.0);
    assert!(!session.projection.is_under_way());
}

#[test]
fn one_order_at_a_time_and_the_newest_next() {
    let mut session = session();
    let (ticket, _) = begin(&mut session);
    for feature in [5, 6, 7] {
        let outcome = session.apply(Event::Project(ProjectionEvent::FeaturePicked(feature)), 0.0);
        assert_eq!(order(&outcome), None);
    }
    let (_, next) = order(&session.apply(over(ticket, None), 0.0)).unwrap();
    assert_eq!((next.feature, next.images), (7, vec![4, 2]));
}

#[test]
fn the_class_whose_circle_was_entered_gives_the_images() {
    let mut session = session();
    let entered = |class| Event::Project(ProjectionEvent::ClassEntered(class));
    session.apply(entered(Some(4)), 0.0);
    let task = looked_for(&session.apply(asked(), 0.0)).unwrap();
    assert!(matches!(task, Task::Strongest { class: Some(4), .. }), "{task:?}");
    let images = (0..8).map(|i| Activated { image: 40 + i, label: 4, peak: 1.0 }).collect();
    let answer = Answer::Strongest { images, active: 20, of: 500 };
    let generation = session.generation;
    let (ticket, order) = order(&session.apply(Event::Answered { generation, task, answer }, 0.0)).unwrap();
    assert_eq!(order.images, [40, 41, 42, 43, 44, 45]);
    session.apply(over(ticket, None), 0.0);
    let task = looked_for(&session.apply(entered(None), 0.0)).unwrap();
    assert!(matches!(task, Task::Strongest { class: None, .. }), "back among all images: {task:?}");
    for event in typed("1") {
        session.apply(event, 0.0);
    }
    session.apply(entered(None), 0.0);
    assert_eq!(session.projection.choice, ImageChoice::Typed, "what was typed stays");
}

#[test]
fn a_second_channel_is_projected_to_the_same_images_after_the_first() {
    let mut session = session();
    session.apply(Event::Project(ProjectionEvent::BesidePicked(Some(9))), 0.0);
    let (ticket, first) = begin(&mut session);
    assert_eq!((first.feature, &first.images[..]), (0, &[4, 2][..]));
    let (second, beside) = order(&session.apply(over(ticket, None), 0.0)).unwrap();
    assert_eq!((beside.layer, beside.feature, &beside.images), (1, 9, &first.images));
    let image = Box::new(ProjectedImage { image: 4, ..ProjectedImage::default() });
    session.apply(Event::Trainer(FromTrainer::Projected { ticket: second, image }), 0.0);
    let projection = &session.projection;
    let shown = projection.shown.as_ref().unwrap();
    assert_eq!(projection.beside_of(shown).map(|beside| beside.rows.len()), Some(1));
    assert!(projection.is_under_way());
    assert_eq!(order(&session.apply(over(second, None), 0.0)), None, "both are there");
    // The first one beside itself is nothing to see.
    session.apply(Event::Project(ProjectionEvent::BesidePicked(Some(0))), 0.0);
    assert_eq!(order(&session.apply(asked(), 0.0)), None);
    session.apply(Event::Project(ProjectionEvent::BesidePicked(None)), 0.0);
    assert_eq!(session.projection.shown_beside, None);
}

#[test]
fn a_failed_order_is_not_given_again_by_itself() {
    let mut session = session();
    let (ticket, _) = begin(&mut session);
    assert_eq!(order(&session.apply(over(ticket, Some(fault())), 0.0)), None);
    assert_eq!(session.projection.shown.as_ref().unwrap().fault, Some(fault()));
    assert!(order(&session.apply(asked(), 0.0)).is_some(), "only when asked");
}

#[test]
fn a_lost_worker_ends_the_order_with_its_fault() {
    let mut session = session();
    begin(&mut session);
    session.apply(Event::TrainerLost(fault()), 0.0);
    assert!(!session.projection.is_under_way());
    assert_eq!(session.projection.shown.as_ref().unwrap().fault, Some(fault()));
}

#[test]
fn a_run_that_trains_is_not_disturbed_and_the_projection_follows_it() {
    let mut session = session();
    let start = Start::new(TrainingConfig::default(), "2026".into(), 0, String::new());
    session.apply(Event::Train(start), 0.0);
    for event in typed("1") {
        session.apply(event, 0.0);
    }
    assert_eq!(order(&session.apply(asked(), 0.0)), None);
    let run = session.live.run.clone().unwrap();
    let outcome = session.apply(Event::Trainer(FromTrainer::Ended { run, stopped: false }), 0.0);
    assert!(order(&outcome).is_some());
}

#[test]
fn the_input_is_not_projected() {
    let mut session = session();
    session.selection.layer = 0;
    for event in typed("1") {
        session.apply(event, 0.0);
    }
    assert_eq!(order(&session.apply(asked(), 0.0)), None);
}

#[test]
fn a_channel_that_is_picked_is_the_selected_one_and_the_other_way_round() {
    let mut session = session();
    let outcome = session.apply(Event::Project(ProjectionEvent::FeaturePicked(3)), 0.0);
    assert_eq!(session.selection.channel, 3);
    assert!(outcome.changed.contains(&Part::Selection));
    let (ticket, order_of_three) = begin(&mut session);
    assert_eq!(order_of_three.feature, 3);
    session.apply(over(ticket, None), 0.0);
    let outcome = session.apply(Event::ChannelPicked { layer: 2, channel: 11 }, 0.0);
    let (_, next) = order(&outcome).unwrap();
    assert_eq!((next.layer, next.feature), (2, 11));
}

#[test]
fn a_unit_of_a_dense_layer_is_no_channel() {
    let mut session = session();
    session.apply(Event::LayerPicked(3), 0.0);
    session.apply(Event::Project(ProjectionEvent::FeaturePicked(7)), 0.0);
    assert_eq!(session.selection.channel, 0);
    assert_eq!(begin(&mut session).1.feature, 7);
}

#[test]
fn a_layer_with_fewer_features_shows_its_last() {
    let mut session = session();
    session.projection.unit = 40;
    session.apply(Event::LayerPicked(3), 0.0);
    assert_eq!(begin(&mut session).1.feature, 9, "ten classes");
}

#[test]
fn numbers_of_images_are_read_with_any_separator_and_once() {
    assert_eq!(typed_images(" 3,1 ;3  12", 20), Ok(vec![3, 1, 12]));
    assert_eq!(typed_images("", 20), Ok(Vec::new()));
    assert!(typed_images("3, x", 20).unwrap_err().contains("“x”"));
    assert!(typed_images("20", 20).unwrap_err().contains("the last one is 19"));
    assert!(typed_images("1 2 3 4 5 6 7 8 9 10 11 12 13", 20).is_err());
}

#[test]
fn features_are_channels_units_or_classes() {
    let run = fixture::open_run("a", 1);
    assert_eq!(feature_names(&run, 1)[15], "channel 15");
    assert_eq!(feature_names(&run, 3)[9], "class 9");
    assert_eq!(feature_names(&run, 0), ["channel 0"]);
    assert!(feature_names(&run, 9).is_empty());
}
