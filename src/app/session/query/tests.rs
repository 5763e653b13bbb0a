use super::*;
use crate::app::link;
use crate::app::session::{Command, Event, fixture};
use crate::protocol::{Answer, Task};

struct Desk {
    session: Session,
    asked: Vec<Task>,
}

impl Desk {
    /// A session with a run of `epochs` epochs in the query view, its probe set known.
    fn with_run(epochs: u32) -> Self {
        let mut desk = Self { session: Session::new(4), asked: Vec::new() };
        desk.open(epochs);
        desk.apply(Event::ViewPicked(View::Query));
        desk.probe();
        desk
    }

    fn open(&mut self, epochs: u32) {
        self.apply(Event::OpenRun("a".into()));
        let run = fixture::open_run("a", epochs);
        let answer = fixture::opened(run);
        self.answer(Task::OpenRun { run: "a".into() }, answer);
    }

    fn probe(&mut self) {
        let labels = (0..500_u16).map(|image| (image % 10) as u8).collect();
        self.answer(Task::Probe { run: "a".into() }, Answer::Probe { labels, train_labels: vec![0, 1] });
    }

    fn apply(&mut self, event: Event) {
        let outcome = self.session.apply(event, 0.0);
        self.asked = outcome
            .commands
            .into_iter()
            .filter_map(|command| match command {
                Command::Ask { task, .. } => Some(task),
                _ => None,
            })
            .collect();
    }

    fn query(&mut self, event: QueryEvent) {
        self.apply(Event::Query(event));
    }

    fn answer(&mut self, task: Task, answer: Answer) {
        let generation = self.session.generation;
        self.apply(Event::Answered { generation, task, answer });
    }

    fn text(&self) -> &str {
        &self.session.query.text
    }

    /// The query that was asked for by the last event.
    fn asked_text(&self) -> Option<&str> {
        self.asked.iter().find_map(|task| match task {
            Task::Query { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// Answers the query under way with one number.
    fn answer_arrives(&mut self, text: &str, bits: f64) {
        let values = BitsArray { shape: vec![], values: vec![bits] };
        let (query, unit) = (text.to_owned(), "bit".to_owned());
        let task = Task::Query { run: "a".into(), text: text.into() };
        self.answer(task, Answer::Query { query, unit, axes: vec![], values, counted: None });
    }
}

#[test]
fn what_widgets_pick_is_written_and_what_is_typed_is_picked() {
    let mut desk = Desk::with_run(3);
    assert_eq!(desk.text(), "H(dCNN(-, 1, -, -))");
    desk.query(QueryEvent::LayersPicked { first: 2, second: None });
    desk.query(QueryEvent::ClassToggled(4));
    desk.query(QueryEvent::EpochsPicked { all: false });
    assert_eq!(desk.text(), "H(dCNN(label=4, 2, -, 2))");
    desk.query(QueryEvent::Typed("h( dCNN(7,1,3,-))".into()));
    assert_eq!(desk.text(), "h( dCNN(7,1,3,-))", "as it was typed");
    assert_eq!(desk.session.query.picks.query().to_string(), "h(dCNN(7, 1, 3, -))");
}

#[test]
fn a_text_that_is_no_query_leaves_the_widgets_as_they_are() {
    let mut desk = Desk::with_run(3);
    let before = desk.session.query.picks.clone();
    desk.query(QueryEvent::Typed("h(dCNN(7,".into()));
    assert_eq!(desk.session.query.picks, before);
    assert!(!desk.session.query.is_in_step());
    assert_eq!(desk.session.query.linked_text(), "H(dCNN(-, 1, -, -))", "the address keeps the last query");
    assert_eq!(desk.session.query.check.problem().map(|problem| problem.column), Some(10));
    desk.query(QueryEvent::Asked(Some(Measure::Loss)));
    assert_eq!(desk.text(), "loss(-)");
}

#[test]
fn an_epoch_of_the_query_is_that_of_the_slider() {
    let mut desk = Desk::with_run(4);
    desk.query(QueryEvent::Typed("accuracy(1)".into()));
    assert_eq!(desk.session.selection.epoch_index, 1);
    desk.apply(Event::EpochPicked(2));
    assert_eq!(desk.text(), "accuracy(2)");
    desk.query(QueryEvent::EpochsPicked { all: true });
    desk.apply(Event::EpochPicked(0));
    assert_eq!(desk.text(), "accuracy(-)");
}

#[test]
fn live_answers_follow_every_change_one_at_a_time() {
    let mut desk = Desk::with_run(3);
    desk.query(QueryEvent::Typed("loss(0)".into()));
    // The query of the opening is still under way.
    assert_eq!(desk.asked_text(), None);
    desk.answer_arrives("H(dCNN(-, 1, -, -))", 1.0);
    assert_eq!(desk.asked_text(), Some("loss(0)"));
    desk.query(QueryEvent::Typed("loss(1)".into()));
    desk.query(QueryEvent::Typed("loss(2)".into()));
    assert_eq!(desk.asked_text(), None);
    desk.answer_arrives("loss(0)", 2.0);
    assert_eq!(desk.asked_text(), Some("loss(2)"), "what was passed over is not asked");
    desk.answer_arrives("loss(2)", 3.0);
    assert_eq!(desk.asked_text(), None);
    assert!(
        matches!(&desk.session.query.outcome, QueryOutcome::Answered(answer) if answer.query == "loss(2)")
    );
}

#[test]
fn a_drag_asks_for_where_it_rests_only() {
    let mut desk = Desk::with_run(3);
    desk.answer_arrives("H(dCNN(-, 1, -, -))", 1.0);
    desk.query(QueryEvent::Moving(true));
    desk.query(QueryEvent::LayersPicked { first: 2, second: None });
    assert_eq!((desk.text(), desk.asked.len()), ("H(dCNN(-, 2, -, -))", 0), "picked, but nothing is asked");
    desk.query(QueryEvent::LayersPicked { first: 1, second: None });
    desk.query(QueryEvent::LayersPicked { first: 2, second: None });
    desk.query(QueryEvent::Run);
    assert_eq!(desk.asked_text(), Some("H(dCNN(-, 2, -, -))"), "the button is not waited with");
    desk.answer_arrives("H(dCNN(-, 2, -, -))", 1.0);
    desk.query(QueryEvent::LayersPicked { first: 1, second: None });
    desk.query(QueryEvent::Moving(false));
    assert_eq!(desk.asked_text(), Some("H(dCNN(-, 1, -, -))"));
}

#[test]
fn without_live_answers_the_button_is_waited_for() {
    let mut desk = Desk::with_run(3);
    desk.answer_arrives("H(dCNN(-, 1, -, -))", 1.0);
    desk.query(QueryEvent::LiveSwitched(false));
    desk.query(QueryEvent::Typed("loss(0)".into()));
    assert_eq!(desk.asked_text(), None);
    desk.query(QueryEvent::Run);
    assert_eq!(desk.asked_text(), Some("loss(0)"));
}

#[test]
fn the_button_asks_again_what_failed_and_nothing_else_does() {
    let mut desk = Desk::with_run(3);
    let task = Task::Query { run: "a".into(), text: "H(dCNN(-, 1, -, -))".into() };
    let generation = desk.session.generation;
    let fault = Fault::new("gone", "It is gone.", "It went.", "Wait.");
    desk.apply(Event::TaskFailed { generation, task, fault: fault.clone() });
    assert_eq!(desk.session.query.outcome, QueryOutcome::Failed(fault));
    assert_eq!((desk.asked_text(), desk.session.notices.shown().len()), (None, 0));
    desk.apply(Event::EpochPicked(0));
    assert_eq!(desk.asked_text(), None);
    desk.query(QueryEvent::Run);
    assert_eq!(desk.asked_text(), Some("H(dCNN(-, 1, -, -))"));
}

#[test]
fn a_query_over_all_epochs_is_asked_again_when_there_is_one_more() {
    let mut desk = Desk::with_run(2);
    desk.answer_arrives("H(dCNN(-, 1, -, -))", 1.0);
    let epoch = fixture::open_run("a", 3).epochs.remove(2);
    desk.session.open.as_mut().unwrap().epochs.push(epoch);
    desk.apply(Event::EpochPicked(0));
    assert_eq!(desk.asked_text(), Some("H(dCNN(-, 1, -, -))"));
}

#[test]
fn cells_are_looked_at_and_not_measured() {
    let mut desk = Desk::with_run(2);
    desk.answer_arrives("H(dCNN(-, 1, -, -))", 1.0);
    desk.query(QueryEvent::Typed("dCNN(label=3, 1, -, 0)".into()));
    assert_eq!(desk.asked_text(), None);
    let maps = desk.session.query.first_maps(0);
    assert_eq!((maps[0].layer, &maps[0].images[..2], maps[0].channels.len()), (1, &[3, 13][..], 8));
}

#[test]
fn pictures_of_all_layers_are_asked_for_a_few_at_a_time() {
    let desk = Desk::with_run(2);
    let slices = desk.asked.iter().filter(|task| matches!(task, Task::Slice { .. })).count();
    assert_eq!(slices, 2);
    let shown = desk.session.query.shown(1);
    assert_eq!(shown.len(), desk.session.open.as_ref().unwrap().header.n_layers() + 1);
    assert_eq!((shown[0].epoch, shown[1].epoch), (0, 1), "the input has no epochs");
}

#[test]
fn measures_of_other_views_wait_while_the_query_view_works() {
    let mut desk = Desk::with_run(2);
    let is_measure = |task: &Task| task.key().is_some();
    assert!(desk.session.query_comes_first() && !desk.asked.iter().any(is_measure));
    desk.apply(Event::ViewPicked(View::Layer));
    assert!(!desk.session.query_comes_first());
}

#[test]
fn nothing_is_asked_while_another_view_is_on_screen() {
    let mut desk = Desk { session: Session::new(4), asked: Vec::new() };
    desk.open(2);
    assert!(!desk.asked.iter().any(|task| matches!(task, Task::Probe { .. })));
    assert!(!desk.session.query.previews.is_busy());
}

#[test]
fn a_link_is_answered_once_its_run_is_there() {
    let mut desk = Desk { session: Session::new(4), asked: Vec::new() };
    let (link, faults) = link::parse("q=h(dCNN(5, 2, 3, 1))");
    assert_eq!(faults, []);
    desk.apply(Event::Linked(link));
    desk.session.query.is_live = false;
    desk.open(3);
    desk.probe();
    assert_eq!(desk.asked_text(), Some("h(dCNN(5, 2, 3, 1))"));
    assert_eq!(desk.session.selection.epoch_index, 1);
}

#[test]
fn history_brings_back_view_query_and_epoch_but_not_the_run() {
    let mut desk = Desk::with_run(4);
    let (link, _) = link::parse("view=query&q=loss(-)&epoch=1&run=other");
    desk.apply(Event::Revisited(link));
    assert_eq!((desk.text(), desk.session.selection.epoch_index), ("loss(-)", 1));
    assert_eq!(desk.session.open.as_ref().unwrap().run, "a");
    desk.apply(Event::Revisited(link::parse("view=layer").0));
    assert_eq!((desk.session.selection.view, desk.session.selection.epoch_index), (View::Layer, 3));
}

#[test]
fn other_views_look_at_the_layers_that_were_picked() {
    let mut desk = Desk::with_run(2);
    desk.query(QueryEvent::Typed("I(dCNN(-, 1, -, 0); dCNN(-, 3, -, 0))".into()));
    desk.apply(Event::ViewPicked(View::Layer));
    let selection = &desk.session.selection;
    assert_eq!((selection.layer, selection.pair.a, selection.pair.b), (1, 1, 3));
}

#[test]
fn another_run_forgets_the_answer_and_keeps_the_question() {
    let mut desk = Desk::with_run(2);
    desk.answer_arrives("H(dCNN(-, 1, -, -))", 1.0);
    desk.query(QueryEvent::Typed("loss(-)".into()));
    desk.open(3);
    assert_eq!((desk.text(), &desk.session.query.outcome), ("loss(-)", &QueryOutcome::None));
    assert_eq!(desk.session.query.shape, None);
}
