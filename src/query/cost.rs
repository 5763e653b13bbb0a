//! What a plan will cost, before it runs: an estimate, as if nothing had been computed yet.

use std::borrow::Cow;
use std::fmt;

use super::plan::{ImageSet, Need, Plan};
use super::run_shape::RunShape;
use crate::cube::Estimate;

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
    fn is_new(&mut self, epoch_index: usize, images: &'p ImageSet, layer: usize) -> bool {
        if self.of != Some((epoch_index, images)) {
            self.of = Some((epoch_index, images));
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
    let n = shape.n_images();
    match need {
        Need::InterSample { layer, .. } => {
            let by_class = (0..shape.n_classes()).map(|class| pairs_of(shape.images_of(class).len()));
            Cost { pairs: by_class.fold(pairs_of(n), u64::saturating_add), ..Cost::whole(shape, *layer, n) }
        }
        Need::InterSampleOf { layer, images, .. } => {
            Cost { pairs: pairs_of(images.len()), ..Cost::whole(shape, *layer, images.len()) }
        }
        Need::IntraSample { layer, .. } => Cost::whole(shape, *layer, n),
        Need::IntraSampleOf { layer, images, .. } => Cost::whole(shape, *layer, images.len()),
        Need::Capacity { layer_a, layer_b, images, .. }
        | Need::Conditional { layer_a, layer_b, images, .. } => of_pair(shape, *layer_a, *layer_b, images),
        Need::LayerInformation { epoch_index, layer_a, layer_b, images } => {
            let n = images_in(images, shape);
            let mut cost = Cost { results: 1, pairs: pairs_of(n), ..Cost::default() };
            for &layer in [layer_a, layer_b] {
                if read.is_new(*epoch_index, images, layer) {
                    cost = cost.plus(Cost { results: 0, ..Cost::whole(shape, layer, n) });
                }
            }
            cost
        }
        Need::Cells { layer, images, channels, .. } => {
            Cost::reading(shape, *layer, images.len(), channels.len())
        }
        Need::LabelGivenPredicted { .. }
        | Need::PredictedGivenLabel { .. }
        | Need::TestAccuracy { .. }
        | Need::TestLoss { .. }
        | Need::Confusion { .. } => Cost { results: 1, ..Cost::default() },
    }
}

/// Both layers are read; each pair of images that is measured counts once in each joint histogram.
fn of_pair(shape: &RunShape, layer_a: usize, layer_b: usize, images: &ImageSet) -> Cost {
    let n = images_in(images, shape);
    let outline = |layer: usize| shape.layers.get(layer).map(|layer| layer.shape);
    let is_exact = match (outline(layer_a), outline(layer_b)) {
        (Some(a), Some(b)) => Estimate::affordable(n, a, b) == Estimate::Exact,
        _ => false,
    };
    let sampled = if is_exact { u64::MAX } else { shape.settings.target_pairs() as u64 };
    let counted = pairs_of(n).min(sampled);
    let histograms = product([shape.n_channels(layer_a), shape.n_channels(layer_b)]);
    let read = Cost::whole(shape, layer_a, n);
    let other = if layer_a == layer_b { Cost::default() } else { Cost::whole(shape, layer_b, n) };
    Cost { results: 1, pairs: counted.saturating_mul(histograms), ..read.plus(other) }
}

fn images_in(images: &ImageSet, shape: &RunShape) -> usize {
    match images {
        ImageSet::All => shape.n_images(),
        ImageSet::These(images) => images.len(),
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
