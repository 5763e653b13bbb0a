//! One heatmap among others in a row: a button with its picture, its name and a line of numbers.

use leptos::prelude::*;

use crate::app::figures::heat::Heat;
use crate::app::views::paint;
use crate::app::widgets::dynamic::{OnPress, flag};
use crate::app::widgets::{Image, Raster};
use crate::plot::palette::Mode;

/// A pixel per cell, as they stand on screen.
pub fn pixels(heat: &Heat, mode: Mode) -> Image {
    Image {
        width: heat.matrix.columns,
        height: heat.matrix.rows,
        rgba: paint::cells(&heat.values(), heat.range, heat.is_difference, mode),
    }
}

/// The button; it waits while there is no picture.
pub fn small_heat(
    image: Memo<Image>,
    name: Signal<String>,
    numbers: Signal<String>,
    is_pressed: Signal<String>,
    on_press: OnPress,
) -> AnyView {
    let is_waiting = flag(move || image.with(|image| image.rgba.is_empty()));
    view! {
        <li>
            <button class="small-heat" class:waiting=is_waiting aria-pressed=is_pressed on:click=on_press>
                <Raster image=image/>
                <span class="name">{name}</span>
                <span class="hint">{numbers}</span>
            </button>
        </li>
    }
    .into_any()
}
