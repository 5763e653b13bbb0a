//! Controls and frames. They know neither the domain nor the plots: texts, values and callbacks come in.

pub mod canvas;
pub mod cell_grid;
pub mod chart_frame;
pub mod combobox;
pub mod checks;
pub mod dialog;
pub mod dynamic;
pub mod field;
mod frames;
pub mod heatmap;
pub mod legend;
pub mod measured;
pub mod picker;
mod range;
pub mod pixels;
pub mod raster;
mod reveal;
mod picture;
pub mod save;
pub mod segmented;
pub mod sized;
pub mod slider;
pub mod table;
pub mod tooltip;

pub use canvas::{Canvas, Over, Surface, put_pixels, vertical_line};
pub use cell_grid::{CellGrid, Grid, GridCell};
pub use chart_frame::{ChartFrame, SvgSource};
pub use checks::{Check, Checks};
pub use combobox::{Combobox, Suggestion};
pub use dialog::Dialog;
pub use field::Field;
pub use heatmap::{Cell, Heatmap, Image};
pub use legend::{Hidden, Legend, LegendEntry};
pub use picker::Picker;
pub use picture::picture;
pub use pixels::Pixels;
pub use range::Range;
pub use raster::Raster;
pub use reveal::reveal;
pub use segmented::Segmented;
pub use sized::watch_size;
pub use slider::PlaySlider;
pub use table::{Table, TableSource};
pub use tooltip::{Tip, tooltip};

/// A value that can be chosen, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Given to the callback.
    pub value: String,
    /// Shown.
    pub label: String,
}

impl Choice {
    /// A choice from its two texts.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}
