//! The size of an element, told when it changes.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

/// Tells `on_size` the width and the height of an element's inside in CSS pixels, without its scroll bars, once it is
/// on the page and whenever they change. They are read where the browser has just laid the page out: asking for them
/// elsewhere would make it lay out again.
pub fn watch_size(find: impl Fn() -> Option<Element> + 'static, on_size: Rc<dyn Fn(f64, f64)>) {
    watch(Box::new(find), on_size);
}

fn watch(find: Box<dyn Fn() -> Option<Element>>, on_size: Rc<dyn Fn(f64, f64)>) {
    let watched: Rc<RefCell<Option<Element>>> = Rc::default();
    let on_resize = Closure::<dyn Fn()>::new({
        let watched = Rc::clone(&watched);
        move || {
            let element = watched.borrow().clone();
            if let Some(element) = element {
                on_size(f64::from(element.client_width()), f64::from(element.client_height()));
            }
        }
    });
    let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
    let kept = StoredValue::new_local((observer, on_resize));
    Effect::new(move || {
        let found = find();
        kept.with_value(|(observer, _)| {
            if let (Some(observer), Some(element)) = (observer, &found) {
                observer.observe(element);
            }
        });
        *watched.borrow_mut() = found;
    });
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
}
