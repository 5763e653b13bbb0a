//! What a plan will cost, before it runs: an estimate, as if nothing had been computed yet.

use std::borrow::Cow;
use std::fmt;

use super::plan::{Need, Plan};
use super::run_shape::RunShape;
use crate::measure::{Estimate, Form, ImageSet, MeasureKey, Needs, Of};

/// Bytes of a recorded cell: float16.
const CELL_BYTES: u64 = 2;
/// Bytes of a cell of layer 0: the images are kept as bytes.
const PIXEL_BYTES: u64 = 1;

/// What is read and counted. All numbers saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Atomic results.
    pub results: u64,
    /// Cells to read, unpacked.
    pub cells: u64,
    /// The same in bytes as stored before compression.
    pub bytes: u64,
    /// Pairs to count: of images for H; of images and channels for I and H(·|·).
    pub pairs: u64,
}

/// Bytes of a cell of a layer, as recorded.
pub(super) fn cell_bytes(layer: usize) -> u64 {
    if layer == 0 { PIXEL_BYTES } else { CELL_BYTES }
}

/// The sum over the plan's needs. What stored measures and caches save is not known here.
pub fn cost(plan: &Plan, shape: &RunShape) -> Cost {
    let shape = shape.of(plan.query().probe_set()).unwrap_or(Cow::Borrowed(shape));
    let mut read = Read { of: None, layers: Vec::new() };
    plan.needs().map(|need| cost_of(need, &shape, &mut read)).fold(Cost::default(), Cost::plus)
}

/// Whole layers that were read: once for all pairs of layers of an epoch and a group of images, whose needs follow
/// each other.
struct Read<'p> {
    of: Option<(usize, &'p ImageSet)>,
    layers: Vec<usize>,
}

impl<'p> Read<'p> {
    fn is_new(&mut self, key: &'p MeasureKey, layer: usize) -> bool {
        let of = Some((key.epoch_index, &key.images));
        if self.of != of {
            self.of = of;
            self.layers.clear();
        }
        let is_new = !self.layers.contains(&layer);
        if is_new {
            self.layers.push(layer);
        }
        is_new
    }
}

impl Cost {
    fn plus(self, other: Self) -> Self {
        Self {
            results: self.results.saturating_add(other.results),
            cells: self.cells.saturating_add(other.cells),
            bytes: self.bytes.saturating_add(other.bytes),
            pairs: self.pairs.saturating_add(other.pairs),
        }
    }

    /// One result that reads `n_images` outputs of a layer, or of `channels` of its channels.
    fn reading(shape: &RunShape, layer: usize, n_images: usize, channels: usize) -> Self {
        let map = shape.layers.get(layer).map_or(0, |layer| layer.shape.height * layer.shape.width);
        let cells = product([n_images, channels, map]);
        let bytes = cells.saturating_mul(cell_bytes(layer));
        Self { results: 1, cells, bytes, pairs: 0 }
    }

    fn whole(shape: &RunShape, layer: usize, n_images: usize) -> Self {
        Self::reading(shape, layer, n_images, shape.n_channels(layer))
    }
}

fn cost_of<'p>(need: &'p Need, shape: &RunShape, read: &mut Read<'p>) -> Cost {
    match need {
        Need::Measure(key) => cost_of_measure(key, shape, read),
        Need::Cells { layer, images, channels, .. } => {
            Cost::reading(shape, *layer, images.len(), channels.len())
        }
    }
}

/// All layers are read; what counts pairs of images counts each once, and once in each joint histogram.
fn cost_of_measure<'p>(key: &'p MeasureKey, shape: &RunShape, read: &mut Read<'p>) -> Cost {
    let n = key.images.len(shape.n_images());
    let one = Cost { results: 1, ..Cost::default() };
    let whole = |layer| Cost { results: 0, ..Cost::whole(shape, layer, n) };
    match (key.about().needs, key.of) {
        (Needs::Predictions, _) | (_, Of::Predictions) => one,
        (Needs::Cells, of) => layers(of).into_iter().map(whole).fold(one, Cost::plus),
        (Needs::Pairs, Of::Layer(layer)) => {
            let mut pairs = pairs_of(n);
            if key.about().has_classes_apart && key.images == ImageSet::All {
                let by_class = (0..shape.n_classes()).map(|class| pairs_of(shape.images_of(class).len()));
                pairs = by_class.fold(pairs, u64::saturating_add);
            }
            one.plus(Cost { pairs, ..whole(layer) })
        }
        (Needs::Pairs, of) if key.about().form == Form::LayerPair => {
            let new = layers(of).into_iter().filter(|&layer| read.is_new(key, layer)).collect::<Vec<_>>();
            new.into_iter().map(whole).fold(Cost { pairs: pairs_of(n), ..one }, Cost::plus)
        }
        (Needs::Pairs, of) => {
            let sampled = match key.settings.pairs {
                Estimate::Exact => usize::MAX,
                Estimate::Sampled => shape.settings.target_pairs(),
            };
            let histograms = key.shape(shape.n_classes(), |layer| shape.n_channels(layer));
            let histograms = histograms.iter().fold(1, |all: u64, &n| all.saturating_mul(n as u64));
            let pairs = pairs_of(n).min(sampled as u64).saturating_mul(histograms);
            layers(of).into_iter().map(whole).fold(Cost { pairs, ..one }, Cost::plus)
        }
    }
}

/// Each layer once.
fn layers(of: Of) -> Vec<usize> {
    match of {
        Of::Predictions => Vec::new(),
        Of::Layer(layer) => vec![layer],
        Of::Layers(a, b) if a == b => vec![a],
        Of::Layers(a, b) => vec![a, b],
    }
}

fn pairs_of(n: usize) -> u64 {
    product([n, n.saturating_sub(1)]) / 2
}

fn product<const N: usize>(factors: [usize; N]) -> u64 {
    factors.iter().fold(1, |product: u64, &factor| product.saturating_mul(factor as u64))
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.bytes, self.pairs) {
            (0, 0) => f.write_str("reads stored results only"),
            (bytes, 0) => write!(f, "reads {}B of cells", scaled(bytes)),
            (bytes, pairs) => {
                write!(f, "reads {}B of cells, counts {} pairs", scaled(bytes), scaled(pairs).trim_end())
            }
        }
    }
}

/// `999 `, `1.5 k`, `12.3 M`, `4.0 G`: to be followed by a unit.
pub fn scaled(number: u64) -> String {
    let units = [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    match units.into_iter().find(|&(size, _)| number >= size) {
        Some((size, unit)) => format!("{:.1} {unit}", number as f64 / size as f64),
        None => format!("{number} "),
    }
}

#[cfg(test)]
mod tests;
