//! A query's text → its answer: parsed, checked against the run, its atomic results computed, assembled.

use crate::compute::ComputeError;
use crate::compute::needs::Source;
use crate::cube::RunReader;
use crate::measure::Unit;
use crate::protocol::Answer;
use crate::protocol::compute::{AnswerAxis, BitsArray};
use crate::query::{Plan, parse};
use crate::storage::ByteStore;

/// The measure a text asks for.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn answer<S: ByteStore + Clone>(run: &RunReader<S>, text: &str) -> Result<Answer, ComputeError> {
    let run = of_text(run, text);
    let mut source = Source::open(&run).await?;
    let plan = source.plan(text)?;
    if plan.unit() == Unit::Activation {
        let message =
            "A bare slice gives raw cells; ask for them with slice(), or measure it with H(…) or h(…).";
        return Err(ComputeError::Query { message: message.to_owned() });
    }
    let values = source.values(&plan).await?;
    Ok(Answer::Query {
        query: plan.query().to_string(),
        unit: plan.unit().name().to_owned(),
        axes: axes(&plan),
        values: BitsArray { shape: plan.shape(), values },
        counted: source.counted(&plan),
    })
}

/// What must be computed for a text before it is answered: each can be done by another worker.
///
/// # Errors
/// What the store and the query language refuse.
pub async fn missing<S: ByteStore + Clone>(run: &RunReader<S>, text: &str) -> Result<Answer, ComputeError> {
    let run = of_text(run, text);
    let source = Source::open(&run).await?;
    Ok(Answer::Needs(source.missing(&source.plan(text)?).await?))
}

/// The raw cells of a slice.
///
/// # Errors
/// What the store, the run's files and the estimators refuse.
pub async fn slice<S: ByteStore + Clone>(run: &RunReader<S>, text: &str) -> Result<Answer, ComputeError> {
    let run = of_text(run, text);
    let mut source = Source::open(&run).await?;
    let plan = source.plan(text)?;
    if plan.unit() != Unit::Activation {
        let message = "This is a measure; slice() takes a bare slice such as dCNN(0, 1, 0, 0).";
        return Err(ComputeError::Query { message: message.to_owned() });
    }
    let values = source.values(&plan).await?;
    Ok(Answer::Slice {
        axes: axes(&plan),
        shape: plan.shape(),
        values: values.into_iter().map(|value| value as f32).collect(),
    })
}

/// The run with the images on X that a text names; as it is where it has none such, which planning then says.
fn of_text<S: ByteStore + Clone>(run: &RunReader<S>, text: &str) -> RunReader<S> {
    let named = parse(text).ok().and_then(|query| run.of(query.probe_set()).ok());
    named.unwrap_or_else(|| run.clone())
}

fn axes(plan: &Plan) -> Vec<AnswerAxis> {
    let axis = |axis: &crate::query::Axis| AnswerAxis {
        name: axis.name.to_owned(),
        coordinates: axis.coordinates.clone(),
        labels: axis.labels.clone(),
    };
    plan.axes().iter().map(axis).collect()
}
