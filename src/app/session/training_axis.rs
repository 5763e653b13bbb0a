//! What charts over training count on their x axis: epochs, weight updates or images seen.
//!
//! Runs of training sets of different sizes have different numbers of updates an epoch, so that epochs alone favour
//! the larger set. One choice holds for all charts; it is part of the selection and of the address.

use crate::app::session::editor::outline::grouped;
use crate::cube::RunHeader;

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrainingAxis {
    /// Passes over the training images.
    #[default]
    Epochs,
    /// Steps of the optimizer: one for each full batch.
    Updates,
    /// Images that went into those, each as often as it was shown.
    Images,
}

impl TrainingAxis {
    /// All of them in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Epochs, Self::Updates, Self::Images];

    /// The word in the address bar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Epochs => "epochs",
            Self::Updates => "updates",
            Self::Images => "images",
        }
    }

    /// The axis called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.name() == name)
    }

    /// Below the axis, over a column, in a list.
    pub fn title(self) -> &'static str {
        match self {
            Self::Epochs => "epoch",
            Self::Updates => "weight updates",
            Self::Images => "images seen",
        }
    }

    /// Where there is little room.
    pub fn short(self) -> &'static str {
        match self {
            Self::Epochs => "epoch",
            _ => self.name(),
        }
    }

    /// A place on the axis in words: `epoch 3`, `312 weight updates`.
    pub fn words(self, x: f64) -> String {
        match self {
            Self::Epochs => format!("epoch {}", self.number(x)),
            _ => format!("{} {}", self.number(x), self.title()),
        }
    }

    /// A part of the axis in words: `Epochs 2 to 4`.
    pub fn range_words(self, (first, last): (f64, f64)) -> String {
        let what = match self {
            Self::Epochs => "Epochs",
            Self::Updates => "Weight updates",
            Self::Images => "Images seen",
        };
        format!("{what} {} to {}", self.number(first), self.number(last))
    }

    /// A place on the axis: whole updates and images with their digits grouped, epochs with as many decimals as needed.
    pub fn number(self, x: f64) -> String {
        match self {
            Self::Epochs => {
                let text = format!("{x:.3}");
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => grouped(x.round().max(0.0) as u64),
        }
    }
}

/// Where the epochs of one run stand on the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingScale {
    /// What is counted.
    pub axis: TrainingAxis,
    /// How many of them an epoch has.
    pub per_epoch: f64,
}

impl Default for TrainingScale {
    fn default() -> Self {
        Self { axis: TrainingAxis::Epochs, per_epoch: 1.0 }
    }
}

impl TrainingScale {
    /// Of a run; `None` where it cannot be told any more how many images that trained on.
    pub fn of(axis: TrainingAxis, header: &RunHeader) -> Option<Self> {
        let per_epoch = match axis {
            TrainingAxis::Epochs => 1,
            TrainingAxis::Updates => header.updates_per_epoch()?,
            TrainingAxis::Images => header.updates_per_epoch()?.checked_mul(header.config.batch)?,
        };
        Some(Self { axis, per_epoch: per_epoch as f64 })
    }

    /// The same for a run that stands alone: epochs where nothing else can be told.
    pub fn alone(axis: TrainingAxis, header: &RunHeader) -> Self {
        Self::of(axis, header).unwrap_or_default()
    }

    /// Where an epoch stands, epoch 0 at 0; within an epoch in proportion.
    pub fn at(self, epoch: f64) -> f64 {
        epoch * self.per_epoch
    }

    /// The epoch that stands at `x`.
    pub fn epoch_at(self, x: f64) -> f64 {
        x / self.per_epoch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    fn header(trained_images: usize, batch: usize) -> RunHeader {
        let mut header = RunHeader { trained_images, ..fixture::header() };
        header.config.batch = batch;
        header
    }

    #[test]
    fn an_epoch_has_one_update_for_each_full_batch() {
        let at = |axis, images| TrainingScale::of(axis, &header(images, 64)).map(|scale| scale.at(5.0));
        assert_eq!(at(TrainingAxis::Epochs, 1000), Some(5.0));
        // 15 batches of 64: the 40 images left over are not seen in that epoch.
        assert_eq!(at(TrainingAxis::Updates, 1000), Some(75.0));
        assert_eq!(at(TrainingAxis::Images, 1000), Some(75.0 * 64.0));
        assert_eq!(at(TrainingAxis::Updates, 20_000), Some(5.0 * 312.0));
    }

    #[test]
    fn the_untrained_network_is_at_nothing_on_every_axis() {
        for axis in TrainingAxis::ALL {
            let scale = TrainingScale::of(axis, &header(1000, 64)).unwrap();
            assert_eq!(scale.at(0.0).to_bits(), 0.0_f64.to_bits());
            for epoch in [0.0, 0.5, 3.0, 120.0] {
                assert!((scale.epoch_at(scale.at(epoch)) - epoch).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_run_of_which_no_one_knows_the_size_has_epochs_only() {
        let mut unknown = header(0, 64);
        unknown.config.dataset = "own-0123abcd".parse().unwrap();
        assert_eq!(TrainingScale::of(TrainingAxis::Updates, &unknown), None);
        assert_eq!(TrainingScale::alone(TrainingAxis::Updates, &unknown), TrainingScale::default());
        assert_eq!(TrainingScale::of(TrainingAxis::Images, &header(1000, 0)), None, "no batch, no update");
        assert_eq!(TrainingScale::of(TrainingAxis::Images, &header(usize::MAX, 1)).map(|_| ()), Some(()));
    }

    #[test]
    fn places_are_told_with_what_they_count() {
        assert_eq!(TrainingAxis::Epochs.words(2.5), "epoch 2.5");
        assert_eq!(TrainingAxis::Updates.words(1248.0), "1,248 weight updates");
        assert_eq!(TrainingAxis::Images.words(0.0), "0 images seen");
        assert_eq!(TrainingAxis::Epochs.range_words((2.0, 4.0)), "Epochs 2 to 4");
        assert_eq!(TrainingAxis::Updates.range_words((15.0, 1500.0)), "Weight updates 15 to 1,500");
        for axis in TrainingAxis::ALL {
            assert_eq!(TrainingAxis::from_name(axis.name()), Some(axis));
        }
    }
}
