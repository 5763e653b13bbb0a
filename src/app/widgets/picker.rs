//! One of many, from a list that folds out.

use leptos::prelude::*;

use super::Choice;
use super::dynamic::piece;

/// A labelled `<select>`.
#[component]
pub fn Picker(
    /// The element's id.
    name: &'static str,
    /// Shown beside it.
    label: &'static str,
    /// What can be chosen.
    choices: Signal<Vec<Choice>>,
    /// The value chosen.
    value: Signal<String>,
    /// Whether nothing can be chosen now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with the value.
    on_pick: Callback<String>,
) -> impl IntoView {
    let options = piece(move || {
        let chosen = value.get();
        let option = |Choice { value, label }: Choice| {
            let is_chosen = value == chosen;
            view! { <option value=value prop:selected=is_chosen>{label}</option> }.into_any()
        };
        choices.get().into_iter().map(option).collect::<Vec<_>>().into_any()
    });
    let on_change: Box<dyn FnMut(web_sys::Event)> =
        Box::new(move |event| on_pick.run(event_target_value(&event)));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name prop:disabled=disabled on:change=on_change>
                {options}
            </select>
        </div>
    }
    .into_any()
}
