//! Drawing spread over animation frames, so that many canvases that change at once never block the page.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use leptos::prelude::request_animation_frame;

use crate::browser::turn::now_ms;

/// Milliseconds of a frame (16.7 at 60 Hz) that may go into drawing.
const BUDGET_MS: f64 = 8.0;

type Paint = Rc<dyn Fn()>;

thread_local! {
    static WAITING: RefCell<VecDeque<Paint>> = const { RefCell::new(VecDeque::new()) };
}

/// Draws in the next frame that has time for it.
pub fn draw_soon(paint: Paint) {
    let was_empty = WAITING.with_borrow_mut(|waiting| {
        waiting.push_back(paint);
        waiting.len() == 1
    });
    if was_empty {
        request_animation_frame(draw_frame);
    }
}

/// One frame's share; what is left stays first in line for the next one.
fn draw_frame() {
    let end = now_ms() + BUDGET_MS;
    while let Some(paint) = WAITING.with_borrow(|waiting| waiting.front().cloned()) {
        paint();
        let is_empty = WAITING.with_borrow_mut(|waiting| {
            waiting.pop_front();
            waiting.is_empty()
        });
        if !is_empty && now_ms() > end {
            return request_animation_frame(draw_frame);
        }
    }
}
