//! Channels muted, and what the network can no longer do: accuracy, label entropies, confusion matrix.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::confusion::{Show as CellText, describe};
use crate::app::figures::mute::{Change, ClassChange, classes, numbers};
use crate::app::figures::titles::Titled;
use crate::app::figures::{Numbers, exact};
use crate::app::session::mute::Muted;
use crate::app::session::projection::feature_names;
use crate::app::session::{Event, MuteEvent};
use crate::app::views::confusion::grid;
use crate::app::views::layer_picker::layer_picker;
use crate::app::views::mode::mode;
use crate::app::views::muting::{can_be_muted, effect, found, is_idle, on_trial, state};
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{choose, flag, piece, press, text, when};
use crate::app::widgets::{Cell, CellGrid, ChartFrame, TableSource};
use crate::evaluation::ConfusionMatrix;
use crate::protocol::examine::MuteEffect;

/// Channels to choose, and before and after.
#[component]
pub fn MutePanel() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let is_filled = flag(move || effect(conductor).is_some());
    let table: TableSource = Arc::new(move || {
        let of = |(effect, names): (MuteEffect, Vec<String>)| numbers_table(numbers(&effect, &names));
        effect(conductor).map(of)
    });
    let about = text(move || {
        found(conductor).unwrap_or_else(|| {
            "The network is evaluated once more with the outputs of some channels set to zero; nothing is \
             trained again."
                .to_owned()
        })
    });
    let result = piece(move || match effect(conductor) {
        Some((effect, names)) => {
            let matrix = |title: &'static str, confusion: &ConfusionMatrix| {
                let (confusion, names, mode) = (confusion.clone(), names.clone(), mode());
                let cells = grid(&confusion, &names, CellText::Counts, mode);
                let describe = Callback::new(move |Cell { row, column }: Cell| {
                    describe(&confusion, &names, row, column)
                });
                let (cells, label) = (Memo::new(move |_| cells.clone()), Signal::stored(title.to_owned()));
                view! { <div><p class="facts">{title}</p><CellGrid grid=cells label=label describe=describe/></div> }
                    .into_any()
            };
            view! {
                <div class="scroll" tabindex="0" role="group" aria-label="Classes before and after">
                    {class_table(&classes(&effect, &names))}
                </div>
                <div class="matrices">
                    {matrix("Confusion matrix before", &effect.before.confusion)}
                    {matrix("Confusion matrix after", &effect.after.confusion)}
                </div>
            }
            .into_any()
        }
        None => ().into_any(),
    });
    let has_run = flag(move || conductor.open(|_| ()).is_some());
    let hint = piece(|| view! { <p>"Choose channels above, then press “Mute and evaluate”."</p> }.into_any());
    let promise = "what the network loses with some channels muted";
    let no_run = train_hint(promise);
    view! {
        <ChartFrame
            name="mute"
            title="Mute channels"
            notation=titled(move || on_trial(conductor).map(to_title))
            about=about
            is_filled=is_filled
            table=table
            empty=choose(has_run, hint, no_run)
            wide=true
            controls=when(has_run, piece(move || controls(conductor)))
            chart=result
        />
    }
    .into_any()
}

fn to_title((muted, epoch): (Muted, u32)) -> Titled {
    Titled::Muted { layer: muted.layer, features: muted.features.into_iter().collect(), epoch }
}

fn controls(conductor: Conductor) -> AnyView {
    let layer = move || conductor.selection(|selection| selection.layer);
    let pick = move |layer| conductor.apply(Event::LayerPicked(layer));
    let has_features = flag(move || can_be_muted(conductor, layer()));
    let is_disabled = flag(move || !is_idle(conductor, layer()));
    let state = text(move || state(conductor, layer()));
    let ask = press(move || conductor.mute());
    view! {
        {layer_picker("mute-layer", "Layer", layer, pick)}
        {when(has_features, piece(move || features(conductor)))}
        <button type="button" class="primary" prop:disabled=is_disabled on:click=ask>"Mute and evaluate"</button>
        <p class="hint" role="status">{state}</p>
    }
    .into_any()
}

/// A button a feature; all, none.
fn features(conductor: Conductor) -> AnyView {
    let layer = move || conductor.selection(|selection| selection.layer);
    let names = Memo::new(move |_| conductor.open(|run| feature_names(run, layer())).unwrap_or_default());
    let chosen = Memo::new(move |_| {
        let run = conductor.open(|run| run.run.clone()).unwrap_or_default();
        conductor.muting(|mute| mute.features(&run, layer()))
    });
    let send = move |event| conductor.apply(Event::Mute(event));
    let button = move |(feature, name): (usize, String)| {
        let is_chosen = text(move || chosen.with(|chosen| chosen.contains(&feature)).to_string());
        let toggle = press(move || send(MuteEvent::Toggled(feature)));
        view! {
            <button type="button" class="feature" aria-pressed=is_chosen aria-label=name.clone() title=name
                on:click=toggle>{feature}</button>
        }
        .into_any()
    };
    let buttons =
        piece(move || names.get().into_iter().enumerate().map(button).collect::<Vec<_>>().into_any());
    let choose_first = move |count: usize| {
        let features = (0..count).collect();
        send(MuteEvent::Chosen { layer: untrack(layer), features });
    };
    let all = press(move || choose_first(names.with_untracked(Vec::len)));
    let none = press(move || choose_first(0));
    view! {
        <div class="features" role="group" aria-label="Channels to mute">{buttons}</div>
        <button type="button" class="quiet" on:click=all>"All"</button>
        <button type="button" class="quiet" on:click=none>"None"</button>
    }
    .into_any()
}

fn class_table(classes: &[ClassChange]) -> AnyView {
    let percent = |change: Change| {
        let share =
            |share: f64| if share.is_nan() { "–".to_owned() } else { format!("{:.1} %", 100.0 * share) };
        [share(change.before), share(change.after)]
    };
    let bits = |change: Change| [exact(change.before), exact(change.after)];
    let cells = |class: &ClassChange| {
        [percent(class.found), bits(class.label_given_prediction), bits(class.prediction_given_label)]
            .concat()
    };
    let rows = classes.iter().map(|class| std::iter::once(class.class.clone()).chain(cells(class)).collect());
    let heads = ["class", "found", "muted", "H(label | y = i)", "muted", "H(y | label = i)", "muted"];
    let numbers = Numbers { columns: heads.map(str::to_owned).to_vec(), rows: rows.collect() };
    let head = |name: String| view! { <th scope="col">{name}</th> }.into_any();
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        view! {
            <tr>
                <th scope="row">{cells.next()}</th>
                {cells.map(|cell| view! { <td>{cell}</td> }.into_any()).collect::<Vec<_>>()}
            </tr>
        }
        .into_any()
    };
    view! {
        <table class="before-after">
            <thead><tr>{numbers.columns.into_iter().map(head).collect::<Vec<_>>()}</tr></thead>
            <tbody>{numbers.rows.into_iter().map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
