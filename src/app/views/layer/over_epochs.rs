//! Mean and maximum capacity of the selected pair of layers over epochs.

use leptos::prelude::*;

use super::look;
use crate::app::conductor::conductor;
use crate::app::figures::depth::{Extents, extents, over_epochs};
use crate::app::figures::titles::Titled;
use crate::app::session::OpenRun;
use crate::app::views::curve_panel::CurvePanel;
use crate::app::views::epoch_axis::{cursor, scale};
use crate::app::views::titled;
use crate::app::widgets::dynamic::text;

/// The curves in their frame.
#[component]
pub fn CapacityOverEpochs() -> impl IntoView {
    let conductor = conductor();
    let scale = scale(conductor);
    let pair = Memo::new(move |_| conductor.selection(|selection| selection.pair));
    let look = look();
    let corrected = Memo::new(move |_| look.with(|look| look.corrected));
    let extents = Memo::new(move |last: Option<&Option<Extents>>| {
        let last = last.and_then(Option::as_ref);
        let of_pair = |run: &OpenRun| {
            conductor.results(|results| extents(last, run, results, pair.get(), corrected.get()))
        };
        conductor.open(of_pair)
    });
    let chart = Memo::new(move |_| {
        let curves = |run: &OpenRun| {
            extents.with(|extents| {
                Some(over_epochs(run, extents.as_ref()?, cursor(conductor)).along(scale.get()))
            })
        };
        conductor.open(curves).flatten()
    });
    let about = text(move || {
        let name =
            |layer| conductor.open(|run| format!("{layer} {}", run.layer_name(layer))).unwrap_or_default();
        format!(
            "Over all pairs of channels of layers {} and {}; dashed: shuffled images.",
            name(pair.get().a),
            name(pair.get().b)
        )
    });
    view! {
        <CurvePanel name="capacity-epochs" title="Capacity over epochs" notation=titled(|| Some(Titled::CapacityOverEpochs))
            about=about promise="how the capacity of two layers changes while the network learns" chart=chart/>
    }
    .into_any()
}
