//! Channel capacities of two layers: over the sampled pairs of images from stored distance codes alone, over all pairs
//! from the cells. Computed once and then read from the run.

use crate::compute::ComputeError;
use crate::compute::measures::{
    Distances, borrowed, capacity_settings, distances_of, failed, kept, measure_distances, rounded,
    slice_name, wide,
};
use crate::cube::catalogue::PairArray;
use crate::cube::{Estimate, RunReader};
use crate::entropy::{CapacitySettings, LayerCapacity, PairInformation};
use crate::measure::Settings;
use crate::protocol::compute::{BitsArray, Capacity, Counted};
use crate::storage::ByteStore;

/// What is known of every pair of channels of two layers, and of every channel.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityBits {
    /// Channels of the first layer.
    pub channels_a: usize,
    /// Channels of the second layer.
    pub channels_b: usize,
    /// `[4][C_a][C_b]` bits: I; what chance gives; what the Miller–Madow correction takes off either.
    pub matrices: Vec<f32>,
    /// H of each channel of the first layer, `[C_a]` bits: what another channel could tell at most.
    pub entropy_a: Vec<f32>,
    /// H of each channel of the second layer, `[C_b]` bits.
    pub entropy_b: Vec<f32>,
}

impl CapacityBits {
    /// I, `[C_a][C_b]` bits.
    pub fn capacity(&self) -> &[f32] {
        &self.matrices[..self.channels_a * self.channels_b]
    }

    /// As it is sent to the page.
    pub(super) fn as_answer(&self, counted: Counted) -> Capacity {
        let shape = [self.channels_a, self.channels_b];
        let array = |shape: &[usize], bits: &[f32]| BitsArray { shape: shape.to_vec(), values: wide(bits) };
        let mut matrices = self.matrices.chunks_exact(shape[0] * shape[1]).map(|bits| array(&shape, bits));
        let mut next = || matrices.next().unwrap_or_default();
        Capacity {
            capacity: next(),
            null: next(),
            excess: next(),
            null_excess: next(),
            entropy_a: array(&shape[..1], &self.entropy_a),
            entropy_b: array(&shape[1..], &self.entropy_b),
            counted,
        }
    }

    fn transposed(self) -> Self {
        let (rows, columns) = (self.channels_a, self.channels_b);
        let turn = |matrix: &[f32]| -> Vec<f32> {
            (0..columns).flat_map(|b| (0..rows).map(move |a| matrix[a * columns + b])).collect()
        };
        Self {
            channels_a: columns,
            channels_b: rows,
            matrices: self.matrices.chunks_exact(rows * columns).flat_map(turn).collect(),
            entropy_a: self.entropy_b,
            entropy_b: self.entropy_a,
        }
    }
}

/// Channel capacity between two layers at an epoch. It is symmetric, so it is stored once a pair, the earlier layer
/// first.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn capacity_of<S: ByteStore>(
    run: &RunReader<S>,
    estimate: Estimate,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<CapacityBits, ComputeError> {
    let pair = Pair::of(run, epoch_index, layer_a, layer_b);
    let forward = match pair.stored(estimate).await? {
        Some(stored) => stored,
        None => match estimate {
            Estimate::Sampled => pair.sampled().await?,
            Estimate::Exact => pair.exact().await?,
        },
    };
    Ok(if layer_a <= layer_b { forward } else { forward.transposed() })
}

/// Whether [`capacity_of`] reads its answer from the run.
///
/// # Errors
/// What the store says.
pub(super) async fn is_kept<S: ByteStore>(
    run: &RunReader<S>,
    estimate: Estimate,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<bool, ComputeError> {
    let pair = Pair::of(run, epoch_index, layer_a, layer_b);
    Ok(pair.stored(estimate).await?.is_some())
}

/// H(a|b) of every channel of the first layer with every channel of the second, `[C_a][C_b]` bits.
///
/// # Errors
/// As [`capacity_of`].
pub(super) async fn conditional_of<S: ByteStore>(
    run: &RunReader<S>,
    estimate: Estimate,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<Vec<f64>, ComputeError> {
    let known = capacity_of(run, estimate, epoch_index, layer_a, layer_b).await?;
    let left_open = |(h, row): (&f32, &[f32])| {
        row.iter().map(|bits| (f64::from(*h) - f64::from(*bits)).max(0.0)).collect::<Vec<_>>()
    };
    Ok(known
        .entropy_a
        .iter()
        .zip(known.capacity().chunks_exact(known.channels_b))
        .flat_map(left_open)
        .collect())
}

/// Where I, its null, and what is taken off both are kept of sampled pairs: in arrays of their own, which outsiders know.
const SAMPLED: [PairArray; 3] = [PairArray::Capacity, PairArray::Null, PairArray::Excess];

/// Two layers of a run at an epoch, the earlier one first.
struct Pair<'a, S> {
    run: &'a RunReader<S>,
    epoch_index: usize,
    a: usize,
    b: usize,
}

impl<'a, S: ByteStore> Pair<'a, S> {
    fn of(run: &'a RunReader<S>, epoch_index: usize, layer_a: usize, layer_b: usize) -> Self {
        Self { run, epoch_index, a: layer_a.min(layer_b), b: layer_a.max(layer_b) }
    }

    async fn stored(&self, estimate: Estimate) -> Result<Option<CapacityBits>, ComputeError> {
        let arrays = match estimate {
            Estimate::Sampled => &SAMPLED[..],
            Estimate::Exact => &[PairArray::Exact],
        };
        let mut matrices = Vec::new();
        for &array in arrays {
            let Some(bits) = self.run.capacity(array, self.epoch_index, self.a, self.b).await? else {
                return Ok(None);
            };
            matrices.extend(bits);
        }
        let entropy = |layer| self.run.distance_entropy(estimate, self.epoch_index, layer);
        Ok(match (entropy(self.a).await?, entropy(self.b).await?) {
            (Some(entropy_a), Some(entropy_b)) => Some(bits_of(matrices, entropy_a, entropy_b)),
            _ => None,
        })
    }

    async fn sampled(&self) -> Result<CapacityBits, ComputeError> {
        let a = distances_of(self.run, self.epoch_index, self.a).await?;
        let b = if self.a == self.b {
            None
        } else {
            Some(distances_of(self.run, self.epoch_index, self.b).await?)
        };
        let known = self.counted(a, b.as_ref())?;
        let cells = known.channels_a * known.channels_b;
        let ends = [0, cells, 2 * cells, 4 * cells];
        for (array, ends) in SAMPLED.into_iter().zip(ends.windows(2)) {
            self.store(array, &known.matrices[ends[0]..ends[1]]).await?;
        }
        Ok(known)
    }

    async fn exact(&self) -> Result<CapacityBits, ComputeError> {
        let settings = capacity_settings(self.run, &Settings::over(Estimate::Exact));
        let a = self.measured(&settings, self.a).await?;
        let b = if self.a == self.b { None } else { Some(self.measured(&settings, self.b).await?) };
        let known = self.counted(a, b.as_ref())?;
        for (layer, entropy) in [(self.a, &known.entropy_a), (self.b, &known.entropy_b)] {
            let stored = self.run.store_distance_entropy(Estimate::Exact, self.epoch_index, layer, entropy);
            kept(stored.await)?;
        }
        self.store(PairArray::Exact, &known.matrices).await?;
        Ok(known)
    }

    async fn measured(&self, settings: &CapacitySettings, layer: usize) -> Result<Distances, ComputeError> {
        let probe = self.run.probe().await?;
        let cells = self.run.layer_cells(self.epoch_index, layer).await?;
        let distances = borrowed(&cells).and_then(|cells| measure_distances(&cells, &probe, settings));
        distances.map_err(|error| failed(self.run, self.epoch_index, layer, error))
    }

    async fn store(&self, array: PairArray, bits: &[f32]) -> Result<(), ComputeError> {
        Ok(kept(self.run.store_capacity(array, self.epoch_index, self.a, self.b, bits).await)?)
    }

    /// From the codes of both layers; `None` for the second where it is the first.
    fn counted(&self, a: Distances, b: Option<&Distances>) -> Result<CapacityBits, ComputeError> {
        let of_b = b.unwrap_or(&a);
        let images = self.run.header().probe_images;
        let counted = LayerCapacity::from_codes(&a.codes, &of_b.codes, images);
        let counted = counted.map_err(|error| {
            let slice = |layer| slice_name(self.run, self.epoch_index, layer);
            ComputeError::Entropy { slice: format!("I({}; {})", slice(self.a), slice(self.b)), error }
        })?;
        let both = [&counted.measured, &counted.null];
        let of = |number: fn(&PairInformation) -> f64| both.map(|matrix| rounded(&matrix.map(number)));
        let matrices = [of(PairInformation::capacity), of(PairInformation::excess)].concat().concat();
        let entropy_b = of_b.entropy.clone();
        Ok(bits_of(matrices, a.entropy, entropy_b))
    }
}

fn bits_of(matrices: Vec<f32>, entropy_a: Vec<f32>, entropy_b: Vec<f32>) -> CapacityBits {
    CapacityBits { channels_a: entropy_a.len(), channels_b: entropy_b.len(), matrices, entropy_a, entropy_b }
}
