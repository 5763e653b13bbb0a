//! What may be typed next: the parser's own expectations at the cursor.

use super::notation::TRAIN;
use super::parse_error::Expected;
use super::parser::expected_at_end;
use crate::measure::Measure;

/// Longest chain of symbols that a completion adds because nothing else could stand there.
const MOST_FORCED: usize = 8;

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Characters before the cursor that the insertion replaces.
    pub replaces: usize,
    /// The text to insert; empty where a number is wanted.
    pub insert: String,
    /// What it is, in words: "channel capacity", "an epoch".
    pub label: String,
}

/// All that may follow the first `cursor` characters of `text`; what stands behind the cursor is not read.
///
/// A word that has been begun is completed whatever its case. Symbols without which a completion
/// could not go on are added to it: `h` gives `h(dCNN(`. Nothing is offered after a mistake.
pub fn complete(text: &str, cursor: usize) -> Vec<Completion> {
    let typed: String = text.chars().take(cursor).collect();
    let before = typed.trim_end_matches(char::is_alphabetic);
    let word = typed[before.len()..].to_lowercase();
    let replaces = word.chars().count();
    let expected = expected_at_end(before).unwrap_or_default();
    expected.iter().filter_map(|expected| completion(before, &word, replaces, expected)).collect()
}

fn completion(before: &str, word: &str, replaces: usize, expected: &Expected) -> Option<Completion> {
    match expected {
        Expected::Text(text) if text.to_lowercase().starts_with(word) => {
            let insert = with_forced(before, text);
            Some(Completion { replaces, insert, label: label(text).to_owned() })
        }
        Expected::Number(what) if word.is_empty() => {
            Some(Completion { replaces, insert: String::new(), label: (*what).to_owned() })
        }
        _ => None,
    }
}

/// `symbol` and what must follow it.
fn with_forced(before: &str, symbol: &str) -> String {
    let mut insert = symbol.to_owned();
    if symbol == TRAIN {
        // More words may follow it.
        insert.push(' ');
    }
    for _ in 0..MOST_FORCED {
        let expected = expected_at_end(&format!("{before}{insert}"));
        let Some([Expected::Text(forced)]) = expected.as_deref() else {
            break;
        };
        insert.push_str(forced);
    }
    insert.replace(',', ", ").replace(';', "; ")
}

/// What a symbol of the grammar means; the words of measures are those of the list.
fn label(symbol: &str) -> &'static str {
    match symbol {
        "dCNN" => "slice of the hypercube",
        "H" => "inter-sample, conditional or label entropy",
        "I" => "channel capacity",
        "label" => "actual class",
        TRAIN => "images of the training set",
        "y" => "predicted class",
        "-" => "all",
        "*" => "all channels together: the layer as a whole",
        "{" => "a set",
        ".." => "a range",
        "|" => "given",
        "@" => "at an epoch",
        word => Measure::all()
            .map(Measure::about)
            .find(|about| about.function == word)
            .map_or("", |about| about.words),
    }
}

#[cfg(test)]
mod tests;
