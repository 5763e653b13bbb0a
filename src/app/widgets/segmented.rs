//! One of a few, all in sight: radio buttons that look like one control.

use leptos::prelude::*;

use super::Choice;
use super::dynamic::flag;

/// Radio buttons side by side; the arrow keys move between them.
#[component]
pub fn Segmented(
    /// Name of the group; unique on the page.
    name: &'static str,
    /// What is chosen, for screen readers and, unless `quiet`, above the control.
    label: &'static str,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// The value chosen.
    value: Signal<String>,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    quiet: bool,
    /// Whether nothing can be chosen now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with the value.
    on_pick: Callback<String>,
) -> impl IntoView {
    let option = move |choice: Choice| {
        let (own, picked) = (choice.value.clone(), choice.value.clone());
        let is_chosen = flag(move || value.with(|value| *value == own));
        let on_change: Box<dyn FnMut(web_sys::Event)> = Box::new(move |_| on_pick.run(picked.clone()));
        view! {
            <label>
                <input
                    type="radio"
                    name=name
                    value=choice.value
                    prop:checked=is_chosen
                    prop:disabled=disabled
                    on:change=on_change
                />
                <span>{choice.label}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="segmented">
            <legend class:visually-hidden=quiet>{label}</legend>
            <div class="segments">{choices.into_iter().map(option).collect::<Vec<_>>()}</div>
        </fieldset>
    }
    .into_any()
}
