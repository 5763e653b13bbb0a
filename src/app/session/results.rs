//! Measures that arrived for the open run, and which are asked for next.
//!
//! Values come from the compute workers; views read them. Nothing is computed here. Only as many tasks
//! are handed out as there are workers, so that what the user looks at now is always next in line.

use std::collections::BTreeMap;

use crate::app::session::{LayerPair, OpenRun, Selection};
use crate::entropy::ChannelState;
use crate::protocol::compute::BitsArray;
use crate::protocol::{Answer, Task};

/// Channel capacity of a pair of layers and what chance gives, both `[C_a, C_b]` bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// I of every pair of channels.
    pub capacity: BitsArray,
    /// The same with one image order shuffled.
    pub null: BitsArray,
    /// H of each channel of the first layer, `[C_a]` bits.
    pub entropy_a: BitsArray,
    /// H of each channel of the second layer, `[C_b]` bits.
    pub entropy_b: BitsArray,
}

/// The results of the open run by what they are of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    known: BTreeMap<Key, Measured>,
    in_flight: Vec<Task>,
    failed: Vec<Task>,
}

/// What a measure is of; epochs are indices on axis T.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    measure: Measure,
    epoch_index: usize,
    layer: usize,
    /// The second layer of a capacity; 0 otherwise.
    other: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Measured {
    Bits(BitsArray),
    Channels { bits: BitsArray, states: Vec<ChannelState> },
    Capacity(Capacity),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Measure {
    InterSample,
    IntraSample,
    Capacity,
    LayerInformation,
}

impl Key {
    fn of(task: &Task) -> Option<Self> {
        let key = |measure, epoch_index, layer, other| Some(Self { measure, epoch_index, layer, other });
        match *task {
            Task::InterSample { epoch_index, layer, .. } => key(Measure::InterSample, epoch_index, layer, 0),
            Task::IntraSample { epoch_index, layer, .. } => key(Measure::IntraSample, epoch_index, layer, 0),
            Task::Capacity { epoch_index, layer_a, layer_b, .. } => {
                key(Measure::Capacity, epoch_index, layer_a, layer_b)
            }
            Task::LayerInformation { epoch_index, layer_a, layer_b, .. } => {
                key(Measure::LayerInformation, epoch_index, layer_a, layer_b)
            }
            _ => None,
        }
    }
}

/// A task to hand to the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What to compute.
    pub task: Task,
    /// Whether it is of the epoch on screen.
    pub visible: bool,
}

impl Results {
    /// Inter-sample entropies `[K+1]` in bits, the last of all classes together.
    pub fn inter_sample(&self, epoch_index: usize, layer: usize) -> Option<&BitsArray> {
        self.bits(Key { measure: Measure::InterSample, epoch_index, layer, other: 0 })
    }

    /// Intra-sample entropies `[C, K+1]` in bits, the last column of all classes together.
    pub fn intra_sample(&self, epoch_index: usize, layer: usize) -> Option<&BitsArray> {
        self.bits(Key { measure: Measure::IntraSample, epoch_index, layer, other: 0 })
    }

    /// Which channels are alive, constant or dead, `[C]`; they come with the intra-sample entropies, and are empty where
    /// nobody knows.
    pub fn channel_states(&self, epoch_index: usize, layer: usize) -> Option<&[ChannelState]> {
        match self.known.get(&Key { measure: Measure::IntraSample, epoch_index, layer, other: 0 })? {
            Measured::Channels { states, .. } => Some(states),
            _ => None,
        }
    }

    /// Channel capacities of a pair of layers.
    pub fn capacity(&self, epoch_index: usize, pair: LayerPair) -> Option<&Capacity> {
        let key = Key { measure: Measure::Capacity, epoch_index, layer: pair.a, other: pair.b };
        match self.known.get(&key)? {
            Measured::Capacity(capacity) => Some(capacity),
            _ => None,
        }
    }

    /// Of two whole layers, the lower one first, `[4]` bits as of [`crate::query::Need::LayerInformation`].
    pub fn layer_information(&self, epoch_index: usize, layer_a: usize, layer_b: usize) -> Option<&[f64]> {
        let key = Key { measure: Measure::LayerInformation, epoch_index, layer: layer_a, other: layer_b };
        self.bits(key).map(|bits| bits.values.as_slice())
    }

    fn bits(&self, key: Key) -> Option<&BitsArray> {
        match self.known.get(&key)? {
            Measured::Bits(bits) | Measured::Channels { bits, .. } => Some(bits),
            Measured::Capacity(_) => None,
        }
    }

    /// Tasks handed out and not answered yet.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether the task failed and is not tried again by itself.
    pub fn has_failed(&self, task: &Task) -> bool {
        self.failed.contains(task)
    }

    /// Tries failed tasks again when they are wanted next.
    pub fn forgive(&mut self) {
        self.failed.clear();
    }

    /// Marks a task as handed out.
    pub fn start(&mut self, task: Task) {
        self.in_flight.push(task);
    }

    /// Keeps an answer.
    pub fn answer(&mut self, task: &Task, answer: Answer) {
        self.in_flight.retain(|other| other != task);
        let measured = match (task, answer) {
            (Task::InterSample { .. }, Answer::InterSample(bits)) => Some(Measured::Bits(bits)),
            (Task::LayerInformation { .. }, Answer::LayerInformation(bits)) if bits.values.len() == 4 => {
                Some(Measured::Bits(bits))
            }
            (Task::IntraSample { .. }, Answer::IntraSample { bits, states }) => {
                Some(Measured::Channels { bits, states })
            }
            (Task::Capacity { .. }, Answer::Capacity { capacity, null, entropy_a, entropy_b }) => {
                Some(Measured::Capacity(Capacity { capacity, null, entropy_a, entropy_b }))
            }
            _ => None,
        };
        match (Key::of(task), measured) {
            (Some(key), Some(measured)) => drop(self.known.insert(key, measured)),
            // An answer of another kind than its task is a fault of the worker's build; asking again would loop.
            _ => self.failed.push(task.clone()),
        }
    }

    /// Remembers a failure, so that the task is not asked for again and again.
    pub fn fail(&mut self, task: &Task) {
        self.in_flight.retain(|other| other != task);
        self.failed.push(task.clone());
    }

    fn lacks(&self, task: &Task) -> bool {
        let is_known = Key::of(task).is_none_or(|key| self.known.contains_key(&key));
        !is_known && !self.in_flight.contains(task) && !self.failed.contains(task)
    }

    /// Whether the task would read what another one, of the same cells, is about to compute.
    fn must_wait(&self, task: &Task) -> bool {
        let rests_on = |run: &String, epoch_index, layer| {
            let task = Task::InterSample { run: run.clone(), epoch_index, layer };
            self.in_flight.contains(&task) || self.lacks(&task)
        };
        match task {
            Task::IntraSample { run, epoch_index, layer } => rests_on(run, *epoch_index, *layer),
            Task::Capacity { run, epoch_index, layer_a, layer_b } => {
                rests_on(run, *epoch_index, *layer_a) || rests_on(run, *epoch_index, *layer_b)
            }
            // Two workers that pass over the same layer would do the work twice.
            Task::LayerInformation { run, epoch_index, layer_a, layer_b } if layer_a != layer_b => {
                [*layer_a, *layer_b].into_iter().any(|layer| {
                    let (run, epoch_index) = (run.clone(), *epoch_index);
                    let own = Task::LayerInformation { run, epoch_index, layer_a: layer, layer_b: layer };
                    self.in_flight.contains(&own) || self.lacks(&own)
                })
            }
            _ => false,
        }
    }

    /// The tasks to hand out next for the charts of the overview, as [`Results::next_of`].
    pub fn next(&self, run: &OpenRun, selection: &Selection, slots: usize) -> Vec<Wanted> {
        self.next_of(wanted(run, selection), slots)
    }

    /// Those of `wanted`, most urgent first, that are to be handed out so that at most `slots` are in flight.
    pub fn next_of(&self, wanted: impl Iterator<Item = Wanted>, slots: usize) -> Vec<Wanted> {
        let free = slots.saturating_sub(self.in_flight.len());
        let mut next: Vec<Wanted> = Vec::with_capacity(free);
        for wanted in wanted {
            if next.len() == free {
                break;
            }
            let is_new = next.iter().all(|other| other.task != wanted.task);
            if is_new && self.lacks(&wanted.task) && !self.must_wait(&wanted.task) {
                next.push(wanted);
            }
        }
        next
    }
}

/// Everything the charts need of a run: first all of the epoch on screen, then the curves over the other
/// epochs, newest first, last their heatmaps (for playing through the epochs). The inter-sample entropy of a
/// layer comes first: the worker that computes it takes all measures of the layer.
pub(super) fn wanted(run: &OpenRun, selection: &Selection) -> impl Iterator<Item = Wanted> {
    let (id, layer, pair) = (run.run.clone(), selection.layer, selection.pair);
    let beside = selection.beside;
    let n_layers = run.header.layers.len();
    let visible = selection.epoch_index;
    let inter = |run: &str, epoch_index, layer| Task::InterSample { run: run.to_owned(), epoch_index, layer };
    let capacity =
        move |run: String, epoch_index| Task::Capacity { run, epoch_index, layer_a: pair.a, layer_b: pair.b };
    let curves = move |run: &str, epoch_index: usize| {
        let intra = |layer| Task::IntraSample { run: run.to_owned(), epoch_index, layer };
        let layers = [pair.a, pair.b, layer].into_iter().chain(0..=n_layers);
        let mut tasks: Vec<Task> = layers.map(|layer| inter(run, epoch_index, layer)).collect();
        tasks.splice(3..3, std::iter::once(layer).chain(beside).map(intra));
        tasks
    };
    let others = (0..run.epochs.len()).rev().filter(move |&epoch| epoch != visible);
    let mut of_visible = curves(&id, visible);
    of_visible.insert(2, capacity(id.clone(), visible));
    let of_others = others
        .clone()
        .flat_map({
            let id = id.clone();
            move |epoch| curves(&id, epoch)
        })
        .chain(others.map(move |epoch| capacity(id.clone(), epoch)));
    let any = !run.epochs.is_empty();
    of_visible
        .into_iter()
        .map(|task| Wanted { task, visible: true })
        .chain(of_others.map(|task| Wanted { task, visible: false }))
        .filter(move |_| any)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    fn bits() -> BitsArray {
        BitsArray { shape: vec![1], values: vec![1.0] }
    }

    fn answer_to(task: &Task) -> Answer {
        match task {
            Task::InterSample { .. } => Answer::InterSample(bits()),
            Task::IntraSample { .. } => Answer::IntraSample { bits: bits(), states: Vec::new() },
            _ => Answer::Capacity { capacity: bits(), null: bits(), entropy_a: bits(), entropy_b: bits() },
        }
    }

    fn epoch_of(task: &Task) -> usize {
        match *task {
            Task::InterSample { epoch_index, .. }
            | Task::IntraSample { epoch_index, .. }
            | Task::Capacity { epoch_index, .. } => epoch_index,
            _ => usize::MAX,
        }
    }

    #[test]
    fn the_epoch_on_screen_comes_first() {
        let run = fixture::open_run("a", 4);
        let mut selection = Selection { epoch_index: 1, following: false, ..Selection::default() };
        selection.fit(&run);
        // The heatmap and the intra-sample entropies wait for their layers.
        let per_epoch = run.header.layers.len() + 1;
        let next = Results::default().next(&run, &selection, per_epoch + 1);
        assert!(next[..per_epoch].iter().all(|wanted| wanted.visible && epoch_of(&wanted.task) == 1));
        assert_eq!((next[per_epoch].visible, epoch_of(&next[per_epoch].task)), (false, 3));
    }

    #[test]
    fn what_rests_on_a_layer_comes_as_soon_as_the_layer_is_measured() {
        let (run, selection) = (fixture::open_run("a", 1), Selection::default());
        let mut results = Results::default();
        let first: Vec<Task> =
            results.next(&run, &selection, 2).into_iter().map(|wanted| wanted.task).collect();
        let layer = |layer| Task::InterSample { run: "a".into(), epoch_index: 0, layer };
        assert_eq!(first, [layer(selection.pair.a), layer(selection.pair.b)]);
        for task in &first {
            results.start(task.clone());
        }
        let third = results.next(&run, &selection, 3).remove(0).task;
        assert!(matches!(third, Task::InterSample { .. }), "{third:?}");
        for task in &first {
            results.answer(task, answer_to(task));
        }
        assert!(matches!(results.next(&run, &selection, 1)[0].task, Task::Capacity { .. }));
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
        assert_eq!(asked.len(), 3 * (run.header.layers.len() + 1 + 2));
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
            let task = Task::IntraSample { run: "a".into(), epoch_index, layer };
            asked.iter().filter(|asked| **asked == task).count()
        };
        assert_eq!([asks(0, 1), asks(1, 1), asks(0, 2), asks(1, 2), asks(0, 3)], [1, 1, 1, 1, 0]);
    }

    #[test]
    fn a_failed_task_is_tried_again_only_when_forgiven() {
        let run = fixture::open_run("a", 1);
        let mut results = Results::default();
        let first = results.next(&run, &Selection::default(), 1).remove(0).task;
        results.start(first.clone());
        results.fail(&first);
        assert!(results.has_failed(&first));
        assert_ne!(results.next(&run, &Selection::default(), 1)[0].task, first);
        results.forgive();
        assert_eq!(results.next(&run, &Selection::default(), 1)[0].task, first);
    }

    #[test]
    fn an_answer_of_another_kind_counts_as_a_failure() {
        let mut results = Results::default();
        let task = Task::InterSample { run: "a".into(), epoch_index: 0, layer: 0 };
        results.start(task.clone());
        results.answer(&task, Answer::IntraSample { bits: bits(), states: Vec::new() });
        assert!(results.has_failed(&task));
        assert_eq!(results.in_flight(), 0);
    }

    #[test]
    fn a_run_without_epochs_wants_nothing() {
        assert!(Results::default().next(&fixture::open_run("a", 0), &Selection::default(), 9).is_empty());
    }
}
