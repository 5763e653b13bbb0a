//! Futures on the page's one thread.

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen_futures::spawn_local;

/// Runs `future` beside everything else. All go in as one type, so that the machinery is compiled once.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(future));
}

fn spawn_boxed(future: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(future);
}
