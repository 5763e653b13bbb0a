//! Which probe images the feature maps are of: thumbnails of a class, pressed to show or to leave out.

use leptos::prelude::*;

use super::tile::{input_image, tile};
use crate::app::conductor::{Conductor, conductor};
use crate::app::session::layer::{LayerState, MAX_IMAGES};
use crate::app::session::{Event, LayerEvent};
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text, when};
use crate::app::widgets::{Choice, Picker};

/// Thumbnails offered of a class.
const OFFERED: usize = 48;

/// The images whose maps are shown.
pub fn chosen(conductor: Conductor) -> Memo<Vec<usize>> {
    Memo::new(move |_| {
        conductor.layer(|state| conductor.open(|run| state.look.images_of(run))).unwrap_or_default()
    })
}

/// The button that opens the choice, and the choice.
pub fn chooser() -> Piece {
    let conductor = conductor();
    let choosing = flag(move || conductor.layer(|state| state.choosing));
    let class = Memo::new(move |_| conductor.layer(|state| state.class));
    let offer = move |class| conductor.apply(Event::Layer(LayerEvent::Offer(class)));
    let toggle = move || offer((!choosing.get_untracked()).then(|| class.get_untracked()));
    let choices = Memo::new(move |_| {
        let classes = conductor.open(|run| run.header.classes.clone()).unwrap_or_default();
        let choice =
            |(index, name): (usize, String)| Choice::new(index.to_string(), format!("label = {name}"));
        classes.into_iter().enumerate().map(choice).collect::<Vec<_>>()
    });
    let value = text(move || class.get().to_string());
    let on_pick = Callback::new(move |value: String| {
        if let Ok(class) = value.parse() {
            offer(Some(class));
        }
    });
    let offered = Memo::new(move |_| {
        let first = |images: &[usize]| images.iter().copied().take(OFFERED).collect::<Vec<_>>();
        conductor.layer(|state: &LayerState| state.maps.images_of(state.class).map(first))
    });
    let thumbnails = piece(move || match offered.get() {
        Some(images) => {
            images.into_iter().map(|image| thumbnail(conductor, image)).collect::<Vec<_>>().into_any()
        }
        None => view! { <p class="hint">"Fetching the images …"</p> }.into_any(),
    });
    let choice = piece(move || {
        view! {
            <div class="image-choice">
                <Picker name="map-class" label="Images of" choices=choices.into() value=value on_pick=on_pick/>
                <p class="hint">{format!("Press images to show or leave out their maps, at most {MAX_IMAGES}.")}</p>
                <div class="thumbnails">{thumbnails.clone()}</div>
            </div>
        }
        .into_any()
    });
    piece(move || {
        let expanded = text(move || choosing.get().to_string());
        view! {
            <button aria-expanded=expanded on:click=press(toggle)>"Choose images"</button>
            {when(choosing, choice.clone())}
        }
        .into_any()
    })
}

fn thumbnail(conductor: Conductor, image: usize) -> AnyView {
    let chosen = chosen(conductor);
    let is_chosen = flag(move || chosen.with(|images| images.contains(&image)));
    let toggle = press(move || conductor.apply(Event::Layer(LayerEvent::Image(image))));
    tile(input_image(image), format!("image {image}"), is_chosen, toggle)
}
