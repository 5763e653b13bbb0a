//! The information ribbon under the tiles.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::strip;
use crate::app::conductor::Conductor;
use crate::app::inspector::subject::Subject;
use crate::app::instrument::layered::Layered;
use crate::app::instrument::ribbon::{self, RibbonLook};
use crate::app::session::OpenRun;
use crate::app::views::frame::Frame;
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::dynamic::text;
use crate::app::widgets::{Canvas, Surface};
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;

#[derive(Clone, PartialEq)]
struct Shown {
    now: Layered,
    kept: Option<Layered>,
    look: RibbonLook,
    mode: Mode,
}

/// What is known at an epoch.
pub fn layered(conductor: Conductor, epoch_index: usize) -> Option<Layered> {
    conductor.open(|run| conductor.results(|results| Layered::at(run, results, epoch_index)))
}

/// The epoch that is kept to compare with, another one than the chosen one.
pub fn kept_index(conductor: Conductor) -> Option<usize> {
    let epoch = conductor.layer(|layer| layer.look.against)?;
    let index = conductor.open(|run| run.index_of_epoch(epoch)).flatten()?;
    (index != conductor.selection(|selection| selection.epoch_index)).then_some(index)
}

/// The bands; a press picks the layer above.
pub fn ribbon(conductor: Conductor, is_condensed: Signal<bool>) -> AnyView {
    let (mode, frame) = (mode(), Frame::of_page());
    let data = Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let now = layered(conductor, epoch_index).unwrap_or_default();
        let gap = if now.len() > 12 { 4.0 } else { 8.0 };
        let look = RibbonLook { numbers: !is_condensed.get(), gap };
        Shown {
            kept: kept_index(conductor).and_then(|kept| layered(conductor, kept)),
            now,
            look,
            mode: mode(),
        }
    });
    let words = text(move || {
        let names = conductor.open(OpenRun::layer_labels).unwrap_or_default();
        data.with(|shown| ribbon::in_words(&shown.now, &names))
    });
    let on_press: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        let Some(target) = event.target() else { return };
        let canvas: &web_sys::Element = wasm_bindgen::JsCast::unchecked_ref(&target);
        let n_layers = data.with_untracked(|shown| shown.now.len());
        let layer = ribbon::layer_at(n_layers, f64::from(canvas.client_width()), f64::from(event.offset_x()));
        if conductor.peek(|session| session.selection.layer) != layer {
            strip::pick(conductor, layer, false);
        }
        frame.inspected.set(Some(Subject::Readable));
    });
    view! { <div class="ribbon" on:click=on_press><Canvas data=data draw=draw label=words/></div> }.into_any()
}

fn draw(shown: &Shown, surface: &Surface) {
    let theme = Theme::for_canvas(shown.mode, surface.scale);
    let size = (surface.width, surface.height);
    let picture = ribbon::compose(&shown.now, shown.kept.as_ref(), shown.look, &theme, size);
    paint::picture(&picture, &theme, surface);
}
