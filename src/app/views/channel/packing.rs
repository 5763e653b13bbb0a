//! (B) Circle packing at the selected epoch: a circle per class, in it one per channel, areas in bits.

use std::rc::Rc;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent};

use super::brush::{self, ink};
use super::channels::{Channels, channels_of};
use super::motion::Motion;
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::titles::Titled;
use crate::app::session::{EntropyScale, Event, ProjectionEvent};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint, titled, train_hint};
use crate::app::widgets::dynamic::{flag, piece, press, text};
use crate::app::widgets::{Canvas, ChartFrame, Surface, TableSource, Tip, tooltip, watch_size};
use crate::plot::circles::{Camera, Look, Scene, Spot};
use crate::plot::pack::{Places, Weights};
use crate::plot::palette::{self, Mode};
use crate::plot::theme::Theme;

/// Everything that the circles follow.
#[derive(Clone, Copy)]
struct Packing {
    conductor: Conductor,
    channels: Memo<Option<Channels>>,
    motion: Motion,
    /// The class that was gone into.
    zoomed: RwSignal<Option<usize>>,
    /// Under the pointer or the keyboard.
    cursor: RwSignal<Option<Spot>>,
    size: RwSignal<(f64, f64)>,
}

/// What is on the canvas.
#[derive(Clone, PartialEq)]
struct Drawn {
    scene: Option<Scene>,
    channels: Option<Channels>,
    cursor: Option<Spot>,
    selected: usize,
    mode: Mode,
}

/// The circles of the selected layer.
#[component]
pub fn PackingPanel() -> impl IntoView {
    let conductor = conductor();
    let layer = move || Some(conductor.selection(|selection| selection.layer));
    let channels = channels_of(layer, Signal::stored(EntropyScale::Bits));
    let zoomed: RwSignal<Option<usize>> = RwSignal::new(None);
    let packing = Packing {
        conductor,
        channels,
        motion: Motion::towards(target(conductor, channels, zoomed)),
        zoomed,
        cursor: RwSignal::new(None),
        size: RwSignal::new((0.0, 0.0)),
    };
    let is_filled = flag(move || channels.with(Option::is_some));
    let table: TableSource = Arc::new(move || {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let of = |channels: &Channels| Some(numbers_table(channels.numbers(channels.at(epoch_index)?)));
        channels.with(|channels| channels.as_ref().and_then(of))
    });
    let about = "Areas are bits: a circle per class, as large as the sum over the layer's channels, with all images in \
                 the middle; inside, a circle per channel, at the same spot in every class and at every epoch. Press \
                 a class to go into it (the projections below then show its images), beside it or Escape to come back.";
    let promise = "how much of each class every channel holds, as circles";
    view! {
        <ChartFrame
            name="circle-packing"
            title="Entropy of classes and channels"
            notation=titled(|| Some(Titled::Circles))
            about=Signal::stored(about.to_owned())
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            picture=true
            chart=piece(move || packing.view())
        />
    }
    .into_any()
}

/// The scene to show; `None` while the epoch is not measured.
fn target(
    conductor: Conductor,
    channels: Memo<Option<Channels>>,
    zoomed: RwSignal<Option<usize>>,
) -> Memo<Option<Scene>> {
    let places = Memo::new(move |_| {
        let of = |channels: &Channels| {
            let n_groups = channels.columns.len();
            let weights = channels.epochs.iter().map(|epoch| Weights { n_groups, values: &epoch.bits });
            Places::new(&weights.collect::<Vec<_>>())
        };
        channels.with(|channels| channels.as_ref().map(of))
    });
    Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let (channels, places) = (channels.get()?, places.get()?);
        let weights = Weights { n_groups: channels.columns.len(), values: &channels.at(epoch_index)?.bits };
        let onto = zoomed.get().and_then(|group| places.group(group));
        let camera = onto.as_ref().map_or(Camera::WHOLE, Camera::onto);
        Some(Scene { groups: places.at(&weights), camera })
    })
}

impl Packing {
    fn view(self) -> AnyView {
        let Self { channels, motion, cursor, size, .. } = self;
        let mode = mode();
        let node = NodeRef::<html::Div>::new();
        let on_size = move |width, height| {
            size.try_set((width, height));
        };
        watch_size(move || node.get().map(Element::from), Rc::new(on_size));
        let drawn = Memo::new(move |_| Drawn {
            scene: motion.shown.get(),
            channels: channels.get(),
            cursor: cursor.get(),
            selected: self.conductor.selection(|selection| selection.channel),
            mode: mode(),
        });
        let label = text(move || {
            let of = |channels: &Channels| {
                format!(
                    "Circles of the classes in {}: arrow keys walk, Enter goes into a class or selects a channel, \
                     Escape comes back",
                    channels.label
                )
            };
            channels.with(|channels| channels.as_ref().map(of).unwrap_or_default())
        });
        let is_out = flag(move || self.zoomed.get().is_none());
        let back = press(move || self.leave());
        let on_move: Box<dyn FnMut(PointerEvent)> = Box::new(move |event| cursor.set(self.spot_at(&event)));
        let on_leave: Box<dyn FnMut(PointerEvent)> = Box::new(move |_| cursor.set(None));
        let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| self.press_at(&event));
        let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |event| self.press_key(&event));
        view! {
            <div class="packing-bar">
                <p>{self.title()}</p>
                <button class="quiet" prop:disabled=is_out on:click=back>"← all classes"</button>
            </div>
            <div
                class="packing"
                class:inside=move || !is_out.get()
                node_ref=node
                tabindex="0"
                role="application"
                aria-label=label
                on:pointermove=on_move
                on:pointerleave=on_leave
                on:click=on_click
                on:keydown=on_key
            >
                <Canvas data=drawn draw=draw label=label/>
                {tooltip(move || self.tip())}
            </div>
        }
        .into_any()
    }

    /// What is shown, and its sum.
    fn title(self) -> Signal<String> {
        text(move || {
            let epoch_index = self.conductor.selection(|selection| selection.epoch_index);
            let Some(channels) = self.channels.get() else { return String::new() };
            let Some(epoch) = channels.at(epoch_index) else {
                return format!("{}: this epoch is not measured yet", channels.label);
            };
            let column = self.zoomed.get().unwrap_or(channels.all());
            format!("{}, {}", channels.label, channels.describe_circle(epoch, column, None).join(", "))
        })
    }

    fn tip(self) -> Option<Tip> {
        let spot = self.cursor.get()?;
        let epoch_index = self.conductor.selection(|selection| selection.epoch_index);
        let channels = self.channels.get()?;
        let lines = channels.describe_circle(channels.at(epoch_index)?, spot.group, spot.member);
        let (width, height) = self.size.get();
        let at = self.motion.shown.with(|scene| {
            let scene = scene.as_ref()?;
            Some(scene.camera.to_pixels(&scene.circle(spot)?, width, height))
        })?;
        // Of a class, where its name stands.
        let y = if spot.member.is_some() { at.y } else { at.y - 0.9 * at.radius };
        let share = |pixel: f64, length: f64| (pixel / length.max(1.0)).clamp(0.0, 1.0);
        Some(Tip { x: share(at.x, width), y: share(y, height), lines })
    }

    fn spot_at(self, event: &MouseEvent) -> Option<Spot> {
        let (width, height) = self.size.get_untracked();
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        self.motion.shown.with_untracked(|scene| {
            let scene = scene.as_ref()?;
            let (x, y) = scene.camera.from_pixels(x, y, width, height);
            scene.at(x, y)
        })
    }

    fn press_at(self, event: &MouseEvent) {
        let spot = self.spot_at(event);
        match (self.zoomed.get_untracked(), spot) {
            (None, Some(spot)) => self.enter(spot.group),
            (Some(inside), Some(Spot { group, member })) if group == inside => self.select(member),
            _ => self.leave(),
        }
    }

    fn enter(self, group: usize) {
        self.go_into(group);
        self.cursor.set(None);
    }

    /// The projections follow into a class: they are then of its images.
    fn go_into(self, group: usize) {
        self.zoomed.set(Some(group));
        let all = self.channels.with_untracked(|channels| channels.as_ref().map(|channels| channels.all()));
        let class = Some(group).filter(|&group| Some(group) != all);
        self.conductor.apply(Event::Project(ProjectionEvent::ClassEntered(class)));
    }

    fn leave(self) {
        if let Some(group) = self.zoomed.get_untracked() {
            self.zoomed.set(None);
            self.conductor.apply(Event::Project(ProjectionEvent::ClassEntered(None)));
            // The keyboard goes on where it came from.
            self.cursor.update(|cursor| *cursor = cursor.map(|_| Spot { group, member: None }));
        } else {
            self.cursor.set(None);
        }
    }

    fn select(self, channel: Option<usize>) {
        let layer = self.channels.with_untracked(|channels| channels.as_ref().map(|channels| channels.layer));
        if let (Some(layer), Some(channel)) = (layer, channel) {
            self.conductor.apply(Event::ChannelPicked { layer, channel });
        }
    }

    fn press_key(self, event: &KeyboardEvent) {
        let Some(channels) = self.channels.get_untracked() else { return };
        let (cursor, zoomed) = (self.cursor.get_untracked(), self.zoomed.get_untracked());
        // Siblings of the level that is walked, and where the walk stands.
        let (n, here) = match zoomed {
            None => (channels.columns.len(), cursor.map(|spot| spot.group)),
            Some(_) => (channels.n_channels, cursor.and_then(|spot| spot.member)),
        };
        let spot = |sibling: usize| match zoomed {
            None => Spot { group: sibling, member: None },
            Some(group) => Spot { group, member: Some(sibling) },
        };
        let moved = match (event.key().as_str(), here) {
            ("ArrowRight" | "ArrowDown", Some(here)) => (here + 1) % n.max(1),
            ("ArrowLeft" | "ArrowUp", Some(here)) => (here + n.saturating_sub(1)) % n.max(1),
            // The first press shows where the walk begins.
            ("ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", None) | ("Home", _) => 0,
            ("End", _) => n.saturating_sub(1),
            ("Enter" | " ", here) => {
                event.prevent_default();
                return self.go_deeper(zoomed, here);
            }
            ("Escape", _) => {
                event.prevent_default();
                return self.leave();
            }
            _ => return,
        };
        event.prevent_default();
        self.cursor.set(Some(spot(moved)));
    }

    fn go_deeper(self, zoomed: Option<usize>, here: Option<usize>) {
        match (zoomed, here) {
            (None, Some(group)) => {
                let selected = self.conductor.peek(|session| session.selection.channel);
                self.go_into(group);
                self.cursor.set(Some(Spot { group, member: Some(selected) }));
            }
            (Some(_), channel) => self.select(channel),
            (None, None) => {}
        }
    }
}

fn draw(drawn: &Drawn, surface: &Surface) {
    let (Some(scene), Some(channels)) = (&drawn.scene, &drawn.channels) else { return };
    let theme = Theme::for_canvas(drawn.mode, surface.scale);
    let columns = 0..channels.columns.len();
    let group_colours: Vec<_> =
        columns.map(|column| paint::color(ink(channels, column), drawn.mode)).collect();
    let n = channels.n_channels;
    let member_colours: Vec<_> = (0..n).map(|channel| palette::channel(drawn.mode, channel, n)).collect();
    let look = Look {
        names: &channels.columns,
        group_colours: &group_colours,
        member_colours: &member_colours,
        cursor: drawn.cursor,
        selected: drawn.selected,
    };
    brush::circles(&scene.picture(&look, surface.width, surface.height, &theme), &theme, surface);
}
