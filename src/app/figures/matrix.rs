//! A matrix of numbers with named ends of its colour scale, and the order in which its rows and columns stand.

use crate::app::session::layer::SortOrder;
use crate::ordering::order_of;
use std::cmp::Ordering;

/// Numbers, row-major; NaN where undefined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// `rows · columns` values.
    pub values: Vec<f64>,
}

impl Matrix {
    /// With these values; too few or too many make an empty matrix.
    pub fn new(rows: usize, columns: usize, values: Vec<f64>) -> Self {
        if rows * columns == values.len() { Self { rows, columns, values } } else { Self::default() }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value in a cell; NaN outside.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        let is_inside = row < self.rows && column < self.columns;
        if is_inside { self.values[row * self.columns + column] } else { f64::NAN }
    }

    /// What must be added to `other` to have this one; empty when their shapes differ.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        if (self.rows, self.columns) != (other.rows, other.columns) {
            return Self::default();
        }
        let values = self.values.iter().zip(&other.values).map(|(one, other)| one - other).collect();
        Self { values, ..*self }
    }

    /// Rows as columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let cells = (0..self.columns).flat_map(|column| (0..self.rows).map(move |row| self.at(row, column)));
        Self::new(self.columns, self.rows, cells.collect())
    }

    /// Mean of the defined values; NaN when there is none.
    pub fn mean(&self) -> f64 {
        mean(self.values.iter().copied())
    }

    /// Largest defined value; NaN when there is none.
    pub fn maximum(&self) -> f64 {
        maximum(self.values.iter().copied())
    }

    fn row(&self, row: usize) -> impl Iterator<Item = f64> {
        (0..self.columns).map(move |column| self.at(row, column))
    }

    fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        (0..self.rows).map(move |row| self.at(row, column))
    }

    /// Which row and which column stands where.
    pub fn arranged(&self, rows: SortOrder, columns: SortOrder) -> Arrangement {
        let row_key = |row| key(rows, self.row(row));
        let column_key = |column| key(columns, self.column(column));
        Arrangement {
            rows: permutation(&(0..self.rows).map(row_key).collect::<Vec<_>>(), rows),
            columns: permutation(&(0..self.columns).map(column_key).collect::<Vec<_>>(), columns),
        }
    }

    /// With rows and columns as they stand on screen.
    #[must_use]
    pub fn in_order(&self, arrangement: &Arrangement) -> Self {
        let Arrangement { rows, columns } = arrangement;
        let cells = rows.iter().flat_map(|&row| columns.iter().map(move |&column| (row, column)));
        Self::new(rows.len(), columns.len(), cells.map(|(row, column)| self.at(row, column)).collect())
    }
}

/// Mean of the defined ones.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) =
        values.filter(|value| value.is_finite()).fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    sum / f64::from(n)
}

/// Largest of the defined ones; NaN when there is none.
pub fn maximum(values: impl Iterator<Item = f64>) -> f64 {
    values.filter(|value| value.is_finite()).fold(f64::NAN, f64::max)
}

/// Rows and columns in the order in which they stand: position on screen → channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// From the top.
    pub rows: Vec<usize>,
    /// From the left.
    pub columns: Vec<usize>,
}

impl Arrangement {
    /// The channels of the cell at these positions.
    pub fn cell(&self, row: usize, column: usize) -> Option<(usize, usize)> {
        Some((*self.rows.get(row)?, *self.columns.get(column)?))
    }

    /// Where the cell of these channels stands.
    pub fn position(&self, row: usize, column: usize) -> Option<(usize, usize)> {
        let place = |channels: &[usize], channel| channels.iter().position(|other| *other == channel);
        Some((place(&self.rows, row)?, place(&self.columns, column)?))
    }
}

fn key(order: SortOrder, values: impl Iterator<Item = f64>) -> f64 {
    match order {
        SortOrder::Channel => 0.0,
        SortOrder::MeanDescending | SortOrder::MeanAscending => mean(values),
        SortOrder::MaximumDescending | SortOrder::MaximumAscending => maximum(values),
    }
}

/// Indices of `keys` in their order; equal ones keep theirs, undefined ones come last in any order.
pub fn permutation(keys: &[f64], order: SortOrder) -> Vec<usize> {
    let descending = matches!(order, SortOrder::MeanDescending | SortOrder::MaximumDescending);
    order_of(keys.len(), &|a, b| {
        let (a, b) = (keys[a], keys[b]);
        let by_value = if descending { b.total_cmp(&a) } else { a.total_cmp(&b) };
        let by_key = a.is_nan().cmp(&b.is_nan()).then(by_value);
        if order == SortOrder::Channel { Ordering::Equal } else { by_key }
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn matrix() -> Matrix {
        // Means of rows: 2, 3, undefined, 1; maxima: 6, 4, –, 1.
        let nan = f64::NAN;
        Matrix::new(4, 3, vec![0.0, 0.0, 6.0, 2.0, 3.0, 4.0, nan, nan, nan, 1.0, 1.0, 1.0])
    }

    #[test]
    fn rows_are_sorted_by_mean_or_maximum_either_way() {
        let rows = |order| matrix().arranged(order, SortOrder::Channel).rows;
        assert_eq!(rows(SortOrder::Channel), [0, 1, 2, 3]);
        assert_eq!(rows(SortOrder::MeanDescending), [1, 0, 3, 2]);
        assert_eq!(rows(SortOrder::MeanAscending), [3, 0, 1, 2]);
        assert_eq!(rows(SortOrder::MaximumDescending), [0, 1, 3, 2]);
        assert_eq!(rows(SortOrder::MaximumAscending), [3, 1, 0, 2]);
    }

    #[test]
    fn columns_are_sorted_by_themselves() {
        // Means of columns: 1, 4/3, 11/3.
        let arrangement = matrix().arranged(SortOrder::Channel, SortOrder::MeanDescending);
        assert_eq!((&arrangement.rows[..], &arrangement.columns[..]), (&[0, 1, 2, 3][..], &[2, 1, 0][..]));
    }

    #[test]
    fn equal_rows_keep_their_order_either_way() {
        for order in SortOrder::ALL {
            assert_eq!(permutation(&[2.0, 1.0, 2.0, 1.0], order).len(), 4);
        }
        assert_eq!(permutation(&[2.0, 1.0, 2.0, 1.0], SortOrder::MeanDescending), [0, 2, 1, 3]);
        assert_eq!(permutation(&[2.0, 1.0, 2.0, 1.0], SortOrder::MeanAscending), [1, 3, 0, 2]);
    }

    #[test]
    fn a_sorted_matrix_has_the_same_cells_in_other_places() {
        let arrangement = matrix().arranged(SortOrder::MaximumDescending, SortOrder::MeanDescending);
        let sorted = matrix().in_order(&arrangement);
        for row in 0..4 {
            for column in 0..3 {
                let (a, b) = arrangement.cell(row, column).unwrap();
                assert_eq!(sorted.at(row, column).to_bits(), matrix().at(a, b).to_bits());
                assert_eq!(arrangement.position(a, b), Some((row, column)));
            }
        }
        assert_eq!((arrangement.cell(4, 0), arrangement.position(0, 3)), (None, None));
    }

    #[test]
    fn transposing_makes_rows_of_columns() {
        let turned = Matrix::new(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).transposed();
        assert_eq!(turned, Matrix::new(3, 2, vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
        assert!(Matrix::default().transposed().is_empty());
    }

    #[test]
    fn mean_and_maximum_leave_out_what_is_undefined() {
        assert!((matrix().mean() - 2.0).abs() < 1e-12 && (matrix().maximum() - 6.0).abs() < 1e-12);
        let nothing = Matrix::new(1, 1, vec![f64::NAN]);
        assert!(nothing.mean().is_nan() && nothing.maximum().is_nan());
    }

    #[test]
    fn a_difference_needs_equal_shapes() {
        let twice = matrix().minus(&Matrix::new(4, 3, vec![1.0; 12]));
        assert!((twice.at(0, 2) - 5.0).abs() < 1e-12 && twice.at(2, 0).is_nan());
        assert!(matrix().minus(&Matrix::new(3, 4, vec![0.0; 12])).is_empty());
        assert!(Matrix::new(2, 2, vec![0.0; 3]).is_empty());
    }

    #[test]
    fn the_largest_matrix_is_sorted_within_a_frame() {
        let values = (0..128_u32 * 128).map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 8)).collect();
        let matrix = Matrix::new(128, 128, values);
        let sort = || {
            let start = Instant::now();
            let order = matrix.arranged(SortOrder::MeanDescending, SortOrder::MaximumAscending);
            assert_eq!(matrix.in_order(&order).values.len(), 128 * 128);
            start.elapsed()
        };
        let fastest = (0..5).map(|_| sort()).min().unwrap();
        assert!(fastest < Duration::from_millis(16), "{fastest:?}");
    }
}
