//! One feature map among others: a button with its picture.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::feature_maps::{Picture, input_picture, picture};
use crate::app::session::layer::Channel;
use crate::app::widgets::dynamic::{OnPress, flag, text};
use crate::app::widgets::{Image, Raster};
use crate::plot::raster::ValueRange;

/// The number of the selected epoch.
pub fn epoch(conductor: Conductor) -> Option<u32> {
    let index = conductor.selection(|selection| selection.epoch_index);
    conductor.open(|run| run.epoch_number(index)).flatten()
}

fn image(picture: Option<Picture>) -> Image {
    picture.map(|Picture { width, height, rgba }| Image { width, height, rgba }).unwrap_or_default()
}

/// The pixels of a channel's map, on the scale of all maps on screen; empty until they are there.
pub fn map_image(channel: Channel, of: usize, range: Memo<Option<ValueRange>>) -> Memo<Image> {
    let conductor = conductor();
    Memo::new(move |_| {
        let pixels = || {
            let (epoch, range) = (epoch(conductor)?, range.get()?);
            conductor.layer(|state| {
                conductor.open(|run| picture(run, &state.maps, epoch, channel, of, range)).flatten()
            })
        };
        image(pixels())
    })
}

/// The pixels of a probe image.
pub fn input_image(of: usize) -> Memo<Image> {
    let conductor = conductor();
    Memo::new(move |_| {
        image(conductor.layer(|state| conductor.open(|run| input_picture(run, &state.maps, of)).flatten()))
    })
}

/// A picture that can be pressed.
pub fn tile(image: Memo<Image>, label: String, is_pressed: Signal<bool>, on_press: OnPress) -> AnyView {
    let is_waiting = flag(move || image.with(|image| image.rgba.is_empty()));
    let pressed = text(move || is_pressed.get().to_string());
    view! {
        <button class="map-tile" class:waiting=is_waiting aria-label=label.clone() title=label aria-pressed=pressed on:click=on_press>
            <Raster image=image/>
        </button>
    }
    .into_any()
}
