//! Cells → measure, computed once and then read from the run.
//!
//! Results are rounded to float32 before they are answered, so that a fresh value and the same
//! value read again are equal.

use crate::compute::ComputeError;
use crate::cube::{LayerCells, RunReader};
use crate::entropy::capacity::{CapacityMatrix, LayerCodes, PairSchedule};
use crate::entropy::inter_sample::{InterSampleSettings, inter_sample_by_class};
use crate::entropy::intra_sample::{IntraSampleSettings, intra_sample};
use crate::entropy::EntropyError;
use crate::storage::ByteStore;

/// Inter-sample entropy of a layer at an epoch: `[K+1]` bits, last = all classes together.
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
    let settings = InterSampleSettings { k: run.header().settings.k, ..InterSampleSettings::default() };
    let bits = inter_sample_by_class(
        &sample_major(&cells),
        cells.images,
        cells.shape.len(),
        &labels,
        run.header().n_classes(),
        &settings,
    )
    .map_err(|error| failed(run, epoch_index, layer, error))?;
    let bits: Vec<f32> = bits.into_iter().map(|bits| bits as f32).collect();
    run.store_inter_sample(epoch_index, layer, &bits).await?;
    Ok(bits)
}

/// Intra-sample entropy of every channel of a layer at an epoch: `[C][K+1]` bits, last = all classes together.
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
    let settings = IntraSampleSettings { bins: run.header().settings.bins, ..IntraSampleSettings::default() };
    let bits = intra_sample(
        &cells.values,
        cells.shape.channels,
        cells.images,
        cells.shape.height * cells.shape.width,
        &labels,
        run.header().n_classes(),
        &settings,
    )
    .map_err(|error| failed(run, epoch_index, layer, error))?;
    let bits: Vec<f32> = bits.into_iter().map(|bits| bits as f32).collect();
    run.store_intra_sample(epoch_index, layer, &bits).await?;
    Ok(bits)
}

/// I of every pair of channels of two layers, and the same with the second layer's images shuffled.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCapacity {
    /// `[C_a][C_b]` bits.
    pub capacity: Vec<f32>,
    /// `[C_a][C_b]` bits: what chance gives.
    pub null: Vec<f32>,
}
