//! The k nearest neighbours of a sample without sorting: two histogram levels over the keys of `pairwise`.
//! Ties at the k-th neighbour go to the smaller index; where rounding leaves open which of two distances is the
//! smaller, they are measured again. `inter_sample` reads the result.

use std::ops::RangeInclusive;

/// Bins of the first level.
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
    candidates: Vec<u32>,
    /// Exact distance and index of the keys around the limit; those taken come first.
    doubtful: Vec<(f64, u32)>,
}

impl Selection {
    /// Calls `take(index, key)` for the `k` smallest of `keys` but `keys[own]`, by growing index; equal ones by
    /// growing index, too. `k` must be below `keys.len()`.
    pub(crate) fn nearest(
        &mut self,
        keys: &[u32],
        own: usize,
        k: usize,
        settle: &impl Uncertainty,
        mut take: impl FnMut(u32, u32),
    ) {
        if k + 1 == keys.len() {
            let others = keys.iter().enumerate().filter(|&(index, _)| index != own);
            others.for_each(|(index, &key)| take(index as u32, key));
            return;
        }
        let (least, most) = settle.around(own, self.limit(keys, own, k)).into_inner();
        let mut taken = self.settle(keys, own, k, least..=most, settle).iter().peekable();
        for (index, &key) in keys.iter().enumerate() {
            if key > most || index == own {
                continue;
            }
            if key < least || taken.next_if(|&&(_, chosen)| chosen == index as u32).is_some() {
                take(index as u32, key);
            }
        }
    }

    /// Those of the keys in `range` that belong to the k smallest, by growing index.
    fn settle(
        &mut self,
        keys: &[u32],
        own: usize,
        k: usize,
        range: RangeInclusive<u32>,
        settle: &impl Uncertainty,
    ) -> &[(f64, u32)] {
        let certain =
            |keys: &[u32]| keys.iter().map(|key| u32::from(key < range.start())).sum::<u32>() as usize;
        let open = k - certain(&keys[..own]) - certain(&keys[own + 1..]);
        let doubtful = keys.iter().enumerate().filter(|&(index, key)| range.contains(key) && index != own);
        self.doubtful.clear();
        if range.start() == range.end() {
            self.doubtful.extend(doubtful.take(open).map(|(index, _)| (0.0, index as u32)));
        } else {
            self.doubtful.extend(doubtful.map(|(index, _)| (settle.exact(own, index), index as u32)));
            self.doubtful.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.doubtful.truncate(open);
            self.doubtful.sort_unstable_by_key(|&(_, index)| index);
        }
        &self.doubtful
    }

    /// The k-th smallest key.
    fn limit(&mut self, keys: &[u32], own: usize, k: usize) -> u32 {
        let (least, most) = keys.iter().fold((u32::MAX, 0), |(lo, hi), &key| (lo.min(key), hi.max(key)));
        // The range [0, most − least] in at most BINS bins of 2^shift keys.
        let shift = (u32::BITS - (most - least).leading_zeros()).saturating_sub(BINS.ilog2());
        self.counts.clear();
        self.counts.resize(BINS, 0);
        for &key in keys {
            self.counts[((key - least) >> shift) as usize & (BINS - 1)] += 1;
        }
        self.counts[((keys[own] - least) >> shift) as usize & (BINS - 1)] -= 1;
        let (mut bin, mut below) = (0, 0);
        while below + (self.counts[bin] as usize) < k {
            below += self.counts[bin] as usize;
            bin += 1;
        }
        let in_bin = |(index, key): (usize, &u32)| {
            (((key - least) >> shift) as usize == bin && index != own).then_some(*key)
        };
        self.candidates.clear();
        self.candidates.extend(keys.iter().enumerate().filter_map(in_bin));
        *self.candidates.select_nth_unstable(k - 1 - below).1
    }
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
        let mut taken = Vec::new();
        let certain = Margin(0, &[]);
        Selection::default().nearest(keys, own, k, &certain, |index, key| taken.push((index, key)));
        taken
    }

    #[test]
    fn what_rounding_leaves_open_is_measured_again() {
        let (keys, truth) = ([0, 11, 10, 12, 50, 9], [0.0, 10.0, 11.0, 9.0, 50.0, 9.0]);
        let mut taken = Vec::new();
        let uncertain = Margin(2, &truth);
        Selection::default().nearest(&keys, 0, 2, &uncertain, |index, _| taken.push(index));
        assert_eq!(taken, [3, 5]);
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
