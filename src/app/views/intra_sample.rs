//! Intra-sample entropy of a layer's channels: a small chart per channel.

use std::sync::Arc;

use leptos::prelude::*;

use super::curve_panel::{CurveBox, mode};
use super::curves::cursor;
use super::{TrainHint, numbers_table, paint};
use crate::app::conductor::conductor;
use crate::app::figures::{Curve, CurveChart, intra_sample};
use crate::app::session::{Event, OpenRun};
use crate::app::widgets::dynamic::{flag, piece, text, when};
use crate::app::widgets::{ChartFrame, Choice, Hidden, Legend, LegendEntry, Picker, TableSource};

/// The layers of the open run, as choices.
pub fn layer_choices(run: &OpenRun) -> Vec<Choice> {
    run.layer_labels()
        .into_iter()
        .enumerate()
        .map(|(layer, label)| Choice::new(layer.to_string(), label))
        .collect()
}

/// Small multiples for the selected layer.
#[component]
pub fn IntraSampleView() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let hidden: RwSignal<Hidden> = RwSignal::new(Hidden::default());
    let layer = move || conductor.selection(|selection| selection.layer);
    let charts = Memo::new(move |_| {
        let (cursor, layer) = (cursor(conductor), layer());
        conductor
            .results(|results| conductor.open(|run| intra_sample::charts(run, results, layer, cursor)))
            .unwrap_or_default()
    });
    // An epoch that is not measured yet keeps the boxes of the others on screen.
    let is_filled = flag(move || charts.with(|charts| !charts.is_empty()));
    let table: TableSource = Arc::new(move || {
        let (epoch_index, layer) = conductor.selection(|selection| (selection.epoch_index, selection.layer));
        let numbers = |run: &OpenRun| {
            conductor.results(|results| intra_sample::numbers(run, results, epoch_index, layer))
        };
        conductor.open(numbers).flatten().map(numbers_table)
    });
    let entries = Memo::new(move |_| {
        let entry = |curve: &Curve| LegendEntry {
            label: curve.name.clone(),
            color: paint::css_color(curve.ink, mode()),
            dashed: paint::is_dashed(curve.ink),
        };
        charts.with(|charts| {
            charts.first().map(|chart| chart.curves.iter().map(entry).collect()).unwrap_or_default()
        })
    });
    let choices = Memo::new(move |_| conductor.open(layer_choices).unwrap_or_default());
    let value = text(move || layer().to_string());
    let on_pick = Callback::new(move |value: String| {
        if let Ok(layer) = value.parse() {
            conductor.apply(Event::LayerPicked(layer));
        }
    });
    let picker = piece(move || {
        view! { <Picker name="layer" label="Layer" choices=choices.into() value=value on_pick=on_pick/> }
            .into_any()
    });
    let controls = when(flag(move || choices.with(|choices| !choices.is_empty())), picker);
    let n_channels = Memo::new(move |_| charts.with(Vec::len));
    let boxes = piece(move || {
        let channel_box =
            |channel| view! { <ChannelBox channel=channel charts=charts hidden=hidden/> }.into_any();
        (0..n_channels.get()).map(channel_box).collect::<Vec<_>>().into_any()
    });
    let chart = piece(move || {
        view! {
            <Legend entries=entries.into() hidden=hidden/>
            <div class="multiples">{boxes.clone()}</div>
        }
        .into_any()
    });
    let about = "Bits in one feature map, averaged over the probe images of a class: one box per channel, \
                 one line per class, all boxes on the same scale.";
    let promise = "how rich each channel's feature maps are, class by class";
    view! {
        <ChartFrame
            name="intra-sample"
            title="Intra-sample entropy of each channel"
            notation="h(dCNN(label, l, c, T))"
            about=Signal::stored(about.to_owned())
            is_filled=is_filled
            table=table
            empty=piece(move || view! { <TrainHint what=promise/> }.into_any())
            wide=true
            controls=controls
            chart=chart
        />
    }
    .into_any()
}

#[component]
fn ChannelBox(channel: usize, charts: Memo<Vec<CurveChart>>, hidden: RwSignal<Hidden>) -> impl IntoView {
    let chart = Memo::new(move |_| charts.with(|charts| charts.get(channel).cloned()));
    view! {
        <div class="channel">
            <p>{format!("channel {channel}")}</p>
            <CurveBox label=Signal::stored(format!("Intra-sample entropy of channel {channel}")) chart=chart hidden=hidden small=true/>
        </div>
    }
}
