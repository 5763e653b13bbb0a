//! What the layer view asks of the compute workers, most urgent first.

use crate::app::session::results::Wanted;
use crate::app::session::{OpenRun, Selection};
use crate::protocol::Task;

use super::LayerState;

/// The matrix on screen and the one it is compared with; then its neighbours on the epoch slider; then what
/// stands below: one layer against all deeper ones, similar filters, entropies; then the pair at the other epochs,
/// nearest first; last what the curves need.
pub fn wanted(run: &OpenRun, selection: &Selection, state: &LayerState) -> Vec<Wanted> {
    let (n_layers, n_epochs, visible) = (run.header.layers.len(), run.epochs.len(), selection.epoch_index);
    if visible >= n_epochs {
        return Vec::new();
    }
    let pair = selection.pair;
    let capacity = |epoch_index, layer_a, layer_b| Task::Capacity {
        run: run.run.clone(),
        epoch_index,
        layer_a,
        layer_b,
    };
    let of_pair = |epoch_index| capacity(epoch_index, pair.a, pair.b);
    let own = if state.look.of_columns { pair.b } else { pair.a };
    let of_itself = |epoch_index| capacity(epoch_index, own, own);
    let entropies = |epoch_index| {
        let inter_sample = move |layer| Task::InterSample { run: run.run.clone(), epoch_index, layer };
        (0..=n_layers).map(inter_sample)
    };
    let others = nearest_first(visible, n_epochs);
    let (neighbours, far) = others.split_at(others.len().min(2));
    let against = state.look.against.and_then(|epoch| run.index_of_epoch(epoch));

    let mut tasks: Vec<Wanted> = Vec::new();
    let mut add = |visible, task: Task| tasks.push(Wanted { task, visible });
    add(true, of_pair(visible));
    if let Some(epoch) = against {
        add(true, of_pair(epoch));
    }
    for &epoch in neighbours {
        add(false, of_pair(epoch));
    }
    (pair.a + 1..=n_layers).for_each(|deeper| add(true, capacity(visible, pair.a, deeper)));
    add(true, of_itself(visible));
    entropies(visible).for_each(|task| add(true, task));
    for &epoch in far {
        add(false, of_pair(epoch));
    }
    others.iter().flat_map(|&epoch| entropies(epoch)).for_each(|task| add(false, task));
    for &epoch in &others {
        add(false, of_itself(epoch));
    }
    tasks
}

/// All epochs but `visible`, the next one first: that is where playing goes.
fn nearest_first(visible: usize, n_epochs: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..n_epochs).filter(|&epoch| epoch != visible).collect();
    others.sort_by_key(|&epoch| (epoch.abs_diff(visible), epoch < visible));
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::layer::LayerEvent;
    use crate::app::session::{LayerLook, LayerPair, fixture};

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
        assert!(wanted_now[0].visible && !wanted_now[1].visible);
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
