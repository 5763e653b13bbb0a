//! Dot products of many rows with many rows, from packed panels.
//!
//! A panel holds eight rows interleaved element by element, so that the tile kernel reads both operands
//! in order. The rows are padded with zeros to full panels. The sum over a row runs in steps of
//! [`DEPTH`] in the same order for every pair of rows: the product of a row with an exact copy of it is
//! bit for bit its product with itself, so duplicates get the distance zero.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(target_arch = "x86_64")]
mod sse2;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable::tile_f32;
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
use portable::tile_i16;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128::{tile_f32, tile_i16};
#[cfg(target_arch = "x86_64")]
use sse2::tile_i16;

/// Rows of a panel.
pub(super) const PANEL: usize = 8;
/// Rows of one tile, half a panel.
const TILE: usize = 4;
/// Elements of the rows' length handled at once, so that panels stay in the first cache.
const DEPTH: usize = 512;

/// What the Gram matrix is made of: f32 (rounded), or i16 summed in i32 (exact).
pub(crate) trait GramElement: Copy + Default {
    /// Type of a dot product.
    type Sum: Copy + Default;
    /// Elements interleaved as one unit (two i16 make one multiply-add instruction's operand).
    const UNIT: usize;
    /// Adds the products of four rows (half `half` of panel `a`) with the eight rows of panel `b` to `out`.
    fn tile(a: &[Self], half: usize, b: &[Self], out: &mut [[Self::Sum; PANEL]; TILE]);
    /// x + y of sums.
    fn add(x: Self::Sum, y: Self::Sum) -> Self::Sum;
}

/// Rows packed into panels.
pub(crate) struct Panels<E> {
    rows: usize,
    /// Length of a packed row, a multiple of the unit.
    depth: usize,
    data: Vec<E>,
}

impl<E: GramElement> Panels<E> {
    /// Packs `rows` rows of `dimension` elements, `element(row, column)`.
    #[inline(never)]
    pub(crate) fn pack(rows: usize, dimension: usize, element: impl Fn(usize, usize) -> E) -> Self {
        let depth = dimension.next_multiple_of(E::UNIT);
        let mut data = vec![E::default(); rows.div_ceil(PANEL) * PANEL * depth];
        for row in 0..rows {
            let (panel, lane) = (row / PANEL, row % PANEL);
            let panel = &mut data[panel * PANEL * depth..(panel + 1) * PANEL * depth];
            for column in 0..dimension {
                let (unit, within) = (column / E::UNIT, column % E::UNIT);
                panel[(unit * PANEL + lane) * E::UNIT + within] = element(row, column);
            }
        }
        Self { rows, depth, data }
    }

    /// Number of panels.
    pub(crate) fn panels(&self) -> usize {
        self.rows.div_ceil(PANEL)
    }

    /// The 8 × 8 products of the rows of panel `a` with those of panel `b`.
    pub(crate) fn products(&self, a: usize, b: usize) -> [[E::Sum; PANEL]; PANEL] {
        let mut out = [[E::Sum::default(); PANEL]; PANEL];
        let (upper, lower) = out.split_at_mut(TILE);
        for (half, rows) in [upper, lower].into_iter().enumerate() {
            if let Ok(rows) = <&mut [[E::Sum; PANEL]; TILE]>::try_from(rows) {
                self.half_products(a, half, b, rows);
            }
        }
        out
    }

    fn half_products(&self, a: usize, half: usize, b: usize, out: &mut [[E::Sum; PANEL]; TILE]) {
        let size = PANEL * self.depth;
        let (a, b) = (&self.data[a * size..(a + 1) * size], &self.data[b * size..(b + 1) * size]);
        let mut steps = a.chunks(PANEL * DEPTH).zip(b.chunks(PANEL * DEPTH));
        if let Some((a, b)) = steps.next() {
            E::tile(a, half, b, out);
        }
        for (a, b) in steps {
            let mut part = [[E::Sum::default(); PANEL]; TILE];
            E::tile(a, half, b, &mut part);
            for (out, part) in out.iter_mut().flatten().zip(part.into_iter().flatten()) {
                *out = E::add(*out, part);
            }
        }
    }

    /// Each row's product with itself.
    pub(crate) fn squared_norms(&self) -> Vec<E::Sum> {
        let mut norms = Vec::with_capacity(self.panels() * PANEL);
        for panel in 0..self.panels() {
            let products = self.products(panel, panel);
            norms.extend((0..PANEL).map(|lane| products[lane][lane]));
        }
        norms.truncate(self.rows);
        norms
    }
}

impl GramElement for f32 {
    type Sum = f32;
    const UNIT: usize = 1;
    #[inline]
    fn tile(a: &[Self], half: usize, b: &[Self], out: &mut [[f32; PANEL]; TILE]) {
        tile_f32(a, half, b, out);
    }
    fn add(x: f32, y: f32) -> f32 {
        x + y
    }
}

impl GramElement for i16 {
    type Sum = i32;
    const UNIT: usize = 2;
    #[inline]
    fn tile(a: &[Self], half: usize, b: &[Self], out: &mut [[i32; PANEL]; TILE]) {
        tile_i16(a, half, b, out);
    }
    fn add(x: i32, y: i32) -> i32 {
        x + y
    }
}

/// Portable tiles.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable {
    use super::{PANEL, TILE};

    #[inline]
    pub(super) fn tile_f32(a: &[f32], half: usize, b: &[f32], out: &mut [[f32; PANEL]; TILE]) {
        let mut sums = [[0.0_f32; PANEL]; TILE];
        for (a, b) in a.as_chunks::<PANEL>().0.iter().zip(b.as_chunks::<PANEL>().0) {
            for (sums, value) in sums.iter_mut().zip(&a[half * TILE..][..TILE]) {
                for (sum, column) in sums.iter_mut().zip(b) {
                    *sum += value * column;
                }
            }
        }
        *out = sums;
    }

    /// Also compiled for the tests of platforms that have a tile of their own.
    #[cfg(any(test, not(target_arch = "x86_64")))]
    pub(super) fn tile_i16(a: &[i16], half: usize, b: &[i16], out: &mut [[i32; PANEL]; TILE]) {
        const PAIRS: usize = PANEL * 2;
        *out = [[0; PANEL]; TILE];
        for (a, b) in a.as_chunks::<PAIRS>().0.iter().zip(b.as_chunks::<PAIRS>().0) {
            for (sums, x) in out.iter_mut().zip(a[half * TILE * 2..].as_chunks::<2>().0) {
                for (sum, y) in sums.iter_mut().zip(b.as_chunks::<2>().0) {
                    *sum += i32::from(x[0]) * i32::from(y[0]) + i32::from(x[1]) * i32::from(y[1]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_products_are_exact() {
        let value = |row: usize, column: usize| ((row * 37 + column * 11) % 256) as i16;
        let panels = Panels::pack(13, 785, value);
        for (i, j) in [(0, 0), (3, 11), (12, 5), (7, 8)] {
            let exact: i32 = (0..785).map(|c| i32::from(value(i, c)) * i32::from(value(j, c))).sum();
            assert_eq!(panels.products(i / PANEL, j / PANEL)[i % PANEL][j % PANEL], exact);
        }
        assert_eq!(panels.squared_norms().len(), 13);
    }

    #[test]
    fn a_copy_of_a_row_has_bit_for_bit_the_same_products() {
        // Rows 2 and 12 are equal, in different panels and lanes.
        let value = |row: usize, column: usize| ((row % 10 * 13 + column * 7) as f32).sin();
        let panels = Panels::pack(20, 1100, value);
        let norms = panels.squared_norms();
        assert_eq!(norms[2].to_bits(), norms[12].to_bits());
        assert_eq!(panels.products(1, 0)[4][2].to_bits(), norms[2].to_bits());
        let exact: f64 = (0..1100).map(|c| f64::from(value(2, c)).powi(2)).sum();
        assert!((f64::from(norms[2]) / exact - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_portable_tile_equals_the_platforms() {
        let values: Vec<i16> = (0..160_i32).map(|i| (i * 7919 % 65_521 - 32_000) as i16 / 16).collect();
        let (a, b) = values.split_at(80);
        for half in 0..2 {
            let (mut own, mut portable) = ([[0; PANEL]; TILE], [[1; PANEL]; TILE]);
            i16::tile(a, half, b, &mut own);
            portable::tile_i16(a, half, b, &mut portable);
            assert_eq!(own, portable);
        }
    }
}
