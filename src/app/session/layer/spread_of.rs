//! Whose inter-sample entropies stand in the map of layers and epochs.

use crate::cube::ProbeSet;

/// Images of the test set, of the training set, or what the training images have more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpreadOf {
    /// The probe set.
    #[default]
    Test,
    /// The training probe.
    Train,
    /// Both: training less test.
    Both,
}

impl SpreadOf {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Test, Self::Train, Self::Both];

    /// The word in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Train => "train",
            Self::Both => "both",
        }
    }

    /// What the control says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Test => "Test images",
            Self::Train => "Training images",
            Self::Both => "Both",
        }
    }

    /// The choice called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }

    /// The sets whose entropies it needs.
    pub fn sets(self) -> &'static [ProbeSet] {
        match self {
            Self::Test => &[ProbeSet::Test],
            Self::Train => &[ProbeSet::Train],
            Self::Both => &[ProbeSet::Train, ProbeSet::Test],
        }
    }
}
