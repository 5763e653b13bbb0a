//! Which probe images a channel answers to most, from the stored cells.

use crate::compute::ComputeError;
use crate::cube::{CubeError, LayerHeader, RunReader};
use crate::ordering::order_of;
use crate::protocol::Answer;
use crate::protocol::compute::Activated;
use crate::storage::ByteStore;

/// Most images of an answer.
const MOST: usize = 24;

/// The images, all or of one class, with the largest peak in the feature map of a channel, or in a unit of a dense
/// layer; to how many it answers is told of all of them.
///
/// # Errors
/// What the store and the run's files refuse.
pub async fn strongest<S: ByteStore>(
    run: &RunReader<S>,
    epoch_index: usize,
    layer: usize,
    feature: usize,
    class: Option<usize>,
) -> Result<Answer, ComputeError> {
    let header = layer.checked_sub(1).and_then(|index| run.header().layers.get(index));
    let is_dense = header.is_some_and(LayerHeader::is_dense);
    let cells = run.channel_cells(epoch_index, layer, if is_dense { 0 } else { feature }).await?;
    let labels = run.probe_labels().await?;
    let map_len = cells.len() / labels.len().max(1);
    if is_dense && feature >= map_len {
        return Err(CubeError::NoSuchChannel { layer, channel: feature, channels: map_len }.into());
    }
    let peaks: Vec<f32> = cells
        .chunks_exact(map_len.max(1))
        .map(|map| if is_dense { peak(&map[feature..=feature]) } else { peak(map) })
        .collect();
    // By all cells and not by the peak, so that a channel which answers to none is a dead one.
    let is_active = |map: &[f32]| {
        let own = if is_dense { &map[feature..=feature] } else { map };
        own.iter().any(|&cell| cell != 0.0)
    };
    let active = cells.chunks_exact(map_len.max(1)).filter(|map| is_active(map)).count();
    let is_of_class = |&image: &usize| class.is_none_or(|class| usize::from(labels[image]) == class);
    let images = order(&peaks).into_iter().filter(is_of_class).take(MOST);
    let images =
        images.map(|image| Activated { image, label: usize::from(labels[image]), peak: peaks[image] });
    Ok(Answer::Strongest { images: images.collect(), active, of: peaks.len() })
}

fn peak(map: &[f32]) -> f32 {
    map.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// Indices from the largest value to the smallest, equals in their order.
fn order(values: &[f32]) -> Vec<usize> {
    order_of(values.len(), &|a, b| values[b].total_cmp(&values[a]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_comes_first_and_equals_keep_their_order() {
        assert_eq!(order(&[1.0, 3.0, 0.0, 3.0]), [1, 3, 0, 2]);
    }

    #[test]
    fn the_peak_of_a_negative_map_is_its_least_negative_value() {
        assert!((peak(&[-3.0, -1.0, -2.0]) + 1.0).abs() < 1e-9);
    }
}
