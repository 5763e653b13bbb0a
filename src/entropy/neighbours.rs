//! The k nearest neighbours of a sample without sorting all: a histogram of the keys of `pairwise`
//! finds the bin of the k-th, a partial sort within the bin the limit.
//! Ties at the k-th neighbour go to the smaller index; where rounding leaves open which of two distances is the
//! smaller, they are measured again. `inter_sample` reads the result.

use crate::ordering::sort_by;
use std::ops::RangeInclusive;

/// Bins of the histogram.
const BINS: usize = 2048;

/// Keys whose order is not certain, and how to settle it.
pub(crate) trait Uncertainty {
    /// The keys that may belong on either side of the `limit`, the k-th smallest key of sample `own`.
    fn around(&self, own: usize, limit: u32) -> RangeInclusive<u32>;
    /// The squared distance of two samples to all digits; asked only for keys of an uncertain range.
    fn exact(&self, own: usize, other: usize) -> f64;
}

/// A selection with its working memory, reused from row to row.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    counts: Vec<u32>,
    /// Keys of one bin.
    candidates: Vec<u32>,
    /// Indices of keys up to a bound, by growing index; `kept` of them count.
    indices: Vec<u32>,
    kept: usize,
    /// Exact distance and index of the keys around the limit.
    doubtful: Vec<(f64, u32)>,
}

impl Selection {
    /// The indices of the `k` smallest of `keys` but `keys[own]`, by growing index; of equal ones those with the
    /// smaller index. `k` must be below `keys.len()`.
    pub(crate) fn nearest(&mut self, keys: &[u32], own: usize, k: usize, settle: &dyn Uncertainty) -> &[u32] {
        if k + 1 == keys.len() {
            self.keep_up_to(keys, own, u32::MAX);
        } else {
            let bound = self.keep_some_more(keys, own, k);
            let limit = self.limit(keys, k, bound);
            let range = settle.around(own, limit);
            if *range.end() > bound.end {
                self.keep_up_to(keys, own, *range.end());
            }
            self.drop_all_but(keys, own, k, &range, settle);
        }
        &self.indices[..self.kept]
    }

    /// Keeps the indices of all keys up to `most`.
    fn keep_up_to(&mut self, keys: &[u32], own: usize, most: u32) {
        self.indices.resize(keys.len(), 0);
        let mut kept = 0;
        for (index, &key) in keys.iter().enumerate() {
            // Written always, kept or overwritten: a jump would be mispredicted half the time.
            self.indices[kept] = index as u32;
            kept += usize::from(key <= most && index != own);
        }
        self.kept = kept;
    }

    /// Keeps at least the k smallest: all keys up to the end of the histogram's bin with the k-th.
    #[inline(never)]
    fn keep_some_more(&mut self, keys: &[u32], own: usize, k: usize) -> Bin {
        // Without the own key: it is 0, and between it and the next there may be nothing.
        let (before, after) = (&keys[..own], &keys[own + 1..]);
        let range = |keys: &[u32], range| {
            keys.iter().fold(range, |(lo, hi): (u32, u32), &key| (lo.min(key), hi.max(key)))
        };
        let (least, most) = range(after, range(before, (u32::MAX, 0)));
        // The range [0, most − least] in at most BINS bins of 2^shift keys.
        let shift = (u32::BITS - (most - least).leading_zeros()).saturating_sub(BINS.ilog2());
        self.counts.clear();
        self.counts.resize(BINS, 0);
        for &key in before.iter().chain(after) {
            self.counts[((key - least) >> shift) as usize & (BINS - 1)] += 1;
        }
        let (mut bin, mut below) = (0, 0);
        while below + (self.counts[bin] as usize) < k {
            below += self.counts[bin] as usize;
            bin += 1;
        }
        let start = least + ((bin as u32) << shift);
        let end = start.saturating_add((1 << shift) - 1);
        self.keep_up_to(keys, own, end);
        Bin { start, end, below }
    }

    /// The k-th smallest key, which lies in the bin.
    #[inline(never)]
    fn limit(&mut self, keys: &[u32], k: usize, bin: Bin) -> u32 {
        let kept = self.indices[..self.kept].iter().map(|&index| keys[index as usize]);
        self.candidates.clear();
        self.candidates.extend(kept.filter(|&key| key >= bin.start));
        *self.candidates.select_nth_unstable(k - 1 - bin.below).1
    }

    /// Drops what is above the range, and of the range all but those that complete the k smallest.
    #[inline(never)]
    fn drop_all_but(
        &mut self,
        keys: &[u32],
        own: usize,
        k: usize,
        range: &RangeInclusive<u32>,
        settle: &dyn Uncertainty,
    ) {
        let kept = &mut self.indices[..self.kept];
        let doubtful = kept.iter().filter(|&&index| range.contains(&keys[index as usize]));
        self.doubtful.clear();
        self.doubtful.extend(doubtful.map(|&index| (0.0, index)));
        let certain = kept.iter().filter(|&&index| keys[index as usize] < *range.start()).count();
        if range.start() != range.end() && certain + self.doubtful.len() > k {
            for (distance, index) in &mut self.doubtful {
                *distance = settle.exact(own, *index as usize);
            }
            sort_by(&mut self.doubtful, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        self.doubtful.truncate(k - certain);
        sort_by(&mut self.doubtful, |a, b| a.1.cmp(&b.1));
        let mut taken = self.doubtful.iter().peekable();
        let mut count = 0;
        for at in 0..kept.len() {
            let index = kept[at];
            let sure = keys[index as usize] < *range.start();
            if sure || taken.next_if(|&&(_, chosen)| chosen == index).is_some() {
                kept[count] = index;
                count += 1;
            }
        }
        self.kept = count;
    }
}

/// The bin of the histogram that holds the k-th smallest key.
#[derive(Clone, Copy)]
struct Bin {
    start: u32,
    end: u32,
    /// Keys in the bins before it.
    below: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_sorting(keys: &[u32], own: usize, k: usize) -> Vec<(u32, u32)> {
        let mut order: Vec<usize> = (0..keys.len()).filter(|&i| i != own).collect();
        order.sort_by_key(|&i| (keys[i], i));
        order.truncate(k);
        order.sort_unstable();
        order.into_iter().map(|i| (i as u32, keys[i])).collect()
    }

    /// Keys that are certain to `margin`, with the true distances they stand for.
    struct Margin<'a>(u32, &'a [f64]);

    impl Uncertainty for Margin<'_> {
        fn around(&self, _: usize, limit: u32) -> RangeInclusive<u32> {
            limit.saturating_sub(self.0)..=limit.saturating_add(self.0)
        }
        fn exact(&self, _: usize, other: usize) -> f64 {
            self.1[other]
        }
    }

    fn nearest(keys: &[u32], own: usize, k: usize) -> Vec<(u32, u32)> {
        let mut selection = Selection::default();
        let indices = selection.nearest(keys, own, k, &Margin(0, &[]));
        indices.iter().map(|&index| (index, keys[index as usize])).collect()
    }

    #[test]
    fn what_rounding_leaves_open_is_measured_again() {
        let (keys, truth) = ([0, 11, 10, 12, 50, 9], [0.0, 10.0, 11.0, 9.0, 50.0, 9.0]);
        assert_eq!(Selection::default().nearest(&keys, 0, 2, &Margin(2, &truth)), [3, 5]);
    }

    #[test]
    fn ties_go_to_the_smaller_index() {
        assert_eq!(nearest(&[5, 5, 5, 5, 1], 0, 2), [(1, 5), (4, 1)]);
        assert_eq!(nearest(&[0; 4], 1, 2), [(0, 0), (2, 0)]);
    }

    #[test]
    fn selection_equals_sorting() {
        let mut state = 1_u32;
        for (n, spread) in [(2, u32::MAX), (50, 3), (300, 1000), (3000, u32::MAX), (3000, 1 << 20)] {
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 4) % spread
            };
            let mut keys: Vec<u32> = (0..n).map(|_| next()).collect();
            keys[n / 2] = 0;
            for k in [1, n / 3 + 1, n - 1] {
                let k = k.min(n - 1);
                assert_eq!(nearest(&keys, n / 2, k), by_sorting(&keys, n / 2, k), "n {n}, k {k}");
            }
        }
    }
}
