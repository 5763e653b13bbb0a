//! Brings an element into view that is about to be on the page.

use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// About ten seconds: until then a view that had to be fetched should be there.
const FRAMES: u32 = 600;
/// About a second, in which what stands above it gets its height.
const FRAMES_TO_SETTLE: u32 = 60;

/// Scrolls to the element with this id once it is on the page, and gives it the focus: that of what was pressed may
/// have gone with another view.
pub fn reveal(id: &'static str) {
    look(id, FRAMES);
}

fn look(id: &'static str, frames_left: u32) {
    match document().get_element_by_id(id) {
        Some(element) => {
            // Where the browser refuses the focus, it stays where it is.
            let _ = element.set_attribute("tabindex", "-1");
            if let Some(element) = element.dyn_ref::<HtmlElement>() {
                let _ = element.focus();
            }
            settle(element, FRAMES_TO_SETTLE);
        }
        None if frames_left > 0 => request_animation_frame(move || look(id, frames_left - 1)),
        None => {}
    }
}

fn settle(element: Element, frames_left: u32) {
    element.scroll_into_view();
    if frames_left > 0 {
        request_animation_frame(move || settle(element, frames_left - 1));
    }
}
