//! Whether a channel tells its images apart at all: silent, the same for all of them, or alive.
//!
//! Told from the cells and not from an entropy: h is 0 for every map of one value, and for every flat map, however much
//! the images differ in it. Stored beside h, read by whoever flags channels.

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::codes::LayerCells;

/// What the maps of a channel are over all images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelState {
    /// Some image has another map than the first.
    Live,
    /// All images have the same map, which is not zero.
    Constant,
    /// All cells are zero.
    Dead,
}

impl ChannelState {
    /// The state that is stored as `code`.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Live),
            1 => Some(Self::Constant),
            2 => Some(Self::Dead),
            _ => None,
        }
    }

    /// The byte that it is stored as.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// The state of every channel, `[C]`. One image alone has nothing to be the same as: its channels are alive or dead.
pub fn channel_states<C: Cell>(cells: &LayerCells<'_, C>) -> Vec<ChannelState> {
    let state = |channel: &[C]| {
        let (first, others) = channel.split_at(cells.positions());
        if C::min_max(channel) == Some((0.0, 0.0)) {
            ChannelState::Dead
        } else if !others.is_empty() && others.chunks_exact(cells.positions()).all(|map| map == first) {
            ChannelState::Constant
        } else {
            ChannelState::Live
        }
    };
    cells.by_channel().map(state).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ChannelState::{Constant, Dead, Live};
    use super::*;
    use crate::entropy::map_entropy;

    /// States of channels of so many images.
    fn states(channels: &[&[f32]], images: usize) -> Vec<ChannelState> {
        let positions = channels[0].len() / images;
        let values = channels.concat();
        channel_states(&LayerCells::new(&values, channels.len(), images, positions).unwrap())
    }

    #[test]
    fn maps_of_one_value_are_alive_when_images_differ() {
        let found = states(&[&[0.0, 1.0, 2.0], &[3.0; 3], &[0.0; 3], &[0.0, 0.0, 1e-6]], 3);
        assert_eq!(found, [Live, Constant, Dead, Live]);
        assert_eq!(map_entropy(&[2.0_f32], 32, None), Ok(0.0), "h is 0 all the same");
    }

    #[test]
    fn flat_maps_that_differ_are_alive_and_one_rich_map_is_not() {
        let found = states(&[&[1.0, 1.0, 2.0, 2.0], &[1.0, 2.0, 1.0, 2.0], &[0.0, -0.0, 0.0, 0.0]], 2);
        assert_eq!(found, [Live, Constant, Dead]);
    }

    #[test]
    fn one_image_has_nothing_to_be_the_same_as() {
        assert_eq!(states(&[&[1.0, 2.0], &[0.0, 0.0]], 1), [Live, Dead]);
    }

    #[test]
    fn codes_come_back_and_others_are_none() {
        for state in [Live, Constant, Dead] {
            assert_eq!(ChannelState::from_code(state.code()), Some(state));
        }
        assert_eq!([3, 255].map(ChannelState::from_code), [None, None]);
    }

    proptest! {
        #[test]
        fn the_order_of_the_images_changes_nothing(maps in prop::collection::vec(0_u8..2, 2..8)) {
            let cells: Vec<f32> = maps.iter().map(|&map| f32::from(map)).collect();
            let turned: Vec<f32> = cells.iter().rev().copied().collect();
            prop_assert_eq!(states(&[&cells], cells.len()), states(&[&turned], cells.len()));
        }
    }
}
