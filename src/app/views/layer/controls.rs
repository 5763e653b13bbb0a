//! What the heatmap shows and in which order: layers, measure, sorting, scale, hatching, the epoch to compare with.

use leptos::prelude::*;

use super::{change, look};
use crate::app::conductor::conductor;
use crate::app::session::layer::{CapacityMeasure, LayerLook, SortOrder};
use crate::app::session::{Event, LayerPair};
use crate::app::views::layer_picker::layer_picker;
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text, when};
use crate::app::widgets::{Choice, Picker, Segmented};

/// All of them, while a run is open.
pub fn controls() -> Piece {
    let conductor = conductor();
    let is_open = flag(move || conductor.open(|_| ()).is_some());
    let all = piece(|| {
        view! {
            {layers()}
            {measure()}
            {order("sort-rows", "Sort rows", |look| look.rows, |look, order| look.rows = order)}
            {order("sort-columns", "Sort columns", |look| look.columns, |look, order| look.columns = order)}
            {against()}
            {scale()}
            {hatch()}
            {correction()}
        }
        .into_any()
    });
    when(is_open, all)
}

fn layers() -> AnyView {
    let conductor = conductor();
    let pair = move || conductor.selection(|selection| selection.pair);
    let pick = move |change: fn(LayerPair, usize) -> LayerPair| {
        move |layer| conductor.apply(Event::PairPicked(change(untrack(pair), layer)))
    };
    let first = layer_picker(
        "layer-a",
        "First layer (across)",
        move || pair().a,
        pick(|pair, a| LayerPair { a, ..pair }),
    );
    let second = layer_picker(
        "layer-b",
        "Second layer (down)",
        move || pair().b,
        pick(|pair, b| LayerPair { b, ..pair }),
    );
    view! { {first} {second} }.into_any()
}

fn measure() -> AnyView {
    let (conductor, look) = (conductor(), look());
    let choices =
        CapacityMeasure::ALL.map(|measure| Choice::new(measure.name(), measure.notation())).to_vec();
    let value = text(move || look.with(|look| look.measure.name().to_owned()));
    let on_pick = Callback::new(move |name: String| {
        if let Some(measure) = CapacityMeasure::from_name(&name) {
            change(conductor, |look| look.measure = measure);
        }
    });
    view! { <Segmented name="capacity-measure" label="Measure" quiet=true choices=choices value=value on_pick=on_pick/> }
        .into_any()
}

fn order(
    name: &'static str,
    label: &'static str,
    of: fn(&LayerLook) -> SortOrder,
    set: fn(&mut LayerLook, SortOrder),
) -> AnyView {
    let (conductor, look) = (conductor(), look());
    let choices = SortOrder::ALL.map(|order| Choice::new(order.name(), order.label())).to_vec();
    let value = text(move || look.with(of).name().to_owned());
    let on_pick = Callback::new(move |name: String| {
        if let Some(order) = SortOrder::from_name(&name) {
            change(conductor, |look| set(look, order));
        }
    });
    view! { <Picker name=name label=label choices=Signal::stored(choices) value=value on_pick=on_pick/> }
        .into_any()
}

fn against() -> AnyView {
    let (conductor, look) = (conductor(), look());
    let choices = Memo::new(move |_| {
        let epochs =
            conductor.open(|run| run.epochs.iter().map(|epoch| epoch.metrics.epoch).collect::<Vec<_>>());
        let choice = |epoch: u32| Choice::new(epoch.to_string(), format!("epoch {epoch}"));
        let none = std::iter::once(Choice::new("none", "nothing"));
        none.chain(epochs.unwrap_or_default().into_iter().map(choice)).collect::<Vec<_>>()
    });
    let value = text(move || {
        look.with(|look| look.against.map_or_else(|| "none".to_owned(), |epoch| epoch.to_string()))
    });
    let on_pick =
        Callback::new(move |value: String| change(conductor, |look| look.against = value.parse().ok()));
    view! { <Picker name="capacity-against" label="Change since" choices=choices.into() value=value on_pick=on_pick/> }
        .into_any()
}

fn scale() -> AnyView {
    let (conductor, look) = (conductor(), look());
    let choices = vec![Choice::new("own", "Automatic"), Choice::new("fixed", "Fixed")];
    let value = text(move || if look.with(|look| look.own_scale) { "own" } else { "fixed" }.to_owned());
    let on_pick =
        Callback::new(move |value: String| change(conductor, |look| look.own_scale = value == "own"));
    view! { <Segmented name="capacity-scale" label="Range" quiet=true choices=choices value=value on_pick=on_pick/> }
        .into_any()
}

fn hatch() -> AnyView {
    let (conductor, look) = (conductor(), look());
    let pressed = text(move || look.with(|look| look.hatch).to_string());
    let toggle = press(move || change(conductor, |look| look.hatch = !look.hatch));
    view! { <button class="toggle" aria-pressed=pressed on:click=toggle>"Hatch what is not above chance"</button> }
        .into_any()
}

fn correction() -> AnyView {
    let (conductor, look) = (conductor(), look());
    let pressed = text(move || look.with(|look| look.corrected).to_string());
    let toggle = press(move || change(conductor, |look| look.corrected = !look.corrected));
    view! { <button class="toggle" aria-pressed=pressed on:click=toggle>"Correct for bias (Miller–Madow)"</button> }
        .into_any()
}
