//! Plans of I and H(·|·): measures between the channels of two layers.

use super::{C, L, T, planned};
use crate::measure::{ImageSet, Measure, MeasureKey, Unit};
use crate::query::axes::{Layout, Pick};
use crate::query::check_error::CheckError;
use crate::query::notation::{CubeAxis, Place, Query, Slice, X};
use crate::query::plan::{Loop, Need, Part, Plan};
use crate::query::resolve::{Demand, Epochs, Group, Groups, Resolver};

/// Images and epochs that both slices name.
pub(super) struct Common {
    /// One group of images an entry of the class axis.
    pub groups: Vec<ImageSet>,
    pub images: Pick,
    pub epochs: Epochs,
}

/// Both slices resolved.
struct Pair {
    common: Common,
    layer_a: usize,
    layer_b: usize,
    channels_a: Pick,
    channels_b: Pick,
    /// Channels that each layer has.
    n_a: usize,
    n_b: usize,
}

/// Every picked channel of one layer with every one of another. I is symmetric: it is asked of the worker with the lower
/// layer first, whichever way it is written.
pub(super) fn plan(
    measure: Measure,
    a: &Slice,
    b: &Slice,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let pair = resolve(a, b, name(measure), resolver)?;
    let is_swapped = measure == Measure::Capacity && pair.layer_a > pair.layer_b;
    let (row, column) = if is_swapped { (pair.layer_b, pair.layer_a) } else { (pair.layer_a, pair.layer_b) };
    let query = Query::OfSlices { measure, a: a.clone(), b: b.clone() };
    planned_pair(query, &pair, is_swapped, |epoch_index, images| {
        let estimate = resolver.shape.estimate(images, row, column);
        MeasureKey::of_layers(measure, epoch_index, row, column)
            .on(resolver.probe_set)
            .among(images.clone())
            .over(estimate)
    })
}

/// A measure of two slices in an error.
pub(super) fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Conditional | Measure::LayerConditional => "H(…|…)",
        measure => measure.about().function,
    }
}

fn resolve(a: &Slice, b: &Slice, measure: &'static str, resolver: Resolver<'_>) -> Result<Pair, CheckError> {
    let second = Place::second;
    let layer_a = resolver.one_layer(a, L, measure)?;
    let channels_a = resolver.channels(&a.channels, &[layer_a], "channel_a", C)?;
    let common = common(a, b, measure, resolver)?;
    let layer_b = resolver.one_layer(b, second(CubeAxis::L), measure)?;
    let channels_b = resolver.channels(&b.channels, &[layer_b], "channel_b", second(CubeAxis::C))?;
    let (n_a, n_b) = (resolver.shape.n_channels(layer_a), resolver.shape.n_channels(layer_b));
    Ok(Pair { common, layer_a, layer_b, channels_a, channels_b, n_a, n_b })
}

/// X and T, which must be the same in both slices.
pub(super) fn common(
    a: &Slice,
    b: &Slice,
    measure: &'static str,
    resolver: Resolver<'_>,
) -> Result<Common, CheckError> {
    let second = Place::second;
    same(a.probe_set == b.probe_set, CubeAxis::X, &X(a), &X(b), measure)?;
    let demand = Demand { measure, least: 2 };
    let Groups { groups, pick: images } = resolver.groups(&a.images, super::X, demand)?;
    let epochs = resolver.epochs(&a.epochs, T)?;
    let others = resolver.groups(&b.images, second(CubeAxis::X), demand)?.groups;
    let members = |groups: &[Group]| groups.iter().map(|group| resolver.images_of(group)).collect::<Vec<_>>();
    let same_images = groups == others || members(&groups) == members(&others);
    same(same_images, CubeAxis::X, &X(a), &X(b), measure)?;
    let same_epochs = epochs.indices == resolver.epochs(&b.epochs, second(CubeAxis::T))?.indices;
    same(same_epochs, CubeAxis::T, &a.epochs, &b.epochs, measure)?;

    let groups = groups.iter().map(|group| resolver.image_set(group)).collect();
    Ok(Common { groups, images, epochs })
}

impl Common {
    /// Positions along T and the groups of images at each, with their places on the answer's axes; groups too
    /// small to have a pair are left out.
    pub(super) fn visits(&self) -> impl Iterator<Item = ((usize, usize), (usize, &ImageSet))> {
        let has_pairs = |set: &ImageSet| !matches!(set, ImageSet::These(images) if images.len() < 2);
        self.epochs.indices.iter().copied().enumerate().flat_map(move |epoch| {
            let groups = self.groups.iter().enumerate().filter(move |(_, images)| has_pairs(images));
            groups.map(move |group| (epoch, group))
        })
    }
}

fn same(
    same: bool,
    axis: CubeAxis,
    first: &dyn ToString,
    second: &dyn ToString,
    measure: &'static str,
) -> Result<(), CheckError> {
    if same {
        return Ok(());
    }
    let (first, second) = (first.to_string(), second.to_string());
    Err(CheckError::SlicesDiffer { place: Place::second(axis), first, second, measure })
}

/// One atomic result a class with at least two images and epoch.
fn planned_pair(
    query: Query,
    pair: &Pair,
    swapped: bool,
    key: impl Fn(usize, &ImageSet) -> MeasureKey,
) -> Result<Plan, CheckError> {
    let common = &pair.common;
    let layout = Layout::of([&common.images, &pair.channels_a, &pair.channels_b, &common.epochs.pick]);
    // Offsets in a result of `[C_a, C_b]`, or of `[C_b, C_a]` when the layers are asked for the other way.
    let (row_a, row_b) = if swapped { (1, pair.n_a) } else { (pair.n_b, 1) };
    let offsets =
        |channels: &Pick, row| channels.axis.coordinates.iter().map(|channel| channel * row).collect();
    planned(query, Unit::Bit, layout, |[per_group, per_a, per_b, per_epoch]| {
        let part = |((epoch, epoch_index), (group, images)): ((usize, usize), (usize, &ImageSet))| Part {
            need: Need::Measure(key(epoch_index, images)),
            need_len: pair.n_a * pair.n_b,
            base: group * per_group + epoch * per_epoch,
            loops: vec![
                Loop { from: offsets(&pair.channels_a, row_a), stride: per_a },
                Loop { from: offsets(&pair.channels_b, row_b), stride: per_b },
            ],
        };
        common.visits().map(part).collect()
    })
}
