//! One of many, from a list that folds out.

use leptos::prelude::*;

use super::Choice;

/// A labelled `<select>`.
#[component]
pub fn Picker(
    /// The element's id.
    name: &'static str,
    /// Shown beside it.
    label: &'static str,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Whether nothing can be chosen now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with the value.
    on_pick: Callback<String>,
) -> impl IntoView {
    let options = move || {
        let chosen = value.get();
        let option = |Choice { value, label }: Choice| {
            let selected = value == chosen;
            view! { <option value=value prop:selected=selected>{label}</option> }
        };
        choices.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select
                id=name
                name=name
                prop:disabled=disabled
                on:change=move |event| on_pick.run(event_target_value(&event))
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}
