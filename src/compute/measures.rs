//! Cells → measure, computed once and then read from the run. The cells of a layer are read once for all its
//! measures; a channel capacity is computed from distance codes alone.
//!
//! Results are rounded to float32 before they are answered, so that a fresh value and the same
//! value read again are equal.

use crate::compute::ComputeError;
use crate::cube::catalogue::Codes;
use crate::cube::{CubeError, LayerCells, RunReader};
use crate::entropy::{
    self, CapacityMatrix, CapacitySettings, ChannelState, EntropyError, InterSampleEntropy,
    InterSampleSettings, IntraSampleSettings, LayerCodes, inter_sample_by_class, intra_sample_entropy,
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
struct Distances {
    measured: LayerCodes,
    null: LayerCodes,
    entropy: Vec<f32>,
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
    let labels = run.probe_labels().await?;
    let cells = run.layer_cells(epoch_index, layer).await?;
    let by_channel = borrowed(&cells).map_err(|error| failed(run, epoch_index, layer, error))?;
    let n_classes = run.header().n_classes();
    let intra_sample = intra_sample_entropy(&by_channel, &labels, n_classes, &intra_sample_settings(run));
    let distances = measure_distances(&by_channel, &capacity_settings(run));
    let inter_sample = inter_sample_by_class(
        &sample_major(&cells),
        cells.images,
        cells.shape.len(),
        &labels,
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

fn measure_distances(
    cells: &entropy::LayerCells<'_, f32>,
    settings: &CapacitySettings,
) -> Result<Distances, EntropyError> {
    let (measured, null) = settings.schedules(cells.images())?;
    let measured = LayerCodes::measure(cells, &measured, settings.bins)?;
    let null = LayerCodes::measure(cells, &null, settings.bins)?;
    let entropy = rounded(&measured.entropies());
    Ok(Distances { measured, null, entropy })
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
    if let Ok(Distances { measured, null, entropy }) = &measures.distances {
        let (measured, null) = (measured.as_bytes(), null.as_bytes());
        kept(run.store_distances(epoch_index, layer, measured, null, entropy).await)?;
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

/// I of every pair of channels of two layers, the same with one layer's images shuffled, and what every
/// channel could tell at most.
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
    /// H of each channel of the first layer, `[C_a]` bits.
    pub entropy_a: Vec<f32>,
    /// H of each channel of the second layer, `[C_b]` bits.
    pub entropy_b: Vec<f32>,
}

impl CapacityBits {
    fn transposed(self) -> Self {
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
            entropy_a: self.entropy_b,
            entropy_b: self.entropy_a,
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
    let entropy_a = distance_entropy_of(run, epoch_index, layer_a).await?;
    let entropy_b = distance_entropy_of(run, epoch_index, layer_b).await?;
    let stored = run.capacity(epoch_index, layer_a, layer_b).await?;
    let stored_null = run.capacity_null(epoch_index, layer_a, layer_b).await?;
    let (capacity, null) = if let (Some(capacity), Some(null)) = (stored, stored_null) {
        (capacity, null)
    } else {
        let [capacity, null] = capacity_from_codes(run, epoch_index, layer_a, layer_b).await?;
        kept(run.store_capacity(epoch_index, layer_a, layer_b, &capacity).await)?;
        kept(run.store_capacity_null(epoch_index, layer_a, layer_b, &null).await)?;
        (capacity, null)
    };
    let (channels_a, channels_b) = (entropy_a.len(), entropy_b.len());
    Ok(CapacityBits { channels_a, channels_b, capacity, null, entropy_a, entropy_b })
}

/// I and its null, `[C_a][C_b]` bits each.
async fn capacity_from_codes<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<[Vec<f32>; 2], ComputeError> {
    let matrix = |a: &LayerCodes, b: &LayerCodes| {
        let matrix = CapacityMatrix::from_codes(a, b);
        matrix.map(|matrix| rounded(&matrix.capacity())).map_err(|error| ComputeError::Entropy {
            slice: pair_name(run, epoch_index, layer_a, layer_b),
            error,
        })
    };
    let a = codes_of(run, Codes::Measured, epoch_index, layer_a).await?;
    let b = codes_of(run, Codes::Measured, epoch_index, layer_b).await?;
    let null_b = codes_of(run, Codes::Null, epoch_index, layer_b).await?;
    Ok([matrix(&a, &b)?, matrix(&a, &null_b)?])
}

/// What the joint histograms of two layers' channels say, over all probe images.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub(super) async fn information_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer_a: usize,
    layer_b: usize,
) -> Result<CapacityMatrix, ComputeError> {
    let a = codes_of(run, Codes::Measured, epoch_index, layer_a).await?;
    let b = codes_of(run, Codes::Measured, epoch_index, layer_b).await?;
    CapacityMatrix::from_codes(&a, &b).map_err(|error| ComputeError::Entropy {
        slice: pair_name(run, epoch_index, layer_a, layer_b),
        error,
    })
}

async fn distance_entropy_of<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
) -> Result<Vec<f32>, ComputeError> {
    if let Some(stored) = run.distance_entropy(epoch_index, layer).await? {
        return Ok(stored);
    }
    let distances = measure_layer(run, epoch_index, layer).await?.distances;
    Ok(distances.map_err(|error| failed(run, epoch_index, layer, error))?.entropy)
}

/// The codes as they were stored when the layer was measured; codes that another program wrote and that are
/// none are measured again.
async fn codes_of<S: ByteStore>(
    run: &RunReader<S>,
    codes: Codes,
    epoch_index: usize,
    layer: usize,
) -> Result<LayerCodes, ComputeError> {
    let header = run.header();
    if run.distance_entropy(epoch_index, layer).await?.is_some()
        && let Some(stored) = run.distance_codes(codes, epoch_index, layer).await?
        && let Ok(stored) = LayerCodes::from_stored(stored, header.n_pairs(), header.settings.bins)
    {
        return Ok(stored);
    }
    let distances = measure_layer(run, epoch_index, layer).await?.distances;
    let distances = distances.map_err(|error| failed(run, epoch_index, layer, error))?;
    Ok(match codes {
        Codes::Measured => distances.measured,
        Codes::Null => distances.null,
    })
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
