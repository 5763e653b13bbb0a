//! The keys that work anywhere, and their list.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::frame::Frame;
use crate::app::conductor::{Conductor, conductor};
use crate::app::inspector::subject::Subject;
use crate::app::instrument::view::toggle_pin;
use crate::app::session::View;
use crate::app::shortcuts::{Keys, LIST, Shortcut, event_of};
use crate::app::widgets::Dialog;

/// Where keys are for typing or for the thing itself.
const OWN_KEYS: &str = "input, select, textarea, dialog, [contenteditable], [role='application'], [role='combobox'], [role='grid']";

/// Listens as long as the page lives; the list opens at `?`.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let (conductor, frame) = (conductor(), Frame::of_page());
    let keys = RefCell::new(Keys::default());
    let help = RwSignal::new(false);
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if event.default_prevented()
            || event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || is_own(&event)
        {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            return frame.inspected.set(None);
        }
        let Some(shortcut) = keys.borrow_mut().press(&key) else { return };
        event.prevent_default();
        carry_out(conductor, frame, help, shortcut, key == "/");
    });
    on_cleanup(move || handle.remove());
    let row = |(keys, what): (&'static str, &'static str)| {
        view! { <dt><kbd>{keys}</kbd></dt> <dd>{what}</dd> }.into_any()
    };
    let rows: Vec<AnyView> = LIST.into_iter().map(row).collect();
    let list = view! { <dl class="keys-list">{rows}</dl> }.into_any();
    view! { <Dialog name="keys-dialog" title="Keys" open=help content=list/> }.into_any()
}

/// Whether the key belongs to what has the focus. A focused button is pressed with Space.
fn is_own(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    let is_slider = target.get_attribute("type").is_some_and(|kind| kind == "range") && event.key() != " ";
    (within(OWN_KEYS) && !is_slider) || (event.key() == " " && within("button, a, summary"))
}

fn carry_out(conductor: Conductor, frame: Frame, help: RwSignal<bool>, shortcut: Shortcut, to_line: bool) {
    match shortcut {
        Shortcut::Play => press(".instrument .play"),
        Shortcut::Pin => toggle_pin(conductor),
        Shortcut::Inspector => frame.inspected.update(|subject| {
            *subject = if subject.is_some() { None } else { Some(Subject::default()) };
        }),
        Shortcut::Help => help.set(true),
        _ => {
            if let Some(event) = conductor.peek(|session| event_of(shortcut, session)) {
                conductor.apply(event);
            }
            if let Shortcut::View(View::Query) = shortcut
                && to_line
            {
                focus_line();
            }
        }
    }
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

fn press(selector: &str) {
    if let Some(button) = find(selector) {
        button.click();
    }
}

/// The view may still be on its way; then the line gets no focus.
fn focus_line() {
    request_animation_frame(|| {
        if let Some(line) = find("#query, [name=query]") {
            // An element that takes no focus leaves it where it is.
            let _ = line.focus();
        }
    });
}
