//! Shannon entropy of counts. Counts come from bins and confusion matrices; every binned measure reads it.

/// Entropy in bits of the distribution `counts / Σ counts`, H = −Σ p log2 p with 0·log 0 = 0;
/// `None` when all counts are zero.
///
/// This is the plug-in estimate: it is biased low by about (occupied bins − 1) / (2 n ln 2) bits (Miller–Madow).
pub fn shannon(counts: &[f64]) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let bits: f64 = counts
        .iter()
        .filter(|&&count| count > 0.0)
        .map(|&count| {
            let p = count / total;
            -p * p.log2()
        })
        .sum();
    // A single occupied bin gives −1·log2 1 = −0.0.
    Some(bits.abs())
}

/// An entropy and the number of occupied bins behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occupied {
    /// Plug-in entropy.
    pub bits: f64,
    /// Bins with a count.
    pub bins: usize,
}

/// Entropies of many histograms with the same total n: H = Σ c (log2 n − log2 c) / n, with the terms tabulated.
/// No term is negative, so nothing cancels and a single occupied bin gives exactly 0.
#[derive(Clone, Debug)]
pub struct CountEntropy {
    total: f64,
    log2_total: f64,
    /// `c (log2 n − log2 c)` for `c` below the table's length.
    terms: Vec<f64>,
}

impl CountEntropy {
    /// The longest table, 512 KiB; larger counts are rare and computed.
    const MAX_TABLE: usize = 1 << 16;

    /// For histograms whose counts add up to `total`, at least 1.
    pub fn new(total: usize) -> Self {
        let len = total.saturating_add(1).min(Self::MAX_TABLE);
        let mut entropy = Self { total: total as f64, log2_total: (total as f64).log2(), terms: Vec::new() };
        entropy.terms = (0..len).map(|count| entropy.term(count as f64)).collect();
        entropy
    }

    /// Entropy in bits of one histogram.
    pub fn bits(&self, counts: &[u32]) -> f64 {
        self.occupied(counts, 1).bits
    }

    /// Entropy of one histogram in rows of this length, and how many of its bins are occupied.
    ///
    /// Every fourth row is added up by itself, so that an addition need not wait for the one before it. A histogram
    /// has the same sum, to the last bit, as a joint histogram that has the same counts on its diagonal.
    pub fn occupied<C: Copy + Into<u32>>(&self, counts: &[C], row: usize) -> Occupied {
        let (mut sums, mut bins) = ([0.0; 4], 0);
        let mut add = |sum: &mut f64, count: C| {
            let count: u32 = count.into();
            bins += usize::from(count > 0);
            *sum += match self.terms.get(count as usize) {
                Some(&term) => term,
                None => self.term(f64::from(count)),
            };
        };
        let mut fours = counts.chunks_exact(4 * row);
        for rows in &mut fours {
            let ((a, b), (c, d)) = (rows[..2 * row].split_at(row), rows[2 * row..].split_at(row));
            for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
                let [sum_a, sum_b, sum_c, sum_d] = &mut sums;
                add(sum_a, a);
                add(sum_b, b);
                add(sum_c, c);
                add(sum_d, d);
            }
        }
        for (sum, row) in sums.iter_mut().zip(fours.remainder().chunks(row)) {
            for &count in row {
                add(sum, count);
            }
        }
        let [a, b, c, d] = sums;
        Occupied { bits: ((a + b) + (c + d)) / self.total, bins }
    }

    fn term(&self, count: f64) -> f64 {
        if count > 0.0 { count * (self.log2_total - count.log2()) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fair_coin_has_one_bit() {
        assert_eq!(shannon(&[3.0, 3.0]), Some(1.0));
        assert_eq!(CountEntropy::new(6).bits(&[3, 3]), 1.0);
    }

    #[test]
    fn a_certain_outcome_has_none() {
        assert_eq!(shannon(&[0.0, 7.0]).map(f64::to_bits), Some(0.0_f64.to_bits()));
        assert_eq!(CountEntropy::new(7).bits(&[0, 7]), 0.0);
    }

    #[test]
    fn no_counts_have_no_entropy() {
        assert_eq!(shannon(&[]), None);
        assert_eq!(shannon(&[0.0, 0.0]), None);
    }

    #[test]
    fn thirty_two_equal_bins_have_five_bits() {
        assert!((CountEntropy::new(32 * 5000).bits(&[5000; 32]) - 5.0).abs() < 1e-14);
        assert_eq!(CountEntropy::new(32).bits(&[1; 32]), 5.0);
    }

    #[test]
    fn a_diagonal_has_the_sum_of_its_counts_to_the_last_bit() {
        for bins in [1, 3, 4, 7, 32] {
            let counts: Vec<u32> = (0..bins as u32).map(|bin| bin * bin + 1).collect();
            let entropy = CountEntropy::new(counts.iter().sum::<u32>() as usize);
            let mut joint = vec![0_u16; 32 * 32];
            for (bin, &count) in counts.iter().enumerate() {
                joint[bin * 33] = count as u16;
            }
            let (alone, diagonal) = (entropy.occupied(&counts, 1), entropy.occupied(&joint, 32));
            assert_eq!((alone.bits.to_bits(), alone.bins), (diagonal.bits.to_bits(), diagonal.bins));
        }
    }

    #[test]
    fn counts_beyond_the_table_are_computed() {
        let (a, b) = (100_000_u32, 300_000_u32);
        let expected = shannon(&[f64::from(a), f64::from(b)]).unwrap();
        assert!((CountEntropy::new(400_000).bits(&[a, b]) - expected).abs() < 1e-12);
    }
}
