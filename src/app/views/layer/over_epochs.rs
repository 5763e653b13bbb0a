//! Mean and maximum capacity of the selected pair of layers over epochs.

use leptos::prelude::*;

use super::with_cursor;
use crate::app::conductor::conductor;
use crate::app::figures::depth::over_epochs;
use crate::app::session::OpenRun;
use crate::app::views::curve_panel::CurvePanel;
use crate::app::widgets::dynamic::text;

/// The curves in their frame.
#[component]
pub fn CapacityOverEpochs() -> impl IntoView {
    let conductor = conductor();
    let pair = Memo::new(move |_| conductor.selection(|selection| selection.pair));
    // Taken anew when something is measured, not when the epoch slider moves.
    let extents = Memo::new(move |_| {
        let of_pair =
            |run: &OpenRun| conductor.results(|results| over_epochs(run, results, pair.get(), None));
        conductor.open(of_pair)
    });
    let chart = Memo::new(move |_| with_cursor(conductor, extents));
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
        <CurvePanel name="capacity-epochs" title="Capacity over epochs" notation="I(dCNN(-, a, -, T); dCNN(-, b, -, T))"
            about=about promise="how the capacity of two layers changes while the network learns" chart=chart/>
    }
    .into_any()
}
