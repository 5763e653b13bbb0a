//! The confusion matrix as cells with their text, their shade, and what is said of them.

use super::{Numbers, exact};
use crate::entropy::label_entropies;
use crate::evaluation::ConfusionMatrix;

/// What a cell says, and what its shade is a share of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// How many images; shaded by the share of the actual class.
    #[default]
    Counts,
    /// Percent of the actual class: of the row.
    RowPercent,
    /// Percent of what was predicted so: of the column.
    ColumnPercent,
}

impl Show {
    /// All in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Counts, Self::RowPercent, Self::ColumnPercent];

    /// The word of the control.
    pub fn label(self) -> &'static str {
        match self {
            Self::Counts => "Counts",
            Self::RowPercent => "% of row",
            Self::ColumnPercent => "% of column",
        }
    }

    /// The one called `label`.
    pub fn from_label(label: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.label() == label).unwrap_or_default()
    }

    /// The share of a cell, 0 … 1; 0 in an empty row or column.
    pub fn share(self, confusion: &ConfusionMatrix, actual: usize, predicted: usize) -> f64 {
        let total = match self {
            Self::Counts | Self::RowPercent => confusion.actual_total(actual),
            Self::ColumnPercent => confusion.predicted_total(predicted),
        };
        if total == 0 { 0.0 } else { f64::from(confusion.count(actual, predicted)) / total as f64 }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionCell {
    /// As shown; empty for none.
    pub text: String,
    /// 0 … 1, of the row or of the column.
    pub share: f64,
}

/// Rows actual, columns predicted.
pub fn cells(confusion: &ConfusionMatrix, show: Show) -> Vec<Vec<ConfusionCell>> {
    let n = confusion.n_classes();
    let cell = |actual: usize, predicted: usize| {
        let count = confusion.count(actual, predicted);
        let share = show.share(confusion, actual, predicted);
        let text = match show {
            _ if count == 0 => String::new(),
            Show::Counts => count.to_string(),
            Show::RowPercent | Show::ColumnPercent => percent(share),
        };
        ConfusionCell { text, share }
    };
    (0..n).map(|actual| (0..n).map(|predicted| cell(actual, predicted)).collect()).collect()
}

/// What is said of a cell: its count, its shares, and both entropies of its row and its column.
pub fn describe(
    confusion: &ConfusionMatrix,
    classes: &[String],
    actual: usize,
    predicted: usize,
) -> Vec<String> {
    let name = |class: usize| classes.get(class).map_or_else(|| class.to_string(), Clone::clone);
    let (of_row, of_column) = (confusion.actual_total(actual), confusion.predicted_total(predicted));
    let count = confusion.count(actual, predicted);
    let share = |show: Show| 100.0 * show.share(confusion, actual, predicted);
    let mut lines = vec![
        format!("{count} images of {} predicted as {}", name(actual), name(predicted)),
        format!("{:.1} % of {of_row} of the class", share(Show::RowPercent)),
        match of_column {
            0 => format!("nothing was predicted as {}", name(predicted)),
            _ => format!("{:.1} % of {of_column} predicted so", share(Show::ColumnPercent)),
        },
    ];
    if let Ok(entropies) = label_entropies(confusion.counts(), confusion.n_classes()) {
        let row = entropies.prediction_given_label.get(actual).copied().unwrap_or(f64::NAN);
        let column = entropies.label_given_prediction.get(predicted).copied().unwrap_or(f64::NAN);
        lines.push(format!("row: H(y | label = {}) = {} bit", name(actual), exact(row)));
        lines.push(format!("column: H(label | y = {}) = {} bit", name(predicted), exact(column)));
    }
    lines
}

/// Two digits: `97`, `1.4`.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
}

/// Counts, one row per actual class, with both entropies at the edges.
pub fn numbers(confusion: &ConfusionMatrix, classes: &[String]) -> Numbers {
    let entropies = label_entropies(confusion.counts(), confusion.n_classes()).ok();
    let row = |(actual, name): (usize, &String)| {
        let counts =
            (0..confusion.n_classes()).map(|predicted| confusion.count(actual, predicted).to_string());
        let entropy = entropies.as_ref().and_then(|bits| bits.prediction_given_label.get(actual));
        let last = entropy.map_or_else(String::new, |&bits| exact(bits));
        std::iter::once(name.clone()).chain(counts).chain([last]).collect()
    };
    let mut rows: Vec<Vec<String>> =
        classes.iter().take(confusion.n_classes()).enumerate().map(row).collect();
    if let Some(entropies) = &entropies {
        let columns = entropies.label_given_prediction.iter().map(|&bits| exact(bits));
        rows.push(
            std::iter::once("H(label | y) (bit)".to_owned()).chain(columns).chain([String::new()]).collect(),
        );
    }
    let heads = std::iter::once("actual \\ predicted".to_owned()).chain(classes.iter().cloned());
    Numbers { columns: heads.chain(["H(y | label) (bit)".to_owned()]).collect(), rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confusion() -> (ConfusionMatrix, Vec<String>) {
        let matrix = ConfusionMatrix::from_counts(2, vec![97, 3, 0, 0]).unwrap();
        (matrix, vec!["zero".into(), "one".into()])
    }

    #[test]
    fn a_cell_says_its_share_of_the_actual_class_or_of_what_was_predicted_so() {
        let (matrix, _) = confusion();
        let text = |show| cells(&matrix, show)[0].iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
        assert_eq!(text(Show::Counts), ["97", "3"]);
        assert_eq!(text(Show::RowPercent), ["97", "3.0"]);
        assert_eq!(text(Show::ColumnPercent), ["100", "100"]);
    }

    #[test]
    fn a_class_without_images_has_no_shade() {
        let (matrix, _) = confusion();
        for show in Show::ALL {
            let cells = cells(&matrix, show);
            assert!(cells[1].iter().all(|cell| cell.text.is_empty() && cell.share.abs() < 1e-12));
        }
    }

    #[test]
    fn a_cell_is_described_with_both_entropies() {
        let matrix = ConfusionMatrix::from_counts(2, vec![5, 5, 0, 10]).unwrap();
        let lines = describe(&matrix, &["cat".into(), "dog".into()], 0, 1);
        assert_eq!(lines[0], "5 images of cat predicted as dog");
        assert_eq!(lines[1], "50.0 % of 10 of the class");
        assert_eq!(lines[2], "33.3 % of 15 predicted so");
        assert_eq!(lines[3], "row: H(y | label = cat) = 1.0000 bit");
        assert_eq!(lines[4], "column: H(label | y = dog) = 0.9183 bit");
    }

    #[test]
    fn a_column_of_zeros_is_said_and_its_entropy_is_infinite() {
        let matrix = ConfusionMatrix::from_counts(2, vec![5, 0, 5, 0]).unwrap();
        let lines = describe(&matrix, &["cat".into(), "dog".into()], 1, 1);
        assert_eq!(lines[2], "nothing was predicted as dog");
        assert_eq!(lines[4], "column: H(label | y = dog) = ∞ bit");
    }

    #[test]
    fn the_numbers_are_counts_with_entropies_at_the_edges() {
        let (matrix, classes) = confusion();
        let numbers = numbers(&matrix, &classes);
        assert_eq!(numbers.rows[0], ["zero", "97", "3", "0.1944"]);
        assert_eq!(numbers.rows[1], ["one", "0", "0", "–"]);
        assert_eq!(numbers.rows[2], ["H(label | y) (bit)", "0.0000", "0.0000", ""]);
    }

    #[test]
    fn a_control_is_found_by_its_word() {
        for show in Show::ALL {
            assert_eq!(Show::from_label(show.label()), show);
        }
    }
}
