//! C: the channels of the picked layer in a row, where they are unfolded.

use leptos::prelude::*;

use super::picker::as_image;
use super::{axis, maps_of_layer};
use crate::app::conductor::Conductor;
use crate::app::instrument::tile::{self, Inks};
use crate::app::session::Event;
use crate::app::session::previews::ShownMaps;
use crate::app::views::mode::mode;
use crate::app::widgets::Pixels;
use crate::app::widgets::dynamic::{flag, piece, press, text, when};

/// Nothing while they are folded.
pub fn channels(conductor: Conductor) -> AnyView {
    let is_open = flag(move || conductor.instrument(|instrument| instrument.is_open));
    let layer = Memo::new(move |_| conductor.selection(|selection| selection.layer));
    let row = piece(move || {
        let layer = layer.get();
        let n_channels = conductor.open(|run| run.n_channels(layer)).unwrap_or(0);
        let shown = n_channels.min(crate::app::session::instrument::MAX_CHANNELS);
        let maps = maps_of_layer(conductor, layer);
        let top =
            Memo::new(move |_| maps.with(|shown| shown.as_ref().map_or(1.0, |(_, maps)| tile::top(maps))));
        let one = |channel: usize| channel_button(conductor, (layer, channel), maps, top);
        let buttons: Vec<AnyView> = (0..shown).map(one).collect();
        let more = (n_channels > shown).then(|| format!("{} more", n_channels - shown));
        view! {
            <div class="instrument-channels">
                <span class="axis-line">{axis("C")}</span>
                <div class="channels-scroll" role="group" aria-label="Channels of the layer">{buttons} {more}</div>
            </div>
        }
        .into_any()
    });
    view! { {when(is_open, row)} }.into_any()
}

fn channel_button(
    conductor: Conductor,
    (layer, channel): (usize, usize),
    shown: Memo<Option<ShownMaps>>,
    top: Memo<f64>,
) -> AnyView {
    let mode = mode();
    let picture = Memo::new(move |_| {
        let picture = shown.with(|shown| {
            let (_, maps) = shown.as_ref()?;
            let inks = Inks::of(mode());
            if layer == 0 {
                return Some(tile::input(maps, 0, inks));
            }
            Some(tile::in_ink(maps.map(0, channel), maps.width, top.get(), inks))
        });
        picture.map(as_image).unwrap_or_default()
    });
    let pressed = text(move || (conductor.selection(|selection| selection.channel) == channel).to_string());
    let on_press = press(move || conductor.apply(Event::ChannelPicked { layer, channel }));
    let label = format!("channel {channel}");
    view! {
        <button class="one-channel" aria-pressed=pressed aria-label=label.clone() title=label on:click=on_press>
            <Pixels image=picture.into() label=Signal::stored(String::new())/>
            {channel.to_string()}
        </button>
    }
    .into_any()
}
