//! The instrument on the page: X on the left, L with the ribbon on the right, C where it is unfolded, T below.

mod channels;
mod picker;
mod ribbon;
mod scrubber;
mod strip;

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::session::previews::{MapsOf, ShownMaps};
use crate::app::widgets::dynamic::{flag, piece, when};
use crate::app::widgets::watch_size;

/// Past so many pixels of scrolling the instrument is condensed, ...
const CONDENSE: f64 = 90.0;
/// ... and unfolded again above these.
const UNFOLD: f64 = 40.0;

/// Nothing while no run is open. Its place keeps its height when it condenses, so that the text below never jumps.
#[component]
pub fn Instrument() -> impl IntoView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.open(|run| !run.epochs.is_empty()) == Some(true));
    let is_condensed = condensed();
    let (node, height) = (NodeRef::<html::Section>::new(), RwSignal::new(String::new()));
    let on_size = move |_, full: f64| {
        // With its border.
        if !is_condensed.get_untracked() {
            height.set(format!("{}px", full + 1.0));
        }
    };
    watch_size(move || node.get().map(web_sys::Element::from), Rc::new(on_size));
    let content = piece(move || {
        view! {
            <div class="instrument-place" style:min-height=height>
                <section node_ref=node class="instrument" class:condensed=is_condensed aria-label="Image, layer, channel and epoch">
                    <div class="instrument-grid">
                        {picker::picker(conductor)}
                        <div class="layers-column">
                            {strip::legend(conductor)}
                            <div class="strip-scroll">
                                {strip::strip(conductor)}
                                {ribbon::ribbon(conductor, is_condensed)}
                            </div>
                        </div>
                    </div>
                    {channels::channels(conductor)}
                    {scrubber::scrubber(conductor)}
                </section>
            </div>
        }
        .into_any()
    });
    view! { {when(is_shown, content)} }.into_any()
}

/// Whether the page is scrolled down; with a margin, so that it does not flicker at the border.
fn condensed() -> Signal<bool> {
    let is_condensed = RwSignal::new(false);
    let follow = move || {
        let scrolled = window().scroll_y().unwrap_or(0.0);
        let limit = if is_condensed.get_untracked() { UNFOLD } else { CONDENSE };
        let now = scrolled > limit;
        if now != is_condensed.get_untracked() {
            is_condensed.set(now);
        }
    };
    let handle = window_event_listener_untyped("scroll", move |_| follow());
    on_cleanup(move || handle.remove());
    is_condensed.into()
}

/// An axis of the hypercube.
fn axis(letter: &'static str) -> AnyView {
    view! { <span class="axis" aria-hidden="true">{letter}</span> }.into_any()
}

pub use picker::{as_image, input_picture, toggle_pin};
pub use ribbon::layered;

/// The maps that `of` names, once they are there; while the next ones are on their way, the last ones stay.
fn maps(
    conductor: Conductor,
    of: impl Fn() -> Option<MapsOf> + Send + Sync + 'static,
) -> Memo<Option<ShownMaps>> {
    Memo::new(move |before: Option<&Option<ShownMaps>>| {
        let of = of()?;
        conductor.instrument(|instrument| instrument.maps.or_last(of, before.cloned().flatten()))
    })
}

/// The maps of a layer for the picked image at the chosen epoch.
pub fn maps_of_layer(conductor: Conductor, layer: usize) -> Memo<Option<ShownMaps>> {
    maps(conductor, move || wanted(conductor, layer))
}

/// Whether they cannot be had.
fn is_missing(conductor: Conductor, layer: usize) -> Signal<bool> {
    flag(move || {
        wanted(conductor, layer)
            .is_some_and(|of| conductor.instrument(|instrument| instrument.maps.has_failed(&of)))
    })
}

fn wanted(conductor: Conductor, layer: usize) -> Option<MapsOf> {
    use crate::app::session::instrument::maps_of;
    conductor.selection(|selection| conductor.open(|run| maps_of(run, selection, layer))).flatten()
}
