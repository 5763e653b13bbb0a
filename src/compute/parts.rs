//! Parts of layers, and the names under which what was found of them is kept in the run.

use crate::compute::ComputeError;
use crate::cube::LayerCells;
use crate::measure::MeasureKey;

/// A result's key as the name of what is kept of it beside its values.
pub(super) fn name_of(key: &MeasureKey) -> Result<Vec<u8>, ComputeError> {
    postcard::to_allocvec(key).map_err(|error| ComputeError::Query { message: error.to_string() })
}

/// Some images and channels of a layer.
pub(super) fn chosen(cells: &LayerCells, images: &[usize], channels: &[usize]) -> LayerCells {
    let positions = cells.shape.height * cells.shape.width;
    let mut values = Vec::with_capacity(channels.len() * images.len() * positions);
    for &channel in channels {
        let maps = cells.channel(channel);
        for &image in images {
            values.extend_from_slice(&maps[image * positions..(image + 1) * positions]);
        }
    }
    let shape = crate::dataset::ImageShape { channels: channels.len(), ..cells.shape };
    LayerCells { images: images.len(), shape, values }
}

/// 0 … `n` − 1.
pub(super) fn all(n: usize) -> Vec<usize> {
    (0..n).collect()
}
