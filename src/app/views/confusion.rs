//! The confusion matrix at the selected epoch: a table whose cells are shaded; a press shows a cell's images.

use std::sync::Arc;

use leptos::prelude::*;

use super::cell_images::CellImages;
use super::mode::mode;
use super::{numbers_table, titled, train_hint};
use crate::app::conductor::conductor;
use crate::app::figures::confusion::{Show as Text, cells, describe, numbers};
use crate::app::figures::titles::Titled;
use crate::app::session::OpenRun;
use crate::app::session::editor::outline::grouped;
use crate::app::widgets::dynamic::{flag, piece, text};
use crate::app::widgets::{Cell, CellGrid, ChartFrame, Choice, Grid, GridCell, Segmented, TableSource};
use crate::evaluation::ConfusionMatrix;
use crate::plot::palette::{self, Mode};
use crate::plot::ramp::Ramp;

/// Counts or percentages, darker for more.
#[component]
pub fn ConfusionView() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let shows = RwSignal::new(Text::Counts);
    let picked: RwSignal<Option<Cell>> = RwSignal::new(None);
    let matrix = Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let at = |run: &OpenRun| {
            Some((run.epochs.get(epoch_index)?.confusion.clone(), run.header.classes.clone()))
        };
        conductor.open(at).flatten()
    });
    let is_filled = flag(move || matrix.with(Option::is_some));
    let table: TableSource = Arc::new(move || {
        matrix.with(|matrix| matrix.as_ref().map(|(matrix, classes)| numbers_table(numbers(matrix, classes))))
    });
    let about = text(move || {
        let key = "Rows are the actual class, columns the predicted one; darker is more. Press a cell to see images.";
        matrix.with(|matrix| match matrix {
            Some((matrix, _)) => {
                let (right, images) = (100.0 * matrix.accuracy(), grouped(matrix.total()));
                format!("Test set: {right:.2} % of N = {images} images predicted right. {key}")
            }
            None => key.to_owned(),
        })
    });
    let grid = Memo::new(move |_| {
        let grid =
            |(matrix, classes): &(ConfusionMatrix, Vec<String>)| grid(matrix, classes, shows.get(), mode());
        matrix.with(|matrix| matrix.as_ref().map(grid).unwrap_or_default())
    });
    let describe = Callback::new(move |Cell { row, column }: Cell| {
        let lines =
            |(matrix, classes): &(ConfusionMatrix, Vec<String>)| describe(matrix, classes, row, column);
        matrix.with(|matrix| matrix.as_ref().map(lines).unwrap_or_default())
    });
    let on_pick = Callback::new(move |cell: Cell| {
        picked.update(|picked| *picked = Some(cell).filter(|cell| *picked != Some(*cell)));
    });
    let label = Signal::stored("Confusion matrix: arrow keys move, Enter shows images".to_owned());
    let chart = piece(move || {
        view! {
            <div class="matrix-axes">
                <span class="columns-label">"predicted"</span>
                <span class="rows">"actual"</span>
                <CellGrid grid=grid label=label describe=describe on_pick=on_pick/>
            </div>
            <CellImages picked=picked/>
        }
        .into_any()
    });
    let promise = "which digits are mistaken for which";
    view! {
        <ChartFrame
            name="confusion"
            title="Confusion matrix"
            notation=titled(|| Some(Titled::Confusion))
            about=about
            is_filled=is_filled
            table=table
            empty=train_hint(promise)
            controls=piece(move || shows_control("confusion-text", shows))
            chart=chart
        />
    }
    .into_any()
}

/// Counts, percent of row or percent of column.
pub fn shows_control(name: &'static str, shows: RwSignal<Text>) -> AnyView {
    let choices = Text::ALL.map(|show| Choice::new(show.label(), show.label())).to_vec();
    let value = text(move || shows.get().label().to_owned());
    let on_pick = Callback::new(move |label: String| shows.set(Text::from_label(&label)));
    view! { <Segmented name=name label="Cells show" quiet=true choices=choices value=value on_pick=on_pick/> }
        .into_any()
}

/// The matrix as a widget shows it.
pub fn grid(matrix: &ConfusionMatrix, classes: &[String], show: Text, mode: Mode) -> Grid {
    let ramp = Ramp::counts(mode);
    let rows = cells(matrix, show);
    let cell = |cell: &crate::app::figures::confusion::ConfusionCell| {
        shaded(cell.text.clone(), ramp.at(cell.share), mode)
    };
    Grid { heads: classes.to_vec(), rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect() }
}

/// A cell with the ink that is easier to read on it.
pub fn shaded(text: String, back: Option<crate::plot::color::Rgb>, mode: Mode) -> GridCell {
    let colours = palette::colours(mode);
    let back = back.unwrap_or(colours.background);
    let ink = back.easier_to_read(colours.text, colours.background);
    GridCell { text, back: back.css(), ink: ink.css() }
}
