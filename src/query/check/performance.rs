//! Plans of what follows from the predictions on the test set, epoch by epoch.

use super::{T, X, planned};
use crate::query::axes::{Axis, Layout, Pick};
use crate::query::check_error::CheckError;
use crate::query::notation::Query;
use crate::query::plan::{Loop, Need, Part, Plan, Unit};
use crate::query::resolve::{Epochs, Resolver};
use crate::query::selector::Selector;

/// H(label|y=i)@T
pub(super) fn label_given_predicted(
    predicted: &Selector,
    epochs: &Selector,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let query = Query::LabelGivenPredicted { predicted: predicted.clone(), epochs: epochs.clone() };
    let classes = resolver.classes(predicted, "predicted", X)?;
    let need = |epoch_index| Need::LabelGivenPredicted { epoch_index };
    by_class(query, &classes, &resolver.epochs(epochs, T)?, resolver, need)
}

/// H(y|label=i)@T
pub(super) fn predicted_given_label(
    actual: &Selector,
    epochs: &Selector,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let query = Query::PredictedGivenLabel { actual: actual.clone(), epochs: epochs.clone() };
    let classes = resolver.classes(actual, "actual", X)?;
    let need = |epoch_index| Need::PredictedGivenLabel { epoch_index };
    by_class(query, &classes, &resolver.epochs(epochs, T)?, resolver, need)
}

fn by_class(
    query: Query,
    classes: &Pick,
    epochs: &Epochs,
    resolver: Resolver<'_>,
    need: impl Fn(usize) -> Need,
) -> Result<Plan, CheckError> {
    let need_len = resolver.shape.n_classes();
    planned(query, Unit::Bit, Layout::of([classes, &epochs.pick]), |[per_class, per_epoch]| {
        let loops = vec![Loop { from: classes.axis.coordinates.clone(), stride: per_class }];
        each_epoch(epochs, per_epoch, &Shared { need_len, loops }, need)
    })
}

/// accuracy(T)
pub(super) fn accuracy(epochs: &Selector, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let need = |epoch_index| Need::TestAccuracy { epoch_index };
    one_number(Query::Accuracy(epochs.clone()), Unit::Share, &resolver.epochs(epochs, T)?, need)
}

/// loss(T)
pub(super) fn loss(epochs: &Selector, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let need = |epoch_index| Need::TestLoss { epoch_index };
    one_number(Query::Loss(epochs.clone()), Unit::Nat, &resolver.epochs(epochs, T)?, need)
}

fn one_number(
    query: Query,
    unit: Unit,
    epochs: &Epochs,
    need: impl Fn(usize) -> Need,
) -> Result<Plan, CheckError> {
    planned(query, unit, Layout::of([&epochs.pick]), |[per_epoch]| {
        each_epoch(epochs, per_epoch, &Shared { need_len: 1, loops: vec![] }, need)
    })
}

/// confusion(T): `[T, K, K]`, the matrix last as in the run file.
pub(super) fn confusion(epochs: &Selector, resolver: Resolver<'_>) -> Result<Plan, CheckError> {
    let query = Query::Confusion(epochs.clone());
    let epochs = resolver.epochs(epochs, T)?;
    let classes = |name| {
        let labels = resolver.shape.classes.clone();
        Pick::shown(Axis { name, coordinates: (0..labels.len()).collect(), labels })
    };
    let layout = Layout::of([&epochs.pick, &classes("actual"), &classes("predicted")]);
    let need_len = resolver.shape.n_classes().pow(2);
    planned(query, Unit::Count, layout, |[per_epoch, _, per_predicted]| {
        // Rows follow each other without a gap, here and in the answer: one loop over all counts.
        let loops = vec![Loop { from: (0..need_len).collect(), stride: per_predicted }];
        let need = |epoch_index| Need::Confusion { epoch_index };
        each_epoch(&epochs, per_epoch, &Shared { need_len, loops }, need)
    })
}

/// What the parts of all epochs have in common.
struct Shared {
    need_len: usize,
    loops: Vec<Loop>,
}

fn each_epoch(epochs: &Epochs, per_epoch: usize, shared: &Shared, need: impl Fn(usize) -> Need) -> Vec<Part> {
    let part = |(epoch, &epoch_index): (usize, &usize)| Part {
        need: need(epoch_index),
        need_len: shared.need_len,
        base: epoch * per_epoch,
        loops: shared.loops.clone(),
    };
    epochs.indices.iter().enumerate().map(part).collect()
}
