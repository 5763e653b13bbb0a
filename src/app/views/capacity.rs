//! Channel capacity between two layers at the selected epoch: a heatmap, lighter for less.

use std::sync::Arc;

use leptos::prelude::*;

use super::curve_panel::mode;
use super::intra_sample::layer_choices;
use super::{TrainHint, numbers_table, paint};
use crate::app::conductor::conductor;
use crate::app::figures::capacity::{describe, maximum, means, numbers, size};
use crate::app::session::{Event, LayerPair};
use crate::app::widgets::dynamic::{Piece, flag, piece, text, when};
use crate::app::widgets::{Cell, ChartFrame, Heatmap, Image, Picker, TableSource};

/// The heatmap of the selected pair of layers.
#[component]
pub fn CapacityView() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let pair = move || conductor.selection(|selection| selection.pair);
    let capacity = move || {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        conductor.results(|results| results.capacity(epoch_index, pair()).cloned())
    };
    let top = move || capacity().as_ref().map_or(0.0, maximum);
    let image = Memo::new(move |_| {
        let Some(capacity) = capacity() else { return Image::default() };
        let (height, width) = size(&capacity);
        Image { width, height, rgba: paint::raster(&capacity.capacity.values, maximum(&capacity), mode()) }
    });
    let scale = Memo::new(move |_| {
        let steps: Vec<f64> = (0..64).map(|step| f64::from(step) / 63.0).collect();
        Image { width: 64, height: 1, rgba: paint::raster(&steps, 1.0, mode()) }
    });
    let is_filled = flag(move || capacity().is_some());
    let table: TableSource = Arc::new(move || capacity().map(|capacity| numbers_table(numbers(&capacity))));
    let about = text(move || {
        let meaning = "How much the images' distances in one channel tell about those in another";
        match capacity().as_ref().map(means) {
            None => format!("{meaning}, in bits."),
            Some((mean, chance)) => {
                format!(
                    "{meaning}: {mean:.3} bit on average; shuffled images give {chance:.3} bit by chance."
                )
            }
        }
    });
    let describe = Callback::new(move |Cell { row, column }| {
        capacity().map(|capacity| describe(&capacity, pair(), row, column)).unwrap_or_default()
    });
    let label = move |which: &'static str, layer: fn(LayerPair) -> usize| {
        text(move || {
            conductor
                .open(|run| format!("{which}: channels of {}", run.layer_label(layer(pair()))))
                .unwrap_or_default()
        })
    };
    let (rows, columns) = (label("rows", |pair| pair.a), label("columns", |pair| pair.b));
    let title = text(move || format!("Channel capacity, {}; {}", rows.get(), columns.get()));
    let top_text = text(move || format!("{:.3} bit", top()));
    let chart = piece(move || {
        view! {
            <div class="heatmap-axes">
                <span class="rows">{rows}</span>
                <Heatmap image=image label=title describe=describe/>
                <span class="columns-label">{columns}</span>
            </div>
            <div class="scale">
                <span>"0"</span>
                <Swatch image=scale/>
                <span>{top_text}</span>
            </div>
        }
        .into_any()
    });
    let promise = "which channels of two layers carry the same information";
    view! {
        <ChartFrame
            name="capacity"
            title="Channel capacity between two layers"
            notation="I(dCNN(-, a, -, t); dCNN(-, b, -, t))"
            about=about
            is_filled=is_filled
            table=table
            empty=piece(move || view! { <TrainHint what=promise/> }.into_any())
            picture=true
            controls=pickers()
            chart=chart
        />
    }
    .into_any()
}

#[component]
fn Swatch(image: Memo<Image>) -> impl IntoView {
    use crate::app::widgets::heatmap::put;
    let node = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            // Without its swatch the scale still has its numbers.
            let _ = image.with(|image| put(&canvas, image));
        }
    });
    view! { <canvas node_ref=node aria-hidden="true"></canvas> }
}

fn pickers() -> Piece {
    let conductor = conductor();
    let choices = Memo::new(move |_| conductor.open(layer_choices).unwrap_or_default());
    let pair = move || conductor.selection(|selection| selection.pair);
    let pick = move |change: fn(LayerPair, usize) -> LayerPair| {
        Callback::new(move |value: String| {
            if let Ok(layer) = value.parse() {
                conductor.apply(Event::PairPicked(change(untrack(pair), layer)));
            }
        })
    };
    let (on_a, on_b) = (pick(|pair, a| LayerPair { a, ..pair }), pick(|pair, b| LayerPair { b, ..pair }));
    let a = text(move || pair().a.to_string());
    let b = text(move || pair().b.to_string());
    let pickers = piece(move || {
        view! {
            <Picker name="layer-a" label="Rows" choices=choices.into() value=a on_pick=on_a/>
            <Picker name="layer-b" label="Columns" choices=choices.into() value=b on_pick=on_b/>
        }
        .into_any()
    });
    when(flag(move || choices.with(|choices| !choices.is_empty())), pickers)
}
