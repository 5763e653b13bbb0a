//! The boxes of one layer: rows of small charts in a window that scrolls; only rows in sight exist.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent};

use super::brush::{self, Row};
use super::channels::Channels;
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::channel_state::tag;
use crate::app::figures::channels::Order;
use crate::app::session::{EntropyScale, Event};
use crate::app::views::epoch_axis::scale;
use crate::app::views::mode::mode;
use crate::app::widgets::dynamic::{flag, piece, press, text};
use crate::app::widgets::{Canvas, Hidden, Tip, tooltip, watch_size};
use crate::plot::multiples::{AXIS_HEIGHT, Grid, ROW_HEIGHT, XAxis};
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;

/// Rows that exist: more than the window ever shows. Always as many, so that none is ever made anew.
const N_SLOTS: usize = 12;

/// Everything that the boxes of a layer follow.
#[derive(Clone, Copy)]
struct Boxes {
    conductor: Conductor,
    channels: Memo<Option<Channels>>,
    /// Channels in the order of the boxes.
    sorted: Memo<Vec<usize>>,
    hidden: RwSignal<Hidden>,
    grid: Memo<Grid>,
    /// Inside of the window, CSS pixels.
    size: RwSignal<(f64, f64)>,
    /// How far the window is scrolled.
    top: RwSignal<f64>,
    /// Position of a box and an epoch in it.
    hovered: RwSignal<Option<(usize, f64)>>,
    node: NodeRef<html::Div>,
}

/// The boxes, with the axis of epochs below them.
#[component]
pub fn ChannelGrid(
    /// Whose.
    channels: Memo<Option<Channels>>,
    /// Upper end of the y axis, in the scale of the entropies.
    highest: Memo<f64>,
    /// How they are sorted.
    order: RwSignal<Order>,
    /// Classes that are not drawn.
    hidden: RwSignal<Hidden>,
) -> impl IntoView {
    let (conductor, size) = (conductor(), RwSignal::new((0.0, 0.0)));
    let scale = scale(conductor);
    let sorted = Memo::new(move |_| {
        channels.with(|channels| {
            channels.as_ref().map(|channels| channels.sorted(order.get())).unwrap_or_default()
        })
    });
    let grid = Memo::new(move |_| {
        let (width, _) = size.get();
        let theme = Theme::for_canvas(Mode::Light, 1.0);
        let scale = scale.get();
        let x_axis = XAxis { title: scale.axis.short(), per_epoch: scale.per_epoch };
        let with = |channels: &Channels| {
            Grid::new(width, channels.n_channels, (0.0, channels.last_epoch), (0.0, highest.get()), &theme)
                .counting(x_axis)
        };
        channels.with(|channels| channels.as_ref().map(with).unwrap_or_default())
    });
    let boxes = Boxes {
        conductor,
        channels,
        sorted,
        hidden,
        grid,
        size,
        top: RwSignal::new(0.0),
        hovered: RwSignal::new(None),
        node: NodeRef::new(),
    };
    boxes.view()
}

impl Boxes {
    fn view(self) -> AnyView {
        let Self { grid, node, size, top, hovered, .. } = self;
        let mode = mode();
        let on_size = move |width, height| {
            size.try_set((width, height));
        };
        watch_size(move || node.get().map(Element::from), Rc::new(on_size));
        let rows: Vec<AnyView> = (0..N_SLOTS).map(|slot| self.row(slot, mode)).collect();
        let rows_height = text(move || format!("{}px", grid.get().n_rows() as f64 * ROW_HEIGHT));
        let axis = Memo::new(move |_| (grid.get(), mode()));
        let axis_label = Signal::stored("Axis of epochs".to_owned());
        let mark = text(move || {
            format!("{:.1}px", self.epoch().map_or(-1.0, |epoch| grid.get().epoch_offset(epoch)))
        });
        let on_scroll: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
            if let Some(window) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                top.set(f64::from(window.scroll_top()));
                hovered.set(None);
            }
        });
        let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |event| self.press_key(&event));
        let on_leave: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| hovered.set(None));
        let save = press(move || {
            let all = Row {
                channels: self.channels.get_untracked(),
                shown: self.sorted.get_untracked(),
                hidden: self.hidden.get_untracked(),
                grid: grid.get_untracked(),
                mode: untrack(mode),
            };
            brush::save_sheet(&all, size.get_untracked().0);
        });
        let label = text(move || {
            let of = |channels: &Channels| format!("Channels of {}: arrow keys select one", channels.label);
            self.channels.with(|channels| channels.as_ref().map(of).unwrap_or_default())
        });
        view! {
            <div class="channel-grid">
                <div class="channel-grid-title">
                    <p>{self.title()}</p>
                    <button class="quiet" title="Save all boxes as a picture" on:click=save>"PNG"</button>
                </div>
                <div class="channel-window">
                    <div
                        class="channel-scroll"
                        node_ref=node
                        tabindex="0"
                        role="application"
                        aria-label=label
                        style=("--epoch-x", mark)
                        on:scroll=on_scroll
                        on:keydown=on_key
                        on:pointerleave=on_leave
                    >
                        <div class="channel-rows" style:height=rows_height>{rows}</div>
                        <div class="channel-axis" style:height=format!("{AXIS_HEIGHT}px")>
                            <Canvas data=axis draw=brush::axis label=axis_label/>
                        </div>
                    </div>
                    {tooltip(move || self.tip())}
                </div>
            </div>
        }
        .into_any()
    }

    /// The layer, what is drawn, and how many channels are dead.
    fn title(self) -> Signal<String> {
        text(move || {
            let epoch_index = self.conductor.selection(|selection| selection.epoch_index);
            let of = |channels: &Channels| {
                let dead = channels.at(epoch_index).map(|epoch| channels.silence(epoch));
                let dead = dead.unwrap_or_else(|| "this epoch is not measured yet".to_owned());
                let unit = match channels.scale {
                    EntropyScale::Bits => "h (bit)",
                    EntropyScale::Share => "h / ceiling",
                };
                format!("{}: {unit} by epoch, {dead}", channels.label)
            };
            self.channels.with(|channels| channels.as_ref().map_or_else(|| "not measured yet".to_owned(), of))
        })
    }

    /// One of the rows that exist; which one it shows follows the scrolling.
    fn row(self, slot: usize, mode: impl Fn() -> Mode + Copy + Send + Sync + 'static) -> AnyView {
        let Self { grid, sorted, hovered, .. } = self;
        let row = Memo::new(move |_| grid.get().row_of(slot, N_SLOTS, self.top.get()));
        let data = Memo::new(move |_| {
            let grid = grid.get();
            let shown = sorted.with(|sorted| sorted.get(grid.boxes(row.get())).unwrap_or_default().to_vec());
            Row { channels: self.channels.get(), shown, hidden: self.hidden.get(), grid, mode: mode() }
        });
        let label = text(move || {
            let shown = data.with(|data| data.shown.iter().map(ToString::to_string).collect::<Vec<_>>());
            format!("Intra-sample entropy of the channels {}", shown.join(", "))
        });
        let frames = piece(move || data.with(|data| self.frames(data)));
        let y = text(move || format!("{}px", row.get() as f64 * ROW_HEIGHT));
        let is_spare = flag(move || grid.get().boxes(row.get()).is_empty());
        let at = move |event: &MouseEvent| {
            grid.get_untracked().at(row.get_untracked(), f64::from(event.offset_x()))
        };
        let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| hovered.set(at(&event)));
        let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
            if let Some((position, epoch)) = at(&event) {
                self.pick(position, Some(epoch));
            }
        });
        view! {
            <div
                class="channel-row"
                class:spare=is_spare
                style:top=y
                style:height=format!("{ROW_HEIGHT}px")
                on:pointermove=on_move
                on:click=on_click
            >
                <Canvas data=data draw=brush::row label=label/>
                {frames}
            </div>
        }
        .into_any()
    }

    /// Names and marks over the boxes of a row.
    fn frames(self, row: &Row) -> AnyView {
        let Some(channels) = &row.channels else { return ().into_any() };
        let (epoch_index, layer, chosen) =
            self.conductor.selection(|selection| (selection.epoch_index, selection.layer, selection.channel));
        let epoch = channels.at(epoch_index);
        let frame = |(column, &channel): (usize, &usize)| {
            let place = row.grid.frame(column);
            let tag = epoch.and_then(|epoch| tag(channels.state(epoch, channel)));
            let is_chosen = layer == channels.layer && channel == chosen;
            let tag = tag.map(|word| view! { <span class=word>{word}</span> }.into_any());
            view! {
                <div
                    class="channel-frame"
                    class:chosen=is_chosen
                    style:left=format!("{:.1}px", place.x)
                    style:width=format!("{:.1}px", place.width)
                    style:height=format!("{:.1}px", place.height)
                >
                    <p>"channel " {channel} {tag}</p>
                    <div class="epoch-mark"></div>
                </div>
            }
            .into_any()
        };
        row.shown.iter().enumerate().map(frame).collect::<Vec<_>>().into_any()
    }

    /// Number of the selected epoch.
    fn epoch(self) -> Option<f64> {
        let index = self.conductor.selection(|selection| selection.epoch_index);
        self.conductor.open(|run| run.epoch_number(index)).flatten().map(f64::from)
    }

    fn tip(self) -> Option<Tip> {
        let (position, epoch) = self.hovered.get()?;
        let (grid, hidden, (width, height)) = (self.grid.get(), self.hidden.get(), self.size.get());
        let channel = self.sorted.with(|sorted| sorted.get(position).copied())?;
        let channels = self.channels.get()?;
        let measured = channels.nearest(epoch)?;
        let (row, column) = grid.place(position);
        let y = row as f64 * ROW_HEIGHT - self.top.get() + ROW_HEIGHT / 2.0;
        Some(Tip {
            x: grid.layout(column).x(measured.epoch) / width.max(1.0),
            y: (y / (height.max(1.0) + AXIS_HEIGHT)).clamp(0.0, 1.0),
            lines: channels.describe(measured, channel, |column| !hidden.contains(column)),
        })
    }

    /// Selects the channel of a box, and the recorded epoch nearest to one.
    fn pick(self, position: usize, epoch: Option<f64>) {
        let channel = self.sorted.with_untracked(|sorted| sorted.get(position).copied());
        let (Some(channels), Some(channel)) = (self.channels.get_untracked(), channel) else { return };
        self.conductor.apply(Event::ChannelPicked { layer: channels.layer, channel });
        if let Some(measured) = epoch.and_then(|epoch| channels.nearest(epoch)) {
            self.conductor.apply(Event::EpochPicked(measured.epoch_index));
        }
    }

    fn press_key(self, event: &KeyboardEvent) {
        let grid = self.grid.get_untracked();
        let last = grid.n_boxes.saturating_sub(1);
        let position = untrack(|| self.chosen_position()).unwrap_or(0);
        let moved = match event.key().as_str() {
            "ArrowLeft" => position.saturating_sub(1),
            "ArrowRight" => position + 1,
            "ArrowUp" => position.checked_sub(grid.columns).unwrap_or(position),
            "ArrowDown" => position + grid.columns,
            "Home" => 0,
            "End" => last,
            "Escape" => return self.hovered.set(None),
            _ => return,
        }
        .min(last);
        event.prevent_default();
        self.pick(moved, None);
        self.bring_into_view(grid.place(moved).0);
        self.hovered.set(untrack(|| self.epoch()).map(|epoch| (moved, epoch)));
    }

    /// Position of the selected channel's box, when it is one of this layer.
    fn chosen_position(self) -> Option<usize> {
        let (layer, chosen) = self.conductor.selection(|selection| (selection.layer, selection.channel));
        let is_own =
            self.channels.with(|channels| channels.as_ref().is_some_and(|channels| channels.layer == layer));
        self.sorted.with(|sorted| sorted.iter().position(|&channel| is_own && channel == chosen))
    }

    /// Scrolls as little as it takes to show all of a row.
    fn bring_into_view(self, row: usize) {
        let Some(window) = self.node.get_untracked() else { return };
        let (top, height) = (f64::from(window.scroll_top()), f64::from(window.client_height()) - AXIS_HEIGHT);
        let start = row as f64 * ROW_HEIGHT;
        let moved = top.min(start).max(start + ROW_HEIGHT - height);
        window.set_scroll_top(moved.round() as i32);
        self.top.set(moved);
    }
}
