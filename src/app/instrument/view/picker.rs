//! X: a class, an image of it, and what the network says of that image.

use leptos::prelude::*;

use super::{axis, maps, maps_of_layer, wanted};
use crate::app::conductor::Conductor;
use crate::app::figures::maps::MapPicture;
use crate::app::instrument::reading::{percent, reading, short_name};
use crate::app::instrument::tile::{self, Inks};
use crate::app::session::instrument::images_of_class;
use crate::app::session::query::MapsOf;
use crate::app::session::{Event, LayerEvent, LayerLook};
use crate::app::views::mode::mode;
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text};
use crate::app::widgets::{Image, Pixels};
use crate::plot::palette;

/// The column on the left.
pub fn picker(conductor: Conductor) -> AnyView {
    let about = text(move || {
        let n = conductor.open(|run| run.header.probe_images).unwrap_or(0);
        format!("image · {n} kept per epoch")
    });
    view! {
        <div class="picker-column">
            <p class="axis-line">{axis("X")} {about}</p>
            {now(conductor)}
            {chips(conductor)}
            {thumbs(conductor)}
            <div class="read">
                {read(conductor)}
                <p class="read-line"><span class="notation">{notation(conductor)}</span> {pin(conductor)}</p>
            </div>
        </div>
    }
    .into_any()
}

fn class_of_image(conductor: Conductor) -> Memo<Option<usize>> {
    Memo::new(move |_| {
        let image = conductor.selection(|selection| selection.image);
        conductor.open(|run| run.class_of(image)).flatten()
    })
}

fn chips(conductor: Conductor) -> AnyView {
    let names = Memo::new(move |_| conductor.open(|run| run.header.classes.clone()).unwrap_or_default());
    let picked = class_of_image(conductor);
    let mode = mode();
    let chip = move |(class, name): (usize, String)| {
        let pressed = text(move || (picked.get() == Some(class)).to_string());
        let colour = text(move || palette::class(mode(), class).css());
        let on_press = press(move || {
            let image = conductor.peek(|session| session.selection.image);
            if let Some(Some(image)) = conductor.open(|run| run.next_of_class(image, class)) {
                conductor.apply(Event::ImagePicked(image));
            }
        });
        let short = short_name(&name);
        view! {
            <button class="class-chip" aria-pressed=pressed aria-label=format!("class {name}") title=name
                style=("--chip", colour) on:click=on_press translate="no">{short}</button>
        }
        .into_any()
    };
    let chips = piece(move || names.get().into_iter().enumerate().map(chip).collect::<Vec<_>>().into_any());
    view! { <div class="class-chips" role="group" aria-label="Class of the image">{chips}</div> }.into_any()
}

/// Pictures of the class to choose from.
fn thumbs(conductor: Conductor) -> AnyView {
    let class = class_of_image(conductor);
    let shown = maps(conductor, move || {
        let class = class.get()?;
        conductor.open(|run| images_of_class(run, class)).flatten()
    });
    let picked = Memo::new(move |_| conductor.selection(|selection| selection.image));
    let mode = mode();
    let pictures = piece(move || {
        let Some((of, maps)) = shown.get() else { return ().into_any() };
        let thumb = |(place, &image): (usize, &usize)| {
            let pressed = text(move || (picked.get() == image).to_string());
            let maps = maps.clone();
            let picture = Memo::new(move |_| as_image(tile::input(&maps, place, Inks::of(mode()))));
            let label = format!("image {image}");
            let on_press = press(move || conductor.apply(Event::ImagePicked(image)));
            view! {
                <button class="thumb-of-class" aria-pressed=pressed aria-label=label.clone() title=label on:click=on_press>
                    <Pixels image=picture.into() label=Signal::stored(String::new())/>
                </button>
            }
            .into_any()
        };
        of.images.iter().enumerate().map(thumb).collect::<Vec<_>>().into_any()
    });
    view! { <div class="class-images" role="group" aria-label="Images of the class">{pictures}</div> }
        .into_any()
}

/// The picked image, where the instrument is condensed.
fn now(conductor: Conductor) -> AnyView {
    let picture = input_picture(conductor);
    let words = text(move || {
        let class = class_of_image(conductor).get();
        class.map(|class| format!("label {}", class_name(conductor, class))).unwrap_or_default()
    });
    view! {
        <div class="image-now">
            <Pixels image=picture.into() label=Signal::stored("picked image".to_owned())/>
            <span>{words}</span>
        </div>
    }
    .into_any()
}

/// The picked image in ink.
pub fn input_picture(conductor: Conductor) -> Memo<Image> {
    let shown = maps_of_layer(conductor, 0);
    let mode = mode();
    Memo::new(move |_| {
        let picture = shown.with(|shown| Some(tile::input(&shown.as_ref()?.1, 0, Inks::of(mode()))));
        picture.map(as_image).unwrap_or_default()
    })
}

/// A picture for a canvas.
pub fn as_image(picture: MapPicture) -> Image {
    Image { width: picture.width, height: picture.height, rgba: picture.rgba }
}

/// The name of a class.
pub fn class_name(conductor: Conductor, class: usize) -> String {
    conductor.open(|run| run.header.classes.get(class).cloned()).flatten().unwrap_or_default()
}

/// What the network reads.
fn read(conductor: Conductor) -> Piece {
    let last = Memo::new(move |_| conductor.open(|run| run.header.layers.len()).unwrap_or(0));
    let class = class_of_image(conductor);
    piece(move || {
        let last = last.get();
        let shown = maps_of_layer(conductor, last);
        let words = piece(move || {
            // The last maps stay on screen until the next are there: they are no answer to another image.
            let wanted = wanted(conductor, last);
            let is_of_now = |(of, _): &&(MapsOf, _)| wanted.as_ref() == Some(of);
            let read =
                shown.with(|shown| shown.as_ref().filter(is_of_now).and_then(|(_, maps)| reading(maps)));
            let Some(read) = read else { return view! { <p class="read-line">"…"</p> }.into_any() };
            let name = class_name(conductor, read.class);
            let sure = percent(read.probability);
            if class.get() == Some(read.class) {
                view! { <p class="read-line">"Read as " <b>{name}</b> ", " {sure} " sure"</p> }.into_any()
            } else {
                view! { <p class="read-line">"Read as " <b class="wrong">{name}</b> " (" {sure} "): wrong"</p> }
                    .into_any()
            }
        });
        view! { {words} }.into_any()
    })
}

/// The slice that is looked at.
fn notation(conductor: Conductor) -> Signal<String> {
    text(move || {
        let written = conductor.open(|run| {
            conductor.selection(|selection| {
                let epoch = run.epoch_number(selection.epoch_index)?;
                let channels = run.n_channels(selection.layer);
                let channel = if channels > 1 { selection.channel.to_string() } else { "-".to_owned() };
                Some(format!("dCNN({}, {}, {channel}, {epoch})", selection.image, selection.layer))
            })
        });
        written.flatten().unwrap_or_default()
    })
}

/// Keeps this epoch to compare with, or lets go of it.
fn pin(conductor: Conductor) -> AnyView {
    let kept = Memo::new(move |_| conductor.layer(|layer| layer.look.against));
    let is_kept = flag(move || kept.get().is_some());
    let label = text(move || kept.get().map_or_else(|| "pin".to_owned(), |epoch| format!("vs {epoch}")));
    let pressed = text(move || is_kept.get().to_string());
    let on_press = press(move || toggle_pin(conductor));
    view! {
        <button class="pin" aria-pressed=pressed title="Keep this epoch, and compare others with it" on:click=on_press>
            {label}
        </button>
    }
    .into_any()
}

/// Keeps the chosen epoch, or lets go of the one that is kept.
pub fn toggle_pin(conductor: Conductor) {
    let epoch_index = conductor.peek(|session| session.selection.epoch_index);
    let epoch = conductor.peek(|session| session.open.as_ref().and_then(|run| run.epoch_number(epoch_index)));
    let look = conductor.peek(|session| session.layer.look.clone());
    let against = if look.against.is_some() { None } else { epoch };
    conductor.apply(Event::Layer(LayerEvent::Look(LayerLook { against, ..look })));
}
