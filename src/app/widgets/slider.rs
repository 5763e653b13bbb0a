//! A slider over the steps of something, with a button that plays through them.

use std::time::Duration;

use leptos::prelude::*;

const STEP_DURATION: Duration = Duration::from_millis(700);

/// A range input with play; the arrow keys step.
#[component]
pub fn PlaySlider(
    /// The element's id.
    name: &'static str,
    /// What is stepped through.
    label: &'static str,
    /// Number of steps.
    #[prop(into)]
    steps: Signal<usize>,
    /// The present step, 0 first.
    #[prop(into)]
    step: Signal<usize>,
    /// The present step in words.
    #[prop(into)]
    text: Signal<String>,
    /// Called with a step.
    on_step: Callback<usize>,
) -> impl IntoView {
    let playing = RwSignal::new(false);
    let last = move || steps.get().saturating_sub(1);
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
    let toggle = move |_| {
        if playing.get_untracked() {
            return stop();
        }
        if step.get_untracked() + 1 >= steps.get_untracked() {
            on_step.run(0);
        }
        timer.set_value(set_interval_with_handle(advance, STEP_DURATION).ok());
        playing.set(true);
    };
    let slide = move |event| {
        stop();
        if let Ok(step) = event_target_value(&event).parse() {
            on_step.run(step);
        }
    };
    on_cleanup(stop);
    let action = move || if playing.get() { "Pause" } else { "Play" };
    view! {
        <div class="play-slider">
            <button class="play" aria-label=move || format!("{} {label}s", action()) title=action
                prop:disabled=move || steps.get() < 2 on:click=toggle>
                <span aria-hidden="true">{move || if playing.get() { "❚❚" } else { "▶" }}</span>
            </button>
            <label for=name class="visually-hidden">{label}</label>
            <input
                id=name
                type="range"
                min="0"
                step="1"
                prop:max=move || last().to_string()
                prop:value=move || { steps.track(); step.get().to_string() }
                prop:disabled=move || steps.get() < 2
                aria-valuetext=text
                on:input=slide
            />
            <output for=name>{text}</output>
        </div>
    }
    .into_any()
}
