//! Measures that arrived for the open run, and which are asked for next.
//!
//! Values come from the compute workers; views read them. Nothing is computed here. Only as many tasks
//! are handed out as there are workers, so that what the user looks at now is always next in line.

use std::collections::BTreeMap;

use crate::app::session::{LayerPair, OpenRun, Selection};
use crate::cube::{Estimate, ProbeSet};
use crate::entropy::ChannelState;
use crate::measure::{Measure, MeasureKey};
pub use crate::protocol::compute::Capacity;
use crate::protocol::compute::{BitsArray, Measured};
use crate::protocol::{Answer, Task};

/// The results of the open run by what they are of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    known: BTreeMap<MeasureKey, Measured>,
    in_flight: Vec<Task>,
    failed: Vec<Task>,
    /// Workers died over the run: it is not measured by itself any more.
    is_stopped: bool,
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
        self.values(&MeasureKey::of_layer(Measure::InterSample, epoch_index, layer).on(set))
    }

    /// Intra-sample entropies `[C, K+1]` in bits, the last column of all classes together.
    pub fn intra_sample(&self, epoch_index: usize, layer: usize) -> Option<&BitsArray> {
        self.values(&MeasureKey::of_layer(Measure::IntraSample, epoch_index, layer))
    }

    /// Which channels are alive, constant or dead, `[C]`; empty where nobody knows.
    pub fn channel_states(&self, epoch_index: usize, layer: usize) -> Option<Vec<ChannelState>> {
        let codes = self.values(&MeasureKey::of_layer(Measure::ChannelState, epoch_index, layer))?;
        codes.values.iter().map(|&code| ChannelState::from_code(code as u8)).collect()
    }

    /// The values of any measure but those of all channels of two layers.
    pub fn values(&self, key: &MeasureKey) -> Option<&BitsArray> {
        match self.known.get(key)? {
            Measured::Values(values) => Some(values),
            Measured::ChannelPairs(_) => None,
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
        let key = MeasureKey::of_layers(Measure::Capacity, epoch_index, pair.a, pair.b).over(estimate);
        match self.known.get(&key)? {
            Measured::ChannelPairs(capacity) => Some(capacity),
            Measured::Values(_) => None,
        }
    }

    /// Of two whole layers, the lower one first, `[4]` bits as of [`Measure::LayerInformation`].
    pub fn layer_information(&self, epoch_index: usize, layer_a: usize, layer_b: usize) -> Option<&[f64]> {
        let key = MeasureKey::of_layers(Measure::LayerInformation, epoch_index, layer_a, layer_b);
        self.values(&key).map(|bits| bits.values.as_slice())
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
    pub fn retry_failed(&mut self) {
        self.failed.clear();
        self.is_stopped = false;
    }

    /// Nothing is handed out until the user wants it tried again.
    pub fn stop(&mut self) {
        self.is_stopped = true;
    }

    /// Marks a task as handed out.
    pub fn start(&mut self, task: Task) {
        self.in_flight.push(task);
    }

    /// Keeps an answer.
    pub fn answer(&mut self, task: &Task, answer: Answer) {
        self.in_flight.retain(|other| other != task);
        match (task, answer) {
            (Task::Measure { key, .. }, Answer::Measured(measured)) if fits(key, &measured) => {
                self.known.insert(key.clone(), measured);
            }
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
        let Task::Measure { key, .. } = task else { return false };
        // What is known over all pairs of images need not be sampled.
        let is_known =
            self.known.contains_key(key) || self.known.contains_key(&key.clone().over(Estimate::Exact));
        !is_known && !self.in_flight.contains(task) && !self.failed.contains(task)
    }

    /// Whether the task would read what another one, of the same cells, is about to compute: two workers that pass over
    /// the same layer would do the work twice.
    fn must_wait(&self, task: &Task) -> bool {
        let Task::Measure { run, key } = task else { return false };
        key.waits_for().into_iter().any(|key| {
            let task = Task::Measure { run: run.clone(), key };
            self.in_flight.contains(&task) || self.lacks(&task)
        })
    }

    /// The tasks to hand out next for the charts of the overview, as [`Results::next_of`].
    pub fn next(&self, run: &OpenRun, selection: &Selection, slots: usize) -> Vec<Wanted> {
        self.next_of(wanted(run, selection), slots)
    }

    /// Those of `wanted`, most urgent first, that are to be handed out so that at most `slots` are in flight.
    pub fn next_of(&self, wanted: impl Iterator<Item = Wanted>, slots: usize) -> Vec<Wanted> {
        let free = if self.is_stopped { 0 } else { slots.saturating_sub(self.in_flight.len()) };
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
    let best = run.header.best_estimate(pair.a, pair.b);
    // What is passed over is answered at once, from what is kept.
    let passing = if selection.is_moving { Estimate::Sampled } else { best };
    let capacity = move |run: String, epoch_index, estimate| {
        let key = MeasureKey::of_layers(Measure::Capacity, epoch_index, pair.a, pair.b);
        Task::Measure { run, key: key.over(estimate) }
    };
    let curves = move |run: &str, epoch_index: usize| {
        let of_layer = |measure, layer| Task::Measure {
            run: run.to_owned(),
            key: MeasureKey::of_layer(measure, epoch_index, layer),
        };
        let layers = [pair.a, pair.b, layer].into_iter().chain(0..=n_layers);
        let mut tasks: Vec<Task> = layers.map(|layer| of_layer(Measure::InterSample, layer)).collect();
        let channels = std::iter::once(layer).chain(beside).flat_map(|layer| {
            [Measure::IntraSample, Measure::ChannelState].map(|measure| of_layer(measure, layer))
        });
        tasks.splice(3..3, channels.collect::<Vec<_>>());
        tasks
    };
    let others = (0..run.epochs.len()).rev().filter(move |&epoch| epoch != visible);
    let mut of_visible = curves(&id, visible);
    of_visible.insert(2, capacity(id.clone(), visible, passing));
    // What the ribbon shows: a pass of its own over each layer.
    let readable = move |run: &str, epoch_index: usize| {
        let run = run.to_owned();
        (0..=n_layers).map(move |layer| Task::Measure {
            run: run.clone(),
            key: MeasureKey::of_layer(Measure::Readable, epoch_index, layer),
        })
    };
    of_visible.extend(readable(&id, visible));
    let of_others = others
        .clone()
        .flat_map({
            let id = id.clone();
            move |epoch| curves(&id, epoch)
        })
        .chain(others.clone().flat_map({
            let id = id.clone();
            move |epoch| readable(&id, epoch).collect::<Vec<_>>()
        }))
        .chain(others.map(move |epoch| capacity(id.clone(), epoch, best)));
    let any = !run.epochs.is_empty();
    of_visible
        .into_iter()
        .map(|task| Wanted { task, visible: true })
        .chain(of_others.map(|task| Wanted { task, visible: false }))
        .filter(move |wanted| any && wanted.task.key().is_some_and(|key| run.is_measured_by_itself(key)))
}

/// Whether an answer has the form of what was asked.
fn fits(key: &MeasureKey, measured: &Measured) -> bool {
    let n_parts = key.about().parts.len();
    match measured {
        Measured::ChannelPairs(_) => key.measure == Measure::Capacity,
        Measured::Values(values) => {
            key.measure != Measure::Capacity && (n_parts == 1 || values.values.len() == n_parts)
        }
    }
}

#[cfg(test)]
mod tests;
