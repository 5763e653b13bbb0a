//! The k nearest neighbours of a sample without sorting: two histogram levels over the keys of `pairwise`.
//! Ties at the k-th neighbour go to the smaller index. `inter_sample` reads the result.

/// Bins of the first level.
const BINS: usize = 2048;

/// A selection with its working memory, reused from row to row.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    counts: Vec<u32>,
    candidates: Vec<u32>,
}

impl Selection {
    /// Calls `take(index, key)` for the `k` smallest of `keys` but `keys[own]`, by growing index.
    /// `k` must be below `keys.len()`.
    pub(crate) fn nearest(&mut self, keys: &[u32], own: usize, k: usize, mut take: impl FnMut(u32, u32)) {
        let (limit, mut ties) = self.limit(keys, own, k);
        for (index, &key) in keys.iter().enumerate() {
            if key < limit && index != own {
                take(index as u32, key);
            } else if key == limit && ties > 0 && index != own {
                ties -= 1;
                take(index as u32, key);
            }
        }
    }

    /// The k-th smallest key and how many keys equal to it belong to the k smallest.
    fn limit(&mut self, keys: &[u32], own: usize, k: usize) -> (u32, usize) {
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
        while below + self.counts[bin] as usize <= k - 1 {
            below += self.counts[bin] as usize;
            bin += 1;
        }
        self.candidates.clear();
        let in_bin = |(index, key): (usize, &u32)| {
            (((key - least) >> shift) as usize == bin && index != own).then_some(*key)
        };
        self.candidates.extend(keys.iter().enumerate().filter_map(in_bin));
        let (_, &mut limit, _) = self.candidates.select_nth_unstable(k - 1 - below);
        let smaller = self.candidates.iter().filter(|&&key| key < limit).count();
        (limit, k - below - smaller)
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

    fn nearest(keys: &[u32], own: usize, k: usize) -> Vec<(u32, u32)> {
        let mut taken = Vec::new();
        Selection::default().nearest(keys, own, k, |index, key| taken.push((index, key)));
        taken
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
