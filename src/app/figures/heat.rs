//! The heatmap of a pair of layers as it stands on screen: measure, order, scale, difference, what is at chance.

use super::capacity::{at_chance, describe, matrix, scale};
use super::exact;
use super::matrix::{Arrangement, Matrix};
use crate::app::session::layer::{CapacityMeasure, LayerLook};
use crate::app::session::{Capacity, LayerPair};
use crate::plot::raster::ValueRange;

/// A heatmap ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Channels as they are numbered.
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
        let arrangement = shown.arranged(look.rows, look.columns);
        let mut hatched = Vec::new();
        if look.hatch {
            let marks = at_chance(capacity);
            let (rows, columns) = (arrangement.rows.iter(), &arrangement.columns);
            let places = rows.flat_map(|row| columns.iter().map(move |column| row * shown.columns + column));
            hatched = places.map(|at| marks.get(at).copied().unwrap_or(false)).collect();
        }
        let range = scale(&shown, look, bins, base.is_some());
        Self { matrix: shown, arrangement, range, is_difference: base.is_some(), hatched }
    }

    /// Values by place on screen, row-major.
    pub fn values(&self) -> Vec<f64> {
        self.matrix.in_order(&self.arrangement).values
    }

    /// What is said of the cell at a place on screen.
    pub fn describe(
        &self,
        capacity: &Capacity,
        pair: LayerPair,
        look: &LayerLook,
        (row, column): (usize, usize),
    ) -> Vec<String> {
        let Some((a, b)) = self.arrangement.cell(row, column) else { return Vec::new() };
        let mut lines = describe(capacity, pair, a, b);
        if at_chance(capacity).get(a * self.matrix.columns + b).copied().unwrap_or(false) {
            lines.push("not above chance".to_owned());
        }
        if let Some(epoch) = look.against.filter(|_| self.is_difference) {
            let change = self.matrix.at(a, b);
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
        assert_eq!(heat.values(), [2.0, 3.0, 0.05, 1.0]);
        assert_eq!(heat.hatched, [false, false, true, false]);
        let lines = heat.describe(&capacity, LayerPair { a: 1, b: 2 }, &look(), (1, 0));
        assert_eq!(lines[0], "a = layer 1, channel 0; b = layer 2, channel 0");
        assert_eq!(lines.last().map(String::as_str), Some("not above chance"));
    }

    #[test]
    fn a_difference_says_since_when() {
        let (now, then) = (capacity(&[0.5], &[4.0], &[4.0]), capacity(&[0.75], &[4.0], &[4.0]));
        let look = LayerLook { against: Some(3), ..LayerLook::default() };
        let heat = Heat::new(&now, Some(&then), &look, 32);
        assert_eq!((heat.values(), heat.range.low.to_bits()), (vec![-0.25], (-2.5_f64).to_bits()));
        let lines = heat.describe(&now, LayerPair { a: 1, b: 2 }, &look, (0, 0));
        assert_eq!(lines.last().map(String::as_str), Some("I(a; b): -0.2500 bit since epoch 3"));
        assert!(heat.hatched.is_empty());
    }
}
