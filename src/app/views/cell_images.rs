//! The probe images that a cell of the confusion matrix is about, shown below it.

use leptos::html;
use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::probe_cell::{MOST, images_slice, predicted_as, probabilities_slice, sheet};
use crate::app::session::OpenRun;
use crate::app::spawn::spawn;
use crate::app::widgets::dynamic::{piece, press};
use crate::app::widgets::heatmap::put;
use crate::app::widgets::{Cell, Image};
use crate::protocol::{Answer, Fault, Task};

/// What is shown of a cell.
#[derive(Clone, PartialEq)]
enum Shown {
    /// It is being read.
    Reading,
    /// How many probe images of the class there are, how many of them the network takes so, and these.
    Images { of_class: usize, found: usize, image: Image },
    /// It could not be read.
    Failed(Fault),
}

/// Nothing while no cell is picked.
#[component]
pub fn CellImages(
    /// Row actual, column predicted.
    picked: RwSignal<Option<Cell>>,
) -> impl IntoView {
    let conductor = conductor();
    let shown: RwSignal<Shown> = RwSignal::new(Shown::Reading);
    let newest = StoredValue::new(0_u32);
    let wanted = Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let run = conductor.open(|run| run.run.clone());
        (picked.get(), run, epoch_index)
    });
    Effect::new(move || {
        let (cell, run, epoch_index) = wanted.get();
        let (Some(cell), Some(_)) = (cell, run) else { return };
        newest.update_value(|newest| *newest += 1);
        let ticket = newest.get_value();
        shown.set(Shown::Reading);
        spawn(async move {
            let found = read(conductor, cell, epoch_index).await.unwrap_or_else(Shown::Failed);
            // Only the newest answer is of the cell that is picked; and the view may be gone.
            if newest.try_get_value() == Some(ticket) {
                shown.try_set(found);
            }
        });
    });
    piece(move || {
        let Some(cell) = picked.get() else { return ().into_any() };
        let (head, image) = words(conductor, cell, shown);
        view! {
            <div class="cell-images" aria-live="polite">
                <p>{head} <button class="quiet" on:click=press(move || picked.set(None))>"Close"</button></p>
                {image}
            </div>
        }
        .into_any()
    })
    .into_any()
}

fn words(conductor: Conductor, cell: Cell, shown: RwSignal<Shown>) -> (String, AnyView) {
    let Cell { row, column } = cell;
    let name = |class: usize| {
        conductor.open(|run| run.header.classes.get(class).cloned()).flatten().unwrap_or_default()
    };
    let epoch_index = conductor.selection(|selection| selection.epoch_index);
    let count = conductor.open(|run| Some(run.epochs.get(epoch_index)?.confusion.count(row, column)));
    let counted = format!(
        "The cell counts {} test images of {} predicted as {}; which ones is not recorded. ",
        count.flatten().unwrap_or(0),
        name(row),
        name(column)
    );
    match shown.get() {
        Shown::Reading => (counted + "Reading the probe set …", ().into_any()),
        Shown::Failed(fault) => (format!("{counted}{fault}"), ().into_any()),
        Shown::Images { of_class, found, image } => {
            let some = if found > MOST { format!(" (the first {MOST} are shown)") } else { String::new() };
            let words = format!(
                "{counted}Of the probe set's {of_class} images of {}, {found} are predicted so{some}.",
                name(row)
            );
            (words, view! { <SheetOf image=image/> }.into_any())
        }
    }
}

#[component]
fn SheetOf(image: Image) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    let width = format!("{}px", 2 * image.width);
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            // Without the picture its count is still said.
            let _ = put(&canvas, &image);
        }
    });
    view! { <canvas class="sheet" style:max-width=width node_ref=node role="img" aria-label="Probe images"></canvas> }
        .into_any()
}

/// The probe images of the row's class that the network takes for the column's.
async fn read(conductor: Conductor, cell: Cell, epoch_index: usize) -> Result<Shown, Fault> {
    let of_open = |make: &dyn Fn(&OpenRun) -> Option<String>| {
        conductor.peek(|session| session.open.as_ref().and_then(|run| Some((run.run.clone(), make(run)?))))
    };
    let none = || Ok(Shown::Images { of_class: 0, found: 0, image: Image::default() });
    let Some((run, text)) = of_open(&|run| probabilities_slice(run, cell.row, epoch_index)) else {
        return none();
    };
    let Answer::Slice { axes, values, shape } = conductor.ask(Task::Slice { run, text }).await?.answer else {
        return none();
    };
    let images = axes.first().map(|axis| axis.coordinates.clone()).unwrap_or_default();
    let n_classes = shape.last().copied().unwrap_or(1);
    let found = predicted_as(&images, &values, n_classes, cell.column);
    let (of_class, n_found) = (images.len(), found.len());
    let first = &found[..n_found.min(MOST)];
    if first.is_empty() {
        return Ok(Shown::Images { of_class, found: 0, image: Image::default() });
    }
    let Some((run, text)) = of_open(&|run| images_slice(run, first, epoch_index)) else { return none() };
    let Answer::Slice { values, shape, .. } = conductor.ask(Task::Slice { run, text }).await?.answer else {
        return none();
    };
    let [.., channels, height, width] = shape[..] else { return none() };
    let sheet = sheet(&values, channels, height, width);
    let image = Image { width: sheet.width, height: sheet.height, rgba: sheet.rgba };
    Ok(Shown::Images { of_class, found: n_found, image })
}
