//! What changes on the page, in a few types only.
//!
//! leptos makes code anew for every type of closure in a view; handing all of them over as one type
//! keeps the page's program small enough to be loaded on a conference's Wi-Fi.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::tachys::reactive_graph::ReactiveFunction;
use web_sys::MouseEvent;

/// A piece of the page that is made, and made anew when what it reads changes.
#[derive(Clone)]
pub struct Piece(Arc<dyn Fn() -> AnyView + Send + Sync>);

impl Piece {
    /// Makes it as it is now, as part of what asks for it.
    pub fn now(&self) -> AnyView {
        (self.0)()
    }
}

impl ReactiveFunction for Piece {
    type Output = AnyView;

    fn invoke(&mut self) -> AnyView {
        self.now()
    }

    fn into_shared(self) -> Arc<Mutex<dyn FnMut() -> AnyView + Send>> {
        Arc::new(Mutex::new(move || self.now()))
    }
}

/// Called when a button is pressed.
pub type OnPress = Box<dyn FnMut(MouseEvent)>;

/// A piece of the page.
pub fn piece(make: impl Fn() -> AnyView + Send + Sync + 'static) -> Piece {
    Piece(Arc::new(make))
}

/// `then` while `condition` holds, else `otherwise`; each is made when the condition changes, and only then.
pub fn choose(condition: Signal<bool>, then: Piece, otherwise: Piece) -> Piece {
    piece(move || if condition.get() { then.now() } else { otherwise.now() })
}

/// `then` while `condition` holds.
pub fn when(condition: Signal<bool>, then: Piece) -> Piece {
    choose(condition, then, piece(|| ().into_any()))
}

/// A text that follows what it reads.
pub fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    text_of(Box::new(read))
}

fn text_of(read: Box<dyn Fn() -> String + Send + Sync>) -> Signal<String> {
    Memo::new(move |_| read()).into()
}

/// A condition that follows what it reads.
pub fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    flag_of(Box::new(read))
}

fn flag_of(read: Box<dyn Fn() -> bool + Send + Sync>) -> Signal<bool> {
    Memo::new(move |_| read()).into()
}

/// What a button does.
pub fn press(action: impl Fn() + 'static) -> OnPress {
    Box::new(move |_| action())
}
