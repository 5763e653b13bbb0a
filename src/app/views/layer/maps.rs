//! Feature maps of the picked and pinned channels under each other, beside the inputs, on one scale; one of them large.

use std::sync::Arc;

use leptos::prelude::*;

use super::images::{chooser, chosen};
use super::tile::{epoch, input_image, map_image, tile};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::Numbers;
use crate::app::figures::feature_maps::{Stack, describe_pixel, known_of, range, stacks};
use crate::app::figures::titles::Titled;
use crate::app::figures::{exact, number};
use crate::app::session::layer::Channel;
use crate::app::session::{Event, LayerEvent};
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text, when};
use crate::app::widgets::{Cell, ChartFrame, Heatmap, Image, TableSource};
use crate::plot::raster::ValueRange;

/// The map that is shown large.
type Zoomed = RwSignal<Option<(Channel, usize)>>;

/// What all tiles follow.
#[derive(Clone, Copy)]
struct Board {
    conductor: Conductor,
    range: Memo<Option<ValueRange>>,
    images: Memo<Vec<usize>>,
    zoomed: Zoomed,
}

/// The maps in their frame.
#[component]
pub fn MapsView() -> impl IntoView {
    let conductor = conductor();
    let stacks = Memo::new(move |_| {
        conductor.layer(|state| conductor.open(|run| stacks(run, state))).unwrap_or_default()
    });
    let images = chosen(conductor);
    let range = Memo::new(move |_| {
        let epoch = epoch(conductor)?;
        stacks.with(|stacks| {
            images.with(|images| conductor.layer(|state| range(&state.maps, epoch, stacks, images)))
        })
    });
    let board = Board { conductor, range, images, zoomed: RwSignal::new(None) };
    let is_filled = flag(move || stacks.with(|stacks| !stacks.is_empty()));
    let about = text(move || match range.get() {
        Some(ValueRange { low, high }) => format!(
            "One scale for all maps: black is {}, white is {}. Press a map to see its pixels large.",
            number(low),
            number(high)
        ),
        None => "What both channels of a cell make of the same images, beside the images.".to_owned(),
    });
    let table: TableSource = Arc::new(move || Some(numbers_table(numbers_of(board, &stacks.get()))));
    let chart = piece(move || {
        let all = piece(move || {
            let stacks = stacks.get();
            stacks.iter().map(|stack| stack_view(board, stack)).collect::<Vec<_>>().into_any()
        });
        view! {
            <div class="stacks">{all}</div>
            {zoom(board)}
        }
        .into_any()
    });
    let is_open = flag(move || conductor.open(|_| ()).is_some());
    let hint = piece(|| {
        view! {
            <p>
                "Click a cell of the heatmap, or move there with the arrow keys and press Enter: the feature maps of \
                 both channels will stand here."
            </p>
        }
        .into_any()
    });
    let promise = "what two channels make of the same images";
    let train = train_hint(promise);
    view! {
        <ChartFrame
            name="feature-maps"
            title="Feature maps side by side"
            notation=titled(move || {
                let channels = |stacks: &Vec<Stack>| stacks.iter().flat_map(|stack| stack.channels.clone()).collect();
                Some(Titled::FeatureMaps(stacks.with(channels), images.get()))
            })
            about=about
            is_filled=is_filled
            table=table
            empty=choose(is_open, hint, train)
            wide=true
            controls=when(is_filled, chooser())
            chart=chart
        />
    }
    .into_any()
}

/// Mean and maximum of every map on screen.
fn numbers_of(board: Board, stacks: &[Stack]) -> Numbers {
    let columns = ["layer", "channel", "image", "mean", "maximum"];
    let epoch = epoch(board.conductor).unwrap_or_default();
    let row = |channel: Channel, image: usize| {
        let (sum, n, most) = board.conductor.layer(|state| {
            let values = state.maps.map(epoch, channel, image).unwrap_or_default().iter();
            values.fold((0.0, 0_u32, f64::NAN), |(sum, n, most), &value| {
                (sum + f64::from(value), n + 1, f64::max(most, f64::from(value)))
            })
        });
        let numbers = [channel.layer, channel.channel, image].map(|index| index.to_string());
        numbers.into_iter().chain([exact(sum / f64::from(n)), exact(most)]).collect()
    };
    let channels = stacks.iter().flat_map(|stack| stack.channels.iter().copied());
    let images = board.images.get();
    Numbers {
        columns: columns.map(str::to_owned).to_vec(),
        rows: channels.flat_map(|channel| images.iter().map(move |&image| row(channel, image))).collect(),
    }
}

fn stack_view(board: Board, stack: &Stack) -> AnyView {
    let conductor = board.conductor;
    let pair = stack.pair;
    let known = text(move || {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        pair.map(|pair| conductor.results(|results| known_of(results, epoch_index, pair))).unwrap_or_default()
    });
    let tell = move |event: LayerEvent| press(move || conductor.apply(Event::Layer(event.clone())));
    let button =
        |label: &'static str, event| view! { <button class="quiet" on:click=tell(event)>{label}</button> };
    let buttons = match (pair, stack.pinned) {
        (Some(pair), true) => view! { {button("Unpin", LayerEvent::Pin(pair))} }.into_any(),
        (Some(pair), false) => view! {
            {button("Pin to compare", LayerEvent::Pin(pair))}
            {button("Close", LayerEvent::Cell(None))}
        }
        .into_any(),
        (None, _) => view! { {button("Close", LayerEvent::Group(Vec::new()))} }.into_any(),
    };
    let channels = stack.channels.clone();
    let rows = piece(move || {
        let images = board.images.get();
        let inputs =
            images.iter().map(|&image| view! { <figure class="input">{input(image)}</figure> }.into_any());
        let of_channel = |&channel: &Channel| row(board, channel, &images);
        view! {
            <div class="map-row">
                <span class="row-name">"input"</span>
                {inputs.collect::<Vec<_>>()}
            </div>
            {channels.iter().map(of_channel).collect::<Vec<_>>()}
        }
        .into_any()
    });
    view! {
        <section class="stack" class:pinned=stack.pinned>
            <div class="stack-head">
                <h4>{stack.title.clone()}</h4>
                <div class="tools">{buttons}</div>
            </div>
            <p class="hint">{known}</p>
            <div class="scroll">{rows}</div>
        </section>
    }
    .into_any()
}

fn input(image: usize) -> AnyView {
    use crate::app::widgets::Raster;
    let conductor = crate::app::conductor::conductor();
    let caption = text(move || {
        let class = conductor.layer(|state| state.maps.class_of(image));
        let name =
            class.and_then(|class| conductor.open(|run| run.header.classes.get(class).cloned()).flatten());
        name.map_or_else(|| format!("image {image}"), |name| format!("image {image}: {name}"))
    });
    view! {
        <Raster image=input_image(image)/>
        <figcaption class="hint">{caption}</figcaption>
    }
    .into_any()
}

fn row(board: Board, channel: Channel, images: &[usize]) -> AnyView {
    let Board { conductor, range, zoomed, .. } = board;
    let name = conductor.open(|run| run.layer_name(channel.layer).to_owned()).unwrap_or_default();
    let of_image = |&image: &usize| {
        let is_zoomed = flag(move || zoomed.get() == Some((channel, image)));
        let toggle = press(move || {
            let this = Some((channel, image));
            zoomed.update(|zoomed| *zoomed = if *zoomed == this { None } else { this });
        });
        let label = format!("layer {} channel {}, image {image}", channel.layer, channel.channel);
        tile(map_image(channel, image, range), label, is_zoomed, toggle)
    };
    let tiles = images.iter().map(of_image).collect::<Vec<_>>();
    view! {
        <div class="map-row">
            <span class="row-name">{format!("{} {name}, channel {}", channel.layer, channel.channel)}</span>
            {tiles}
        </div>
    }
    .into_any()
}

/// The chosen map large beside its image: every pixel has its value.
fn zoom(board: Board) -> Piece {
    let Board { conductor, range, zoomed, .. } = board;
    let is_zoomed = flag(move || zoomed.with(Option::is_some));
    let large = piece(move || {
        let Some((channel, image)) = zoomed.get() else { return ().into_any() };
        let pixel = move |channel: Channel| {
            Callback::new(move |Cell { row, column }| {
                let Some(epoch) = epoch(conductor) else { return Vec::new() };
                let said = conductor.layer(|state| {
                    conductor
                        .open(|run| describe_pixel(run, &state.maps, epoch, channel, image, (row, column)))
                });
                said.unwrap_or_default()
            })
        };
        let one = |title: String, pixels: Memo<Image>, channel: Channel| {
            view! {
                <figure>
                    <Heatmap image=pixels label=Signal::stored(title.clone()) describe=pixel(channel)/>
                    <figcaption class="hint">{title}</figcaption>
                </figure>
            }
            .into_any()
        };
        let map = one(
            format!("layer {} channel {}, image {image}", channel.layer, channel.channel),
            map_image(channel, image, range),
            channel,
        );
        let input = one(format!("image {image}"), input_image(image), Channel { layer: 0, channel: 0 });
        let close = press(move || zoomed.set(None));
        view! {
            <div class="zoom">
                {map}
                {input}
                <button class="quiet" on:click=close>"Close"</button>
            </div>
        }
        .into_any()
    });
    when(is_zoomed, large)
}
