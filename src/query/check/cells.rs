//! Plans of a bare slice: the raw cells themselves.

use super::{C, L, T, X, planned};
use crate::dataset::ImageShape;
use crate::measure::Unit;
use crate::query::axes::{Axis, Layout, Pick};
use crate::query::check_error::CheckError;
use crate::query::notation::{Query, Slice};
use crate::query::plan::{Loop, Need, Part, Plan};
use crate::query::resolve::Resolver;

/// Images, layers, channels, epochs, rows, columns; all layers must have outputs of one shape.
pub(super) fn plan(slice: &Slice, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let images = resolver.each_image(&slice.images, X)?;
    let layers = resolver.layers(&slice.layers, L)?;
    let map = one_shape(&layers, resolver)?;
    let channels = resolver.channels(&slice.channels, &layers.axis.coordinates, "channel", C)?;
    let epochs = resolver.epochs(&slice.epochs, T)?;
    let rows = Pick::shown(Axis::numbered("row", (0..map.height).collect()));
    let columns = Pick::shown(Axis::numbered("column", (0..map.width).collect()));
    let layout = Layout::of([&images, &layers, &channels, &epochs.pick, &rows, &columns]);
    let (n_images, n_channels, n_pixels) = (images.axis.len(), channels.axis.len(), map.height * map.width);
    planned(Query::Cells(slice.clone()), Unit::Activation, layout, |strides| {
        let [per_image, per_layer, per_channel, per_epoch, _, per_pixel] = strides;
        let loops = vec![
            steps(n_images, n_channels * n_pixels, per_image),
            steps(n_channels, n_pixels, per_channel),
            steps(n_pixels, 1, per_pixel),
        ];
        let mut parts = Vec::new();
        for (epoch, &epoch_index) in epochs.indices.iter().enumerate() {
            for (place, layer) in layers.indexed() {
                let (images, channels) = (images.axis.coordinates.clone(), channels.axis.coordinates.clone());
                parts.push(Part {
                    need: Need::Cells { epoch_index, layer, images, channels },
                    need_len: n_images * n_channels * n_pixels,
                    base: place * per_layer + epoch * per_epoch,
                    loops: loops.clone(),
                });
            }
        }
        parts
    })
}

/// A loop over `n` runs of `run` values each.
fn steps(n: usize, run: usize, stride: usize) -> Loop {
    Loop { from: (0..n).map(|step| step * run).collect(), stride }
}

/// The shape that the outputs of all these layers have.
fn one_shape(layers: &Pick, resolver: Resolver<'_>) -> Result<ImageShape, CheckError> {
    let of = |layer: usize| resolver.shape.layers[layer].shape;
    let words = |shape: ImageShape| format!("{}×{}×{}", shape.channels, shape.height, shape.width);
    let first = layers.axis.coordinates.first().copied().unwrap_or(0);
    let other = layers.axis.coordinates.iter().copied().find(|&layer| of(layer) != of(first));
    let Some(other) = other else {
        return Ok(of(first));
    };
    let (first_shape, other_shape) = (words(of(first)), words(of(other)));
    Err(CheckError::ShapesDiffer { place: L, first, other, first_shape, other_shape })
}
