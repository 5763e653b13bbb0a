//! What can be explained.

/// A number on the page, and of what it is. Layer, epoch and class are those of the selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// What a simple reader can tell about the label in the picked layer.
    #[default]
    Readable,
    /// How widely the images are spread in the picked layer.
    Spread,
    /// Share of the test images that is predicted right.
    Accuracy,
    /// The doubt about the label that the answer leaves.
    Doubt,
    /// How varied the maps of a channel are, for the class of the picked image.
    ChannelEntropy,
}

impl Subject {
    /// In the order of the overview's questions.
    pub const ALL: [Self; 5] =
        [Self::Readable, Self::Spread, Self::Accuracy, Self::Doubt, Self::ChannelEntropy];
}
