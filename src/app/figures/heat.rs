//! The heatmap of a pair of layers as it stands on screen: measure, order, scale, difference, what is at chance.
//! The channels of the first layer lie across (columns), those of the second down (rows), as in the paper's Figure 8.

use super::capacity::{at_chance, describe, matrix, scale};
use super::exact;
use super::matrix::{Arrangement, Matrix};
use crate::app::session::layer::{CapacityMeasure, LayerLook};
use crate::app::session::{Capacity, LayerPair};
use crate::plot::raster::ValueRange;

/// A heatmap ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Channels as they are numbered: a row per channel of the second layer, a column per channel of the first.
    pub matrix: Matrix,
    /// How they stand.
    pub arrangement: Arrangement,
    /// Ends of the colours.
    pub range: ValueRange,
    /// Whether values are differences between two epochs.
    pub is_difference: bool,
    /// By place on screen, row-major, whether the cell is not above chance; empty while nothing is hatched.
    pub hatched: Vec<bool>,
}

impl Heat {
    /// Of a capacity, or of what changed since `base`.
    pub fn new(capacity: &Capacity, base: Option<&Capacity>, look: &LayerLook, bins: usize) -> Self {
        let now = matrix(capacity, look.measure);
        let shown = match base {
            Some(base) => now.minus(&matrix(base, look.measure)),
            None => now,
        };
        let shown = shown.transposed();
        let arrangement = shown.arranged(look.rows, look.columns);
        let mut hatched = Vec::new();
        if look.hatch {
            let marks = at_chance(capacity);
            let (rows, columns) = (arrangement.rows.iter(), &arrangement.columns);
            // Marks have a row per channel of the first layer.
            let places = rows.flat_map(|row| columns.iter().map(move |column| column * shown.rows + row));
            hatched = places.map(|at| marks.get(at).copied().unwrap_or(false)).collect();
        }
        let range = scale(&shown, look, bins, base.is_some());
        Self { matrix: shown, arrangement, range, is_difference: base.is_some(), hatched }
    }

    /// Values by place on screen, row-major.
    pub fn values(&self) -> Vec<f64> {
        self.matrix.in_order(&self.arrangement).values
    }

    /// The channels of the first and of the second layer at a place on screen.
    pub fn channels_at(&self, row: usize, column: usize) -> Option<(usize, usize)> {
        let (b, a) = self.arrangement.cell(row, column)?;
        Some((a, b))
    }

    /// Row and column at which channel `a` of the first and `b` of the second layer meet.
    pub fn place_of(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        self.arrangement.position(b, a)
    }

    /// With rows, columns and colours as those of another heatmap, to be compared with it.
    #[must_use]
    pub fn standing_as(self, arrangement: &Arrangement, range: ValueRange) -> Self {
        Self { arrangement: arrangement.clone(), range, hatched: Vec::new(), ..self }
    }

    /// What is said of the cell at a place on screen.
    pub fn describe(
        &self,
        capacity: &Capacity,
        pair: LayerPair,
        look: &LayerLook,
        (row, column): (usize, usize),
    ) -> Vec<String> {
        let Some((a, b)) = self.channels_at(row, column) else { return Vec::new() };
        let mut lines = describe(capacity, pair, a, b);
        if at_chance(capacity).get(a * self.matrix.rows + b).copied().unwrap_or(false) {
            lines.push("not above chance".to_owned());
        }
        if let Some(epoch) = look.against.filter(|_| self.is_difference) {
            let change = self.matrix.at(b, a);
            let sign = if change >= 0.0 { "+" } else { "" };
            let unit = if look.measure == CapacityMeasure::Share { "" } else { " bit" };
            lines.push(format!(
                "{}: {sign}{}{unit} since epoch {epoch}",
                look.measure.notation(),
                exact(change)
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::capacity::tests::capacity;
    use super::*;
    use crate::app::session::layer::SortOrder;

    fn look() -> LayerLook {
        LayerLook { rows: SortOrder::MeanDescending, hatch: true, ..LayerLook::default() }
    }

    #[test]
    fn cells_keep_their_channels_when_rows_are_sorted() {
        let capacity = capacity(&[0.05, 1.0, 2.0, 3.0], &[4.0, 4.0], &[4.0, 4.0]);
        let heat = Heat::new(&capacity, None, &look(), 32);
        // Channel 1 of the second layer shares most: its row stands on top.
        assert_eq!(heat.values(), [1.0, 3.0, 0.05, 2.0]);
        assert_eq!(heat.hatched, [false, false, true, false]);
        let lines = heat.describe(&capacity, LayerPair { a: 1, b: 2 }, &look(), (1, 0));
        assert_eq!(lines[0], "a = layer 1, channel 0; b = layer 2, channel 0");
        assert_eq!(lines.last().map(String::as_str), Some("not above chance"));
    }

    #[test]
    fn the_first_layer_lies_across_and_the_second_down() {
        // Two channels of the first layer, three of the second.
        let capacity = capacity(&[0.0, 0.1, 0.2, 1.0, 1.1, 1.2], &[4.0; 2], &[4.0; 3]);
        let heat = Heat::new(&capacity, None, &LayerLook::default(), 32);
        assert_eq!((heat.matrix.rows, heat.matrix.columns), (3, 2));
        assert_eq!(heat.values(), [0.0, 1.0, 0.1, 1.1, 0.2, 1.2]);
        assert_eq!((heat.channels_at(2, 1), heat.place_of(1, 2)), (Some((1, 2)), Some((2, 1))));
        let lines = heat.describe(&capacity, LayerPair { a: 5, b: 7 }, &LayerLook::default(), (2, 1));
        assert_eq!(lines[0], "a = layer 5, channel 1; b = layer 7, channel 2");
        assert!(lines[1].starts_with("I(a; b) = 1.2000 bit"), "{lines:?}");
        let by_column = LayerLook { columns: SortOrder::MeanDescending, hatch: true, ..LayerLook::default() };
        let sorted = Heat::new(&capacity, None, &by_column, 32);
        assert_eq!(sorted.arrangement.columns, [1, 0], "columns are sorted by the first layer's means");
        assert_eq!(sorted.hatched, [false, true, false, true, false, false]);
        assert_eq!(sorted.place_of(1, 2), Some((2, 0)));
    }

    #[test]
    fn a_difference_says_since_when() {
        let (now, then) = (capacity(&[0.5], &[4.0], &[4.0]), capacity(&[0.75], &[4.0], &[4.0]));
        let look = LayerLook { against: Some(3), own_scale: false, ..LayerLook::default() };
        let heat = Heat::new(&now, Some(&then), &look, 32);
        assert_eq!((heat.values(), heat.range.low.to_bits()), (vec![-0.25], (-2.5_f64).to_bits()));
        let lines = heat.describe(&now, LayerPair { a: 1, b: 2 }, &look, (0, 0));
        assert_eq!(lines.last().map(String::as_str), Some("I(a; b): -0.2500 bit since epoch 3"));
        assert!(heat.hatched.is_empty());
    }
}
