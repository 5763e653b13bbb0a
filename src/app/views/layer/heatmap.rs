//! Channel capacity between two layers at the selected epoch: a heatmap, lighter for less.

use std::sync::Arc;

use leptos::prelude::*;

use super::controls::controls;
use super::look;
use super::scale::scale_bar;
use super::similar::{Strip, found, marks};
use super::small_heat::pixels;
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::capacity::{as_shown, means, numbers, over, with_unit};
use crate::app::figures::heat::Heat;
use crate::app::figures::titles::Titled;
use crate::app::session::layer::{Channel, ChannelPair, LayerLook};
use crate::app::session::{Capacity, Event, LayerEvent, LayerPair, View};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint, titled, train_hint};
use crate::app::widgets::dynamic::{Piece, flag, piece, text, when};
use crate::app::widgets::{Cell, ChartFrame, Heatmap, Image, Raster, TableSource};

/// A capacity with what it is of.
#[derive(Clone, PartialEq)]
struct Shown {
    run: String,
    pair: LayerPair,
    epoch: u32,
    capacity: Capacity,
    /// Of the epoch to compare with.
    base: Option<Capacity>,
    corrected: bool,
    bins: usize,
}

/// The matrix of the selected pair and epoch; until it is measured, the last one of the pair stays, so that playing
/// through the epochs does not flicker.
fn shown(conductor: Conductor, look: Memo<LayerLook>) -> Memo<Option<Shown>> {
    let chosen = Memo::new(move |_| look.with(|look| (look.against, look.corrected)));
    Memo::new(move |last: Option<&Option<Shown>>| {
        let (pair, epoch_index) = conductor.selection(|selection| (selection.pair, selection.epoch_index));
        let current = conductor.open(|run| {
            let (against, corrected) = chosen.get();
            let base_index = against.and_then(|epoch| run.index_of_epoch(epoch));
            let (capacity, base) = conductor.results(|results| {
                let shown = |capacity: &Capacity| as_shown(capacity, corrected).into_owned();
                match base_index.and_then(|base| results.capacities([epoch_index, base], pair)) {
                    Some([now, then]) => (Some(shown(now)), Some(shown(then))),
                    None => (results.capacity(epoch_index, pair).map(shown), None),
                }
            });
            let epoch = run.epoch_number(epoch_index)?;
            let shown = |capacity| Shown {
                run: run.run.clone(),
                pair,
                epoch,
                capacity,
                base: base.clone(),
                corrected,
                bins: run.header.settings.bins,
            };
            Some((run.run.clone(), capacity.map(shown)))
        });
        let (run, current) = current.flatten()?;
        let same = |last: &Shown| last.run == run && last.pair == pair;
        current.or_else(|| last.and_then(Option::as_ref).filter(|last| same(last)).cloned())
    })
}

/// The heatmap of the selected pair of layers.
#[component]
pub fn CapacityView() -> impl IntoView {
    let (conductor, look, mode) = (conductor(), look(), mode());
    let shown = shown(conductor, look);
    let heat = Memo::new(move |_| {
        shown.with(|shown| {
            let Shown { capacity, base, bins, .. } = shown.as_ref()?;
            Some(look.with(|look| Heat::new(capacity, base.as_ref(), look, *bins)))
        })
    });
    let image = Memo::new(move |_| {
        heat.with(|heat| heat.as_ref().map(|heat| pixels(heat, mode())).unwrap_or_default())
    });
    let is_filled = flag(move || shown.with(Option::is_some));
    let table: TableSource =
        Arc::new(move || heat.with(|heat| heat.as_ref().map(|heat| numbers_table(numbers(&heat.matrix)))));
    let chart = piece(move || chart(conductor, look, shown, heat, image));
    let promise = "which channels of two layers carry the same information";
    view! {
        <ChartFrame
            name="capacity"
            title="Channel capacity between two layers"
            notation=titled(move || {
                let epoch = shown.with(|shown| shown.as_ref().map(|shown| shown.epoch));
                Some(look.with(|look| Titled::Capacity { measure: look.measure, against: look.against, epoch }))
            })
            about=about(conductor, shown)
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            picture=true
            controls=controls()
            chart=chart
        />
    }
    .into_any()
}

fn about(conductor: Conductor, shown: Memo<Option<Shown>>) -> Signal<String> {
    text(move || {
        let meaning = "How much the images' distances in one channel tell about those in another";
        let said = |shown: &Shown| {
            let (mean, chance) = means(&shown.capacity);
            let selected = conductor.selection(|selection| selection.epoch_index);
            let epoch = conductor.open(|run| run.epoch_number(selected)).flatten();
            let late = match epoch.filter(|&epoch| epoch != shown.epoch) {
                Some(epoch) => format!(" Epoch {epoch} is being measured; this is epoch {}.", shown.epoch),
                None => String::new(),
            };
            format!(
                "{meaning}: {mean:.3} bit on average; shuffled images give {chance:.3} bit by chance. Over {}{}.{late}",
                over(shown.capacity.counted),
                if shown.corrected { ", corrected for bias (Miller–Madow)" } else { "" }
            )
        };
        shown.with(|shown| shown.as_ref().map(said)).unwrap_or_else(|| format!("{meaning}, in bits."))
    })
}

fn chart(
    conductor: Conductor,
    look: Memo<LayerLook>,
    shown: Memo<Option<Shown>>,
    heat: Memo<Option<Heat>>,
    image: Memo<Image>,
) -> AnyView {
    let describe = Callback::new(move |Cell { row, column }| {
        let said = |shown: &Shown, heat: &Heat| {
            look.with(|look| heat.describe(&shown.capacity, shown.pair, look, (row, column)))
        };
        shown.with(|shown| heat.with(|heat| Some(said(shown.as_ref()?, heat.as_ref()?)))).unwrap_or_default()
    });
    let pair_at = move |Cell { row, column }| {
        let pair = shown.with_untracked(|shown| shown.as_ref().map(|shown| shown.pair))?;
        let (a, b) = heat.with_untracked(|heat| heat.as_ref()?.channels_at(row, column))?;
        let channel = |layer, channel| Channel { layer, channel };
        Some(ChannelPair { a: channel(pair.a, a), b: channel(pair.b, b) })
    };
    let on_pick = Callback::new(move |cell: Cell| {
        if let Some(pair) = pair_at(cell) {
            conductor.apply(Event::Layer(LayerEvent::Cell(Some(pair))));
            if conductor.peek(|session| session.selection.view) != View::Layer {
                conductor.apply(Event::ViewPicked(View::Layer));
            }
        }
    });
    let picked = Memo::new(move |_| {
        let ChannelPair { a, b } = look.with(|look| look.cell)?;
        let (row, column) = heat.with(|heat| heat.as_ref()?.place_of(a.channel, b.channel))?;
        shown
            .with(|shown| {
                shown.as_ref().is_some_and(|shown| (shown.pair.a, shown.pair.b) == (a.layer, b.layer))
            })
            .then_some(Cell { row, column })
    });
    let label = move |which: &'static str, layer: fn(LayerPair) -> usize| {
        text(move || {
            let pair = conductor.selection(|selection| selection.pair);
            let name = conductor.open(|run| run.layer_label(layer(pair)));
            name.map(|name| format!("{which}: channels of {name}")).unwrap_or_default()
        })
    };
    let (rows, columns) = (label("rows", |pair| pair.b), label("columns", |pair| pair.a));
    let title = text(move || {
        format!(
            "Channel capacity, {}; {}. Arrow keys move, Enter shows feature maps.",
            columns.get(),
            rows.get()
        )
    });
    let found = found(conductor, look);
    let (row_marks, column_marks) = (marks(heat, found, false), marks(heat, found, true));
    view! {
        <div class="capacity-grid">
            <span class="rows">{rows}</span>
            <Strip image=row_marks upright=true/>
            <Heatmap
                image=image
                label=title
                describe=describe
                on_pick=on_pick
                picked=picked
                overlay=hatching(heat)
            />
            <Strip image=column_marks upright=false/>
            <span class="columns-label">{columns}</span>
        </div>
        {legend(look, heat)}
    }
    .into_any()
}

/// Lines over the cells that are not above chance.
fn hatching(heat: Memo<Option<Heat>>) -> Piece {
    let image = Memo::new(move |_| {
        let lines = |heat: &Heat| paint::hatching(&heat.hatched, heat.matrix.rows, heat.matrix.columns);
        heat.with(|heat| heat.as_ref().map(lines).unwrap_or_default())
    });
    let is_hatched = flag(move || image.with(|image| !image.rgba.is_empty()));
    let lines = piece(move || view! { <div class="hatching"><Raster image=image/></div> }.into_any());
    when(is_hatched, lines)
}

fn legend(look: Memo<LayerLook>, heat: Memo<Option<Heat>>) -> AnyView {
    let end = move |high: bool| {
        text(move || {
            let value = |heat: &Heat| {
                let value = if high { heat.range.high } else { heat.range.low };
                let sign = if heat.is_difference && high { "+" } else { "" };
                format!("{sign}{}", with_unit(value, look.with(|look| look.measure)))
            };
            heat.with(|heat| heat.as_ref().map(value).unwrap_or_default())
        })
    };
    let (low, high) = (end(false), end(true));
    let is_difference = flag(move || heat.with(|heat| heat.as_ref().is_some_and(|heat| heat.is_difference)));
    let words = text(move || {
        let is_own = look.with(|look| look.own_scale);
        let scale =
            if is_own { "the scale of this matrix alone" } else { "the same scale at every epoch and layer" };
        let hatched = if look.with(|look| look.hatch) { "; hatched: not above chance" } else { "" };
        format!("{}: {scale}{hatched}", look.with(|look| look.measure.notation()))
    });
    scale_bar(low, high, is_difference, words)
}
