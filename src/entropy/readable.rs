//! Readable information: what a simple reader can tell about the label from a layer, I(label; guess) in bits.
//!
//! The guess of an image is the vote of its k nearest others in the layer: the nearest counts 1.5, the others 1; of
//! images equally near the one whose row comes first, of classes with equal votes the smaller. The table of labels and
//! guesses gives I = H(label) + H(guess) − H(label, guess), plug-in.
//!
//! A lower bound of I(label; layer) by the data processing inequality (Cover & Thomas 2006, 2.8): it may rise with
//! depth, which then says "easier to read", never "more information". 0 ≤ I ≤ H(label).
//!
//! **Bias:** up, by about (C − 1)² / (2 N ln 2) bits for C classes. What that gives where there is nothing to read is
//! measured, too: the same votes with the labels shuffled among the images, the mean of some shuffles of a fixed seed.
//! Shuffles move labels among rows: outputs in an order of their content give the same numbers to the last bit however
//! images are stored.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::error::{EntropyError, expect_len};
use super::histogram::shannon;
use super::layer_outputs::LayerOutputs;
use super::nearest::NearestNeighbours;
use super::pairs::{SEED, shuffle};

/// Neighbours that vote where nothing else is said.
pub const VOTES: usize = 5;
/// Shuffles of the labels behind the chance level.
const SHUFFLES: usize = 16;

/// What a simple reader tells about the label, and what it would tell by chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadableInformation {
    /// I(label; guess) in bits.
    pub bits: f64,
    /// H(label): the ceiling.
    pub label_bits: f64,
    /// Share of images whose guess is their label.
    pub accuracy: f64,
    /// Mean of I(label; guess) with shuffled labels.
    pub chance_bits: f64,
    /// Standard deviation of one shuffle's I.
    pub chance_deviation: f64,
}

/// From the nearest others of each image in a layer, of which at most `votes` vote, and the images' labels as they
/// are stored; `outputs` are those that the neighbours were measured on.
///
/// # Errors
/// `shape` for other numbers of images, `bad_argument` for a label that is no class, no votes, or more votes than
/// neighbours that were measured.
pub fn readable_information<C: Cell>(
    outputs: &LayerOutputs<'_, C>,
    neighbours: &NearestNeighbours,
    votes: usize,
    labels: &[u8],
    n_classes: usize,
) -> Result<ReadableInformation, EntropyError> {
    let mut labels = outputs.labels(labels, n_classes)?;
    expect_len("images of the neighbours", labels.len(), neighbours.images())?;
    let voters = votes.min(labels.len() - 1);
    if voters == 0 || voters > neighbours.k() {
        let requirement = "must be from 1 to the neighbours that were measured";
        return Err(EntropyError::BadArgument { argument: "votes", requirement });
    }
    let read = Table::count(neighbours, voters, &labels, n_classes);
    let mut random = Pcg64Mcg::seed_from_u64(SEED);
    let by_chance: Vec<f64> = (0..SHUFFLES)
        .map(|_| {
            shuffle(&mut labels, &mut random);
            Table::count(neighbours, voters, &labels, n_classes).information()
        })
        .collect();
    let mean = by_chance.iter().sum::<f64>() / SHUFFLES as f64;
    let squares: f64 = by_chance.iter().map(|bits| (bits - mean).powi(2)).sum();
    Ok(ReadableInformation {
        bits: read.information(),
        label_bits: read.label_bits(),
        accuracy: read.accuracy(),
        chance_bits: mean,
        chance_deviation: (squares / (SHUFFLES - 1) as f64).sqrt(),
    })
}

/// Labels (rows) and guesses (columns), `[n_classes, n_classes]`.
struct Table {
    counts: Vec<f64>,
    n_classes: usize,
}

impl Table {
    /// `labels` by rows of the outputs.
    fn count(neighbours: &NearestNeighbours, voters: usize, labels: &[u8], n_classes: usize) -> Self {
        let mut counts = vec![0.0; n_classes * n_classes];
        // Halves of votes: whole numbers have no rounding.
        let mut halves = vec![0_u32; n_classes];
        for (image, &label) in labels.iter().enumerate() {
            halves.fill(0);
            for (rank, &other) in neighbours.of(image)[..voters].iter().enumerate() {
                halves[usize::from(labels[other as usize])] += if rank == 0 { 3 } else { 2 };
            }
            let first_most =
                |best: usize, class: usize| if halves[class] > halves[best] { class } else { best };
            counts[usize::from(label) * n_classes + (1..n_classes).fold(0, first_most)] += 1.0;
        }
        Self { counts, n_classes }
    }

    fn label_bits(&self) -> f64 {
        let rows: Vec<f64> = self.counts.chunks_exact(self.n_classes).map(|row| row.iter().sum()).collect();
        shannon(&rows).unwrap_or(0.0)
    }

    fn information(&self) -> f64 {
        let column = |guess: usize| self.counts.iter().skip(guess).step_by(self.n_classes).sum();
        let columns: Vec<f64> = (0..self.n_classes).map(column).collect();
        let [guess, both] = [&columns, &self.counts].map(|counts| shannon(counts).unwrap_or(0.0));
        (self.label_bits() + guess - both).max(0.0)
    }

    fn accuracy(&self) -> f64 {
        let right: f64 = self.counts.iter().step_by(self.n_classes + 1).sum();
        right / self.counts.iter().sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ImageOrder, LayerDistances};
    use super::*;

    fn read<C: Cell>(
        outputs: &LayerOutputs<'_, C>,
        labels: &[u8],
        n_classes: usize,
        k: usize,
    ) -> Result<ReadableInformation, EntropyError> {
        let neighbours = NearestNeighbours::measure(&LayerDistances::measure(outputs)?, k)?;
        readable_information(outputs, &neighbours, k, labels, n_classes)
    }

    fn noise(at: usize) -> u32 {
        (at as u32).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(1_597_334_677) >> 8
    }

    #[test]
    fn groups_far_apart_are_read_without_error() {
        let values = [0.0_f32, 0.1, 0.2, 9.0, 9.1, 9.2];
        let outputs = LayerOutputs::as_stored(&values, 6).unwrap();
        let found = read(&outputs, &[0, 0, 0, 1, 1, 1], 2, 2).unwrap();
        assert_eq!((found.bits, found.label_bits, found.accuracy), (1.0, 1.0, 1.0));
        // Each image's only voter is of the other class: as good as knowing.
        let crossed = read(&outputs, &[0, 1, 0, 1, 0, 1], 2, 1).unwrap();
        assert_eq!((crossed.bits, crossed.accuracy), (1.0, 0.0));
    }

    #[test]
    fn the_nearest_outvotes_one_other_but_not_two() {
        // From 0 the others are at 1, 2 and 4.
        let outputs = LayerOutputs::as_stored(&[0.0_f32, 1.0, 2.0, 4.0], 4).unwrap();
        let neighbours = NearestNeighbours::measure(&LayerDistances::measure(&outputs).unwrap(), 3).unwrap();
        let guess = |labels: &[u8], voters| {
            let table = Table::count(&neighbours, voters, labels, 4);
            (0..4).find(|&guess| table.counts[usize::from(labels[0]) * 4 + guess] > 0.0)
        };
        assert_eq!(guess(&[3, 1, 0, 0], 2), Some(1));
        assert_eq!(guess(&[3, 1, 0, 0], 3), Some(0));
    }

    #[test]
    fn without_a_relation_chance_is_all_there_is() {
        let (n, width) = (400, 6);
        let values: Vec<f32> = (0..n * width).map(|at| noise(at) as f32).collect();
        let labels: Vec<u8> = (0..n).map(|at| (noise(at + 100_000) % 10) as u8).collect();
        let found = read(&LayerOutputs::as_stored(&values, n).unwrap(), &labels, 10, VOTES).unwrap();
        // About 9² / (2 · 400 · ln 2).
        assert!((found.chance_bits - 0.146).abs() < 0.03, "{found:?}");
        assert!((found.bits - found.chance_bits).abs() < 4.0 * found.chance_deviation, "{found:?}");
        assert!(found.chance_deviation < 0.05 && found.bits <= found.label_bits);
    }

    #[test]
    fn one_class_has_nothing_to_read() {
        let outputs = LayerOutputs::as_stored(&[0.0_f64, 1.0, 4.0], 3).unwrap();
        let found = read(&outputs, &[1; 3], 2, 5).unwrap();
        assert_eq!((found.bits, found.label_bits, found.accuracy, found.chance_bits), (0.0, 0.0, 1.0, 0.0));
    }

    #[test]
    fn the_stored_order_changes_nothing_to_the_last_bit() {
        // Coarse values: many images equally near.
        let n = 90;
        let values: Vec<f32> = (0..n * 3).map(|at| (noise(at) % 3) as f32).collect();
        let labels: Vec<u8> = (0..n).map(|at| (noise(at + 5) % 3) as u8).collect();
        let pixels: Vec<u8> = (0..n * 4).map(|at| noise(at + 999) as u8).collect();
        let of = |places: &[usize]| {
            let pixels: Vec<u8> = places.iter().flat_map(|&i| pixels[i * 4..i * 4 + 4].to_vec()).collect();
            let values: Vec<f32> = places.iter().flat_map(|&i| values[i * 3..i * 3 + 3].to_vec()).collect();
            let labels: Vec<u8> = places.iter().map(|&i| labels[i]).collect();
            let order = ImageOrder::by_content(&pixels, &labels).unwrap();
            read(&LayerOutputs::in_order(&values, &order).unwrap(), &labels, 3, VOTES).unwrap()
        };
        let stored = of(&(0..n).collect::<Vec<_>>());
        assert_eq!(of(&(0..n).map(|at| (at * 7 + 11) % n).collect::<Vec<_>>()), stored);
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], labels: &[u8], k| {
            let outputs = LayerOutputs::as_stored(values, labels.len());
            outputs.and_then(|outputs| read(&outputs, labels, 2, k)).unwrap_err().code()
        };
        assert_eq!(code(&[], &[], 5), "empty");
        assert_eq!(code(&[1.0], &[0], 5), "too_few_samples");
        assert_eq!(code(&[1.0, f32::NAN], &[0, 1], 5), "non_finite");
        assert_eq!(code(&[1.0, 2.0], &[0, 1], 0), "bad_argument");
        assert_eq!(code(&[1.0, 2.0], &[0, 2], 5), "bad_argument");
        let three = LayerOutputs::as_stored(&[1.0_f32, 2.0, 4.0], 3).unwrap();
        let one = NearestNeighbours::measure(&LayerDistances::measure(&three).unwrap(), 1).unwrap();
        let read = |outputs, votes, labels| {
            readable_information(outputs, &one, votes, labels, 2).unwrap_err().code()
        };
        assert_eq!(read(&three, 2, &[0, 1, 0]), "bad_argument");
        assert_eq!(read(&three, 1, &[0, 1]), "shape");
        let two = LayerOutputs::as_stored(&[1.0_f32, 2.0], 2).unwrap();
        assert_eq!(read(&two, 1, &[0, 1]), "shape");
    }
}
