//! Selectors → what they pick in a run, or why they cannot.

use super::axes::{Axis, Pick};
use super::check_error::CheckError;
use super::notation::{Images, Place, Slice};
use super::run_shape::RunShape;
use super::selector::Selector;
use crate::measure::{ImageSet, MeasureKey, ProbeSet};

/// Most epochs that an error lists.
const LISTED_EPOCHS: usize = 12;

/// Images that enter a measure together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Group {
    All,
    Class(usize),
    These(Vec<usize>),
}

/// What a measure's X picks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Groups {
    pub groups: Vec<Group>,
    /// The axis `class`, fixed when there is but one group.
    pub pick: Pick,
}

/// A measure's demand on its images.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demand {
    pub measure: &'static str,
    pub least: usize,
}

/// A slice's selectors resolved one by one.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub shape: &'a RunShape,
    /// Whose images are on X.
    pub probe_set: ProbeSet,
}

impl Resolver<'_> {
    /// Images together, or one group a class.
    pub fn groups(self, images: &Images, place: Place, demand: Demand) -> Result<Groups, CheckError> {
        let one = |group| Groups { groups: vec![group], pick: unnamed() };
        let (groups, fixed) = match images {
            Images::Picked(Selector::All) => (one(Group::All), true),
            Images::Picked(images) => (one(Group::These(self.images(images, place)?)), true),
            Images::Labelled(classes) => (self.class_groups(classes, place)?, classes.is_fixed()),
        };
        for group in groups.groups.iter().filter(|_| fixed) {
            enough(self.images_of(group).len(), images, place, demand)?;
        }
        Ok(groups)
    }

    fn class_groups(self, classes: &Selector, place: Place) -> Result<Groups, CheckError> {
        let pick = self.classes(classes, "class", place)?;
        let groups = pick.axis.coordinates.iter().map(|&class| Group::Class(class)).collect();
        Ok(Groups { groups, pick })
    }

    /// Indices of the images in a group, ascending.
    pub fn images_of(self, group: &Group) -> Vec<usize> {
        match group {
            Group::All => (0..self.shape.n_images()).collect(),
            Group::Class(class) => self.shape.images_of(*class),
            Group::These(images) => images.clone(),
        }
    }

    /// The same as an atomic result names them.
    pub fn image_set(self, group: &Group) -> ImageSet {
        match group {
            Group::All => ImageSet::All,
            group => ImageSet::These(self.images_of(group)),
        }
    }

    /// Values of an atomic result.
    pub fn n_values(self, key: &MeasureKey) -> usize {
        key.shape(self.shape.n_classes(), |layer| self.shape.n_channels(layer)).iter().product()
    }

    /// Indices in the probe set.
    pub fn images(self, images: &Selector, place: Place) -> Result<Vec<usize>, CheckError> {
        let n = self.shape.n_images();
        indices(images, n).map_err(|index| {
            let allowed = format!("images are {}", span(n));
            CheckError::OutOfRange { place, what: "image", index, allowed }
        })
    }

    /// X of a bare slice: every image by itself.
    pub fn each_image(self, images: &Images, place: Place) -> Result<Pick, CheckError> {
        let picked = match images {
            Images::Picked(images) => self.images(images, place)?,
            Images::Labelled(classes) => {
                let classes = self.classes(classes, "class", place)?.axis.coordinates;
                let labels = self.shape.labels.iter().map(|&label| usize::from(label)).enumerate();
                labels.filter(|(_, label)| classes.contains(label)).map(|(image, _)| image).collect()
            }
        };
        enough(picked.len(), images, place, Demand { measure: "a slice", least: 1 })?;
        let fixed = matches!(images, Images::Picked(Selector::Index(_)));
        Ok(Pick { axis: Axis::numbered("image", picked), fixed })
    }

    pub fn classes(self, classes: &Selector, name: &'static str, place: Place) -> Result<Pick, CheckError> {
        let n = self.shape.n_classes();
        let coordinates = indices(classes, n).map_err(|index| {
            let allowed = format!("classes are {}", span(n));
            CheckError::OutOfRange { place, what: "class", index, allowed }
        })?;
        let labels = coordinates.iter().map(|&class| self.shape.classes[class].clone()).collect();
        Ok(Pick { axis: Axis { name, coordinates, labels }, fixed: classes.is_fixed() })
    }

    pub fn layers(self, layers: &Selector, place: Place) -> Result<Pick, CheckError> {
        let n = self.shape.layers.len();
        let coordinates = indices(layers, n).map_err(|index| {
            let allowed = format!("layers are 0 (the input) to {}", n.saturating_sub(1));
            CheckError::OutOfRange { place, what: "layer", index, allowed }
        })?;
        let labels = coordinates.iter().map(|&layer| self.shape.layers[layer].name.clone()).collect();
        Ok(Pick { axis: Axis { name: "layer", coordinates, labels }, fixed: layers.is_fixed() })
    }

    /// The one layer of a slice whose channels are compared with another's.
    pub fn one_layer(self, slice: &Slice, place: Place, measure: &'static str) -> Result<usize, CheckError> {
        let pick = self.layers(&slice.layers, place)?;
        match pick.axis.coordinates[..] {
            [layer] if pick.fixed => Ok(layer),
            _ => Err(CheckError::NotOneLayer { place, layers: slice.layers.to_string(), measure }),
        }
    }

    /// Channels that all of these layers have; with `-`, as many as the widest has.
    pub fn channels(
        self,
        channels: &Selector,
        layers: &[usize],
        name: &'static str,
        place: Place,
    ) -> Result<Pick, CheckError> {
        let widest = layers.iter().map(|&layer| self.shape.n_channels(layer)).max().unwrap_or(0);
        let narrowest = layers.iter().copied().min_by_key(|&layer| self.shape.n_channels(layer));
        let n = match (channels, narrowest) {
            (Selector::All, _) | (_, None) => widest,
            (_, Some(layer)) => self.shape.n_channels(layer),
        };
        let picked = indices(channels, n).map_err(|index| {
            let layer = narrowest.unwrap_or(0);
            let allowed = format!("channels of layer {layer} are {}", span(n));
            CheckError::OutOfRange { place, what: "channel", index, allowed }
        })?;
        Ok(Pick { axis: Axis::numbered(name, picked), fixed: channels.is_fixed() })
    }

    /// Recorded epochs: their positions along T, and the axis of their numbers.
    pub fn epochs(self, epochs: &Selector, place: Place) -> Result<Epochs, CheckError> {
        let recorded = &self.shape.epochs;
        let indices = recorded_indices(epochs, recorded).map_err(|problem| CheckError::NotRecorded {
            place,
            problem,
            recorded: listed(recorded),
        })?;
        let numbers = indices.iter().map(|&index| recorded[index] as usize).collect();
        Ok(Epochs {
            indices,
            pick: Pick { axis: Axis::numbered("epoch", numbers), fixed: epochs.is_fixed() },
        })
    }
}

fn enough(found: usize, images: &Images, place: Place, demand: Demand) -> Result<(), CheckError> {
    let Demand { measure, least } = demand;
    if found >= least {
        return Ok(());
    }
    Err(CheckError::TooFewImages { place, selection: images.to_string(), images: found, least, measure })
}

/// What T picks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Epochs {
    /// Positions along T.
    pub indices: Vec<usize>,
    pub pick: Pick,
}

/// The place of what needs no name: one group of images, not an axis.
fn unnamed() -> Pick {
    Pick { axis: Axis::numbered("class", vec![0]), fixed: true }
}

/// The indices below `n` that a selector picks, or the first one that is not.
fn indices(selector: &Selector, n: usize) -> Result<Vec<usize>, u32> {
    let within = |index: u32| if (index as usize) < n { Ok(index as usize) } else { Err(index) };
    match selector {
        Selector::All => Ok((0..n).collect()),
        Selector::Index(index) => Ok(vec![within(*index)?]),
        Selector::Range(range) => Ok((within(range.first())?..=within(range.last())?).collect()),
        Selector::Set(set) => set.indices().iter().map(|&index| within(index)).collect(),
    }
}

/// Positions of the recorded epochs that a selector picks, or what is wrong with it.
fn recorded_indices(selector: &Selector, recorded: &[u32]) -> Result<Vec<usize>, String> {
    let find =
        |epoch: u32| recorded.binary_search(&epoch).map_err(|_| format!("epoch {epoch} is not recorded"));
    match selector {
        Selector::All => Ok((0..recorded.len()).collect()),
        Selector::Index(epoch) => Ok(vec![find(*epoch)?]),
        Selector::Set(set) => set.indices().iter().map(|&epoch| find(epoch)).collect(),
        Selector::Range(range) => {
            let first = recorded.partition_point(|&epoch| epoch < range.first());
            let end = recorded.partition_point(|&epoch| epoch <= range.last());
            if recorded.last().is_none_or(|&last| range.last() > last) {
                Err(format!("{selector} ends after the last recorded epoch"))
            } else if first == end {
                Err(format!("no epoch of {selector} is recorded"))
            } else {
                Ok((first..end).collect())
            }
        }
    }
}

/// "0 to 9", "only 0", "none".
fn span(n: usize) -> String {
    match n {
        0 => "none".to_owned(),
        1 => "only 0".to_owned(),
        _ => format!("0 to {}", n - 1),
    }
}

/// "0 to 5" when there is no gap, else all, or the first ones and the last.
fn listed(recorded: &[u32]) -> String {
    let (Some(&first), Some(&last)) = (recorded.first(), recorded.last()) else {
        return "none yet".to_owned();
    };
    if recorded.len() > 2 && (last - first) as usize + 1 == recorded.len() {
        return format!("{first} to {last}");
    }
    let shown: Vec<String> = recorded.iter().take(LISTED_EPOCHS).map(u32::to_string).collect();
    let rest = if recorded.len() > LISTED_EPOCHS { format!(", … to {last}") } else { String::new() };
    shown.join(", ") + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_epochs_are_told_briefly() {
        assert_eq!(listed(&[]), "none yet");
        assert_eq!(listed(&[0]), "0");
        assert_eq!(listed(&[0, 1, 2, 3]), "0 to 3");
        assert_eq!(listed(&[0, 1, 2, 4, 8]), "0, 1, 2, 4, 8");
        let many: Vec<u32> = (0..20).map(|step| step * 5).collect();
        assert_eq!(listed(&many), "0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, … to 95");
    }

    #[test]
    fn the_greatest_index_picks_nothing_and_overflows_nothing() {
        let all_numbers = super::super::IndexRange::new(0, u32::MAX).unwrap();
        assert_eq!(indices(&Selector::Range(all_numbers), 3), Err(u32::MAX));
        assert_eq!(indices(&Selector::Index(u32::MAX), 3), Err(u32::MAX));
    }
}
