//! Capacity in two numbers, mean and maximum over all pairs of channels: from one layer to every deeper one, and of
//! one pair of layers over epochs. Chance stands beside both.

use super::by_epoch::ByEpoch;
use super::capacity::{as_shown, matrix, null};
use super::{Curve, CurveChart, Ink, Numbers, exact};
use crate::app::session::layer::CapacityMeasure;
use crate::app::session::{Capacity, LayerPair, OpenRun, Results};

/// A capacity matrix in three numbers, bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Over all defined cells.
    pub mean: f64,
    /// Of them.
    pub maximum: f64,
    /// Mean of what chance gives.
    pub chance: f64,
}

/// Mean, maximum and chance of a capacity.
pub fn extent(capacity: &Capacity) -> Extent {
    let bits = matrix(capacity, CapacityMeasure::Capacity);
    Extent { mean: bits.mean(), maximum: bits.maximum(), chance: null(capacity).mean() }
}

/// Layers deeper than `from`, with the extent of the capacity where it is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Depth {
    /// The layer of the rows.
    pub from: usize,
    /// |L|.
    pub last: usize,
    /// By layer, ascending.
    pub points: Vec<(usize, Option<Extent>)>,
}

impl Depth {
    /// At an epoch; `corrected` for bias or as counted.
    pub fn of(run: &OpenRun, results: &Results, epoch_index: usize, from: usize, corrected: bool) -> Self {
        let last = run.header.layers.len();
        let point = |layer| {
            let capacity = results.capacity(epoch_index, LayerPair { a: from, b: layer });
            (layer, capacity.map(|capacity| extent(&as_shown(capacity, corrected))))
        };
        Self { from, last, points: (from + 1..=last).map(point).collect() }
    }

    /// One number of every measured layer, as points of a curve over layers.
    pub fn curve(&self, number: impl Fn(&Extent) -> f64) -> Vec<(f64, f64)> {
        let point =
            |(layer, extent): &(usize, Option<Extent>)| Some((*layer as f64, number(extent.as_ref()?)));
        self.points.iter().filter_map(point).collect()
    }

    /// The top of the axis: a little above the largest maximum.
    pub fn top(&self) -> f64 {
        let largest = self.points.iter().filter_map(|(_, extent)| extent.map(|extent| extent.maximum));
        1.08 * largest.filter(|bits| bits.is_finite()).fold(0.1, f64::max)
    }

    /// The measured layer nearest to a place on the axis.
    pub fn nearest(&self, place: f64) -> Option<(usize, Extent)> {
        let measured = self.points.iter().filter_map(|(layer, extent)| Some((*layer, (*extent)?)));
        let distance = |layer: usize| (layer as f64 - place).abs();
        measured.min_by(|one, other| distance(one.0).total_cmp(&distance(other.0)))
    }

    /// One row per measured layer.
    pub fn numbers(&self, run: &OpenRun) -> Numbers {
        let row = |(layer, extent): &(usize, Option<Extent>)| {
            let Extent { mean, maximum, chance } = (*extent)?;
            let name = format!("{layer} {}", run.layer_name(*layer));
            Some(vec![name, exact(mean), exact(maximum), exact(chance)])
        };
        let columns = ["layer", "mean (bit)", "maximum (bit)", "by chance (bit)"];
        Numbers {
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.points.iter().filter_map(row).collect(),
        }
    }
}

/// Mean, maximum and chance of a pair of layers (of a run), corrected for bias or not, at every epoch that is measured.
pub type Extents = ByEpoch<(String, LayerPair, bool), Extent>;

/// Of the epochs that are measured; what was worked out `last` is not worked out again. All of them are estimated in the
/// same way, the best for the pair: a curve of two estimates would have steps.
pub fn extents(
    last: Option<&Extents>,
    run: &OpenRun,
    results: &Results,
    pair: LayerPair,
    corrected: bool,
) -> Extents {
    let best = run.header.best_estimate(pair.a, pair.b);
    let at = |epoch_index| {
        let capacity = results.estimated(best, epoch_index, pair)?;
        Some(extent(&as_shown(capacity, corrected)))
    };
    Extents::followed(last, (run.run.clone(), pair, corrected), run.epochs.len(), at)
}

/// They as curves.
pub fn over_epochs(run: &OpenRun, extents: &Extents, cursor: Option<f64>) -> CurveChart {
    let number_of = |(index, extent)| Some((f64::from(run.epoch_number(index)?), extent));
    let extents: Vec<(f64, &Extent)> = extents.iter().filter_map(number_of).collect();
    let curve = |name: &str, ink: Ink, number: fn(&Extent) -> f64| Curve {
        name: name.to_owned(),
        ink,
        points: extents.iter().map(|(epoch, extent)| (*epoch, number(extent))).collect(),
    };
    let highest = extents.iter().map(|(_, extent)| extent.maximum).filter(|bits| bits.is_finite());
    CurveChart {
        x_end: f64::from(run.last_epoch()).max(1.0),
        y_title: "I (bit)".to_owned(),
        y_range: (0.0, 1.08 * highest.fold(0.1, f64::max)),
        curves: vec![
            curve("maximum", Ink::Maximum, |extent| extent.maximum),
            curve("mean", Ink::Mean, |extent| extent.mean),
            curve("mean by chance", Ink::Chance, |extent| extent.chance),
        ],
        cursor,
        ..CurveChart::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::capacity::tests::capacity;
    use super::*;
    use crate::app::session::fixture;
    use crate::cube::Estimate;
    use crate::measure::{Measure, MeasureKey};
    use crate::protocol::compute::Measured;
    use crate::protocol::{Answer, Task};

    fn measured(pairs: &[(usize, usize, usize, f64)]) -> Results {
        let mut results = Results::default();
        for &(epoch_index, layer_a, layer_b, bits) in pairs {
            let capacity = capacity(&[bits, 3.0 * bits], &[4.0], &[4.0; 2]);
            let task = Task::Measure {
                run: "a".into(),
                key: MeasureKey::of_layers(Measure::Capacity, epoch_index, layer_a, layer_b)
                    .over(Estimate::Exact),
            };
            results.answer(&task, Answer::Measured(Measured::ChannelPairs(Box::new(capacity))));
        }
        results
    }

    #[test]
    fn a_layer_is_compared_with_all_deeper_ones() {
        let run = fixture::open_run("a", 1);
        let depth = Depth::of(&run, &measured(&[(0, 1, 3, 0.5)]), 0, 1, false);
        assert_eq!(depth.points.len(), 2);
        assert_eq!(depth.points[0], (2, None));
        assert_eq!(depth.curve(|extent| extent.mean), [(3.0, 1.0)]);
        assert_eq!(depth.curve(|extent| extent.maximum), [(3.0, 1.5)]);
        assert_eq!(depth.nearest(1.9).map(|(layer, _)| layer), Some(3));
        assert_eq!(depth.numbers(&run).rows, [["3 probabilities", "1.0000", "1.5000", "0.1000"]]);
        assert!(Depth::of(&run, &Results::default(), 0, 3, false).points.is_empty(), "nothing lies deeper");
    }

    #[test]
    fn the_pair_has_a_curve_over_measured_epochs() {
        let run = fixture::open_run("a", 3);
        let results = measured(&[(0, 1, 2, 0.5), (2, 1, 2, 1.0), (1, 1, 3, 9.0)]);
        let chart = over_epochs(&run, &extents(None, &run, &results, LayerPair { a: 1, b: 2 }, false), None);
        assert_eq!(chart.curves[0].points, [(0.0, 1.5), (2.0, 3.0)]);
        assert_eq!(chart.curves[1].points, [(0.0, 1.0), (2.0, 2.0)]);
        assert_eq!(chart.curves[2].points.len(), 2);
    }
}
