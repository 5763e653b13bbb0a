//! What the layer view asks of the compute workers, most urgent first.

use crate::app::session::results::Wanted;
use crate::app::session::{LayerPair, OpenRun, Selection};
use crate::ordering::sort_by;
use crate::protocol::Task;

use super::LayerState;

/// The matrix on screen and the one it is compared with; then its neighbours on the epoch slider; then what
/// stands below: one layer against all deeper ones, similar filters, entropies; then the pair at the other epochs,
/// nearest first; last what the curves need. Before each matrix the entropies of its layers: the worker that computes
/// those takes all measures of the layer, and the matrix follows from them in no time.
pub fn wanted(run: &OpenRun, selection: &Selection, state: &LayerState) -> Vec<Wanted> {
    let (n_layers, n_epochs, visible) = (run.header.layers.len(), run.epochs.len(), selection.epoch_index);
    if visible >= n_epochs {
        return Vec::new();
    }
    let LayerPair { a, b } = selection.pair;
    let own = if state.look.of_columns { b } else { a };
    let others = nearest_first(visible, n_epochs);
    let (neighbours, far) = others.split_at(others.len().min(2));
    let against = state.look.against.and_then(|epoch| run.index_of_epoch(epoch));

    let mut list = List { run: &run.run, tasks: Vec::new() };
    list.capacity(true, visible, a, b);
    for epoch in against.into_iter().filter(|&epoch| epoch != visible) {
        list.capacity(true, epoch, a, b);
    }
    for &epoch in neighbours {
        list.capacity(false, epoch, a, b);
    }
    for deeper in a + 1..=n_layers {
        list.capacity(true, visible, a, deeper);
    }
    list.capacity(true, visible, own, own);
    list.channels(true, visible, own);
    list.entropies(true, visible, 0..=n_layers);
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
    list.tasks
}

struct List<'a> {
    run: &'a str,
    tasks: Vec<Wanted>,
}

impl List<'_> {
    fn entropies(&mut self, visible: bool, epoch_index: usize, layers: impl IntoIterator<Item = usize>) {
        let run = self.run;
        let task = |layer| Task::InterSample { run: run.to_owned(), epoch_index, layer };
        self.tasks.extend(layers.into_iter().map(|layer| Wanted { task: task(layer), visible }));
    }

    /// Which of them are dead.
    fn channels(&mut self, visible: bool, epoch_index: usize, layer: usize) {
        let task = Task::IntraSample { run: self.run.to_owned(), epoch_index, layer };
        self.tasks.push(Wanted { task, visible });
    }

    fn capacity(&mut self, visible: bool, epoch_index: usize, layer_a: usize, layer_b: usize) {
        self.entropies(visible, epoch_index, [layer_a, layer_b]);
        let task = Task::Capacity { run: self.run.to_owned(), epoch_index, layer_a, layer_b };
        self.tasks.push(Wanted { task, visible });
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
    use crate::app::session::{LayerLook, fixture};

    fn capacities(wanted: &[Wanted]) -> Vec<(usize, usize, usize)> {
        let capacity = |wanted: &Wanted| match wanted.task {
            Task::Capacity { epoch_index, layer_a, layer_b, .. } => Some((epoch_index, layer_a, layer_b)),
            _ => None,
        };
        wanted.iter().filter_map(capacity).collect()
    }

    #[test]
    fn the_matrix_on_screen_comes_first_and_its_neighbours_on_the_slider_next() {
        let run = fixture::open_run("a", 5);
        let selection = Selection { epoch_index: 2, pair: LayerPair { a: 1, b: 2 }, ..Selection::default() };
        let mut state = LayerState::default();
        let wanted_now = wanted(&run, &selection, &state);
        let first = capacities(&wanted_now);
        assert_eq!(first[..3], [(2, 1, 2), (3, 1, 2), (1, 1, 2)]);
        assert_eq!(
            first[3..6],
            [(2, 1, 2), (2, 1, 3), (2, 1, 1)],
            "deeper layers, then the layer with itself"
        );
        assert!(wanted_now[..3].iter().all(|wanted| wanted.visible) && !wanted_now[3].visible);
        assert!(matches!(wanted_now[0].task, Task::InterSample { epoch_index: 2, layer: 1, .. }));
        state.apply(
            LayerEvent::Look(LayerLook { against: Some(4), of_columns: true, ..LayerLook::default() }),
            None,
        );
        let against = capacities(&wanted(&run, &selection, &state));
        assert_eq!(against[..2], [(2, 1, 2), (4, 1, 2)]);
        assert!(against.contains(&(0, 2, 2)), "similar filters among the columns, over all epochs");
    }

    #[test]
    fn epochs_are_taken_by_their_distance() {
        assert_eq!(nearest_first(2, 6), [3, 1, 4, 0, 5]);
        assert!(nearest_first(0, 1).is_empty());
    }

    #[test]
    fn a_run_without_epochs_wants_nothing() {
        let run = fixture::open_run("a", 0);
        assert!(wanted(&run, &Selection::default(), &LayerState::default()).is_empty());
    }
}
