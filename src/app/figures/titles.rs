//! What each chart shows, in the paper's notation, with the layers, channels, classes and epochs that are on screen:
//! `-` stands only where the whole axis is shown. What is written before the first sign that is no query can be
//! typed into the query view as it stands.

use super::label::Label;
use super::learning::Learning;
use crate::app::session::layer::{CapacityMeasure, Channel, SpreadOf};
use crate::app::session::projection::FeaturePlace;
use crate::app::session::query::Picks;
use crate::app::session::{LayerPair, OpenRun, Selection};
use crate::cube::{LayerHeader, ProbeSet};
use crate::measure::Measure;
use crate::query::{Images, IndexRange, IndexSet, Query, Selector, Slice, WhichSlice};

/// A chart whose title is written in the paper's notation.
#[derive(Clone, Debug, PartialEq)]
pub enum Titled {
    /// Loss or accuracy over the epochs.
    Learning(Learning),
    /// The confusion matrix of the selected epoch.
    Confusion,
    /// A label entropy of every class over the epochs.
    Label(Label),
    /// From when on both label entropies are stable.
    Stability,
    /// Inter-sample entropy of every layer and epoch, of one class or of all images of either set together.
    InterSample(SpreadOf, Option<usize>),
    /// The same at the selected epoch.
    LabelAt(Label),
    /// Channel × channel of the selected pair of layers.
    Capacity {
        /// What a cell shows.
        measure: CapacityMeasure,
        /// Number of the epoch that is subtracted.
        against: Option<u32>,
        /// Number of the epoch on screen; none for the selected one.
        epoch: Option<u32>,
    },
    /// The same pair over the epochs.
    CapacityOverEpochs,
    /// The same pair at the epochs of these numbers, in one row.
    CapacityRow(CapacityMeasure, Vec<u32>),
    /// All whole layers with all whole layers, as I or as H(row | column).
    WholeLayers(CapacityMeasure),
    /// The selected pair of whole layers over the epochs.
    WholeOverEpochs,
    /// The first layer of the pair with every deeper one.
    Deeper,
    /// Channels of a layer that say nearly the same.
    Similar(usize),
    /// How many they are at each epoch.
    Redundant(usize),
    /// Feature maps of these channels for these images.
    FeatureMaps(Vec<Channel>, Vec<usize>),
    /// Intra-sample entropy of every class and channel of these layers over the epochs.
    IntraSample(Vec<usize>),
    /// The same at the selected epoch, of the selected layer.
    Circles,
    /// What a feature keeps of these images.
    Projection(FeaturePlace, Vec<usize>),
    /// Features of a layer that are set to zero, at the epoch of this number.
    Muted {
        /// 0 … |L|.
        layer: usize,
        /// Of the layer.
        features: Vec<usize>,
        /// Its number.
        epoch: u32,
    },
}

impl Titled {
    /// The title; empty while the run has nothing of it.
    pub fn write(&self, run: &OpenRun, selection: &Selection) -> String {
        let Some((queries, rest)) = self.parts(run, selection) else { return String::new() };
        let queries: Vec<String> = queries.iter().map(Query::to_string).collect();
        format!("{}{rest}", queries.join(", "))
    }

    /// The slices and measures on screen, and what is done with them.
    fn parts(&self, run: &OpenRun, selection: &Selection) -> Option<(Vec<Query>, String)> {
        let LayerPair { a, b } = selection.pair;
        let now = at(run.epoch_number(selection.epoch_index)? as usize);
        let all = Selector::All;
        let mut rest = String::new();
        let query = match self {
            Self::Learning(which) => learning(*which),
            Self::Confusion => Query::OfEpochs { measure: Measure::Confusion, epochs: now },
            Self::Label(label) => label_entropy(*label, all),
            Self::LabelAt(label) => label_entropy(*label, now),
            Self::Stability => {
                let both = [Label::GivenPrediction, Label::GivenLabel];
                return Some((both.map(|label| label_entropy(label, Selector::All)).to_vec(), rest));
            }
            Self::InterSample(of, class) => {
                let query = |&set: &ProbeSet| inter_sample(set, *class, Selector::All, Selector::All);
                return Some((of.sets().iter().map(query).collect(), rest));
            }
            Self::Capacity { measure, against, epoch } => {
                if *measure == CapacityMeasure::Share {
                    rest.push_str(" / min H");
                }
                if let Some(epoch) = against {
                    rest = format!("{rest} − epoch {epoch}");
                }
                let epoch = epoch.map_or(now, |epoch| at(epoch as usize));
                of_pair(*measure, at(a), at(b), &epoch)
            }
            Self::CapacityOverEpochs => of_pair(CapacityMeasure::Capacity, at(a), at(b), &all),
            Self::CapacityRow(measure, epochs) => {
                if *measure == CapacityMeasure::Share {
                    rest.push_str(" / min H");
                }
                let epochs: Vec<usize> = epochs.iter().map(|&epoch| epoch as usize).collect();
                of_pair(*measure, at(a), at(b), &set(&epochs)?)
            }
            Self::WholeLayers(measure) => {
                let whole = || slice(Selector::All, Selector::All, now.clone());
                let measure = match measure {
                    CapacityMeasure::BGivenA => Measure::LayerConditional,
                    _ => Measure::LayerInformation,
                };
                Query::OfSlices { measure, a: whole(), b: whole() }
            }
            Self::WholeOverEpochs => {
                let whole = |layer| slice(at(layer), Selector::All, Selector::All);
                Query::OfSlices { measure: Measure::LayerInformation, a: whole(a), b: whole(b) }
            }
            Self::Deeper => of_pair(CapacityMeasure::Capacity, at(a), deeper(run, a)?, &now),
            Self::Similar(layer) => {
                rest.push_str(" / max H");
                of_pair(CapacityMeasure::Capacity, at(*layer), at(*layer), &now)
            }
            Self::Redundant(layer) => {
                rest.push_str(" / max H");
                of_pair(CapacityMeasure::Capacity, at(*layer), at(*layer), &all)
            }
            Self::FeatureMaps(channels, images) => return Some((maps(channels, images, &now)?, rest)),
            Self::IntraSample(layers) => of_classes(set(layers)?, all),
            Self::Circles => of_classes(at(selection.layer), now),
            Self::Projection(place, images) => {
                let epoch = at(run.epoch_number(place.epoch_index)? as usize);
                let (slice, units) = features(run, place.layer, &[place.feature], epoch)?;
                rest = format!("{units} → input");
                let images = Images::Picked(set(images).unwrap_or(Selector::All));
                Query::Cells(Slice { images, ..slice })
            }
            Self::Muted { layer, features: muted, epoch } => {
                let (slice, units) = features(run, *layer, muted, at(*epoch as usize))?;
                rest = format!("{units} = 0");
                Query::Cells(slice)
            }
        };
        Some((vec![query], rest))
    }
}

/// Loss or accuracy over all epochs.
pub fn learning(which: Learning) -> Query {
    let measure = match which {
        Learning::Loss => Measure::Loss,
        Learning::Accuracy => Measure::Accuracy,
    };
    Query::OfEpochs { measure, epochs: Selector::All }
}

/// The slices that are picked in the query view.
pub fn picked(picks: &Picks) -> String {
    let first = picks.slice(WhichSlice::First).to_string();
    if picks.has_two_slices() { format!("{first}; {}", picks.slice(WhichSlice::Second)) } else { first }
}

/// Of all images together.
pub fn slice(layers: Selector, channels: Selector, epochs: Selector) -> Slice {
    let probe_set = ProbeSet::Test;
    Slice { probe_set, images: Images::Picked(Selector::All), layers, channels, epochs }
}

/// One index.
pub fn at(index: usize) -> Selector {
    Selector::Index(index as u32)
}

/// One index, or several as a set; nothing of none.
pub fn set(indices: &[usize]) -> Option<Selector> {
    match indices {
        [one] => Some(at(*one)),
        many => IndexSet::new(many.iter().map(|&index| index as u32)).map(Selector::Set),
    }
}

/// The layers after `layer`.
fn deeper(run: &OpenRun, layer: usize) -> Option<Selector> {
    let (first, last) = (layer + 1, run.header.layers.len());
    let range = IndexRange::new(first as u32, last as u32)?;
    Some(if first == last { at(last) } else { Selector::Range(range) })
}

/// Of a class, or of all images, of either set.
pub fn inter_sample(set: ProbeSet, class: Option<usize>, layers: Selector, epochs: Selector) -> Query {
    let images = class.map_or(Images::Picked(Selector::All), |class| Images::Labelled(at(class)));
    let slice = Slice { probe_set: set, images, ..slice(layers, Selector::All, epochs) };
    Query::OfSlice { measure: Measure::InterSample, slice }
}

fn label_entropy(label: Label, epochs: Selector) -> Query {
    let measure = match label {
        Label::GivenPrediction => Measure::LabelGivenPredicted,
        Label::GivenLabel => Measure::PredictedGivenLabel,
    };
    Query::OfClasses { measure, classes: Selector::All, epochs }
}

/// All channels of one layer, or of several, with all channels of another.
fn of_pair(measure: CapacityMeasure, a: Selector, b: Selector, epochs: &Selector) -> Query {
    let of = |layer| slice(layer, Selector::All, epochs.clone());
    let (measure, a, b) = match measure {
        CapacityMeasure::Capacity | CapacityMeasure::Share => (Measure::Capacity, a, b),
        CapacityMeasure::AGivenB => (Measure::Conditional, a, b),
        CapacityMeasure::BGivenA => (Measure::Conditional, b, a),
    };
    Query::OfSlices { measure, a: of(a), b: of(b) }
}

/// A curve, or a circle, for every class and channel.
fn of_classes(layers: Selector, epochs: Selector) -> Query {
    let images = Images::Labelled(Selector::All);
    let slice = Slice { images, ..slice(layers, Selector::All, epochs) };
    Query::OfSlice { measure: Measure::IntraSample, slice }
}

/// A slice per layer, its channels ascending.
fn maps(channels: &[Channel], images: &[usize], epoch: &Selector) -> Option<Vec<Query>> {
    let images = Images::Picked(set(images)?);
    let layers = IndexSet::new(channels.iter().map(|channel| channel.layer as u32))?;
    let of_layer = |&layer: &u32| {
        let own = channels.iter().filter(|channel| channel.layer == layer as usize);
        let own: Vec<usize> = own.map(|channel| channel.channel).collect();
        let slice = slice(Selector::Index(layer), set(&own)?, epoch.clone());
        Some(Query::Cells(Slice { images: images.clone(), ..slice }))
    };
    layers.indices().iter().map(of_layer).collect()
}

/// The slice of some features, and in words which units they are where the layer's only channel holds all of them.
fn features(run: &OpenRun, layer: usize, features: &[usize], epoch: Selector) -> Option<(Slice, String)> {
    let header = layer.checked_sub(1).and_then(|index| run.header.layers.get(index));
    let picked = set(features)?;
    if header.is_some_and(LayerHeader::is_dense) {
        return Some((slice(at(layer), at(0), epoch), format!(", units {picked},")));
    }
    Some((slice(at(layer), picked, epoch), String::new()))
}

#[cfg(test)]
mod tests;
