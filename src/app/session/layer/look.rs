//! How the layer view looks: measure, order, scale, what is picked and pinned. All of it is in the address bar.

use std::fmt;

use super::{SpreadOf, epochs};
use crate::app::session::OpenRun;

/// Which number of two channels a cell of the heatmap shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CapacityMeasure {
    /// I(a; b) in bits.
    #[default]
    Capacity,
    /// H(a|b) = `H_a` − I in bits: what b leaves open about a.
    AGivenB,
    /// H(b|a) = `H_b` − I in bits: what a leaves open about b.
    BGivenA,
    /// I(a; b) / min(`H_a`, `H_b`), 0 … 1.
    Share,
}

impl CapacityMeasure {
    /// All measures in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Capacity, Self::AGivenB, Self::BGivenA, Self::Share];

    /// Those of whole layers; the one left out is the other half of the matrix.
    pub const OF_WHOLE: [Self; 2] = [Self::Capacity, Self::BGivenA];

    /// The word in the address bar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::AGivenB => "columns-given-rows",
            Self::BGivenA => "rows-given-columns",
            Self::Share => "share",
        }
    }

    /// In the paper's notation.
    pub fn notation(self) -> &'static str {
        match self {
            Self::Capacity => "I(a; b)",
            Self::AGivenB => "H(a|b)",
            Self::BGivenA => "H(b|a)",
            Self::Share => "I / min H",
        }
    }

    /// The measure called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }
}

/// In which order rows, or columns, stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// As the channels are numbered.
    #[default]
    Channel,
    /// By the mean, largest first.
    MeanDescending,
    /// By the mean, smallest first.
    MeanAscending,
    /// By the maximum, largest first.
    MaximumDescending,
    /// By the maximum, smallest first.
    MaximumAscending,
}

impl SortOrder {
    /// All orders as they are offered.
    pub const ALL: [Self; 5] = [
        Self::Channel,
        Self::MeanDescending,
        Self::MeanAscending,
        Self::MaximumDescending,
        Self::MaximumAscending,
    ];

    /// The word in the address bar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Channel => "none",
            Self::MeanDescending => "mean-desc",
            Self::MeanAscending => "mean-asc",
            Self::MaximumDescending => "max-desc",
            Self::MaximumAscending => "max-asc",
        }
    }

    /// In a list.
    pub fn label(self) -> &'static str {
        match self {
            Self::Channel => "channel number",
            Self::MeanDescending => "mean, largest first",
            Self::MeanAscending => "mean, smallest first",
            Self::MaximumDescending => "maximum, largest first",
            Self::MaximumAscending => "maximum, smallest first",
        }
    }

    /// The order called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// One channel of one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Channel {
    /// 0 … |L|.
    pub layer: usize,
    /// 0 … |`C_l`| − 1.
    pub channel: usize,
}

impl Channel {
    /// The channel written as `2.5`.
    pub fn parse(text: &str) -> Option<Self> {
        let (layer, channel) = text.split_once('.')?;
        Some(Self { layer: layer.parse().ok()?, channel: channel.parse().ok()? })
    }

    fn is_in(self, run: &OpenRun) -> bool {
        self.layer <= run.header.layers.len() && self.channel < run.shape_of(self.layer).channels
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.layer, self.channel)
    }
}

/// A cell of some heatmap: two channels that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChannelPair {
    /// Of the first layer: its column.
    pub a: Channel,
    /// Of the second layer: its row.
    pub b: Channel,
}

impl ChannelPair {
    /// The pair written as `2.5-4.7`.
    pub fn parse(text: &str) -> Option<Self> {
        let (a, b) = text.split_once('-')?;
        Some(Self { a: Channel::parse(a)?, b: Channel::parse(b)? })
    }

    fn is_in(self, run: &OpenRun) -> bool {
        self.a.is_in(run) && self.b.is_in(run)
    }
}

impl fmt::Display for ChannelPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.a, self.b)
    }
}

/// Pairs that can be pinned at a time.
pub const MAX_PINS: usize = 6;
/// Images whose feature maps can be shown at a time.
pub const MAX_IMAGES: usize = 8;
/// Images shown when none is chosen.
const USUAL_IMAGES: usize = 4;

/// What a link to the layer view brings back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the view, each by itself")]
pub struct LayerLook {
    /// What a cell shows.
    pub measure: CapacityMeasure,
    /// Order of the rows, channels of the second layer.
    pub rows: SortOrder,
    /// Order of the columns, channels of the first layer.
    pub columns: SortOrder,
    /// Whether the scale is that of the matrix on screen instead of the one for all epochs and layers.
    pub own_scale: bool,
    /// Whether cells not above chance are hatched.
    pub hatch: bool,
    /// Whether I and what chance gives are corrected for bias (Miller–Madow).
    pub corrected: bool,
    /// The epoch (its number) that is subtracted.
    pub against: Option<u32>,
    /// From which share of common information two filters count as similar, in percent.
    pub similar: u8,
    /// Whether similar filters are sought among the columns, the first layer, and not among the rows.
    pub of_columns: bool,
    /// What the matrix of whole layers shows: I, or H(row | column).
    pub whole: CapacityMeasure,
    /// Whose inter-sample entropies are shown by layer and epoch.
    pub spread_of: SpreadOf,
    /// Numbers of the epochs whose heatmaps stand in a row, ascending; none for the usual ones.
    pub epochs: Vec<u32>,
    /// The cell whose feature maps are shown.
    pub cell: Option<ChannelPair>,
    /// Cells kept to compare.
    pub pins: Vec<ChannelPair>,
    /// Chosen images of the probe set; none for the usual ones.
    pub images: Vec<usize>,
}

impl Default for LayerLook {
    fn default() -> Self {
        Self {
            measure: CapacityMeasure::default(),
            rows: SortOrder::default(),
            columns: SortOrder::default(),
            own_scale: true,
            hatch: false,
            corrected: false,
            against: None,
            similar: 50,
            of_columns: true,
            whole: CapacityMeasure::default(),
            spread_of: SpreadOf::default(),
            epochs: Vec::new(),
            cell: None,
            pins: Vec::new(),
            images: Vec::new(),
        }
    }
}

impl LayerLook {
    /// Takes a parameter of the address: `None` when it is none of this view's, else whether its value was good
    /// or what was expected.
    pub fn set(&mut self, name: &str, value: &str) -> Option<Result<(), &'static str>> {
        let order = || SortOrder::from_name(value).ok_or("none, mean-desc, mean-asc, max-desc or max-asc");
        let pair = |text: &str| {
            ChannelPair::parse(text).ok_or("channels as in 2.5-4.7 (layer.channel-layer.channel)")
        };
        Some(match name {
            "measure" => CapacityMeasure::from_name(value)
                .ok_or("capacity, columns-given-rows, rows-given-columns or share")
                .map(|measure| self.measure = measure),
            "rows" => order().map(|order| self.rows = order),
            "columns" => order().map(|order| self.columns = order),
            "scale" => one_of(value, "fixed", "own").map(|own| self.own_scale = own),
            "hatch" => one_of(value, "0", "1").map(|hatch| self.hatch = hatch),
            "correction" => one_of(value, "none", "miller-madow").map(|corrected| self.corrected = corrected),
            "against" => value
                .parse()
                .map_err(|_| "an epoch number, 0 or more")
                .map(|epoch| self.against = Some(epoch)),
            "similar" => match value.parse() {
                Ok(percent @ 1..=100) => {
                    self.similar = percent;
                    Ok(())
                }
                _ => Err("a percentage, 1 to 100"),
            },
            "side" => one_of(value, "rows", "columns").map(|columns| self.of_columns = columns),
            "whole" => CapacityMeasure::from_name(value)
                .filter(|measure| CapacityMeasure::OF_WHOLE.contains(measure))
                .ok_or("capacity or rows-given-columns")
                .map(|measure| self.whole = measure),
            "x" => SpreadOf::from_name(value).ok_or("test, train or both").map(|of| self.spread_of = of),
            "epoch_row" => epochs::parsed(value).map(|epochs| self.epochs = epochs),
            "cell" => pair(value).map(|cell| self.cell = Some(cell)),
            "pins" => {
                let pins: Result<Vec<_>, _> = value.split(',').take(MAX_PINS).map(pair).collect();
                pins.map(|pins| self.pins = pins)
            }
            "images" => {
                let images: Result<Vec<_>, _> = value.split(',').take(MAX_IMAGES).map(str::parse).collect();
                images
                    .map_err(|_| "numbers of probe images, as in 0,12,40")
                    .map(|images| self.images = images)
            }
            _ => return None,
        })
    }

    /// The parameters that differ from how the view comes.
    pub fn changed_pairs(&self) -> Vec<(&'static str, String)> {
        let usual = Self::default();
        let mut pairs = Vec::new();
        let mut push = |name, is_changed: bool, value: String| {
            if is_changed {
                pairs.push((name, value));
            }
        };
        push("measure", self.measure != usual.measure, self.measure.name().to_owned());
        push("rows", self.rows != usual.rows, self.rows.name().to_owned());
        push("columns", self.columns != usual.columns, self.columns.name().to_owned());
        push("scale", !self.own_scale, "fixed".to_owned());
        push("hatch", self.hatch, "1".to_owned());
        push("correction", self.corrected, "miller-madow".to_owned());
        push("against", self.against.is_some(), self.against.unwrap_or_default().to_string());
        push("similar", self.similar != usual.similar, self.similar.to_string());
        push("side", !self.of_columns, "rows".to_owned());
        push("whole", self.whole != usual.whole, self.whole.name().to_owned());
        push("x", self.spread_of != usual.spread_of, self.spread_of.name().to_owned());
        push("epoch_row", !self.epochs.is_empty(), joined(&self.epochs));
        push("cell", self.cell.is_some(), self.cell.map(|cell| cell.to_string()).unwrap_or_default());
        push("pins", !self.pins.is_empty(), joined(&self.pins));
        push("images", !self.images.is_empty(), joined(&self.images));
        pairs
    }

    /// Forgets what `run` does not have.
    pub fn fit(&mut self, run: &OpenRun) {
        self.cell = self.cell.filter(|cell| cell.is_in(run));
        self.pins.retain(|pin| pin.is_in(run));
        self.images.retain(|&image| image < run.header.probe_images);
    }

    /// Epochs whose heatmaps stand in a row, by their numbers: the chosen ones that are recorded, or the usual ones.
    pub fn epochs_of(&self, run: &OpenRun) -> Vec<u32> {
        epochs::shown(&self.epochs, run)
    }

    /// The chosen images, or the usual ones: spread over the probe set, which lies class by class.
    pub fn images_of(&self, run: &OpenRun) -> Vec<usize> {
        if !self.images.is_empty() {
            return self.images.clone();
        }
        let n = run.header.probe_images;
        let usual = USUAL_IMAGES.min(n);
        (0..usual).map(|place| place * n / usual).collect()
    }
}

fn one_of(value: &str, no: &'static str, yes: &'static str) -> Result<bool, &'static str> {
    match value {
        _ if value == no => Ok(false),
        _ if value == yes => Ok(true),
        _ if no == "0" => Err("0 or 1"),
        _ if no == "fixed" => Err("fixed or own"),
        _ if no == "none" => Err("none or miller-madow"),
        _ => Err("rows or columns"),
    }
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
