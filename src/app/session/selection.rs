//! What is looked at: one image, one epoch, one layer and a channel of it, one pair of layers, one view. Every chart
//! follows it.

use crate::app::session::{OpenRun, TrainingAxis};

/// Which charts are on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// All of them.
    #[default]
    Overview,
    /// Loss, accuracy, confusion matrix, label entropies.
    Training,
    /// Inter-sample entropy and channel capacity.
    Layer,
    /// Intra-sample entropy.
    Channel,
    /// Any slice and measure, in the paper's notation.
    Query,
}

impl View {
    /// All views in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Overview, Self::Query, Self::Training, Self::Layer, Self::Channel];

    /// The word in the address bar; the overview is the absence of one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Training => "training",
            Self::Layer => "layer",
            Self::Channel => "channel",
            Self::Query => "query",
        }
    }

    /// The view called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// In what intra-sample entropies are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntropyScale {
    /// Bits.
    #[default]
    Bits,
    /// Shares of the most that a map of that size can have: comparable between layers.
    Share,
}

impl EntropyScale {
    /// Both in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Bits, Self::Share];

    /// The word in the address bar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bits => "bits",
            Self::Share => "share",
        }
    }

    /// The scale called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scale| scale.name() == name)
    }
}

/// Two layers that are compared. In every heatmap the first one lies across, the second one down (paper Figure 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerPair {
    /// The first layer, 0 … |L|: its channels are columns.
    pub a: usize,
    /// The second layer, 0 … |L|: its channels are rows.
    pub b: usize,
}

/// The one selection that all charts follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Index on axis T of the open run.
    pub epoch_index: usize,
    /// Whether the epoch moves on to each newly recorded one.
    pub following: bool,
    /// Whether the epoch slider is on its way: until it rests, only what is answered at once is asked of what it passes.
    pub is_moving: bool,
    /// The picked image, of the probe set.
    pub image: usize,
    /// 0 … |L|.
    pub layer: usize,
    /// A channel of `layer`, 0 first.
    pub channel: usize,
    /// A second layer whose channels are shown beside those of `layer`; another one than that.
    pub beside: Option<usize>,
    /// In what the intra-sample entropies of both are shown.
    pub entropy_scale: EntropyScale,
    /// Of the capacity heatmap.
    pub pair: LayerPair,
    /// What charts over training count on their x axis.
    pub axis: TrainingAxis,
    /// Which charts are on screen.
    pub view: View,
    /// An epoch number asked for (by a link) that is not recorded yet.
    pub pending_epoch: Option<u32>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            epoch_index: 0,
            following: true,
            is_moving: false,
            image: 0,
            layer: 2,
            channel: 0,
            beside: None,
            entropy_scale: EntropyScale::default(),
            pair: LayerPair { a: 2, b: 4 },
            axis: TrainingAxis::default(),
            view: View::default(),
            pending_epoch: None,
        }
    }
}

impl Selection {
    /// Moves to `epoch_index` as the user does: at the newest epoch the selection follows again.
    pub fn pick_epoch(&mut self, epoch_index: usize, recorded: usize) {
        let last = recorded.saturating_sub(1);
        self.epoch_index = epoch_index.min(last);
        self.following = self.epoch_index == last;
        self.pending_epoch = None;
    }

    /// Moves to a channel of any layer; when that is the layer beside, the two change roles.
    pub fn pick_channel(&mut self, layer: usize, channel: usize) {
        if self.beside == Some(layer) {
            self.beside = Some(self.layer);
        }
        self.layer = layer;
        self.channel = channel;
    }

    /// Makes every index valid for `run`, and moves on to the newest epoch or the one asked for.
    pub fn fit(&mut self, run: &OpenRun) {
        let n_layers = run.header.layers.len();
        self.image = self.image.min(run.header.probe_images.saturating_sub(1));
        self.layer = self.layer.min(n_layers);
        self.beside = self.beside.filter(|&beside| beside <= n_layers && beside != self.layer);
        self.channel = self.channel.min(run.n_channels(self.layer).saturating_sub(1));
        self.pair = LayerPair { a: self.pair.a.min(n_layers), b: self.pair.b.min(n_layers) };
        let last = run.epochs.len().saturating_sub(1);
        if let Some(wanted) = self.pending_epoch
            && let Some(found) = run.epochs.iter().position(|epoch| epoch.metrics.epoch == wanted)
        {
            self.pick_epoch(found, run.epochs.len());
        } else if self.following {
            self.epoch_index = last;
        } else {
            self.epoch_index = self.epoch_index.min(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn a_selection_at_the_newest_epoch_follows_training() {
        let mut selection = Selection::default();
        selection.fit(&fixture::open_run("a", 3));
        assert_eq!(selection.epoch_index, 2);
        selection.fit(&fixture::open_run("a", 4));
        assert_eq!(selection.epoch_index, 3);
    }

    #[test]
    fn a_selection_that_was_moved_stays_and_follows_again_at_the_end() {
        let mut selection = Selection::default();
        selection.pick_epoch(1, 4);
        selection.fit(&fixture::open_run("a", 5));
        assert_eq!((selection.epoch_index, selection.following), (1, false));
        selection.pick_epoch(4, 5);
        assert!(selection.following);
    }

    #[test]
    fn layers_beyond_the_run_are_brought_back_into_it() {
        let mut selection = Selection { layer: 40, pair: LayerPair { a: 1, b: 40 }, ..Selection::default() };
        let run = fixture::open_run("a", 1);
        selection.fit(&run);
        assert_eq!(selection.layer, run.header.layers.len());
        assert_eq!(selection.pair, LayerPair { a: 1, b: run.header.layers.len() });
    }

    #[test]
    fn a_channel_beyond_the_layer_is_brought_back_into_it() {
        let run = fixture::open_run("a", 1);
        let mut selection = Selection { layer: 1, channel: 40, ..Selection::default() };
        selection.fit(&run);
        assert_eq!(selection.channel, 15);
        selection.layer = 0;
        selection.fit(&run);
        assert_eq!(selection.channel, 0);
    }

    #[test]
    fn a_channel_of_the_layer_beside_makes_it_the_layer() {
        let mut selection = Selection { layer: 1, beside: Some(2), ..Selection::default() };
        selection.pick_channel(2, 7);
        assert_eq!((selection.layer, selection.channel, selection.beside), (2, 7, Some(1)));
        selection.pick_channel(2, 8);
        assert_eq!((selection.layer, selection.channel, selection.beside), (2, 8, Some(1)));
    }

    #[test]
    fn a_layer_does_not_lie_beside_itself() {
        let mut selection = Selection { layer: 1, beside: Some(1), ..Selection::default() };
        selection.fit(&fixture::open_run("a", 1));
        assert_eq!(selection.beside, None);
    }

    #[test]
    fn an_epoch_asked_for_by_number_is_waited_for() {
        let mut selection = Selection { pending_epoch: Some(3), ..Selection::default() };
        selection.fit(&fixture::open_run("a", 2));
        assert_eq!((selection.epoch_index, selection.pending_epoch), (1, Some(3)));
        selection.fit(&fixture::open_run("a", 4));
        assert_eq!((selection.epoch_index, selection.pending_epoch), (3, None));
    }

    #[test]
    fn views_are_called_by_their_names() {
        for view in View::ALL {
            assert_eq!(View::from_name(view.name()), Some(view));
        }
        assert_eq!(View::from_name("circles"), None);
    }
}
