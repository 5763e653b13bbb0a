//! The keys of `pairwise` a block of complete rows at a time, each pair computed once where memory allows.
//! `inter_sample` walks the blocks.

use std::ops::Range;

use super::pairwise::DistanceKeys;

/// Rows of a block, and side of a waiting tile.
const SIDE: usize = 32;
/// Most keys that may wait for their second use: 256 MiB.
const MAX_WAITING: usize = 1 << 26;

/// Blocks of rows from the first to the last.
///
/// Distances are symmetric: what a block computes to the right of its own columns is also the left part of later
/// blocks and waits for them in transposed tiles. At most N²/4 keys wait at a time, halfway; with more than
/// [`MAX_WAITING`] every block is computed in full instead.
pub(crate) struct RowBlocks<'s, S> {
    source: &'s S,
    n: usize,
    next_row: usize,
    keys: Vec<u32>,
    /// `None` where every block is computed in full.
    waiting: Option<Waiting>,
}

/// Keys of the rows of a later block (rows) with the rows of an earlier one (columns).
type Tile = [[u32; SIDE]; SIDE];

/// Tiles on their way to later blocks.
struct Waiting {
    tiles: Vec<Tile>,
    /// Positions in `tiles` that are not in use.
    free: Vec<usize>,
    /// For each block, the positions of its tiles with the blocks before it, in order.
    of_block: Vec<Vec<usize>>,
}

impl Waiting {
    fn new(blocks: usize) -> Self {
        // After b of m blocks b (m − b) tiles wait. All at once: WebAssembly's memory grows slowly in small steps.
        let most = (blocks / 2) * blocks.div_ceil(2);
        Self { tiles: Vec::with_capacity(most), free: Vec::new(), of_block: vec![Vec::new(); blocks] }
    }

    /// Copies the tiles of a block into the left part of its rows.
    fn deliver(&mut self, block: usize, keys: &mut [u32], n: usize) {
        for (position, start) in self.of_block[block].drain(..).zip((0..).step_by(SIDE)) {
            for (line, tile_row) in keys.chunks_exact_mut(n).zip(&self.tiles[position]) {
                line[start..start + SIDE].copy_from_slice(tile_row);
            }
            self.free.push(position);
        }
    }

    /// Keeps the right part of a block's rows for the blocks after it.
    fn keep(&mut self, block: usize, keys: &[u32], n: usize) {
        for (later, positions) in self.of_block.iter_mut().enumerate().skip(block + 1) {
            let position = self.free.pop().unwrap_or_else(|| {
                self.tiles.push([[0; SIDE]; SIDE]);
                self.tiles.len() - 1
            });
            transpose(keys, n, later * SIDE, &mut self.tiles[position]);
            positions.push(position);
        }
    }
}

impl<'s, S: DistanceKeys> RowBlocks<'s, S> {
    /// Of `n` samples.
    pub(crate) fn new(source: &'s S, n: usize) -> Self {
        Self::with_memory(source, n, MAX_WAITING)
    }

    fn with_memory(source: &'s S, n: usize, max_waiting: usize) -> Self {
        let waiting = (n / 2 * (n / 2) <= max_waiting).then(|| Waiting::new(n.div_ceil(SIDE)));
        Self { source, n, next_row: 0, keys: vec![0; SIDE.min(n) * n], waiting }
    }

    /// The next rows and their keys, `rows × N`; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<(Range<usize>, &[u32])> {
        let rows = self.next_row..self.n.min(self.next_row + SIDE);
        if rows.is_empty() {
            return None;
        }
        self.next_row = rows.end;
        let keys = &mut self.keys[..rows.len() * self.n];
        let Some(waiting) = &mut self.waiting else {
            self.source.fill(rows.clone(), 0, keys);
            return Some((rows, keys));
        };
        self.source.fill(rows.clone(), rows.start, keys);
        let block = rows.start / SIDE;
        waiting.deliver(block, keys, self.n);
        waiting.keep(block, keys, self.n);
        Some((rows, keys))
    }
}

/// The columns from `start` on of a full block, transposed; where a last block has fewer, the rest stays as it was.
fn transpose(keys: &[u32], n: usize, start: usize, tile: &mut Tile) {
    for (column, line) in keys.chunks_exact(n).enumerate() {
        for (row, &key) in tile.iter_mut().zip(&line[start..n.min(start + SIDE)]) {
            row[column] = key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::pairwise::{ByteWrapped, FloatGram, IntegerGram};

    fn all(source: &impl DistanceKeys, n: usize, max_waiting: usize) -> Vec<u32> {
        let mut blocks = RowBlocks::with_memory(source, n, max_waiting);
        let mut keys = Vec::new();
        while let Some((rows, block)) = blocks.next() {
            assert_eq!(block.len(), rows.len() * n);
            keys.extend_from_slice(block);
        }
        keys
    }

    #[test]
    fn waiting_tiles_give_the_same_keys_as_computing_everything() {
        for n in [1, 31, 32, 33, 64, 100] {
            let samples: Vec<f32> = (0..n * 7).map(|i| (i * 97 % 251) as f32).collect();
            let integer = IntegerGram::new(&samples, n, 7).unwrap();
            assert_eq!(all(&integer, n, usize::MAX), all(&integer, n, 0));
            let float = FloatGram::new(&samples, n, 7);
            assert_eq!(all(&float, n, usize::MAX), all(&float, n, 0));
            let wrapped = ByteWrapped::new(&samples, 7).unwrap();
            assert_eq!(all(&wrapped, n, usize::MAX), all(&wrapped, n, 0));
        }
    }
}
