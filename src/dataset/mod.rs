//! Labelled images, and the subsets of them that a run uses.
//!
//! Bytes come in (IDX files, CIFAR batches, the Strokes generator, the user's own images), a
//! [`Dataset`] comes out. Read by the trainer. Never fetches anything.

use serde::{Deserialize, Serialize};

pub mod cifar;
pub mod idx;
pub mod own;
pub mod random;
pub mod reservoir;
pub mod split;
pub mod strokes;

pub use split::{PerClass, Recipe, Split, SplitError};

/// Shape of one image or feature map stack: `channels × height × width`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageShape {
    /// Colour or feature channels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl ImageShape {
    /// Values in one image.
    pub const fn len(self) -> usize {
        self.channels * self.height * self.width
    }

    /// Whether an image of this shape holds no value.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Labelled images of one shape: `images` is `[n, C, H, W]` row-major bytes, `labels` is `[n]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    /// Shape of every image.
    pub shape: ImageShape,
    /// Pixels, `n · C · H · W` bytes.
    pub images: Vec<u8>,
    /// Class index of every image.
    pub labels: Vec<u8>,
}

impl Samples {
    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Pixels of one image, `[C, H, W]` row-major.
    pub fn image(&self, index: usize) -> &[u8] {
        let len = self.shape.len();
        &self.images[index * len..(index + 1) * len]
    }

    /// The images at these positions, in this order.
    #[must_use]
    pub fn select(&self, positions: &[usize]) -> Self {
        let images = positions.iter().flat_map(|&index| self.image(index)).copied().collect();
        let labels = positions.iter().map(|&index| self.labels[index]).collect();
        Self { shape: self.shape, images, labels }
    }
}

/// A named dataset with its official train and test parts.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// `strokes`, `mnist`, …
    pub name: String,
    /// Class names; a label indexes this.
    pub classes: Vec<String>,
    /// Images to train on.
    pub train: Samples,
    /// Images the network never trains on; test and probe sets are drawn from these.
    pub test: Samples,
}
