//! A slider over the steps of something, with a button that plays through them.

use std::time::Duration;

use leptos::prelude::*;

use super::dynamic::{flag, press, text};

const STEP_DURATION: Duration = Duration::from_millis(700);

/// A range input with play; the arrow keys step.
#[component]
pub fn PlaySlider(
    /// The element's id.
    name: &'static str,
    /// What is stepped through.
    label: &'static str,
    /// Number of steps.
    steps: Signal<usize>,
    /// The present step, 0 first.
    step: Signal<usize>,
    /// The present step in words.
    words: Signal<String>,
    /// Called with a step.
    on_step: Callback<usize>,
) -> impl IntoView {
    let playing = RwSignal::new(false);
    let timer: StoredValue<Option<IntervalHandle>> = StoredValue::new(None);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        playing.try_set(false);
    };
    let advance = move || match (step.try_get_untracked(), steps.try_get_untracked()) {
        (Some(step), Some(steps)) if step + 1 < steps => on_step.run(step + 1),
        _ => stop(),
    };
    let toggle = press(move || {
        if playing.get_untracked() {
            return stop();
        }
        if step.get_untracked() + 1 >= steps.get_untracked() {
            on_step.run(0);
        }
        timer.set_value(set_interval_with_handle(advance, STEP_DURATION).ok());
        playing.set(true);
    });
    let slide: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        stop();
        if let Ok(step) = event_target_value(&event).parse() {
            on_step.run(step);
        }
    });
    on_cleanup(stop);
    let action = text(move || format!("{} {label}s", if playing.get() { "Pause" } else { "Play" }));
    let sign = text(move || if playing.get() { "❚❚" } else { "▶" }.to_owned());
    let is_idle = flag(move || steps.get() < 2);
    let last = text(move || steps.get().saturating_sub(1).to_string());
    let value = text(move || step.get().to_string());
    view! {
        <div class="play-slider">
            <button class="play" aria-label=action prop:disabled=is_idle on:click=toggle>
                <span aria-hidden="true">{sign}</span>
            </button>
            <label for=name class="visually-hidden">{label}</label>
            <input
                id=name
                type="range"
                min="0"
                step="1"
                prop:max=last
                prop:value=value
                prop:disabled=is_idle
                aria-valuetext=words
                on:input=slide
            />
            <output for=name>{words}</output>
        </div>
    }
    .into_any()
}
