//! Views whose code is fetched when they are first shown, so that the page opens without it.
//!
//! `lazily!` marks one. In a released page the build moves what only such views reach into files of their own
//! (`xtask/src/build/split.rs`); in a page for development all of it is there from the start.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;

use crate::app::spawn::spawn;
use crate::app::widgets::dynamic::{Piece, piece, press};

/// Makes a view whose code is here.
pub type Make = fn() -> AnyView;

/// A view's code could not be fetched; the browser's console says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFetched;

impl From<SplitLoaderError> for NotFetched {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A view's code on its way. A failure is not remembered: the next one tries again.
pub type Fetching = Pin<Box<dyn Future<Output = Result<Make, NotFetched>>>>;

/// The view that this makes, in a file of its own: `lazily!(layer_view, || view! { <LayerView/> }.into_any())`.
///
/// The name becomes the file's; views of one name share a file. Code that the page itself also reaches stays with
/// the page, and what several files need comes in files of its own beside them.
macro_rules! lazily {
    ($name:ident, $make:expr) => {{
        #[cfg(in_parts)]
        #[::leptos::wasm_split::wasm_split($name, fallible, wasm_split_path = ::leptos::wasm_split)]
        fn $name() -> Result<$crate::app::views::lazily::Make, $crate::app::views::lazily::NotFetched> {
            let make: $crate::app::views::lazily::Make = $make;
            Ok(make)
        }
        #[cfg(not(in_parts))]
        fn $name() -> ::std::future::Ready<
            Result<$crate::app::views::lazily::Make, $crate::app::views::lazily::NotFetched>,
        > {
            let make: $crate::app::views::lazily::Make = $make;
            ::std::future::ready(Ok(make))
        }
        $crate::app::views::lazily::when_fetched(|| Box::pin($name()))
    }};
}
pub(crate) use lazily;

#[derive(Clone, Copy)]
enum Code {
    OnItsWay,
    Here(Make),
    Missing,
}

/// The view whose code `fetch` brings; that it is on its way until then, and what to do when it does not come.
pub fn when_fetched(fetch: fn() -> Fetching) -> Piece {
    piece(move || {
        let code = RwSignal::new(Code::OnItsWay);
        let ask = move || {
            code.set(Code::OnItsWay);
            spawn(async move {
                let answer = fetch().await.map_or(Code::Missing, Code::Here);
                // Another view may have been chosen meanwhile; then nobody waits for this one.
                let _ = code.try_set(answer);
            });
        };
        ask();
        let shown = piece(move || match code.get() {
            Code::OnItsWay => {
                view! { <p class="hint wide" role="status">"Loading this view …"</p> }.into_any()
            }
            Code::Here(make) => make(),
            Code::Missing => missing(ask),
        });
        view! { {shown} }.into_any()
    })
}

fn missing(ask: impl Fn() + 'static) -> AnyView {
    let reload = || {
        // A browser that refuses to reload shows the page as it is.
        let _ = window().location().reload();
    };
    view! {
        <div class="notice wide" role="alert">
            <div>
                <strong>"This view could not be loaded."</strong>
                <p>
                    "Its program is a file of its own, and that could not be fetched: the connection may be gone, or \
                     the page was updated since you opened it."
                </p>
                <p class="next-step">
                    "Try again; if that does not help, reload the page. Recorded runs are kept, and a run in training \
                     loses at most the epoch in progress."
                </p>
                <div class="actions">
                    <button type="button" class="primary" on:click=press(ask)>"Try again"</button>
                    <button type="button" class="quiet" on:click=press(reload)>"Reload the page"</button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
