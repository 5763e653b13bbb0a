//! L: every layer as a tile with its feature maps of the picked image. A press picks a layer, a second one unfolds its
//! channels.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::{axis, is_missing, maps_of_layer};
use crate::app::conductor::Conductor;
use crate::app::figures::maps::MapPicture;
use crate::app::instrument::reading::{reading, short_name};
use crate::app::instrument::tile::{self, Inks};
use crate::app::instrument::{bars, layered::Layered};
use crate::app::session::previews::{Maps, ShownMaps};
use crate::app::session::{Event, LayerPair, OpenRun, QueryEvent, Results, View};
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::dynamic::{choose, flag, piece, text};
use crate::app::widgets::{Canvas, Surface, put_pixels};
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;

/// What the colours of the ribbon mean.
pub fn legend(conductor: Conductor) -> AnyView {
    let all = text(move || {
        let bits = conductor.open(|run| {
            conductor.results(|results| {
                let epoch_index = conductor.selection(|selection| selection.epoch_index);
                Layered::at(run, results, epoch_index).label_bits
            })
        });
        bits.map(|bits| format!("all of it: {bits:.2} bits")).unwrap_or_default()
    });
    let is_measuring = flag(move || conductor.results(Results::in_flight) > 0);
    let measuring = text(move || if is_measuring.get() { "measuring …" } else { "" }.to_owned());
    view! {
        <p class="axis-line">
            {axis("L")} "layers of the network" <span class="measuring" aria-live="polite">{measuring}</span>
            <span class="ribbon-key">
                <i class="key-core"></i> "readable about the label"
                <i class="key-all"></i> {all}
                <i class="key-spread"></i> "spread of the images"
            </span>
        </p>
    }
    .into_any()
}

/// The tiles.
pub fn strip(conductor: Conductor) -> AnyView {
    let run = Memo::new(move |_| conductor.open(|run| run.run.clone()));
    let n_layers = Memo::new(move |_| conductor.open(|run| run.header.layers.len() + 1).unwrap_or(0));
    let tiles = piece(move || {
        // Another run has other layers, also where they are as many.
        run.track();
        (0..n_layers.get()).map(|layer| tile(conductor, layer)).collect::<Vec<_>>().into_any()
    });
    let dense = text(move || if n_layers.get() > 12 { "layer-strip many" } else { "layer-strip" }.to_owned());
    view! { <div class=dense role="group" aria-label="Layers">{tiles}</div> }.into_any()
}

/// What stands beside the name: `16 × 28²`, `64 units`, `10 classes`.
pub fn shape_in_words(run: &OpenRun, layer: usize) -> String {
    let shape = run.shape_of(layer);
    let is_last = layer == run.header.layers.len();
    if shape.height == 1 && shape.channels == 1 {
        return format!("{} {}", shape.width, if is_last { "classes" } else { "units" });
    }
    if shape.height == shape.width {
        return format!("{} × {}²", shape.channels, shape.height);
    }
    format!("{} × {}×{}", shape.channels, shape.height, shape.width)
}

/// What a tile draws.
#[derive(Clone, PartialEq)]
struct Shown {
    maps: Option<ShownMaps>,
    first: Option<usize>,
    names: Arc<Vec<String>>,
    layer: usize,
    is_last: bool,
    mode: Mode,
}

fn tile(conductor: Conductor, layer: usize) -> AnyView {
    let shown = maps_of_layer(conductor, layer);
    let mode = mode();
    let picked = flag(move || conductor.selection(|selection| selection.layer) == layer);
    let is_second = flag(move || {
        conductor.selection(|selection| selection.view == View::Layer && selection.pair.b == layer)
    });
    let about = conductor.open(|run| {
        let name = run.spoken_name(layer);
        let names = Arc::new(run.header.classes.clone());
        (format!("{layer} {name}"), shape_in_words(run, layer), names, layer == run.header.layers.len())
    });
    let Some((name, shape, names, is_last)) = about else { return ().into_any() };
    let data = Memo::new(move |_| {
        let first = picked.get().then(|| conductor.selection(|selection| selection.channel));
        Shown { maps: shown.get(), first, names: Arc::clone(&names), layer, is_last, mode: mode() }
    });
    let canvas =
        piece(move || view! { <Canvas data=data draw=draw label=Signal::stored(String::new())/> }.into_any());
    let again = piece(move || {
        view! { <span class="tile-missing" title="The maps of this epoch could not be read. Press to try again.">"recompute"</span> }
            .into_any()
    });
    let missing = is_missing(conductor, layer);
    let pressed = text(move || picked.get().to_string());
    let on_press: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        if missing.get_untracked() {
            conductor.apply(Event::Retry);
        }
        pick(conductor, layer, event.shift_key());
    });
    let side = (layer == 0).then(|| label_of_image(conductor));
    view! {
        <button class="tile" class:second=is_second data-tile=layer.to_string() aria-pressed=pressed on:click=on_press>
            <span class="tile-head"><b><span class="visually-hidden">"Layer "</span>{name}</b> <span>{shape}</span></span>
            <span class="tile-body">{choose(missing, again, canvas)} {side}</span>
        </button>
    }
    .into_any()
}

/// Beside the input: of which class the image is.
fn label_of_image(conductor: Conductor) -> AnyView {
    let name = text(move || {
        let image = conductor.selection(|selection| selection.image);
        let name = |run: &OpenRun| run.header.classes.get(run.class_of(image)?).map(|name| short_name(name));
        conductor.open(name).flatten().unwrap_or_default()
    });
    let mode = mode();
    let colour = text(move || {
        let image = conductor.selection(|selection| selection.image);
        let class = conductor.open(|run| run.class_of(image)).flatten().unwrap_or(0);
        crate::plot::palette::class(mode(), class).css()
    });
    view! { <span class="tile-label"><b style:color=colour>{name}</b> "label"</span> }.into_any()
}

/// Picks a layer; the one that is picked shows or hides its channels. With Shift, and in the layer view, it is one of the
/// two layers that are compared.
pub fn pick(conductor: Conductor, layer: usize, with_shift: bool) {
    let (before, view, pair) =
        conductor.peek(|session| (session.selection.layer, session.selection.view, session.selection.pair));
    if with_shift {
        return conductor.apply(Event::PairPicked(LayerPair { b: layer, ..pair }));
    }
    if before == layer {
        let is_open = conductor.peek(|session| session.instrument.is_open);
        return conductor.apply(Event::ChannelsUnfolded(!is_open));
    }
    conductor.apply(Event::LayerPicked(layer));
    if view == View::Query {
        conductor.apply(Event::Query(QueryEvent::LayersPicked { first: layer, second: None }));
    }
    if view == View::Layer && layer != pair.b {
        conductor.apply(Event::PairPicked(LayerPair { a: layer, ..pair }));
    }
}

fn draw(shown: &Shown, surface: &Surface) {
    let Some((_, maps)) = &shown.maps else { return };
    let inks = Inks::of(shown.mode);
    let size = (surface.width, surface.height);
    if shown.is_last {
        let theme = Theme::for_canvas(shown.mode, surface.scale);
        let picture = bars::compose(maps.map(0, 0), reading(maps), &shown.names, &theme, size);
        return paint::picture(&picture, &theme, surface);
    }
    let pictures = pictures(maps, shown, size, inks);
    let sheet = tile::compose(&pictures, size, surface.scale, inks);
    put_pixels(surface, sheet.width, sheet.height, &sheet.rgba);
}

fn pictures(maps: &Maps, shown: &Shown, (width, height): (f64, f64), inks: Inks) -> Vec<MapPicture> {
    if shown.layer == 0 {
        return vec![tile::input(maps, 0, inks)];
    }
    let top = tile::top(maps);
    let n = 1 + 3 * tile::columns(width, height);
    let channels = tile::strongest(maps, shown.first);
    let map = |&channel: &usize| tile::in_ink(maps.map(0, channel), maps.width, top, inks);
    channels.iter().take(n).map(map).collect()
}
