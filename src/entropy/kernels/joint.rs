//! Joint histograms of byte codes.

/// Streams counted against one at a time: their tables are apart, so that no count waits for the store before it.
const STREAMS: usize = 4;
/// The usual numbers of bins fit a table with rows of this length, whose indices need no check.
const ROW: usize = 32;

/// For every stream of `b`, in order, hands the `bins × bins` counts of (a, b) to `take`, rows a, columns b.
/// All streams are as long as `a`, all codes below `bins`.
pub(crate) fn joint_counts(a: &[u8], b: &[&[u8]], bins: usize, mut take: impl FnMut(&[u32])) {
    let mut counts = vec![0_u32; bins * bins];
    if bins > ROW {
        for stream in b {
            counts.fill(0);
            for (&x, &y) in a.iter().zip(*stream) {
                counts[usize::from(x) * bins + usize::from(y)] += 1;
            }
            take(&counts);
        }
        return;
    }
    for group in b.chunks(STREAMS) {
        let tables = count_group(a, group);
        for table in &tables[..group.len()] {
            for (row, line) in counts.chunks_exact_mut(bins).zip(table) {
                row.copy_from_slice(&line[..bins]);
            }
            take(&counts);
        }
    }
}

type Table = [[u32; ROW]; ROW];

fn count_group(a: &[u8], group: &[&[u8]]) -> [Table; STREAMS] {
    let mut tables = [[[0_u32; ROW]; ROW]; STREAMS];
    if let &[b0, b1, b2, b3] = group {
        let streams = a.iter().zip(b0).zip(b1).zip(b2).zip(b3);
        for ((((&x, &y0), &y1), &y2), &y3) in streams {
            let x = usize::from(x) % ROW;
            tables[0][x][usize::from(y0) % ROW] += 1;
            tables[1][x][usize::from(y1) % ROW] += 1;
            tables[2][x][usize::from(y2) % ROW] += 1;
            tables[3][x][usize::from(y3) % ROW] += 1;
        }
    } else {
        for (table, stream) in tables.iter_mut().zip(group) {
            for (&x, &y) in a.iter().zip(*stream) {
                table[usize::from(x) % ROW][usize::from(y) % ROW] += 1;
            }
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_has_its_own_counts() {
        let a = [0, 1, 1, 2];
        let streams: Vec<Vec<u8>> = (0..6).map(|s| vec![s % 3, 0, 0, 2]).collect();
        let streams: Vec<&[u8]> = streams.iter().map(Vec::as_slice).collect();
        for bins in [3, 32, 33, 200] {
            let mut seen = 0;
            joint_counts(&a, &streams, bins, |counts| {
                let mut expected = vec![0; bins * bins];
                expected[seen % 3] += 1;
                expected[bins] += 2;
                expected[2 * bins + 2] += 1;
                assert_eq!(counts, expected);
                seen += 1;
            });
            assert_eq!(seen, 6);
        }
    }
}
