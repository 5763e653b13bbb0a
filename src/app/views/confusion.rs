//! The confusion matrix at the selected epoch: a table whose cells are shaded, with recall, precision and both entropies
//! at its edges; a press shows a cell's images.

mod edges;

use std::sync::Arc;

use leptos::prelude::*;

use super::cell_images::CellImages;
use super::mode::mode;
use super::paint::class_colours;
use super::{numbers_table, titled, train_hint};
use crate::app::conductor::conductor;
use crate::app::figures::confusion::{ConfusionCell, Shade, Show as Text, cells, describe, numbers};
use crate::app::figures::titles::Titled;
use crate::app::session::OpenRun;
use crate::app::session::editor::outline::grouped;
use crate::app::widgets::dynamic::{flag, piece, text};
use crate::app::widgets::{Cell, CellGrid, ChartFrame, Choice, Grid, GridCell, Segmented, TableSource};
use crate::evaluation::ConfusionMatrix;
use crate::plot::color::Rgb;
use crate::plot::palette::{self, Mode};
use edges::edges;

/// Counts or percentages: what is right is green and quiet, what is wrong stands out.
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
        let more = if mode() == Mode::Dark { "brighter" } else { "darker" };
        let key = format!(
            "Rows are the true class, columns the answer. Green is right, orange is wrong; {more} is more. Press a cell \
             to see its images."
        );
        matrix.with(|matrix| match matrix {
            Some((matrix, _)) => {
                let (right, images) = (100.0 * matrix.accuracy(), grouped(matrix.total()));
                format!("{key} {right:.2} % of N = {images} test images are right.")
            }
            None => key,
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
    let ends = Memo::new(move |_| {
        matrix.with(|matrix| matrix.as_ref().map(|(matrix, classes)| edges::of(matrix, classes, mode())))
    });
    let tracks = text(move || grid.with(|grid| format!("auto minmax(0, {}) auto", grid.most_width())));
    let is_named = flag(move || grid.with(Grid::is_named));
    let label = Signal::stored("Confusion matrix: arrow keys move, Enter shows images".to_owned());
    let chart = piece(move || {
        view! {
            <div class="matrix-axes" class:named=is_named style:grid-template-columns=tracks>
                <span class="columns-label">"predicted"</span>
                <span class="rows">"actual"</span>
                <CellGrid grid=grid label=label describe=describe on_pick=on_pick/>
                {edges(ends)}
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
    let colours = palette::colours(mode);
    let rows = cells(matrix, show);
    let cell = |ConfusionCell { text, shade }: &ConfusionCell| {
        let back = match shade {
            Shade::Empty => colours.sunken,
            Shade::Right(share) => colours.core.over(colours.background, 0.12 + 0.75 * share),
            Shade::Wrong(strength) => {
                palette::confusion_error(mode).over(colours.background, 0.16 + 0.84 * strength)
            }
        };
        shaded(text.clone(), Some(back), mode)
    };
    Grid {
        heads: classes.to_vec(),
        head_inks: class_colours(classes.len(), mode),
        rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
    }
}

/// A cell with the ink that is easier to read on it.
pub fn shaded(text: String, back: Option<Rgb>, mode: Mode) -> GridCell {
    let colours = palette::colours(mode);
    let back = back.unwrap_or(colours.background);
    let ink = back.easier_to_read(colours.text, colours.background);
    GridCell { text, back: back.css(), ink: ink.css() }
}
