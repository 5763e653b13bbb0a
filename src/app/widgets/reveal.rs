//! Brings an element into view that is about to be on the page.

use leptos::prelude::{document, request_animation_frame};

/// About ten seconds: until then a view that had to be fetched should be there.
const FRAMES: u32 = 600;

/// Scrolls to the element with this id once it is on the page.
pub fn reveal(id: &'static str) {
    look(id, FRAMES);
}

fn look(id: &'static str, frames_left: u32) {
    match document().get_element_by_id(id) {
        Some(element) => element.scroll_into_view(),
        None if frames_left > 0 => request_animation_frame(move || look(id, frames_left - 1)),
        None => {}
    }
}
