//! Feature maps to look at: a few images and channels of a layer at an epoch, as the cube has them.
//!
//! Asked for as slices, a few at a time; what was looked at last is kept, up to a bound in answers and in values, so that
//! playing through the epochs again asks for nothing. This is all that the main thread holds of activations.

use std::sync::Arc;

use crate::cube::ProbeSet;
use crate::protocol::{Answer, Task};
use crate::query::{Images, IndexSet, Query, Selector, Slice};

/// Most answers that are kept, ...
const KEPT: usize = 160;
/// ... and most values of them together: 32 MB.
const KEPT_VALUES: usize = 8 << 20;

/// Which maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapsOf {
    /// Number of a recorded epoch.
    pub epoch: u32,
    /// 0 = the input.
    pub layer: usize,
    /// Indices in the probe set.
    pub images: Vec<usize>,
    /// Channels of the layer.
    pub channels: Vec<usize>,
}

/// The maps, `[images][channels][height · width]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    /// Number of images.
    pub images: usize,
    /// Number of channels.
    pub channels: usize,
    /// Rows of a map.
    pub height: usize,
    /// Columns of a map.
    pub width: usize,
    /// All values.
    pub values: Vec<f32>,
}

impl MapsOf {
    /// The slice in the paper's notation; sets everywhere, so that the answer has all axes.
    pub fn slice(&self) -> Option<Query> {
        Some(Query::Cells(Slice {
            probe_set: ProbeSet::Test,
            images: Images::Picked(set(&self.images)?),
            layers: Selector::Index(u32::try_from(self.layer).ok()?),
            channels: set(&self.channels)?,
            epochs: Selector::Index(self.epoch),
        }))
    }
}

fn set(indices: &[usize]) -> Option<Selector> {
    let indices = indices.iter().filter_map(|&index| u32::try_from(index).ok());
    IndexSet::new(indices).map(Selector::Set)
}

impl Maps {
    /// From the answer to [`MapsOf::slice`].
    pub fn new(shape: &[usize], values: Vec<f32>) -> Option<Self> {
        let &[images, channels, height, width] = shape else { return None };
        let is_full = images * channels * height * width == values.len();
        is_full.then_some(Self { images, channels, height, width, values })
    }

    /// One map, row-major.
    pub fn map(&self, image: usize, channel: usize) -> &[f32] {
        let area = self.height * self.width;
        let start = (image * self.channels + channel) * area;
        self.values.get(start..start + area).unwrap_or_default()
    }
}

/// Maps, and of what they are.
pub type ShownMaps = (MapsOf, Arc<Maps>);

/// Maps that were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Previews {
    /// Least recently wanted first.
    known: Vec<(MapsOf, Arc<Maps>)>,
    in_flight: Vec<(Task, MapsOf)>,
    failed: Vec<MapsOf>,
}

impl Previews {
    /// The maps, once they are there.
    pub fn get(&self, of: &MapsOf) -> Option<&Arc<Maps>> {
        self.known.iter().rev().find(|(known, _)| known == of).map(|(_, maps)| maps)
    }

    /// The maps with what they are of, once they are there; while they are on their way the `last` ones, so that nothing
    /// flickers, and none where they cannot be had. Whoever says something of them compares what they are of.
    pub fn or_last(&self, of: MapsOf, last: Option<ShownMaps>) -> Option<ShownMaps> {
        match self.get(&of) {
            Some(maps) => Some((of, Arc::clone(maps))),
            None => last.filter(|_| !self.has_failed(&of)),
        }
    }

    /// Whether they cannot be had.
    pub fn has_failed(&self, of: &MapsOf) -> bool {
        self.failed.contains(of)
    }

    /// Whether any task is under way.
    pub fn is_busy(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// Tasks under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether this task was asked here and is under way.
    pub fn awaits(&self, task: &Task) -> bool {
        self.in_flight.iter().any(|(other, _)| other == task)
    }

    /// Tasks for the first of `wanted` that are neither there nor under way, so that at most `slots` are.
    pub fn next(&mut self, run: &str, wanted: Vec<MapsOf>, slots: usize) -> Vec<Task> {
        let mut tasks = Vec::new();
        for of in wanted {
            if let Some(place) = self.known.iter().position(|(known, _)| *known == of) {
                let known = self.known.remove(place);
                self.known.push(known);
                continue;
            }
            let is_asked = self.in_flight.iter().any(|(_, other)| *other == of);
            if is_asked || self.has_failed(&of) || self.in_flight.len() >= slots {
                continue;
            }
            if let Some(slice) = of.slice() {
                let task = Task::Slice { run: run.to_owned(), text: slice.to_string() };
                self.in_flight.push((task.clone(), of));
                tasks.push(task);
            }
        }
        tasks
    }

    /// Keeps an answer; one that does not fit counts as a failure.
    pub fn answer(&mut self, task: &Task, answer: Answer) {
        let Some(of) = self.finish(task) else { return };
        let maps = match answer {
            Answer::Slice { shape, values, .. } => Maps::new(&shape, values),
            _ => None,
        };
        match maps {
            Some(maps) => self.known.push((of, Arc::new(maps))),
            None => self.failed.push(of),
        }
        let mut excess = self.known.len().saturating_sub(KEPT);
        let mut held: usize = self.known[excess..].iter().map(|(_, maps)| maps.values.len()).sum();
        while held > KEPT_VALUES && excess + 1 < self.known.len() {
            held -= self.known[excess].1.values.len();
            excess += 1;
        }
        self.known.drain(..excess);
    }

    /// Remembers a failure, so that the maps are not asked for again and again.
    pub fn fail(&mut self, task: &Task) {
        if let Some(of) = self.finish(task) {
            self.failed.push(of);
        }
    }

    /// Tries again what failed.
    pub fn retry_failed(&mut self) {
        self.failed.clear();
    }

    fn finish(&mut self, task: &Task) -> Option<MapsOf> {
        let place = self.in_flight.iter().position(|(other, _)| other == task)?;
        Some(self.in_flight.remove(place).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(layer: usize) -> MapsOf {
        MapsOf { epoch: 2, layer, images: vec![4], channels: vec![0, 1] }
    }

    fn answer() -> Answer {
        let values = (0..12).map(|value| value as f32).collect();
        Answer::Slice { axes: vec![], shape: vec![1, 2, 2, 3], values }
    }

    #[test]
    fn maps_are_asked_for_in_the_notation_with_all_axes_open() {
        assert_eq!(of(3).slice().unwrap().to_string(), "dCNN({4}, 3, {0,1}, 2)");
        assert_eq!(MapsOf { images: vec![], ..of(3) }.slice(), None);
    }

    #[test]
    fn a_map_is_found_by_its_image_and_channel() {
        let maps = Maps::new(&[1, 2, 2, 3], (0..12).map(|value| value as f32).collect()).unwrap();
        assert_eq!(maps.map(0, 1), [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        assert!(maps.map(1, 0).is_empty());
        assert_eq!(Maps::new(&[2, 2], vec![0.0; 4]), None);
        assert_eq!(Maps::new(&[1, 1, 2, 2], vec![0.0; 3]), None);
    }

    #[test]
    fn only_a_few_are_under_way_and_each_once() {
        let mut previews = Previews::default();
        let wanted = || vec![of(1), of(2), of(3)];
        let first = previews.next("a", wanted(), 2);
        assert_eq!(first.len(), 2);
        assert!(previews.awaits(&first[0]) && previews.next("a", wanted(), 2).is_empty());
        previews.answer(&first[0], answer());
        assert!(previews.get(&of(1)).is_some());
        assert_eq!(previews.next("a", wanted(), 2).len(), 1);
    }

    #[test]
    fn what_failed_is_tried_again_only_when_asked_to() {
        let mut previews = Previews::default();
        let task = previews.next("a", vec![of(1)], 1).remove(0);
        previews.fail(&task);
        assert!(previews.has_failed(&of(1)) && previews.next("a", vec![of(1)], 1).is_empty());
        previews.retry_failed();
        let task = previews.next("a", vec![of(1)], 1).remove(0);
        previews.answer(&task, Answer::Removed);
        assert!(previews.has_failed(&of(1)));
    }

    #[test]
    fn the_last_maps_stay_only_while_the_next_are_on_their_way() {
        let mut previews = Previews::default();
        assert_eq!(previews.or_last(of(1), None), None);
        let tasks = previews.next("a", vec![of(1), of(2)], 2);
        previews.answer(&tasks[0], answer());
        let shown = previews.or_last(of(1), None).unwrap();
        assert_eq!(
            previews.or_last(of(2), Some(shown.clone())),
            Some(shown.clone()),
            "and says of what it is"
        );
        previews.fail(&tasks[1]);
        assert_eq!(previews.or_last(of(2), Some(shown)), None, "never for what cannot be had");
    }

    #[test]
    fn what_was_wanted_longest_ago_is_forgotten_first() {
        let mut previews = Previews::default();
        for layer in 0..=KEPT {
            let task = previews.next("a", vec![of(0), of(layer)], 9).pop();
            if let Some(task) = task {
                previews.answer(&task, answer());
            }
        }
        assert!(previews.get(&of(0)).is_some() && previews.get(&of(KEPT)).is_some());
        previews.next("a", vec![of(0)], 9);
        let task = previews.next("a", vec![of(KEPT + 1)], 9).remove(0);
        previews.answer(&task, answer());
        assert!(previews.get(&of(1)).is_none() && previews.get(&of(0)).is_some());
    }
}
