//! IDX files, the format MNIST and Fashion-MNIST come in, gzipped or not: bytes → images, labels,
//! [`Dataset`].
//!
//! Big-endian header (magic `00 00 08 <axes>`, then the length of each axis as u32), then one byte a
//! value (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"). The header is
//! checked before anything is unpacked, and no more is unpacked than it declares plus one byte.
//! Who fetches the bytes gives the name that errors call the file by.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::{Dataset, ImageShape, Samples};

/// Names of MNIST's four files, and of Fashion-MNIST's, in the order [`mnist`] takes them.
pub const MNIST_FILES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

const IMAGES_MAGIC: u32 = 0x0803;
const LABELS_MAGIC: u32 = 0x0801;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const CLASSES: u8 = 10;
/// Longest side of an image, and most bytes of a file, that can be meant seriously.
const MAX_SIDE: u64 = 1024;
const MAX_BYTES: u64 = 1 << 30;

/// Why an IDX file was refused, in full sentences that name the file, the fault and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdxError {
    /// The file is of another kind.
    #[error("{name} is not an IDX file of {kind}: it starts with {}, expected was {expected:#010x}.", starts_with(*.found))]
    WrongMagic {
        /// File name.
        name: String,
        /// `images` or `labels`.
        kind: &'static str,
        /// First four bytes, big-endian.
        found: u32,
        /// What they should be.
        expected: u32,
    },
    /// The file ends too early.
    #[error("{name} is cut short: it holds {found} bytes, expected were {expected}.")]
    Truncated {
        /// File name.
        name: String,
        /// Bytes there are, unpacked.
        found: u64,
        /// Bytes its header (or the header itself) needs.
        expected: u64,
    },
    /// The file goes on after its last value; in a gzip file this may be a bomb.
    #[error("{name} holds more than its header declares: expected was an end after {expected} bytes.")]
    TrailingBytes {
        /// File name.
        name: String,
        /// Bytes its header declares, itself included.
        expected: u64,
    },
    /// No images or labels.
    #[error("{name} is empty: its header declares 0 {kind}, expected was at least 1.")]
    Empty {
        /// File name.
        name: String,
        /// `images` or `labels`.
        kind: &'static str,
    },
    /// Sizes beyond reason.
    #[error(
        "{name} declares {count} items of {height}×{width}; expected were sides of 1 to {MAX_SIDE} and at most \
         {MAX_BYTES} bytes in all."
    )]
    AbsurdSize {
        /// File name.
        name: String,
        /// Images or labels.
        count: u64,
        /// Rows, 1 for labels.
        height: u64,
        /// Columns, 1 for labels.
        width: u64,
    },
    /// A label that is no digit.
    #[error("{name}: label number {position} is {label}, expected was 0 to 9.")]
    LabelOutOfRange {
        /// File name.
        name: String,
        /// Position, 0 first.
        position: usize,
        /// The label.
        label: u8,
    },
    /// The gzip layer is damaged.
    #[error("{name} is a damaged gzip file ({reason}); expected was an intact one, or the file not packed.")]
    BrokenGzip {
        /// File name.
        name: String,
        /// What the decoder said.
        reason: String,
    },
    /// Two files that belong together do not fit.
    #[error(
        "{images_name} holds {images} images but {labels_name} {labels} labels; expected were as many of each."
    )]
    CountsDisagree {
        /// Images file.
        images_name: String,
        /// Images in it.
        images: usize,
        /// Labels file.
        labels_name: String,
        /// Labels in it.
        labels: usize,
    },
    /// Train and test images differ in shape.
    #[error("{train_name} holds images of {}, {test_name} of {}; expected was one size.", sides(*.train), sides(*.test))]
    ShapesDisagree {
        /// Train images file.
        train_name: String,
        /// Its shape.
        train: ImageShape,
        /// Test images file.
        test_name: String,
        /// Its shape.
        test: ImageShape,
    },
}

impl IdxError {
    /// Stable name of the kind of error, `idx_truncated` and the like.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongMagic { .. } => "idx_wrong_magic",
            Self::Truncated { .. } => "idx_truncated",
            Self::TrailingBytes { .. } => "idx_trailing_bytes",
            Self::Empty { .. } => "idx_empty",
            Self::AbsurdSize { .. } => "idx_absurd_size",
            Self::LabelOutOfRange { .. } => "idx_label_out_of_range",
            Self::BrokenGzip { .. } => "idx_broken_gzip",
            Self::CountsDisagree { .. } => "idx_counts_disagree",
            Self::ShapesDisagree { .. } => "idx_shapes_disagree",
        }
    }
}

/// MNIST from the bytes of its four files, in the order of [`MNIST_FILES`].
///
/// # Errors
/// When a file is refused or two files do not fit together.
pub fn mnist(
    train_images: &[u8],
    train_labels: &[u8],
    t10k_images: &[u8],
    t10k_labels: &[u8],
) -> Result<Dataset, IdxError> {
    let digits = (0..CLASSES).map(|digit| digit.to_string()).collect();
    official("mnist", digits, [train_images, train_labels, t10k_images, t10k_labels])
}

/// Fashion-MNIST from the bytes of its four files, in the order of [`MNIST_FILES`].
///
/// # Errors
/// When a file is refused or two files do not fit together.
pub fn fashion(files: [&[u8]; 4]) -> Result<Dataset, IdxError> {
    official("fashion", FASHION.map(String::from).to_vec(), files)
}

/// Fashion-MNIST's classes in the order of the labels (H. Xiao, K. Rasul, R. Vollgraf, 2017, table 2).
const FASHION: [&str; CLASSES as usize] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

fn official(name: &str, classes: Vec<String>, files: [&[u8]; 4]) -> Result<Dataset, IdxError> {
    let [train_images, train_labels, test_images, test_labels] = files;
    let [train_images_name, train_labels_name, test_images_name, test_labels_name] = MNIST_FILES;
    let train = samples((train_images, train_images_name), (train_labels, train_labels_name))?;
    let test = samples((test_images, test_images_name), (test_labels, test_labels_name))?;
    same_shape((&train, train_images_name), (&test, test_images_name))?;
    Ok(Dataset { name: name.into(), classes, train, test })
}

/// Fails when train and test images, each with the name of their file, differ in shape.
///
/// # Errors
/// [`IdxError::ShapesDisagree`].
pub fn same_shape(train: (&Samples, &str), test: (&Samples, &str)) -> Result<(), IdxError> {
    if train.0.shape == test.0.shape {
        return Ok(());
    }
    Err(IdxError::ShapesDisagree {
        train_name: train.1.into(),
        train: train.0.shape,
        test_name: test.1.into(),
        test: test.0.shape,
    })
}

/// Images and their labels, 0 … 9, from two files, each with its name.
fn samples(images_file: (&[u8], &str), labels_file: (&[u8], &str)) -> Result<Samples, IdxError> {
    let images = parse_images(images_file.0, images_file.1)?;
    pair((images, images_file.1), (parse_labels(labels_file.0, labels_file.1)?, labels_file.1))
}

/// Images and labels that were read from two files with these names.
///
/// # Errors
/// [`IdxError::CountsDisagree`].
pub fn pair(
    images_file: ((ImageShape, Vec<u8>), &str),
    labels_file: (Vec<u8>, &str),
) -> Result<Samples, IdxError> {
    let (((shape, images), images_name), (labels, labels_name)) = (images_file, labels_file);
    let count = images.len() / shape.len();
    if count != labels.len() {
        return Err(IdxError::CountsDisagree {
            images_name: images_name.into(),
            images: count,
            labels_name: labels_name.into(),
            labels: labels.len(),
        });
    }
    Ok(Samples { shape, images, labels })
}

/// Grey images, `[n, 1, H, W]` row-major, from an IDX file with three axes; `name` is for errors.
///
/// # Errors
/// When the file is damaged, of another kind, empty, or absurdly large.
pub fn parse_images(bytes: &[u8], name: &str) -> Result<(ImageShape, Vec<u8>), IdxError> {
    let (axes, images) = Idx { name, kind: "images", magic: IMAGES_MAGIC }.read::<3>(bytes)?;
    let [_, height, width] = axes.map(|length| length as usize);
    Ok((ImageShape { channels: 1, height, width }, images))
}

/// Labels 0 … 9 from an IDX file with one axis; `name` is for errors.
///
/// # Errors
/// When the file is damaged, of another kind, empty, or holds a label above 9.
pub fn parse_labels(bytes: &[u8], name: &str) -> Result<Vec<u8>, IdxError> {
    let labels = parse_any_labels(bytes, name)?;
    match labels.iter().position(|&label| label >= CLASSES) {
        Some(position) => {
            Err(IdxError::LabelOutOfRange { name: name.into(), position, label: labels[position] })
        }
        None => Ok(labels),
    }
}

/// Labels of any kind from an IDX file with one axis; `name` is for errors.
///
/// # Errors
/// When the file is damaged, of another kind, or empty.
pub fn parse_any_labels(bytes: &[u8], name: &str) -> Result<Vec<u8>, IdxError> {
    let (_, labels) = Idx { name, kind: "labels", magic: LABELS_MAGIC }.read::<1>(bytes)?;
    Ok(labels)
}

/// What a file is called and what it should be.
struct Idx<'a> {
    name: &'a str,
    kind: &'static str,
    magic: u32,
}

impl Idx<'_> {
    /// Lengths of the axes and the values.
    fn read<const AXES: usize>(&self, bytes: &[u8]) -> Result<([u64; AXES], Vec<u8>), IdxError> {
        if bytes.starts_with(&GZIP_MAGIC) {
            self.read_unpacked(MultiGzDecoder::new(bytes))
        } else {
            self.read_unpacked(bytes)
        }
    }

    fn read_unpacked<const AXES: usize>(
        &self,
        mut source: impl Read,
    ) -> Result<([u64; AXES], Vec<u8>), IdxError> {
        let header_len = 4 + 4 * AXES as u64;
        let header = self.take(&mut source, header_len)?;
        let words: Vec<u32> = header.chunks_exact(4).map(big_endian).collect();
        if let Some(&found) = words.first().filter(|&&found| found != self.magic) {
            return Err(IdxError::WrongMagic {
                name: self.name.into(),
                kind: self.kind,
                found,
                expected: self.magic,
            });
        }
        if (header.len() as u64) < header_len {
            return Err(self.truncated(header.len() as u64, header_len));
        }
        let mut axes = [0; AXES];
        for (axis, &length) in axes.iter_mut().zip(&words[1..]) {
            *axis = u64::from(length);
        }
        let declared = self.check_size(&axes)?;
        let values = self.take(&mut source, declared + 1)?;
        let (found, expected) = (header_len + values.len() as u64, header_len + declared);
        match found.cmp(&expected) {
            std::cmp::Ordering::Less => Err(self.truncated(found, expected)),
            std::cmp::Ordering::Equal => Ok((axes, values)),
            std::cmp::Ordering::Greater => Err(IdxError::TrailingBytes { name: self.name.into(), expected }),
        }
    }

    /// Bytes of all values, if their number is one that can be meant.
    fn check_size(&self, axes: &[u64]) -> Result<u64, IdxError> {
        let side = |axis: usize| axes.get(axis).copied().unwrap_or(1);
        let (count, height, width) = (side(0), side(1), side(2));
        if count == 0 {
            return Err(IdxError::Empty { name: self.name.into(), kind: self.kind });
        }
        let sensible = 1..=MAX_SIDE;
        let total = count.saturating_mul(height).saturating_mul(width);
        if sensible.contains(&height) && sensible.contains(&width) && total <= MAX_BYTES {
            Ok(total)
        } else {
            Err(IdxError::AbsurdSize { name: self.name.into(), count, height, width })
        }
    }

    /// Up to `limit` bytes; memory grows with what is really there, not with what is declared.
    fn take(&self, source: &mut impl Read, limit: u64) -> Result<Vec<u8>, IdxError> {
        let mut bytes = Vec::new();
        source.take(limit).read_to_end(&mut bytes).map_err(|error| self.broken_gzip(&error))?;
        Ok(bytes)
    }

    fn truncated(&self, found: u64, expected: u64) -> IdxError {
        IdxError::Truncated { name: self.name.into(), found, expected }
    }

    /// Reading bytes in memory cannot fail: an error is always the gzip decoder's.
    fn broken_gzip(&self, error: &io::Error) -> IdxError {
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends in the middle of the packed data".into(),
            _ => error.to_string(),
        };
        IdxError::BrokenGzip { name: self.name.into(), reason }
    }
}

/// Four bytes as a number; `chunks_exact(4)` gives no fewer.
fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// The first four bytes in words. A server that answers every address with its start page is the
/// usual reason for a wrong file, so that one is recognised.
fn starts_with(found: u32) -> String {
    let hint = if found.to_be_bytes()[0] == b'<' { " (which looks like an HTML page)" } else { "" };
    format!("{found:#010x}{hint}")
}

fn sides(shape: ImageShape) -> String {
    format!("{}×{}", shape.height, shape.width)
}

#[cfg(test)]
mod tests;
