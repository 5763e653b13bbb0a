//! `Query × RunShape → Plan`: everything out of range is refused here; after that nothing can fail.

mod cells;
mod layers;
mod pairs;
mod performance;
#[cfg(test)]
mod tests;
mod whole;

use super::axes::Layout;
use super::check_error::CheckError;
use super::notation::{CubeAxis, Place, Query, WhichSlice};
use super::plan::{Part, Plan};
use super::resolve::Resolver;
use super::run_shape::RunShape;
use crate::measure::{Form, Measure, Unit};

/// Values of a measure's answer, 8 bytes each: 256 MiB.
const MOST_VALUES: usize = 1 << 25;
/// Cells of a bare slice, 4 bytes each: 256 MiB.
const MOST_CELLS: usize = 1 << 26;

const X: Place = Place { slice: WhichSlice::First, axis: CubeAxis::X };
const L: Place = Place { slice: WhichSlice::First, axis: CubeAxis::L };
const C: Place = Place { slice: WhichSlice::First, axis: CubeAxis::C };
const T: Place = Place { slice: WhichSlice::First, axis: CubeAxis::T };

/// Resolves a query against a run.
///
/// # Errors
/// [`CheckError`] naming the axis, the value and what is allowed.
pub fn check(query: &Query, shape: &RunShape) -> Result<Plan, CheckError> {
    let shape = shape.of(query.probe_set()).ok_or(CheckError::NoTrainImages { place: X })?;
    let resolver = Resolver { shape: &shape, probe_set: query.probe_set() };
    match query {
        Query::Cells(slice) => cells::plan(slice, resolver),
        // Of one channel there is only the intra-sample entropy, as the paper's section 4.3 writes it.
        Query::OfSlice { measure: Measure::InterSample, slice } if slice.channels.is_fixed() => {
            layers::plan(Measure::IntraSample, slice, resolver)
        }
        Query::OfSlice { measure, slice } => layers::plan(*measure, slice, resolver),
        Query::OfSlices { measure, a, b } if measure.about().form == Form::ChannelPair => {
            pairs::plan(*measure, a, b, resolver)
        }
        Query::OfSlices { measure, a, b } => whole::plan(*measure, a, b, resolver),
        Query::OfClasses { measure, classes, epochs } => {
            performance::of_classes(*measure, classes, epochs, resolver)
        }
        Query::OfEpochs { measure, epochs } => performance::of_epochs(*measure, epochs, resolver),
    }
}

/// Puts a plan together unless its answer is too large; only then are the parts made.
fn planned<const N: usize>(
    query: Query,
    unit: Unit,
    layout: Layout<N>,
    parts: impl FnOnce([usize; N]) -> Vec<Part>,
) -> Result<Plan, CheckError> {
    let most = if unit == Unit::Activation { MOST_CELLS } else { MOST_VALUES };
    if layout.len > most {
        return Err(CheckError::TooLarge { values: layout.len, most });
    }
    Ok(Plan { query, unit, parts: parts(layout.strides), axes: layout.axes, len: layout.len })
}
