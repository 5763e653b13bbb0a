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

/// For every channel of `b`, in order, hands the `bins × bins` counts of (a, b) to `take`, rows a, columns b.
/// There are as many codes in `a` as pairs in `b`, and all are below `bins`.
pub(crate) fn joint_counts(a: &[u8], b: &LaneCodes<'_>, bins: usize, mut take: impl FnMut(&[u32])) {
    let mut counts = vec![0_u32; bins * bins];
    match b {
        LaneCodes::Channels { pairs, codes } => {
            for channel in codes.chunks_exact(*pairs) {
                counts.fill(0);
                for (&x, &y) in a.iter().zip(channel) {
                    counts[usize::from(x) * bins + usize::from(y)] += 1;
                }
                take(&counts);
            }
        }
        LaneCodes::Rows { channels, pairs, rows } => {
            let mut tables = Box::new([EMPTY; LANES]);
            for (group, rows) in rows.chunks_exact(*pairs).enumerate() {
                let mut sums: [Vec<u32>; LANES] = array::from_fn(|_| vec![0; bins * bins]);
                for (a, rows) in a.chunks(FULL).zip(rows.chunks(FULL)) {
                    count_rows(a, rows, &mut tables);
                    for (sums, table) in sums.iter_mut().zip(tables.iter_mut()) {
                        drain(table, bins, sums);
                    }
                }
                sums[..LANES.min(channels - group * LANES)].iter().for_each(|sums| take(sums));
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

    #[test]
    fn every_channel_has_its_own_counts() {
        // More pairs than 16 bits count, nearly all in one cell, and a last group that is not full.
        let (pairs, channels) = (FULL + 3000, LANES + 3);
        for bins in [1, 3, 32, 33, 200] {
            let code = |pair: usize, channel: usize| {
                if pair % 40 == 0 { (pair * (channel + 3) % 211 % bins) as u8 } else { 0 }
            };
            let a: Vec<u8> = (0..pairs).map(|pair| code(pair, 40)).collect();
            let b: Vec<u8> = (0..channels * pairs).map(|at| code(at % pairs, at / pairs)).collect();
            let mut channel = 0;
            joint_counts(&a, &LaneCodes::new(&b, pairs, bins), bins, |counts| {
                let mut expected = vec![0; bins * bins];
                for (&x, &y) in a.iter().zip(&b[channel * pairs..]) {
                    expected[usize::from(x) * bins + usize::from(y)] += 1;
                }
                assert!(counts == expected, "{bins} bins, channel {channel}");
                channel += 1;
            });
            assert_eq!(channel, channels);
        }
    }
}
