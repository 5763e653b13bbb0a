//! Plans of measures of one layer's outputs or of its channels, layer by layer and epoch by epoch.

use super::{C, L, T, X, planned};
use crate::measure::{Form, ImageSet, Measure, MeasureKey};
use crate::query::axes::{Axis, Layout, Pick};
use crate::query::check_error::CheckError;
use crate::query::notation::{Query, Slice};
use crate::query::plan::{Loop, Need, Part, Plan};
use crate::query::resolve::{Demand, Epochs, Group, Groups, Resolver};
use crate::query::selector::Selector;

/// A value a group of images, layer, epoch and, where the measure is of channels, channel.
pub(super) fn plan(measure: Measure, slice: &Slice, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let about = measure.about();
    let demand = Demand { measure: about.function, least: about.least_images };
    let Groups { groups, pick: images } = resolver.groups(&slice.images, X, demand)?;
    let layers = resolver.layers(&slice.layers, L)?;
    let channels = channels_of(measure, slice, &layers, resolver)?;
    let epochs = resolver.epochs(&slice.epochs, T)?;
    let parts = Pick::parts(measure);
    let layout = Layout::of([&images, &layers, &channels, &epochs.pick, &parts]);
    let query = Query::OfSlice { measure, slice: slice.clone() };
    let asked = Asked { measure, groups: &groups, channels: &channels, parts: &parts, resolver };
    planned(query, about.unit, layout, |[per_group, per_layer, per_channel, per_epoch, per_part]| {
        let strides = Strides { group: per_group, channel: per_channel, part: per_part };
        let of_visit = |Visit { epoch, epoch_index, place, layer }| {
            asked.parts(epoch_index, layer, place * per_layer + epoch * per_epoch, &strides)
        };
        visits(&epochs, &layers).flat_map(of_visit).collect()
    })
}

/// C: what is picked of a measure of channels; nothing may be of one of whole outputs.
fn channels_of(
    measure: Measure,
    slice: &Slice,
    layers: &Pick,
    resolver: Resolver<'_>,
) -> Result<Pick, CheckError> {
    if measure.about().form == Form::Channel {
        return resolver.channels(&slice.channels, &layers.axis.coordinates, "channel", C);
    }
    if slice.channels != Selector::All {
        let channels = slice.channels.to_string();
        return Err(CheckError::ChannelsOfWholeLayer {
            place: C,
            channels,
            measure: measure.about().function,
        });
    }
    Ok(Pick { axis: Axis::numbered("channel", vec![0]), fixed: true })
}

/// What is asked of every layer and epoch.
struct Asked<'a> {
    measure: Measure,
    groups: &'a [Group],
    channels: &'a Pick,
    parts: &'a Pick,
    resolver: Resolver<'a>,
}

/// Distances in values between neighbours along axes of the answer.
struct Strides {
    group: usize,
    channel: usize,
    part: usize,
}

impl Asked<'_> {
    /// One atomic result where it has a value for each class beside that of all images; else one a group of images that is
    /// large enough.
    fn parts(&self, epoch_index: usize, layer: usize, base: usize, strides: &Strides) -> Vec<Part> {
        let key = MeasureKey::of_layer(self.measure, epoch_index, layer).on(self.resolver.probe_set);
        if self.measure.about().has_classes_apart && !matches!(self.groups, [Group::These(_)]) {
            let n_classes = self.resolver.shape.n_classes();
            let columns = Loop { from: class_columns(self.groups, n_classes), stride: strides.group };
            let channels = self.channel_loop(layer, n_classes + 1, strides);
            return vec![self.part(key, base, vec![columns, channels])];
        }
        let n_parts = self.measure.about().parts.len();
        let sets = self.groups.iter().map(|group| self.resolver.image_set(group)).enumerate();
        let least = self.measure.about().least_images;
        let sets = sets.filter(|(_, set)| set.len(self.resolver.shape.n_images()) >= least);
        let of_set = |(group, set): (usize, ImageSet)| {
            let channels = self.channel_loop(layer, n_parts, strides);
            let parts = Loop { from: self.parts.axis.coordinates.clone(), stride: strides.part };
            self.part(key.clone().among(set), base + group * strides.group, vec![channels, parts])
        };
        sets.map(of_set).collect()
    }

    /// Over the picked channels that the layer has, of results with so many values a channel.
    fn channel_loop(&self, layer: usize, row: usize, strides: &Strides) -> Loop {
        let n_channels = match self.measure.about().form {
            Form::Channel => self.resolver.shape.n_channels(layer),
            _ => 1,
        };
        let picked = self.channels.axis.coordinates.iter().filter(|&&channel| channel < n_channels);
        Loop { from: picked.map(|channel| channel * row).collect(), stride: strides.channel }
    }

    fn part(&self, key: MeasureKey, base: usize, loops: Vec<Loop>) -> Part {
        Part { need_len: self.resolver.n_values(&key), need: Need::Measure(key), base, loops }
    }
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
