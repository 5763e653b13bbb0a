//! Measures of a layer's whole outputs that follow from the distances between them, taken together: the distances are
//! what costs. Rows stand in an order of what the images show, so that no measure depends on how they are stored.

use crate::compute::ComputeError;
use crate::compute::layer_information::order_of;
use crate::compute::measures::{bins, borrowed, failed, kept, rounded};
use crate::cube::{LayerCells, RunReader};
use crate::entropy::readable::VOTES;
use crate::entropy::two_nn::KEPT_SHARE;
use crate::entropy::{
    CentredGram, EntropyError, LayerDistances, LayerOutputs, NearestNeighbours, PairSchedule, SameClassPairs,
    neural_collapse, readable_information, same_class_information, two_nn,
};
use crate::measure::{ImageSet, Measure, MeasureKey, Pass};
use crate::storage::ByteStore;

/// The classes of some images, as they are stored.
pub(super) struct Labels<'a> {
    pub labels: &'a [u8],
    pub n_classes: usize,
}

/// A result that is not stored; of all images the others of the pass are stored with it.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub(super) async fn of_output_pass<S: ByteStore>(
    run: &RunReader<S>,
    key: &MeasureKey,
    layer: usize,
    cells: &LayerCells,
) -> Result<Vec<f64>, ComputeError> {
    let (labels, n_classes) = (labels_of(run, &key.images).await?, run.header().n_classes());
    let order = order_of(run, &key.images).await?;
    let refused = |error| failed(run, key.epoch_index, layer, error);
    let outputs =
        borrowed(cells).and_then(|cells| LayerOutputs::of_cells(&cells, &order)).map_err(refused)?;
    let distances = LayerDistances::measure(&outputs).map_err(refused)?;
    let near = NearestNeighbours::measure(&distances, VOTES).map_err(refused)?;
    let labels = Labels { labels: &labels, n_classes };
    let measured = |measure| match measure {
        Measure::Readable => readable(&outputs, &near, &labels),
        Measure::SameClass => same_class(&outputs, &distances, &labels, bins(run, &key.settings)),
        Measure::Dimension => two_nn(&near, KEPT_SHARE).map(|found| vec![found.dimension]),
        _ => collapse(&outputs, &labels),
    };
    let taken = Measure::all().filter(|measure| measure.about().pass == Some(Pass::Outputs));
    for other in taken.filter(|&measure| key.images == ImageSet::All && measure != key.measure) {
        if let Ok(values) = measured(other) {
            let key = MeasureKey { measure: other, ..key.clone() }.with(key.settings);
            kept(run.store_values(&key, &rounded(&values)).await)?;
        }
    }
    measured(key.measure).map_err(refused)
}

/// What CKA needs of a layer.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub(super) async fn centred_gram<S: ByteStore>(
    run: &RunReader<S>,
    key: &MeasureKey,
    layer: usize,
    cells: &LayerCells,
) -> Result<CentredGram, ComputeError> {
    let order = order_of(run, &key.images).await?;
    borrowed(cells)
        .and_then(|cells| LayerOutputs::of_cells(&cells, &order))
        .and_then(|outputs| CentredGram::measure(&LayerDistances::measure(&outputs)?))
        .map_err(|error| failed(run, key.epoch_index, layer, error))
}

/// Of the images of a result, as they are stored.
async fn labels_of<S: ByteStore>(run: &RunReader<S>, images: &ImageSet) -> Result<Vec<u8>, ComputeError> {
    let labels = run.probe_labels().await?;
    Ok(match images {
        ImageSet::All => labels,
        ImageSet::These(images) => images.iter().map(|&image| labels[image]).collect(),
    })
}

fn readable(
    outputs: &LayerOutputs<'_, f32>,
    near: &NearestNeighbours,
    of: &Labels<'_>,
) -> Result<Vec<f64>, EntropyError> {
    let found = readable_information(outputs, near, VOTES, of.labels, of.n_classes)?;
    Ok(vec![found.bits, found.label_bits, found.chance_bits, found.chance_deviation, found.accuracy])
}

/// Against the classes of the images, and by chance: against those of the images half a turn further in an order that has
/// nothing to do with classes.
fn same_class(
    outputs: &LayerOutputs<'_, f32>,
    distances: &LayerDistances<'_, f32>,
    of: &Labels<'_>,
    bins: usize,
) -> Result<Vec<f64>, EntropyError> {
    let codes = distances.codes(bins)?;
    let schedule = PairSchedule::all(outputs.images())?;
    let mut rows = outputs.labels(of.labels, of.n_classes)?;
    let found = same_class_information(&codes, &SameClassPairs::new(&schedule, &rows, of.n_classes)?)?;
    let half = rows.len() / 2;
    rows.rotate_left(half);
    let chance = same_class_information(&codes, &SameClassPairs::new(&schedule, &rows, of.n_classes)?)?;
    Ok(vec![found[0].bits, found[0].same_bits, chance[0].bits, found[0].code_bits])
}

fn collapse(outputs: &LayerOutputs<'_, f32>, of: &Labels<'_>) -> Result<Vec<f64>, EntropyError> {
    let found = neural_collapse(outputs, of.labels, of.n_classes)?;
    Ok(vec![found.nc1, found.norms, found.angles, found.accuracy])
}
