//! Why the user's files are refused.

use super::{MAX_CLASSES, MAX_IMAGES, MAX_PIXELS, MAX_SIDE};
use crate::dataset::cifar::CifarError;
use crate::dataset::idx::IdxError;

/// Why an import was refused as a whole, in full sentences that name the file, the fault and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnError {
    /// Not one file.
    #[error("The folder is empty: expected were images in one sub-folder per class.")]
    NothingThere,
    /// No file of a known kind.
    #[error(
        "{file} is no file to learn from{more}; expected were PNG, JPEG or WebP images in one sub-folder per \
         class, a zip of such folders, IDX files, or CIFAR-10 batches."
    )]
    NothingKnown {
        /// The first file.
        file: String,
        /// "and 3 others are neither", or nothing.
        more: String,
    },
    /// Files of several kinds.
    #[error("{one} and {other} are of different kinds; expected was one kind of files at a time.")]
    MixedKinds {
        /// A file.
        one: String,
        /// A file of another kind.
        other: String,
    },
    /// Two files where one is needed.
    #[error("{one} and {other} cannot be read together; expected was one of them at a time.")]
    OneTooMany {
        /// A file.
        one: String,
        /// Another that would take its place.
        other: String,
    },
    /// A file cannot be read.
    #[error(
        "{name} could not be read ({reason}); expected was a file that stays where it is while it is read."
    )]
    Unreadable {
        /// The file.
        name: String,
        /// What the browser said.
        reason: String,
    },
    /// The zip archive is damaged or none.
    #[error("{name} is no intact zip archive ({reason}).")]
    BrokenZip {
        /// The archive, and the entry concerned.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// A path that climbs out.
    #[error(
        "{name} holds an entry named {path:?}, which leads out of the archive; expected were paths inside it."
    )]
    PathLeavesArchive {
        /// The archive.
        name: String,
        /// The entry.
        path: String,
    },
    /// A locked entry.
    #[error("{name}: {path} is encrypted; expected was an archive without a password.")]
    Encrypted {
        /// The archive.
        name: String,
        /// The entry.
        path: String,
    },
    /// The sizes in the archive's directory add up to too much.
    #[error("{name} would unpack to {bytes} bytes; expected were at most {most}.")]
    DeclaresTooMuch {
        /// The archive.
        name: String,
        /// What it declares.
        bytes: u64,
        /// The most it may.
        most: u64,
    },
    /// An entry is larger than it says.
    #[error("{name}: {path} unpacks to more than the {declared} bytes that it declares.")]
    UnpacksToMore {
        /// The archive.
        name: String,
        /// The entry.
        path: String,
        /// What it declares.
        declared: u64,
    },
    /// A file too large for an image.
    #[error("{name} holds {bytes} bytes; expected were images of at most {most}.")]
    FileTooLarge {
        /// The file.
        name: String,
        /// Its size.
        bytes: u64,
        /// The most it may.
        most: u64,
    },
    /// Not an image, whatever its name.
    #[error("{name} is no readable image ({reason}); expected was a PNG, JPEG or WebP file.")]
    BadImage {
        /// The file.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Too many pixels.
    #[error("{name} is an image of {width} × {height} pixels; expected were at most {MAX_PIXELS} in all.")]
    ImageTooLarge {
        /// The file.
        name: String,
        /// Columns, as its header says.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// An image that is in no class.
    #[error("{name} is in no class: expected was each image in a sub-folder that is named after its class.")]
    NoClassFolder {
        /// The file.
        name: String,
    },
    /// Nothing to tell apart.
    #[error("All images are of one class, {class}; expected were at least two classes to tell apart.")]
    OneClass {
        /// Its name.
        class: String,
    },
    /// Too many classes.
    #[error("There are {classes} classes; expected were at most {MAX_CLASSES}.")]
    TooManyClasses {
        /// Classes.
        classes: usize,
    },
    /// A class has too few images to train, test and record.
    #[error(
        "There are only {images} {part}images of {class}; expected were at least {needed} of each class."
    )]
    TooFewImages {
        /// Class name.
        class: String,
        /// Images of it.
        images: usize,
        /// `test ` or `training ` where the parts were given, `different ` when copies do not count, else empty.
        part: &'static str,
        /// Images needed.
        needed: usize,
    },
    /// Too many images.
    #[error("There are {images} images; expected were at most {MAX_IMAGES}.")]
    TooManyImages {
        /// Images.
        images: usize,
    },
    /// An IDX file without its other half.
    #[error("{name} comes without its {missing}; expected were pairs of IDX files, images and labels.")]
    IdxUnpaired {
        /// The file, or a description of the part.
        name: String,
        /// `images` or `labels`.
        missing: &'static str,
    },
    /// Images too large to train on as they are.
    #[error("{name} holds images of {height} × {width} pixels; expected were sides of at most {MAX_SIDE}.")]
    SidesTooLong {
        /// The file.
        name: String,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// An IDX file is refused.
    #[error(transparent)]
    Idx(#[from] IdxError),
    /// A CIFAR file is refused.
    #[error(transparent)]
    Cifar(#[from] CifarError),
}

impl OwnError {
    /// Stable name of the kind of error, `own_one_class` and the like.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NothingThere => "own_nothing_there",
            Self::NothingKnown { .. } => "own_nothing_known",
            Self::MixedKinds { .. } => "own_mixed_kinds",
            Self::OneTooMany { .. } => "own_one_too_many",
            Self::Unreadable { .. } => "own_unreadable",
            Self::BrokenZip { .. } => "own_broken_zip",
            Self::PathLeavesArchive { .. } => "own_path_leaves_archive",
            Self::Encrypted { .. } => "own_encrypted",
            Self::DeclaresTooMuch { .. } => "own_declares_too_much",
            Self::UnpacksToMore { .. } => "own_unpacks_to_more",
            Self::FileTooLarge { .. } => "own_file_too_large",
            Self::BadImage { .. } => "own_bad_image",
            Self::ImageTooLarge { .. } => "own_image_too_large",
            Self::NoClassFolder { .. } => "own_no_class_folder",
            Self::OneClass { .. } => "own_one_class",
            Self::TooManyClasses { .. } => "own_too_many_classes",
            Self::TooFewImages { .. } => "own_too_few_images",
            Self::TooManyImages { .. } => "own_too_many_images",
            Self::IdxUnpaired { .. } => "own_idx_unpaired",
            Self::SidesTooLong { .. } => "own_sides_too_long",
            Self::Idx(error) => error.code(),
            Self::Cifar(error) => error.code(),
        }
    }
}
