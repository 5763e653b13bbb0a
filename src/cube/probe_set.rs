//! Whose images a run is looked at for: those of the probe set, or as many that it was trained on.
//!
//! All that belongs to the training images lies in a folder of its own, laid out as the run is; so whatever reads or
//! measures a run does the same for them when it is given the header, or the reader, of the other set. Nothing of them
//! but the images and labels is there from the start: a document is written when the first thing it describes is stored,
//! because most runs are never asked about them and a browser takes its time for every small file.

use super::{ProbeSet, RunHeader};

impl ProbeSet {
    /// Where a run has what belongs to these images: the training images' in a folder of their own.
    pub(super) fn path(self, path: &str) -> String {
        match self {
            Self::Test => path.to_owned(),
            Self::Train => format!("{TRAIN_PROBE}/{path}"),
        }
    }
}

/// Folder of what belongs to the training images.
pub(super) const TRAIN_PROBE: &str = "train_probe";

impl RunHeader {
    /// The header as it reads where X is of other images; `None` where the run has none.
    pub fn of(&self, probe_set: ProbeSet) -> Option<Self> {
        let train = (self.train_probe_images > 0).then_some(self.train_probe_images);
        let probe_images = if probe_set == self.probe_set { Some(self.probe_images) } else { train };
        Some(Self { probe_images: probe_images?, probe_set, ..self.clone() })
    }
}
