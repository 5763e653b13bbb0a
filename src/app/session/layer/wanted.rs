//! What the layer view asks of the compute workers, most urgent first.

use crate::app::session::results::Wanted;
use crate::app::session::{LayerPair, OpenRun, Selection};
use crate::measure::{Estimate, Measure, MeasureKey, ProbeSet};
use crate::ordering::sort_by;
use crate::protocol::Task;

use super::{LayerState, SpreadOf};

/// The matrix on screen and the one it is compared with; then its neighbours on the epoch slider; then what
/// stands below: the chosen epochs in a row, one layer against all deeper ones, similar filters, entropies; then the pair
/// at the other epochs, nearest first; then what the curves need; last the layers as wholes. Before each matrix the entropies of its layers: the worker that computes
/// those takes all measures of the layer, and the matrix follows from them in no time.
///
/// What is of training images takes their cells, which only an idle trainer computes: it is asked for when
/// `can_recompute`.
pub fn wanted(run: &OpenRun, selection: &Selection, state: &LayerState, can_recompute: bool) -> Vec<Wanted> {
    let (n_layers, n_epochs, visible) = (run.header.layers.len(), run.epochs.len(), selection.epoch_index);
    if visible >= n_epochs {
        return Vec::new();
    }
    let LayerPair { a, b } = selection.pair;
    let own = if state.look.of_columns { a } else { b };
    let others = nearest_first(visible, n_epochs);
    let (neighbours, far) = others.split_at(others.len().min(2));
    let against = state.look.against.and_then(|epoch| run.index_of_epoch(epoch));

    let of_training =
        state.look.spread_of != SpreadOf::Test && run.header.train_probe_images > 0 && can_recompute;

    let mut list = List { run, passing: selection.is_moving.then_some(visible), tasks: Vec::new() };
    list.capacity(true, visible, a, b);
    for epoch in against.into_iter().filter(|&epoch| epoch != visible) {
        list.capacity(true, epoch, a, b);
    }
    for &epoch in neighbours {
        list.capacity(false, epoch, a, b);
    }
    for epoch in state.look.epochs_of(run).into_iter().filter_map(|epoch| run.index_of_epoch(epoch)) {
        list.capacity(true, epoch, a, b);
    }
    for deeper in a + 1..=n_layers {
        list.capacity(true, visible, a, deeper);
    }
    list.capacity(true, visible, own, own);
    list.channels(true, visible, own);
    list.entropies(true, visible, 0..=n_layers);
    // What the ribbon over all views shows.
    for layer in 0..=n_layers {
        list.ask(true, MeasureKey::of_layer(Measure::Readable, visible, layer));
    }
    if of_training {
        list.training_entropies(true, visible, n_layers);
    }
    for &epoch in far {
        list.capacity(false, epoch, a, b);
    }
    for &epoch in &others {
        list.capacity(false, epoch, own, own);
        list.channels(false, epoch, own);
    }
    for &epoch in &others {
        list.entropies(false, epoch, 0..=n_layers);
    }
    for &epoch in others.iter().filter(|_| of_training) {
        list.training_entropies(false, epoch, n_layers);
    }
    // Each layer is passed over once; its pairs follow from that.
    for layer in 0..=n_layers {
        list.layers(visible, layer, layer);
    }
    for lower in 0..=n_layers {
        for upper in lower + 1..=n_layers {
            list.layers(visible, lower, upper);
        }
    }
    for &epoch in &others {
        for (lower, upper) in [(a, a), (b, b), (a.min(b), a.max(b))] {
            list.layers(epoch, lower, upper);
        }
    }
    list.tasks
}

struct List<'a> {
    run: &'a OpenRun,
    /// An epoch that the slider passes over: what is asked of it is answered at once, from what is kept.
    passing: Option<usize>,
    tasks: Vec<Wanted>,
}

impl List<'_> {
    fn ask(&mut self, visible: bool, key: MeasureKey) {
        if !self.run.is_measured_by_itself(&key) {
            return;
        }
        let task = Task::Measure { run: self.run.run.clone(), key };
        self.tasks.push(Wanted { task, visible });
    }

    fn entropies(&mut self, visible: bool, epoch_index: usize, layers: impl IntoIterator<Item = usize>) {
        for layer in layers {
            self.ask(visible, MeasureKey::of_layer(Measure::InterSample, epoch_index, layer));
        }
    }

    /// Of the training images, at one epoch.
    fn training_entropies(&mut self, visible: bool, epoch_index: usize, last: usize) {
        for layer in 0..=last {
            let key = MeasureKey::of_layer(Measure::InterSample, epoch_index, layer);
            self.ask(visible, key.on(ProbeSet::Train));
        }
    }

    /// Which of them are dead.
    fn channels(&mut self, visible: bool, epoch_index: usize, layer: usize) {
        self.ask(visible, MeasureKey::of_layer(Measure::ChannelState, epoch_index, layer));
    }

    fn capacity(&mut self, visible: bool, epoch_index: usize, layer_a: usize, layer_b: usize) {
        self.entropies(visible, epoch_index, [layer_a, layer_b]);
        let estimate = match self.passing {
            Some(passing) if passing == epoch_index => Estimate::Sampled,
            _ => self.run.header.best_estimate(layer_a, layer_b),
        };
        let key = MeasureKey::of_layers(Measure::Capacity, epoch_index, layer_a, layer_b);
        self.ask(visible, key.over(estimate));
    }

    /// Never urgent: it takes a pass over each layer.
    fn layers(&mut self, epoch_index: usize, layer_a: usize, layer_b: usize) {
        self.ask(false, MeasureKey::of_layers(Measure::LayerInformation, epoch_index, layer_a, layer_b));
    }
}

/// All epochs but `visible`, the next one first: that is where playing goes.
fn nearest_first(visible: usize, n_epochs: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..n_epochs).filter(|&epoch| epoch != visible).collect();
    let place = |epoch: usize| (epoch.abs_diff(visible), epoch < visible);
    sort_by(&mut others, |&a, &b| place(a).cmp(&place(b)));
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::layer::LayerEvent;
    use crate::app::session::results::Results;
    use crate::app::session::{LayerLook, fixture};
    use crate::measure::Of;
    use crate::protocol::Answer;
    use crate::protocol::compute::{BitsArray, Measured};

    fn capacities(wanted: &[Wanted]) -> Vec<(usize, usize, usize)> {
        wanted.iter().filter_map(|wanted| pair_of(wanted, Measure::Capacity)).collect()
    }

    /// Epoch and layers of what is wanted, where it is this measure of two layers.
    fn pair_of(wanted: &Wanted, measure: Measure) -> Option<(usize, usize, usize)> {
        let key = wanted.task.key().filter(|key| key.measure == measure)?;
        match key.of {
            Of::Layers(a, b) => Some((key.epoch_index, a, b)),
            _ => None,
        }
    }

    #[test]
    fn the_matrix_on_screen_comes_first_and_its_neighbours_on_the_slider_next() {
        let run = fixture::open_run("a", 5);
        let selection = Selection { epoch_index: 2, pair: LayerPair { a: 1, b: 2 }, ..Selection::default() };
        let mut state = LayerState::default();
        let wanted_now = wanted(&run, &selection, &state, true);
        let first = capacities(&wanted_now);
        assert_eq!(first[..3], [(2, 1, 2), (3, 1, 2), (1, 1, 2)]);
        assert_eq!(first[3..7], [(0, 1, 2), (1, 1, 2), (3, 1, 2), (4, 1, 2)], "the usual epochs in a row");
        assert_eq!(
            first[7..10],
            [(2, 1, 2), (2, 1, 3), (2, 1, 1)],
            "deeper layers, then the layer with itself"
        );
        assert!(wanted_now[..3].iter().all(|wanted| wanted.visible) && !wanted_now[3].visible);
        assert_eq!(wanted_now[0].task.key(), Some(&MeasureKey::of_layer(Measure::InterSample, 2, 1)));
        state.apply(
            LayerEvent::Look(LayerLook { against: Some(4), of_columns: false, ..LayerLook::default() }),
            None,
        );
        let against = capacities(&wanted(&run, &selection, &state, true));
        assert_eq!(against[..2], [(2, 1, 2), (4, 1, 2)]);
        assert!(against.contains(&(0, 2, 2)), "similar filters among the rows, over all epochs");
    }

    #[test]
    fn each_whole_layer_is_measured_once_before_its_pairs_and_nothing_waits_for_it() {
        let run = fixture::open_run("a", 3);
        let selection = Selection { epoch_index: 2, pair: LayerPair { a: 2, b: 1 }, ..Selection::default() };
        let wanted = wanted(&run, &selection, &LayerState::default(), true);
        let layers = |wanted: &Wanted| pair_of(wanted, Measure::LayerInformation);
        let first = wanted.iter().position(|wanted| layers(wanted).is_some()).unwrap();
        let whole: Vec<_> = wanted[first..].iter().filter_map(layers).collect();
        assert_eq!(whole.len(), wanted.len() - first, "all else comes before");
        assert!(wanted[first..].iter().all(|wanted| !wanted.visible));
        assert_eq!(whole[..4], [(2, 0, 0), (2, 1, 1), (2, 2, 2), (2, 3, 3)]);
        assert_eq!(whole[4..10], [(2, 0, 1), (2, 0, 2), (2, 0, 3), (2, 1, 2), (2, 1, 3), (2, 2, 3)]);
        assert_eq!(whole[10..13], [(1, 2, 2), (1, 1, 1), (1, 1, 2)], "the pair at the other epochs");
    }

    #[test]
    fn two_whole_layers_are_compared_once_each_is_measured() {
        let task = |layer_a, layer_b| Task::Measure {
            run: "a".into(),
            key: MeasureKey::of_layers(Measure::LayerInformation, 0, layer_a, layer_b),
        };
        let wanted =
            || [(1, 1), (2, 2), (1, 2)].map(|(a, b)| Wanted { task: task(a, b), visible: false }).into_iter();
        let mut results = Results::default();
        let next = results.next_of(wanted(), 9);
        assert_eq!(next.len(), 2, "the pair waits");
        for Wanted { task, .. } in next {
            results.start(task.clone());
            assert!(results.next_of(wanted(), 9).iter().all(|wanted| wanted.task != the_pair()));
            let bits = BitsArray { shape: vec![4], values: vec![2.0, 0.0, 0.0, 0.1] };
            results.answer(&task, Answer::Measured(Measured::Values(bits)));
        }
        assert_eq!(results.next_of(wanted(), 9)[0].task, the_pair());
        assert_eq!(results.layer_information(0, 1, 1), Some(&[2.0, 0.0, 0.0, 0.1][..]));
        results.start(the_pair());
        results.answer(
            &the_pair(),
            Answer::Measured(Measured::Values(BitsArray { shape: vec![1], values: vec![1.0] })),
        );
        assert!(results.has_failed(&the_pair()), "four numbers, or it is no answer");
    }

    fn the_pair() -> Task {
        Task::Measure { run: "a".into(), key: MeasureKey::of_layers(Measure::LayerInformation, 0, 1, 2) }
    }

    #[test]
    fn epochs_are_taken_by_their_distance() {
        assert_eq!(nearest_first(2, 6), [3, 1, 4, 0, 5]);
        assert!(nearest_first(0, 1).is_empty());
    }

    #[test]
    fn a_run_without_epochs_wants_nothing() {
        let run = fixture::open_run("a", 0);
        assert!(wanted(&run, &Selection::default(), &LayerState::default(), true).is_empty());
    }

    #[test]
    fn training_images_are_asked_for_when_they_are_shown_and_nothing_trains() {
        let mut run = fixture::open_run("a", 2);
        run.header.train_probe_images = 500;
        let of_training = |run: &OpenRun, spread_of, can_recompute| {
            let look = LayerLook { spread_of, ..LayerLook::default() };
            let state = LayerState { look, ..LayerState::default() };
            let is_of_training =
                |wanted: &&Wanted| wanted.task.key().is_some_and(|key| key.probe_set == ProbeSet::Train);
            wanted(run, &Selection::default(), &state, can_recompute).iter().filter(is_of_training).count()
        };
        assert_eq!(of_training(&run, SpreadOf::Both, true), 2 * 4);
        assert_eq!(of_training(&run, SpreadOf::Both, false), 0);
        assert_eq!(of_training(&run, SpreadOf::Test, true), 0);
        run.header.train_probe_images = 0;
        assert_eq!(of_training(&run, SpreadOf::Train, true), 0);
    }
}
