//! The confusion matrix as cells with their text, their shade, and what is said of them; what stands at its edges.

use super::{Numbers, exact};
use crate::entropy::label_entropies;
use crate::evaluation::ConfusionMatrix;

/// More classes leave no room for numbers in the cells.
pub const MOST_WITH_NUMBERS: usize = 12;

/// What a cell says, and what its shade is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// How many images; right answers are shaded by their share of the actual class.
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

/// How a cell is coloured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shade {
    /// No image.
    Empty,
    /// Right answers: their share of the row or of the column.
    Right(f64),
    /// Wrong answers: the root of how many they are beside the most frequent mistake, so that few are seen too.
    Wrong(f64),
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionCell {
    /// As shown; empty for none, and where there is no room.
    pub text: String,
    /// Its colour.
    pub shade: Shade,
}

/// Rows actual, columns predicted.
pub fn cells(confusion: &ConfusionMatrix, show: Show) -> Vec<Vec<ConfusionCell>> {
    let n = confusion.n_classes();
    let size = |actual: usize, predicted: usize| match show {
        Show::Counts => f64::from(confusion.count(actual, predicted)),
        Show::RowPercent | Show::ColumnPercent => show.share(confusion, actual, predicted),
    };
    let pairs = (0..n).flat_map(|actual| (0..n).map(move |predicted| (actual, predicted)));
    let mistakes = pairs.filter(|(actual, predicted)| actual != predicted);
    let most = mistakes.map(|(actual, predicted)| size(actual, predicted)).fold(0.0, f64::max);
    let cell = |actual: usize, predicted: usize| {
        let count = confusion.count(actual, predicted);
        let share = show.share(confusion, actual, predicted);
        let text = match show {
            _ if count == 0 || n > MOST_WITH_NUMBERS => String::new(),
            Show::Counts => count.to_string(),
            Show::RowPercent | Show::ColumnPercent => percent(share),
        };
        let shade = match count {
            0 => Shade::Empty,
            _ if actual == predicted => Shade::Right(share),
            _ => Shade::Wrong((size(actual, predicted) / most).sqrt()),
        };
        ConfusionCell { text, shade }
    };
    (0..n).map(|actual| (0..n).map(|predicted| cell(actual, predicted)).collect()).collect()
}

/// What stands at the end of a row or of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Recall of the actual class, or precision of the predicted one; NaN where there are none.
    pub share: f64,
    /// H(prediction | label = i), or H(label | prediction = j): ∞ where nothing was predicted so.
    pub bits: f64,
    /// Of its bar, 0 … 1; the same scale for rows and columns.
    pub length: f64,
}

/// What stands at the ends of all rows and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edges {
    /// Of the actual classes.
    pub rows: Vec<Edge>,
    /// Of the predicted ones.
    pub columns: Vec<Edge>,
}

/// The longest bar is at least of so many bits: a hardly confused class must not look confused.
const LEAST_BITS: f64 = 0.5;

/// Recall, precision and both entropies.
pub fn edges(confusion: &ConfusionMatrix) -> Edges {
    let n = confusion.n_classes();
    let Ok(bits) = label_entropies(confusion.counts(), n) else { return Edges::default() };
    let all = bits.prediction_given_label.iter().chain(&bits.label_given_prediction);
    let longest = all.copied().filter(|bits| bits.is_finite()).fold(LEAST_BITS, f64::max);
    let edge = |class: usize, total: u64, bits: f64| Edge {
        share: f64::from(confusion.count(class, class)) / total as f64,
        bits,
        length: if bits.is_finite() { bits / longest } else { 0.0 },
    };
    let rows = (0..n).zip(&bits.prediction_given_label);
    let columns = (0..n).zip(&bits.label_given_prediction);
    Edges {
        rows: rows.map(|(class, &bits)| edge(class, confusion.actual_total(class), bits)).collect(),
        columns: columns.map(|(class, &bits)| edge(class, confusion.predicted_total(class), bits)).collect(),
    }
}

impl Edge {
    /// In percent with so many decimals.
    pub fn percent(self, decimals: usize) -> String {
        if self.share.is_nan() { "–".to_owned() } else { format!("{:.decimals$}", 100.0 * self.share) }
    }

    /// Two decimals, ∞, or – where it is undefined.
    pub fn bits(self) -> String {
        if self.bits.is_finite() { format!("{:.2}", self.bits) } else { exact(self.bits) }
    }
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
            assert!(cells[1].iter().all(|cell| cell.text.is_empty() && cell.shade == Shade::Empty));
        }
    }

    #[test]
    fn right_answers_are_shaded_by_their_share_and_mistakes_by_their_root() {
        let matrix = ConfusionMatrix::from_counts(3, vec![11, 8, 1, 0, 10, 0, 2, 0, 8]).unwrap();
        let shades = |show| cells(&matrix, show).iter().flatten().map(|cell| cell.shade).collect::<Vec<_>>();
        let of_counts = shades(Show::Counts);
        assert_eq!(
            of_counts[..4],
            [Shade::Right(0.55), Shade::Wrong(1.0), Shade::Wrong((1.0_f64 / 8.0).sqrt()), Shade::Empty]
        );
        assert_eq!(of_counts[6], Shade::Wrong(0.5));
        let of_columns = shades(Show::ColumnPercent);
        assert_eq!((of_columns[4], of_columns[1]), (Shade::Right(10.0 / 18.0), Shade::Wrong(1.0)));
    }

    #[test]
    fn many_classes_have_shades_and_no_numbers() {
        for (n, has_numbers) in [(2, true), (12, true), (13, false), (100, false)] {
            let mut matrix = ConfusionMatrix::new(n);
            (0..n).for_each(|class| matrix.add(class, class));
            let cells = cells(&matrix, Show::Counts);
            assert_eq!((cells.len(), cells[n - 1].len()), (n, n));
            assert!(cells[1][1].text.is_empty() != has_numbers && cells[1][1].shade == Shade::Right(1.0));
            assert_eq!((edges(&matrix).rows.len(), edges(&matrix).columns.len()), (n, n));
        }
    }

    #[test]
    fn rows_end_in_recall_and_columns_in_precision() {
        let matrix = ConfusionMatrix::from_counts(2, vec![5, 5, 0, 10]).unwrap();
        let Edges { rows, columns } = edges(&matrix);
        assert_eq!([rows[0].percent(1), rows[1].percent(1)], ["50.0", "100.0"]);
        assert_eq!([columns[0].percent(0), columns[1].percent(0)], ["100", "67"]);
        assert_eq!([rows[0].bits(), columns[1].bits()], ["1.00", "0.92"]);
        assert!((rows[0].length - 1.0).abs() < 1e-12 && (columns[1].length - 0.918_296).abs() < 1e-6);
    }

    #[test]
    fn what_nothing_is_known_of_has_no_bar() {
        let matrix = ConfusionMatrix::from_counts(2, vec![6, 0, 0, 0]).unwrap();
        let Edges { rows, columns } = edges(&matrix);
        assert_eq!((rows[1].percent(1), rows[1].bits()), ("–".to_owned(), "–".to_owned()));
        assert_eq!(columns[1].percent(0), "–");
        assert!(rows.iter().chain(&columns).all(|edge| edge.length.abs() < 1e-12));
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
