//! (A) Small multiples: intra-sample entropy of every channel over epochs, a line per class, in one or two layers.

use std::sync::Arc;

use leptos::prelude::*;

use super::brush::{Reference, ink};
use super::channels::{Channels, channels_of};
use super::grid::ChannelGrid;
use crate::app::conductor::conductor;
use crate::app::figures::channels::Order;
use crate::app::figures::titles::Titled;
use crate::app::session::{EntropyScale, Event};
use crate::app::views::layer_picker::layer_choices;
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint, titled, train_hint};
use crate::app::widgets::dynamic::{Piece, flag, piece, text, when};
use crate::app::widgets::{ChartFrame, Choice, Hidden, Legend, LegendEntry, Picker, TableSource};

/// The boxes of the selected layer, and of a second one beside it.
#[component]
pub fn MultiplesPanel() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let hidden: RwSignal<Hidden> = RwSignal::new(Hidden::default());
    let order = RwSignal::new(Order::default());
    let layer = move || conductor.selection(|selection| selection.layer);
    let beside = move || conductor.selection(|selection| selection.beside);
    // The earlier layer stands on the left, whichever of the two is selected: a press in the other one must not
    // make them change places.
    let scale: Signal<EntropyScale> =
        Memo::new(move |_| conductor.selection(|selection| selection.entropy_scale)).into();
    let left = channels_of(move || Some(beside().map_or(layer(), |beside| beside.min(layer()))), scale);
    let right = channels_of(move || beside().map(|beside| beside.max(layer())), scale);
    let both = move || [left.get(), right.get()].into_iter().flatten();
    let highest = Memo::new(move |_| 1.05 * both().map(|channels| channels.highest()).fold(0.1, f64::max));
    let is_filled = flag(move || both().next().is_some());
    let has_two = flag(move || beside().is_some());
    let table: TableSource = Arc::new(move || {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let channels = both().find(|channels| channels.layer == layer())?;
        Some(numbers_table(channels.numbers(channels.at(epoch_index)?)))
    });
    let entries = Memo::new(move |_| {
        let entry = |channels: &Channels, column: usize| LegendEntry {
            label: channels.columns[column].clone(),
            color: paint::css_color(ink(channels, column), mode()),
            dashed: false,
        };
        let reference = |reference: Reference| LegendEntry {
            label: reference.name().to_owned(),
            color: paint::css_color(reference.ink(), mode()),
            dashed: true,
        };
        let of = |channels: Channels| {
            let columns = (0..channels.columns.len()).map(|column| entry(&channels, column));
            columns.chain(Reference::BOTH.map(reference)).collect()
        };
        both().next().map(of).unwrap_or_default()
    });
    let second = piece(move || {
        view! { <ChannelGrid channels=right highest=highest order=order hidden=hidden/> }.into_any()
    });
    let chart = piece(move || {
        view! {
            <Legend entries=entries.into() hidden=hidden/>
            <div class="channel-grids" class:two=has_two>
                <ChannelGrid channels=left highest=highest order=order hidden=hidden/>
                {when(has_two, second.clone())}
            </div>
        }
        .into_any()
    });
    let about = text(move || {
        let what = match scale.get() {
            EntropyScale::Bits => "Bits in one feature map",
            EntropyScale::Share => {
                "Bits in one feature map as a share of the most that a map of its size can have"
            }
        };
        let references: Vec<String> = both().map(|channels| channels.references()).collect();
        format!(
            "{what}, averaged over the probe images of a class: one box per channel, one line per class and a thicker one \
             for all images, all boxes on the same scale. Dashed: the ceiling, and the same channel with random \
             weights. {} Press a box to select its channel and epoch.",
            references.join(" ")
        )
    });
    let promise = "how rich each channel's feature maps are, class by class";
    view! {
        <ChartFrame
            name="intra-sample"
            title="Intra-sample entropy of each channel"
            notation=titled(move || Some(Titled::IntraSample(std::iter::once(layer()).chain(beside()).collect())))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            wide=true
            controls=pickers(order)
            chart=chart
        />
    }
    .into_any()
}

/// Layer, layer beside it, order.
fn pickers(order: RwSignal<Order>) -> Piece {
    let conductor = conductor();
    let layers = Memo::new(move |_| conductor.open(layer_choices).unwrap_or_default());
    let others = Memo::new(move |_| {
        let own = conductor.selection(|selection| selection.layer).to_string();
        let none = std::iter::once(Choice::new("", "none"));
        none.chain(layers.get().into_iter().filter(|choice| choice.value != own)).collect::<Vec<_>>()
    });
    let orders: Vec<Choice> = Order::ALL.map(|order| Choice::new(order.name(), order.name())).to_vec();
    let layer = text(move || conductor.selection(|selection| selection.layer.to_string()));
    let beside = text(move || {
        conductor.selection(|selection| selection.beside.map(|layer| layer.to_string()).unwrap_or_default())
    });
    let sorted = text(move || order.get().name().to_owned());
    let scales = [EntropyScale::Bits, EntropyScale::Share].map(|scale| {
        let words = if scale == EntropyScale::Bits { "bits" } else { "share of the ceiling" };
        Choice::new(scale.name(), words)
    });
    let scale = text(move || conductor.selection(|selection| selection.entropy_scale.name().to_owned()));
    let on_scale = Callback::new(move |value: String| {
        if let Some(picked) = EntropyScale::from_name(&value) {
            conductor.apply(Event::EntropyScalePicked(picked));
        }
    });
    let on_layer = Callback::new(move |value: String| {
        if let Ok(layer) = value.parse() {
            conductor.apply(Event::LayerPicked(layer));
        }
    });
    let on_beside =
        Callback::new(move |value: String| conductor.apply(Event::BesidePicked(value.parse().ok())));
    let on_order = Callback::new(move |value: String| {
        if let Some(picked) = Order::from_name(&value) {
            order.set(picked);
        }
    });
    let pickers = piece(move || {
        let orders = Signal::stored(orders.clone());
        let scales = Signal::stored(scales.to_vec());
        view! {
            <Picker name="layer" label="Layer" choices=layers.into() value=layer on_pick=on_layer/>
            <Picker name="layer-beside" label="Beside it" choices=others.into() value=beside on_pick=on_beside/>
            <Picker name="channel-order" label="Sorted by" choices=orders value=sorted on_pick=on_order/>
            <Picker name="entropy-scale" label="h in" choices=scales value=scale on_pick=on_scale/>
        }
        .into_any()
    });
    when(flag(move || layers.with(|layers| !layers.is_empty())), pickers)
}
