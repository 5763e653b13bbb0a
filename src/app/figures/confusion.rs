//! The confusion matrix as cells with their text and their shade.

use super::Numbers;
use crate::evaluation::ConfusionMatrix;

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// How many images.
    Counts,
    /// Percent of the actual class.
    Percent,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionCell {
    /// As shown; empty for none.
    pub text: String,
    /// Share of the actual class, 0 … 1; 0 for a class without images.
    pub share: f64,
    /// In a sentence.
    pub sentence: String,
}

/// Rows actual, columns predicted.
pub fn cells(confusion: &ConfusionMatrix, classes: &[String], show: Show) -> Vec<Vec<ConfusionCell>> {
    let n = confusion.n_classes();
    let name = |class: usize| classes.get(class).map_or_else(|| class.to_string(), Clone::clone);
    let row = |actual: usize| {
        let total: u32 = (0..n).map(|predicted| confusion.count(actual, predicted)).sum();
        let cell = |predicted: usize| {
            let count = confusion.count(actual, predicted);
            let share = if total == 0 { 0.0 } else { f64::from(count) / f64::from(total) };
            let text = match show {
                _ if count == 0 => String::new(),
                Show::Counts => count.to_string(),
                Show::Percent => percent(share),
            };
            let sentence = format!(
                "{count} of {total} images of {} were taken for {} ({:.1} %)",
                name(actual),
                name(predicted),
                100.0 * share
            );
            ConfusionCell { text, share, sentence }
        };
        (0..n).map(cell).collect()
    };
    (0..n).map(row).collect()
}

/// Two digits: `97`, `1.4`.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
}

/// Counts, one row per actual class.
pub fn numbers(confusion: &ConfusionMatrix, classes: &[String]) -> Numbers {
    let row = |(actual, name): (usize, &String)| {
        let counts =
            (0..confusion.n_classes()).map(|predicted| confusion.count(actual, predicted).to_string());
        std::iter::once(name.clone()).chain(counts).collect()
    };
    Numbers {
        columns: std::iter::once("actual \\ predicted".to_owned()).chain(classes.iter().cloned()).collect(),
        rows: classes.iter().take(confusion.n_classes()).enumerate().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confusion() -> (ConfusionMatrix, Vec<String>) {
        let matrix = ConfusionMatrix::from_counts(2, vec![97, 3, 0, 0]).unwrap();
        (matrix, vec!["zero".into(), "one".into()])
    }

    #[test]
    fn a_cell_says_its_share_of_the_actual_class() {
        let (matrix, classes) = confusion();
        let cells = cells(&matrix, &classes, Show::Percent);
        assert_eq!((cells[0][0].text.as_str(), cells[0][1].text.as_str()), ("97", "3.0"));
        assert!(cells[0][1].sentence.starts_with("3 of 100 images of zero were taken for one"));
    }

    #[test]
    fn a_class_without_images_has_no_shade() {
        let (matrix, classes) = confusion();
        let cells = cells(&matrix, &classes, Show::Counts);
        assert!(cells[1].iter().all(|cell| cell.text.is_empty() && cell.share.abs() < 1e-12));
    }

    #[test]
    fn the_numbers_are_counts() {
        let (matrix, classes) = confusion();
        assert_eq!(numbers(&matrix, &classes).rows[0], ["zero", "97", "3"]);
    }
}
