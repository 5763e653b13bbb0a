//! Whole layers: what each tells about each other at the selected epoch as a matrix, and the picked pair over epochs.

use std::sync::Arc;

use leptos::prelude::*;

use super::scale::scale_bar;
use super::{change, look};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::number;
use crate::app::figures::titles::Titled;
use crate::app::figures::whole_layers::{OverEpochs, WholeLayers, by_epoch, over_epochs};
use crate::app::session::layer::{CapacityMeasure, LayerLook};
use crate::app::session::{Event, LayerPair, OpenRun};
use crate::app::views::curve_panel::CurvePanel;
use crate::app::views::epoch_axis::{cursor, scale};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint, titled, train_hint};
use crate::app::widgets::dynamic::{flag, piece, text};
use crate::app::widgets::{Cell, ChartFrame, Choice, Heatmap, Image, Raster, Segmented, TableSource};

/// The matrix and the curves in their frames.
#[component]
pub fn WholeLayersView() -> impl IntoView {
    let (conductor, look) = (conductor(), look());
    let layers = Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        conductor.open(|run| conductor.results(|results| WholeLayers::of(run, results, epoch_index)))
    });
    let is_filled = flag(move || layers.with(|layers| layers.as_ref().is_some_and(WholeLayers::is_measured)));
    let table: TableSource = Arc::new(move || {
        let numbers = |run: &OpenRun| layers.with(|layers| Some(layers.as_ref()?.numbers(run)));
        conductor.open(numbers).flatten().map(numbers_table)
    });
    let about = Signal::stored(
        "How much the images' distances over all of one layer tell about those over all of another; all pairs of probe \
         images are counted. On the diagonal H of the layer, the most any other can tell about it. Press a cell to \
         choose its pair of layers."
            .to_owned(),
    );
    let chart = piece(move || chart(conductor, look, layers));
    view! {
        <ChartFrame
            name="layer-capacity"
            title="Mutual information between whole layers (the paper: channel capacity)"
            notation=titled(move || Some(Titled::WholeLayers(look.with(|look| look.whole))))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint("how much of one layer another one tells")
            picture=true
            controls=piece(move || controls(conductor, look))
            chart=chart
        />
        {curves(conductor)}
    }
    .into_any()
}

fn words(measure: CapacityMeasure) -> &'static str {
    if measure == CapacityMeasure::BGivenA { "H(row | column)" } else { measure.notation() }
}

fn controls(conductor: Conductor, look: Memo<LayerLook>) -> AnyView {
    let choices =
        CapacityMeasure::OF_WHOLE.map(|measure| Choice::new(measure.name(), words(measure))).to_vec();
    let value = text(move || look.with(|look| look.whole).name().to_owned());
    let on_pick = Callback::new(move |name: String| {
        if let Some(measure) = CapacityMeasure::from_name(&name) {
            change(conductor, |look| look.whole = measure);
        }
    });
    view! { <Segmented name="whole-measure" label="Measure" quiet=true choices=choices value=value on_pick=on_pick/> }
        .into_any()
}

fn chart(conductor: Conductor, look: Memo<LayerLook>, layers: Memo<Option<WholeLayers>>) -> AnyView {
    let mode = mode();
    let picture = move |of_chance: bool| {
        Memo::new(move |_| {
            let pixels = |layers: &WholeLayers| {
                look.with(|look| {
                    let matrix = if of_chance { layers.chance() } else { layers.matrix(look) };
                    let rgba = paint::cells(&matrix.values, layers.range(look), false, mode());
                    Image { width: layers.n, height: layers.n, rgba }
                })
            };
            layers.with(|layers| layers.as_ref().map(pixels).unwrap_or_default())
        })
    };
    let describe = Callback::new(move |Cell { row, column }| {
        let said = |run: &OpenRun| layers.with(|layers| Some(layers.as_ref()?.describe(run, row, column)));
        conductor.open(said).flatten().unwrap_or_default()
    });
    let on_pick = Callback::new(move |Cell { row, column }| {
        conductor.apply(Event::PairPicked(LayerPair { a: column, b: row }));
    });
    let picked = Memo::new(move |_| {
        let LayerPair { a, b } = conductor.selection(|selection| selection.pair);
        Some(Cell { row: b, column: a })
    });
    let title = text(|| {
        "Mutual information between whole layers: the first across, the second down. Arrow keys move, Enter picks the pair."
            .to_owned()
    });
    let ticks = piece(move || {
        let n = layers.with(|layers| layers.as_ref().map_or(0, |layers| layers.n));
        let tick = |layer: usize| view! { <span>{layer.to_string()}</span> }.into_any();
        (0..n).map(tick).collect::<Vec<_>>().into_any()
    });
    let names = text(move || {
        let last = |run: &OpenRun| {
            let last = run.header.layers.len();
            format!("0 {} … {last} {}", run.layer_name(0), run.layer_name(last))
        };
        let layers = conductor.open(last).unwrap_or_default();
        format!("a: first layer, across; b: second layer, down; {layers}")
    });
    view! {
        <div class="whole-layers">
            <div class="whole-grid">
                <div class="ticks upright" aria-hidden="true">{ticks.clone()}</div>
                <Heatmap image=picture(false) label=title describe=describe on_pick=on_pick picked=picked/>
                <div class="ticks level" aria-hidden="true">{ticks}</div>
            </div>
            <div class="whole-chance">
                <Raster image=picture(true)/>
                <span class="hint">"I by chance: images of one layer shuffled, same scale"</span>
            </div>
        </div>
        <p class="hint">{names}</p>
        {legend(look, layers)}
    }
    .into_any()
}

fn legend(look: Memo<LayerLook>, layers: Memo<Option<WholeLayers>>) -> AnyView {
    let high = text(move || {
        let high = |layers: &WholeLayers| look.with(|look| layers.range(look).high);
        format!("{} bit", number(layers.with(|layers| layers.as_ref().map_or(0.0, high))))
    });
    let words = text(move || {
        let measure = words(look.with(|look| look.whole));
        let scale = if look.with(|look| look.own_scale) {
            "the scale of this matrix alone"
        } else {
            "the same scale at every epoch, to what the bins can hold"
        };
        format!("{measure}: {scale}")
    });
    scale_bar(Signal::stored("0 bit".to_owned()), high, Signal::stored(false), words)
}

fn curves(conductor: Conductor) -> AnyView {
    let pair = Memo::new(move |_| conductor.selection(|selection| selection.pair));
    let found = Memo::new(move |last: Option<&Option<OverEpochs>>| {
        let last = last.and_then(Option::as_ref);
        let of_pair = |run: &OpenRun| conductor.results(|results| by_epoch(last, run, results, pair.get()));
        conductor.open(of_pair)
    });
    let scale = scale(conductor);
    let chart = Memo::new(move |_| {
        let curves = |run: &OpenRun| {
            let drawn = |found: &OverEpochs| over_epochs(run, found, cursor(conductor)).along(scale.get());
            found.with(|found| found.as_ref().map(drawn))
        };
        conductor.open(curves).flatten()
    });
    let about = text(move || {
        let name =
            |layer| conductor.open(|run| format!("{layer} {}", run.layer_name(layer))).unwrap_or_default();
        let LayerPair { a, b } = pair.get();
        format!(
            "a = {}, b = {}, each as a whole; dashed: I by chance, one layer's images shuffled.",
            name(a),
            name(b)
        )
    });
    view! {
        <CurvePanel name="layer-capacity-epochs" title="Two whole layers over epochs" 
            notation=titled(|| Some(Titled::WholeOverEpochs)) about=about promise="how what one layer tells about another changes while the network learns" chart=chart/>
    }
    .into_any()
}
