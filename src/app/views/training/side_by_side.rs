//! Two runs side by side, with sliders that move together, or their difference.

use leptos::prelude::*;

use super::sides_charts::{SideBars, SideCurves, SideMatrices};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::sides::{agreement, numbers};
use crate::app::session::{Compare, CompareEvent, Event, Side};
use crate::app::views::numbers_table;
use crate::app::widgets::dynamic::{choose, flag, piece, text, when};
use crate::app::widgets::{Choice, Picker, PlaySlider, Segmented, Table};

fn tell(conductor: Conductor, event: CompareEvent) {
    conductor.apply(Event::Compare(event));
}

/// The controls, what both have in common, and their charts.
#[component]
pub fn SideBySide() -> impl IntoView {
    let conductor = conductor();
    // Also while a run is still being read: the lists that it was picked from must not go away.
    let is_there = flag(move || {
        conductor.compare(|compare| compare.run_on(Side::A).is_some() && compare.run_on(Side::B).is_some())
    });
    let charts = piece(move || {
        view! {
            {controls(conductor)}
            <p class="about">{text(move || conductor.compare(words))}</p>
            {metrics(conductor)}
        }
        .into_any()
    });
    let frames = piece(|| {
        view! {
            <SideMatrices/>
            <SideCurves/>
            <SideBars/>
        }
        .into_any()
    });
    let empty = piece(|| {
        view! { <p class="hint">"Choose two runs above: they will stand side by side here, epoch by epoch."</p> }
            .into_any()
    });
    view! {
        <section class="panel wide side-by-side" aria-labelledby="sides-title">
            <h2 id="sides-title">"Side by side"</h2>
            {choose(is_there, charts, empty)}
        </section>
        {when(is_there, frames)}
    }
    .into_any()
}

fn words(compare: &Compare) -> String {
    let both = compare.on(Side::A).zip(compare.on(Side::B));
    both.map_or_else(|| "Reading the runs …".to_owned(), |(a, b)| agreement(a, b).join(" "))
}

fn metrics(conductor: Conductor) -> AnyView {
    let table = Memo::new(move |_| {
        conductor.compare(|compare| {
            let (a, b) = compare.on(Side::A).zip(compare.on(Side::B))?;
            let (epoch_a, epoch_b) = (compare.epoch_on(Side::A), compare.epoch_on(Side::B));
            Some(numbers_table(numbers(&a.run, epoch_a, &b.run, epoch_b)))
        })
    });
    piece(move || {
        let Table { columns, rows } = table.get().unwrap_or_default();
        let cells = |cells: Vec<String>| {
            cells.into_iter().map(|cell| view! { <td>{cell}</td> }.into_any()).collect::<Vec<_>>()
        };
        view! {
            <table class="stability">
                <thead><tr>{cells(columns)}</tr></thead>
                <tbody>{rows.into_iter().map(|row| view! { <tr>{cells(row)}</tr> }.into_any()).collect::<Vec<_>>()}</tbody>
            </table>
        }
        .into_any()
    })
    .into_any()
}

fn controls(conductor: Conductor) -> AnyView {
    let is_linked = flag(move || conductor.compare(|compare| compare.sides.is_linked));
    let link: Box<dyn FnMut(web_sys::Event)> = Box::new(move |_| {
        let is_linked = conductor.peek(|session| session.compare.sides.is_linked);
        tell(conductor, CompareEvent::Link(!is_linked));
    });
    let mode = text(move || {
        let is_difference = conductor.compare(|compare| compare.sides.is_difference);
        if is_difference { "difference" } else { "both" }.to_owned()
    });
    let on_mode =
        Callback::new(move |value: String| tell(conductor, CompareEvent::Difference(value == "difference")));
    let modes = vec![Choice::new("both", "Side by side"), Choice::new("difference", "Difference B − A")];
    view! {
        <div class="sides">
            {side(conductor, Side::A, "side-a", "epoch-a", "Run A", "epoch of A")}
            {side(conductor, Side::B, "side-b", "epoch-b", "Run B", "epoch of B")}
        </div>
        <div class="controls">
            <label class="check">
                <input type="checkbox" prop:checked=is_linked on:change=link/>
                <span>"Sliders move together"</span>
            </label>
            <Segmented name="sides-mode" label="Show" quiet=true choices=modes value=mode on_pick=on_mode/>
        </div>
    }
    .into_any()
}

fn side(
    conductor: Conductor,
    side: Side,
    name: &'static str,
    slider: &'static str,
    label: &'static str,
    epoch_label: &'static str,
) -> AnyView {
    let choices = Memo::new(move |_| {
        conductor.run_list(|run_list| {
            let choice = |run: &crate::protocol::compute::RunSummary| {
                Some(Choice::new(run.run.clone(), run.header.as_ref()?.name.clone()))
            };
            run_list.runs().iter().filter_map(choice).collect::<Vec<_>>()
        })
    });
    let value =
        text(move || conductor.compare(|compare| compare.run_on(side).unwrap_or_default().to_owned()));
    let on_pick = Callback::new(move |run: String| tell(conductor, CompareEvent::Put { side, run }));
    let steps = Memo::new(move |_| {
        conductor.compare(|compare| compare.on(side).map_or(0, |compared| compared.run.epochs.len()))
    });
    let step = Memo::new(move |_| conductor.compare(|compare| compare.epoch_on(side)));
    let words = text(move || {
        conductor.compare(|compare| {
            let number =
                compare.on(side).and_then(|compared| compared.run.epoch_number(compare.epoch_on(side)));
            number.map_or_else(|| "no epoch yet".to_owned(), |epoch| format!("epoch {epoch}"))
        })
    });
    let on_step =
        Callback::new(move |epoch_index| tell(conductor, CompareEvent::Epoch { side, epoch_index }));
    view! {
        <div class="side-of">
            <Picker name=name label=label choices=choices.into() value=value on_pick=on_pick/>
            <PlaySlider name=slider label=epoch_label steps=steps.into() step=step.into() words=words on_step=on_step/>
        </div>
    }
    .into_any()
}
