//! What is said of channels that tell nothing, in one place: the boxes and circles of the channel view and the
//! similar-filter finder use these words and these counts.
//!
//! From [`ChannelState`], which is told from cells. A map of one value has h = 0 by definition, dead or alive.

use crate::entropy::ChannelState;

/// Numbers of channels that tell nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// All cells zero.
    pub dead: usize,
    /// The same for every image.
    pub constant: usize,
}

impl Silence {
    /// Among these channels.
    pub fn among(states: &[ChannelState]) -> Self {
        let count = |wanted| states.iter().filter(|&&state| state == wanted).count();
        Self { dead: count(ChannelState::Dead), constant: count(ChannelState::Constant) }
    }

    /// `2 of 16 dead at this epoch, 1 constant`.
    pub fn words(self, n_channels: usize) -> String {
        let dead = match self.dead {
            0 => "no channel is dead at this epoch".to_owned(),
            n => format!("{n} of {n_channels} dead at this epoch"),
        };
        match self.constant {
            0 => dead,
            n => format!("{dead}, {n} constant"),
        }
    }
}

/// A word for a channel that tells nothing.
pub fn tag(state: ChannelState) -> Option<&'static str> {
    match state {
        ChannelState::Live => None,
        ChannelState::Constant => Some("constant"),
        ChannelState::Dead => Some("dead"),
    }
}

/// The word, and what it means, behind what else is said of the channel.
pub fn explained(state: ChannelState) -> &'static str {
    match state {
        ChannelState::Live => "",
        ChannelState::Constant => ", constant: the same for every image",
        ChannelState::Dead => ", dead: silent for every image",
    }
}

/// Said of a layer whose maps are 1 × 1.
pub const ONE_VALUE: &str = "one value a map: h is 0 by definition";

#[cfg(test)]
mod tests {
    use super::ChannelState::{Constant, Dead, Live};
    use super::*;

    #[test]
    fn dead_and_constant_channels_are_counted_apart() {
        let silence = Silence::among(&[Dead, Live, Constant, Dead]);
        assert_eq!(silence, Silence { dead: 2, constant: 1 });
        assert_eq!(silence.words(4), "2 of 4 dead at this epoch, 1 constant");
        assert_eq!(Silence::default().words(4), "no channel is dead at this epoch");
    }

    #[test]
    fn only_channels_that_tell_nothing_have_a_word() {
        assert_eq!([Live, Constant, Dead].map(tag), [None, Some("constant"), Some("dead")]);
        assert!([Constant, Dead].into_iter().all(|state| explained(state).contains(tag(state).unwrap())));
        assert_eq!(explained(Live), "");
    }
}
