//! The axis of charts over training: what it counts, where the open run's epochs stand on it, and the selected one.

use leptos::prelude::*;

use crate::app::conductor::Conductor;
use crate::app::figures::CurveChart;
use crate::app::session::{TrainingAxis, TrainingScale};

/// The selected epoch's number, where the cursor stands.
pub fn cursor(conductor: Conductor) -> Option<f64> {
    let index = conductor.selection(|selection| selection.epoch_index);
    conductor.open(|run| run.epoch_number(index)).flatten().map(f64::from)
}

/// What charts over training count; who reads it is not woken when only the epoch moves.
pub fn axis(conductor: Conductor) -> Memo<TrainingAxis> {
    Memo::new(move |_| conductor.selection(|selection| selection.axis))
}

/// Where the open run's epochs stand on that axis.
pub fn scale(conductor: Conductor) -> Memo<TrainingScale> {
    let axis = axis(conductor);
    Memo::new(move |_| {
        conductor.open(|run| TrainingScale::alone(axis.get(), &run.header)).unwrap_or_default()
    })
}

/// A chart on the chosen axis with the selected epoch marked; the chart itself is not made anew when that moves.
pub fn with_cursor(
    conductor: Conductor,
    scale: Memo<TrainingScale>,
    chart: Memo<Option<CurveChart>>,
) -> Option<CurveChart> {
    let cursor = cursor(conductor).map(|epoch| scale.get().at(epoch));
    chart.get().map(|chart| CurveChart { cursor, ..chart })
}
