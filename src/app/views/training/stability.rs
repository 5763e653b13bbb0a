//! From which epoch on each class's label entropies are stable.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::figures::label::Label;
use crate::app::figures::stabilisation;
use crate::app::figures::titles::Titled;
use crate::app::session::{OpenRun, TrainingAxis};
use crate::app::views::epoch_axis::{axis, scale};
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{flag, piece, text};
use crate::app::widgets::{ChartFrame, Table, TableSource};
use crate::evaluation::ConfusionMatrix;

/// A row per class.
#[component]
pub fn StabilityView() -> impl IntoView {
    let conductor = conductor();
    let (axis, scale) = (axis(conductor), scale(conductor));
    let numbers = Memo::new(move |_| {
        let of = |run: &OpenRun| {
            let chart = |label: Label| label.chart_with_noise(run).along(scale.get());
            let images = |confusion: &ConfusionMatrix| {
                (0..confusion.n_classes()).map(|class| confusion.actual_total(class)).collect::<Vec<_>>()
            };
            let images = run.epochs.last().map(|epoch| images(&epoch.confusion)).unwrap_or_default();
            stabilisation::numbers(&chart(Label::GivenPrediction), &chart(Label::GivenLabel), &images)
        };
        conductor.open(of).map(numbers_table)
    });
    let is_filled =
        flag(move || numbers.with(|numbers| numbers.as_ref().is_some_and(|table| !table.rows.is_empty())));
    let table: TableSource = Arc::new(move || numbers.get());
    let rows = piece(move || {
        let Table { columns, rows } = numbers.get().unwrap_or_default();
        let head = |cell: String| view! { <th scope="col">{cell}</th> }.into_any();
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
            <table class="stability">
                <thead><tr>{columns.into_iter().map(head).collect::<Vec<_>>()}</tr></thead>
                <tbody>{rows.into_iter().map(row).collect::<Vec<_>>()}</tbody>
            </table>
        }
        .into_any()
    });
    let about = text(move || {
        let unit = match axis.get() {
            TrainingAxis::Epochs => "",
            TrainingAxis::Updates => " In weight updates.",
            TrainingAxis::Images => " In images seen.",
        };
        format!(
            "The first recorded epoch from which on a curve stays around its last value for at least three of them: \
             within 5 % of its range, 0.05 bit or two standard deviations over 200 resampled test sets, whichever is \
             most; ringed on the curves.{unit}"
        )
    });
    let promise = "when each class gets stable";
    view! {
        <ChartFrame
            name="stability"
            title="Stable from"
            notation=titled(|| Some(Titled::Stability))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            chart=rows
        />
    }
    .into_any()
}
