//! Parts of layers.

use crate::cube::LayerCells;

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
