//! (B) The hypercube as a block whose slabs are dragged along L; (C) the slab of a layer and the plate of a channel,
//! which cross in one channel.

use leptos::html;
use leptos::prelude::*;
use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use web_sys::{KeyboardEvent, PointerEvent};

use super::drag::Drag;
use super::send;
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::block::{BlockFigure, crossing, first_layer, picked_channel, slabs};
use crate::app::figures::titles::picked;
use crate::app::session::{OpenRun, QueryEvent, QueryView};
use crate::app::views::mode::mode;
use crate::app::widgets::dynamic::{piece, text};
use crate::app::widgets::{Canvas, Choice, Picker, Surface, Tip, tooltip};
use crate::plot::hypercube::{HypercubeLayout, draw};
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;
use crate::query::{Selector, WhichSlice};

/// What the pointer moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointing {
    /// A slice's slab along L.
    Slabs,
    /// The layer sideways, the channel upwards.
    Crossing,
}

/// The block in its panel.
#[component]
pub fn BlockPanel(
    /// What the pointer moves.
    pointing: Pointing,
) -> impl IntoView {
    let (title, about) = match pointing {
        Pointing::Slabs => (
            "Hypercube",
            "A slab per layer, channels upwards, images into the depth, by class. Drag a slab, or use the arrow keys.",
        ),
        Pointing::Crossing => (
            "One channel",
            "Sideways the layer, upwards the channel: where both cross is what is picked. Drag, or use the arrow keys.",
        ),
    };
    let conductor = conductor();
    let notation = text(move || conductor.query(|view| picked(&view.picks)));
    let pickers = piece(move || match pointing {
        Pointing::Slabs => ().into_any(),
        Pointing::Crossing => channel_pickers(),
    });
    view! {
        <section class="panel query-block" aria-label=title>
            <h3>{title} " " <span class="notation">{notation}</span></h3>
            <p class="about">{about}</p>
            <BlockBox pointing=pointing/>
            {pickers}
        </section>
    }
    .into_any()
}

#[component]
fn BlockBox(pointing: Pointing) -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let node = NodeRef::<html::Div>::new();
    let figure = Memo::new(move |_| {
        let of: fn(&QueryView, &OpenRun) -> BlockFigure =
            if pointing == Pointing::Slabs { slabs } else { crossing };
        conductor.query(|view| conductor.open(|run| of(view, run))).unwrap_or_default()
    });
    let drawn = Memo::new(move |_| (figure.get(), mode()));
    let held: RwSignal<Option<WhichSlice>> = RwSignal::new(None);
    let drag = Drag::new(conductor);
    let hovered: RwSignal<Option<Hovered>> = RwSignal::new(None);
    // Where a finger came down: it may be on its way to scroll the page, which the browser then cancels.
    let touched: StoredValue<Option<(i32, i32)>> = StoredValue::new(None);
    let grab = move |event: &PointerEvent| {
        let Some(spot) = spot(conductor, node, event) else { return };
        held.set(Some(grabbed(conductor, pointing, spot.under)));
        if let Some(element) = node.get_untracked() {
            // Without the capture a drag ends at the edge of the box.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        move_to(conductor, drag, pointing, held.get_untracked(), &spot);
    };
    let on_down: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        if event.pointer_type() == "touch" {
            touched.set_value(Some((event.client_x(), event.client_y())));
        } else {
            grab(&event);
        }
    });
    let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        if let Some((x, y)) = touched.get_value() {
            let (sideways, upright) = ((event.client_x() - x).abs(), (event.client_y() - y).abs());
            if sideways.max(upright) > STILL {
                // Upright it scrolls, whether or not the page has anywhere left to go.
                touched.set_value(None);
                if sideways > upright {
                    grab(&event);
                }
            }
        }
        let Some(spot) = spot(conductor, node, &event) else { return };
        if held.get_untracked().is_some() {
            move_to(conductor, drag, pointing, held.get_untracked(), &spot);
        }
        let now = spot.under.map(|slab| Hovered { slab, at: spot.share });
        if hovered.get_untracked() != now {
            hovered.set(now);
        }
    });
    let tip = move || {
        let Hovered { slab, at: (x, y) } = hovered.get()?;
        let lines = conductor.open(|run| vec![run.layer_label(slab)])?;
        Some(Tip { x, y, lines })
    };
    let on_leave: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| hovered.set(None));
    let let_go = move || {
        held.set(None);
        drag.rest();
    };
    let on_up: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| {
        if touched.try_update_value(Option::take).flatten().is_some() {
            grab(&event);
        }
        let_go();
    });
    let on_cancel: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| {
        touched.set_value(None);
        let_go();
    });
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |event| step(conductor, pointing, &event));
    let words = text(move || {
        figure.with(|figure| {
            format!("{}, {}, {}", figure.labels.layers, figure.labels.channels, figure.labels.images)
        })
    });
    let name = match pointing {
        Pointing::Slabs => "Layer of the slice",
        Pointing::Crossing => "Layer, and channel with up and down",
    };
    let last = text(move || figure.with(|figure| figure.channels.len().saturating_sub(1)).to_string());
    let now = text(move || {
        let n = figure.with(|figure| figure.channels.len());
        conductor.query(|view| first_layer(&view.picks, n)).to_string()
    });
    view! {
        <div
            class="block-box"
            node_ref=node
            tabindex="0"
            role="slider"
            aria-label=name
            aria-valuemin="0"
            aria-valuemax=last
            aria-valuenow=now
            aria-valuetext=words
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:pointercancel=on_cancel
            on:pointerleave=on_leave
            on:keydown=on_key
        >
            <Canvas data=drawn draw=paint label=words/>
            {tooltip(tip)}
        </div>
    }
    .into_any()
}

fn paint((figure, mode): &(BlockFigure, Mode), surface: &Surface) {
    let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) else { return };
    let theme = Theme::for_canvas(*mode, surface.scale);
    let layout = layout(&figure.channels, surface.width, surface.height);
    // A picture that cannot be drawn leaves the pickers and the query line.
    let _ = draw(&backend.into_drawing_area(), &layout, &figure.highlights, &figure.labels, &theme);
}

fn layout(channels: &[usize], width: f64, height: f64) -> HypercubeLayout {
    // Colours make no difference to where things are.
    let frame = crate::plot::hypercube::frame(&Theme::for_canvas(Mode::Light, 1.0), width, height);
    HypercubeLayout::new(channels, frame)
}

/// CSS pixels that a finger may move while it taps.
const STILL: i32 = 8;

/// The slab under the pointer, and where that is: shares of width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hovered {
    slab: usize,
    at: (f64, f64),
}

/// What a point of the picture is.
struct Spot {
    /// Where it is: shares of width and height.
    share: (f64, f64),
    /// The slab that is seen there.
    under: Option<usize>,
    /// The slab nearest to it.
    nearest: usize,
    /// The channel of that slab at this height.
    channel: usize,
}

fn spot(conductor: Conductor, node: NodeRef<html::Div>, event: &PointerEvent) -> Option<Spot> {
    let element = node.get_untracked()?;
    let corner = element.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()) - corner.left(), f64::from(event.client_y()) - corner.top());
    let channels = conductor.peek(|session| {
        Some(slabs(&session.query, session.open.as_ref()?).channels).filter(|channels| !channels.is_empty())
    })?;
    let layout = layout(&channels, corner.width(), corner.height());
    let nearest = layout.nearest(x);
    let channel = layout.channel_at(nearest, y, channels[nearest]);
    let share = (x / corner.width().max(1.0), y / corner.height().max(1.0));
    Some(Spot { share, under: layout.slab_at((x, y)), nearest, channel })
}

/// The slice that a press takes hold of: that of the slab under it, else the first.
fn grabbed(conductor: Conductor, pointing: Pointing, under: Option<usize>) -> WhichSlice {
    let is_second = conductor.peek(|session| {
        let picks = &session.query.picks;
        let own = |selector: &Selector| under.is_some_and(|under| *selector == Selector::Index(under as u32));
        picks.has_two_slices() && own(&picks.b.layers) && !own(&picks.a.layers)
    });
    if pointing == Pointing::Slabs && is_second { WhichSlice::Second } else { WhichSlice::First }
}

fn move_to(conductor: Conductor, drag: Drag, pointing: Pointing, held: Option<WhichSlice>, spot: &Spot) {
    // The slab that was pressed, whatever of it was seen there; then the nearest.
    let layer = spot.nearest;
    let picks = conductor.peek(|session| session.query.picks.clone());
    let at = Selector::Index(layer as u32);
    match held {
        Some(WhichSlice::Second) if picks.b.layers != at => {
            let Selector::Index(first) = picks.a.layers else { return };
            let first = first as usize;
            drag.reach(QueryEvent::LayersPicked { first, second: Some(layer) });
        }
        Some(WhichSlice::First) if picks.a.layers != at => {
            drag.reach(QueryEvent::LayersPicked { first: layer, second: None });
        }
        _ => {}
    }
    if pointing == Pointing::Crossing && picked_channel(&picks) != Some(spot.channel) {
        drag.reach(QueryEvent::ChannelPicked { slice: WhichSlice::First, channel: Some(spot.channel) });
    }
}

fn step(conductor: Conductor, pointing: Pointing, event: &KeyboardEvent) {
    let (layer, channel, n_layers, n_channels, second) = conductor.peek(|session| {
        let Some(run) = &session.open else { return (0, None, 0, 0, None) };
        let picks = &session.query.picks;
        let n_layers = run.header.n_layers() + 1;
        let layer = first_layer(picks, n_layers);
        let n_channels = run.header.shape_at(layer).map_or(1, |shape| shape.channels);
        let second = match picks.b.layers {
            Selector::Index(layer) if picks.has_two_slices() => Some(layer as usize),
            _ => None,
        };
        (layer, picked_channel(picks), n_layers, n_channels, second)
    });
    let last = n_layers.saturating_sub(1);
    let layers = |first: usize| {
        // Shift moves the second slab.
        match second.filter(|_| event.shift_key()) {
            Some(second) => {
                let moved = if first > layer { second + 1 } else { second.saturating_sub(1) };
                QueryEvent::LayersPicked { first: layer, second: Some(moved.min(last)) }
            }
            None => QueryEvent::LayersPicked { first: first.min(last), second: None },
        }
    };
    let channels = |channel: Option<usize>| QueryEvent::ChannelPicked { slice: WhichSlice::First, channel };
    let is_crossing = pointing == Pointing::Crossing;
    let told = match event.key().as_str() {
        "Home" => layers(0),
        "End" => layers(last),
        "ArrowUp" if is_crossing => {
            channels(Some(channel.map_or(0, |channel| (channel + 1).min(n_channels.saturating_sub(1)))))
        }
        "ArrowDown" if is_crossing => channels(channel.and_then(|channel| channel.checked_sub(1))),
        "ArrowRight" | "ArrowUp" => layers(layer + 1),
        "ArrowLeft" | "ArrowDown" => layers(layer.saturating_sub(1)),
        "Escape" if is_crossing => channels(None),
        _ => return,
    };
    event.prevent_default();
    send(conductor, told);
}

/// One list of channels per slice.
fn channel_pickers() -> AnyView {
    let conductor = conductor();
    let has_second = super::follow(conductor, |view| view.picks.has_two_slices());
    piece(move || {
        let second = has_second.get().then(|| channel_picker("channel-b", "Channel b", WhichSlice::Second));
        let label = if has_second.get() { "Channel a" } else { "Channel" };
        let first = channel_picker("channel-a", label, WhichSlice::First);
        view! { <div class="controls">{first} {second}</div> }.into_any()
    })
    .now()
}

fn channel_picker(name: &'static str, label: &'static str, slice: WhichSlice) -> AnyView {
    let conductor = conductor();
    let picked = super::follow(conductor, move |view| view.picks.slab(slice).clone());
    let choices = Memo::new(move |_| {
        let layer = picked.with(|slab| match slab.layers {
            Selector::Index(layer) => Some(layer as usize),
            _ => None,
        });
        let n = conductor.open(|run| layer.and_then(|layer| run.header.shape_at(layer))).flatten();
        let each =
            (0..n.map_or(0, |shape| shape.channels)).map(|c| Choice::new(c.to_string(), c.to_string()));
        std::iter::once(Choice::new("", "all")).chain(each).collect::<Vec<_>>()
    });
    let value = text(move || {
        picked.with(|slab| match slab.channels {
            Selector::Index(channel) => channel.to_string(),
            _ => String::new(),
        })
    });
    let on_pick = Callback::new(move |value: String| {
        send(conductor, QueryEvent::ChannelPicked { slice, channel: value.parse().ok() });
    });
    view! { <Picker name=name label=label choices=choices.into() value=value on_pick=on_pick/> }.into_any()
}
