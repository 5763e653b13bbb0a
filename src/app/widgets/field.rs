//! A labelled text field with a hint and, when the text is not valid, the reason beside it.

use leptos::prelude::*;

/// A number or a word to type.
#[component]
pub fn Field(
    /// Name of the setting; also the element's id.
    name: &'static str,
    /// Shown above.
    label: &'static str,
    /// What can be typed, or what it means.
    #[prop(optional)]
    hint: &'static str,
    /// `numeric`, `decimal` or `text`: which keyboard a phone shows.
    #[prop(default = "numeric")]
    keyboard: &'static str,
    /// Offered while typing.
    #[prop(optional)]
    suggestions: &'static [&'static str],
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// While true nothing can be typed.
    #[prop(into)]
    disabled: Signal<bool>,
    /// Called with every change.
    on_text: Callback<String>,
) -> impl IntoView {
    let list = (!suggestions.is_empty()).then(|| format!("{name}-suggestions"));
    let options = list.clone().map(|id| {
        let options = suggestions.iter().map(|value| view! { <option value=*value></option> }).collect_view();
        view! { <datalist id=id>{options}</datalist> }
    });
    let message =
        move || error.get().map(|error| view! { <p class="error" id=format!("{name}-error")>{error}</p> });
    view! {
        <div class="field" class:bad=move || error.with(Option::is_some)>
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="text"
                inputmode=keyboard
                autocomplete="off"
                spellcheck="false"
                list=list
                title=hint
                prop:value=text
                prop:disabled=disabled
                aria-invalid=move || error.with(Option::is_some).to_string()
                aria-describedby=move || error.with(Option::is_some).then(|| format!("{name}-error"))
                on:input=move |event| on_text.run(event_target_value(&event))
            />
            {options}
            <div aria-live="polite">{message}</div>
        </div>
    }
    .into_any()
}
