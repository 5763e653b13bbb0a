//! Bars in groups, from what the session knows.

use super::{Ink, Numbers, exact, range_of};

/// Bars in groups; what they are compared with in `limits`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BarFigure {
    /// Title of the y axis, with its unit.
    pub y_title: String,
    /// Ends of the y axis.
    pub y_range: (f64, f64),
    /// From left to right.
    pub groups: Vec<BarGroup>,
}

/// Bars over one name.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGroup {
    /// Below the axis.
    pub name: String,
    /// Below the name.
    pub note: String,
    /// In a tooltip, the head first.
    pub lines: Vec<String>,
    /// From left to right.
    pub bars: Vec<BarValue>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct BarValue {
    /// Its colour.
    pub ink: Ink,
    /// NaN where there is none (yet), ∞ where it is infinite.
    pub value: f64,
    /// What it is compared with.
    pub limits: Vec<f64>,
}

impl BarFigure {
    /// One row per bar group, one column per bar; `names` heads the columns of the bars.
    pub fn numbers(&self, names: &[String]) -> Numbers {
        let row = |group: &BarGroup| {
            let values = group.bars.iter().map(|bar| exact(bar.value));
            std::iter::once(group.name.clone()).chain(values).collect()
        };
        Numbers {
            columns: std::iter::once(String::new()).chain(names.iter().cloned()).collect(),
            rows: self.groups.iter().map(row).collect(),
        }
    }
}

/// The smallest range around zero and all finite `values`, with some room.
pub fn range_with_zero(values: impl Iterator<Item = f64>, least: f64) -> (f64, f64) {
    let (low, high) = range_of(values.chain([0.0]), least);
    let only_up = low > -0.06 * (high - low);
    let only_down = high < 0.06 * (high - low);
    // Values are written beyond the ends of their bars.
    let room = 0.1 * (high - low);
    (if only_up { 0.0 } else { low - room }, if only_down { 0.0 } else { high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_of_bars_holds_zero() {
        assert!(range_with_zero([1.0, 2.0].into_iter(), 0.1).0.abs() < 1e-12);
        assert!(range_with_zero([-1.0, -2.0].into_iter(), 0.1).1.abs() < 1e-12);
        let (low, high) = range_with_zero([-1.0, 2.0, f64::NAN].into_iter(), 0.1);
        assert!(low < -1.0 && high > 2.0);
    }

    #[test]
    fn the_table_has_a_row_per_group() {
        let bar = |value: f64| BarValue { ink: Ink::Train, value, limits: Vec::new() };
        let bars = vec![bar(1.0), bar(f64::INFINITY)];
        let group = BarGroup { name: "cat".into(), note: String::new(), lines: Vec::new(), bars };
        let figure = BarFigure { y_title: String::new(), y_range: (0.0, 1.0), groups: vec![group] };
        let numbers = figure.numbers(&["A".into(), "B".into()]);
        assert_eq!(
            (numbers.columns, numbers.rows),
            (
                vec![String::new(), "A".into(), "B".into()],
                vec![vec!["cat".to_owned(), "1.0000".into(), "∞".into()]]
            )
        );
    }
}
