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
use super::plan::{Part, Plan, Unit};
use super::resolve::Resolver;
use super::run_shape::RunShape;

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
    let resolver = Resolver { shape: &shape };
    match query {
        Query::Cells(slice) => cells::plan(slice, resolver),
        Query::InterSample(slice) if slice.channels.is_fixed() => layers::intra_sample(slice, resolver),
        Query::InterSample(slice) => layers::inter_sample(slice, resolver),
        Query::IntraSample(slice) => layers::intra_sample(slice, resolver),
        Query::Capacity { a, b } => pairs::capacity(a, b, resolver),
        Query::Conditional { a, b } => pairs::conditional(a, b, resolver),
        Query::LayerInformation { a, b } | Query::LayerConditional { a, b } => {
            whole::plan(query, a, b, resolver)
        }
        Query::LabelGivenPredicted { predicted, epochs } => {
            performance::label_given_predicted(predicted, epochs, resolver)
        }
        Query::PredictedGivenLabel { actual, epochs } => {
            performance::predicted_given_label(actual, epochs, resolver)
        }
        Query::Accuracy(epochs) => performance::accuracy(epochs, resolver),
        Query::Loss(epochs) => performance::loss(epochs, resolver),
        Query::Confusion(epochs) => performance::confusion(epochs, resolver),
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
