//! Cells → measure, computed once and then read from the run.
//!
//! Results are rounded to float32 before they are answered, so that a fresh value and the same
//! value read again are equal.

use crate::compute::ComputeError;
use crate::cube::{LayerCells, RunReader};
use crate::entropy::{
    self, CapacitySettings, EntropyError, InterSampleSettings, IntraSampleSettings, inter_sample_by_class,
    intra_sample_entropy, layer_capacity,
};
use crate::storage::ByteStore;

/// Inter-sample entropy of a layer at an epoch: `[K+1]` bits, last = all classes together; NaN for a
/// class with fewer than two images.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn inter_sample_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
) -> Result<Vec<f32>, ComputeError> {
    if let Some(stored) = run.inter_sample(epoch_index, layer).await? {
        return Ok(stored);
    }
    let labels = run.probe().await?.labels;
    let cells = run.layer_cells(epoch_index, layer).await?;
    let entropies = inter_sample_by_class(
        &sample_major(&cells),
        cells.images,
        cells.shape.len(),
        &labels,
        run.header().n_classes(),
        &inter_sample_settings(run),
    )
    .map_err(|error| failed(run, epoch_index, layer, error))?;
    let bits: Vec<f32> =
        entropies.iter().map(|entropy| entropy.map_or(f32::NAN, |entropy| entropy.bits as f32)).collect();
    run.store_inter_sample(epoch_index, layer, &bits).await?;
    Ok(bits)
}

/// Intra-sample entropy of every channel of a layer at an epoch: `[C][K+1]` bits, last = all classes
/// together; NaN for a class without images.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn intra_sample_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
) -> Result<Vec<f32>, ComputeError> {
    if let Some(stored) = run.intra_sample(epoch_index, layer).await? {
        return Ok(stored);
    }
    let labels = run.probe().await?.labels;
    let cells = run.layer_cells(epoch_index, layer).await?;
    let bits = borrowed(&cells)
        .and_then(|cells| {
            intra_sample_entropy(&cells, &labels, run.header().n_classes(), &intra_sample_settings(run))
        })
        .map_err(|error| failed(run, epoch_index, layer, error))?;
    let bits: Vec<f32> = bits.into_iter().map(|bits| bits as f32).collect();
    run.store_intra_sample(epoch_index, layer, &bits).await?;
    Ok(bits)
}

/// I of every pair of channels of two layers, and the same with one layer's images shuffled.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityBits {
    /// Channels of the first layer.
    pub channels_a: usize,
    /// Channels of the second layer.
    pub channels_b: usize,
    /// `[C_a][C_b]` bits.
    pub capacity: Vec<f32>,
    /// `[C_a][C_b]` bits: what chance gives.
    pub null: Vec<f32>,
    /// `[C_a]` bits: H of each channel of the first layer.
    pub entropy_a: Vec<f32>,
    /// `[C_b]` bits: H of each channel of the second layer.
    pub entropy_b: Vec<f32>,
}

impl CapacityBits {
    fn transposed(&self) -> Self {
        let turn = |matrix: &[f32]| -> Vec<f32> {
            (0..self.channels_b)
                .flat_map(|b| (0..self.channels_a).map(move |a| matrix[a * self.channels_b + b]))
                .collect()
        };
        Self {
            channels_a: self.channels_b,
            channels_b: self.channels_a,
            capacity: turn(&self.capacity),
            null: turn(&self.null),
            entropy_a: self.entropy_b.clone(),
            entropy_b: self.entropy_a.clone(),
        }
    }
}

/// Channel capacity between two layers at an epoch. It is symmetric, so it is stored once a pair, the
/// earlier layer first.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn capacity_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<CapacityBits, ComputeError> {
    let forward = ordered_capacity(run, epoch_index, layer_a.min(layer_b), layer_a.max(layer_b)).await?;
    Ok(if layer_a <= layer_b { forward } else { forward.transposed() })
}

async fn ordered_capacity<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<CapacityBits, ComputeError> {
    let stored = run.capacity(epoch_index, layer_a, layer_b).await?;
    let null = run.capacity_null(epoch_index, layer_a, layer_b).await?;
    let entropy = run.capacity_entropy(epoch_index, layer_a, layer_b).await?;
    let channels = |layer| run.header().shape_at(layer).map_or(0, |shape| shape.channels);
    if let (Some(capacity), Some(null), Some(mut entropy_a)) = (stored, null, entropy) {
        let (channels_a, channels_b) = (channels(layer_a), channels(layer_b));
        let entropy_b = entropy_a.split_off(channels_a);
        return Ok(CapacityBits { channels_a, channels_b, capacity, null, entropy_a, entropy_b });
    }
    let cells_a = run.layer_cells(epoch_index, layer_a).await?;
    let cells_b = run.layer_cells(epoch_index, layer_b).await?;
    let measured = borrowed(&cells_a)
        .and_then(|a| layer_capacity(&a, &borrowed(&cells_b)?, &capacity_settings(run)))
        .map_err(|error| ComputeError::Entropy {
            slice: pair_name(run, epoch_index, layer_a, layer_b),
            error,
        })?;
    let rounded = |bits: Vec<f64>| bits.into_iter().map(|bits| bits as f32).collect::<Vec<f32>>();
    let bits = CapacityBits {
        channels_a: channels(layer_a),
        channels_b: channels(layer_b),
        capacity: rounded(measured.measured.capacity()),
        null: rounded(measured.null.capacity()),
        entropy_a: rounded(measured.measured.entropies_a()),
        entropy_b: rounded(measured.measured.entropies_b()),
    };
    run.store_capacity(epoch_index, layer_a, layer_b, &bits.capacity).await?;
    run.store_capacity_null(epoch_index, layer_a, layer_b, &bits.null).await?;
    let entropy = [&bits.entropy_a[..], &bits.entropy_b].concat();
    run.store_capacity_entropy(epoch_index, layer_a, layer_b, &entropy).await?;
    Ok(bits)
}

/// The estimator settings that a run was started with.
pub(super) fn inter_sample_settings<S: ByteStore>(run: &RunReader<S>) -> InterSampleSettings {
    InterSampleSettings { k: run.header().settings.k, ..InterSampleSettings::default() }
}

pub(super) fn intra_sample_settings<S: ByteStore>(run: &RunReader<S>) -> IntraSampleSettings {
    IntraSampleSettings { bins: run.header().settings.bins, ..IntraSampleSettings::default() }
}

pub(super) fn capacity_settings<S: ByteStore>(run: &RunReader<S>) -> CapacitySettings {
    let header = run.header();
    CapacitySettings {
        bins: header.settings.bins,
        target_pairs: Some(header.settings.pairs),
        seed: header.seed,
    }
}

/// Cells as the estimators take them.
pub(super) fn borrowed(cells: &LayerCells) -> Result<entropy::LayerCells<'_, f32>, EntropyError> {
    let positions = cells.shape.height * cells.shape.width;
    entropy::LayerCells::new(&cells.values, cells.shape.channels, cells.images, positions)
}

/// `[C][X][P]` → `[X][C·P]`: one row an image.
pub(super) fn sample_major(cells: &LayerCells) -> Vec<f32> {
    let positions = cells.shape.height * cells.shape.width;
    let mut rows = Vec::with_capacity(cells.values.len());
    for image in 0..cells.images {
        for channel in 0..cells.shape.channels {
            let start = (channel * cells.images + image) * positions;
            rows.extend_from_slice(&cells.values[start..start + positions]);
        }
    }
    rows
}

fn failed<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
    error: EntropyError,
) -> ComputeError {
    ComputeError::Entropy { slice: slice_name(run, epoch_index, layer), error }
}

/// The slice of a whole layer in the paper's notation.
pub(super) fn slice_name<S: ByteStore>(run: &RunReader<S>, epoch_index: usize, layer: usize) -> String {
    let epoch = run.header().planned_epochs.get(epoch_index).copied().unwrap_or_default();
    format!("dCNN(-, {layer}, -, {epoch})")
}

fn pair_name<S: ByteStore>(run: &RunReader<S>, epoch_index: usize, a: usize, b: usize) -> String {
    format!("I({}; {})", slice_name(run, epoch_index, a), slice_name(run, epoch_index, b))
}
