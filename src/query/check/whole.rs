//! Plans of measures between whole layers: one value a pair of layers.

use super::{L, pairs, planned};
use crate::measure::{Measure, MeasureKey};
use crate::query::axes::Layout;
use crate::query::check_error::CheckError;
use crate::query::notation::{CubeAxis, Place, Query, Slice};
use crate::query::plan::{Loop, Need, Part, Plan};
use crate::query::resolve::Resolver;

/// Every layer of the first slice with every layer of the second, asked of the worker with the lower one first.
pub(super) fn plan(
    measure: Measure,
    a: &Slice,
    b: &Slice,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let common = pairs::common(a, b, pairs::name(measure), resolver)?;
    let mut layers_a = resolver.layers(&a.layers, L)?;
    let mut layers_b = resolver.layers(&b.layers, Place::second(CubeAxis::L))?;
    (layers_a.axis.name, layers_b.axis.name) = ("layer_a", "layer_b");
    let layout = Layout::of([&common.images, &layers_a, &layers_b, &common.epochs.pick]);
    let query = Query::OfSlices { measure, a: a.clone(), b: b.clone() };
    // What a layer leaves open about another comes with what they tell about each other.
    let is_conditional = measure == Measure::LayerConditional;
    let measured = if is_conditional { Measure::LayerInformation } else { measure };
    planned(query, measure.about().unit, layout, |[per_group, per_a, per_b, per_epoch]| {
        let mut parts = Vec::new();
        for ((epoch, epoch_index), (group, images)) in common.visits() {
            for (place_a, a) in layers_a.indexed() {
                for (place_b, b) in layers_b.indexed() {
                    // Of the lower layer given the other, or of the other given the lower one.
                    let value = if is_conditional { 1 + usize::from(a > b) } else { 0 };
                    let key = MeasureKey::of_layers(measured, epoch_index, a.min(b), a.max(b))
                        .on(resolver.probe_set)
                        .among(images.clone());
                    parts.push(Part {
                        need_len: resolver.n_values(&key),
                        need: Need::Measure(key),
                        base: group * per_group + place_a * per_a + place_b * per_b + epoch * per_epoch,
                        loops: vec![Loop { from: vec![value], stride: 0 }],
                    });
                }
            }
        }
        parts
    })
}
