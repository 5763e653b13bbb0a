//! From a vector's input to the module's measures, in single or double precision.

use super::tensor::Tensor;
use crate::entropy::codes::{LayerCells, LayerCodes};
use crate::entropy::error::EntropyError;
use crate::entropy::inter_sample::{
    InterSampleEntropy, InterSampleSettings, inter_sample_entropy, inter_sample_in_double,
};
use crate::entropy::intra_sample::{IntraSampleSettings, intra_sample_entropy};
use crate::entropy::{CapacityMatrix, Cell, ImageOrder, PairInformation, PairSchedule, layer_codes};

/// The values rounded to single precision, as cells are stored.
pub(super) fn rounded(tensor: &Tensor) -> Vec<f32> {
    tensor.values.iter().map(|&v| v as f32).collect()
}

/// The same tensor with its values rounded to single precision.
pub(super) fn after_rounding(tensor: &Tensor) -> Tensor {
    let values = rounded(tensor).into_iter().map(f64::from).collect();
    Tensor { shape: tensor.shape.clone(), values }
}

/// H and every σ, in double precision.
pub(super) fn inter_sample(
    input: &Tensor,
    settings: &InterSampleSettings,
) -> Result<(InterSampleEntropy, Vec<f64>), EntropyError> {
    inter_sample_in_double(&input.values, input.samples(), input.sample_len(), settings)
}

/// H by the kernels.
pub(super) fn inter_sample_single(
    input: &Tensor,
    settings: &InterSampleSettings,
) -> Result<InterSampleEntropy, EntropyError> {
    inter_sample_entropy(&rounded(input), input.samples(), input.sample_len(), settings)
}

/// Values of a `(samples, channels, …)` tensor, channel-major, and the lengths C, X, P.
fn channel_major<C: Copy>(input: &Tensor, values: &[C]) -> Result<(Vec<C>, [usize; 3]), EntropyError> {
    if values.is_empty() {
        return Err(EntropyError::Empty);
    }
    if input.shape.len() < 3 {
        return Err(EntropyError::Shape { what: "axes", expected: 3, found: input.shape.len() });
    }
    let (images, channels) = (input.shape[0], input.shape[1]);
    let positions = values.len() / (images * channels);
    let map = |channel: usize, image: usize| &values[(image * channels + channel) * positions..][..positions];
    let maps = (0..channels).flat_map(|channel| (0..images).map(move |image| (channel, image)));
    Ok((
        maps.flat_map(|(channel, image)| map(channel, image)).copied().collect(),
        [channels, images, positions],
    ))
}

/// h of every channel and class, `[C, n_classes + 1]`.
pub(super) fn intra_sample<C: Cell>(
    input: &Tensor,
    values: &[C],
    labels: Option<(&[u8], usize)>,
    settings: &IntraSampleSettings,
) -> Result<Vec<f64>, EntropyError> {
    let (cells, [channels, images, positions]) = channel_major(input, values)?;
    let unlabelled = vec![0; images];
    let (labels, n_classes) = labels.unwrap_or((&unlabelled, 1));
    let cells = LayerCells::new(&cells, channels, images, positions)?;
    intra_sample_entropy(&cells, labels, n_classes, settings)
}

/// Capacity over all pairs of samples between two single channels, `(samples, …)`.
pub(super) fn capacity<C: Cell>(
    (a, a_values): (&Tensor, &[C]),
    (b, b_values): (&Tensor, &[C]),
    bins: usize,
) -> Result<CapacityMatrix, EntropyError> {
    let cells_a = LayerCells::new(a_values, 1, a.samples(), a.sample_len())?;
    let cells_b = LayerCells::new(b_values, 1, b.samples(), b.sample_len())?;
    over_all_pairs(&cells_a, &cells_b, bins)
}

/// Capacity over all pairs of samples between two layers, `(samples, channels, …)`.
pub(super) fn layer_capacity<C: Cell>(
    (a, a_values): (&Tensor, &[C]),
    (b, b_values): (&Tensor, &[C]),
    bins: usize,
) -> Result<CapacityMatrix, EntropyError> {
    let (a_cells, [a_channels, a_images, a_positions]) = channel_major(a, a_values)?;
    let (b_cells, [b_channels, b_images, b_positions]) = channel_major(b, b_values)?;
    let cells_a = LayerCells::new(&a_cells, a_channels, a_images, a_positions)?;
    let cells_b = LayerCells::new(&b_cells, b_channels, b_images, b_positions)?;
    over_all_pairs(&cells_a, &cells_b, bins)
}

/// Between two whole layers, `(samples, …)`.
pub(super) fn layer_information<C: Cell>(
    (a, a_values): (&Tensor, &[C]),
    (b, b_values): (&Tensor, &[C]),
    bins: usize,
) -> Result<PairInformation, EntropyError> {
    let codes =
        |tensor: &Tensor, values| layer_codes(values, &ImageOrder::as_numbered(tensor.samples()), bins);
    let (a, b) = (codes(a, a_values)?, codes(b, b_values)?);
    Ok(CapacityMatrix::from_codes(&a, &b)?.information(0, 0))
}

fn over_all_pairs<C: Cell>(
    a: &LayerCells<'_, C>,
    b: &LayerCells<'_, C>,
    bins: usize,
) -> Result<CapacityMatrix, EntropyError> {
    let schedule = PairSchedule::all(a.images())?;
    let codes_a = LayerCodes::measure(a, &schedule, bins)?;
    CapacityMatrix::from_codes(&codes_a, &LayerCodes::measure(b, &schedule, bins)?)
}
