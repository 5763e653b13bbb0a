//! Which pairs of images a channel's distances are taken over. A plan only: `codes` measures the pairs.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::error::EntropyError;
use crate::ordering::sort_by;

/// All pairs of images, or those of some shifts s, (i, i + s mod n), each unordered pair at most once; with a
/// shuffled image order for the null. Two layers measured with the same schedule have their distances in the same
/// order.
///
/// Whole shifts use every image equally often, and more images beat more pairs: at n = 1000, 20,000 pairs differ
/// from all 499,500 by at most 0.023 bits of capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSchedule {
    /// Image at each place.
    order: Vec<u32>,
    /// Shifts below n/2, by size; `None` for all pairs, (0,1), (0,2) … (n−2,n−1).
    shifts: Option<Vec<usize>>,
}

impl PairSchedule {
    /// Enough random shifts for `target_pairs` pairs of `n` images; all pairs where there are no more than that.
    ///
    /// # Errors
    /// `empty` for no image, `too_few_samples` for one, `bad_argument` for no pairs.
    pub fn new(n: usize, target_pairs: usize, seed: u64) -> Result<Self, EntropyError> {
        let mut schedule = Self::all(n)?;
        if target_pairs == 0 {
            return Err(EntropyError::BadArgument { argument: "pairs", requirement: "must be at least 1" });
        }
        // The shift n/2 of an even circle meets each of its pairs twice and is left out.
        let whole = (n - 1) / 2;
        if target_pairs < schedule.len() && whole > 0 {
            let mut shifts: Vec<usize> = (1..=whole).collect();
            shuffle(&mut shifts, seed);
            shifts.truncate(target_pairs.div_ceil(n));
            sort_by(&mut shifts, Ord::cmp);
            schedule.shifts = Some(shifts);
        }
        Ok(schedule)
    }

    /// All n(n − 1)/2 pairs.
    ///
    /// # Errors
    /// `empty` for no image, `too_few_samples` for one.
    pub fn all(n: usize) -> Result<Self, EntropyError> {
        match n {
            0 => Err(EntropyError::Empty),
            1 => Err(EntropyError::TooFewSamples),
            _ => Ok(Self { order: (0..n as u32).collect(), shifts: None }),
        }
    }

    /// The same places with the images in random order: a pair of this schedule and the same pair of the original
    /// are independent pairs of images, so a capacity between the two is what chance gives (the null).
    #[must_use]
    pub fn shuffled(&self, seed: u64) -> Self {
        let mut order = self.order.clone();
        shuffle(&mut order, seed);
        Self { order, shifts: self.shifts.clone() }
    }

    /// Image at each place.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Number of images n.
    pub fn images(&self) -> usize {
        self.order.len()
    }

    /// Whether these are all pairs.
    pub fn is_all(&self) -> bool {
        self.shifts.is_none()
    }

    /// Number of pairs P, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "there is no schedule without pairs")]
    pub fn len(&self) -> usize {
        let n = self.order.len();
        self.shifts.as_ref().map_or(n * (n - 1) / 2, |shifts| shifts.len() * n)
    }

    /// The pairs of image indices, in the schedule's order.
    pub fn pairs(&self) -> Box<dyn Iterator<Item = (usize, usize)> + '_> {
        let n = self.order.len();
        let image = move |place: usize| self.order[place] as usize;
        match &self.shifts {
            None => Box::new((0..n).flat_map(move |i| (i + 1..n).map(move |j| (image(i), image(j))))),
            Some(shifts) => Box::new(shifts.iter().flat_map(move |&shift| {
                let other = move |i: usize| if i + shift < n { i + shift } else { i + shift - n };
                (0..n).map(move |i| (image(i), image(other(i))))
            })),
        }
    }
}

/// Fisher–Yates with a generator and a way of drawing that are part of the result's definition.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    for last in (1..items.len()).rev() {
        // ⌊u (last + 1) / 2⁶⁴⌋ for u below 2⁶⁴.
        let drawn = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, drawn as usize);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn unordered(schedule: &PairSchedule) -> HashSet<(usize, usize)> {
        schedule.pairs().map(|(i, j)| (i.min(j), i.max(j))).collect()
    }

    #[test]
    fn all_pairs_are_met_once() {
        for n in [2, 3, 8, 9] {
            let schedule = PairSchedule::all(n).unwrap();
            assert_eq!(schedule.len(), n * (n - 1) / 2);
            assert_eq!(unordered(&schedule).len(), schedule.len());
            assert!(schedule.pairs().all(|(i, j)| i != j && i < n && j < n));
        }
    }

    #[test]
    fn a_sample_of_pairs_reaches_its_target_without_repeats() {
        let schedule = PairSchedule::new(100, 420, 5).unwrap();
        assert_eq!((schedule.len(), schedule.images()), (500, 100));
        assert_eq!(unordered(&schedule).len(), 500);
        assert_eq!(schedule, PairSchedule::new(100, 420, 5).unwrap());
        assert_ne!(schedule, PairSchedule::new(100, 420, 6).unwrap());
    }

    #[test]
    fn fewer_pairs_than_the_target_are_all_taken() {
        assert_eq!(PairSchedule::new(20, 190, 1), PairSchedule::all(20));
        assert_eq!(PairSchedule::new(20, usize::MAX, 1), PairSchedule::all(20));
    }

    #[test]
    fn the_shuffled_schedule_pairs_other_images() {
        let schedule = PairSchedule::new(50, 100, 1).unwrap();
        let shuffled = schedule.shuffled(2);
        assert_eq!(shuffled.len(), schedule.len());
        let same = schedule.pairs().zip(shuffled.pairs()).filter(|(a, b)| a == b).count();
        assert!(same < 10);
        assert_eq!(unordered(&shuffled).len(), schedule.len());
    }

    #[test]
    fn pairs_need_two_images_and_a_target() {
        let code = |n, target| PairSchedule::new(n, target, 0).unwrap_err().code();
        assert_eq!((code(0, 9), code(1, 9), code(5, 0)), ("empty", "too_few_samples", "bad_argument"));
    }
}
