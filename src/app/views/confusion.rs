//! The confusion matrix at the selected epoch: a table whose cells are shaded.

use std::sync::Arc;

use leptos::prelude::*;

use super::curve_panel::mode;
use super::{TrainHint, numbers_table};
use crate::app::conductor::conductor;
use crate::app::figures::confusion::{ConfusionCell, Show as Text, cells, numbers};
use crate::app::session::OpenRun;
use crate::app::widgets::dynamic::{flag, piece, text};
use crate::app::widgets::{ChartFrame, Choice, Segmented, TableSource};
use crate::evaluation::ConfusionMatrix;
use crate::plot::palette::{self, Mode};
use crate::plot::ramp::Ramp;

/// Counts or percentages, darker for more.
#[component]
pub fn ConfusionView() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let shows = RwSignal::new("counts".to_owned());
    let matrix = move || {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let at = |run: &OpenRun| {
            Some((run.epochs.get(epoch_index)?.confusion.clone(), run.header.classes.clone()))
        };
        conductor.open(at).flatten()
    };
    let is_filled = flag(move || matrix().is_some());
    let table: TableSource =
        Arc::new(move || matrix().map(|(matrix, classes)| numbers_table(numbers(&matrix, &classes))));
    let about = text(move || {
        let key = "Rows are the actual class, columns the predicted one; darker is more.";
        match matrix() {
            Some((matrix, _)) => {
                format!("Test set: {:.2} % predicted right. {key}", 100.0 * matrix.accuracy())
            }
            None => key.to_owned(),
        }
    });
    let choices = vec![Choice::new("counts", "Counts"), Choice::new("percent", "Percent of row")];
    let on_pick = Callback::new(move |value: String| shows.set(value));
    let controls = piece(move || {
        let choices = choices.clone();
        view! {
            <Segmented name="confusion-text" label="Cells show" quiet=true choices=choices value=shows.into() on_pick=on_pick/>
        }
        .into_any()
    });
    let grid = piece(move || match matrix() {
        Some((matrix, classes)) => {
            let text = if shows.get() == "counts" { Text::Counts } else { Text::Percent };
            grid(&matrix, &classes, text, mode())
        }
        None => ().into_any(),
    });
    let promise = "which digits are mistaken for which";
    view! {
        <ChartFrame
            name="confusion"
            title="Confusion matrix"
            notation="confusion(T)"
            about=about
            is_filled=is_filled
            table=table
            empty=piece(move || view! { <TrainHint what=promise/> }.into_any())
            controls=controls
            chart=piece(move || grid.clone().into_any())
        />
    }
    .into_any()
}

/// A matrix as a table of shaded cells.
pub fn grid(matrix: &ConfusionMatrix, classes: &[String], text: Text, mode: Mode) -> AnyView {
    let ramp = Ramp::counts(mode);
    let colours = palette::colours(mode);
    let head = |name: &String| view! { <th scope="col">{name.clone()}</th> }.into_any();
    let cell = |cell: ConfusionCell| {
        let back = ramp.at(cell.share).unwrap_or(colours.background);
        let ink = back.easier_to_read(colours.text, colours.background);
        view! { <td title=cell.sentence style:background-color=back.css() style:color=ink.css()>{cell.text}</td> }.into_any()
    };
    let row = |(name, row): (&String, Vec<ConfusionCell>)| {
        view! {
            <tr>
                <th scope="row">{name.clone()}</th>
                {row.into_iter().map(cell).collect::<Vec<_>>()}
            </tr>
        }
        .into_any()
    };
    view! {
        <table class="confusion">
            <thead>
                <tr>
                    <td></td>
                    {classes.iter().map(head).collect::<Vec<_>>()}
                </tr>
            </thead>
            <tbody>{classes.iter().zip(cells(matrix, classes, text)).map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
