//! (A) The network, layer by layer with kind, shape and real feature maps: click, drag or keys pick one layer or two.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

use super::drag::Drag;
use super::maps::{image, maps};
use super::{follow, send, shown_epoch};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::architecture::{ArchitectureFigure, BlockFigure, LayerFigure, architecture};
use crate::app::figures::maps::{of_image, of_input, range};
use crate::app::session::QueryEvent;
use crate::app::session::query::picks::among;
use crate::app::widgets::dynamic::{Piece, piece, press, text};
use crate::app::widgets::measured::width_of;
use crate::app::widgets::{Image, Pixels};
use crate::plot::Rect;
use crate::plot::architecture::{ArchitectureLayout, BlockSize};

/// Blocks that are opened into their parts, by position.
type Opened = RwSignal<Vec<usize>>;

/// The overview.
#[component]
pub fn OverviewPanel() -> impl IntoView {
    let conductor = conductor();
    let figure = Memo::new(move |_| conductor.open(|run| architecture(&run.header)).unwrap_or_default());
    let opened: Opened = RwSignal::new(Vec::new());
    let node = NodeRef::<html::Div>::new();
    let width = width_of(node);
    let layout = Memo::new(move |_| {
        let size = |(at, block): (usize, &BlockFigure)| BlockSize {
            layers: block.layers.len(),
            lines: if opened.with(|opened| opened.contains(&at)) { block.most_parts } else { 0 },
        };
        let sizes: Vec<BlockSize> =
            figure.with(|figure| figure.blocks.iter().enumerate().map(size).collect());
        ArchitectureLayout::new(&sizes, width.get())
    });
    let held: RwSignal<Option<usize>> = RwSignal::new(None);
    let drag = Drag::new(conductor);
    let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        let Some((first, element)) = held.get_untracked().zip(node.get_untracked()) else { return };
        let corner = element.get_bounding_client_rect();
        let (x, y) =
            (f64::from(event.client_x()) - corner.left(), f64::from(event.client_y()) - corner.top());
        if let Some(second) = layout.with_untracked(|layout| layout.nearest(x, y)) {
            let second = Some(second).filter(|&second| second != first);
            // A finger that has not reached another layer may be on its way to scroll the page; a tap is a click.
            if second.is_none() && event.pointer_type() == "touch" {
                return;
            }
            if let Some(event) = pick_of(conductor, first, second) {
                drag.reach(event);
            }
        }
    });
    let let_go = move || -> Box<dyn FnMut(PointerEvent)> {
        Box::new(move |_| {
            held.set(None);
            drag.rest();
        })
    };
    let boxes = boxes(conductor, figure, opened, layout, held);
    let height = text(move || format!("{:.0}px", layout.with(|layout| layout.height)));
    view! {
        <section class="panel query-overview" aria-label="Architecture overview">
            <h3>"Network " <span class="notation">"L"</span></h3>
            <p class="about">
                "Click a layer, drag to another or press Shift for two. Pictures: feature maps of the first picked image at the slider's epoch, each layer on its own scale."
            </p>
            <div
                class="architecture"
                node_ref=node
                style:height=height
                on:pointermove=on_move
                on:pointerup=let_go()
                on:pointercancel=let_go()
            >
                {boxes}
            </div>
            {all_layers(conductor)}
        </section>
    }
    .into_any()
}

/// Tells the session what is picked, unless it is so already.
fn pick(conductor: Conductor, first: usize, second: Option<usize>) {
    if let Some(event) = pick_of(conductor, first, second) {
        send(conductor, event);
    }
}

/// What to tell the session; nothing when it is so already, for a drag says the same many times.
fn pick_of(conductor: Conductor, first: usize, second: Option<usize>) -> Option<QueryEvent> {
    let is_so = conductor.peek(|session| {
        let picks = &session.query.picks;
        let mut after = picks.clone();
        after.pick_layers(first as u32, second.map(|second| second as u32));
        *picks == after
    });
    (!is_so).then_some(QueryEvent::LayersPicked { first, second })
}

fn all_layers(conductor: Conductor) -> impl IntoView {
    let pressed =
        text(move || conductor.query(|view| view.picks.a.layers == crate::query::Selector::All).to_string());
    let on_press = press(move || send(conductor, QueryEvent::AllLayersPicked));
    view! { <button class="chip" aria-pressed=pressed on:click=on_press>"All layers"</button> }
}

fn place(rect: Rect) -> [String; 4] {
    [rect.x, rect.y, rect.width, rect.height].map(|length| format!("{length:.1}px"))
}

fn boxes(
    conductor: Conductor,
    figure: Memo<ArchitectureFigure>,
    opened: Opened,
    layout: Memo<ArchitectureLayout>,
    held: RwSignal<Option<usize>>,
) -> Piece {
    let picked = follow(conductor, |view| {
        let n = view.shape.as_ref().map_or(100, |shape| shape.layers.len());
        let of = |slab: &crate::app::session::query::Slab| among(&slab.layers, n);
        let picks = &view.picks;
        let b = if picks.has_two_slices() { of(&picks.b) } else { Vec::new() };
        if picks.has_slice() { (of(&picks.a), b) } else { (Vec::new(), Vec::new()) }
    });
    piece(move || {
        let (figure, layout) = (figure.get(), layout.get());
        if layout.boxes.len() != figure.layers.len() {
            return ().into_any();
        }
        let block = |(at, block): (usize, &BlockFigure)| head(at, block, layout.blocks[at], opened);
        let blocks: Vec<AnyView> = figure.blocks.iter().enumerate().map(block).collect();
        let is_open = |layer: usize| {
            figure
                .blocks
                .iter()
                .position(|block| block.layers.contains(&layer))
                .is_some_and(|at| opened.with_untracked(|opened| opened.contains(&at)))
        };
        let layer = |layer: &LayerFigure| {
            let parts = if is_open(layer.layer) { layer.parts.clone() } else { Vec::new() };
            layer_box(conductor, layer, parts, layout.boxes[layer.layer], picked, held)
        };
        let layers: Vec<AnyView> = figure.layers.iter().map(layer).collect();
        view! { {blocks} {layers} }.into_any()
    })
}

/// The frame of a block with the button that opens it.
fn head(at: usize, block: &BlockFigure, rect: Rect, opened: Opened) -> AnyView {
    let [x, y, width, height] = place(rect);
    let name = block.name.clone();
    let is_open = opened.with_untracked(|opened| opened.contains(&at));
    let toggle = press(move || {
        opened.update(|opened| match opened.iter().position(|&other| other == at) {
            Some(place) => drop(opened.remove(place)),
            None => opened.push(at),
        });
    });
    let sign = if is_open { "▾" } else { "▸" };
    let button = (block.most_parts > 0).then(|| {
        view! {
            <button class="quiet" aria-expanded=is_open.to_string() title="Show what its layers are made of" on:click=toggle>
                {name.clone()} " " <span aria-hidden="true">{sign}</span>
            </button>
        }
        .into_any()
    });
    let plain = (block.most_parts == 0).then(|| view! { <span class="block-name">{name}</span> }.into_any());
    view! {
        <div class="block-frame" style:left=x style:top=y style:width=width style:height=height>
            {button} {plain}
        </div>
    }
    .into_any()
}

fn layer_box(
    conductor: Conductor,
    layer: &LayerFigure,
    parts: Vec<String>,
    rect: Rect,
    picked: Memo<(Vec<u32>, Vec<u32>)>,
    held: RwSignal<Option<usize>>,
) -> AnyView {
    let index = layer.layer;
    let number = index as u32;
    let pressed = text(move || picked.with(|(a, b)| a.contains(&number) || b.contains(&number)).to_string());
    let role = text(move || {
        picked
            .with(|(a, b)| match (b.is_empty(), a.contains(&number), b.contains(&number)) {
                (true, ..) | (_, false, false) => "",
                (_, true, true) => "a, b",
                (_, true, false) => "a",
                (_, false, true) => "b",
            })
            .to_owned()
    });
    let [x, y, width, height] = place(rect);
    let on_down: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        if event.button() == 0 && !event.shift_key() {
            held.set(Some(index));
        }
    });
    let first = move || {
        conductor.peek(|session| {
            let n = session.open.as_ref().map_or(1, |run| run.header.n_layers() + 1);
            crate::app::figures::block::first_layer(&session.query.picks, n)
        })
    };
    let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        if event.shift_key() {
            pick(conductor, first(), Some(index));
        } else {
            // The click that ends a drag goes to what holds both layers, not to one of them.
            pick(conductor, index, None);
        }
    });
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |event| {
        // The click that Enter makes does not say in every browser that Shift is held.
        if event.shift_key() && matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            pick(conductor, first(), Some(index));
        } else {
            step(&event);
        }
    });
    let parts = parts.into_iter().map(|part| view! { <span class="part">{part}</span> }.into_any());
    let title = format!("{}: {}, {}", layer.name, layer.kind, layer.shape);
    view! {
        <button
            type="button"
            class="layer-box"
            data-layer=index.to_string()
            title=title
            aria-pressed=pressed
            style:left=x
            style:top=y
            style:width=width
            style:height=height
            on:pointerdown=on_down
            on:click=on_click
            on:keydown=on_key
        >
            <span class="layer-picture"><Pixels image=picture(conductor, index) label=Signal::stored(String::new())/></span>
            <span class="layer-name">{index} " " {layer.name.clone()} <b class="slice-name">{role}</b></span>
            <span class="layer-shape">{layer.shape.clone()}</span>
            <span class="part kind">{layer.kind}</span>
            {parts.collect::<Vec<_>>()}
        </button>
    }
    .into_any()
}

/// The arrow keys move the focus from layer to layer.
fn step(event: &KeyboardEvent) {
    let target = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    let Some(own) = target else { return };
    let Some(index) = own.get_attribute("data-layer").and_then(|index| index.parse::<usize>().ok()) else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowLeft" | "ArrowUp" => index.checked_sub(1),
        "ArrowRight" | "ArrowDown" => Some(index + 1),
        _ => return,
    };
    event.prevent_default();
    let other = next.and_then(|next| {
        own.parent_element()?.query_selector(&format!("[data-layer='{next}']")).ok().flatten()
    });
    if let Some(other) = other.and_then(|other| other.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Focus that cannot move stays.
        let _ = other.focus();
    }
}

/// A few channels of the first picked image.
fn picture(conductor: Conductor, layer: usize) -> Signal<Image> {
    let maps = maps(conductor, move || {
        let epoch = shown_epoch(conductor)?;
        conductor.query(|view| view.shown(epoch).into_iter().nth(layer))
    });
    Memo::new(move |_| {
        maps.with(|maps| {
            let Some((_, maps)) = maps else { return Image::default() };
            image(if layer == 0 { of_input(maps, 0) } else { of_image(maps, 0, 2, range(maps, false)) })
        })
    })
    .into()
}
