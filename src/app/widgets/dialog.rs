//! A dialog over the page: a drawer at the side, a list under a button. The browser keeps the focus in it, puts it back
//! where it came from, and closes it at Escape.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use super::dynamic::press;

/// What is in it is there from the start, unseen: what is typed stays while it is closed.
#[component]
pub fn Dialog(
    /// CSS class, and the element's id.
    name: &'static str,
    /// Its heading.
    title: &'static str,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is in it.
    content: AnyView,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let is_wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if is_wanted && !dialog.open() {
            // A browser that cannot show it over the page shows it in its place.
            if dialog.show_modal().is_err() {
                dialog.set_open(true);
            }
        } else if !is_wanted && dialog.open() {
            dialog.close();
        }
    });
    let on_close: Box<dyn FnMut(web_sys::Event)> = Box::new(move |_| open.set(false));
    // What is outside of the dialog's box counts as the dialog itself.
    let on_press: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        let is_outside = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if is_outside.is_some_and(|element| element.tag_name().eq_ignore_ascii_case("dialog")) {
            open.set(false);
        }
    });
    view! {
        <dialog id=name class=name node_ref=node aria-label=title on:close=on_close on:click=on_press>
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2>{title}</h2>
                    <button type="button" class="icon" aria-label="Close" on:click=press(move || open.set(false))>"✕"</button>
                </header>
                <div class="dialog-body">{content}</div>
            </div>
        </dialog>
    }
    .into_any()
}
