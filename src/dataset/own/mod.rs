//! The user's own images: a folder or zip with one sub-folder per class, IDX files, CIFAR batches → [`Dataset`].
//!
//! [`import`] decides everything and reads through a [`Workbench`], which the browser implements with its
//! files and its image decoders, and tests with memory. Sizes are checked before anything is unpacked or
//! decoded; whatever is wrong with any file refuses the import as a whole, by the file's name, so that
//! nothing is missing without the user knowing. Stores nothing: that is `collection`'s.

use std::fmt;

mod archive;
mod divide;
mod duplicates;
mod error;
mod gather;
mod gathered;
mod offer;
mod picture;
mod place;
mod preview;
mod raw;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use duplicates::{Copies, Duplicates, without};
pub use error::OwnError;
pub use gather::{Imported, Workbench, import};
pub use picture::{Bitmap, Form};
pub use preview::{ClassCount, Preview, Sheet, Summary};

use serde::{Deserialize, Serialize};

use super::Dataset;
use crate::checksum::crc32c_of_parts;

/// Most images that a dataset may have.
pub const MAX_IMAGES: usize = 150_000;
/// Most classes; charts and confusion matrices hold no more.
pub const MAX_CLASSES: usize = 100;
/// Most bytes of an image file.
const MAX_FILE_BYTES: u64 = 64_000_000;
/// Most pixels of an image before it is made small.
pub const MAX_PIXELS: usize = 32_000_000;
/// Longest side of images that come without being made small (IDX).
pub const MAX_SIDE: usize = 64;

/// Fewest images of a class to train on.
const FEWEST_TRAIN: usize = 4;
/// Fewest test images of a class: half of them may become the probe set.
const FEWEST_TEST: usize = 4;

/// Identifies a dataset of the user by its content and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnId(pub u32);

impl OwnId {
    /// The identifier of a dataset: the same images under the same name have the same.
    pub fn of(dataset: &Dataset) -> Self {
        // Every text ends with a zero, so that no two lists of texts are the same bytes.
        let texts = std::iter::once(&dataset.name).chain(&dataset.classes);
        let texts = texts.flat_map(|text| [text.as_bytes(), &[0]]);
        let images = [&dataset.train, &dataset.test].into_iter();
        let images = images.flat_map(|part| [part.labels.as_slice(), part.images.as_slice()]);
        Self(crc32c_of_parts(texts.chain(images)))
    }

    /// From `own-<8 hexadecimal digits>`, lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("own-")?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let id = (digits.len() == 8 && digits.bytes().all(is_digit)).then_some(digits)?;
        u32::from_str_radix(id, 16).ok().map(Self)
    }
}

impl fmt::Display for OwnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "own-{:08x}", self.0)
    }
}

/// A text that identifies no dataset of the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected was own- and 8 hexadecimal digits, not {0:?}")]
pub struct BadId(String);

impl TryFrom<String> for OwnId {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        Self::parse(&text).ok_or(BadId(text))
    }
}

impl From<OwnId> for String {
    fn from(id: OwnId) -> Self {
        id.to_string()
    }
}
