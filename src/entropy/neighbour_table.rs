//! The table of p_{j|i}: N samples × k neighbours, and the entropy of its symmetric form (paper Eq. 6 and 7).
//! Filled row by row by `inter_sample`; the full N × N table is never built.

use super::kernels::sum_times_log2;
use super::sigma::Weight;

/// Neighbour weights of every sample; each row by growing neighbour index.
#[derive(Debug)]
pub(crate) struct NeighbourTable<D> {
    k: usize,
    neighbours: Vec<u32>,
    weights: Vec<D>,
    sigmas: Vec<f64>,
}

/// What the symmetric table amounts to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TableEntropy {
    /// H in bits.
    pub(crate) bits: f64,
    /// Ordered pairs with a weight above zero.
    pub(crate) states: u64,
}

/// Σ q and Σ q log2 q over unordered pairs, q = p_{j|i} + p_{i|j}.
struct PairSums {
    weight: f64,
    weight_log2: f64,
    pairs: u64,
    /// Weights above zero that are not in the sums yet: logarithms are taken many at a time.
    waiting: [f64; WAITING],
    n_waiting: usize,
}

/// Weights whose logarithms are taken together.
const WAITING: usize = 256;

impl PairSums {
    fn new() -> Self {
        Self { weight: 0.0, weight_log2: 0.0, pairs: 0, waiting: [0.0; WAITING], n_waiting: 0 }
    }

    #[inline]
    fn add(&mut self, weight: f64) {
        // Written always, kept or overwritten: no jump but that of a full buffer.
        self.waiting[self.n_waiting % WAITING] = weight;
        self.n_waiting += usize::from(weight > 0.0);
        if self.n_waiting == WAITING {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let weights = &self.waiting[..self.n_waiting];
        // Four sums side by side, so that no addition waits for the one before.
        let (fours, rest) = weights.as_chunks::<4>();
        let sums = fours.iter().fold([0.0; 4], |[a, b, c, d], w| [a + w[0], b + w[1], c + w[2], d + w[3]]);
        self.weight += sums.iter().chain(rest).sum::<f64>();
        self.weight_log2 += sum_times_log2(weights);
        self.pairs += self.n_waiting as u64;
        self.n_waiting = 0;
    }
}

impl<D: Weight> NeighbourTable<D> {
    /// An empty table for `n` rows of `k` neighbours.
    pub(crate) fn new(n: usize, k: usize) -> Self {
        Self {
            k,
            neighbours: Vec::with_capacity(n * k),
            weights: Vec::with_capacity(n * k),
            sigmas: Vec::with_capacity(n),
        }
    }

    /// Adds a row: its k neighbours by growing index, their distances, which `weigh` turns into weights, giving σ.
    pub(crate) fn push_row(
        &mut self,
        neighbours: &[u32],
        distances: &[D],
        weigh: impl FnOnce(&mut [D]) -> f64,
    ) {
        let start = self.weights.len();
        self.neighbours.extend_from_slice(neighbours);
        self.weights.extend_from_slice(distances);
        self.sigmas.push(weigh(&mut self.weights[start..]));
    }

    /// σ of every sample; 0 marks the limit case.
    pub(crate) fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }

    /// H = −Σ P log2 P over ordered pairs, P_ij = (p_{j|i} + p_{i|j}) / 2N normalised to sum 1.
    ///
    /// Rows are walked in order with a cursor into every other row, which moves only forward: a pair is met once.
    #[inline(never)]
    pub(crate) fn entropy(&self) -> TableEntropy {
        let n = self.sigmas.len();
        let mut sums = PairSums::new();
        let mut cursors: Vec<usize> = (0..n).map(|row| row * self.k).collect();
        for i in 0..n {
            let end = (i + 1) * self.k;
            // What is left of row i before column i are neighbours that do not have i as theirs.
            let mut at = self.add_alone(&mut sums, cursors[i], end, i);
            while at < end {
                let j = self.neighbours[at] as usize;
                let mut weight = self.weights[at].to_f64();
                let cursor = self.add_alone(&mut sums, cursors[j], (j + 1) * self.k, i);
                cursors[j] = cursor;
                if cursor < (j + 1) * self.k && self.neighbours[cursor] as usize == i {
                    weight += self.weights[cursor].to_f64();
                    cursors[j] += 1;
                }
                sums.add(weight);
                at += 1;
            }
        }
        sums.settle();
        // Each pair stands twice in the table, whose total is 2 Σ q.
        let bits = (2.0 * sums.weight).log2() - sums.weight_log2 / sums.weight;
        TableEntropy { bits, states: 2 * sums.pairs }
    }

    /// Adds the entries from `at` on whose column lies before `column`, each alone; returns where it stopped.
    #[inline]
    fn add_alone(&self, sums: &mut PairSums, mut at: usize, end: usize, column: usize) -> usize {
        while at < end && (self.neighbours[at] as usize) < column {
            sums.add(self.weights[at].to_f64());
            at += 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(k: usize, rows: &[&[(u32, f64)]]) -> NeighbourTable<f64> {
        let mut table = NeighbourTable::new(rows.len(), k);
        for row in rows {
            let (neighbours, weights): (Vec<u32>, Vec<f64>) = row.iter().copied().unzip();
            table.push_row(&neighbours, &weights, |_| 1.0);
        }
        table
    }

    #[test]
    fn two_samples_have_one_bit() {
        let entropy = table(1, &[&[(1, 1.0)], &[(0, 1.0)]]).entropy();
        assert_eq!(entropy, TableEntropy { bits: 1.0, states: 2 });
    }

    #[test]
    fn a_ring_counts_every_pair_once() {
        // 0 → 1 → 2 → 0: three pairs of one weight each, six ordered pairs.
        let entropy = table(1, &[&[(1, 1.0)], &[(2, 1.0)], &[(0, 1.0)]]).entropy();
        assert_eq!(entropy.states, 6);
        assert!((entropy.bits - 6.0_f64.log2()).abs() < 1e-14);
    }

    #[test]
    fn mutual_and_one_sided_pairs_agree_with_the_full_table() {
        let rows: [&[(u32, f64)]; 5] = [
            &[(1, 0.5), (4, 0.3)],
            &[(0, 0.1), (2, 0.9)],
            &[(0, 0.7), (3, 0.2)],
            &[(1, 0.4), (2, 0.6)],
            &[(2, 0.8), (3, 0.0)],
        ];
        let mut full = [[0.0_f64; 5]; 5];
        for (i, row) in rows.iter().enumerate() {
            for &(j, weight) in *row {
                full[i][j as usize] += weight;
                full[j as usize][i] += weight;
            }
        }
        let flat: Vec<f64> = full.into_iter().flatten().collect();
        let entropy = table(2, &rows).entropy();
        assert!((entropy.bits - crate::entropy::histogram::shannon(&flat).unwrap()).abs() < 1e-14);
        assert_eq!(entropy.states, flat.iter().filter(|&&weight| weight > 0.0).count() as u64);
    }
}
