//! What a run has not that a query asks for.

use super::notation::{CubeAxis, Place};

/// A query that a run cannot answer: which axis, which value, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// No training images to put on X.
    #[error("X: this run has no training images to look at; it is of an older version. Leave out `train`")]
    NoTrainImages {
        /// X.
        place: Place,
    },
    /// An index past the end of an axis.
    #[error("{}: there is no {what} {index}; {allowed}.", place.axis)]
    OutOfRange {
        /// Where.
        place: Place,
        /// `image`, `class`, `layer`, `channel`.
        what: &'static str,
        /// The index.
        index: u32,
        /// What there is: "layers are 0 (the input) to 8".
        allowed: String,
    },
    /// An epoch that is not recorded, or a range of epochs that holds none or passes the last one.
    #[error("{}: {problem}; recorded are {recorded}.", place.axis)]
    NotRecorded {
        /// Where.
        place: Place,
        /// "epoch 3 is not recorded", "no epoch of 5..7 is recorded", …
        problem: String,
        /// The epochs that are: "0 to 5", "0, 1, 2, 4, 8".
        recorded: String,
    },
    /// Too few images for the measure.
    #[error("{}: {selection} has {images} of the {least} images that {measure} needs at least.", place.axis)]
    TooFewImages {
        /// Where.
        place: Place,
        /// The selection as written.
        selection: String,
        /// How many images it has.
        images: usize,
        /// How many are needed.
        least: usize,
        /// `H`, `h`, `I`, …
        measure: &'static str,
    },
    /// Some but not all channels in a measure of whole outputs.
    #[error("{}: {measure} measures a layer's whole output, so C must be `-`, not {channels}; the entropy of single channels is `h(dCNN(…))`.", place.axis)]
    ChannelsOfWholeLayer {
        /// Where.
        place: Place,
        /// The selection as written.
        channels: String,
        /// `H` or another measure of layers.
        measure: &'static str,
    },
    /// More than one layer where a measure compares the channels of two.
    #[error("{}: {layers} does not name one layer; {measure} compares the channels of one layer with those of another.", place.axis)]
    NotOneLayer {
        /// Where.
        place: Place,
        /// The selection as written.
        layers: String,
        /// `I` or `H(…|…)`.
        measure: &'static str,
    },
    /// The two slices of a measure differ on X or T.
    #[error("{}: the second slice has {second}, the first {first}; {measure} needs the same in both.", place.axis)]
    SlicesDiffer {
        /// Where in the second slice.
        place: Place,
        /// The first slice's selection as written.
        first: String,
        /// The second slice's.
        second: String,
        /// `I` or `H(…|…)`.
        measure: &'static str,
    },
    /// Raw cells of layers with outputs of different shapes.
    #[error("{}: layers {first} and {other} differ in the shape of their output ({first_shape} and {other_shape}); a slice of both has no one shape.", place.axis)]
    ShapesDiffer {
        /// Where.
        place: Place,
        /// A layer.
        first: usize,
        /// One with another shape.
        other: usize,
        /// `16×28×28`
        first_shape: String,
        /// The other's.
        other_shape: String,
    },
    /// An answer that would not fit in memory.
    #[error(
        "The answer would have {values} values; at most {most} fit. Fix an axis or take a smaller range."
    )]
    TooLarge {
        /// Values asked for; saturates at the greatest the machine can count.
        values: usize,
        /// Values allowed.
        most: usize,
    },
}

impl CheckError {
    /// The selector at fault.
    pub fn place(&self) -> Place {
        match self {
            Self::NoTrainImages { place }
            | Self::OutOfRange { place, .. }
            | Self::NotRecorded { place, .. }
            | Self::TooFewImages { place, .. }
            | Self::ChannelsOfWholeLayer { place, .. }
            | Self::NotOneLayer { place, .. }
            | Self::SlicesDiffer { place, .. }
            | Self::ShapesDiffer { place, .. } => *place,
            Self::TooLarge { .. } => Place::first(CubeAxis::X),
        }
    }

    /// A stable machine-readable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTrainImages { .. } => "query_no_train_images",
            Self::OutOfRange { .. } => "query_out_of_range",
            Self::NotRecorded { .. } => "query_epoch_not_recorded",
            Self::TooFewImages { .. } => "too_few_samples",
            Self::ChannelsOfWholeLayer { .. } => "query_channels_of_whole_layer",
            Self::NotOneLayer { .. } => "query_not_one_layer",
            Self::SlicesDiffer { .. } => "query_slices_differ",
            Self::ShapesDiffer { .. } => "query_shapes_differ",
            Self::TooLarge { .. } => "query_too_large",
        }
    }
}
