//! A finding as a sentence.

use leptos::prelude::*;

use crate::app::overview::findings::{Finding, Piece as Words};
use crate::app::views::frame::Frame;
use crate::app::widgets::dynamic::{piece, press};

/// Its names and numbers stand out.
pub fn sentence(finding: Memo<Finding>) -> AnyView {
    let frame = Frame::of_page();
    let words = piece(move || {
        let part = |words: &Words| match words {
            Words::Plain(text) => text.clone().into_any(),
            Words::Number(text, subject) => {
                let subject = *subject;
                let on_press = press(move || frame.inspected.set(Some(subject)));
                view! { <button type="button" class="number" on:click=on_press>{text.clone()}</button> }
                    .into_any()
            }
            Words::Strong(text) => view! { <b>{text.clone()}</b> }.into_any(),
        };
        finding.with(|finding| finding.0.iter().map(part).collect::<Vec<_>>()).into_any()
    });
    view! { <p class="finding" translate="no">{words}</p> }.into_any()
}
