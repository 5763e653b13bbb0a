//! A slider over the steps of something, with buttons that step and play through them, and the speed of that.

use std::time::Duration;

use leptos::prelude::*;

use super::dynamic::{OnPress, flag, press, text};

const STEP_MS: u64 = 700;

/// How fast it plays: what the button says, and milliseconds of a step.
const SPEEDS: [(&str, u64); 4] =
    [("1×", STEP_MS), ("2×", STEP_MS / 2), ("4×", STEP_MS / 4), ("½×", STEP_MS * 2)];

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
    /// What else is said of it, below.
    #[prop(optional, into)]
    detail: Option<Signal<String>>,
    /// What the slider lies on; then its own look is not shown.
    #[prop(optional)]
    ground: Option<AnyView>,
    /// The width of the slider, as CSS says it; all there is when it is not said.
    #[prop(optional, into)]
    reach: Option<Signal<String>>,
    /// Called with a step.
    on_step: Callback<usize>,
) -> impl IntoView {
    let playing = RwSignal::new(false);
    let speed = RwSignal::new(0_usize);
    let timer: StoredValue<Option<IntervalHandle>> = StoredValue::new(None);
    let halt = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let stop = move || {
        halt();
        playing.try_set(false);
    };
    let advance = move || match (step.try_get_untracked(), steps.try_get_untracked()) {
        (Some(step), Some(steps)) if step + 1 < steps => on_step.run(step + 1),
        _ => stop(),
    };
    let run = move || {
        let (_, duration) = SPEEDS[speed.get_untracked()];
        timer.set_value(set_interval_with_handle(advance, Duration::from_millis(duration)).ok());
    };
    let toggle = press(move || {
        if playing.get_untracked() {
            return stop();
        }
        if step.get_untracked() + 1 >= steps.get_untracked() {
            on_step.run(0);
        }
        run();
        playing.set(true);
    });
    let change_speed = press(move || {
        speed.update(|speed| *speed = (*speed + 1) % SPEEDS.len());
        if playing.get_untracked() {
            halt();
            run();
        }
    });
    let go = move |to: fn(usize) -> usize| {
        press(move || {
            stop();
            let last = steps.get_untracked().saturating_sub(1);
            on_step.run(to(step.get_untracked()).min(last));
        })
    };
    let (back, forth) = (go(|step| step.saturating_sub(1)), go(|step| step + 1));
    let slide: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        stop();
        if let Ok(step) = event_target_value(&event).parse() {
            on_step.run(step);
        }
    });
    on_cleanup(stop);
    let action = text(move || format!("{} {label}s", if playing.get() { "Pause" } else { "Play" }));
    let sign = text(move || if playing.get() { "❚❚" } else { "▶" }.to_owned());
    let pace = text(move || SPEEDS[speed.get()].0.to_owned());
    let pace_words = text(move || format!("Speed {}", SPEEDS[speed.get()].0));
    let is_idle = flag(move || steps.get() < 2);
    let last = text(move || steps.get().saturating_sub(1).to_string());
    let value = text(move || step.get().to_string());
    let is_on_ground = ground.is_some();
    let width = text(move || reach.map(|reach| reach.get()).unwrap_or_default());
    view! {
        <div class="play-slider" class:grounded=is_on_ground>
            <button class="play" aria-label=action prop:disabled=is_idle on:click=toggle>
                <span aria-hidden="true">{sign}</span>
            </button>
            <p class="slider-words">
                <output for=name>{words}</output>
                {detail.map(|detail| view! { <span class="detail" aria-live="polite">{detail}</span> }.into_any())}
            </p>
            <div class="slider-steps">
                {stepper(format!("Previous {label}"), "‹", is_idle, back)}
                {stepper(format!("Next {label}"), "›", is_idle, forth)}
                <button class="step" title="How fast it plays" aria-label=pace_words prop:disabled=is_idle on:click=change_speed>
                    {pace}
                </button>
            </div>
            <div class="slider-track">
                {ground}
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
                    style:width=width
                    on:input=slide
                />
            </div>
        </div>
    }
    .into_any()
}

/// A step back or on.
fn stepper(words: String, sign: &'static str, disabled: Signal<bool>, on_press: OnPress) -> AnyView {
    view! {
        <button class="step" aria-label=words prop:disabled=disabled on:click=on_press>
            <span aria-hidden="true">{sign}</span>
        </button>
    }
    .into_any()
}
