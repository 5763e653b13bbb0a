//! Plans of what follows from the predictions on the test set, epoch by epoch.

use super::{T, X, planned};
use crate::measure::{Form, Measure, MeasureKey, Of};
use crate::query::axes::{Axis, Layout, Pick};
use crate::query::check_error::CheckError;
use crate::query::notation::Query;
use crate::query::plan::{Loop, Need, Part, Plan};
use crate::query::resolve::{Epochs, Resolver};
use crate::query::selector::Selector;

/// `H(label|y=i)@T` and the like: a value a class and epoch.
pub(super) fn of_classes(
    measure: Measure,
    classes: &Selector,
    epochs: &Selector,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let query = Query::OfClasses { measure, classes: classes.clone(), epochs: epochs.clone() };
    let name = if measure == Measure::LabelGivenPredicted { "predicted" } else { "actual" };
    let classes = resolver.classes(classes, name, X)?;
    let epochs = resolver.epochs(epochs, T)?;
    let layout = Layout::of([&classes, &epochs.pick]);
    planned(query, measure.about().unit, layout, |[per_class, per_epoch]| {
        let loops = vec![Loop { from: classes.axis.coordinates.clone(), stride: per_class }];
        each_epoch(measure, &epochs, per_epoch, &loops, resolver)
    })
}

/// `accuracy(T)` and the like: a value an epoch, or those that the measure shows.
pub(super) fn of_epochs(
    measure: Measure,
    epochs: &Selector,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let query = Query::OfEpochs { measure, epochs: epochs.clone() };
    if measure.about().form == Form::Confusion {
        return confusion(query, measure, epochs, resolver);
    }
    let epochs = resolver.epochs(epochs, T)?;
    let parts = Pick::parts(measure);
    let layout = Layout::of([&epochs.pick, &parts]);
    planned(query, measure.about().unit, layout, |[per_epoch, per_part]| {
        let loops = vec![Loop { from: parts.axis.coordinates.clone(), stride: per_part }];
        each_epoch(measure, &epochs, per_epoch, &loops, resolver)
    })
}

/// `[T, K, K]`, the matrix last as in the run file.
fn confusion(
    query: Query,
    measure: Measure,
    epochs: &Selector,
    resolver: Resolver<'_>,
) -> Result<Plan, CheckError> {
    let epochs = resolver.epochs(epochs, T)?;
    let classes = |name| {
        let labels = resolver.shape.classes.clone();
        Pick::shown(Axis { name, coordinates: (0..labels.len()).collect(), labels })
    };
    let layout = Layout::of([&epochs.pick, &classes("actual"), &classes("predicted")]);
    planned(query, measure.about().unit, layout, |[per_epoch, _, per_predicted]| {
        // Rows follow each other without a gap, here and in the answer: one loop over all counts.
        let counts = resolver.shape.n_classes().pow(2);
        let loops = vec![Loop { from: (0..counts).collect(), stride: per_predicted }];
        each_epoch(measure, &epochs, per_epoch, &loops, resolver)
    })
}

fn each_epoch(
    measure: Measure,
    epochs: &Epochs,
    per_epoch: usize,
    loops: &[Loop],
    resolver: Resolver<'_>,
) -> Vec<Part> {
    let part = |(epoch, &epoch_index): (usize, &usize)| {
        let key = MeasureKey::new(measure, epoch_index, Of::Predictions);
        Part {
            need_len: resolver.n_values(&key),
            need: Need::Measure(key),
            base: epoch * per_epoch,
            loops: loops.to_vec(),
        }
    };
    epochs.indices.iter().enumerate().map(part).collect()
}
