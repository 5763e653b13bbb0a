//! Many runs at once: entropy of each training set, and the learning curves in the same colours (Figure 5).

use std::sync::Arc;

use leptos::prelude::*;

use super::bar_box::{BarBox, bars_svg};
use crate::app::conductor::conductor;
use crate::app::figures::comparison::{entropy_bars, learning_curves, numbers};
use crate::app::figures::fair_axis::sentences;
use crate::app::figures::learning::{Learning, On};
use crate::app::figures::titles;
use crate::app::session::{CompareEvent, Event};
use crate::app::views::curve_panel::CurvePanel;
use crate::app::views::epoch_axis::{axis, scale, with_cursor};
use crate::app::views::mode::mode;
use crate::app::views::numbers_table;
use crate::app::widgets::dynamic::{Piece, flag, piece, text};
use crate::app::widgets::{ChartFrame, Choice, Picker, Segmented, TableSource};
use crate::entropy::Distance;

const TITLE: &str = "Inter-sample entropy of the training sets";
const AS_WRITTEN: &str = "written";
const AS_PUBLISHED: &str = "published";

fn nothing_chosen(what: &'static str) -> Piece {
    piece(move || {
        view! { <p>"Choose runs above, or queue several sizes under “Several runs at once”: this will show " {what} "."</p> }
            .into_any()
    })
}

/// (D): bars with their ceilings.
#[component]
pub fn EntropyBars() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let figure = Memo::new(move |_| conductor.compare(entropy_bars));
    let is_filled = flag(move || figure.with(|figure| !figure.groups.is_empty()));
    let table: TableSource = Arc::new(move || Some(numbers_table(conductor.compare(numbers))));
    let about = text(move || {
        let scale = "The dashed lines across a bar are log₂(N·k), what k equal neighbours of each image would give, \
                     and the ceiling log₂(N(N−1)); below the size stands H − log₂(N·k). Larger sets have larger H by \
                     their size alone: compare what stands below.";
        let reading = match conductor.compare(|compare| compare.distance) {
            Distance::ByteWrapped => {
                " As published: squared differences wrapped to a byte, the arithmetic that meets the values the \
                 paper prints; a hint of how they arose, not proof."
            }
            _ => " Pixels 0 … 255, Euclidean distance, k = 1000.",
        };
        format!("{scale}{reading}")
    });
    let value = text(move || {
        let is_published = conductor.compare(|compare| compare.distance) == Distance::ByteWrapped;
        if is_published { AS_PUBLISHED } else { AS_WRITTEN }.to_owned()
    });
    let on_pick = Callback::new(move |value: String| {
        let distance = if value == AS_PUBLISHED { Distance::ByteWrapped } else { Distance::Euclidean };
        conductor.apply(Event::Compare(CompareEvent::Reading(distance)));
    });
    let controls = piece(move || {
        let choices =
            vec![Choice::new(AS_WRITTEN, "As the equations say"), Choice::new(AS_PUBLISHED, "As published")];
        view! { <Segmented name="training-reading" label="Reading" quiet=true choices=choices value=value on_pick=on_pick/> }
            .into_any()
    });
    let chart =
        piece(move || view! { <BarBox label=Signal::stored(TITLE.to_owned()) figure=figure/> }.into_any());
    view! {
        <ChartFrame
            name="training-entropy"
            title=TITLE
            notation="H(training set)"
            about=about
            is_filled=is_filled
            table=table
            empty=nothing_chosen("how diverse each training set is")
            picture=true
            svg=bars_svg(TITLE, figure, mode)
            controls=controls
            chart=chart
        />
    }
    .into_any()
}

const METRICS: [(&str, Learning, On); 4] = [
    ("Training loss", Learning::Loss, On::Train),
    ("Test loss", Learning::Loss, On::Test),
    ("Training accuracy", Learning::Accuracy, On::Train),
    ("Test accuracy", Learning::Accuracy, On::Test),
];

/// (E): a curve per run.
#[component]
pub fn LearningCurves() -> impl IntoView {
    let conductor = conductor();
    let shown = RwSignal::new(METRICS[0].0.to_owned());
    let metric = move || {
        let found = shown.with(|shown| METRICS.into_iter().find(|(name, ..)| name == shown));
        found.unwrap_or(METRICS[0])
    };
    let (axis, scale) = (axis(conductor), scale(conductor));
    let curves = Memo::new(move |_| {
        let (_, learning, on) = metric();
        Some(conductor.compare(|compare| learning_curves(compare, learning, on, axis.get())))
    });
    let chart = Memo::new(move |_| with_cursor(conductor, scale, curves));
    let choices = METRICS.map(|(name, ..)| Choice::new(name, name)).to_vec();
    let choices: Signal<Vec<Choice>> = Signal::stored(choices);
    let on_pick = Callback::new(move |value: String| shown.set(value));
    let controls = piece(move || {
        view! { <Picker name="compared-metric" label="Shows" choices=choices value=shown.into() on_pick=on_pick/> }
            .into_any()
    });
    let about = text(move || {
        let (_, learning, on) = metric();
        let key = "One curve per run, in the colours of the bars; the training set's are running means over an epoch \
                   while the network changes. The ring marks where a curve gets stable.";
        let found = conductor.compare(|compare| sentences(compare, learning, on));
        std::iter::once(key.to_owned()).chain(found).collect::<Vec<_>>().join(" ")
    });
    view! {
        <CurvePanel
            name="compared-learning"
            title="Learning, run by run"
            notation=text(move || titles::learning(metric().1).to_string())
            about=about
            promise="how fast each run learns"
            empty=nothing_chosen("how fast each run learns")
            chart=chart
            // The least of all; what counts as standing still is in the chart.
            tolerance=Learning::Accuracy.tolerance()
            controls=controls
        />
    }
    .into_any()
}
