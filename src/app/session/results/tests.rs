use super::*;
use crate::app::session::fixture;
use crate::protocol::compute::Counted;

fn bits() -> BitsArray {
    BitsArray { shape: vec![1], values: vec![1.0] }
}

fn answer_to(task: &Task) -> Answer {
    Answer::Measured(match task.key() {
        Some(key) if key.measure == Measure::Capacity => Measured::ChannelPairs(Box::default()),
        _ => Measured::Values(bits()),
    })
}

fn epoch_of(task: &Task) -> usize {
    task.key().map_or(usize::MAX, |key| key.epoch_index)
}

fn measure_of(task: &Task) -> Option<Measure> {
    task.key().map(|key| key.measure)
}

#[test]
fn the_epoch_on_screen_comes_first() {
    let run = fixture::open_run("a", 4);
    let mut selection = Selection { epoch_index: 1, following: false, ..Selection::default() };
    selection.fit(&run);
    // The heatmap and the intra-sample entropies wait for their layers.
    let per_epoch = 2 * (run.header.layers.len() + 1);
    let next = Results::default().next(&run, &selection, per_epoch + 1);
    assert!(next[..per_epoch].iter().all(|wanted| wanted.visible && epoch_of(&wanted.task) == 1));
    assert_eq!((next[per_epoch].visible, epoch_of(&next[per_epoch].task)), (false, 3));
}

#[test]
fn what_rests_on_a_layer_comes_as_soon_as_the_layer_is_measured() {
    let (run, selection) = (fixture::open_run("a", 1), Selection::default());
    let mut results = Results::default();
    let first: Vec<Task> = results.next(&run, &selection, 2).into_iter().map(|wanted| wanted.task).collect();
    let layer =
        |layer| Task::Measure { run: "a".into(), key: MeasureKey::of_layer(Measure::InterSample, 0, layer) };
    assert_eq!(first, [layer(selection.pair.a), layer(selection.pair.b)]);
    for task in &first {
        results.start(task.clone());
    }
    let third = results.next(&run, &selection, 3).remove(0).task;
    assert_eq!(measure_of(&third), Some(Measure::InterSample));
    for task in &first {
        results.answer(task, answer_to(task));
    }
    assert_eq!(measure_of(&results.next(&run, &selection, 1)[0].task), Some(Measure::Capacity));
}

#[test]
fn what_takes_minutes_is_not_asked_for_by_itself() {
    let mut run = fixture::open_run("a", 2);
    let wanted = |run: &OpenRun| Results::default().next(run, &Selection::default(), 100);
    assert!(!wanted(&run).is_empty() && !run.is_too_large());
    run.header.probe_images = 5000;
    assert!(!run.is_too_large(), "as many as can be asked for");
    run.header.probe_images = 65_536;
    let keys: Vec<MeasureKey> = wanted(&run).iter().filter_map(|wanted| wanted.task.key().cloned()).collect();
    assert!(keys.iter().all(|key| run.is_measured_by_itself(key)), "{keys:?}");
    assert!(run.is_too_large() && !keys.contains(&MeasureKey::of_layer(Measure::InterSample, 0, 0)));
}

#[test]
fn a_layer_of_thousands_of_channels_is_not_paired_by_itself() {
    let mut run = fixture::open_run("a", 1);
    run.header.layers[1].channels = 4096;
    assert!(run.is_too_large());
    let own = MeasureKey::of_layers(Measure::Capacity, 0, 2, 2);
    assert!(!run.is_measured_by_itself(&own) && !run.is_measured_by_itself(&own.over(Estimate::Exact)));
}

#[test]
fn no_more_tasks_are_handed_out_than_there_are_workers() {
    let run = fixture::open_run("a", 2);
    let mut results = Results::default();
    for wanted in results.next(&run, &Selection::default(), 2) {
        results.start(wanted.task);
    }
    assert_eq!(results.in_flight(), 2);
    assert!(results.next(&run, &Selection::default(), 2).is_empty());
}

#[test]
fn every_measure_of_every_epoch_is_asked_for_exactly_once() {
    let run = fixture::open_run("a", 3);
    let mut selection = Selection::default();
    selection.fit(&run);
    let mut results = Results::default();
    let mut asked = Vec::new();
    while let [wanted] = results.next(&run, &selection, 1).as_slice() {
        assert!(!asked.contains(&wanted.task));
        asked.push(wanted.task.clone());
        results.start(wanted.task.clone());
        results.answer(&wanted.task, answer_to(&wanted.task));
    }
    assert_eq!(asked.len(), 3 * (2 * (run.header.layers.len() + 1) + 3));
    assert!(results.inter_sample(2, 0).is_some());
    assert!(results.intra_sample(0, selection.layer).is_some());
    assert!(results.capacity(1, selection.pair).is_some());
}

#[test]
fn the_layer_beside_is_measured_too() {
    let run = fixture::open_run("a", 2);
    let selection = Selection { layer: 1, beside: Some(2), ..Selection::default() };
    let mut results = Results::default();
    let mut asked = Vec::new();
    while let [wanted] = results.next(&run, &selection, 1).as_slice() {
        asked.push(wanted.task.clone());
        results.start(wanted.task.clone());
        results.answer(&wanted.task, answer_to(&wanted.task));
    }
    let asks = |epoch_index, layer| {
        let task = Task::Measure {
            run: "a".into(),
            key: MeasureKey::of_layer(Measure::IntraSample, epoch_index, layer),
        };
        asked.iter().filter(|asked| **asked == task).count()
    };
    assert_eq!([asks(0, 1), asks(1, 1), asks(0, 2), asks(1, 2), asks(0, 3)], [1, 1, 1, 1, 0]);
}

#[test]
fn what_is_passed_over_is_sampled_and_what_rests_is_measured_over_all_pairs() {
    let run = fixture::open_run("a", 2);
    let pair = LayerPair { a: 1, b: 2 };
    assert_eq!(run.header.best_estimate(pair.a, pair.b), Estimate::Exact);
    let mut results = Results::default();
    let mut ask = |is_moving| {
        let mut estimates = Vec::new();
        let selection = Selection { is_moving, epoch_index: 1, pair, ..Selection::default() };
        while let [wanted] = results.next(&run, &selection, 1).as_slice() {
            results.start(wanted.task.clone());
            results.answer(&wanted.task, answer_to(&wanted.task));
            let key =
                wanted.task.key().filter(|key| key.measure == Measure::Capacity && key.epoch_index == 1);
            estimates.extend(key.map(|key| key.settings.pairs));
        }
        estimates
    };
    assert_eq!(ask(true), [Estimate::Sampled]);
    assert_eq!(ask(false), [Estimate::Exact]);
    assert_eq!(ask(true), [], "what is known better is not asked");
}

#[test]
fn a_difference_is_of_one_estimate() {
    let pair = LayerPair { a: 1, b: 2 };
    let mut results = Results::default();
    let mut know = |epoch_index, estimate, pairs| {
        let task = Task::Measure {
            run: "a".into(),
            key: MeasureKey::of_layers(Measure::Capacity, epoch_index, 1, 2).over(estimate),
        };
        let counted = Counted { pairs, of: 9 };
        results.answer(
            &task,
            Answer::Measured(Measured::ChannelPairs(Box::new(Capacity { counted, ..Capacity::default() }))),
        );
        let both = results.capacities([0, 1], pair).map(|both| both.map(|known| known.counted.pairs));
        (both, results.capacity(0, pair).map(|known| known.counted.pairs))
    };
    assert_eq!(know(0, Estimate::Exact, 9), (None, Some(9)));
    assert_eq!(know(1, Estimate::Sampled, 4), (None, Some(9)));
    assert_eq!(know(0, Estimate::Sampled, 4), (Some([4, 4]), Some(9)));
    assert_eq!(know(1, Estimate::Exact, 9), (Some([9, 9]), Some(9)));
}

#[test]
fn a_failed_task_is_tried_again_only_when_asked_to() {
    let run = fixture::open_run("a", 1);
    let mut results = Results::default();
    let first = results.next(&run, &Selection::default(), 1).remove(0).task;
    results.start(first.clone());
    results.fail(&first);
    assert!(results.has_failed(&first));
    assert_ne!(results.next(&run, &Selection::default(), 1)[0].task, first);
    results.retry_failed();
    assert_eq!(results.next(&run, &Selection::default(), 1)[0].task, first);
}

#[test]
fn an_answer_of_another_kind_counts_as_a_failure() {
    let mut results = Results::default();
    let task = Task::Measure { run: "a".into(), key: MeasureKey::of_layer(Measure::InterSample, 0, 0) };
    results.start(task.clone());
    results.answer(&task, Answer::Measured(Measured::ChannelPairs(Box::default())));
    assert!(results.has_failed(&task));
    assert_eq!(results.in_flight(), 0);
}

#[test]
fn a_run_without_epochs_wants_nothing() {
    assert!(Results::default().next(&fixture::open_run("a", 0), &Selection::default(), 9).is_empty());
}
