//! A line of text with a list of what may be typed next.

use leptos::html;
use leptos::prelude::*;
use web_sys::{HtmlInputElement, KeyboardEvent, MouseEvent};

use super::dynamic::{piece, text};

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Characters before the cursor that the insertion replaces.
    pub replaces: usize,
    /// The text to insert; empty for what has to be typed, such as a number.
    pub insert: String,
    /// What it is, in words.
    pub label: String,
}

/// A text field with suggestions: the arrow keys move through them, Enter or a click takes one, Escape closes.
#[component]
pub fn Combobox(
    /// The element's id.
    name: &'static str,
    /// For screen readers.
    label: &'static str,
    /// The text.
    value: Signal<String>,
    /// Whether something is wrong with it.
    is_bad: Signal<bool>,
    /// Id of the element that says what.
    described_by: &'static str,
    /// What may follow the first so many characters of a text.
    suggest: Callback<(String, usize), Vec<Suggestion>>,
    /// Called with every change.
    on_text: Callback<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let offers: RwSignal<Vec<Suggestion>> = RwSignal::new(Vec::new());
    let active: RwSignal<Option<usize>> = RwSignal::new(None);
    let close = move || {
        offers.set(Vec::new());
        active.set(None);
    };
    let offer = move || {
        if let Some(input) = node.get_untracked() {
            offers.set(suggest.run((input.value(), cursor(&input))));
            active.set(None);
        }
    };
    let take = move |index: usize| {
        let Some(suggestion) = offers.with_untracked(|offers| offers.get(index).cloned()) else { return };
        let Some(input) = node.get_untracked().filter(|_| !suggestion.insert.is_empty()) else { return };
        let (text, cursor) = inserted(&input.value(), cursor(&input), &suggestion);
        input.set_value(&text);
        let units = text.chars().take(cursor).map(char::len_utf16).sum::<usize>() as u32;
        // A cursor that cannot be set stays at the end.
        let _ = input.set_selection_range(units, units);
        on_text.run(text);
        offer();
    };
    let on_key = move |event: KeyboardEvent| {
        let n = offers.with_untracked(Vec::len);
        let at = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if n == 0 => offer(),
            "ArrowDown" => active.set(Some(at.map_or(0, |at| (at + 1) % n))),
            "ArrowUp" if n > 0 => active.set(Some(at.map_or(n - 1, |at| (at + n - 1) % n))),
            "Enter" if at.is_some() => take(at.unwrap_or(0)),
            "Enter" => return close(),
            "Escape" if n > 0 => close(),
            _ => return,
        }
        event.prevent_default();
    };
    let on_input = move |event: web_sys::Event| {
        on_text.run(event_target_value(&event));
        offer();
    };
    let on_input: Box<dyn FnMut(web_sys::Event)> = Box::new(on_input);
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(on_key);
    let list = format!("{name}-offers");
    let option_id = move |index: usize| format!("{name}-offer-{index}");
    let expanded = text(move || offers.with(|offers| !offers.is_empty()).to_string());
    let current = text(move || active.get().map(option_id).unwrap_or_default());
    let invalid = text(move || is_bad.get().to_string());
    let option = move |(index, suggestion): (usize, Suggestion)| {
        let is_active = text(move || (active.get() == Some(index)).to_string());
        // The field keeps the focus.
        let hold: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| event.prevent_default());
        let pick: Box<dyn FnMut(MouseEvent)> = Box::new(move |_| take(index));
        let is_hint = suggestion.insert.is_empty();
        view! {
            <li id=option_id(index) role="option" aria-selected=is_active aria-disabled=is_hint.to_string()
                on:mousedown=hold on:click=pick>
                <code>{suggestion.insert}</code>
                <span>{suggestion.label}</span>
            </li>
        }
        .into_any()
    };
    let options =
        piece(move || offers.get().into_iter().enumerate().map(option).collect::<Vec<_>>().into_any());
    view! {
        <div class="combobox">
            <input
                id=name
                name=name
                node_ref=node
                type="text"
                role="combobox"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=label
                aria-autocomplete="list"
                aria-controls=list.clone()
                aria-expanded=expanded
                aria-activedescendant=current
                aria-invalid=invalid
                aria-describedby=described_by
                prop:value=value
                on:input=on_input
                on:keydown=on_key
                on:blur=move |_| close()
            />
            <ul id=list class="offers" role="listbox" aria-label="What may follow">{options}</ul>
        </div>
    }
    .into_any()
}

/// Characters before the cursor.
fn cursor(input: &HtmlInputElement) -> usize {
    let text = input.value();
    let units = input.selection_start().ok().flatten().map_or(usize::MAX, |units| units as usize);
    let mut passed = 0;
    let before = text.chars().take_while(|c| {
        passed += c.len_utf16();
        passed <= units
    });
    before.count()
}

/// The text with a suggestion put in at the cursor, and where the cursor is then.
fn inserted(text: &str, cursor: usize, suggestion: &Suggestion) -> (String, usize) {
    let kept = cursor.saturating_sub(suggestion.replaces);
    let before = text.chars().take(kept);
    let after = text.chars().skip(cursor);
    let cursor = kept + suggestion.insert.chars().count();
    (before.chain(suggestion.insert.chars()).chain(after).collect(), cursor)
}
