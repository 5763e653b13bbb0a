//! Matrices and feature maps as RGBA pixels, one pixel a value; the page puts them on a canvas and scales by CSS.

use super::PlotError;
use super::color::Rgb;
use super::ramp::Ramp;

/// The values that the two ends of a colour ramp stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueRange {
    /// Drawn as the ramp's first colour.
    pub low: f64,
    /// Drawn as the ramp's last colour.
    pub high: f64,
}

impl ValueRange {
    /// From the smallest to the largest finite value; `None` when there is none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let finite = values.into_iter().filter(|value| value.is_finite());
        finite.fold(None, |range: Option<Self>, value| {
            let Self { low, high } = range.unwrap_or(Self { low: value, high: value });
            Some(Self { low: low.min(value), high: high.max(value) })
        })
    }

    /// Where `value` lies, 0 at `low`, 1 at `high`; 0 everywhere when both are equal. NaN stays NaN.
    pub fn position(self, value: f64) -> f64 {
        let width = self.high - self.low;
        if value.is_nan() || width > 0.0 { (value - self.low) / width } else { 0.0 }
    }
}

/// A cell of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// From the top.
    pub row: usize,
    /// From the left.
    pub column: usize,
}

/// RGBA of a matrix, row-major, `4 · rows · columns` bytes; NaN is transparent, so that what lies behind it (a hatch
/// set by CSS) shows through.
///
/// # Errors
/// [`PlotError::Shape`] when `values` has another length than `rows · columns`.
pub fn heatmap(
    values: &[f64],
    rows: usize,
    columns: usize,
    range: ValueRange,
    ramp: &Ramp,
) -> Result<Vec<u8>, PlotError> {
    check(values.len(), rows, columns)?;
    Ok(values.iter().flat_map(|&value| rgba(ramp.at(range.position(value)))).collect())
}

/// RGBA of a feature map in grey, `low` black, `high` white; not-a-number is transparent.
///
/// # Errors
/// [`PlotError::Shape`] when `values` has another length than `rows · columns`.
pub fn feature_map(
    values: &[f32],
    rows: usize,
    columns: usize,
    range: ValueRange,
) -> Result<Vec<u8>, PlotError> {
    check(values.len(), rows, columns)?;
    let grey = |value: f32| {
        let position = range.position(f64::from(value));
        let level = (position.clamp(0.0, 1.0) * 255.0).round() as u8;
        rgba((!position.is_nan()).then_some(Rgb([level; 3])))
    };
    Ok(values.iter().flat_map(|&value| grey(value)).collect())
}

/// RGBA of an image, `[C][rows][columns]`: three channels are red, green and blue, of any other number the first is
/// shown in grey.
///
/// # Errors
/// [`PlotError::Shape`] when `values` has another length than `channels · rows · columns`.
pub fn colour_image(
    values: &[f32],
    channels: usize,
    rows: usize,
    columns: usize,
    range: ValueRange,
) -> Result<Vec<u8>, PlotError> {
    let n_pixels = rows * columns;
    if n_pixels.checked_mul(channels) != Some(values.len()) {
        return Err(PlotError::Shape { rows: channels * rows, columns, found: values.len() });
    }
    let plane = |channel: usize| &values[channel * n_pixels..(channel + 1) * n_pixels];
    match channels {
        0 => Ok(Vec::new()),
        3 => colour_map([plane(0), plane(1), plane(2)], rows, columns, range),
        _ => feature_map(plane(0), rows, columns, range),
    }
}

/// RGBA of three planes of values, red, green and blue, each `rows · columns`; not-a-number is transparent.
///
/// # Errors
/// [`PlotError::Shape`] when a plane has another length than `rows · columns`.
pub fn colour_map(
    planes: [&[f32]; 3],
    rows: usize,
    columns: usize,
    range: ValueRange,
) -> Result<Vec<u8>, PlotError> {
    for plane in planes {
        check(plane.len(), rows, columns)?;
    }
    let level = |value: f32| (range.position(f64::from(value)).clamp(0.0, 1.0) * 255.0).round() as u8;
    let pixel = |at: usize| {
        let values = planes.map(|plane| plane[at]);
        rgba((!values.iter().any(|value| value.is_nan())).then(|| Rgb(values.map(level))))
    };
    Ok((0..rows * columns).flat_map(pixel).collect())
}

/// The cell under a point of a raster that is shown `width` × `height` CSS pixels large.
pub fn cell_at(x: f64, y: f64, width: f64, height: f64, rows: usize, columns: usize) -> Option<Cell> {
    let inside = x >= 0.0 && y >= 0.0 && x < width && y < height;
    inside.then(|| Cell {
        row: ((y / height * rows as f64) as usize).min(rows.saturating_sub(1)),
        column: ((x / width * columns as f64) as usize).min(columns.saturating_sub(1)),
    })
}

fn rgba(colour: Option<Rgb>) -> [u8; 4] {
    colour.map_or([0; 4], |Rgb([r, g, b])| [r, g, b, 255])
}

fn check(found: usize, rows: usize, columns: usize) -> Result<(), PlotError> {
    if rows.checked_mul(columns) == Some(found) {
        Ok(())
    } else {
        Err(PlotError::Shape { rows, columns, found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::palette::Mode;

    const UNIT: ValueRange = ValueRange { low: 0.0, high: 1.0 };

    #[test]
    fn a_matrix_has_a_pixel_per_value_in_row_major_order() {
        let ramp = Ramp::capacity(Mode::Light);
        let pixels = heatmap(&[0.0, 1.0, f64::NAN, 0.5], 2, 2, UNIT, &ramp).unwrap();
        let colour = |t: f64| ramp.at(t).unwrap().0;
        assert_eq!(pixels.len(), 16);
        assert_eq!((&pixels[0..3], pixels[3]), (&colour(0.0)[..], 255));
        assert_eq!(pixels[4..7], colour(1.0));
        assert_eq!(pixels[8..12], [0; 4]);
        assert_eq!(pixels[12..15], colour(0.5));
    }

    #[test]
    fn grey_runs_from_black_to_white_over_the_range() {
        let range = ValueRange { low: -1.0, high: 1.0 };
        let pixels = feature_map(&[-1.0, 0.0, 1.0, 9.0, f32::NAN], 1, 5, range).unwrap();
        let grey: Vec<u8> = pixels.chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(grey, [0, 128, 255, 255, 0]);
        assert_eq!(pixels[19], 0);
    }

    #[test]
    fn three_channels_are_colours_and_one_is_grey() {
        let values = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        assert_eq!(colour_image(&values, 3, 1, 2, UNIT).unwrap(), [255, 0, 0, 255, 0, 255, 0, 255]);
        assert_eq!(colour_image(&values[..2], 1, 1, 2, UNIT).unwrap(), [255, 255, 255, 255, 0, 0, 0, 255]);
        assert!(colour_image(&values, 2, 1, 2, UNIT).is_err());
    }

    #[test]
    fn colours_have_a_plane_each() {
        let pixels = colour_map([&[0.0, 1.0], &[0.5, 0.0], &[1.0, f32::NAN]], 1, 2, UNIT).unwrap();
        assert_eq!(pixels, [0, 128, 255, 255, 0, 0, 0, 0]);
        assert!(colour_map([&[0.0], &[0.0], &[]], 1, 1, UNIT).is_err());
    }

    #[test]
    fn values_that_do_not_fill_the_matrix_are_refused() {
        let shape = PlotError::Shape { rows: 2, columns: 2, found: 3 };
        let ramp = Ramp::counts(Mode::Dark);
        assert_eq!(heatmap(&[0.0; 3], 2, 2, UNIT, &ramp), Err(shape.clone()));
        assert_eq!(feature_map(&[0.0; 3], 2, 2, UNIT), Err(shape));
    }

    #[test]
    fn the_range_leaves_out_what_is_not_finite() {
        let range = ValueRange::of([2.0, f64::NAN, -1.0, f64::INFINITY]);
        assert_eq!(range, Some(ValueRange { low: -1.0, high: 2.0 }));
        assert_eq!(ValueRange::of([f64::NAN]), None);
    }

    #[test]
    fn a_constant_matrix_has_the_first_colour_and_nan_stays_undefined() {
        let flat = ValueRange { low: 3.0, high: 3.0 };
        assert!(flat.position(3.0).abs() < 1e-12 && flat.position(f64::NAN).is_nan());
    }

    #[test]
    fn every_pixel_belongs_to_its_cell() {
        assert_eq!(cell_at(0.0, 0.0, 100.0, 50.0, 5, 10), Some(Cell { row: 0, column: 0 }));
        assert_eq!(cell_at(99.9, 49.9, 100.0, 50.0, 5, 10), Some(Cell { row: 4, column: 9 }));
        assert_eq!(cell_at(10.0, 10.0, 100.0, 50.0, 5, 10), Some(Cell { row: 1, column: 1 }));
        assert_eq!(cell_at(100.0, 1.0, 100.0, 50.0, 5, 10), None);
        assert_eq!(cell_at(-0.1, 1.0, 100.0, 50.0, 5, 10), None);
    }
}
