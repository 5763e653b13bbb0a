//! Where a text leaves the grammar, and what would have been right there.

use std::fmt;

/// Something that would have been right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This symbol or word.
    Text(&'static str),
    /// A number, and what it stands for: "an epoch".
    Number(&'static str),
    /// A number not below this one: the end of a range.
    AtLeast(u32),
    /// A number not above this one: all the parser can hold.
    AtMost(u32),
    /// A number that is not in the set yet.
    NewInSet,
    /// The end of the query.
    End,
}

/// What stood there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: the text ended.
    End,
    /// This piece of text.
    Text(String),
}

/// A text that is no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Where, 1 first, in characters.
    pub column: usize,
    /// All that would have been right there; never empty.
    pub expected: Vec<Expected>,
    /// What stood there.
    pub found: Found,
    /// A sentence on what was probably meant.
    pub hint: Option<String>,
}

impl ParseError {
    pub(super) fn with_hint(self, hint: &str) -> Self {
        Self { hint: Some(hint.to_owned()), ..self }
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Number(what) => f.write_str(what),
            Self::AtLeast(least) => write!(f, "a number from {least} on"),
            Self::AtMost(most) => write!(f, "a number up to {most}"),
            Self::NewInSet => f.write_str("a number that is not in the set yet"),
            Self::End => f.write_str("the end"),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("the end"),
            Self::Text(text) => write!(f, "`{text}`"),
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column {}: expected {}, found {}.", self.column, listed(&self.expected), self.found)?;
        match &self.hint {
            Some(hint) => write!(f, " {hint}"),
            None => Ok(()),
        }
    }
}

/// "a", "a or b", "a, b or c".
fn listed(expected: &[Expected]) -> String {
    let words: Vec<String> = expected.iter().map(Expected::to_string).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing more".to_owned(),
    }
}

/// What was probably meant by `found` where `expected` would have been right.
pub(super) fn hint(found: &str, expected: &[Expected]) -> Option<String> {
    let words = expected.iter().filter_map(|expected| match expected {
        Expected::Text(text) => Some(*text),
        _ => None,
    });
    let has = |symbol: &'static str| expected.contains(&Expected::Text(symbol));
    match found {
        "–" | "—" | "−" | "‐" | "‑" if has("-") => {
            Some("Write the plain minus sign `-`.".to_owned())
        }
        "*" | ":" | "all" if has("-") => Some("All of an axis is written `-`.".to_owned()),
        ":" | "." | "…" | "-" if has("..") => Some("A range is written `1..5`.".to_owned()),
        "[" if has("{") => Some("A set is written `{1,3,8}`.".to_owned()),
        "∣" | "¦" | "｜" if has("|") => Some("Write the plain bar `|`.".to_owned()),
        "label" | "y" if has("dCNN") && !has("label") => {
            Some("Label entropies are written with a capital H: `H(label|y=1)@5`.".to_owned())
        }
        _ => nearest(found, words),
    }
}

/// A word of the grammar within two slips of what was written.
fn nearest<'w>(found: &str, words: impl Iterator<Item = &'w str>) -> Option<String> {
    let lower = found.to_lowercase();
    let alphabetic = words.filter(|word| word.chars().all(char::is_alphabetic));
    let slips = |word: &str| edit_distance(&word.to_lowercase(), &lower);
    let (word, slips) = alphabetic.map(|word| (word, slips(word))).min_by_key(|&(_, slips)| slips)?;
    match slips {
        0 => Some(format!("Did you mean `{word}`? Upper and lower case differ.")),
        1 | 2 if slips < word.chars().count().min(lower.chars().count()) => {
            Some(format!("Did you mean `{word}`?"))
        }
        _ => None,
    }
}

/// Levenshtein's distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, &to) in b.iter().enumerate() {
            let best = (diagonal + usize::from(from != to)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_lists_all_that_would_have_been_right() {
        let expected = vec![Expected::Text("-"), Expected::Text("{"), Expected::Number("a layer")];
        let error = ParseError { column: 9, expected, found: Found::Text(")".to_owned()), hint: None };
        assert_eq!(error.to_string(), "Column 9: expected `-`, `{` or a layer, found `)`.");
    }

    #[test]
    fn distances_between_words_count_slips() {
        assert_eq!(edit_distance("confusion", "confusion"), 0);
        assert_eq!(edit_distance("acuracy", "accuracy"), 1);
        assert_eq!(edit_distance("", "abc"), 3);
    }

    #[test]
    fn a_slip_is_recognised_and_nonsense_is_not() {
        let expected = [Expected::Text("accuracy"), Expected::Text("H")];
        assert_eq!(hint("acuracy", &expected).unwrap(), "Did you mean `accuracy`?");
        assert_eq!(hint("entropy", &expected), None);
    }
}
