//! The one epoch slider: all charts follow it.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::{Event, OpenRun, Results, TrainingAxis};
use crate::app::widgets::dynamic::{flag, text};
use crate::app::widgets::{Choice, Picker, PlaySlider};

/// A slider that has not moved for so long rests.
const REST: Duration = Duration::from_millis(120);

/// Sticks to the edge of the window; nothing while no run is open.
#[component]
pub fn EpochBar() -> impl IntoView {
    let conductor = conductor();
    let steps = Memo::new(move |_| conductor.open(|run| run.epochs.len()).unwrap_or(0));
    let step = Memo::new(move |_| conductor.selection(|selection| selection.epoch_index));
    let name = text(move || conductor.open(|run| run.header.name.clone()).unwrap_or_default());
    let words = text(move || {
        let number = |run: &OpenRun| run.epoch_number(step.get()).map(|epoch| (epoch, run.last_epoch()));
        match conductor.open(number).flatten() {
            Some((0, _)) => "epoch 0, untrained".to_owned(),
            Some((epoch, last)) => format!("epoch {epoch} of {last}"),
            None => "no epoch yet".to_owned(),
        }
    });
    let is_measuring = flag(move || conductor.results(Results::in_flight) > 0);
    let measuring = text(move || if is_measuring.get() { "measuring …" } else { "" }.to_owned());
    let is_idle = flag(move || steps.get() == 0);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let on_step = Callback::new(move |step| {
        conductor.apply(Event::EpochPassed(step));
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(move || conductor.apply(Event::EpochRests), REST).ok());
    });
    let axes = TrainingAxis::ALL.map(|axis| Choice::new(axis.name(), axis.title())).to_vec();
    let axis = text(move || conductor.selection(|selection| selection.axis.name().to_owned()));
    let on_axis = Callback::new(move |name: String| {
        conductor.apply(Event::AxisPicked(TrainingAxis::from_name(&name).unwrap_or_default()));
    });
    view! {
        <div class="epoch-bar" class:idle=is_idle>
            <p class="run-title"><span class="name">{name}</span> <span class="measuring" aria-live="polite">{measuring}</span></p>
            <PlaySlider name="epoch" label="Epoch" steps=steps.into() step=step.into() words=words on_step=on_step/>
            <Picker name="axis" label="Charts over" choices=Signal::stored(axes) value=axis on_pick=on_axis/>
        </div>
    }
    .into_any()
}
