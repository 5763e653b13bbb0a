//! The layers of the open run, to pick one of.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::OpenRun;
use crate::app::widgets::dynamic::text;
use crate::app::widgets::{Choice, Picker};

/// The layers of a run as choices; the value of each is its number.
pub fn layer_choices(run: &OpenRun) -> Vec<Choice> {
    run.layer_labels()
        .into_iter()
        .enumerate()
        .map(|(layer, label)| Choice::new(layer.to_string(), label))
        .collect()
}

/// A list of all layers, the input first; no choices while no run is open.
pub fn layer_picker(
    name: &'static str,
    label: &'static str,
    layer: impl Fn() -> usize + Send + Sync + 'static,
    on_pick: impl Fn(usize) + Send + Sync + 'static,
) -> AnyView {
    let conductor = conductor();
    let choices = Memo::new(move |_| conductor.open(layer_choices).unwrap_or_default());
    let value = text(move || layer().to_string());
    let on_pick = Callback::new(move |value: String| {
        if let Ok(layer) = value.parse() {
            on_pick(layer);
        }
    });
    view! { <Picker name=name label=label choices=choices.into() value=value on_pick=on_pick/> }.into_any()
}
