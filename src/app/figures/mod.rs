//! What each chart shows, from what the session knows: curves, tables, captions. Pure; tested natively.
//!
//! Views hand these to `plot` and to widgets. Undefined values are NaN and leave a gap; +∞ is a gap marked ∞.

pub mod architecture;
pub mod bars;
pub mod block;
pub mod by_epoch;
pub mod capacity;
pub mod channel_state;
pub mod channels;
pub mod comparison;
pub mod confusion;
pub mod depth;
pub mod epoch_row;
pub mod fair_axis;
pub mod feature_maps;
pub mod heat;
pub mod inter_sample;
pub mod label;
pub mod learning;
pub mod maps;
pub mod matrix;
pub mod mute;
pub mod probe_cell;
pub mod projection;
pub mod projection_detail;
pub mod query;
pub mod run_cost;
pub mod sides;
pub mod similar;
pub mod spread;
pub mod stabilisation;
pub mod storage;
pub mod titles;
pub mod whole_layers;
pub mod zoom;

use crate::app::session::editor::outline::grouped;
use crate::app::session::{TrainingAxis, TrainingScale};
use crate::plot::scale::Scale;

/// Which colour a curve has; the same thing has the same colour in every chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A class, by its index.
    Class(usize),
    /// All classes together.
    AllClasses,
    /// A layer, by its position among `of`.
    Layer {
        /// 0 … |L|.
        layer: usize,
        /// |L| + 1.
        of: usize,
    },
    /// Training set.
    Train,
    /// Test set.
    Test,
    /// A mean over channels.
    Mean,
    /// A maximum over channels.
    Maximum,
    /// What chance gives, or what says nothing.
    Chance,
    /// A run that is compared, by its place among the chosen ones.
    Run(usize),
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// In the legend.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// As it is written at its end, where a word has to do.
    pub fn short_name(&self) -> &str {
        match self.name.as_str() {
            "training set" => "train",
            "test set" => "test",
            name => name,
        }
    }
}

/// A horizontal line to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where.
    pub y: f64,
    /// What it is.
    pub name: String,
}

/// A chart of curves over training. Figures make them over epochs; [`CurveChart::along`] puts one on the axis that
/// was chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveChart {
    /// What the x axis counts.
    pub axis: TrainingAxis,
    /// How many of them an epoch has; none where the curves are of runs that differ in it.
    pub per_epoch: Option<f64>,
    /// End of the x axis, which starts at 0.
    pub x_end: f64,
    /// Title of the y axis, with its unit.
    pub y_title: String,
    /// Ends of the y axis.
    pub y_range: (f64, f64),
    /// How values are placed between them.
    pub scale: Scale,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Lines to compare with.
    pub rules: Vec<Rule>,
    /// What an infinite value means, after the names of the curves that have one.
    pub infinite_words: &'static str,
    /// Where the selected epoch stands.
    pub cursor: Option<f64>,
    /// How far each curve may be off by chance, in the unit of the y axis: two standard deviations of its last value;
    /// none where that is not known.
    pub noise: Vec<f64>,
    /// Test images that each value is of; none where it is of none.
    pub test_images: Option<u64>,
}

/// Numbers of a figure under column heads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Column heads.
    pub columns: Vec<String>,
    /// As long as `columns` each.
    pub rows: Vec<Vec<String>>,
}

impl CurveChart {
    /// The chart of one run's epochs, on the axis that `scale` is of.
    #[must_use]
    pub fn along(mut self, scale: TrainingScale) -> Self {
        for curve in &mut self.curves {
            curve.points.iter_mut().for_each(|point| point.0 = scale.at(point.0));
        }
        self.x_end = scale.at(self.x_end);
        self.cursor = self.cursor.map(|epoch| scale.at(epoch));
        (self.axis, self.per_epoch) = (scale.axis, Some(scale.per_epoch));
        self
    }

    /// What counts as standing still of a curve: as far as chance may move it, and at least `least`.
    pub fn tolerance(&self, curve: usize, least: f64) -> f64 {
        // Of two numbers of which one is NaN, `max` gives the other.
        least.max(self.noise.get(curve).copied().unwrap_or(0.0))
    }

    /// A place on the x axis in words, with the epoch that stands there where all curves have the same.
    pub fn place(&self, x: f64) -> String {
        let words = self.axis.words(x);
        match self.per_epoch {
            Some(per_epoch) if self.axis != TrainingAxis::Epochs => {
                format!("{words}, epoch {}", number(x / per_epoch))
            }
            _ => words,
        }
    }

    /// The same over the values there: with the number of test images that they are of.
    pub fn heading(&self, x: f64) -> String {
        let place = self.place(x);
        self.test_images
            .map_or_else(|| place.clone(), |images| format!("{place}; N = {} test images", grouped(images)))
    }

    /// One row per x that any curve has, one column per curve, and the number of test images where there are any.
    pub fn numbers(&self) -> Numbers {
        let mut xs: Vec<f64> = Vec::new();
        for &(x, _) in self.curves.iter().flat_map(|curve| &curve.points) {
            // Most curves have the same points, in order: there is next to nothing to move.
            let place = xs.partition_point(|&other| other < x);
            if xs.get(place).is_none_or(|other| other.total_cmp(&x).is_ne()) {
                xs.insert(place, x);
            }
        }
        let value = |curve: &Curve, x: f64| {
            let point = curve.points.iter().find(|point| point.0.total_cmp(&x).is_eq());
            point.map_or_else(String::new, |point| exact(point.1))
        };
        let images = self.test_images.map(|images| images.to_string());
        let row = |&x: &f64| {
            let values = self.curves.iter().map(|curve| value(curve, x));
            std::iter::once(number(x)).chain(values).chain(images.clone()).collect()
        };
        let names = self.curves.iter().map(|curve| curve.name.clone());
        Numbers {
            columns: std::iter::once(self.axis.title().to_owned())
                .chain(names)
                .chain(images.as_ref().map(|_| "test images".to_owned()))
                .collect(),
            rows: xs.iter().map(row).collect(),
        }
    }
}

/// The smallest range with some room around all finite `values`, and at least `least` high.
pub fn range_of(values: impl Iterator<Item = f64>, least: f64) -> (f64, f64) {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, least);
    }
    let room = ((high - low).max(least) - (high - low)) / 2.0 + 0.05 * (high - low).max(least);
    (low - room, high + room)
}

/// A value for reading: four decimals, ∞, or – where it is undefined.
pub fn exact(value: f64) -> String {
    if value.is_nan() {
        "–".into()
    } else if value.is_infinite() {
        "∞".into()
    } else {
        format!("{value:.4}")
    }
}

/// Two decimals, or – where it is undefined.
pub fn exact_or_dash(value: f64) -> String {
    if value.is_finite() { format!("{value:.2}") } else { "–".into() }
}

/// Three decimals with a sign.
pub fn signed(value: f64) -> String {
    let text = format!("{:.3}", value.abs());
    match value {
        value if value.is_nan() => "–".to_owned(),
        value if value.is_infinite() => "∞".to_owned(),
        value if value < -0.0005 => format!("−{text}"),
        value if value < 0.0005 => text,
        _ => format!("+{text}"),
    }
}

/// A coordinate: as few decimals as it needs.
pub fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_every_epoch_of_any_curve() {
        let curve = |name: &str, points: &[(f64, f64)]| Curve {
            name: name.into(),
            ink: Ink::Train,
            points: points.to_vec(),
        };
        let chart = CurveChart {
            x_end: 2.0,
            curves: vec![curve("a", &[(0.0, 0.5), (2.0, f64::INFINITY)]), curve("b", &[(1.0, f64::NAN)])],
            ..CurveChart::default()
        };
        let numbers = chart.numbers();
        assert_eq!(numbers.columns, ["epoch", "a", "b"]);
        assert_eq!(numbers.rows, [["0", "0.5000", ""], ["1", "", "–"], ["2", "∞", ""]]);
        let scale = TrainingScale { axis: TrainingAxis::Updates, per_epoch: 15.0 };
        let numbers = CurveChart { test_images: Some(2000), ..chart }.along(scale).numbers();
        assert_eq!(numbers.columns, ["weight updates", "a", "b", "test images"]);
        assert_eq!(numbers.rows[2], ["30", "∞", "", "2000"]);
    }

    #[test]
    fn a_chart_on_another_axis_has_the_same_values_elsewhere() {
        let points = vec![(0.0, 2.0), (1.0, 1.5), (4.0, f64::NAN)];
        let chart = CurveChart {
            x_end: 5.0,
            curves: vec![Curve { name: "a".into(), ink: Ink::Train, points: points.clone() }],
            cursor: Some(4.0),
            ..CurveChart::default()
        };
        let moved = chart.clone().along(TrainingScale { axis: TrainingAxis::Images, per_epoch: 960.0 });
        assert_eq!((moved.x_end, moved.cursor), (4800.0, Some(3840.0)));
        for (before, after) in points.iter().zip(&moved.curves[0].points) {
            assert_eq!((960.0 * before.0).to_bits(), after.0.to_bits());
            assert_eq!(before.1.to_bits(), after.1.to_bits());
        }
        assert_eq!(moved.place(3840.0), "3,840 images seen, epoch 4");
        assert_eq!(chart.place(4.0), "epoch 4");
        let of_images = CurveChart { test_images: Some(2000), ..chart.clone() };
        assert_eq!(of_images.heading(4.0), "epoch 4; N = 2,000 test images");
        assert_eq!(chart.clone().along(TrainingScale::default()).curves[0].points[..2], points[..2]);
    }

    #[test]
    fn the_sets_have_short_names() {
        let name = |name: &str| Curve { name: name.into(), ink: Ink::Test, points: Vec::new() };
        let names = [name("training set"), name("test set"), name("7")];
        assert_eq!(names.each_ref().map(Curve::short_name), ["train", "test", "7"]);
    }

    #[test]
    fn a_range_leaves_out_what_is_not_finite() {
        let (low, high) = range_of([1.0, f64::NAN, 3.0, f64::INFINITY].into_iter(), 0.5);
        assert!(low < 1.0 && low > 0.8 && high > 3.0 && high < 3.2);
        assert_eq!(range_of(std::iter::empty(), 2.0), (0.0, 2.0));
    }

    #[test]
    fn a_range_of_equal_values_is_not_flat() {
        let (low, high) = range_of([2.0, 2.0].into_iter(), 1.0);
        assert!(high - low >= 1.0 && low < 2.0 && high > 2.0);
    }
}
