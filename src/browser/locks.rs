//! Which tab writes a run: Web Locks, which the browser takes back when a tab or a worker dies.
//!
//! Reached through `Reflect`, because the bindings would be a feature of all programs. Where a browser has
//! no locks, everybody gets one: nothing is then known of other tabs.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{navigator, property};

/// A lock; given back when dropped.
#[derive(Debug)]
pub struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // Resolving a promise does not fail.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// The lock that whoever writes a run holds.
pub fn of_run(run: &str) -> String {
    format!("cnnslicer:run:{run}")
}

/// The lock of this name, or `None` while somebody else holds it.
pub async fn acquire(name: &str) -> Option<Lock> {
    let Some((locks, request)) = method("request") else { return Some(Lock { release: None }) };
    let (sender, receiver) = oneshot::channel::<Option<Lock>>();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let settle = move |lock| {
        // Whoever waits is settled once; a second answer has no meaning.
        let _ = sender.borrow_mut().take().map(|sender| sender.send(lock));
    };
    let refused = settle.clone();
    // While the promise that the callback gives is pending, the lock is held.
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            settle(None);
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |release, _| settle(Some(Lock { release: Some(release) })));
        held.into()
    });
    let options = Object::new();
    // A plain object takes any property.
    let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    match request.call3(&locks, &name.into(), &options, &granted) {
        Ok(promise) => {
            let failed = Closure::once_into_js(move |_: JsValue| refused(Some(Lock { release: None })));
            let catch = property(&promise, "catch").and_then(|catch| catch.dyn_into::<Function>().ok());
            // Without it, a refused request would be waited for in vain.
            let _ = catch.map(|catch| catch.call1(&promise, &failed));
        }
        Err(_) => return Some(Lock { release: None }),
    }
    receiver.await.ok().flatten()
}

/// Names of all locks that are held, in any tab.
pub async fn held() -> Vec<String> {
    let query = async {
        let (locks, query) = method("query")?;
        let promise: Promise = query.call0(&locks).ok()?.dyn_into().ok()?;
        property(&JsFuture::from(promise).await.ok()?, "held")
    };
    let held = query.await.map(|held| Array::from(&held)).unwrap_or_default();
    held.iter().filter_map(|lock| property(&lock, "name")?.as_string()).collect()
}

fn method(name: &str) -> Option<(JsValue, Function)> {
    let locks = property(&navigator()?, "locks")?;
    let method = property(&locks, name)?.dyn_into().ok()?;
    Some((locks, method))
}
