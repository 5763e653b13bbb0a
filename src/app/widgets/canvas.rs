//! A canvas that fits its box at the screen's resolution and draws at most once per animation frame.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlCanvasElement, ResizeObserver};

use super::frames::draw_soon;

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
    let waiting = StoredValue::new(false);
    let paint: Rc<dyn Fn()> = Rc::new(move || {
        waiting.try_set_value(false);
        if let Some(Some(canvas)) = node.try_get_untracked()
            && let Some(surface) = fit(&canvas)
        {
            // A canvas that was taken off the page in the meantime draws nothing.
            data.try_with_untracked(|data| draw(data, &surface));
        }
    });
    let redraw = move || {
        if waiting.try_update_value(|waiting| std::mem::replace(waiting, true)) == Some(false) {
            draw_soon(Rc::clone(&paint));
        }
    };
    let on_data = redraw.clone();
    Effect::new(move || {
        data.track();
        on_data();
    });
    watch_size(node, redraw);
    view! { <canvas node_ref=node role="img" aria-label=label></canvas> }.into_any()
}

/// Gives the canvas as many pixels as its box has on the screen; `None` while it has no box.
fn fit(canvas: &HtmlCanvasElement) -> Option<Surface<'_>> {
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
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

fn watch_size(node: NodeRef<html::Canvas>, redraw: impl Fn() + 'static) {
    let on_resize = Closure::<dyn Fn()>::new(redraw);
    let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
    let kept = StoredValue::new_local((observer, on_resize));
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            kept.with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.observe(&canvas);
                }
            });
        }
    });
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
}
