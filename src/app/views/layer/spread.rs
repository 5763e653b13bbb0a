//! Inter-sample entropy as layer × epoch, and class by class in a small chart per layer.

use std::sync::Arc;

use leptos::prelude::*;

use super::{change, look};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::matrix::Matrix;
use crate::app::figures::titles::Titled;
use crate::app::figures::{Curve, CurveChart, number, spread};
use crate::app::session::layer::SpreadOf;
use crate::app::session::{Event, Live, OpenRun};
use crate::app::views::class_picker::PickedClass;
use crate::app::views::curve_box::CurveBox;
use crate::app::views::epoch_axis::{cursor, scale};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint, titled, train_hint};
use crate::app::widgets::dynamic::{flag, piece, text};
use crate::app::widgets::{
    Cell, ChartFrame, Choice, Heatmap, Hidden, Image, Legend, LegendEntry, Raster, Segmented, TableSource,
};

/// The heatmap, then the small charts.
#[component]
pub fn SpreadView() -> impl IntoView {
    let conductor = conductor();
    let picked = PickedClass::new();
    let class = Memo::new(move |_| picked.class());
    let look = look();
    let of = Memo::new(move |_| look.with(|look| look.spread_of));
    let matrix = Memo::new(move |_| {
        let matrix =
            |run: &OpenRun| conductor.results(|results| spread::matrix(run, results, of.get(), class.get()));
        conductor.open(matrix).unwrap_or_default()
    });
    let is_filled = flag(move || matrix.with(|matrix| matrix.values.iter().any(|value| value.is_finite())));
    let table: TableSource = Arc::new(move || {
        let numbers =
            |run: &OpenRun| conductor.results(|results| spread::numbers(run, results, of.get(), class.get()));
        conductor.open(numbers).map(numbers_table)
    });
    let class_picker = picked.picker("spread-class");
    let controls = piece(move || {
        view! {
            {sets(conductor, of)}
            {class_picker.clone()}
        }
        .into_any()
    });
    let chart = piece(move || {
        view! {
            {heatmap(conductor, of, class, matrix)}
            {boxes(conductor, of)}
        }
        .into_any()
    });
    let about = text(move || {
        let sets = conductor.open(|run| spread::sets_in_words(run, of.get())).unwrap_or_default();
        let waits = conductor.live(Live::is_busy) && of.get() != SpreadOf::Test;
        let waits = if waits { " What is of training images is measured after training." } else { "" };
        format!(
            "H − log₂(N·k): bits above the value of equal weights on k neighbours each, so that classes with fewer images \
             can be compared. {sets}{waits} Below, the same for every class, a box per layer."
        )
    });
    let promise = "where and when the images spread out";
    view! {
        <ChartFrame
            name="inter-sample-map"
            title="Inter-sample entropy, layer by epoch"
            notation=titled(move || Some(Titled::InterSample(of.get(), class.get())))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            picture=true
            wide=true
            controls=controls
            chart=chart
        />
    }
    .into_any()
}

/// Whose entropies are shown.
fn sets(conductor: Conductor, of: Memo<SpreadOf>) -> AnyView {
    let choices = SpreadOf::ALL.map(|of| Choice::new(of.name(), of.label())).to_vec();
    let value = text(move || of.get().name().to_owned());
    let on_pick = Callback::new(move |name: String| {
        if let Some(of) = SpreadOf::from_name(&name) {
            change(conductor, |look| look.spread_of = of);
        }
    });
    view! { <Segmented name="spread-of" label="Images" choices=choices value=value on_pick=on_pick/> }
        .into_any()
}

fn heatmap(
    conductor: Conductor,
    of: Memo<SpreadOf>,
    class: Memo<Option<usize>>,
    matrix: Memo<Matrix>,
) -> AnyView {
    let mode = mode();
    let image = Memo::new(move |_| {
        matrix.with(|matrix| Image {
            width: matrix.columns,
            height: matrix.rows,
            rgba: paint::cells(
                &matrix.values,
                spread::range(matrix, of.get()),
                of.get() == SpreadOf::Both,
                mode(),
            ),
        })
    });
    let describe = Callback::new(move |Cell { row, column }| {
        let said = |run: &OpenRun| {
            conductor.results(|results| spread::describe(run, results, of.get(), class.get(), (column, row)))
        };
        conductor.open(said).unwrap_or_default()
    });
    let on_pick = Callback::new(move |cell: Cell| conductor.apply(Event::EpochPicked(cell.column)));
    let end = move |high: bool| {
        text(move || {
            let range = matrix.with(|matrix| spread::range(matrix, of.get()));
            format!("{} bit", number(if high { range.high } else { range.low }))
        })
    };
    let (low, high) = (end(false), end(true));
    let colours = Memo::new(move |_| paint::scale(of.get() == SpreadOf::Both, mode()));
    let label =
        "Inter-sample entropy, rows are layers, columns are epochs. Arrow keys move, Enter picks the epoch.";
    view! {
        <div class="capacity-grid spread-grid">
            <span class="rows">"layer, the input on top"</span>
            <div class="strip upright bare"></div>
            <Heatmap image=image label=Signal::stored(label.to_owned()) describe=describe on_pick=on_pick/>
            <span class="columns-label">"recorded epoch"</span>
        </div>
        <div class="scale">
            <span>{low}</span>
            <Raster image=colours/>
            <span>{high}</span>
        </div>
    }
    .into_any()
}

fn boxes(conductor: Conductor, of: Memo<SpreadOf>) -> AnyView {
    let mode = mode();
    let hidden: RwSignal<Hidden> = RwSignal::new(Hidden::default());
    let highlighted: RwSignal<Option<usize>> = RwSignal::new(None);
    let scale = scale(conductor);
    let charts = Memo::new(move |_| {
        let cursor = cursor(conductor);
        let boxes =
            |run: &OpenRun| conductor.results(|results| spread::boxes(run, results, of.get(), cursor));
        let boxes = conductor.open(boxes).unwrap_or_default().into_iter();
        boxes.map(|chart| chart.along(scale.get())).collect::<Vec<_>>()
    });
    let entries = Memo::new(move |_| {
        let entry = |curve: &Curve| LegendEntry {
            label: curve.name.clone(),
            color: paint::css_color(curve.ink, mode()),
            dashed: paint::is_dashed(curve.ink),
        };
        let of_first = |chart: &CurveChart| chart.curves.iter().map(entry).collect();
        charts.with(|charts| charts.first().map(of_first).unwrap_or_default())
    });
    let n_layers = Memo::new(move |_| charts.with(Vec::len));
    let boxes = piece(move || {
        let layer_box = |layer: usize| {
            let chart = Memo::new(move |_| charts.with(|charts| charts.get(layer).cloned()));
            let name = conductor.open(|run| format!("{layer} {}", run.layer_name(layer))).unwrap_or_default();
            let label = Signal::stored(format!("Inter-sample entropy of layer {name}, class by class"));
            view! {
                <div class="spread-box">
                    <p>{name}</p>
                    <CurveBox label=label chart=chart hidden=hidden highlighted=highlighted small=true/>
                </div>
            }
            .into_any()
        };
        (0..n_layers.get()).map(layer_box).collect::<Vec<_>>().into_any()
    });
    view! {
        <Legend entries=entries.into() hidden=hidden highlighted=highlighted/>
        <div class="spread-boxes">{boxes}</div>
    }
    .into_any()
}
