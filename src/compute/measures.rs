//! Cells → measure, computed once and then read from the run. The cells of a layer are read once for all its
//! measures; what follows from two layers is in `capacity`.
//!
//! Results are rounded to float32 before they are answered, so that a fresh value and the same
//! value read again are equal.

use crate::compute::ComputeError;
use crate::cube::{CubeError, Estimate, LayerCells, RunReader};
use crate::dataset::Samples;
use crate::entropy::{
    self, CapacitySettings, ChannelState, EntropyError, ImageOrder, InterSampleEntropy, InterSampleSettings,
    IntraSampleSettings, LayerCodes, inter_sample_by_class, intra_sample_entropy,
};
use crate::storage::{ByteStore, StorageError};

/// What one pass over the cells of a layer gives; each is stored where it is sound.
struct LayerMeasures {
    inter_sample: Result<Vec<f32>, EntropyError>,
    intra_sample: Result<Vec<f32>, EntropyError>,
    states: Vec<ChannelState>,
    distances: Result<Distances, EntropyError>,
}

/// Distance codes of the channels of a layer and their entropies, `[C]` bits.
pub(super) struct Distances {
    pub codes: LayerCodes,
    pub entropy: Vec<f32>,
}

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
    let measured = measure_layer(run, epoch_index, layer).await?.inter_sample;
    measured.map_err(|error| failed(run, epoch_index, layer, error))
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
    let measured = measure_layer(run, epoch_index, layer).await?.intra_sample;
    measured.map_err(|error| failed(run, epoch_index, layer, error))
}

/// Which channels of a layer are alive, constant or dead at an epoch, `[C]`. A run of an older version does not have them;
/// without its cells, which may have been dropped, they are not known: empty.
///
/// # Errors
/// What the store and the run's files refuse.
pub async fn channel_states_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
) -> Result<Vec<ChannelState>, ComputeError> {
    let stored = run.channel_states(epoch_index, layer).await?;
    // Codes that are none count as not there.
    let stored = stored.and_then(|codes| codes.into_iter().map(ChannelState::from_code).collect());
    if let Some(stored) = stored {
        return Ok(stored);
    }
    let cells = match run.layer_cells(epoch_index, layer).await {
        Err(CubeError::CellsDropped { .. } | CubeError::CellsMissing { .. }) => return Ok(Vec::new()),
        cells => cells?,
    };
    let cells = borrowed(&cells).map_err(|error| failed(run, epoch_index, layer, error))?;
    let states = entropy::channel_states(&cells);
    kept(run.store_channel_states(epoch_index, layer, &codes_of_states(&states)).await)?;
    Ok(states)
}

fn codes_of_states(states: &[ChannelState]) -> Vec<u8> {
    states.iter().map(|state| state.code()).collect()
}

/// Reads the cells of a layer once and takes every measure of it.
async fn measure_layer<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
) -> Result<LayerMeasures, ComputeError> {
    let probe = run.probe().await?;
    let labels = &probe.labels;
    let cells = run.layer_cells(epoch_index, layer).await?;
    let by_channel = borrowed(&cells).map_err(|error| failed(run, epoch_index, layer, error))?;
    let n_classes = run.header().n_classes();
    let intra_sample = intra_sample_entropy(&by_channel, labels, n_classes, &intra_sample_settings(run));
    let distances = measure_distances(&by_channel, &probe, &capacity_settings(run));
    let inter_sample = inter_sample_by_class(
        &sample_major(&cells),
        cells.images,
        cells.shape.len(),
        labels,
        n_classes,
        &inter_sample_settings(run),
    );
    let bits = |entropy: &Option<InterSampleEntropy>| {
        entropy.as_ref().map_or(f32::NAN, |entropy| entropy.bits as f32)
    };
    let measures = LayerMeasures {
        inter_sample: inter_sample.map(|classes| classes.iter().map(bits).collect()),
        intra_sample: intra_sample.map(|bits| rounded(&bits)),
        states: entropy::channel_states(&by_channel),
        distances,
    };
    store(run, epoch_index, layer, &measures).await?;
    Ok(measures)
}

/// Over the pairs of the settings, of all images of the probe set.
pub(super) fn measure_distances(
    cells: &entropy::LayerCells<'_, f32>,
    probe: &Samples,
    settings: &CapacitySettings,
) -> Result<Distances, EntropyError> {
    let schedule = settings.schedule(&ImageOrder::by_content(&probe.images, &probe.labels)?)?;
    let codes = LayerCodes::sample(cells, &schedule, settings.bins)?;
    let entropy = rounded(&codes.entropies());
    Ok(Distances { codes, entropy })
}

async fn store<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
    measures: &LayerMeasures,
) -> Result<(), ComputeError> {
    if let Ok(bits) = &measures.inter_sample {
        kept(run.store_inter_sample(epoch_index, layer, bits).await)?;
    }
    if let Ok(bits) = &measures.intra_sample {
        kept(run.store_intra_sample(epoch_index, layer, bits).await)?;
    }
    kept(run.store_channel_states(epoch_index, layer, &codes_of_states(&measures.states)).await)?;
    if let Ok(Distances { codes, entropy }) = &measures.distances {
        kept(run.store_distances(epoch_index, layer, codes.as_bytes(), entropy).await)?;
    }
    Ok(())
}

/// What was measured is an answer also where there is no room to keep it: it is measured anew the next time.
pub(super) fn kept(stored: Result<(), CubeError>) -> Result<(), CubeError> {
    match stored {
        Err(CubeError::Storage(StorageError::Full(_))) => Ok(()),
        stored => stored,
    }
}

/// Distance codes of a layer over the sampled pairs, and their entropies: as they were stored when the layer was
/// measured. Codes that another program wrote and that are none are measured again.
pub(super) async fn distances_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
) -> Result<Distances, ComputeError> {
    let header = run.header();
    if let Some(entropy) = run.distance_entropy(Estimate::Sampled, epoch_index, layer).await?
        && let Some(stored) = run.distance_codes(epoch_index, layer).await?
        && let Ok(codes) = LayerCodes::from_stored(stored, header.n_pairs(), header.settings.bins)
    {
        return Ok(Distances { codes, entropy });
    }
    let distances = measure_layer(run, epoch_index, layer).await?.distances;
    distances.map_err(|error| failed(run, epoch_index, layer, error))
}

pub(super) fn rounded(bits: &[f64]) -> Vec<f32> {
    bits.iter().map(|&bits| bits as f32).collect()
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
    CapacitySettings { bins: header.settings.bins, target_pairs: Some(header.settings.target_pairs()) }
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

pub(super) fn failed<S: ByteStore>(
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
