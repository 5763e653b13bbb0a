//! What the slices of the query hold: counts, shape, bytes, and the first feature maps on one scale.

use std::sync::Arc;

use leptos::prelude::*;

use super::maps::{has_failed, image, maps};
use super::{follow, shown_epoch};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::maps::{of_channel, of_input, range};
use crate::app::figures::number;
use crate::app::session::OpenRun;
use crate::app::session::query::{Maps, MapsOf};
use crate::app::widgets::dynamic::{flag, piece, text, when};
use crate::app::widgets::{Image, Pixels};
use crate::plot::raster::ValueRange;
use crate::query::{Contents, scaled};

/// Most pictures of layers: two slices of two layers each.
const MOST_ROWS: usize = 4;

/// One line per slice, and its first maps.
#[component]
pub fn ContentsPanel() -> impl IntoView {
    let conductor = conductor();
    let contents = follow(conductor, |view| view.contents().to_vec());
    let has_cells = flag(move || contents.with(|contents| !contents.is_empty()));
    let line = move |contents: &Contents| {
        conductor
            .open(|run| in_words(contents, run))
            .map(|words| view! { <p class="facts">{words}</p> }.into_any())
    };
    let lines = piece(move || {
        contents.with(|contents| contents.iter().filter_map(line).collect::<Vec<_>>()).into_any()
    });
    let rows: Vec<AnyView> = (0..MOST_ROWS).map(|row| first_maps(conductor, row).into_any()).collect();
    let hint = piece(|| {
        view! { <p class="hint">"Nothing of the hypercube: the query is of the test set, or cannot be answered yet."</p> }
            .into_any()
    });
    view! {
        <section class="panel query-contents" aria-label="What the slice holds">
            <h3>"What the slice holds"</h3>
            {lines}
            {when(flag(move || !has_cells.get()), hint)}
            {rows}
        </section>
    }
    .into_any()
}

/// "500 images × layer 3 conv3 × 64 channels of 14×14 × 6 epochs = 37.6 M cells, 75.3 MB".
fn in_words(contents: &Contents, run: &OpenRun) -> String {
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let layers = match contents.layers[..] {
        [layer] => {
            let side = run
                .header
                .shape_at(layer)
                .map_or_else(String::new, |shape| format!(" of {}×{}", shape.height, shape.width));
            let channels = count(contents.channels.len(), "channel");
            format!("layer {layer} {} × {channels}{side}", run.layer_name(layer))
        }
        _ => format!("{} layers", contents.layers.len()),
    };
    let images = count(contents.images.len(), "image");
    let epochs = count(contents.epochs.len(), "epoch");
    let (cells, bytes) = (scaled(contents.cells), scaled(contents.bytes));
    format!("{images} × {layers} × {epochs} = {} cells, {bytes}B", cells.trim_end())
}

/// The maps of a layer: a row of channels per image.
fn first_maps(conductor: Conductor, row: usize) -> impl IntoView {
    let wanted = move || {
        let epoch = shown_epoch(conductor)?;
        conductor.query(|view| view.first_maps(epoch).into_iter().nth(row))
    };
    let is_wanted = flag(move || wanted().is_some_and(|of| of.slice().is_some()));
    let maps = maps(conductor, wanted);
    let failed = has_failed(conductor, wanted);
    let title = text(move || {
        let Some((of, found)) = maps.get() else {
            let words = if failed.get() {
                "The feature maps could not be read. Press Query to try again."
            } else {
                "Reading feature maps …"
            };
            return words.to_owned();
        };
        let name =
            conductor.open(|run| format!("{} {}", of.layer, run.layer_name(of.layer))).unwrap_or_default();
        let ValueRange { low, high } = range(&found, of.layer == 0);
        let (low, high) = (number(low), number(high));
        format!("Layer {name} at epoch {}: first maps, black = {low}, white = {high}", of.epoch)
    });
    let grid = piece(move || maps.get().map_or_else(|| ().into_any(), |(of, found)| grid(&of, &found)));
    when(
        is_wanted,
        piece(move || {
            view! {
                <div class="map-rows">
                    <p class="about">{title}</p>
                    {grid.clone()}
                </div>
            }
            .into_any()
        }),
    )
}

fn grid(of: &MapsOf, maps: &Arc<Maps>) -> AnyView {
    let range = range(maps, of.layer == 0);
    let is_colour = of.layer == 0 && maps.channels == 3;
    let columns = if is_colour { 1 } else { maps.channels };
    let picture = |place: usize, column: usize| -> AnyView {
        let picture = if is_colour { of_input(maps, place) } else { of_channel(maps, place, column, range) };
        let (image_index, channel) = (of.images[place], of.channels[column]);
        let label = format!("image {image_index}, channel {channel}");
        let picture: Signal<Image> = Signal::stored(image(picture));
        let title = label.clone();
        view! { <span class="map" title=title><Pixels image=picture label=Signal::stored(label)/></span> }
            .into_any()
    };
    let row = |place: usize| -> AnyView {
        let pictures: Vec<AnyView> = (0..columns).map(|column| picture(place, column)).collect();
        view! {
            <div class="map-row">
                <span class="map-head">{of.images[place]}</span>
                {pictures}
            </div>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = (0..maps.images.min(of.images.len())).map(row).collect();
    let class = if columns == 1 { "map-grid single" } else { "map-grid" };
    view! { <div class=class>{rows}</div> }.into_any()
}
