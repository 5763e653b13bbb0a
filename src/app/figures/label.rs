//! Label entropies over epochs: one curve per class.

use super::{Curve, CurveChart, Ink};
use crate::app::session::OpenRun;
use crate::entropy::{LabelEntropies, label_entropies};

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
            Self::GivenPrediction => "H(label | y = i) (bit)",
            Self::GivenLabel => "H(y | label = i) (bit)",
        };
        CurveChart {
            last_epoch: f64::from(run.last_epoch()).max(1.0),
            y_title: y_title.into(),
            y_range: (0.0, (run.header.classes.len().max(2) as f64).log2()),
            curves: run.header.classes.iter().enumerate().map(curve).collect(),
            rules: Vec::new(),
            cursor,
        }
    }
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
    fn no_label_entropy_lies_above_the_axis() {
        let chart = Label::GivenLabel.chart(&fixture::open_run("a", 1), None);
        assert!((chart.y_range.1 - 10.0_f64.log2()).abs() < 1e-12);
    }
}
