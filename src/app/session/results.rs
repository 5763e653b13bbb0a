//! Measures that arrived for the open run, and which are asked for next.
//!
//! Values come from the compute workers; views read them. Nothing is computed here. Only as many tasks
//! are handed out as there are workers, so that what the user looks at now is always next in line.

use std::collections::BTreeMap;

use crate::app::session::{LayerPair, OpenRun, Selection};
use crate::cube::{Estimate, ProbeSet};
use crate::entropy::ChannelState;
use crate::protocol::compute::BitsArray;
pub use crate::protocol::compute::Capacity;
use crate::protocol::{Answer, Task};

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
    Capacity(Box<Capacity>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Measure {
    InterSample(ProbeSet),
    IntraSample,
    Capacity(Estimate),
    LayerInformation,
}

impl Key {
    fn of(task: &Task) -> Option<Self> {
        let key = |measure, epoch_index, layer, other| Some(Self { measure, epoch_index, layer, other });
        match *task {
            Task::InterSample { epoch_index, layer, probe_set, .. } => {
                key(Measure::InterSample(probe_set), epoch_index, layer, 0)
            }
            Task::IntraSample { epoch_index, layer, .. } => key(Measure::IntraSample, epoch_index, layer, 0),
            Task::Capacity { epoch_index, layer_a, layer_b, estimate, .. } => {
                key(Measure::Capacity(estimate), epoch_index, layer_a, layer_b)
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
    /// Inter-sample entropies `[K+1]` of the probe set in bits, the last of all classes together.
    pub fn inter_sample(&self, epoch_index: usize, layer: usize) -> Option<&BitsArray> {
        self.inter_sample_of(ProbeSet::Test, epoch_index, layer)
    }

    /// The same of either set of images.
    pub fn inter_sample_of(&self, set: ProbeSet, epoch_index: usize, layer: usize) -> Option<&BitsArray> {
        self.bits(Key { measure: Measure::InterSample(set), epoch_index, layer, other: 0 })
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

    /// Channel capacities of a pair of layers: over all pairs of images where they are known, otherwise over a sample.
    pub fn capacity(&self, epoch_index: usize, pair: LayerPair) -> Option<&Capacity> {
        let of = |estimate| self.estimated(estimate, epoch_index, pair);
        of(Estimate::Exact).or_else(|| of(Estimate::Sampled))
    }

    /// Of two epochs to be subtracted from each other: both over all pairs of images, or both over a sample.
    pub fn capacities(&self, epochs: [usize; 2], pair: LayerPair) -> Option<[&Capacity; 2]> {
        let both = |estimate| {
            let [now, then] = epochs.map(|epoch_index| self.estimated(estimate, epoch_index, pair));
            Some([now?, then?])
        };
        both(Estimate::Exact).or_else(|| both(Estimate::Sampled))
    }

    /// Channel capacities of a pair of layers, estimated in this way and no other.
    pub fn estimated(&self, estimate: Estimate, epoch_index: usize, pair: LayerPair) -> Option<&Capacity> {
        let key = Key { measure: Measure::Capacity(estimate), epoch_index, layer: pair.a, other: pair.b };
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
            (Task::Capacity { .. }, Answer::Capacity(capacity)) => Some(Measured::Capacity(capacity)),
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
        let has = |key: Key| {
            let better = Key { measure: Measure::Capacity(Estimate::Exact), ..key };
            let is_sampled = key.measure == Measure::Capacity(Estimate::Sampled);
            self.known.contains_key(&key) || is_sampled && self.known.contains_key(&better)
        };
        let is_known = Key::of(task).is_none_or(has);
        !is_known && !self.in_flight.contains(task) && !self.failed.contains(task)
    }

    /// Whether the task would read what another one, of the same cells, is about to compute.
    fn must_wait(&self, task: &Task) -> bool {
        let rests_on = |run: &String, epoch_index, layer| {
            let task = Task::InterSample { run: run.clone(), epoch_index, layer, probe_set: ProbeSet::Test };
            self.in_flight.contains(&task) || self.lacks(&task)
        };
        match task {
            Task::IntraSample { run, epoch_index, layer } => rests_on(run, *epoch_index, *layer),
            Task::Capacity { run, epoch_index, layer_a, layer_b, .. } => {
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
    let inter = |run: &str, epoch_index, layer| Task::InterSample {
        run: run.to_owned(),
        epoch_index,
        layer,
        probe_set: ProbeSet::Test,
    };
    let best = run.header.best_estimate(pair.a, pair.b);
    // What is passed over is answered at once, from what is kept.
    let passing = if selection.is_moving { Estimate::Sampled } else { best };
    let capacity = move |run: String, epoch_index, estimate| Task::Capacity {
        run,
        epoch_index,
        layer_a: pair.a,
        layer_b: pair.b,
        estimate,
    };
    let curves = move |run: &str, epoch_index: usize| {
        let intra = |layer| Task::IntraSample { run: run.to_owned(), epoch_index, layer };
        let layers = [pair.a, pair.b, layer].into_iter().chain(0..=n_layers);
        let mut tasks: Vec<Task> = layers.map(|layer| inter(run, epoch_index, layer)).collect();
        tasks.splice(3..3, std::iter::once(layer).chain(beside).map(intra));
        tasks
    };
    let others = (0..run.epochs.len()).rev().filter(move |&epoch| epoch != visible);
    let mut of_visible = curves(&id, visible);
    of_visible.insert(2, capacity(id.clone(), visible, passing));
    let of_others = others
        .clone()
        .flat_map({
            let id = id.clone();
            move |epoch| curves(&id, epoch)
        })
        .chain(others.map(move |epoch| capacity(id.clone(), epoch, best)));
    let any = !run.epochs.is_empty();
    of_visible
        .into_iter()
        .map(|task| Wanted { task, visible: true })
        .chain(of_others.map(|task| Wanted { task, visible: false }))
        .filter(move |_| any)
}

#[cfg(test)]
mod tests;
