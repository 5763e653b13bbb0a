//! Names and colours of a chart's series; a press hides or shows one, looking at a name dims the others.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent};

use super::dynamic::{piece, press, text};

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

/// Which series of a chart are not drawn; of the first 64, later ones always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden(u64);

impl Hidden {
    /// Whether the series `index` is not drawn.
    pub fn contains(self, index: usize) -> bool {
        index < 64 && self.0 >> index & 1 == 1
    }

    /// Hides what is shown, shows what is hidden.
    pub fn toggle(&mut self, index: usize) {
        if index < 64 {
            self.0 ^= 1 << index;
        }
    }
}

/// Whether the focus came by the keys: a finger that pressed a name is gone, and would leave the others dimmed.
fn is_reached(event: &FocusEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches(":focus-visible").unwrap_or(false))
}

/// A row of toggles, in the order of the series.
#[component]
pub fn Legend(
    /// The series.
    entries: Signal<Vec<LegendEntry>>,
    /// Those that are not drawn.
    hidden: RwSignal<Hidden>,
    /// The one that is looked at: under the pointer, or reached with the keys.
    #[prop(optional)]
    highlighted: Option<RwSignal<Option<usize>>>,
) -> impl IntoView {
    let look_at = move |index: Option<usize>| {
        if let Some(highlighted) = highlighted {
            highlighted.set(index);
        }
    };
    let item = move |(index, entry): (usize, LegendEntry)| {
        let shown = text(move || (!hidden.get().contains(index)).to_string());
        let toggle = press(move || hidden.update(|hidden| hidden.toggle(index)));
        let on_focus = move |event: FocusEvent| {
            if is_reached(&event) {
                look_at(Some(index));
            }
        };
        view! {
            <li>
                <button class="series" aria-pressed=shown on:click=toggle
                    on:pointerenter=move |_| look_at(Some(index)) on:pointerleave=move |_| look_at(None)
                    on:focus=on_focus on:blur=move |_| look_at(None)>
                    <span class="swatch" class:dashed=entry.dashed style:color=entry.color aria-hidden="true"></span>
                    {entry.label}
                </button>
            </li>
        }
        .into_any()
    };
    let items = piece(move || entries.get().into_iter().enumerate().map(item).collect::<Vec<_>>().into_any());
    view! { <ul class="legend">{items}</ul> }.into_any()
}
