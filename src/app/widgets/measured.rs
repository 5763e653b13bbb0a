//! How wide an element is on the page.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::ResizeObserver;

/// Width of an element in CSS pixels, 0 until it is laid out.
pub fn width_of(node: NodeRef<html::Div>) -> Signal<f64> {
    let width = RwSignal::new(0.0);
    let on_resize = Closure::<dyn Fn()>::new(move || {
        if let Some(Some(element)) = node.try_get_untracked() {
            let now = f64::from(element.client_width());
            if width.try_get_untracked().is_some_and(|before| f64::abs(before - now) >= 1.0) {
                width.set(now);
            }
        }
    });
    let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
    let kept = StoredValue::new_local((observer, on_resize));
    Effect::new(move || {
        if let Some(element) = node.get() {
            kept.with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.observe(&element);
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
    width.into()
}
