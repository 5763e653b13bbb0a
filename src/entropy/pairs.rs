//! Which pairs of images a channel's distances are taken over. A plan only: `codes` measures the pairs.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::error::EntropyError;

/// Pairs (i, i + s mod n) for some shifts s, each unordered pair at most once; with a shuffled image order for the
/// null. Two layers measured with the same schedule have their distances in the same order.
///
/// Whole shifts use every image equally often, and more images beat more pairs: at n = 1000, 20,000 pairs differ
/// from all 499,500 by at most 0.023 bits of capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSchedule {
    /// Image at each place of the circle.
    order: Vec<u32>,
    /// A shift and the number of its pairs.
    shifts: Vec<(usize, usize)>,
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
        if target_pairs < schedule.len() {
            let whole = (n - 1) / 2;
            schedule.shifts.truncate(whole);
            shuffle(&mut schedule.shifts, seed);
            schedule.shifts.truncate(target_pairs.div_ceil(n).min(whole));
            schedule.shifts.sort_unstable();
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
            // The shift n/2 of an even circle meets each of its pairs twice: half of them will do.
            _ => Ok(Self {
                order: (0..n as u32).collect(),
                shifts: (1..=n / 2).map(|s| (s, if 2 * s == n { n / 2 } else { n })).collect(),
            }),
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

    /// Number of images n.
    pub fn images(&self) -> usize {
        self.order.len()
    }

    /// Number of pairs P, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "there is no schedule without pairs")]
    pub fn len(&self) -> usize {
        self.shifts.iter().map(|&(_, count)| count).sum()
    }

    /// The pairs of image indices, in the schedule's order.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let n = self.order.len();
        let image = move |place: usize| self.order[if place < n { place } else { place - n }] as usize;
        self.shifts
            .iter()
            .flat_map(move |&(shift, count)| (0..count).map(move |i| (image(i), image(i + shift))))
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
