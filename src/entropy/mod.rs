//! Every quantity, in bits: pure functions from arrays to numbers.
//!
//! Cells come from the cube (f32, already rounded to what is stored) and counts from the confusion matrix;
//! the compute worker calls these functions and the page shows what they return. All logarithms are to base 2
//! and 0·log 0 = 0. NaN or infinity in an input is an error, never a number; where a quantity is not defined
//! (a class without images) it is `None` or NaN. Sums run in a fixed order, so a platform repeats its results
//! to the last bit. Nothing here reads storage, keeps state or knows a browser.
//!
//! | measure | module | paper |
//! |---|---|---|
//! | inter-sample entropy H of a layer | [`inter_sample`] | 4.4.1, Eq. 4–7 |
//! | intra-sample entropy h of a channel | [`intra_sample`] | 4.4.2, 5.4.1 |
//! | dead and constant channels | [`channel_state`] | – |
//! | label entropies of a confusion matrix, their standard deviations | [`label`], [`label_bootstrap`] | 5.2 |
//! | channel capacity I, conditional entropy | [`capacity`] | Eq. 3, 5.3.1 |
//! | the same between whole layers | [`layer_information`] | 4.3 |
//! | what distances tell about the classes | [`same_class`] | – |
//! | the confusion matrix as a channel, its true capacity | [`mod@label_channel`] | – |
//! | similarity of layers, CKA | [`mod@cka`] | – |
//! | intrinsic dimension, TwoNN | [`mod@two_nn`] | – |
//! | neural collapse | [`mod@neural_collapse`] | – |
//! | what a simple reader tells about the label | [`readable`] | – |
//! | information plane | [`mod@information_plane`] | – |
//! | near neighbours of an image | [`mod@spread`] | – |
//!
//! Measures of a whole layer share what costs: [`LayerOutputs`] are one row an image, [`LayerDistances`] one pass over
//! all pairs of them, [`NearestNeighbours`] five of each; what follows from distances or neighbours takes milliseconds.

#![allow(clippy::doc_markdown, reason = "formulas in documentation: H_ab, K_a")]
#![allow(
    clippy::float_cmp,
    reason = "exact comparisons are meant: zero distances, integers, ends of a range"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a failed test may panic"))]

pub mod bins;
pub mod capacity;
pub mod cell;
pub mod channel_state;
pub mod cka;
pub mod codes;
pub mod error;
mod gram_codes;
pub mod histogram;
pub mod information_plane;
pub mod inter_sample;
pub mod intra_sample;
mod kernels;
pub mod label;
pub mod label_bootstrap;
pub mod label_channel;
pub mod layer_distances;
pub mod layer_information;
pub mod layer_outputs;
pub mod nearest;
mod neighbour_table;
mod neighbours;
pub mod neural_collapse;
pub mod pairs;
mod pairwise;
pub mod readable;
mod row_blocks;
pub mod same_class;
mod sigma;
pub mod spread;
mod symmetric_eigen;
pub mod two_nn;
#[cfg(any(not(target_arch = "wasm32"), feature = "vectors"))]
pub mod vectors;

pub use capacity::{CapacityMatrix, CapacitySettings, LayerCapacity, PairInformation, layer_capacity};
pub use cell::Cell;
pub use channel_state::{ChannelState, channel_states};
pub use cka::{CentredGram, cka};
pub use codes::{LayerCells, LayerCodes};
pub use error::EntropyError;
pub use information_plane::{InformationPlane, InformationPlaneSettings, PlanePoint, information_plane};
pub use inter_sample::{
    Distance, InterSampleEntropy, InterSampleSettings, inter_sample_by_class, inter_sample_entropy,
};
pub use intra_sample::{
    IntraSampleSettings, RangeScope, intra_sample_ceiling, intra_sample_entropy, map_entropy, white_noise,
};
pub use label::{LabelEntropies, label_entropies};
pub use label_bootstrap::label_entropy_deviations;
pub use label_channel::{LabelChannel, label_channel};
pub use layer_distances::LayerDistances;
pub use layer_information::layer_codes;
pub use layer_outputs::LayerOutputs;
pub use nearest::NearestNeighbours;
pub use neural_collapse::{NeuralCollapse, neural_collapse};
pub use pairs::{ImageOrder, PairSchedule, sampled_pairs};
pub use readable::{ReadableInformation, readable_information};
pub use same_class::{SameClassInformation, SameClassPairs, same_class_information};
pub use spread::{near_neighbours, spread};
pub use two_nn::{IntrinsicDimension, two_nn};
