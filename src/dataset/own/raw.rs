//! The user's IDX files and CIFAR batches: values as they are, nothing is made small.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::gathered::Gathered;
use super::{MAX_CLASSES, MAX_IMAGES, MAX_SIDE, OwnError, offer};
use crate::dataset::cifar::{self, Part, Quota};
use crate::dataset::idx;
use crate::dataset::{Dataset, ImageShape, Samples};

/// Most bytes of an IDX file that are read.
pub(super) const MAX_IDX_BYTES: u64 = 1 << 29;
/// Every image is kept.
pub(super) const EVERYTHING: Quota = Quota { train: None, test: None, seed: 0 };

/// Images and labels of one part, each with its file's name.
#[derive(Default)]
struct Pair {
    images: Option<(String, Vec<u8>)>,
    labels: Option<(String, Vec<u8>)>,
}

/// Pairs of IDX files, each with its path; a file for testing is known by its name.
pub(super) fn from_idx(files: Vec<(String, Vec<u8>)>) -> Result<Gathered, OwnError> {
    let (mut train, mut test) = (Pair::default(), Pair::default());
    for (path, bytes) in files {
        let pair = match offer::part(&path) {
            Part::Train => &mut train,
            Part::Test => &mut test,
        };
        let place = if axes(&bytes) == 1 { &mut pair.labels } else { &mut pair.images };
        if let Some((one, _)) = place {
            return Err(OwnError::OneTooMany { one: one.clone(), other: path });
        }
        *place = Some((path, bytes));
    }
    let (train_name, test_name) = (train.name(), test.name());
    if train_name.is_empty() {
        // Files for testing only are divided like any others.
        std::mem::swap(&mut train, &mut test);
    }
    let train = train.read()?;
    let test = if test_name.is_empty() || train_name.is_empty() {
        empty(train.shape)
    } else {
        let test = test.read()?;
        idx::same_shape((&train, &train_name), (&test, &test_name))?;
        test
    };
    compact(train, test)
}

impl Pair {
    /// Of its images, else of its labels; empty without either.
    fn name(&self) -> String {
        self.images.as_ref().or(self.labels.as_ref()).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    fn read(self) -> Result<Samples, OwnError> {
        match (self.images, self.labels) {
            (Some((images_name, images)), Some((labels_name, labels))) => {
                let (shape, pixels) = idx::parse_images(&images, &images_name)?;
                let ImageShape { height, width, .. } = shape;
                if height > MAX_SIDE || width > MAX_SIDE {
                    return Err(OwnError::SidesTooLong { name: images_name, height, width });
                }
                let labels = idx::parse_any_labels(&labels, &labels_name)?;
                Ok(idx::pair(((shape, pixels), &images_name), (labels, &labels_name))?)
            }
            (Some((name, _)), None) => Err(OwnError::IdxUnpaired { name, missing: "labels" }),
            (None, Some((name, _))) => Err(OwnError::IdxUnpaired { name, missing: "images" }),
            (None, None) => Err(OwnError::NothingThere),
        }
    }
}

/// The number of axes that an IDX file declares; 0 for anything else.
fn axes(bytes: &[u8]) -> u8 {
    let mut magic = [0; 4];
    let read = if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes).read_exact(&mut magic)
    } else {
        (&mut &*bytes).read_exact(&mut magic)
    };
    if read.is_ok() { magic[3] } else { 0 }
}

/// Labels renumbered without gaps; a class is named after the number in the file.
fn compact(mut train: Samples, mut test: Samples) -> Result<Gathered, OwnError> {
    let mut used: Vec<u8> = train.labels.iter().chain(&test.labels).copied().collect();
    let images = used.len();
    if images > MAX_IMAGES {
        return Err(OwnError::TooManyImages { images });
    }
    used.sort_unstable();
    used.dedup();
    match used.len() {
        1 => return Err(OwnError::OneClass { class: used[0].to_string() }),
        count if count > MAX_CLASSES => return Err(OwnError::TooManyClasses { classes: count }),
        _ => {}
    }
    let mut number = [0_u8; 256];
    for (index, &label) in used.iter().enumerate() {
        number[usize::from(label)] = index as u8;
    }
    for label in train.labels.iter_mut().chain(&mut test.labels) {
        *label = number[usize::from(*label)];
    }
    let classes = used.iter().map(u8::to_string).collect();
    Ok(Gathered { classes, train, test, names: Default::default() })
}

/// What a CIFAR reader gave; batches of one part only are divided later.
pub(super) fn from_cifar(dataset: Dataset) -> Gathered {
    let Dataset { classes, train, test, .. } = dataset;
    if train.is_empty() {
        return Gathered { classes, train: test, test: empty(cifar::SHAPE), names: Default::default() };
    }
    Gathered { classes, train, test, names: Default::default() }
}

/// No images of a shape.
pub(super) fn empty(shape: ImageShape) -> Samples {
    Samples { shape, images: Vec::new(), labels: Vec::new() }
}
