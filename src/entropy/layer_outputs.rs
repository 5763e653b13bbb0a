//! What a layer puts out for some images, one row an image: where the measures of a whole layer start. Values come
//! from the cube; `layer_distances`, `neural_collapse` and `information_plane` read the rows.
//!
//! Rows stand in an order of what the images show where one is given. Sums then run in that order and ties go by it,
//! so that no measure depends on how images are stored, to the last bit.

use std::borrow::Cow;

use super::cell::{Cell, all_finite};
use super::codes::LayerCells;
use super::error::{EntropyError, expect_len};
use super::inter_sample::check_labels;
use super::pairs::ImageOrder;

/// The outputs of a layer, `[images, values]`, all finite.
#[derive(Clone, Debug)]
pub struct LayerOutputs<'a, C: Cell> {
    values: Cow<'a, [C]>,
    width: usize,
    /// Image of each row, as labels number them.
    images: Vec<u32>,
}

impl<'a, C: Cell> LayerOutputs<'a, C> {
    /// Rows in the order in which the images are stored; nothing is copied.
    ///
    /// # Errors
    /// `empty`, `shape` unless all rows are as long, `non_finite`.
    pub fn as_stored(values: &'a [C], n: usize) -> Result<Self, EntropyError> {
        let width = checked_width(values, n)?;
        Ok(Self { values: Cow::Borrowed(values), width, images: (0..n as u32).collect() })
    }

    /// Rows in the order given; `values` are as they are stored, and are copied.
    ///
    /// # Errors
    /// As [`LayerOutputs::as_stored`].
    pub fn in_order(values: &[C], order: &ImageOrder) -> Result<Self, EntropyError> {
        let images = order.images();
        let width = checked_width(values, images.len())?;
        let mut rows = Vec::with_capacity(values.len());
        for &image in images {
            rows.extend_from_slice(&values[image as usize * width..(image as usize + 1) * width]);
        }
        Ok(Self { values: Cow::Owned(rows), width, images: images.to_vec() })
    }

    /// Rows in the order given, of cells `[channels, images, positions]` as a run keeps them: an output is its channels
    /// behind each other.
    ///
    /// # Errors
    /// `shape` for an order of another number of images, `non_finite`.
    pub fn of_cells(cells: &LayerCells<'_, C>, order: &ImageOrder) -> Result<Self, EntropyError> {
        let (images, positions) = (order.images(), cells.positions());
        expect_len("images of the order", images.len(), cells.images())?;
        if !all_finite(cells.values()) {
            return Err(EntropyError::NonFinite);
        }
        let mut rows = Vec::with_capacity(cells.values().len());
        for &image in images {
            let map = image as usize * positions..(image as usize + 1) * positions;
            cells.by_channel().for_each(|channel| rows.extend_from_slice(&channel[map.clone()]));
        }
        let width = cells.channels() * positions;
        Ok(Self { values: Cow::Owned(rows), width, images: images.to_vec() })
    }

    /// Number of images.
    pub fn images(&self) -> usize {
        self.images.len()
    }

    /// Values of one image's output.
    pub fn width(&self) -> usize {
        self.width
    }

    /// All rows behind each other.
    pub fn values(&self) -> &[C] {
        &self.values
    }

    /// The outputs, one a row.
    pub fn rows(&self) -> impl Iterator<Item = &[C]> {
        self.values.chunks_exact(self.width)
    }

    /// One output.
    pub fn row(&self, at: usize) -> &[C] {
        &self.values[at * self.width..(at + 1) * self.width]
    }

    /// The label of each row, from those of the images as they are stored.
    ///
    /// # Errors
    /// `shape` unless there is one an image, `bad_argument` for a label that is no class.
    pub fn labels(&self, labels: &[u8], n_classes: usize) -> Result<Vec<u8>, EntropyError> {
        check_labels(labels, self.images(), n_classes)?;
        Ok(self.images.iter().map(|&image| labels[image as usize]).collect())
    }
}

/// Values of a row.
fn checked_width<C: Cell>(values: &[C], n: usize) -> Result<usize, EntropyError> {
    if values.is_empty() || n == 0 {
        return Err(EntropyError::Empty);
    }
    let width = values.len() / n;
    expect_len("values of the images", width.max(1) * n, values.len())?;
    if all_finite(values) { Ok(width) } else { Err(EntropyError::NonFinite) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_labels_follow_the_order() {
        let order = ImageOrder::by_content(&[9, 1, 5], &[2, 0, 1]).unwrap();
        let values = [9.0_f32, 90.0, 1.0, 10.0, 5.0, 50.0];
        let outputs = LayerOutputs::in_order(&values, &order).unwrap();
        assert_eq!((outputs.images(), outputs.width(), outputs.values().len()), (3, 2, 6));
        let labels = outputs.labels(&[2, 0, 1], 3).unwrap();
        for (at, row) in outputs.rows().enumerate() {
            assert_eq!(row, outputs.row(at));
            assert_eq!(row, [[1.0, 10.0], [5.0, 50.0], [9.0, 90.0]][usize::from(labels[at])]);
        }
    }

    #[test]
    fn stored_rows_stay_where_they_are() {
        let outputs = LayerOutputs::as_stored(&[1.0_f64, 2.0, 3.0, 4.0], 2).unwrap();
        assert_eq!(outputs.rows().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(outputs.labels(&[1, 0], 2), Ok(vec![1, 0]));
    }

    #[test]
    fn the_channels_of_cells_stand_behind_each_other() {
        // Two channels, three images, two positions.
        let cells = [0.0_f32, 1.0, 10.0, 11.0, 20.0, 21.0, 2.0, 3.0, 12.0, 13.0, 22.0, 23.0];
        let cells = LayerCells::new(&cells, 2, 3, 2).unwrap();
        let order = ImageOrder::as_numbered(3);
        let outputs = LayerOutputs::of_cells(&cells, &order).unwrap();
        let stored: Vec<f32> = (0..3).flat_map(|i| (0..4).map(move |v| (10 * i + v) as f32)).collect();
        let expected = LayerOutputs::in_order(&stored, &order).unwrap();
        assert_eq!((outputs.values(), outputs.width()), (expected.values(), 4));
        assert_eq!(outputs.labels(&[0, 1, 2], 3), expected.labels(&[0, 1, 2], 3));
        let other = ImageOrder::as_numbered(2);
        assert_eq!(LayerOutputs::of_cells(&cells, &other).unwrap_err().code(), "shape");
        let poisoned = [0.0, f32::NAN];
        let poisoned = LayerCells::new(&poisoned, 1, 2, 1).unwrap();
        assert_eq!(LayerOutputs::of_cells(&poisoned, &other).unwrap_err().code(), "non_finite");
    }

    #[test]
    fn each_bad_input_has_its_error() {
        let code = |values: &[f32], n| LayerOutputs::as_stored(values, n).unwrap_err().code();
        assert_eq!(code(&[], 0), "empty");
        assert_eq!(code(&[1.0], 0), "empty");
        assert_eq!(code(&[1.0; 5], 2), "shape");
        assert_eq!(code(&[1.0], 2), "shape");
        assert_eq!(code(&[1.0, f32::NAN], 2), "non_finite");
        let order = ImageOrder::as_numbered(2);
        assert_eq!(LayerOutputs::in_order(&[1.0_f32; 3], &order).unwrap_err().code(), "shape");
        let outputs = LayerOutputs::as_stored(&[1.0_f32, 2.0], 2).unwrap();
        assert_eq!(outputs.labels(&[0], 2).unwrap_err().code(), "shape");
        assert_eq!(outputs.labels(&[0, 2], 2).unwrap_err().code(), "bad_argument");
    }
}
