//! Loss and accuracy over epochs, training and test set; the epoch under way as a fine line.

use super::{Curve, CurveChart, Ink, range_of, stabilisation};
use crate::app::session::live::TrailPoint;
use crate::app::session::{Live, OpenRun};
use crate::training::EpochMetrics;

/// What is drawn of the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learning {
    /// Mean cross-entropy, nats.
    Loss,
    /// Share predicted right, 0 … 1.
    Accuracy,
}

/// On which images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The training set.
    Train,
    /// The test set.
    Test,
}

impl Learning {
    fn value(self, on: On, metrics: &EpochMetrics) -> f64 {
        f64::from(match (self, on) {
            (Self::Loss, On::Train) => metrics.train_loss,
            (Self::Loss, On::Test) => metrics.test_loss,
            (Self::Accuracy, On::Train) => metrics.train_accuracy,
            (Self::Accuracy, On::Test) => metrics.test_accuracy,
        })
    }

    /// A curve over the recorded epochs of a run.
    pub fn points(self, run: &OpenRun, on: On) -> Vec<(f64, f64)> {
        let point = |metrics: &EpochMetrics| (f64::from(metrics.epoch), self.value(on, metrics));
        run.epochs.iter().map(|epoch| point(&epoch.metrics)).collect()
    }

    /// Title of the y axis and its ends for these values.
    pub fn axis(self, values: impl Iterator<Item = f64>) -> (String, (f64, f64)) {
        match self {
            Self::Loss => ("cross-entropy, nats".into(), (0.0, range_of(values, 0.1).1)),
            Self::Accuracy => ("accuracy".into(), (0.0, 1.0)),
        }
    }

    /// What counts as standing still, in the curve's unit.
    pub fn tolerance(self) -> f64 {
        match self {
            Self::Loss => stabilisation::NATS,
            Self::Accuracy => stabilisation::SHARE,
        }
    }

    /// How far a curve's last value may be off by chance: two standard deviations of the test set's accuracy; nothing
    /// is known of the others.
    pub fn noise(self, run: &OpenRun, on: On) -> f64 {
        match (self, on, run.epochs.last()) {
            (Self::Accuracy, On::Test, Some(last)) => 2.0 * last.confusion.accuracy_deviation(),
            _ => 0.0,
        }
    }

    fn trail(self, point: &TrailPoint) -> f64 {
        match self {
            Self::Loss => point.loss,
            Self::Accuracy => point.accuracy,
        }
    }

    /// The curves of a run; of the run that trains now, the epoch under way too.
    pub fn chart(self, run: &OpenRun, live: &Live, cursor: Option<f64>) -> CurveChart {
        let mut train = self.points(run, On::Train);
        let recorded = run.epochs.last().map_or(0.0, |epoch| f64::from(epoch.metrics.epoch));
        if live.is_of(&run.run) {
            let under_way = live.trail.iter().filter(|point| point.epoch > recorded);
            train.extend(under_way.map(|point| (point.epoch, self.trail(point))));
        }
        let curves = vec![
            Curve { name: "training set".into(), ink: Ink::Train, points: train },
            Curve { name: "test set".into(), ink: Ink::Test, points: self.points(run, On::Test) },
        ];
        let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
        let (y_title, y_range) = self.axis(values);
        let last_epoch = f64::from(run.last_epoch()).max(1.0);
        let noise = [On::Train, On::Test].map(|on| self.noise(run, on)).to_vec();
        let test_images = run.epochs.last().map(|epoch| epoch.confusion.total());
        CurveChart {
            x_end: last_epoch,
            y_title,
            y_range,
            curves,
            cursor,
            noise,
            test_images,
            ..CurveChart::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Status, fixture};

    fn training() -> Live {
        let trail = [0.5, 1.5, 2.5].map(|epoch| TrailPoint { epoch, loss: 0.7, accuracy: 0.6 });
        let mut live = Live::default();
        live.status = Status::Training;
        live.run = Some("a".into());
        live.trail = trail.to_vec();
        live
    }

    #[test]
    fn the_epoch_under_way_continues_the_training_curve() {
        let chart = Learning::Loss.chart(&fixture::open_run("a", 3), &training(), None);
        assert_eq!(chart.curves[0].points.last(), Some(&(2.5, 0.7)));
        assert_eq!(chart.curves[0].points.len(), 4);
        assert_eq!(chart.curves[1].points.len(), 3);
    }

    #[test]
    fn another_runs_progress_is_not_drawn() {
        let chart = Learning::Accuracy.chart(&fixture::open_run("b", 3), &training(), None);
        assert_eq!(chart.curves[0].points.len(), 3);
    }

    #[test]
    fn only_the_test_sets_accuracy_varies_with_the_test_images() {
        let mut run = fixture::open_run("a", 3);
        (0..10).for_each(|_| run.epochs[2].confusion.add(0, 0));
        (0..10).for_each(|_| run.epochs[2].confusion.add(1, 0));
        (0..10).for_each(|_| run.epochs[2].confusion.add(1, 1));
        let noise = Learning::Accuracy.chart(&run, &Live::default(), None).noise;
        assert_eq!(noise[0].to_bits(), 0.0_f64.to_bits());
        assert!((noise[1] - 2.0 * 5.0_f64.sqrt() / 30.0).abs() < 1e-12);
        assert_eq!(Learning::Loss.chart(&run, &Live::default(), None).noise, [0.0, 0.0]);
    }

    #[test]
    fn the_axes_start_at_zero() {
        let run = fixture::open_run("a", 3);
        assert!(Learning::Loss.chart(&run, &Live::default(), None).y_range.0.abs() < 1e-12);
        assert_eq!(Learning::Accuracy.chart(&run, &Live::default(), None).y_range, (0.0, 1.0));
    }
}
