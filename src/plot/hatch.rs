//! Hatching over the cells of a raster, as RGBA pixels: what a colour alone must not say.

use super::PlotError;

/// Pixels along the side of a cell: fine enough for lines, and no more than a frame has time for.
pub fn cell_side(rows: usize, columns: usize) -> usize {
    const LONGEST: usize = 768;
    (LONGEST / rows.max(columns).max(1)).clamp(4, 16)
}

/// Diagonal lines over the marked cells, everything else transparent: `side` × `side` pixels a cell, row-major. Each
/// line is dark with a light edge, so that it is seen on any colour.
///
/// # Errors
/// [`PlotError::Shape`] when `marks` has another length than `rows · columns`.
pub fn hatch(marks: &[bool], rows: usize, columns: usize, side: usize) -> Result<Vec<u8>, PlotError> {
    if rows.checked_mul(columns) != Some(marks.len()) {
        return Err(PlotError::Shape { rows, columns, found: marks.len() });
    }
    let width = columns * side;
    let mut pixels = vec![0; 4 * width * rows * side];
    let places = marks.iter().enumerate().filter(|(_, marked)| **marked).map(|(at, _)| at);
    for at in places {
        let (left, top) = (at % columns * side, at / columns * side);
        for y in top..top + side {
            for x in left..left + side {
                if let Some(colour) = colour(x, y, side) {
                    pixels[4 * (y * width + x)..][..4].copy_from_slice(&colour);
                }
            }
        }
    }
    Ok(pixels)
}

/// The lines go through all marked cells alike, so that neighbours join.
fn colour(x: usize, y: usize, side: usize) -> Option<[u8; 4]> {
    let period = side.min(8);
    match (x + y) % period {
        0 => Some([20, 24, 32, 190]),
        1 => Some([255, 255, 255, 120]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_cells_are_hatched() {
        let side = 4;
        let pixels = hatch(&[false, true, true, false], 2, 2, side).unwrap();
        assert_eq!(pixels.len(), 4 * 64);
        let opaque = |row: usize, column: usize| {
            let inside =
                |y: usize, x: usize| pixels[4 * ((row * side + y) * 2 * side + column * side + x) + 3] > 0;
            (0..side).flat_map(|y| (0..side).map(move |x| (y, x))).filter(|&(y, x)| inside(y, x)).count()
        };
        assert_eq!([opaque(0, 0), opaque(0, 1), opaque(1, 0), opaque(1, 1)], [0, 8, 8, 0]);
    }

    #[test]
    fn the_largest_matrix_stays_small() {
        assert_eq!(cell_side(128, 128), 6);
        assert_eq!(cell_side(512, 1), 4);
        assert_eq!(cell_side(1, 10), 16);
        assert!(hatch(&[true; 3], 2, 2, 4).is_err());
    }
}
