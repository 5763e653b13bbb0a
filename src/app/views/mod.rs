//! What is on the page: each view reads parts of the session, hands texts and numbers to widgets and
//! plots, and sends events. Nothing is computed here.

mod cell_images;
pub mod channel;
mod class_picker;
pub mod confusion;
pub mod curve_box;
pub mod curve_panel;
pub mod curves;
pub mod editor;
mod empty_page;
pub mod epoch_axis;
pub mod frame;
mod keys;
pub mod layer;
pub mod layer_picker;
pub mod lazily;
pub mod mode;
pub mod muting;
pub mod notices;
pub mod own_data;
pub mod page;
pub mod paint;
pub mod preflight;
pub mod presets;
pub mod progress;
pub mod query;
pub mod queue;
pub mod runs;
pub mod start_panel;
pub mod storage;
pub mod sweep;
pub mod top_bar;
mod train_hint;
pub mod training;

pub use train_hint::{TrainHint, train_hint};

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::figures::Numbers;
use crate::app::figures::titles::Titled;
use crate::app::widgets::Table;
use crate::app::widgets::dynamic::text;

/// A figure's title in the paper's notation, with what is on screen.
fn titled(figure: impl Fn() -> Option<Titled> + Send + Sync + 'static) -> Signal<String> {
    let conductor = conductor();
    text(move || {
        let written = figure().and_then(|figure| {
            conductor.open(|run| conductor.selection(|selection| figure.write(run, selection)))
        });
        written.unwrap_or_default()
    })
}

/// A figure's numbers for a widget.
fn numbers_table(numbers: Numbers) -> Table {
    Table { columns: numbers.columns, rows: numbers.rows }
}
