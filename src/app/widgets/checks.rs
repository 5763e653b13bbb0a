//! Any number of a few, all in sight: check boxes side by side.

use leptos::prelude::*;

use super::Choice;
use super::dynamic::{flag, piece};

/// A choice with the colour it has in charts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its value and what it is called.
    pub choice: Choice,
    /// A CSS colour; empty for none.
    pub color: String,
}

/// Check boxes.
#[component]
pub fn Checks(
    /// What is chosen, above the boxes.
    label: &'static str,
    /// What can be chosen.
    checks: Signal<Vec<Check>>,
    /// The values chosen.
    chosen: Signal<Vec<String>>,
    /// Called with a value that is to be chosen, or no longer.
    on_toggle: Callback<String>,
) -> impl IntoView {
    let option = move |Check { choice, color }: Check| {
        let (own, toggled) = (choice.value.clone(), choice.value);
        let is_chosen = flag(move || chosen.with(|chosen| chosen.contains(&own)));
        let on_change: Box<dyn FnMut(web_sys::Event)> = Box::new(move |_| on_toggle.run(toggled.clone()));
        let swatch = (!color.is_empty())
            .then(|| view! { <span class="swatch" style:color=color aria-hidden="true"></span> }.into_any());
        view! {
            <label>
                <input type="checkbox" prop:checked=is_chosen on:change=on_change/>
                {swatch}
                <span>{choice.label}</span>
            </label>
        }
        .into_any()
    };
    let options = piece(move || checks.get().into_iter().map(option).collect::<Vec<_>>().into_any());
    view! {
        <fieldset class="checks">
            <legend>{label}</legend>
            {options}
        </fieldset>
    }
    .into_any()
}
