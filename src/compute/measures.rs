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
    IntraSampleSettings, LayerCodes, RangeScope, inter_sample_by_class, intra_sample_entropy,
};
use crate::measure::{ImageSet, Measure, MeasureKey, Pass, Settings, ValueRange};
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

/// The pass over a layer's cells that takes a result with others: over all images, as the run says.
pub(super) fn pass_of(key: &MeasureKey) -> Option<Pass> {
    key.about().pass.filter(|_| key.images == ImageSet::All && key.settings.is_of_run())
}

/// A result that is not stored, by a pass over its layer that stores it and all others of the layer.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub(super) async fn of_layer_pass<S: ByteStore>(
    run: &RunReader<S>,
    key: &MeasureKey,
    layer: usize,
) -> Result<Vec<f32>, ComputeError> {
    let epoch_index = key.epoch_index;
    if key.measure == Measure::ChannelState {
        return channel_states_of(run, key, layer).await;
    }
    let measures = measure_layer(run, epoch_index, layer).await?;
    let measured = match key.measure {
        Measure::IntraSample => measures.intra_sample,
        _ => measures.inter_sample,
    };
    measured.map_err(|error| failed(run, epoch_index, layer, error))
}

/// Which channels of a layer are alive, constant or dead at an epoch, `[C]` codes, from its cells alone: a run of an older
/// version has all else of the layer. Without its cells, which may have been dropped, they are not known: empty.
async fn channel_states_of<S: ByteStore>(
    run: &RunReader<S>,
    key: &MeasureKey,
    layer: usize,
) -> Result<Vec<f32>, ComputeError> {
    let epoch_index = key.epoch_index;
    let cells = match run.layer_cells(epoch_index, layer).await {
        Err(CubeError::CellsDropped { .. } | CubeError::CellsMissing { .. }) => return Ok(Vec::new()),
        cells => cells?,
    };
    let cells = borrowed(&cells).map_err(|error| failed(run, epoch_index, layer, error))?;
    let states = codes_of_states(&entropy::channel_states(&cells));
    kept(run.store_values(key, &states).await)?;
    Ok(states)
}

fn codes_of_states(states: &[ChannelState]) -> Vec<f32> {
    states.iter().map(|state| f32::from(state.code())).collect()
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
    let settings = Settings::default();
    let intra = intra_sample_settings(run, &settings);
    let measures = LayerMeasures {
        inter_sample: by_class(&cells, labels, n_classes, &inter_sample_settings(run, &settings)),
        intra_sample: intra_sample_entropy(&by_channel, labels, n_classes, &intra).map(|h| rounded(&h)),
        states: entropy::channel_states(&by_channel),
        distances: measure_distances(&by_channel, &probe, &capacity_settings(run, &settings)),
    };
    store(run, epoch_index, layer, &measures).await?;
    Ok(measures)
}

/// Inter-sample entropy of every class and of all images, `[K+1]`; NaN for a class with fewer than two images.
pub(super) fn by_class(
    cells: &LayerCells,
    labels: &[u8],
    n_classes: usize,
    settings: &InterSampleSettings,
) -> Result<Vec<f32>, EntropyError> {
    let (rows, width) = (sample_major(cells), cells.shape.len());
    let classes = inter_sample_by_class(&rows, cells.images, width, labels, n_classes, settings)?;
    let bits = |class: &Option<InterSampleEntropy>| class.as_ref().map_or(f32::NAN, |h| h.bits as f32);
    Ok(classes.iter().map(bits).collect())
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
    let states = Ok(codes_of_states(&measures.states));
    let found = [
        (Measure::InterSample, &measures.inter_sample),
        (Measure::IntraSample, &measures.intra_sample),
        (Measure::ChannelState, &states),
    ];
    for (measure, values) in found {
        if let Ok(values) = values {
            let key = MeasureKey::of_layer(measure, epoch_index, layer).on(run.header().probe_set);
            kept(run.store_values(&key, values).await)?;
        }
    }
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

pub(super) fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

pub(super) fn rounded(bits: &[f64]) -> Vec<f32> {
    bits.iter().map(|&bits| bits as f32).collect()
}

/// The estimator settings of an answer: those that the run was started with, unless others are asked for.
pub(super) fn inter_sample_settings<S: ByteStore>(
    run: &RunReader<S>,
    settings: &Settings,
) -> InterSampleSettings {
    let k = settings.k.map_or(run.header().settings.k, |k| k as usize);
    InterSampleSettings { k, rho: settings.rho, ..InterSampleSettings::default() }
}

pub(super) fn intra_sample_settings<S: ByteStore>(
    run: &RunReader<S>,
    settings: &Settings,
) -> IntraSampleSettings {
    let scope = match settings.range {
        ValueRange::Map => RangeScope::Map,
        ValueRange::Channel => RangeScope::Channel,
        ValueRange::Layer => RangeScope::Layer,
    };
    IntraSampleSettings { bins: bins(run, settings), scope }
}

pub(super) fn capacity_settings<S: ByteStore>(run: &RunReader<S>, settings: &Settings) -> CapacitySettings {
    let target_pairs = match settings.pairs {
        Estimate::Sampled => Some(run.header().settings.target_pairs()),
        Estimate::Exact => None,
    };
    CapacitySettings { bins: bins(run, settings), target_pairs }
}

/// Bins of an answer.
pub(super) fn bins<S: ByteStore>(run: &RunReader<S>, settings: &Settings) -> usize {
    settings.bins.map_or(run.header().settings.bins, |bins| bins as usize)
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
