//! Where the values of measures are in a run.

use super::{Catalogue, MEASURES, STATE};
use crate::cube::layout::{ArrayLayout, Coding, Element, each, whole};
use crate::measure::{Form, ImageSet, Measure, MeasureKey, Of, Settings};

impl Catalogue<'_> {
    /// `entropy/inter_sample`, float32 `[T, L+1, K+1]`, bits; a chunk per epoch and layer.
    pub fn inter_sample(&self) -> ArrayLayout {
        let layer = each("layer", self.header.n_layers() + 1);
        let axes = vec![each("epoch", self.n_epochs), layer, self.class_axis()];
        ArrayLayout::new(self.on_x("entropy/inter_sample"), Element::Float32, Coding::Plain, axes)
            .in_unit("bit")
    }

    /// `entropy/intra_sample/<ll>`, float32 `[T, C, K+1]`, bits; `layer` is 0 … |L|.
    pub fn intra_sample(&self, layer: usize) -> ArrayLayout {
        let channel = whole("channel", self.shape_at(layer).channels);
        let axes = vec![each("epoch", self.n_epochs), channel, self.class_axis()];
        let path = self.on_x(&format!("entropy/intra_sample/{layer:02}"));
        ArrayLayout::new(path, Element::Float32, Coding::Plain, axes).in_unit("bit")
    }

    /// `entropy/state/<ll>`, uint8 `[T, C]`: 0 for a live channel, 1 for one that is the same for every probe image, 2
    /// for a dead one, all of whose cells are 0; `layer` is 0 … |L|.
    pub fn channel_state(&self, layer: usize) -> ArrayLayout {
        let channel = whole("channel", self.shape_at(layer).channels);
        let axes = vec![each("epoch", self.n_epochs), channel];
        ArrayLayout::new(self.on_x(&format!("{STATE}/{layer:02}")), Element::Code, Coding::Plain, axes)
    }

    /// Where the values of a result are, and the index of its chunk; `None` of what has no array of its own: results over
    /// some of the images or with other settings than the run's, matrices of channels ([`Self::capacity`]), and what follows
    /// from the predictions.
    pub fn measure(&self, key: &MeasureKey) -> Option<(ArrayLayout, Vec<usize>)> {
        if key.images != ImageSet::All || key.settings != Settings::default() {
            return None;
        }
        let t = key.epoch_index;
        match (key.measure, key.of) {
            (Measure::InterSample, Of::Layer(layer)) => Some((self.inter_sample(), vec![t, layer])),
            (Measure::IntraSample, Of::Layer(layer)) => Some((self.intra_sample(layer), vec![t])),
            (Measure::ChannelState, Of::Layer(layer)) => Some((self.channel_state(layer), vec![t])),
            (measure, Of::Layer(layer)) => Some((self.by_layer(measure)?, vec![t, layer])),
            (measure, Of::Layers(a, b)) => Some((self.by_layer(measure)?, vec![t, a, b])),
            (_, Of::Predictions) => None,
        }
    }

    /// `measures/<name>`, float32 `[T, L+1, values]`, of pairs of layers `[T, L+1, L+1, values]`; without the last axis
    /// where there is one value.
    pub(super) fn by_layer(&self, measure: Measure) -> Option<ArrayLayout> {
        let about = measure.about();
        let layers = self.header.n_layers() + 1;
        let mut axes = vec![each("epoch", self.n_epochs)];
        match about.form {
            Form::Layer => axes.push(each("layer", layers)),
            Form::LayerPair => axes.extend([each("layer_a", layers), each("layer_b", layers)]),
            _ => return None,
        }
        if about.parts.len() > 1 {
            axes.push(whole("value", about.parts.len()));
        }
        let path = self.on_x(&format!("{MEASURES}/{}", about.array));
        let layout = ArrayLayout::new(path, Element::Float32, Coding::Plain, axes);
        (!about.array.is_empty()).then_some(layout.in_unit(about.unit.name()))
    }
}
