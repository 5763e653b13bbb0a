//! Whether a text can be answered by the run on screen, and what that costs: known before it runs.

use crate::measure::Unit;
use crate::query::{Contents, Cost, QueryError, RunShape, contents, cost, parse, plan};

/// Bytes that may be read for an answer that nobody pressed a button for.
const LIVE_BYTES: u64 = 256 << 20;
/// Pairs that may be counted for it; a second or two of one worker.
const LIVE_PAIRS: u64 = 400_000_000;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, 1 first, in characters.
    pub column: usize,
    /// In a sentence, with what would have been right.
    pub sentence: String,
    /// Whether the text is no query at all, and not just one that this run cannot answer.
    pub is_syntax: bool,
}

/// What is known of a text before it is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// No run is on screen, or its probe set is not known yet; the text is a query.
    #[default]
    Unknown,
    /// It cannot be answered.
    Bad(Problem),
    /// It can.
    Good(Box<Good>),
}

/// A query that the run can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// The query as it is understood.
    pub query: String,
    /// Estimate, as if nothing were stored.
    pub cost: Cost,
    /// Names and lengths of the answer's axes.
    pub axes: Vec<(&'static str, usize)>,
    /// Whether it is a measure, and not the cells themselves.
    pub is_measure: bool,
    /// What its slices hold.
    pub contents: Vec<Contents>,
}

impl Good {
    /// Whether it is cheap enough to be answered at every change.
    pub fn is_light(&self) -> bool {
        self.cost.bytes <= LIVE_BYTES && self.cost.pairs <= LIVE_PAIRS
    }
}

impl Check {
    /// What is known of a query that can be answered.
    pub fn good(&self) -> Option<&Good> {
        match self {
            Self::Good(good) => Some(good),
            _ => None,
        }
    }

    /// What is wrong.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Bad(problem) => Some(problem),
            _ => None,
        }
    }
}

/// Checks a text, against a run where its shape is known.
pub fn of(text: &str, shape: Option<&RunShape>) -> Check {
    let Some(shape) = shape else {
        return match parse(text) {
            Ok(_) => Check::Unknown,
            Err(error) => Check::Bad(problem(&QueryError::Parse(error))),
        };
    };
    let plan = match plan(text, shape) {
        Ok(plan) => plan,
        Err(error) => return Check::Bad(problem(&error)),
    };
    Check::Good(Box::new(Good {
        query: plan.query().to_string(),
        cost: cost(&plan, shape),
        axes: plan.axes().iter().map(|axis| (axis.name, axis.len())).collect(),
        is_measure: plan.unit() != Unit::Activation,
        contents: plan.query().slices().into_iter().filter_map(|slice| contents(slice, shape).ok()).collect(),
    }))
}

fn problem(error: &QueryError) -> Problem {
    Problem {
        column: error.column(),
        sentence: error.to_string(),
        is_syntax: matches!(error, QueryError::Parse(_)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    fn shape() -> RunShape {
        let labels = (0..500_u16).map(|image| (image % 10) as u8).collect();
        RunShape::new(&fixture::header(), labels, vec![0, 1, 2])
    }

    #[test]
    fn a_good_query_says_its_cost_its_axes_and_what_it_holds() {
        let check = of("h(dCNN(label={0,1}, 1, -, 0..2))", Some(&shape()));
        let good = check.good().unwrap();
        assert_eq!(good.axes, [("class", 2), ("channel", 16), ("epoch", 3)]);
        assert!(good.is_measure && good.is_light() && good.cost.bytes > 0);
        assert_eq!((good.contents.len(), good.contents[0].images.len()), (1, 100));
    }

    #[test]
    fn a_comparison_holds_two_slices_and_a_loss_none() {
        let contents = |text| of(text, Some(&shape())).good().unwrap().contents.len();
        assert_eq!(contents("I(dCNN(-, 1, -, 0); dCNN(-, 2, -, 0))"), 2);
        assert_eq!(contents("loss(-)"), 0);
    }

    #[test]
    fn an_expensive_query_waits_for_the_button() {
        let mut wide = shape();
        wide.layers[1].shape.channels = 128;
        wide.layers[2].shape.channels = 128;
        let is_light = |text| of(text, Some(&wide)).good().is_some_and(Good::is_light);
        assert!(is_light("accuracy(-)") && is_light("H(dCNN(-, 3, -, -))"));
        assert!(!is_light("I(dCNN(-, 1, -, -); dCNN(-, 2, -, -))"));
    }

    #[test]
    fn problems_know_their_column_with_and_without_a_run() {
        let syntax = of("h(dCNN(-, 1 -, 0))", None);
        assert_eq!(syntax.problem().map(|problem| (problem.column, problem.is_syntax)), Some((13, true)));
        let range = of("h(dCNN(-, 9, -, 0))", Some(&shape()));
        assert_eq!(range.problem().map(|problem| (problem.column, problem.is_syntax)), Some((11, false)));
        assert_eq!(of("h(dCNN(-, 9, -, 0))", None), Check::Unknown);
    }
}
