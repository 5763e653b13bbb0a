//! A canvas that fits its box at the screen's resolution and draws at most once per animation frame.

use std::cell::Cell;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use web_sys::{Element, HtmlCanvasElement};

use super::frames::draw_soon;
use super::sized::watch_size;

/// Where to draw: a canvas whose backing store is `width · scale` × `height · scale` pixels.
pub struct Surface<'a> {
    /// Already sized and not cleared.
    pub canvas: &'a HtmlCanvasElement,
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub scale: f64,
}

/// Draws `data` whenever it or the size of the box changes; the box is sized by CSS.
#[component]
pub fn Canvas<T>(
    /// What is drawn.
    data: Memo<T>,
    /// Draws it; reads nothing else.
    draw: impl Fn(&T, &Surface) + 'static,
    /// What a screen reader says.
    label: Signal<String>,
) -> impl IntoView
where
    T: PartialEq + Send + Sync + 'static,
{
    let node = NodeRef::<html::Canvas>::new();
    let size = Rc::new(Cell::new((0.0, 0.0)));
    let is_waiting = Rc::new(Cell::new(false));
    let paint: Rc<dyn Fn()> = Rc::new({
        let (size, is_waiting) = (Rc::clone(&size), Rc::clone(&is_waiting));
        move || {
            is_waiting.set(false);
            if let Some(Some(canvas)) = node.try_get_untracked()
                && let Some(surface) = fit(&canvas, size.get())
            {
                // A canvas that was taken off the page in the meantime draws nothing.
                data.try_with_untracked(|data| draw(data, &surface));
            }
        }
    });
    let redraw: Rc<dyn Fn()> = Rc::new(move || {
        if !is_waiting.replace(true) {
            draw_soon(Rc::clone(&paint));
        }
    });
    let on_data = Rc::clone(&redraw);
    Effect::new(move || {
        data.track();
        on_data();
    });
    let on_size = move |width, height| {
        size.set((width, height));
        redraw();
    };
    watch_size(move || node.get().map(Element::from), Rc::new(on_size));
    view! { <canvas node_ref=node role="img" aria-label=label></canvas> }.into_any()
}

/// Gives the canvas as many pixels as its box of `size` CSS pixels has on the screen; `None` while it has no box.
fn fit(canvas: &HtmlCanvasElement, (width, height): (f64, f64)) -> Option<Surface<'_>> {
    if width < 1.0 || height < 1.0 {
        return None;
    }
    let scale = window().device_pixel_ratio().max(1.0);
    let pixels = |length: f64| (length * scale).round() as u32;
    if canvas.width() != pixels(width) {
        canvas.set_width(pixels(width));
    }
    if canvas.height() != pixels(height) {
        canvas.set_height(pixels(height));
    }
    Some(Surface { canvas, width, height, scale })
}
