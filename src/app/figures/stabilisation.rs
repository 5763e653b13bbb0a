//! When a curve gets stable: what the paper reads off its Figures 4, 6 and 7, computed.
//!
//! A curve is stable from the first recorded epoch on after which all its values stay within a band around its
//! last one: |y(t) − y(last)| ≤ max(5 % of the curve's range, tolerance, noise) for every recorded epoch t from there
//! on. The noise is two standard deviations of the last value over test sets of that size, where they are known: of
//! label entropies by a bootstrap ([`crate::entropy::label_bootstrap`]), of the test accuracy in closed form.
//! The range is that of all finite values; ∞ and undefined values lie outside every band. With fewer than three
//! epochs in the band nothing can be said yet, and while a run trains the answer may change with each epoch.

use super::{Curve, CurveChart, Numbers};

/// Share of a curve's range that counts as standing still.
const SHARE_OF_RANGE: f64 = 0.05;
/// Fewest recorded epochs within the band.
const FEWEST: usize = 3;

/// What counts as standing still however small the range is, bits.
pub const BITS: f64 = 0.05;
/// The same for a loss, nats.
pub const NATS: f64 = 0.02;
/// The same for an accuracy, a share.
pub const SHARE: f64 = 0.005;

/// The point from which on a curve is stable: epoch and value there.
pub fn stable_from(points: &[(f64, f64)], tolerance: f64) -> Option<(f64, f64)> {
    let &(_, last) = points.last().filter(|point| point.1.is_finite())?;
    let finite = || points.iter().map(|point| point.1).filter(|value| value.is_finite());
    let range = finite().fold(f64::MIN, f64::max) - finite().fold(f64::MAX, f64::min);
    let band = tolerance.max(SHARE_OF_RANGE * range);
    // A hair of tolerance, so that a value at the edge of the band is not lost to rounding.
    let is_within = |point: &&(f64, f64)| (point.1 - last).abs() <= band * (1.0 + 1e-12);
    let count = points.iter().rev().take_while(is_within).count();
    (count >= FEWEST).then(|| points[points.len() - count])
}

/// The same for every curve of a chart; what counts as standing still is at least the noise of the curve.
fn marks(chart: &CurveChart, tolerance: f64) -> Vec<Option<(f64, f64)>> {
    let mark =
        |(index, curve): (usize, &Curve)| stable_from(&curve.points, chart.tolerance(index, tolerance));
    chart.curves.iter().enumerate().map(mark).collect()
}

/// One row per class: from where on the chosen axis on each of its two label entropies is stable, how wide the bands
/// are at least, and the number of test images; `images` of each class.
pub fn numbers(given_prediction: &CurveChart, given_label: &CurveChart, images: &[u64]) -> Numbers {
    let charts = [given_prediction, given_label];
    let marks = charts.map(|chart| marks(chart, BITS));
    let from = |which: usize, class: usize| match marks[which].get(class).copied().flatten() {
        Some((x, _)) => charts[which].axis.number(x),
        None => "not yet".to_owned(),
    };
    let row = |(class, curve): (usize, &Curve)| {
        let bands = charts.map(|chart| format!("{:.3}", chart.tolerance(class, BITS)));
        let images = images.get(class).map_or_else(String::new, u64::to_string);
        vec![curve.name.clone(), from(0, class), from(1, class), bands.join(" / "), images]
    };
    let heads = ["class", "H(label | y = i)", "H(y | label = i)", "± at least (bit)", "test images"];
    Numbers {
        columns: heads.map(str::to_owned).to_vec(),
        rows: given_prediction.curves.iter().enumerate().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::figures::Ink;
    use crate::app::session::{TrainingAxis, TrainingScale};

    fn from(values: &[f64]) -> Option<f64> {
        let points: Vec<(f64, f64)> = (0..).map(f64::from).zip(values.iter().copied()).collect();
        stable_from(&points, 0.05).map(|point| point.0)
    }

    #[test]
    fn a_curve_is_stable_from_where_it_stays_near_its_last_value() {
        assert_eq!(from(&[3.0, 2.0, 1.0, 0.52, 0.50, 0.48, 0.50]), Some(3.0));
        assert_eq!(from(&[1.0; 5]), Some(0.0), "one that never moves is stable from the start");
    }

    #[test]
    fn one_excursion_begins_the_count_anew() {
        assert_eq!(from(&[1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]), Some(4.0));
    }

    #[test]
    fn a_curve_that_still_moves_or_has_few_epochs_is_not_stable() {
        assert_eq!(from(&[5.0, 4.0, 3.0, 2.0, 1.0]), None);
        assert_eq!(from(&[1.0, 1.0]), None);
        assert_eq!(from(&[]), None);
    }

    #[test]
    fn infinity_is_outside_every_band() {
        assert_eq!(from(&[f64::INFINITY, f64::INFINITY, 0.5, 0.5, 0.5]), Some(2.0));
        assert_eq!(from(&[0.5, 0.5, 0.5, f64::INFINITY]), None);
        assert_eq!(from(&[0.5, f64::NAN, 0.5, 0.5]), None);
    }

    #[test]
    fn the_band_is_a_share_of_the_range_where_that_is_wider() {
        // 5 % of 10 is 0.5.
        assert_eq!(from(&[10.0, 0.4, 0.0, 0.3, 0.0]), Some(1.0));
        // The range is 0.1: the tolerance of 0.05 decides.
        assert_eq!(from(&[0.1, 0.04, 0.0, 0.0]), Some(1.0));
    }

    #[test]
    fn classes_are_listed_with_both_epochs() {
        let chart = |values: [f64; 4]| CurveChart {
            x_end: 3.0,
            curves: vec![Curve {
                name: "seven".into(),
                ink: Ink::Class(0),
                points: (0..).map(f64::from).zip(values).collect(),
            }],
            ..CurveChart::default()
        };
        let (still, moving) = (chart([1.0, 0.0, 0.0, 0.0]), chart([3.0, 2.0, 1.0, 0.0]));
        let of = |a: &CurveChart, b: &CurveChart| numbers(a, b, &[120]).rows.concat();
        assert_eq!(of(&still, &moving), ["seven", "1", "not yet", "0.050 / 0.050", "120"]);
        assert_eq!(marks(&still, BITS), [Some((1.0, 0.0))]);
        let updates = TrainingScale { axis: TrainingAxis::Updates, per_epoch: 1500.0 };
        assert_eq!(of(&still.along(updates), &moving)[1], "1,500");
    }

    #[test]
    fn what_chance_moves_counts_as_standing_still() {
        let points: Vec<(f64, f64)> = (0..).map(f64::from).zip([1.0, 0.2, 0.1, 0.0]).collect();
        let curves = vec![Curve { name: "seven".into(), ink: Ink::Class(0), points }];
        let chart = CurveChart { curves, ..CurveChart::default() };
        let from = |noise: &[f64]| marks(&CurveChart { noise: noise.to_vec(), ..chart.clone() }, BITS)[0];
        assert_eq!(from(&[]), None);
        assert_eq!(from(&[0.21]), Some((1.0, 0.2)));
        assert_eq!(from(&[0.01]), None, "a band is never narrower than it was");
        assert_eq!(from(&[f64::NAN]), None);
    }
}
