//! A labelled text field with a hint and, when the text is not valid, the reason beside it.

use leptos::prelude::*;

use super::dynamic::{flag, text};

/// A number or a word to type.
#[component]
pub fn Field(
    /// Name of the setting; also the element's id.
    name: &'static str,
    /// Shown above.
    label: &'static str,
    /// `numeric`, `decimal` or `text`: which keyboard a phone shows.
    keyboard: &'static str,
    /// Offered while typing.
    suggestions: &'static [&'static str],
    /// The text.
    value: Signal<String>,
    /// What is wrong with it; empty when nothing is.
    error: Signal<String>,
    /// While true nothing can be typed.
    disabled: Signal<bool>,
    /// Called with every change.
    on_text: Callback<String>,
) -> impl IntoView {
    let list = format!("{name}-suggestions");
    let options = suggestions.iter().map(|value| view! { <option value=*value></option> }.into_any());
    let options = options.collect::<Vec<_>>();
    let error_id = format!("{name}-error");
    let is_bad = flag(move || error.with(|error| !error.is_empty()));
    let invalid = text(move || is_bad.get().to_string());
    let on_input: Box<dyn FnMut(web_sys::Event)> =
        Box::new(move |event| on_text.run(event_target_value(&event)));
    view! {
        <div class="field" class:bad=is_bad>
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="text"
                inputmode=keyboard
                autocomplete="off"
                spellcheck="false"
                list=list.clone()
                prop:value=value
                prop:disabled=disabled
                aria-invalid=invalid
                aria-describedby=error_id.clone()
                on:input=on_input
            />
            <datalist id=list>{options}</datalist>
            <p class="error" id=error_id aria-live="polite">{error}</p>
        </div>
    }
    .into_any()
}
