//! Joint histograms of the byte codes of two layers.
//!
//! The codes of the second layer lie pair by pair, so that one code of the first is read for eight increments, each
//! in a table of its own. The tables are of 16 bits and stay in the first cache.

use std::array;

/// Channels counted together.
const LANES: usize = 8;
/// The usual numbers of bins fit tables with rows of this length, whose indices need no check.
const ROW: usize = 32;
/// A count of 16 bits is full after this many pairs.
const FULL: usize = u16::MAX as usize;
/// Pairs turned from channel by channel to pair by pair together: they stay in the cache for all channels.
const PIECE: usize = 512;

/// The codes of a layer's channels, in the order that counting reads them in.
pub(crate) enum LaneCodes<'a> {
    /// `[groups, pairs, 8]`, every code below [`ROW`]; the last group is filled with zeros.
    Rows { channels: usize, pairs: usize, rows: Vec<[u8; LANES]> },
    /// `[C, pairs]`: there are too many bins for small tables.
    Channels { pairs: usize, codes: &'a [u8] },
}

impl<'a> LaneCodes<'a> {
    /// From `[C, pairs]`, all codes below `bins`.
    pub(crate) fn new(codes: &'a [u8], pairs: usize, bins: usize) -> Self {
        if bins > ROW {
            return Self::Channels { pairs, codes };
        }
        let channels = codes.len() / pairs;
        let mut rows = vec![[0; LANES]; channels.div_ceil(LANES) * pairs];
        for (group, rows) in codes.chunks(LANES * pairs).zip(rows.chunks_exact_mut(pairs)) {
            for start in (0..pairs).step_by(PIECE) {
                let piece = start..pairs.min(start + PIECE);
                for (lane, channel) in group.chunks_exact(pairs).enumerate() {
                    for (row, &code) in rows[piece.clone()].iter_mut().zip(&channel[piece.clone()]) {
                        // What `count_rows` relies on.
                        row[lane] = code % ROW as u8;
                    }
                }
            }
        }
        Self::Rows { channels, pairs, rows }
    }
}

/// Joint counts of two channels in rows of the first channel's codes; what is beyond the bins is zero.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JointCounts<'a> {
    /// More bins than there may be.
    Short(&'a [[u16; ROW]; ROW]),
    /// `bins × bins`.
    Long(&'a [u32]),
}

/// For every channel of `b`, in order, hands the counts of (a, b) to `take`.
/// There are as many codes in `a` as pairs in `b`, and all are below `bins`.
pub(crate) fn joint_counts(a: &[u8], b: &LaneCodes<'_>, bins: usize, mut take: impl FnMut(JointCounts<'_>)) {
    let mut counts = vec![0_u32; bins * bins];
    match b {
        LaneCodes::Channels { pairs, codes } => {
            for channel in codes.chunks_exact(*pairs) {
                counts.fill(0);
                for (&x, &y) in a.iter().zip(channel) {
                    counts[usize::from(x) * bins + usize::from(y)] += 1;
                }
                take(JointCounts::Long(&counts));
            }
        }
        LaneCodes::Rows { channels, pairs, rows } => {
            let mut tables = Box::new([EMPTY; LANES]);
            for (group, rows) in rows.chunks_exact(*pairs).enumerate() {
                let used = LANES.min(channels - group * LANES);
                if *pairs <= FULL {
                    count_rows(a, rows, &mut tables);
                    tables[..used].iter().for_each(|table| take(JointCounts::Short(table)));
                    tables.fill(EMPTY);
                    continue;
                }
                let mut sums: [Vec<u32>; LANES] = array::from_fn(|_| vec![0; bins * bins]);
                for (a, rows) in a.chunks(FULL).zip(rows.chunks(FULL)) {
                    count_rows(a, rows, &mut tables);
                    for (sums, table) in sums.iter_mut().zip(tables.iter_mut()) {
                        drain(table, bins, sums);
                    }
                }
                sums[..used].iter().for_each(|sums| take(JointCounts::Long(sums)));
            }
        }
    }
}

type Table = [[u16; ROW]; ROW];
const EMPTY: Table = [[0; ROW]; ROW];

/// Counts at most [`FULL`] pairs.
#[inline]
fn count_rows(a: &[u8], rows: &[[u8; LANES]], tables: &mut [Table; LANES]) {
    const TABLE: usize = ROW * ROW;
    let start = tables.as_mut_ptr().cast::<u16>();
    for (&x, row) in a.iter().zip(rows) {
        let &[y0, y1, y2, y3, y4, y5, y6, y7] = row;
        // SAFETY: x is taken modulo ROW and `LaneCodes` keeps codes below ROW, so that lane·TABLE + x·ROW + y lies
        // within the tables, which are one piece of LANES·TABLE counts.
        unsafe {
            let line = start.add(usize::from(x) % ROW * ROW);
            *line.add(usize::from(y0)) += 1;
            *line.add(TABLE + usize::from(y1)) += 1;
            *line.add(2 * TABLE + usize::from(y2)) += 1;
            *line.add(3 * TABLE + usize::from(y3)) += 1;
            *line.add(4 * TABLE + usize::from(y4)) += 1;
            *line.add(5 * TABLE + usize::from(y5)) += 1;
            *line.add(6 * TABLE + usize::from(y6)) += 1;
            *line.add(7 * TABLE + usize::from(y7)) += 1;
        }
    }
}

/// Adds a table to `sums` (`bins × bins`) and empties it.
fn drain(table: &mut Table, bins: usize, sums: &mut [u32]) {
    for (sums, line) in sums.chunks_exact_mut(bins).zip(table.iter()) {
        for (sum, &count) in sums.iter_mut().zip(line) {
            *sum += u32::from(count);
        }
    }
    *table = EMPTY;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(a: &[u8], b: &[u8], bins: usize) -> Vec<Vec<u32>> {
        let mut all = Vec::new();
        joint_counts(a, &LaneCodes::new(b, a.len(), bins), bins, |counts| {
            all.push(match counts {
                JointCounts::Long(counts) => counts.to_vec(),
                JointCounts::Short(counts) => counts[..bins]
                    .iter()
                    .flat_map(|row| row[..bins].iter().map(|&count| u32::from(count)))
                    .collect(),
            });
        });
        all
    }

    #[test]
    fn every_channel_has_its_own_counts() {
        let channels = LANES + 3;
        // Once more pairs than 16 bits count, nearly all in one cell; the last group is not full.
        for pairs in [5000, FULL + 3000] {
            for bins in [1, 3, 32, 33, 200] {
                let code = |pair: usize, channel: usize| {
                    if pair.is_multiple_of(40) { (pair * (channel + 3) % 211 % bins) as u8 } else { 0 }
                };
                let a: Vec<u8> = (0..pairs).map(|pair| code(pair, 40)).collect();
                let b: Vec<u8> = (0..channels * pairs).map(|at| code(at % pairs, at / pairs)).collect();
                let expected = |b: &[u8]| {
                    let mut counts = vec![0; bins * bins];
                    for (&x, &y) in a.iter().zip(b) {
                        counts[usize::from(x) * bins + usize::from(y)] += 1;
                    }
                    counts
                };
                let expected: Vec<_> = b.chunks(pairs).map(expected).collect();
                assert!(counted(&a, &b, bins) == expected, "{pairs} pairs, {bins} bins");
            }
        }
    }
}
