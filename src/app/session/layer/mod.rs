//! The layer view's part of the session: how it looks, which feature maps are shown, what it needs next.

pub mod epochs;
pub mod look;
pub mod maps;
#[cfg(test)]
mod in_session;
mod spread_of;
mod wanted;

pub use epochs::epochs_listed;
pub use look::{CapacityMeasure, Channel, ChannelPair, LayerLook, MAX_IMAGES, MAX_PINS, SortOrder};
pub use maps::{FeatureMaps, MapsWanted};
pub use spread_of::SpreadOf;
pub use wanted::wanted;

use crate::app::session::{OpenRun, Selection, View};
use crate::ordering::sort_by;

/// What the layer view shows of the open run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerState {
    /// What a link brings back.
    pub look: LayerLook,
    /// Channels of similar filters whose maps are shown under each other.
    pub group: Vec<Channel>,
    /// The class whose images are offered to choose from.
    pub class: usize,
    /// Whether images are offered.
    pub choosing: bool,
    /// Feature maps on screen.
    pub maps: FeatureMaps,
}

/// What can happen to the layer view.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerEvent {
    /// Another measure, order, scale and the like.
    Look(LayerLook),
    /// The feature maps of these two channels are to be shown; `None` closes them.
    Cell(Option<ChannelPair>),
    /// This pair is to stay for comparison, or to go when it is pinned already.
    Pin(ChannelPair),
    /// The feature maps of these channels are to be shown under each other; none closes them.
    Group(Vec<Channel>),
    /// This image is to be shown too, or no longer.
    Image(usize),
    /// The images of this class are offered; `None` closes the offer.
    Offer(Option<usize>),
}

impl LayerState {
    /// Takes in what happened.
    pub fn apply(&mut self, event: LayerEvent, run: Option<&OpenRun>) {
        match event {
            LayerEvent::Look(look) => self.look = look,
            LayerEvent::Cell(cell) => self.look.cell = cell,
            LayerEvent::Pin(pair) => self.pin(pair),
            LayerEvent::Group(channels) => self.group = channels,
            LayerEvent::Image(image) => self.toggle_image(image, run),
            LayerEvent::Offer(class) => {
                self.choosing = class.is_some();
                self.class = class.unwrap_or(self.class);
            }
        }
        if let Some(run) = run {
            self.look.fit(run);
        }
    }

    fn pin(&mut self, pair: ChannelPair) {
        let pins = &mut self.look.pins;
        match pins.iter().position(|pin| *pin == pair) {
            Some(place) => {
                pins.remove(place);
            }
            None => pins.push(pair),
        }
        if pins.len() > MAX_PINS {
            pins.remove(0);
        }
    }

    /// The last image stays: maps of no image show nothing.
    fn toggle_image(&mut self, image: usize, run: Option<&OpenRun>) {
        let mut images = run.map(|run| self.look.images_of(run)).unwrap_or_default();
        match images.iter().position(|other| *other == image) {
            Some(_) if images.len() == 1 => {}
            Some(place) => {
                images.remove(place);
            }
            None => {
                images.push(image);
                if images.len() > MAX_IMAGES {
                    images.remove(0);
                }
            }
        }
        self.look.images = images;
    }

    /// Another run is on screen.
    pub fn show(&mut self, run: &OpenRun) {
        self.look.fit(run);
        self.group.clear();
        self.maps = FeatureMaps::default();
        self.class = self.class.min(run.header.classes.len().saturating_sub(1));
    }

    /// A cell that is not of the pair of layers on screen has lost its heatmap; gives whether there was one.
    pub fn pair_picked(&mut self, selection: &Selection) -> bool {
        let pair = selection.pair;
        let is_lost = |cell: &ChannelPair| (cell.a.layer, cell.b.layer) != (pair.a, pair.b);
        self.look.cell.take_if(|cell| is_lost(cell)).is_some()
    }

    /// Channels whose maps are shown, each once.
    pub fn shown_channels(&self) -> Vec<Channel> {
        let pairs = self.look.cell.iter().chain(&self.look.pins).flat_map(|pair| [pair.a, pair.b]);
        let mut channels: Vec<Channel> = self.group.iter().copied().chain(pairs).collect();
        sort_by(&mut channels, Ord::cmp);
        channels.dedup();
        channels
    }

    /// The maps on screen; none in views without them.
    pub fn maps_wanted(&self, run: &OpenRun, selection: &Selection) -> MapsWanted {
        if selection.view != View::Layer {
            return MapsWanted::default();
        }
        MapsWanted {
            channels: self.shown_channels(),
            images: self.look.images_of(run),
            epoch_index: selection.epoch_index,
            class: self.choosing.then_some(self.class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{LayerPair, fixture};

    fn pair(text: &str) -> ChannelPair {
        ChannelPair::parse(text).unwrap()
    }

    #[test]
    fn a_pair_is_pinned_once_and_the_oldest_goes_first() {
        let mut state = LayerState::default();
        for channel in 0..=MAX_PINS {
            state.apply(LayerEvent::Pin(pair(&format!("1.{channel}-2.0"))), None);
        }
        assert_eq!((state.look.pins.len(), state.look.pins[0]), (MAX_PINS, pair("1.1-2.0")));
        state.apply(LayerEvent::Pin(pair("1.1-2.0")), None);
        assert_eq!(state.look.pins[0], pair("1.2-2.0"), "pressed again it goes");
    }

    #[test]
    fn images_are_toggled_and_one_always_stays() {
        let run = fixture::open_run("a", 1);
        let mut state = LayerState::default();
        for image in [3, 0, 125, 250, 375] {
            state.apply(LayerEvent::Image(image), Some(&run));
        }
        assert_eq!(state.look.images, [3]);
        state.apply(LayerEvent::Image(3), Some(&run));
        assert_eq!(state.look.images, [3]);
    }

    #[test]
    fn a_cell_goes_with_its_pair_of_layers_and_pins_stay() {
        let mut state = LayerState::default();
        state.apply(LayerEvent::Cell(Some(pair("1.3-2.5"))), None);
        state.apply(LayerEvent::Pin(pair("1.3-2.5")), None);
        let of = |a, b| Selection { pair: LayerPair { a, b }, ..Selection::default() };
        assert!(!state.pair_picked(&of(1, 2)));
        assert_eq!(state.look.cell, Some(pair("1.3-2.5")));
        assert!(state.pair_picked(&of(1, 3)));
        assert_eq!((state.look.cell, state.look.pins.len()), (None, 1));
    }

    #[test]
    fn maps_are_wanted_in_the_layer_view_only() {
        let run = fixture::open_run("a", 1);
        let mut state = LayerState::default();
        state.apply(LayerEvent::Cell(Some(pair("1.3-2.5"))), Some(&run));
        state.apply(LayerEvent::Pin(pair("1.3-2.5")), Some(&run));
        assert_eq!(state.maps_wanted(&run, &Selection::default()), MapsWanted::default());
        let selection = Selection { view: View::Layer, ..Selection::default() };
        let wanted = state.maps_wanted(&run, &selection);
        assert_eq!((wanted.channels.len(), wanted.images.len(), wanted.class), (2, 4, None));
    }
}
