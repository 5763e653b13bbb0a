//! Intra-sample entropies of a layer's channels, epoch by epoch: orders, channels that tell nothing, totals, words.
//!
//! From the session's results; read by both parts of the channel view. A channel's h is its mean over the images of a
//! class, or over all of them (paper 4.4.2, 5.4.1); a layer's total is the sum over its channels.

use super::channel_state::{ONE_VALUE, Silence, explained};
use super::{Numbers, exact, number};
use crate::app::session::{EntropyScale, OpenRun, Results};
use crate::entropy::{ChannelState, intra_sample_ceiling, white_noise};
use crate::ordering::sort_by;

/// The channels of one layer, as far as they are measured.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerChannels {
    /// 0 … |L|.
    pub layer: usize,
    /// Number, name and shape.
    pub label: String,
    /// Names of the columns: the classes, then “all”.
    pub columns: Vec<String>,
    /// Number of channels, C.
    pub n_channels: usize,
    /// Values of a map, H·W.
    pub positions: usize,
    /// Bins of the entropies.
    pub bins: usize,
    /// In what they are shown.
    pub scale: EntropyScale,
    /// Last epoch of the x axis, which starts at 0.
    pub last_epoch: f64,
    /// Ascending; never none.
    pub epochs: Vec<MeasuredEpoch>,
}

/// The entropies of one epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredEpoch {
    /// Index on axis T.
    pub epoch_index: usize,
    /// Its number.
    pub epoch: f64,
    /// `[C, K+1]` bits; the last column of all classes together.
    pub bits: Vec<f64>,
    /// Of each channel; empty where nobody knows.
    pub states: Vec<ChannelState>,
}

/// By what boxes are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the layer has them.
    #[default]
    Index,
    /// Mean over the epochs, highest first.
    Mean,
    /// Highest class minus lowest class, mean over the epochs, largest first.
    Spread,
    /// Last epoch against the first one, up or down, largest first.
    Change,
}

impl Order {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Index, Self::Mean, Self::Spread, Self::Change];

    /// A word for it, which also names it among the choices.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Mean => "mean",
            Self::Spread => "spread between classes",
            Self::Change => "change over training",
        }
    }

    /// The order called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// Which epochs of a layer are measured: what [`LayerChannels::new`] depends on, cheaply told.
pub fn measured(run: &OpenRun, results: &Results, layer: usize) -> Vec<usize> {
    let is_measured = |&epoch_index: &usize| {
        results.intra_sample(epoch_index, layer).is_some()
            && results.channel_states(epoch_index, layer).is_some()
    };
    (0..run.epochs.len()).filter(is_measured).collect()
}

impl LayerChannels {
    /// What is known of `layer`, shown in `scale`; `None` before the first measurement.
    pub fn new(run: &OpenRun, results: &Results, layer: usize, scale: EntropyScale) -> Option<Self> {
        let at = |epoch_index: usize| {
            let bits = results.intra_sample(epoch_index, layer)?.values.clone();
            let states = results.channel_states(epoch_index, layer)?;
            Some(MeasuredEpoch {
                epoch_index,
                epoch: f64::from(run.epoch_number(epoch_index)?),
                bits,
                states,
            })
        };
        let epochs: Vec<MeasuredEpoch> = (0..run.epochs.len()).filter_map(at).collect();
        let columns: Vec<String> = run.header.classes.iter().cloned().chain(["all".to_owned()]).collect();
        let n_channels = epochs.iter().map(|epoch| epoch.bits.len() / columns.len()).max()?;
        let last_epoch = f64::from(run.last_epoch()).max(1.0);
        let shape = run.shape_of(layer);
        let (label, positions) = (run.layer_label(layer), shape.height * shape.width);
        let bins = run.header.settings.bins;
        Some(Self { layer, label, columns, n_channels, positions, bins, scale, last_epoch, epochs })
    }

    /// Index of the column of all classes together.
    pub fn all(&self) -> usize {
        self.columns.len() - 1
    }

    /// h of a channel in a column at an epoch, in its scale; NaN where undefined.
    pub fn h(&self, epoch: &MeasuredEpoch, channel: usize, column: usize) -> f64 {
        let bits = epoch.bits.get(channel * self.columns.len() + column).copied().unwrap_or(f64::NAN);
        self.in_scale(bits)
    }

    /// A share of a ceiling of 0, that of maps of one value, is undefined.
    fn in_scale(&self, bits: f64) -> f64 {
        match self.scale {
            EntropyScale::Bits => bits,
            EntropyScale::Share => bits / self.ceiling_bits(),
        }
    }

    fn ceiling_bits(&self) -> f64 {
        intra_sample_ceiling(self.bins, self.positions)
    }

    /// The most that h can be, in its scale.
    pub fn ceiling(&self) -> f64 {
        self.in_scale(self.ceiling_bits())
    }

    /// The epoch whose weights are random, if it is measured: what the same network has before it learns.
    fn untrained(&self) -> Option<&MeasuredEpoch> {
        self.epochs.first().filter(|epoch| epoch.epoch <= 0.0)
    }

    /// h of a channel with random weights, all classes together.
    pub fn h_untrained(&self, channel: usize) -> Option<f64> {
        self.untrained().map(|epoch| self.h(epoch, channel, self.all()))
    }

    /// (epoch, h) of a channel in a column.
    pub fn curve(&self, channel: usize, column: usize) -> Vec<(f64, f64)> {
        self.epochs.iter().map(|epoch| (epoch.epoch, self.h(epoch, channel, column))).collect()
    }

    /// A line along all epochs; nothing of what is undefined.
    pub fn level(&self, y: Option<f64>) -> Vec<(f64, f64)> {
        let y = y.filter(|y| y.is_finite());
        y.into_iter().flat_map(|y| [(0.0, y), (self.last_epoch, y)]).collect()
    }

    /// What the heights can be compared with, in a sentence.
    pub fn references(&self) -> String {
        if self.positions == 1 {
            return format!("{}: {ONE_VALUE}.", self.label);
        }
        let ceiling = self.ceiling_bits();
        let noise = white_noise(self.bins, self.positions);
        let head = format!(
            "{}: no map has more than log₂ min({}, {}) = {ceiling:.2} bit, white noise has {noise:.2}",
            self.label, self.bins, self.positions
        );
        let Some(untrained) = self.untrained() else { return format!("{head}.") };
        let mean = self.mean_bits(untrained, self.all());
        format!("{head}; random weights (epoch 0) {mean:.2}, {:.0} % of the ceiling.", 100.0 * mean / ceiling)
    }

    /// Mean h over the channels in a column: bits, whatever the scale.
    fn mean_bits(&self, epoch: &MeasuredEpoch, column: usize) -> f64 {
        let of = |channel: usize| epoch.bits.get(channel * self.columns.len() + column);
        (0..self.n_channels).filter_map(of).sum::<f64>() / self.n_channels as f64
    }

    /// The epoch at `epoch_index`, if it is measured.
    pub fn at(&self, epoch_index: usize) -> Option<&MeasuredEpoch> {
        self.epochs.iter().find(|epoch| epoch.epoch_index == epoch_index)
    }

    /// The measured epoch nearest to a number.
    pub fn nearest(&self, epoch: f64) -> Option<&MeasuredEpoch> {
        let distance = |measured: &&MeasuredEpoch| (measured.epoch - epoch).abs();
        self.epochs.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The highest value of all channels, classes and epochs, and the ceiling; 0 without any.
    pub fn highest(&self) -> f64 {
        let values = self.epochs.iter().flat_map(|epoch| &epoch.bits).map(|&bits| self.in_scale(bits));
        values.filter(|h| h.is_finite()).fold(0.0, f64::max).max(self.ceiling())
    }

    /// What the channel's maps are over the probe images; alive where nobody knows.
    pub fn state(&self, epoch: &MeasuredEpoch, channel: usize) -> ChannelState {
        epoch.states.get(channel).copied().unwrap_or(ChannelState::Live)
    }

    /// How many channels tell nothing at an epoch, in words; and that h tells nothing where maps have one value.
    pub fn silence(&self, epoch: &MeasuredEpoch) -> String {
        let dead = if epoch.states.is_empty() {
            "which channels are dead is not known any more: the cells are gone".to_owned()
        } else {
            Silence::among(&epoch.states).words(self.n_channels)
        };
        if self.positions == 1 { format!("{dead}; {ONE_VALUE}") } else { dead }
    }

    /// Sum over the channels in a column, in its scale.
    pub fn total(&self, epoch: &MeasuredEpoch, column: usize) -> f64 {
        (0..self.n_channels).map(|channel| self.h(epoch, channel, column)).sum()
    }

    /// The channels in an order; equal ones by index, those without a value last.
    pub fn sorted(&self, order: Order) -> Vec<usize> {
        let mut channels: Vec<usize> = (0..self.n_channels).collect();
        let key = |channel: usize| match order {
            Order::Index => 0.0,
            Order::Mean => self.mean(channel),
            Order::Spread => self.spread(channel),
            Order::Change => self.change(channel).abs(),
        };
        let keys: Vec<f64> = channels.iter().map(|&channel| key(channel)).collect();
        let rank = |channel: usize| if keys[channel].is_nan() { f64::NEG_INFINITY } else { keys[channel] };
        sort_by(&mut channels, |&a, &b| rank(b).total_cmp(&rank(a)));
        channels
    }

    /// Mean over the epochs, all classes together.
    fn mean(&self, channel: usize) -> f64 {
        mean(self.epochs.iter().map(|epoch| self.h(epoch, channel, self.all())))
    }

    /// Highest minus lowest class, mean over the epochs; classes without images count for nothing.
    fn spread(&self, channel: usize) -> f64 {
        let at = |epoch: &MeasuredEpoch| {
            let classes = (0..self.all()).map(|class| self.h(epoch, channel, class));
            let ends = (f64::INFINITY, f64::NEG_INFINITY);
            let (low, high) = classes
                .filter(|bits| bits.is_finite())
                .fold(ends, |(low, high), bits| (low.min(bits), high.max(bits)));
            if low > high { f64::NAN } else { high - low }
        };
        mean(self.epochs.iter().map(at))
    }

    /// Last epoch minus first one, all classes together.
    fn change(&self, channel: usize) -> f64 {
        match (self.epochs.first(), self.epochs.last()) {
            (Some(first), Some(last)) => {
                self.h(last, channel, self.all()) - self.h(first, channel, self.all())
            }
            _ => f64::NAN,
        }
    }

    /// What is said of a channel at an epoch: one line per column that is shown.
    pub fn describe(
        &self,
        epoch: &MeasuredEpoch,
        channel: usize,
        is_shown: impl Fn(usize) -> bool,
    ) -> Vec<String> {
        let state = explained(self.state(epoch, channel));
        let head = format!("channel {channel} at epoch {}{state}", number(epoch.epoch));
        let line =
            |column: usize| format!("{}: {}", self.columns[column], exact(self.h(epoch, channel, column)));
        let untrained =
            self.h_untrained(channel).map(|h| format!("random weights (epoch 0), all: {}", exact(h)));
        let ceiling = (self.positions > 1).then(|| format!("ceiling: {}", exact(self.ceiling())));
        std::iter::once(head)
            .chain((0..self.columns.len()).filter(|&column| is_shown(column)).map(line))
            .chain(untrained)
            .chain(ceiling)
            .collect()
    }

    /// What is said of a circle, whose area is bits: of a class, or of one channel in it.
    pub fn describe_circle(
        &self,
        epoch: &MeasuredEpoch,
        column: usize,
        channel: Option<usize>,
    ) -> Vec<String> {
        let total = self.total(epoch, column);
        let whose = self.class_in_words(column);
        let Some(channel) = channel else {
            let n = self.n_channels;
            let mean = total / n as f64;
            let mut lines = vec![
                whose,
                format!("Σ h = {} bit", exact(total)),
                format!("over {n} channels, {} each{}", exact(mean), self.of_ceiling(mean)),
            ];
            lines.extend(self.untrained().map(|untrained| {
                let mean = self.mean_bits(untrained, column);
                format!("random weights (epoch 0): {} each{}", exact(mean), self.of_ceiling(mean))
            }));
            return lines;
        };
        let bits = self.h(epoch, channel, column);
        let state = explained(self.state(epoch, channel));
        let share = if total > 0.0 { 100.0 * bits / total } else { 0.0 };
        let mut lines = vec![
            format!("channel {channel}, {whose}"),
            format!("h = {} bit{state}{}", exact(bits), self.of_ceiling(bits)),
            format!("{share:.1} % of {} bit", exact(total)),
        ];
        lines.extend(self.untrained().map(|untrained| {
            let bits = self.h(untrained, channel, column);
            format!("random weights (epoch 0): {} bit", exact(bits))
        }));
        lines
    }

    /// Behind a value in bits: what share of the ceiling it is.
    fn of_ceiling(&self, bits: f64) -> String {
        match self.positions {
            1 => format!(" ({ONE_VALUE})"),
            _ => format!(
                ", {:.1} % of the ceiling {:.2}",
                100.0 * bits / self.ceiling_bits(),
                self.ceiling_bits()
            ),
        }
    }

    fn class_in_words(&self, column: usize) -> String {
        if column == self.all() {
            "all images".to_owned()
        } else {
            format!("label = {}", self.columns[column])
        }
    }

    /// One row per channel at an epoch, one column per class, and the sums in a last row.
    pub fn numbers(&self, epoch: &MeasuredEpoch) -> Numbers {
        let row = |channel: usize| {
            let cells = (0..self.columns.len()).map(|column| exact(self.h(epoch, channel, column)));
            std::iter::once(channel.to_string()).chain(cells).collect()
        };
        let sums = (0..self.columns.len()).map(|column| exact(self.total(epoch, column)));
        let sums = std::iter::once("Σ".to_owned()).chain(sums).collect();
        Numbers {
            columns: std::iter::once("channel".to_owned()).chain(self.columns.iter().cloned()).collect(),
            rows: (0..self.n_channels).map(row).chain(std::iter::once(sums)).collect(),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0);
    for value in values.filter(|value| value.is_finite()) {
        sum += value;
        n += 1;
    }
    sum / f64::from(n)
}

#[cfg(test)]
mod tests;
