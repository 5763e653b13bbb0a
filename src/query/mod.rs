//! The paper's notation: text ⇄ [`Query`], checked against a run, planned down to atomic results.
//!
//! Text comes from the query line, the console and the URL. [`parse`] makes a [`Query`] of it,
//! [`check`] resolves that against a [`RunShape`] into a [`Plan`], after which nothing can be out of
//! range; [`cost`] says what the plan will read; an [`Assembly`] puts the atomic results of the plan's
//! [`Need`]s in their places. Read by the compute worker (plans, assembly) and the page (parsing,
//! completion, cost). Reads no cell and computes no measure.
//!
//! # What an axis that is not fixed gives
//!
//! An index fixes an axis. On L, C and T everything else (`-`, a range, a set, even a set of one) is an
//! axis of the answer; the axes stand in the order class, layer, channel, epoch. On X:
//!
//! | X of a measure | meaning |
//! |---|---|
//! | `-` | all images of the probe set together: one value, no axis |
//! | index, range, set | these images together (`h`: the mean over them): one value, no axis |
//! | `label=3` | the images of that class together: one value, no axis |
//! | `label={0,1}`, `label=0..4`, `label=-` | one value a class: the axis `class` |
//!
//! In a bare slice, which has no measure to put images together, every X but an index is an axis of
//! images; rows and columns of the feature maps are its last two axes, and all its layers must have
//! outputs of one shape.
//!
//! - `H(dCNN(…))` is the inter-sample entropy when C is `-`. With C an index it is read as the
//!   intra-sample entropy `h`, as the paper's section 4.3 writes it; [`Plan::query`] tells.
//! - `I(…; …)` and `H(… | …)`: both slices name the same images and epochs and one layer each; the axes
//!   of their channels are `channel_a` (first slice) and `channel_b`.
//! - With `*` on C of both slices they compare whole layers, each with all its channels together; L may then pick
//!   several layers in either slice: the axes are `layer_a` and `layer_b`.
//! - `H(label|y=i)@T`, `H(y|label=i)@T`: i may be any selector of classes; the axis comes before T.
//! - `accuracy(T)`, `loss(T)`, `confusion(T)` are of the test set. A confusion matrix adds its rows
//!   (actual) and columns (predicted) after T, as the run file has them.
//! - The other measures of [`crate::measure`] are written with their own word: of a slice as `h`, of two whole layers as
//!   `CKA(…; …)`, of the test set as `accuracy(T)`. One that gives several values (its ceiling and chance level among
//!   them) adds the axis `value`, the last one.
//! - T names epoch numbers, not positions. An index or a set names recorded epochs; a range means the
//!   recorded epochs within it and may not reach past the last one.
//! - Layers with fewer channels than others of the answer leave NaN where they have none; so does a
//!   class with too few images on a class axis. A fixed class with too few images is refused.
//!
//! # Why no parser library
//!
//! The grammar has some twenty symbols and no precedence. What matters is that every error knows the
//! column and *everything* that would have been right there, and that completion offers exactly that
//! set; a recursive-descent parser that notes each symbol it looked for in vain gives both in one
//! mechanism and costs the page a few kilobytes.

mod assembly;
mod axes;
mod check;
mod check_error;
mod complete;
mod contents;
mod cost;
mod lexer;
mod notation;
mod parse_error;
mod parser;
mod places;
mod plan;
mod resolve;
mod run_shape;
mod selector;
#[cfg(test)]
mod testing;

pub use assembly::{AnswerArray, Assembly, AssemblyError, assemble};
pub use axes::Axis;
pub use check::check;
pub use check_error::CheckError;
pub use complete::{Completion, complete};
pub use contents::{Contents, contents};
pub use cost::{Cost, cost, scaled};
pub use notation::{CubeAxis, Images, Place, Query, Slice, WhichSlice};
pub use parse_error::{Expected, Found, ParseError};
pub use parser::parse;
pub use plan::{Need, Plan};
pub use run_shape::{LayerOutline, RunShape};
pub use selector::{IndexRange, IndexSet, Selector};

/// Why a text gives no plan for a run: not a query, or not one of this run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The text is not in the grammar.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// The query asks for what the run has not.
    #[error("Column {column}: {error}")]
    Check {
        /// Where in the text, 1 first, in characters.
        column: usize,
        /// What is wrong.
        error: CheckError,
    },
}

impl QueryError {
    /// Where in the text, 1 first, in characters.
    pub fn column(&self) -> usize {
        match self {
            Self::Parse(error) => error.column,
            Self::Check { column, .. } => *column,
        }
    }

    /// A stable machine-readable name: `query_syntax` or that of the [`CheckError`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Parse(_) => "query_syntax",
            Self::Check { error, .. } => error.code(),
        }
    }
}

/// Parses and checks in one go, so that what the run has not is reported with its column.
///
/// # Errors
/// [`QueryError::Parse`] for text outside the grammar, [`QueryError::Check`] for what `shape` lacks.
pub fn plan(text: &str, shape: &RunShape) -> Result<Plan, QueryError> {
    let (query, places) = parser::parse_with_places(text)?;
    check(&query, shape).map_err(|error| QueryError::Check { column: places.column(error.place()), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_run_carries_the_column_of_the_axis() {
        let error = plan("h(dCNN(-, 9, -, 0))", &testing::shape()).unwrap_err();
        assert_eq!((error.column(), error.code()), (11, "query_out_of_range"));
        assert!(error.to_string().starts_with("Column 11: L: there is no layer 9"), "{error}");
    }

    #[test]
    fn an_error_of_the_second_slice_is_found_there() {
        let error = plan("I(dCNN(-,1,-,0);dCNN(-,2,99,0))", &testing::shape()).unwrap_err();
        assert_eq!(error.column(), 26);
    }

    #[test]
    fn an_error_of_the_grammar_keeps_its_column() {
        let error = plan("h(dCNN(-, 9 -, 0))", &testing::shape()).unwrap_err();
        assert_eq!((error.column(), error.code()), (13, "query_syntax"));
    }
}
