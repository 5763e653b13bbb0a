//! Information between whole layers (paper 4.3): every layer with every other at one epoch, and one pair over epochs.
//!
//! The first layer lies across, the second down. On the diagonal stands H of the layer: more than that no other layer
//! can tell about it. Chance (one layer's images shuffled) stands beside every value.

use super::by_epoch::ByEpoch;
use super::matrix::Matrix;
use super::{Curve, CurveChart, Ink, Numbers, Rule, exact};
use crate::app::session::layer::{CapacityMeasure, LayerLook};
use crate::app::session::{LayerPair, OpenRun, Results};
use crate::plot::raster::ValueRange;

/// What two layers tell about each other, bits; not a number while it is not measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// I(a; b).
    pub information: f64,
    /// H(a|b).
    pub a_given_b: f64,
    /// H(b|a).
    pub b_given_a: f64,
    /// I by chance.
    pub chance: f64,
}

impl Told {
    /// Of a pair of layers at an epoch, if it is measured.
    pub fn of(results: &Results, epoch_index: usize, pair: LayerPair) -> Option<Self> {
        let (lower, upper) = (pair.a.min(pair.b), pair.a.max(pair.b));
        let &[information, first, second, chance] = results.layer_information(epoch_index, lower, upper)?
        else {
            return None;
        };
        let (a_given_b, b_given_a) = if pair.a <= pair.b { (first, second) } else { (second, first) };
        Some(Self { information, a_given_b, b_given_a, chance })
    }
}

/// All layers with all layers at one epoch: a row per layer b, a column per layer a.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeLayers {
    /// What each pair tells, row-major.
    told: Vec<Option<Told>>,
    /// |L| + 1.
    pub n: usize,
    /// B of the distances.
    bins: usize,
}

impl WholeLayers {
    /// What is measured of it.
    pub fn of(run: &OpenRun, results: &Results, epoch_index: usize) -> Self {
        let n = run.header.layers.len() + 1;
        let pairs = (0..n).flat_map(|b| (0..n).map(move |a| LayerPair { a, b }));
        let told = pairs.map(|pair| Told::of(results, epoch_index, pair)).collect();
        Self { told, n, bins: run.header.settings.bins }
    }

    /// Whether any pair is measured.
    pub fn is_measured(&self) -> bool {
        self.told.iter().any(Option::is_some)
    }

    /// The measure that is looked at: I, or H(row | column).
    pub fn matrix(&self, look: &LayerLook) -> Matrix {
        self.map(|told| match look.whole {
            CapacityMeasure::BGivenA => told.b_given_a,
            _ => told.information,
        })
    }

    /// I by chance.
    pub fn chance(&self) -> Matrix {
        self.map(|told| told.chance)
    }

    fn map(&self, number: impl Fn(&Told) -> f64) -> Matrix {
        let value = |told: &Option<Told>| told.as_ref().map_or(f64::NAN, &number);
        Matrix::new(self.n, self.n, self.told.iter().map(value).collect())
    }

    /// The ends of the colours: 0 to the most that any layer of so many bins can hold, or to the largest value.
    pub fn range(&self, look: &LayerLook) -> ValueRange {
        let own = self.matrix(look).maximum();
        let fixed = (self.bins.max(2) as f64).log2();
        ValueRange { low: 0.0, high: if look.own_scale && own > 0.0 { own } else { fixed } }
    }

    /// What is said of a cell: row `b`, column `a`.
    pub fn describe(&self, run: &OpenRun, b: usize, a: usize) -> Vec<String> {
        let name = |layer: usize| format!("{layer} {}", run.layer_name(layer));
        let head = format!("a = {} (across), b = {} (down)", name(a), name(b));
        let at = |b: usize, a: usize| self.told.get(b * self.n + a).copied().flatten();
        let Some(told) = at(b, a) else { return vec![head, "not measured yet".to_owned()] };
        let h = |layer: usize| exact(at(layer, layer).map_or(f64::NAN, |told| told.information));
        if a == b {
            return vec![
                head,
                format!("H(a) = {} bit: the most any layer can tell about it", h(a)),
                format!("I by chance {} bit", exact(told.chance)),
            ];
        }
        vec![
            head,
            format!("I(a; b) = {} bit; by chance {} bit", exact(told.information), exact(told.chance)),
            format!("H(a) = {}, H(b) = {} bit: I is at most the smaller", h(a), h(b)),
            format!("H(a|b) = {}, H(b|a) = {} bit", exact(told.a_given_b), exact(told.b_given_a)),
        ]
    }

    /// A row per measured pair of layers, the first one lower.
    pub fn numbers(&self, run: &OpenRun) -> Numbers {
        let name = |layer: usize| format!("{layer} {}", run.layer_name(layer));
        let pairs = (0..self.n).flat_map(|a| (a..self.n).map(move |b| (a, b)));
        let row = |(a, b): (usize, usize)| {
            let told = self.told[b * self.n + a]?;
            let numbers = [told.information, told.a_given_b, told.b_given_a, told.chance].map(exact);
            Some([name(a), name(b)].into_iter().chain(numbers).collect())
        };
        let columns = ["a", "b", "I(a; b) (bit)", "H(a|b) (bit)", "H(b|a) (bit)", "I by chance (bit)"];
        Numbers { columns: columns.map(str::to_owned).to_vec(), rows: pairs.filter_map(row).collect() }
    }
}

/// What a pair of layers (of a run) tells at every epoch that is measured.
pub type OverEpochs = ByEpoch<(String, LayerPair), Told>;

/// Of the epochs that are measured; what was worked out `last` is not worked out again.
pub fn by_epoch(last: Option<&OverEpochs>, run: &OpenRun, results: &Results, pair: LayerPair) -> OverEpochs {
    let at = |epoch_index| Told::of(results, epoch_index, pair);
    OverEpochs::followed(last, (run.run.clone(), pair), run.epochs.len(), at)
}

/// They as curves: I, both conditional entropies, and chance.
pub fn over_epochs(run: &OpenRun, found: &OverEpochs, cursor: Option<f64>) -> CurveChart {
    let number_of = |(index, told)| Some((f64::from(run.epoch_number(index)?), told));
    let found: Vec<(f64, &Told)> = found.iter().filter_map(number_of).collect();
    let curve = |name: &str, ink: Ink, number: fn(&Told) -> f64| Curve {
        name: name.to_owned(),
        ink,
        points: found.iter().map(|(epoch, told)| (*epoch, number(told))).collect(),
    };
    let ceiling = (run.header.settings.bins.max(2) as f64).log2();
    CurveChart {
        x_end: f64::from(run.last_epoch()).max(1.0),
        y_title: "bit".to_owned(),
        y_range: (0.0, 1.04 * ceiling),
        curves: vec![
            curve("I(a; b)", Ink::Mean, |told| told.information),
            curve("H(a|b)", Ink::Class(4), |told| told.a_given_b),
            curve("H(b|a)", Ink::Class(6), |told| told.b_given_a),
            curve("I by chance", Ink::Chance, |told| told.chance),
        ],
        rules: vec![Rule { y: ceiling, name: format!("log2 {}", run.header.settings.bins) }],
        cursor,
        ..CurveChart::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::measure::{Measure, MeasureKey};
    use crate::protocol::compute::BitsArray;
    use crate::protocol::compute::Measured;
    use crate::protocol::{Answer, Task};

    fn measured(found: &[(usize, usize, usize, [f64; 4])]) -> Results {
        let mut results = Results::default();
        for &(epoch_index, layer_a, layer_b, values) in found {
            let task = Task::Measure {
                run: "a".into(),
                key: MeasureKey::of_layers(Measure::LayerInformation, epoch_index, layer_a, layer_b),
            };
            let bits = BitsArray { shape: vec![4], values: values.to_vec() };
            results.answer(&task, Answer::Measured(Measured::Values(bits)));
        }
        results
    }

    fn layers() -> (OpenRun, WholeLayers) {
        let run = fixture::open_run("a", 1);
        let results = measured(&[
            (0, 1, 1, [4.0, 0.0, 0.0, 0.1]),
            (0, 2, 2, [3.5, 0.0, 0.0, 0.1]),
            (0, 1, 2, [1.5, 2.5, 2.0, 0.05]),
        ]);
        let layers = WholeLayers::of(&run, &results, 0);
        (run, layers)
    }

    #[test]
    fn i_is_symmetric_and_h_stands_on_the_diagonal() {
        let (_, layers) = layers();
        let bits = layers.matrix(&LayerLook::default());
        assert_eq!(vec![bits.at(1, 1), bits.at(2, 2), bits.at(1, 2), bits.at(2, 1)], [4.0, 3.5, 1.5, 1.5]);
        assert!(bits.at(0, 3).is_nan() && layers.is_measured());
        assert_eq!(layers.chance().at(2, 1).to_bits(), 0.05_f64.to_bits());
    }

    #[test]
    fn what_a_column_leaves_open_stands_in_the_row_it_is_about() {
        let (_, layers) = layers();
        let look = LayerLook { whole: CapacityMeasure::BGivenA, ..LayerLook::default() };
        let bits = layers.matrix(&look);
        // H(1|2) = 2.5 and H(2|1) = 2.
        assert_eq!(vec![bits.at(1, 2), bits.at(2, 1), bits.at(1, 1)], [2.5, 2.0, 0.0]);
    }

    #[test]
    fn a_cell_says_its_ceiling_and_its_chance() {
        let (run, layers) = layers();
        let lines = layers.describe(&run, 1, 2);
        assert_eq!(lines[0], "a = 2 pool1 (across), b = 1 conv1 (down)");
        assert_eq!(lines[1], "I(a; b) = 1.5000 bit; by chance 0.0500 bit");
        assert_eq!(lines[2], "H(a) = 3.5000, H(b) = 4.0000 bit: I is at most the smaller");
        assert_eq!(lines[3], "H(a|b) = 2.0000, H(b|a) = 2.5000 bit");
        assert!(layers.describe(&run, 1, 1)[1].starts_with("H(a) = 4.0000 bit"));
        assert_eq!(layers.describe(&run, 0, 3)[1], "not measured yet");
    }

    #[test]
    fn the_scale_reaches_to_what_so_many_bins_hold_or_to_the_largest() {
        let (_, layers) = layers();
        let high = |look: &LayerLook| layers.range(look).high.to_bits();
        assert_eq!(high(&LayerLook { own_scale: false, ..LayerLook::default() }), 5.0_f64.to_bits());
        assert_eq!(high(&LayerLook::default()), 4.0_f64.to_bits());
    }

    #[test]
    fn the_numbers_have_a_row_per_measured_pair() {
        let (run, layers) = layers();
        let rows = layers.numbers(&run).rows;
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1], ["1 conv1", "2 pool1", "1.5000", "2.5000", "2.0000", "0.0500"]);
    }

    #[test]
    fn a_pair_has_curves_over_measured_epochs_whichever_way_round() {
        let run = fixture::open_run("a", 3);
        let results = measured(&[(0, 1, 2, [1.0, 2.0, 3.0, 0.1]), (2, 1, 2, [1.5, 2.5, 2.0, 0.05])]);
        let of = |a, b| over_epochs(&run, &by_epoch(None, &run, &results, LayerPair { a, b }), Some(2.0));
        let chart = of(1, 2);
        assert_eq!(chart.curves[0].points, [(0.0, 1.0), (2.0, 1.5)]);
        assert_eq!(chart.curves[1].points, of(2, 1).curves[2].points, "H(a|b) the other way round is H(b|a)");
        assert_eq!(chart.curves[3].points, [(0.0, 0.1), (2.0, 0.05)]);
        assert_eq!(
            (chart.rules[0].y.to_bits(), chart.rules[0].name.as_str()),
            (5.0_f64.to_bits(), "log2 32")
        );
    }
}
