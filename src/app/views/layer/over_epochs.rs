//! Mean and maximum capacity of the selected pair of layers over epochs.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::figures::depth::over_epochs;
use crate::app::views::curve_panel::CurvePanel;
use crate::app::views::curves::cursor;
use crate::app::widgets::dynamic::text;

/// The curves in their frame.
#[component]
pub fn CapacityOverEpochs() -> impl IntoView {
    let conductor = conductor();
    let pair = move || conductor.selection(|selection| selection.pair);
    let chart = Memo::new(move |_| {
        let (cursor, pair) = (cursor(conductor), pair());
        conductor.open(|run| conductor.results(|results| over_epochs(run, results, pair, cursor)))
    });
    let about = text(move || {
        let name =
            |layer| conductor.open(|run| format!("{layer} {}", run.layer_name(layer))).unwrap_or_default();
        format!(
            "Over all pairs of channels of layers {} and {}; dashed: shuffled images.",
            name(pair().a),
            name(pair().b)
        )
    });
    view! {
        <CurvePanel name="capacity-epochs" title="Capacity over epochs" notation="I(dCNN(-, a, -, T); dCNN(-, b, -, T))"
            about=about promise="how the capacity of two layers changes while the network learns" chart=chart/>
    }
    .into_any()
}
