//! Mean and maximum capacity from one layer to each deeper one, as curves over layers.

use leptos::html;
use leptos::prelude::*;
use web_sys::{MouseEvent, PointerEvent};

use crate::app::conductor::conductor;
use crate::app::figures::depth::{Depth, Extent};
use crate::app::figures::{Ink, exact};
use crate::app::session::{Event, LayerPair};
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::dynamic::text;
use crate::app::widgets::{Canvas, Hidden, Legend, LegendEntry, Surface, Tip, tooltip};
use crate::plot::palette::Mode;

/// The canvas with its tooltip and legend; a click picks the layer.
#[component]
pub fn DepthCurve(
    /// What is drawn.
    depth: Memo<Option<Depth>>,
) -> impl IntoView {
    let (conductor, mode) = (conductor(), mode());
    let node = NodeRef::<html::Div>::new();
    let hidden: RwSignal<Hidden> = RwSignal::new(Hidden::default());
    let hovered: RwSignal<Option<f64>> = RwSignal::new(None);
    let selected = Memo::new(move |_| conductor.selection(|selection| selection.pair.b));
    let drawn = Memo::new(move |_| (depth.get(), selected.get(), hidden.get(), mode()));
    let draw = |(depth, selected, hidden, mode): &(Option<Depth>, usize, Hidden, Mode), surface: &Surface| {
        if let Some(depth) = depth {
            paint::depth(depth, *selected, *hidden, *mode, surface);
        }
    };
    let layer_at = move |event: &MouseEvent| {
        let width = f64::from(node.get_untracked()?.client_width());
        let place = |depth: &Depth| paint::layer_at(depth, f64::from(event.offset_x()), width);
        depth.with_untracked(|depth| depth.as_ref().map(place))
    };
    let tip = move || {
        let (place, width) = (hovered.get()?, f64::from(node.get()?.client_width()));
        depth.with(|depth| {
            let depth = depth.as_ref()?;
            let (layer, Extent { mean, maximum, chance }) = depth.nearest(place)?;
            let name = conductor.open(|run| run.layer_label(layer)).unwrap_or_default();
            let lines = vec![
                name,
                format!("maximum: {} bit", exact(maximum)),
                format!("mean: {} bit", exact(mean)),
                format!("mean by chance: {} bit", exact(chance)),
            ];
            Some(Tip { x: paint::pixel_of_layer(depth, layer, width) / width, y: 0.1, lines })
        })
    };
    let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| hovered.set(layer_at(&event)));
    let on_leave: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| hovered.set(None));
    let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        let nearest = layer_at(&event).and_then(|place| {
            depth.with_untracked(|depth| depth.as_ref().and_then(|depth| depth.nearest(place)))
        });
        if let Some((layer, _)) = nearest {
            let pair = conductor.peek(|session| session.selection.pair);
            conductor.apply(Event::PairPicked(LayerPair { b: layer, ..pair }));
        }
    });
    let entry = move |name: &str, ink: Ink| LegendEntry {
        label: name.to_owned(),
        color: paint::css_color(ink, mode()),
        dashed: paint::is_dashed(ink),
    };
    let entries = Memo::new(move |_| {
        vec![entry("maximum", Ink::Maximum), entry("mean", Ink::Mean), entry("mean by chance", Ink::Chance)]
    });
    let label =
        text(|| "Mean and maximum capacity over layers; the numbers are in the table below.".to_owned());
    view! {
        <div class="plot-box" node_ref=node on:pointermove=on_move on:pointerleave=on_leave on:click=on_click>
            <Canvas data=drawn draw=draw label=label/>
            {tooltip(tip)}
        </div>
        <Legend entries=entries.into() hidden=hidden/>
    }
    .into_any()
}
