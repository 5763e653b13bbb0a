//! The k nearest other images of every image in a layer, the nearest first, with their exact squared distances.
//! `readable_information` and `two_nn` read them; one list of five serves both.
//!
//! Distances of `layer_distances` choose; where rounding leaves open which of two images is nearer, exact differences
//! do. Of images equally near the one whose row comes first is nearer.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use super::cell::Cell;
use super::error::EntropyError;
use super::gram_codes::AllPairs;
use super::layer_distances::{LayerDistances, Squared};
use super::neighbours::{Selection, Uncertainty};
use super::pairs::place_of;

/// The nearest others of some images.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestNeighbours {
    k: usize,
    /// `[images, k]`, places among the images that were compared.
    neighbours: Vec<u32>,
    /// Their squared distances.
    squared: Vec<f64>,
}

impl NearestNeighbours {
    /// Of all images; more than n − 1 neighbours means n − 1.
    ///
    /// # Errors
    /// `bad_argument` for k = 0.
    pub fn measure<C: Cell>(distances: &LayerDistances<'_, C>, k: usize) -> Result<Self, EntropyError> {
        let all: Vec<usize> = (0..distances.images()).collect();
        Self::among(distances, &all, k)
    }

    /// Of the images in these rows among each other, such as those of one class.
    ///
    /// # Errors
    /// `bad_argument` for k = 0 or a row that there is not, `too_few_samples` below two rows.
    pub fn among<C: Cell>(
        distances: &LayerDistances<'_, C>,
        rows: &[usize],
        k: usize,
    ) -> Result<Self, EntropyError> {
        if rows.len() < 2 {
            return Err(EntropyError::TooFewSamples);
        }
        if k == 0 {
            return Err(EntropyError::BadArgument { argument: "k", requirement: "must be at least 1" });
        }
        if rows.iter().any(|&row| row >= distances.images()) {
            let requirement = "must be below the number of images";
            return Err(EntropyError::BadArgument { argument: "a row", requirement });
        }
        let k = k.min(rows.len() - 1);
        let size = rows.len() * k;
        let mut found = Self { k, neighbours: Vec::with_capacity(size), squared: Vec::with_capacity(size) };
        match distances.source() {
            Squared::Single(pairs) => found.select(pairs, distances.images(), rows),
            Squared::Double(squared) => found.sort(squared, distances.images(), rows),
        }
        Ok(found)
    }

    /// Number of images n.
    pub fn images(&self) -> usize {
        self.neighbours.len() / self.k
    }

    /// Neighbours of each.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Places of an image's neighbours, the nearest first.
    pub fn of(&self, image: usize) -> &[u32] {
        &self.neighbours[image * self.k..(image + 1) * self.k]
    }

    /// Their squared distances.
    pub fn squared(&self, image: usize) -> &[f64] {
        &self.squared[image * self.k..(image + 1) * self.k]
    }

    fn select(&mut self, pairs: &AllPairs<'_>, n: usize, rows: &[usize]) {
        let among = Among::new(pairs, n, rows);
        let mut selection = Selection::default();
        let mut keys = vec![0; rows.len()];
        for (own, &row) in rows.iter().enumerate() {
            for (key, &other) in keys.iter_mut().zip(rows) {
                *key = if row == other {
                    0
                } else {
                    pairs.squared()[place_of(row, other, n) as usize].to_bits()
                };
            }
            let chosen = selection.nearest(&keys, own, self.k, &among);
            self.push(chosen.iter().map(|&other| (among.exact(own, other as usize), other)));
        }
    }

    fn sort(&mut self, squared: &[f64], n: usize, rows: &[usize]) {
        for (own, &row) in rows.iter().enumerate() {
            let others = (0..).zip(rows).filter(|&(other, _)| other != own as u32);
            self.push(others.map(|(other, &place)| (squared[place_of(row, place, n) as usize], other)));
        }
    }

    /// Adds an image: its k nearest of these, which come by growing place.
    fn push(&mut self, others: impl Iterator<Item = (f64, u32)>) {
        let mut nearest: Vec<(f64, u32)> = Vec::with_capacity(self.k + 1);
        for (squared, other) in others {
            if nearest.len() == self.k && nearest.last().is_some_and(|last| last.0 <= squared) {
                continue;
            }
            // Behind those equally near, which have come before.
            nearest.insert(nearest.partition_point(|near| near.0 <= squared), (squared, other));
            nearest.truncate(self.k);
        }
        self.neighbours.extend(nearest.iter().map(|near| near.1));
        self.squared.extend(nearest.iter().map(|near| near.0));
    }
}

/// Some rows of all.
struct Among<'p> {
    pairs: &'p AllPairs<'p>,
    rows: &'p [usize],
    /// Where a layer is silent, many outputs are equal, and as many distances: each is measured once.
    measured: RefCell<Measured>,
}

/// Exact distances of one image to others, NaN where not measured.
struct Measured {
    own: usize,
    squared: Vec<f64>,
}

impl<'p> Among<'p> {
    fn new(pairs: &'p AllPairs<'p>, n: usize, rows: &'p [usize]) -> Self {
        Self { pairs, rows, measured: RefCell::new(Measured { own: 0, squared: vec![f64::NAN; n] }) }
    }
}

impl Uncertainty for Among<'_> {
    fn around(&self, own: usize, limit: u32) -> RangeInclusive<u32> {
        self.pairs.source().around(self.rows[own], limit)
    }
    fn exact(&self, own: usize, other: usize) -> f64 {
        let other = self.pairs.source().first_equal(self.rows[other]);
        let mut measured = self.measured.borrow_mut();
        if measured.own != own {
            measured.own = own;
            measured.squared.fill(f64::NAN);
        }
        if measured.squared[other].is_nan() {
            measured.squared[other] = self.pairs.source().exact(self.rows[own], other);
        }
        measured.squared[other]
    }
}

#[cfg(test)]
mod tests {
    use super::super::LayerOutputs;
    use super::super::cell::squared_distance_in_double;
    use super::*;

    fn nearest(values: &[f32], n: usize, k: usize) -> Result<NearestNeighbours, EntropyError> {
        let outputs = LayerOutputs::as_stored(values, n)?;
        NearestNeighbours::measure(&LayerDistances::measure(&outputs)?, k)
    }

    #[test]
    fn the_nearest_comes_first_and_ties_go_to_the_earlier_row() {
        let found = nearest(&[0.0, 1.0, 3.0, -1.0], 4, 2).unwrap();
        assert_eq!((found.of(0), found.squared(0)), ([1, 3].as_slice(), [1.0, 1.0].as_slice()));
        assert_eq!((found.of(2), found.squared(2)), ([1, 0].as_slice(), [4.0, 9.0].as_slice()));
        assert_eq!((found.images(), found.k()), (4, 2));
        assert_eq!(nearest(&[0.0, 1.0], 2, 7).unwrap().k(), 1);
        assert_eq!(nearest(&[5.0; 4], 4, 2).unwrap().of(2), [0, 1]);
    }

    #[test]
    fn kernels_choose_as_exact_distances_do() {
        let (n, width) = (300, 200);
        let wave: Vec<f32> = (0..n * width).map(|at| 30.0 + (at as f32 * 0.731).sin()).collect();
        let coarse: Vec<f32> = wave.iter().map(|value| (value * 2.0).round()).collect();
        let mut silent: Vec<f32> = wave.iter().map(|value| (value - 30.99).max(0.0)).collect();
        // Images that are equal, at places between others.
        silent.chunks_exact_mut(width).step_by(3).for_each(|row| row.fill(0.0));
        let mut twins = wave.clone();
        twins.chunks_exact_mut(width).step_by(4).for_each(|row| row.fill(30.5));
        for values in [wave, coarse, silent, twins, vec![1.5; n * width]] {
            let found = nearest(&values, n, 5).unwrap();
            let row = |at: usize| &values[at * width..(at + 1) * width];
            for i in 0..n {
                let mut all: Vec<(f64, usize)> = (0..n)
                    .filter(|&j| j != i)
                    .map(|j| (squared_distance_in_double(row(i), row(j)), j))
                    .collect();
                all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let found: Vec<(f64, usize)> =
                    found.squared(i).iter().copied().zip(found.of(i).iter().map(|&j| j as usize)).collect();
                assert_eq!(found, all[..5], "image {i}");
            }
        }
    }

    #[test]
    fn a_class_is_compared_with_itself_alone() {
        let (n, width) = (260, 300);
        let values: Vec<f32> =
            (0..n * width).map(|at| (at as u32).wrapping_mul(2_654_435_761) as f32).collect();
        let rows: Vec<usize> = (0..n).filter(|at| at % 3 == 1).collect();
        let alone: Vec<f32> =
            rows.iter().flat_map(|&at| &values[at * width..(at + 1) * width]).copied().collect();
        let outputs = LayerOutputs::as_stored(&values, n).unwrap();
        let distances = LayerDistances::measure(&outputs).unwrap();
        assert!(matches!(distances.source(), Squared::Single(_)));
        let among = NearestNeighbours::among(&distances, &rows, 3).unwrap();
        assert_eq!(among, nearest(&alone, rows.len(), 3).unwrap());
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], n, k| nearest(values, n, k).unwrap_err().code();
        assert_eq!(code(&[], 0, 1), "empty");
        assert_eq!(code(&[1.0], 1, 1), "too_few_samples");
        assert_eq!(code(&[1.0, 2.0], 2, 0), "bad_argument");
        assert_eq!(code(&[1.0, f32::INFINITY], 2, 1), "non_finite");
        let outputs = LayerOutputs::as_stored(&[1.0_f32, 2.0], 2).unwrap();
        let distances = LayerDistances::measure(&outputs).unwrap();
        assert_eq!(NearestNeighbours::among(&distances, &[0, 2], 1).unwrap_err().code(), "bad_argument");
        assert_eq!(NearestNeighbours::among(&distances, &[0], 1).unwrap_err().code(), "too_few_samples");
    }
}
