//! Similar filters of a layer: found, listed, marked beside the heatmap; their feature maps on a press.

use std::sync::Arc;

use leptos::prelude::*;

use super::{change, look};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::heat::Heat;
use crate::app::figures::similar::{self, Counts, Similar, counts, find, group_name, list, numbers};
use crate::app::figures::titles::Titled;
use crate::app::session::layer::{Channel, LayerLook};
use crate::app::session::{Event, LayerEvent, LayerPair, OpenRun};
use crate::app::views::curve_panel::CurvePanel;
use crate::app::views::epoch_axis::{cursor, scale};
use crate::app::views::mode::mode;
use crate::app::views::muting::{is_idle, mute_now};
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{flag, piece, press, text};
use crate::app::widgets::{ChartFrame, Choice, Image, Range, Raster, Segmented, TableSource};
use crate::plot::palette;

fn threshold(look: &LayerLook) -> f64 {
    f64::from(look.similar) / 100.0
}

/// Among the channels of which layer is sought, and from which share in common on.
fn sought(conductor: Conductor, look: Memo<LayerLook>) -> Memo<(usize, f64)> {
    Memo::new(move |_| {
        let pair = conductor.selection(|selection| selection.pair);
        look.with(|look| (if look.of_columns { pair.a } else { pair.b }, threshold(look)))
    })
}

/// What is found at the selected epoch; `None` until it is measured.
pub fn found(conductor: Conductor, look: Memo<LayerLook>) -> Memo<Option<Similar>> {
    let sought = sought(conductor, look);
    let epoch_index = Memo::new(move |_| conductor.selection(|selection| selection.epoch_index));
    Memo::new(move |_| {
        let (layer, threshold) = sought.get();
        conductor.results(|results| {
            let own = results.capacity(epoch_index.get(), LayerPair { a: layer, b: layer })?;
            Some(find(own, &results.channel_states(epoch_index.get(), layer)?, threshold))
        })
    })
}

/// A pixel per row, or per column, of the heatmap: the colour of its group, nothing for channels without.
pub fn marks(heat: Memo<Option<Heat>>, found: Memo<Option<Similar>>, of_columns: bool) -> Memo<Image> {
    let (look, mode) = (look(), mode());
    Memo::new(move |_| {
        if look.with(|look| look.of_columns) != of_columns {
            return Image::default();
        }
        let channels = heat.with(|heat| {
            let arrangement = &heat.as_ref()?.arrangement;
            Some(if of_columns { arrangement.columns.clone() } else { arrangement.rows.clone() })
        });
        found.with(|found| match (found, channels) {
            (Some(found), Some(channels)) if !found.groups.is_empty() => {
                let colour = |channel| found.group_of(channel).map(|group| palette::class(mode(), group));
                let rgba = channels.iter().flat_map(|&channel| match colour(channel) {
                    Some(colour) => [colour.0[0], colour.0[1], colour.0[2], 255],
                    None => [0; 4],
                });
                let (width, height) = if of_columns { (channels.len(), 1) } else { (1, channels.len()) };
                Image { width, height, rgba: rgba.collect() }
            }
            _ => Image::default(),
        })
    })
}

/// The marks along one side of the heatmap.
#[component]
pub fn Strip(
    /// A pixel per channel.
    image: Memo<Image>,
    /// Along the rows.
    upright: bool,
) -> impl IntoView {
    let is_empty = flag(move || image.with(|image| image.rgba.is_empty()));
    view! {
        <div class="strip" class:upright=upright class:bare=is_empty>
            <Raster image=image/>
        </div>
    }
    .into_any()
}

/// The list of groups, and how many filters are redundant over epochs.
#[component]
pub fn SimilarView() -> impl IntoView {
    let (conductor, look) = (conductor(), look());
    let (found, sought) = (found(conductor, look), sought(conductor, look));
    let is_filled = flag(move || found.with(Option::is_some));
    let about = text(move || {
        let (layer, threshold) = sought.get();
        let meaning = format!(
            "Channels of which every two share at least {:.0} % of the larger entropy: s(a, b) = I(a; b) / max(H(a), H(b)).",
            100.0 * threshold
        );
        let said = |found: &Similar| {
            let n = conductor.open(|run| run.shape_of(layer).channels).unwrap_or(0);
            let (redundant, dead, constant) = (found.redundant(), found.dead.len(), found.constant.len());
            format!(
                "{meaning} Layer {layer}: {redundant} of {n} filters are redundant, {dead} dead (silent for every image), \
                 {constant} constant (the same for every image)."
            )
        };
        found.with(|found| found.as_ref().map(said)).unwrap_or(meaning)
    });
    let table: TableSource = Arc::new(move || {
        let (layer, _) = sought.get();
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let numbers = conductor.results(|results| {
            let own = results.capacity(epoch_index, LayerPair { a: layer, b: layer })?;
            found.with(|found| Some(numbers(found.as_ref()?, own)))
        });
        numbers.map(numbers_table)
    });
    let chart = piece(move || groups(conductor, sought, found));
    let promise = "which filters of a layer say nearly the same";
    view! {
        <ChartFrame
            name="similar-filters"
            title="Similar filters"
            notation=titled(move || Some(Titled::Similar(sought.get().0)))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            controls=piece(move || controls(conductor, look))
            chart=chart
        />
        {redundant_curve(conductor, sought)}
    }
    .into_any()
}

fn controls(conductor: Conductor, look: Memo<LayerLook>) -> AnyView {
    let sides = vec![Choice::new("columns", "First layer"), Choice::new("rows", "Second layer")];
    let side = text(move || if look.with(|look| look.of_columns) { "columns" } else { "rows" }.to_owned());
    let on_side =
        Callback::new(move |side: String| change(conductor, |look| look.of_columns = side == "columns"));
    let value: Signal<u32> = Memo::new(move |_| look.with(|look| u32::from(look.similar))).into();
    let words = text(move || format!("{} % in common", value.get()));
    let on_slide = Callback::new(move |percent: u32| change(conductor, |look| look.similar = percent as u8));
    view! {
        <Segmented name="similar-side" label="Among" quiet=true choices=sides value=side on_pick=on_side/>
        <Range name="similar-threshold" label="At least" ends=(5, 100) value=value words=words on_slide=on_slide/>
    }
    .into_any()
}

fn groups(conductor: Conductor, sought: Memo<(usize, f64)>, found: Memo<Option<Similar>>) -> AnyView {
    let mode = mode();
    let button = move |layer: usize, index: usize, channels: Vec<usize>| {
        let colour = palette::class(mode(), index).css();
        let words = format!("{}: channels {}", group_name(index), list(&channels));
        let features = channels.clone();
        let mute = press(move || mute_now(conductor, layer, features.clone()));
        let is_busy = flag(move || !is_idle(conductor, layer));
        let show = press(move || {
            let channels = channels.iter().map(|&channel| Channel { layer, channel }).collect();
            conductor.apply(Event::Layer(LayerEvent::Group(channels)));
        });
        view! {
            <li class="group-item">
                <button class="group" title="Show their feature maps" on:click=show>
                    <span class="swatch" style:color=colour aria-hidden="true"></span>
                    {words}
                </button>
                <button class="quiet" prop:disabled=is_busy aria-label=format!("Mute this group: {}", group_name(index))
                    title="Evaluate the network with these channels set to zero" on:click=mute>"Mute this group"</button>
            </li>
        }
        .into_any()
    };
    let items = piece(move || {
        let (layer, _) = sought.get();
        let Similar { groups, dead, constant } = found.get().unwrap_or_default();
        let none =
            groups.is_empty().then(|| view! { <li class="hint">"No two channels share that much."</li> });
        let silent =
            [("dead", dead), ("constant", constant)].into_iter().filter(|(_, channels)| !channels.is_empty());
        let silent = silent.map(|(name, channels)| {
            view! { <li class="hint">{format!("{name}: channels {}", list(&channels))}</li> }.into_any()
        });
        let silent = silent.collect::<Vec<_>>();
        let buttons = groups.into_iter().enumerate().map(|(index, channels)| button(layer, index, channels));
        view! { {buttons.collect::<Vec<_>>()} {none} {silent} }.into_any()
    });
    view! { <ul class="groups">{items}</ul> }.into_any()
}

fn redundant_curve(conductor: Conductor, sought: Memo<(usize, f64)>) -> AnyView {
    let scale = scale(conductor);
    let counted = Memo::new(move |last: Option<&Option<Counts>>| {
        let last = last.and_then(Option::as_ref);
        let (layer, threshold) = sought.get();
        let count = |run: &OpenRun| conductor.results(|results| counts(last, run, results, layer, threshold));
        conductor.open(count)
    });
    let chart = Memo::new(move |_| {
        let curves = |run: &OpenRun| {
            counted.with(|counted| {
                Some(similar::chart(run, counted.as_ref()?, cursor(conductor)).along(scale.get()))
            })
        };
        conductor.open(curves).flatten()
    });
    let about = text(move || {
        let (layer, _) = sought.get();
        format!(
            "Filters of layer {layer} that could go while every group keeps one, filters that are silent for every image, and \
             filters whose map is the same for every image."
        )
    });
    view! {
        <CurvePanel name="redundant-filters" title="Redundant filters" notation=titled(move || Some(Titled::Redundant(sought.get().0))) about=about
            promise="how many filters say what another says already" chart=chart/>
    }
    .into_any()
}
