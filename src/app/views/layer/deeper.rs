//! One layer against every deeper one: small heatmaps in a row on one scale, and their means and maxima as a curve.

use std::sync::Arc;

use leptos::prelude::*;

use super::depth_curve::DepthCurve;
use super::look;
use super::small_heat::{pixels, small_heat};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::capacity::as_shown;
use crate::app::figures::depth::{Depth, Extent};
use crate::app::figures::heat::Heat;
use crate::app::figures::titles::Titled;
use crate::app::session::layer::LayerLook;
use crate::app::session::{Event, LayerPair, OpenRun};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{choose, flag, piece, press, text};
use crate::app::widgets::{ChartFrame, TableSource};

/// The row and the curve in their frame.
#[component]
pub fn DeeperView() -> impl IntoView {
    let (conductor, look) = (conductor(), look());
    let at = move || conductor.selection(|selection| (selection.epoch_index, selection.pair));
    let depth = Memo::new(move |_| {
        let (epoch_index, pair) = at();
        let corrected = look.with(|look| look.corrected);
        let of = |run: &OpenRun| {
            conductor.results(|results| Depth::of(run, results, epoch_index, pair.a, corrected))
        };
        conductor.open(of)
    });
    let is_measured = |depth: &Depth| depth.points.iter().any(|(_, extent)| extent.is_some());
    let is_filled = flag(move || depth.with(|depth| depth.as_ref().is_some_and(is_measured)));
    let table: TableSource = Arc::new(move || {
        let numbers = |run: &OpenRun| depth.with(|depth| depth.as_ref().map(|depth| depth.numbers(run)));
        conductor.open(numbers).flatten().map(numbers_table)
    });
    let layers = Memo::new(move |_| {
        let layers = |depth: &Depth| depth.points.iter().map(|(layer, _)| *layer).collect::<Vec<_>>();
        depth.with(|depth| depth.as_ref().map(layers).unwrap_or_default())
    });
    let about = text(move || {
        let name = |run: &OpenRun| format!("{} {}", at().1.a, run.layer_name(at().1.a));
        let from = conductor.open(name).unwrap_or_default();
        if layers.with(Vec::is_empty) {
            format!("No layer lies deeper than {from}: choose an earlier one as the first layer.")
        } else {
            format!("From layer {from} to every deeper one, lighter for less. Press one to see it large.")
        }
    });
    let row = piece(move || {
        let one = |layer| small(conductor, look, depth, layer);
        layers.get().into_iter().map(one).collect::<Vec<_>>().into_any()
    });
    let chart = piece(move || {
        view! {
            <ul class="heat-row">{row.clone()}</ul>
            <DepthCurve depth=depth/>
        }
        .into_any()
    });
    let is_deepest = flag(move || conductor.open(|_| ()).is_some() && layers.with(Vec::is_empty));
    let hint = piece(|| view! { <p>"Choose an earlier first layer for the heatmap above."</p> }.into_any());
    let promise = "how much of a layer's information reaches each deeper one";
    let train = train_hint(promise);
    view! {
        <ChartFrame
            name="capacity-depth"
            title="From one layer to every deeper one"
            notation=titled(|| Some(Titled::Deeper))
            about=about
            is_filled=is_filled
            table=table
            empty=choose(is_deepest, hint, train)
            wide=true
            chart=chart
        />
    }
    .into_any()
}

/// One small heatmap; a press makes it the one on top.
fn small(conductor: Conductor, look: Memo<LayerLook>, depth: Memo<Option<Depth>>, layer: usize) -> AnyView {
    let mode = mode();
    let pair = move || LayerPair { a: conductor.selection(|selection| selection.pair.a), b: layer };
    let image = Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let bins = conductor.open(|run| run.header.settings.bins).unwrap_or(32);
        // Small heatmaps are compared with each other: none has a scale, or a past, of its own.
        let look = LayerLook { own_scale: false, hatch: false, ..look.get() };
        let heat = conductor.results(|results| {
            let capacity = as_shown(results.capacity(epoch_index, pair())?, look.corrected);
            Some(Heat::new(&capacity, None, &look, bins))
        });
        heat.map(|heat| pixels(&heat, mode())).unwrap_or_default()
    });
    let extent = Memo::new(move |_| {
        depth.with(|depth| {
            let points = &depth.as_ref()?.points;
            points.iter().find(|(other, _)| *other == layer).and_then(|(_, extent)| *extent)
        })
    });
    let name =
        text(move || conductor.open(|run| format!("{layer} {}", run.layer_name(layer))).unwrap_or_default());
    let numbers = text(move || match extent.get() {
        Some(Extent { mean, maximum, .. }) => format!("mean {mean:.3}, max {maximum:.3} bit"),
        None => "being measured …".to_owned(),
    });
    let is_open = text(move || (conductor.selection(|selection| selection.pair.b) == layer).to_string());
    let open = press(move || conductor.apply(Event::PairPicked(untrack(pair))));
    small_heat(image, name, numbers, is_open, open)
}
