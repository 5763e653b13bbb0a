//! Distance codes of all pairs of a channel's maps from a Gram matrix, a third of the work of explicit differences.
//!
//! Single precision leaves a distance uncertain by a known amount; where an edge of a bin lies within it, and for the
//! ends of the range, the distance is measured again to all digits. So the codes are those of exact distances.
//! Called by `codes` for schedules of all pairs and by `layer_distances`; sampled pairs are too few for a Gram matrix.

use std::borrow::Cow;

use super::bins::BinRange;
use super::kernels::{BLOCK, Scale, block_codes, least_positive, min_max, square_roots};
use super::neighbours::Uncertainty;
use super::pairs::PairSchedule;
use super::pairwise::{DistanceKeys, FloatGram};

/// Rows of the Gram matrix at a time.
const ROWS: usize = 32;
/// Distances whose smallest and largest are found together.
const STRETCH: usize = 4096;
/// Below this number of images or values of a map, explicit differences are as fast.
const FEW: usize = 32;
/// A block of distances less certain than this share of a bin is measured again as a whole; in others, only those
/// too near an edge are.
const UNCERTAIN: f32 = 0.1;

/// Whether a Gram matrix is worth its trouble.
pub(crate) fn is_worth_it(schedule: &PairSchedule, positions: usize) -> bool {
    let n = schedule.images();
    schedule.is_all() && n >= FEW && positions >= FEW
}

/// Appends the codes of the schedule's pairs, all pairs of the channel's maps `[X, positions]`.
pub(crate) fn append_codes_of_all(
    channel: &[f32],
    positions: usize,
    schedule: &PairSchedule,
    bins: usize,
    codes: &mut Vec<u8>,
) {
    let maps = in_order(channel, positions, schedule);
    AllPairs::measure(&maps, schedule.images(), positions).append_codes(bins, codes);
}

/// Which two images a place in the list of all pairs stands for: (0,1), (0,2) … (1,2) …; asked in growing order.
struct Place {
    n: usize,
    first: usize,
    /// Places of the pairs that begin with `first`.
    start: usize,
    end: usize,
}

impl Place {
    fn first(n: usize) -> Self {
        Self { n, first: 0, start: 0, end: n - 1 }
    }

    fn pair(&mut self, at: usize) -> (usize, usize) {
        while at >= self.end {
            self.first += 1;
            self.start = self.end;
            self.end += self.n - 1 - self.first;
        }
        (self.first, self.first + 1 + at - self.start)
    }
}

/// The maps in the schedule's order.
fn in_order<'a>(channel: &'a [f32], positions: usize, schedule: &PairSchedule) -> Cow<'a, [f32]> {
    if schedule.order().is_sorted() {
        return Cow::Borrowed(channel);
    }
    let map = |&image: &u32| &channel[image as usize * positions..(image as usize + 1) * positions];
    Cow::Owned(schedule.order().iter().flat_map(map).copied().collect())
}

/// Squared distances of all pairs of some samples, and what measures those again that must be certain.
pub(crate) struct AllPairs<'a> {
    n: usize,
    source: FloatGram<'a>,
    /// Of the pairs (0,1), (0,2) … in the source's scale.
    squared: Vec<f32>,
}

impl<'a> AllPairs<'a> {
    /// Of `samples`, `[n, dimension]`, all finite.
    pub(crate) fn measure(samples: &'a [f32], n: usize, dimension: usize) -> Self {
        let source = FloatGram::new(samples, n, dimension);
        let mut squared = Vec::with_capacity(n * (n - 1) / 2);
        let mut keys = vec![0; ROWS * n];
        for start in (0..n).step_by(ROWS) {
            let rows = start..n.min(start + ROWS);
            source.fill(rows.clone(), start..n, &mut keys[..rows.len() * n]);
            for (i, line) in rows.zip(keys.chunks_exact(n)) {
                squared.extend_from_slice(bytemuck::cast_slice(&line[i + 1..]));
            }
        }
        Self { n, source, squared }
    }

    /// What knows how certain they are.
    pub(crate) fn source(&self) -> &FloatGram<'a> {
        &self.source
    }

    /// Of the pairs (0,1), (0,2) … in the source's scale.
    pub(crate) fn squared(&self) -> &[f32] {
        &self.squared
    }

    /// Appends the codes of the distances over their range.
    pub(crate) fn append_codes(&self, bins: usize, codes: &mut Vec<u8>) {
        let (lo, hi) = self.range();
        let range = BinRange::new(lo, hi, bins);
        let scale = self.scale(lo, hi, bins);
        let mut place = Place::first(self.n);
        let mut exact = |at: usize| {
            let (i, j) = place.pair(at);
            range.index(self.distance(i, j)) as u8
        };
        let first = codes.len();
        codes.resize(first + self.squared.len(), 0);
        let (blocks, rest) = codes[first..].as_chunks_mut::<BLOCK>();
        let squared = self.squared.as_chunks::<BLOCK>().0;
        for (block, (codes, squared)) in blocks.iter_mut().zip(squared).enumerate() {
            let doubtful = scale.map_or(Some([true; BLOCK]), |scale| self.code(squared, scale, codes));
            for (lane, _) in doubtful.iter().flatten().enumerate().filter(|(_, doubtful)| **doubtful) {
                codes[lane] = exact(block * BLOCK + lane);
            }
        }
        let done = self.squared.len() - rest.len();
        for (at, code) in (done..).zip(rest) {
            *code = exact(at);
        }
    }

    fn distance(&self, i: usize, j: usize) -> f64 {
        self.source.exact(i, j).sqrt()
    }

    /// Smallest and largest distance to all digits.
    fn range(&self) -> (f64, f64) {
        let squared = &self.squared;
        let extents: Vec<(f32, f32)> =
            squared.chunks(STRETCH).map(|stretch| min_max(stretch).unwrap_or((0.0, f32::INFINITY))).collect();
        let fold = |(lo, hi): (f32, f32), &(least, most): &(f32, f32)| {
            (if least < lo { least } else { lo }, if most > hi { most } else { hi })
        };
        let (least, most) = extents.iter().fold((f32::INFINITY, 0.0), fold);
        let doubt = 2.0 * self.source.uncertainty();
        // Zero is never rounded: equal maps are found by their differences.
        let (near_least, near_most) = (if least == 0.0 { -1.0 } else { least + doubt }, most - doubt);
        let is_near = |least: f32, most: f32| least <= near_least || most >= near_most;
        let (mut lo, mut hi) = (if least == 0.0 { 0.0 } else { f64::INFINITY }, 0.0);
        let mut place = Place::first(self.n);
        for (stretch, (squared, &(least, most))) in squared.chunks(STRETCH).zip(&extents).enumerate() {
            if !is_near(least, most) {
                continue;
            }
            for (at, &squared) in (stretch * STRETCH..).zip(squared) {
                if is_near(squared, squared) {
                    let (i, j) = place.pair(at);
                    let distance = self.distance(i, j);
                    lo = if distance < lo { distance } else { lo };
                    hi = if distance > hi { distance } else { hi };
                }
            }
        }
        (lo, hi)
    }

    /// The bins in single precision; `None` where it cannot carry them.
    fn scale(&self, lo: f64, hi: f64, bins: usize) -> Option<Scale> {
        let (lo, hi) = (lo * self.source.scale(), hi * self.source.scale());
        let factor = (bins as f64 / (hi - lo)) as f32;
        // Rounding of the ends, the root and the position, with room.
        let edge = 1e-4 + 4.0 * f32::EPSILON * hi as f32 * factor;
        let sound = hi > lo && factor.is_normal() && edge < UNCERTAIN;
        sound.then_some(Scale { lo: lo as f32, factor, top: bins as f32, edge })
    }

    /// The codes of a block of squared distances, and which of them must be measured again, if any.
    fn code(&self, squared: &[f32; BLOCK], scale: Scale, codes: &mut [u8; BLOCK]) -> Option<[bool; BLOCK]> {
        let distances = square_roots(squared);
        // Of a root: half the square's over the distance, with room.
        let edge = scale.edge + 0.6 * self.source.uncertainty() / least_positive(&distances) * scale.factor;
        if edge > UNCERTAIN {
            return Some([true; BLOCK]);
        }
        let scale = Scale { edge, ..scale };
        block_codes(&distances, &scale, codes).then(|| distances.map(|distance| scale.is_near_edge(distance)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::ImageOrder;
    use crate::entropy::cell::squared_distance_in_double;

    fn exact(channel: &[f32], positions: usize, schedule: &PairSchedule, bins: usize) -> Vec<u8> {
        let map = |image: usize| &channel[image * positions..(image + 1) * positions];
        let distance = |(i, j)| squared_distance_in_double(map(i), map(j)).sqrt();
        let distances: Vec<f64> = schedule.pairs().map(distance).collect();
        let fold = |(lo, hi): (f64, f64), &d: &f64| (lo.min(d), hi.max(d));
        let (lo, hi) = distances.iter().fold((f64::INFINITY, 0.0), fold);
        distances.iter().map(|&d| BinRange::new(lo, hi, bins).index(d) as u8).collect()
    }

    #[test]
    fn the_codes_are_those_of_exact_distances() {
        let positions = 40;
        let mut state = 3_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        for n in [32, 75, 130] {
            let smooth: Vec<f32> = (0..n * positions).map(|_| noise()).collect();
            let rectified: Vec<f32> = smooth.iter().map(|v| (v - 0.98).max(0.0)).collect();
            let coarse: Vec<f32> = smooth.iter().map(|v| (v * 2.0).floor()).collect();
            let mut clusters: Vec<f32> = smooth.iter().map(|v| v * 1e-3).collect();
            clusters[..n / 3 * positions].iter_mut().for_each(|v| *v += 100.0);
            let huge: Vec<f32> = smooth.iter().map(|v| v * 1e37).collect();
            let mut one_apart = vec![1.0; n * positions];
            one_apart[7] = 2.0;
            for channel in [smooth, rectified, coarse, clusters, huge, one_apart] {
                let shuffled = PairSchedule::all_of(&ImageOrder::as_numbered(n)).unwrap();
                for schedule in [shuffled, PairSchedule::all(n).unwrap()] {
                    for bins in [1, 32, 200] {
                        let mut codes = Vec::new();
                        append_codes_of_all(&channel, positions, &schedule, bins, &mut codes);
                        assert_eq!(
                            codes,
                            exact(&channel, positions, &schedule, bins),
                            "n = {n}, {bins} bins"
                        );
                    }
                }
            }
        }
    }
}
