//! What does the network see? The picked image, and what each channel of the picked layer makes of it.

use leptos::prelude::*;

use crate::app::conductor::Conductor;
use crate::app::instrument::tile::{self, Inks};
use crate::app::instrument::view::{as_image, input_picture, maps_of_layer};
use crate::app::overview::findings::{self, Finding};
use crate::app::session::{Event, OpenRun};
use crate::app::views::mode::mode;
use crate::app::widgets::dynamic::{piece, press, text};
use crate::app::widgets::{Image, Pixels};

/// Most channels that are shown.
const MOST: usize = 64;

fn layer(conductor: Conductor) -> usize {
    conductor.selection(|selection| selection.layer)
}

/// The sentence.
pub fn finding(conductor: Conductor) -> Memo<Finding> {
    Memo::new(move |_| {
        conductor.selection(|selection| {
            let of_run = |run: &OpenRun| {
                let bits = |results: &crate::app::session::Results| {
                    results.intra_sample(selection.epoch_index, selection.layer).cloned()
                };
                findings::seen(run, selection, conductor.results(bits).as_ref())
            };
            conductor.open(of_run).unwrap_or_default()
        })
    })
}

/// The picture and the maps.
pub fn figure(conductor: Conductor) -> AnyView {
    let layer = Memo::new(move |_| layer(conductor));
    let caption = text(move || {
        let of_run = |run: &OpenRun| {
            let shape = run.shape_of(0);
            let image = conductor.selection(|selection| selection.image);
            let class = run.class_of(image).and_then(|class| run.header.classes.get(class).cloned());
            format!("input, {} × {} pixels, label {}", shape.height, shape.width, class.unwrap_or_default())
        };
        conductor.open(of_run).unwrap_or_default()
    });
    let maps = piece(move || {
        let layer = layer.get();
        if layer == 0 {
            return ().into_any();
        }
        grid(conductor, layer)
    });
    let below = text(move || {
        let layer = layer.get();
        let epoch = conductor.selection(|selection| selection.epoch_index);
        let of_run = |run: &OpenRun| {
            let (name, epoch) = (run.layer_name(layer), run.epoch_number(epoch).unwrap_or(0));
            if layer == 0 {
                return String::new();
            }
            format!(
                "{layer} {name} at epoch {epoch}, strongest first · below each: channel number, entropy of its maps of this \
                 class in bits · more ink is a stronger response"
            )
        };
        conductor.open(of_run).unwrap_or_default()
    });
    view! {
        <div class="seen">
            <figure class="seen-input">
                <Pixels image=input_picture(conductor).into() label=caption/>
                <figcaption>{caption}</figcaption>
            </figure>
            <div class="seen-arrow" aria-hidden="true">"→"</div>
            <div class="seen-maps" role="group" aria-label="Channels of the layer">{maps}</div>
        </div>
        <p class="caption">{below}</p>
    }
    .into_any()
}

/// The order is that of the maps on screen; a place of the grid shows whichever channel comes there.
fn grid(conductor: Conductor, layer: usize) -> AnyView {
    let shown = maps_of_layer(conductor, layer);
    let order = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().map(|(_, maps)| tile::strongest(maps, None)).unwrap_or_default())
    });
    let top = Memo::new(move |_| shown.with(|shown| shown.as_ref().map_or(1.0, |(_, maps)| tile::top(maps))));
    let n_channels = conductor.open(|run| run.n_channels(layer)).unwrap_or(0);
    let mode = mode();
    let place = |place: usize| {
        let channel = Memo::new(move |_| order.with(|order| order.get(place).copied()));
        let picture = Memo::new(move |_| {
            let of_maps = || {
                let channel = channel.get()?;
                shown.with(|shown| {
                    let (_, maps) = shown.as_ref()?;
                    Some(as_image(tile::in_ink(
                        maps.map(0, channel),
                        maps.width,
                        top.get(),
                        Inks::of(mode()),
                    )))
                })
            };
            of_maps().unwrap_or_else(Image::default)
        });
        let number = text(move || channel.get().map(|channel| channel.to_string()).unwrap_or_default());
        let bits = text(move || {
            let found = channel.get().and_then(|channel| bits_of(conductor, layer, channel));
            found.map(|bits| format!("{bits:.1}")).unwrap_or_default()
        });
        let pressed = text(move || {
            let picked = conductor.selection(|selection| selection.channel);
            (channel.get() == Some(picked)).to_string()
        });
        let on_press = press(move || {
            if let Some(channel) = channel.get_untracked() {
                conductor.apply(Event::ChannelPicked { layer, channel });
            }
        });
        view! {
            <button class="seen-map" aria-pressed=pressed on:click=on_press>
                <Pixels image=picture.into() label=Signal::stored(String::new())/>
                <span class="seen-words"><b><span class="visually-hidden">"channel "</span>{number}</b> <span>{bits}<span class="visually-hidden">" bits"</span></span></span>
            </button>
        }
        .into_any()
    };
    (0..n_channels.min(MOST)).map(place).collect::<Vec<_>>().into_any()
}

/// The entropy of a channel's maps over the images of the picked image's class.
fn bits_of(conductor: Conductor, layer: usize, channel: usize) -> Option<f64> {
    let (epoch_index, image) = conductor.selection(|selection| (selection.epoch_index, selection.image));
    let class = conductor.open(|run| run.class_of(image)).flatten()?;
    conductor.results(|results| {
        let bits = results.intra_sample(epoch_index, layer)?;
        bits.values.get(channel * bits.shape.get(1)? + class).copied().filter(|bits| bits.is_finite())
    })
}
