//! Why a measure could not be taken. Read by whoever turns it into words for a person; never a number in disguise.

/// The one error of all measures; its [`code`](Self::code) is stable and machine-readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntropyError {
    /// There is nothing to measure.
    #[error("there are no values to measure")]
    Empty,
    /// The measure compares samples and needs at least two.
    #[error("at least two samples are needed")]
    TooFewSamples,
    /// A value is NaN or infinite, or a distance overflowed.
    #[error("a value is NaN or infinite")]
    NonFinite,
    /// A setting lies outside its domain.
    #[error("{argument} {requirement}")]
    BadArgument {
        /// Name of the setting.
        argument: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
    /// Two lengths that belong together disagree.
    #[error("{what}: expected {expected}, found {found}")]
    Shape {
        /// What was counted.
        what: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length that is there.
        found: usize,
    },
}

impl EntropyError {
    /// `empty`, `too_few_samples`, `non_finite`, `bad_argument` or `shape`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooFewSamples => "too_few_samples",
            Self::NonFinite => "non_finite",
            Self::BadArgument { .. } => "bad_argument",
            Self::Shape { .. } => "shape",
        }
    }
}

/// `found` values where `expected` belong is a [`EntropyError::Shape`].
pub(crate) fn expect_len(what: &'static str, expected: usize, found: usize) -> Result<(), EntropyError> {
    if expected == found { Ok(()) } else { Err(EntropyError::Shape { what, expected, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_stable_names() {
        let bad = EntropyError::BadArgument { argument: "k", requirement: "must be at least 1" };
        let shape = EntropyError::Shape { what: "labels", expected: 3, found: 2 };
        let errors = [EntropyError::Empty, EntropyError::TooFewSamples, EntropyError::NonFinite, bad, shape];
        let codes = ["empty", "too_few_samples", "non_finite", "bad_argument", "shape"];
        assert_eq!(errors.map(|e| e.code()), codes);
        assert_eq!(shape.to_string(), "labels: expected 3, found 2");
        assert_eq!(expect_len("labels", 3, 2), Err(shape));
    }
}
