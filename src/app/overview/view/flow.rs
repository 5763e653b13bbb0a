//! Where does the information go? The ribbon, large, with the untrained network dashed.

use leptos::prelude::*;

use crate::app::conductor::Conductor;
use crate::app::instrument::layered::Layered;
use crate::app::instrument::ribbon::{self, RibbonLook};
use crate::app::instrument::view::layered;
use crate::app::overview::findings::{self, Finding};
use crate::app::session::OpenRun;
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::dynamic::{piece, text};
use crate::app::widgets::{Canvas, Surface};
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;

#[derive(Clone, PartialEq)]
struct Shown {
    now: Layered,
    untrained: Option<Layered>,
    mode: Mode,
}

fn epoch_index(conductor: Conductor) -> usize {
    conductor.selection(|selection| selection.epoch_index)
}

/// The sentence.
pub fn finding(conductor: Conductor) -> Memo<Finding> {
    Memo::new(move |_| {
        let index = epoch_index(conductor);
        let Some(now) = layered(conductor, index) else { return Finding::default() };
        let of_run = |run: &OpenRun| findings::flow(run, &now, run.epoch_number(index) == Some(0));
        conductor.open(of_run).unwrap_or_default()
    })
}

/// The bands, and below them the layers with their near neighbours.
pub fn figure(conductor: Conductor) -> AnyView {
    let mode = mode();
    let data = Memo::new(move |_| {
        let index = epoch_index(conductor);
        let untrained = (index > 0).then(|| layered(conductor, 0)).flatten();
        Shown { now: layered(conductor, index).unwrap_or_default(), untrained, mode: mode() }
    });
    let words = text(move || {
        let names = conductor.open(OpenRun::layer_labels).unwrap_or_default();
        data.with(|shown| ribbon::in_words(&shown.now, &names))
    });
    let names = Memo::new(move |_| {
        let of_run = |run: &OpenRun| {
            (0..=run.header.layers.len()).map(|layer| run.spoken_name(layer).to_owned()).collect::<Vec<_>>()
        };
        conductor.open(of_run).unwrap_or_default()
    });
    let below = piece(move || {
        let name = |(layer, name): (usize, String)| {
            let near = text(move || {
                let near = data.with(|shown| shown.now.neighbours(layer));
                near.map(|near| format!("{near:.0}")).unwrap_or_default()
            });
            view! { <span><b>{name}</b> <br/> {near}</span> }.into_any()
        };
        names.get().into_iter().enumerate().map(name).collect::<Vec<_>>().into_any()
    });
    view! {
        <div class="flow">
            <div class="flow-ribbon"><Canvas data=data draw=draw label=words/></div>
            <div class="flow-names">{below}</div>
            <p class="caption">
                "Green: readable about the label, of all there is to know (dotted). Grey: spread of the images. Dashed: \
                 the untrained network. Below each layer: near neighbours of an image, two to the power of the spread. "
                "A layer cannot add information about the label; it can make it easier to read."
            </p>
        </div>
    }
    .into_any()
}

fn draw(shown: &Shown, surface: &Surface) {
    let mut theme = Theme::for_canvas(shown.mode, surface.scale);
    // It lies on the page itself, not on a panel.
    theme.colours.background = theme.colours.page;
    let size = (surface.width, surface.height);
    let look = RibbonLook { numbers: true, gap: 0.0 };
    let picture = ribbon::compose(&shown.now, shown.untrained.as_ref(), look, &theme, size);
    paint::picture(&picture, &theme, surface);
}
