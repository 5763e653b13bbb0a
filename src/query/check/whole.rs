//! Plans of I and H(·|·) between whole layers: one value a pair of layers.

use super::{L, pairs, planned};
use crate::query::axes::Layout;
use crate::query::check_error::CheckError;
use crate::query::notation::{CubeAxis, Place, Query, Slice};
use crate::query::plan::{Loop, Need, Part, Plan, Unit};
use crate::query::resolve::Resolver;

/// Values of [`Need::LayerInformation`].
const NEED_LEN: usize = 4;

/// Every layer of the first slice with every layer of the second, asked of the worker with the lower one first.
pub(super) fn plan(query: &Query, a: &Slice, b: &Slice, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let is_conditional = matches!(query, Query::LayerConditional { .. });
    let common = pairs::common(a, b, if is_conditional { "H(…|…)" } else { "I" }, resolver)?;
    let mut layers_a = resolver.layers(&a.layers, L)?;
    let mut layers_b = resolver.layers(&b.layers, Place::second(CubeAxis::L))?;
    (layers_a.axis.name, layers_b.axis.name) = ("layer_a", "layer_b");
    let layout = Layout::of([&common.images, &layers_a, &layers_b, &common.epochs.pick]);
    planned(query.clone(), Unit::Bit, layout, |[per_group, per_a, per_b, per_epoch]| {
        let mut parts = Vec::new();
        for ((epoch, epoch_index), (group, images)) in common.visits() {
            for (place_a, a) in layers_a.indexed() {
                for (place_b, b) in layers_b.indexed() {
                    let (layer_a, layer_b, images) = (a.min(b), a.max(b), images.clone());
                    // I, H of the lower layer given the other, H of the other given the lower one.
                    let value = if is_conditional { 1 + usize::from(a > b) } else { 0 };
                    parts.push(Part {
                        need: Need::LayerInformation { epoch_index, layer_a, layer_b, images },
                        need_len: NEED_LEN,
                        base: group * per_group + place_a * per_a + place_b * per_b + epoch * per_epoch,
                        loops: vec![Loop { from: vec![value], stride: 0 }],
                    });
                }
            }
        }
        parts
    })
}
