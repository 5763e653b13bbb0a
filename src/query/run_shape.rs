//! What of a run a query must fit: images, classes, layers, recorded epochs.

use std::borrow::Cow;

use crate::cube::RunHeader;
use crate::cube::header::EstimatorSettings;
use crate::dataset::ImageShape;
use crate::measure::{Estimate, ImageSet, ProbeSet};

/// A layer's name and the shape of one image's output there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerOutline {
    /// `input`, `conv1`, …
    pub name: String,
    /// Channels × height × width.
    pub shape: ImageShape,
}

/// The lengths and names of a run's axes; filled by whoever has opened the run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunShape {
    /// Class of each image of the probe set; its length is that of X.
    pub labels: Vec<u8>,
    /// The same of the training images that may be on X; empty where the run has none.
    pub train_labels: Vec<u8>,
    /// Class names; a label indexes this.
    pub classes: Vec<String>,
    /// Layers 0 (the input) … |L|.
    pub layers: Vec<LayerOutline>,
    /// Numbers of the recorded epochs, ascending, 0 first.
    pub epochs: Vec<u32>,
    /// Estimator settings, for the cost.
    pub settings: EstimatorSettings,
}

impl RunShape {
    /// From a run's header, the labels of the images on X and the epochs recorded so far.
    pub fn new(header: &RunHeader, labels: Vec<u8>, epochs: Vec<u32>) -> Self {
        let input = LayerOutline { name: "input".to_owned(), shape: header.input };
        let outline = |layer: &crate::cube::LayerHeader| LayerOutline {
            name: layer.name.clone(),
            shape: layer.shape(),
        };
        let train_labels = match header.probe_set {
            ProbeSet::Test => Vec::new(),
            ProbeSet::Train => labels.clone(),
        };
        Self {
            labels,
            train_labels,
            classes: header.classes.clone(),
            layers: std::iter::once(input).chain(header.layers.iter().map(outline)).collect(),
            epochs,
            settings: header.settings.clone(),
        }
    }

    /// With these images on X; `None` where the run has none such.
    pub fn of(&self, probe_set: ProbeSet) -> Option<Cow<'_, Self>> {
        match probe_set {
            ProbeSet::Test => Some(Cow::Borrowed(self)),
            ProbeSet::Train if self.train_labels.is_empty() => None,
            ProbeSet::Train => Some(Cow::Owned(Self { labels: self.train_labels.clone(), ..self.clone() })),
        }
    }

    /// Images in the probe set.
    pub fn n_images(&self) -> usize {
        self.labels.len()
    }

    /// Classes.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// Channels of a layer; 0 for a layer that is not there.
    pub fn n_channels(&self, layer: usize) -> usize {
        self.layers.get(layer).map_or(0, |layer| layer.shape.channels)
    }

    /// Over which pairs of these images two layers are best compared.
    pub fn estimate(&self, images: &ImageSet, layer_a: usize, layer_b: usize) -> Estimate {
        let shape = |layer: usize| self.layers.get(layer).map(|layer| layer.shape);
        let (Some(a), Some(b)) = (shape(layer_a), shape(layer_b)) else { return Estimate::Sampled };
        match images {
            ImageSet::All => Estimate::best(self.n_images(), self.settings.target_pairs(), a, b),
            ImageSet::These(images) => Estimate::affordable(images.len(), a, b),
        }
    }

    /// Indices of the images of a class, ascending.
    pub fn images_of(&self, class: usize) -> Vec<usize> {
        let labels = self.labels.iter().enumerate();
        labels.filter(|&(_, &label)| usize::from(label) == class).map(|(image, _)| image).collect()
    }
}
