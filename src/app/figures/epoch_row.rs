//! One pair of layers at several epochs in a row, as the paper prints it (Figures 10 and 11): one scale for all, and
//! all in the order of the chosen epoch, so that a cell stands at the same place in each.

use super::Numbers;
use super::capacity::{as_shown, matrix, scale};
use super::exact;
use super::heat::Heat;
use super::matrix::{Matrix, maximum};
use crate::app::session::layer::LayerLook;
use crate::app::session::{LayerPair, OpenRun, Results};
use crate::plot::raster::ValueRange;

/// One epoch of the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its number.
    pub epoch: u32,
    /// Its heatmap; `None` until it is measured.
    pub heat: Option<Heat>,
}

/// Heatmaps of one pair of layers at several epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochRow {
    /// By epoch, ascending.
    pub steps: Vec<Step>,
    /// Ends of the colours of all.
    pub range: ValueRange,
}

impl EpochRow {
    /// The epochs that `look` chooses. Rows and columns stand as they do at the epoch on screen, `chosen` (an index on
    /// axis T), or, until that is measured, as at the last epoch of the row that is.
    pub fn of(run: &OpenRun, results: &Results, pair: LayerPair, chosen: usize, look: &LayerLook) -> Self {
        let bins = run.header.settings.bins;
        // None has hatching, a past, or a scale, of its own.
        let plain = LayerLook { own_scale: false, hatch: false, ..look.clone() };
        // All are estimated in one way, the best for the pair.
        let best = run.header.best_estimate(pair.a, pair.b);
        let heat = |index: usize| {
            let capacity = as_shown(results.estimated(best, index, pair)?, look.corrected);
            Some(Heat::new(&capacity, None, &plain, bins))
        };
        let step = |epoch| Step { epoch, heat: run.index_of_epoch(epoch).and_then(heat) };
        let mut steps: Vec<Step> = look.epochs_of(run).into_iter().map(step).collect();
        let last = || steps.iter().rev().find_map(|step| step.heat.clone());
        let arrangement = heat(chosen).or_else(last).map(|heat| heat.arrangement).unwrap_or_default();
        let all: Vec<f64> =
            steps.iter().filter_map(|step| step.heat.as_ref()).map(|heat| heat.matrix.maximum()).collect();
        let largest = Matrix::new(1, 1, vec![maximum(all.into_iter())]);
        let range = scale(&largest, look, bins, false);
        for step in &mut steps {
            step.heat = step.heat.take().map(|heat| heat.standing_as(&arrangement, range));
        }
        Self { steps, range }
    }

    /// Whether any epoch is measured.
    pub fn is_measured(&self) -> bool {
        self.steps.iter().any(|step| step.heat.is_some())
    }

    /// A row per pair of channels, a column per measured epoch.
    pub fn numbers(&self) -> Numbers {
        let measured: Vec<(u32, &Matrix)> =
            self.steps.iter().filter_map(|step| Some((step.epoch, &step.heat.as_ref()?.matrix))).collect();
        let (n_b, n_a) = measured.first().map_or((0, 0), |(_, matrix)| (matrix.rows, matrix.columns));
        let row = |a: usize, b: usize| {
            let values = measured.iter().map(move |(_, matrix)| exact(matrix.at(b, a)));
            [a.to_string(), b.to_string()].into_iter().chain(values).collect()
        };
        let heads = ["channel of a", "channel of b"].map(str::to_owned).into_iter();
        Numbers {
            columns: heads.chain(measured.iter().map(|(epoch, _)| format!("epoch {epoch}"))).collect(),
            rows: (0..n_a).flat_map(|a| (0..n_b).map(move |b| (a, b))).map(|(a, b)| row(a, b)).collect(),
        }
    }
}

/// Mean of the measure that is shown, at one epoch of the row.
pub fn mean(results: &Results, epoch_index: usize, pair: LayerPair, look: &LayerLook) -> Option<f64> {
    Some(matrix(&as_shown(results.capacity(epoch_index, pair)?, look.corrected), look.measure).mean())
}

#[cfg(test)]
mod tests {
    use super::super::capacity::tests::capacity;
    use super::*;
    use crate::app::session::fixture;
    use crate::app::session::layer::SortOrder;
    use crate::cube::Estimate;
    use crate::measure::{Measure, MeasureKey};
    use crate::protocol::compute::Measured;
    use crate::protocol::{Answer, Task};

    const PAIR: LayerPair = LayerPair { a: 1, b: 2 };

    /// A pair of one and two channels at some epochs.
    fn measured(epochs: &[(usize, [f64; 2])]) -> Results {
        let mut results = Results::default();
        for &(epoch_index, bits) in epochs {
            let estimate = Estimate::Exact;
            let task = Task::Measure {
                run: "a".into(),
                key: MeasureKey::of_layers(Measure::Capacity, epoch_index, 1, 2).over(estimate),
            };
            results.answer(
                &task,
                Answer::Measured(Measured::ChannelPairs(Box::new(capacity(&bits, &[4.0], &[4.0; 2])))),
            );
        }
        results
    }

    fn row(chosen: usize, look: &LayerLook) -> EpochRow {
        let results = measured(&[(0, [0.5, 1.0]), (2, [2.0, 1.5]), (5, [0.1, 3.0])]);
        EpochRow::of(&fixture::open_run("a", 6), &results, PAIR, chosen, look)
    }

    #[test]
    fn all_epochs_stand_in_the_order_of_the_chosen_one() {
        let look = LayerLook { rows: SortOrder::MeanDescending, ..LayerLook::default() };
        let values = |chosen| {
            let row = row(chosen, &look);
            row.steps.iter().filter_map(|step| Some(step.heat.as_ref()?.values())).collect::<Vec<_>>()
        };
        assert_eq!(values(2), [[0.5, 1.0], [2.0, 1.5], [0.1, 3.0]]);
        assert_eq!(values(0), [[1.0, 0.5], [1.5, 2.0], [3.0, 0.1]]);
        assert_eq!(values(4), values(5), "until it is measured, that of the last one that is");
    }

    #[test]
    fn all_epochs_have_one_scale() {
        let ends = |look: &LayerLook| row(0, look).range;
        let fixed = LayerLook { own_scale: false, ..LayerLook::default() };
        assert_eq!(ends(&fixed), ValueRange { low: 0.0, high: 5.0 });
        let own = LayerLook { hatch: true, against: Some(0), ..LayerLook::default() };
        assert_eq!(ends(&own), ValueRange { low: 0.0, high: 3.0 }, "the largest of all of them");
        for step in row(0, &own).steps.iter().filter_map(|step| step.heat.as_ref()) {
            assert_eq!((step.range, step.hatched.len(), step.is_difference), (ends(&own), 0, false));
        }
    }

    #[test]
    fn the_usual_epochs_or_the_chosen_ones_are_shown() {
        let epochs = |look: &LayerLook| row(0, look).steps.iter().map(|step| step.epoch).collect::<Vec<_>>();
        assert_eq!(epochs(&LayerLook::default()), [0, 2, 3, 5]);
        let chosen = LayerLook { epochs: vec![1, 2, 9], ..LayerLook::default() };
        assert_eq!(epochs(&chosen), [1, 2]);
        assert!(row(0, &chosen).is_measured() && row(0, &chosen).steps[0].heat.is_none());
    }

    #[test]
    fn the_numbers_have_a_column_per_measured_epoch() {
        let numbers = row(0, &LayerLook::default()).numbers();
        assert_eq!(numbers.columns, ["channel of a", "channel of b", "epoch 0", "epoch 2", "epoch 5"]);
        assert_eq!(numbers.rows[1], ["0", "1", "1.0000", "1.5000", "3.0000"]);
        assert_eq!(numbers.rows.len(), 2);
        assert!(
            EpochRow::of(&fixture::open_run("a", 0), &Results::default(), PAIR, 0, &LayerLook::default())
                .numbers()
                .rows
                .is_empty()
        );
    }
}
