//! A number between two ends, chosen by a slider.

use leptos::prelude::*;

/// A labelled range input with its value in words.
#[component]
pub fn Range(
    /// The element's id.
    name: &'static str,
    /// Shown beside it.
    label: &'static str,
    /// Smallest and largest value.
    ends: (u32, u32),
    /// The value.
    value: Signal<u32>,
    /// The value in words.
    words: Signal<String>,
    /// Called with every change.
    on_slide: Callback<u32>,
) -> impl IntoView {
    let on_input: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        if let Ok(value) = event_target_value(&event).parse() {
            on_slide.run(value);
        }
    });
    view! {
        <div class="field range">
            <label for=name>{label}</label>
            <input
                id=name
                type="range"
                min=ends.0.to_string()
                max=ends.1.to_string()
                step="1"
                prop:value=move || value.get().to_string()
                aria-valuetext=words
                on:input=on_input
            />
            <output for=name>{words}</output>
        </div>
    }
    .into_any()
}
