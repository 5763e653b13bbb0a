//! Plans of H and h: measures of one layer's outputs, layer by layer and epoch by epoch.

use super::{C, L, T, X, planned};
use crate::query::axes::{Layout, Pick};
use crate::query::check_error::CheckError;
use crate::query::notation::{Query, Slice};
use crate::query::plan::{Loop, Need, Part, Plan, Unit};
use crate::query::resolve::{Demand, Epochs, Group, Groups, Resolver};
use crate::query::selector::Selector;

/// H: one value a group of images, layer and epoch.
pub(super) fn inter_sample(slice: &Slice, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let Groups { groups, pick: images } =
        resolver.groups(&slice.images, X, Demand { measure: "H", least: 2 })?;
    let layers = resolver.layers(&slice.layers, L)?;
    if slice.channels != Selector::All {
        return Err(CheckError::ChannelsOfWholeLayer { place: C, channels: slice.channels.to_string() });
    }
    let epochs = resolver.epochs(&slice.epochs, T)?;
    let n_classes = resolver.shape.n_classes();
    let layout = Layout::of([&images, &layers, &epochs.pick]);
    planned(Query::InterSample(slice.clone()), Unit::Bit, layout, |[per_group, per_layer, per_epoch]| {
        let part = |Visit { epoch, epoch_index, place, layer }: Visit| {
            let base = place * per_layer + epoch * per_epoch;
            match &groups[..] {
                [Group::These(images)] => {
                    let need = Need::InterSampleOf { epoch_index, layer, images: images.clone() };
                    Part { need, need_len: 1, base, loops: vec![] }
                }
                groups => Part {
                    need: Need::InterSample { epoch_index, layer },
                    need_len: n_classes + 1,
                    base,
                    loops: vec![Loop { from: class_columns(groups, n_classes), stride: per_group }],
                },
            }
        };
        visits(&epochs, &layers).map(part).collect()
    })
}

/// h: one value a group of images, layer, channel and epoch.
pub(super) fn intra_sample(slice: &Slice, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let Groups { groups, pick: images } =
        resolver.groups(&slice.images, X, Demand { measure: "h", least: 1 })?;
    let layers = resolver.layers(&slice.layers, L)?;
    let channels = resolver.channels(&slice.channels, &layers.axis.coordinates, "channel", C)?;
    let epochs = resolver.epochs(&slice.epochs, T)?;
    let shape = resolver.shape;
    let n_classes = shape.n_classes();
    let layout = Layout::of([&images, &layers, &channels, &epochs.pick]);
    let query = Query::IntraSample(slice.clone());
    planned(query, Unit::Bit, layout, |[per_group, per_layer, per_channel, per_epoch]| {
        let part = |Visit { epoch, epoch_index, place, layer }: Visit| {
            let n_channels = shape.n_channels(layer);
            let picked = channels.axis.coordinates.iter().copied().filter(|&channel| channel < n_channels);
            let base = place * per_layer + epoch * per_epoch;
            match &groups[..] {
                [Group::These(images)] => Part {
                    need: Need::IntraSampleOf { epoch_index, layer, images: images.clone() },
                    need_len: n_channels,
                    base,
                    loops: vec![Loop { from: picked.collect(), stride: per_channel }],
                },
                groups => {
                    let rows = picked.map(|channel| channel * (n_classes + 1)).collect();
                    Part {
                        need: Need::IntraSample { epoch_index, layer },
                        need_len: n_channels * (n_classes + 1),
                        base,
                        loops: vec![
                            Loop { from: class_columns(groups, n_classes), stride: per_group },
                            Loop { from: rows, stride: per_channel },
                        ],
                    }
                }
            }
        };
        visits(&epochs, &layers).map(part).collect()
    })
}

/// Columns of `[…, K+1]` results: a class, or the last one for all images.
fn class_columns(groups: &[Group], n_classes: usize) -> Vec<usize> {
    let column = |group: &Group| if let Group::Class(class) = group { *class } else { n_classes };
    groups.iter().map(column).collect()
}

/// One layer at one epoch.
struct Visit {
    /// Position on the answer's epoch axis.
    epoch: usize,
    /// Position along T.
    epoch_index: usize,
    /// Position on the answer's layer axis.
    place: usize,
    /// Position along L.
    layer: usize,
}

/// Every layer of the first epoch, then of the next.
fn visits<'a>(epochs: &'a Epochs, layers: &'a Pick) -> impl Iterator<Item = Visit> + 'a {
    epochs.indices.iter().enumerate().flat_map(move |(epoch, &epoch_index)| {
        layers.indexed().map(move |(place, layer)| Visit { epoch, epoch_index, place, layer })
    })
}
