//! Names and colours of a chart's series; a press hides or shows one.

use std::collections::BTreeSet;

use leptos::prelude::*;

/// One series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendEntry {
    /// Its name.
    pub label: String,
    /// A CSS colour.
    pub color: String,
    /// Whether its line is dashed.
    pub dashed: bool,
}

/// A row of toggles, in the order of the series.
#[component]
pub fn Legend(
    /// The series.
    #[prop(into)]
    entries: Signal<Vec<LegendEntry>>,
    /// Indices of those that are not drawn.
    hidden: RwSignal<BTreeSet<usize>>,
) -> impl IntoView {
    let toggle = move |index: usize| {
        hidden.update(|hidden| {
            if !hidden.remove(&index) {
                hidden.insert(index);
            }
        });
    };
    let item = move |(index, entry): (usize, LegendEntry)| {
        let shown = move || !hidden.with(|hidden| hidden.contains(&index));
        view! {
            <li>
                <button class="series" aria-pressed=move || shown().to_string() on:click=move |_| toggle(index)>
                    <span class="swatch" class:dashed=entry.dashed style:color=entry.color aria-hidden="true"></span>
                    {entry.label}
                </button>
            </li>
        }
    };
    view! {
        <ul class="legend">{move || entries.get().into_iter().enumerate().map(item).collect_view()}</ul>
    }
    .into_any()
}
