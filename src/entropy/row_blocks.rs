//! The keys of `pairwise` a block of complete rows at a time, each pair computed once where memory allows.
//! `inter_sample` walks the blocks.

use std::ops::Range;

use super::pairwise::DistanceKeys;

/// Rows of a block, and side of a waiting tile.
const SIDE: usize = 64;
/// Most keys that may wait for their second use: 192 MiB.
const MAX_WAITING: usize = 3 << 24;

/// Blocks of rows from the first to the last.
///
/// Distances are symmetric: what a block computes to the right of its own columns is also the left part of later
/// blocks and waits for them in transposed tiles. N²/4 keys would wait halfway; where that is more than
/// [`MAX_WAITING`], those for which there is no room are computed again when they are needed: at N = 20,000 that
/// is a quarter more work.
pub(crate) struct RowBlocks<'s> {
    source: &'s dyn DistanceKeys,
    n: usize,
    next_row: usize,
    keys: Vec<u32>,
    waiting: Waiting,
}

/// Keys of the rows of a later block (rows) with the rows of an earlier one (columns).
type Tile = [[u32; SIDE]; SIDE];

/// Tiles on their way to later blocks.
struct Waiting {
    tiles: Vec<Tile>,
    /// Most tiles there may be.
    most: usize,
    /// Positions in `tiles` that are not in use.
    free: Vec<usize>,
    /// For each block, the positions of its tiles with the blocks before it, in order; `None` without room.
    of_block: Vec<Vec<Option<usize>>>,
}

impl Waiting {
    fn new(blocks: usize, max_tiles: usize) -> Self {
        // After b of m blocks b (m − b) tiles wait. All at once: WebAssembly's memory grows slowly in small steps.
        let most = ((blocks / 2) * blocks.div_ceil(2)).min(max_tiles);
        Self { tiles: Vec::with_capacity(most), most, free: Vec::new(), of_block: vec![Vec::new(); blocks] }
    }

    /// Copies the tiles of a block into the left part of its rows, and gives the columns that are missing.
    #[inline(never)]
    fn deliver(&mut self, block: usize, keys: &mut [u32], n: usize) -> Vec<Range<usize>> {
        let mut missing: Vec<Range<usize>> = Vec::new();
        for (position, start) in self.of_block[block].drain(..).zip((0..).step_by(SIDE)) {
            let Some(position) = position else {
                match missing.last_mut() {
                    Some(last) if last.end == start => last.end += SIDE,
                    _ => missing.push(start..start + SIDE),
                }
                continue;
            };
            for (line, tile_row) in keys.chunks_exact_mut(n).zip(&self.tiles[position]) {
                line[start..start + SIDE].copy_from_slice(tile_row);
            }
            self.free.push(position);
        }
        missing
    }

    /// Keeps the right part of a block's rows for the blocks after it, as far as there is room: first what is
    /// needed soonest, whose room is then free again.
    #[inline(never)]
    fn keep(&mut self, block: usize, keys: &[u32], n: usize) {
        for (later, positions) in self.of_block.iter_mut().enumerate().skip(block + 1) {
            let position = self.free.pop().or_else(|| {
                (self.tiles.len() < self.most).then(|| {
                    self.tiles.push([[0; SIDE]; SIDE]);
                    self.tiles.len() - 1
                })
            });
            if let Some(position) = position {
                transpose(keys, n, later * SIDE, &mut self.tiles[position]);
            }
            positions.push(position);
        }
    }
}

impl<'s> RowBlocks<'s> {
    /// Of `n` samples.
    pub(crate) fn new(source: &'s dyn DistanceKeys, n: usize) -> Self {
        Self::with_memory(source, n, MAX_WAITING)
    }

    fn with_memory(source: &'s dyn DistanceKeys, n: usize, max_waiting: usize) -> Self {
        let waiting = Waiting::new(n.div_ceil(SIDE), max_waiting / (SIDE * SIDE));
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
        self.source.fill(rows.clone(), rows.start..self.n, keys);
        let block = rows.start / SIDE;
        for columns in self.waiting.deliver(block, keys, self.n) {
            self.source.fill(rows.clone(), columns, keys);
        }
        self.waiting.keep(block, keys, self.n);
        Some((rows, keys))
    }
}

/// The columns from `start` on of a full block, transposed; where a last block has fewer, the rest stays as it was.
#[inline(never)]
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

    fn all(source: &dyn DistanceKeys, n: usize, max_waiting: usize) -> Vec<u32> {
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
        for n in [1, 31, 32, 33, 64, 100, 200] {
            let samples: Vec<f32> = (0..n * 7).map(|i| (i * 97 % 251) as f32).collect();
            let integer = IntegerGram::new(&samples, n, 7).unwrap();
            let float = FloatGram::new(&samples, n, 7);
            let wrapped = ByteWrapped::new(&samples, 7).unwrap();
            for source in [&integer as &dyn DistanceKeys, &float, &wrapped] {
                let without_room = all(source, n, 0);
                assert_eq!(all(source, n, usize::MAX), without_room);
                assert_eq!(all(source, n, 3 * SIDE * SIDE), without_room, "room for three tiles");
            }
        }
    }
}
