//! The pair of layers on screen at several epochs: small heatmaps in a row on one scale, all in the order of the epoch
//! on screen. A press goes to that epoch.

use std::sync::Arc;

use leptos::prelude::*;

use super::scale::scale_bar;
use super::small_heat::{pixels, small_heat};
use super::{change, look};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::capacity::with_unit;
use crate::app::figures::epoch_row::{EpochRow, mean};
use crate::app::figures::exact;
use crate::app::figures::titles::Titled;
use crate::app::session::layer::{LayerLook, epochs_listed};
use crate::app::session::{Event, OpenRun};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{Piece, flag, piece, press, text, when};
use crate::app::widgets::{ChartFrame, Field, TableSource};

/// The row in its frame.
#[component]
pub fn EpochRowView() -> impl IntoView {
    let (conductor, look) = (conductor(), look());
    let row = Memo::new(move |_| {
        let (pair, chosen) = conductor.selection(|selection| (selection.pair, selection.epoch_index));
        let of = |run: &OpenRun| {
            conductor.results(|results| look.with(|look| EpochRow::of(run, results, pair, chosen, look)))
        };
        conductor.open(of)
    });
    let is_filled = flag(move || row.with(|row| row.as_ref().is_some_and(EpochRow::is_measured)));
    let table: TableSource =
        Arc::new(move || row.with(|row| row.as_ref().map(|row| numbers_table(row.numbers()))));
    let epochs = Memo::new(move |_| {
        let numbers = |row: &EpochRow| row.steps.iter().map(|step| step.epoch).collect::<Vec<_>>();
        row.with(|row| row.as_ref().map(numbers).unwrap_or_default())
    });
    let about = Signal::stored(
        "The first layer lies across, the second down. One scale for all, and the order of the epoch on screen. Press one \
         to go to its epoch."
            .to_owned(),
    );
    let items = piece(move || {
        let one = |epoch| step(conductor, look, row, epoch);
        epochs.get().into_iter().map(one).collect::<Vec<_>>().into_any()
    });
    let chart = piece(move || {
        view! {
            <ul class="heat-row">{items.clone()}</ul>
            {legend(look, row)}
        }
        .into_any()
    });
    view! {
        <ChartFrame
            name="capacity-row"
            title="The same pair at chosen epochs"
            notation=titled(move || Some(Titled::CapacityRow(look.with(|look| look.measure), epochs.get())))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint("how the heatmap changes while the network learns")
            pictures="small-heat"
            wide=true
            controls=picker(conductor, look)
            chart=chart
        />
    }
    .into_any()
}

fn joined(epochs: &[u32]) -> String {
    epochs.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn step(conductor: Conductor, look: Memo<LayerLook>, row: Memo<Option<EpochRow>>, epoch: u32) -> AnyView {
    let mode = mode();
    let image = Memo::new(move |_| {
        row.with(|row| {
            let step = row.as_ref()?.steps.iter().find(|step| step.epoch == epoch)?;
            Some(pixels(step.heat.as_ref()?, mode()))
        })
        .unwrap_or_default()
    });
    let index = move || conductor.open(|run| run.index_of_epoch(epoch)).flatten();
    let numbers = text(move || {
        let pair = conductor.selection(|selection| selection.pair);
        let found = index().and_then(|index| {
            conductor.results(|results| look.with(|look| mean(results, index, pair, look)))
        });
        found.map_or_else(|| "being measured …".to_owned(), |mean| format!("mean {}", exact(mean)))
    });
    let is_chosen =
        text(move || (index() == Some(conductor.selection(|selection| selection.epoch_index))).to_string());
    let go = press(move || {
        if let Some(index) = untrack(index) {
            conductor.apply(Event::EpochPicked(index));
        }
    });
    small_heat(image, Signal::stored(format!("epoch {epoch}")), numbers, is_chosen, go)
}

fn legend(look: Memo<LayerLook>, row: Memo<Option<EpochRow>>) -> AnyView {
    let high = text(move || {
        let high = row.with(|row| row.as_ref().map_or(0.0, |row| row.range.high));
        with_unit(high, look.with(|look| look.measure))
    });
    let low = text(move || with_unit(0.0, look.with(|look| look.measure)));
    let words = text(move || {
        let scale = if look.with(|look| look.own_scale) { "to the largest of these" } else { "fixed" };
        format!("{}: one scale for all epochs, {scale}", look.with(|look| look.measure.notation()))
    });
    scale_bar(low, high, Signal::stored(false), words)
}

/// A line of epoch numbers; empty for the usual ones.
fn picker(conductor: Conductor, look: Memo<LayerLook>) -> Piece {
    let typed: RwSignal<Option<String>> = RwSignal::new(None);
    let shown = Memo::new(move |_| {
        let epochs = |run: &OpenRun| look.with(|look| joined(&look.epochs_of(run)));
        conductor.open(epochs).unwrap_or_default()
    });
    let error = text(move || {
        let wrong = |run: &OpenRun| typed.with(|typed| epochs_listed(typed.as_ref()?, run).err());
        conductor.open(wrong).flatten().unwrap_or_default()
    });
    let value = text(move || typed.get().unwrap_or_else(|| shown.get()));
    let on_text = Callback::new(move |text: String| {
        let listed = untrack(|| conductor.open(|run| epochs_listed(&text, run)));
        typed.set(Some(text));
        if let Some(Ok(epochs)) = listed {
            change(conductor, |look| look.epochs = epochs);
        }
    });
    let is_open = flag(move || conductor.open(|_| ()).is_some());
    let field = piece(move || {
        let usual = press(move || {
            typed.set(None);
            change(conductor, |look| look.epochs.clear());
        });
        view! {
            <Field name="epoch-row" label="Epochs" keyboard="text" suggestions=&[] value=value error=error
                disabled=Signal::stored(false) on_text=on_text/>
            <button class="quiet" title="The first, two between, the last" on:click=usual>"Usual epochs"</button>
        }
        .into_any()
    });
    when(is_open, field)
}
