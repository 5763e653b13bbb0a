//! Label entropies over epochs: one curve per class, and how far each may be off by chance.

use std::cell::RefCell;

use super::{Curve, CurveChart, Ink};
use crate::app::session::OpenRun;
use crate::entropy::{LabelEntropies, label_entropies, label_entropy_deviations};
use crate::evaluation::ConfusionMatrix;
use crate::plot::scale::Scale;

/// Which of the two label entropies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// H(label | y = i): what a prediction leaves open; ∞ where nothing was predicted as i.
    GivenPrediction,
    /// H(y | label = i): how the predictions of a class scatter.
    GivenLabel,
}

impl Label {
    /// The values of it, a class each.
    pub fn of(self, entropies: LabelEntropies) -> Vec<f64> {
        match self {
            Self::GivenPrediction => entropies.label_given_prediction,
            Self::GivenLabel => entropies.prediction_given_label,
        }
    }

    /// The curves of a run.
    pub fn chart(self, run: &OpenRun, cursor: Option<f64>) -> CurveChart {
        let per_epoch: Vec<(f64, Vec<f64>)> = run
            .epochs
            .iter()
            .map(|epoch| {
                let confusion = &epoch.confusion;
                // A matrix that is no matrix has no entropies: a gap.
                let entropies = label_entropies(confusion.counts(), confusion.n_classes()).ok();
                (f64::from(epoch.metrics.epoch), entropies.map(|bits| self.of(bits)).unwrap_or_default())
            })
            .collect();
        let curve = |(class, name): (usize, &String)| Curve {
            name: name.clone(),
            ink: Ink::Class(class),
            points: per_epoch
                .iter()
                .map(|(epoch, bits)| (*epoch, bits.get(class).copied().unwrap_or(f64::NAN)))
                .collect(),
        };
        let y_title = match self {
            Self::GivenPrediction => "H(label | prediction), bits",
            Self::GivenLabel => "H(prediction | label), bits",
        };
        CurveChart {
            x_end: f64::from(run.last_epoch()).max(1.0),
            y_title: y_title.into(),
            y_range: (0.0, (run.header.classes.len().max(2) as f64).log2()),
            // What a trained network leaves open is a small part of what there is.
            scale: Scale::SquareRoot,
            infinite_words: "never predicted",
            curves: run.header.classes.iter().enumerate().map(curve).collect(),
            cursor,
            test_images: run.epochs.last().map(|epoch| epoch.confusion.total()),
            ..CurveChart::default()
        }
    }
}

impl Label {
    /// The curves of a run with the noise of each: two standard deviations of its last value.
    pub fn chart_with_noise(self, run: &OpenRun) -> CurveChart {
        let deviations = run.epochs.last().map(|epoch| deviations(&epoch.confusion));
        let noise = deviations.map(|deviations| self.of(deviations)).unwrap_or_default();
        let noise = noise.into_iter().map(|bits| 2.0 * bits).collect();
        CurveChart { noise, ..self.chart(run, None) }
    }
}

/// Of both label entropies of a matrix; none where it is no matrix. Two hundred test sets are drawn for it, so that
/// what was asked for last is kept: several charts ask for the same.
fn deviations(confusion: &ConfusionMatrix) -> LabelEntropies {
    thread_local! {
        static LAST: RefCell<Option<(ConfusionMatrix, LabelEntropies)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        let known = last.as_ref().filter(|(of, _)| of == confusion).map(|(_, deviations)| deviations.clone());
        known.unwrap_or_else(|| {
            let none =
                LabelEntropies { label_given_prediction: Vec::new(), prediction_given_label: Vec::new() };
            let found = label_entropy_deviations(confusion.counts(), confusion.n_classes()).unwrap_or(none);
            *last = Some((confusion.clone(), found.clone()));
            found
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn a_class_that_nothing_was_predicted_as_is_infinite_and_one_without_images_a_gap() {
        let mut run = fixture::open_run("a", 1);
        run.epochs[0].confusion.add(3, 7);
        let given_prediction = Label::GivenPrediction.chart(&run, None);
        assert_eq!(given_prediction.curves[7].points, [(0.0, 0.0)]);
        assert!(given_prediction.curves[3].points[0].1.is_infinite());
        let given_label = Label::GivenLabel.chart(&run, None);
        assert_eq!(given_label.curves[3].points, [(0.0, 0.0)]);
        assert!(given_label.curves[7].points[0].1.is_nan());
    }

    #[test]
    fn every_curve_has_the_noise_of_its_own_class_and_number_of_images() {
        let run = |images: u32| {
            let mut run = fixture::open_run("a", 2);
            for image in 0..images {
                run.epochs[1].confusion.add(0, usize::from(image % 10 == 0));
                run.epochs[1].confusion.add(1, 1);
            }
            run
        };
        let chart = Label::GivenLabel.chart_with_noise(&run(100));
        let expected = 2.0 * 9.0_f64.log2() * (0.1_f64 * 0.9 / 100.0).sqrt();
        assert!((chart.noise[0] - expected).abs() < 0.2 * expected, "{} {expected}", chart.noise[0]);
        assert_eq!(chart.noise[1].to_bits(), 0.0_f64.to_bits());
        assert!(chart.noise[2].is_nan(), "a class without images");
        assert_eq!(chart.test_images, Some(200));
        let more = Label::GivenLabel.chart_with_noise(&run(1600));
        assert!(more.noise[0] < 0.35 * chart.noise[0]);
        assert_eq!(
            chart.noise[0].to_bits(),
            Label::GivenLabel.chart_with_noise(&run(100)).noise[0].to_bits()
        );
    }

    #[test]
    fn no_label_entropy_lies_above_the_axis() {
        let chart = Label::GivenLabel.chart(&fixture::open_run("a", 1), None);
        assert!((chart.y_range.1 - 10.0_f64.log2()).abs() < 1e-12);
    }
}
