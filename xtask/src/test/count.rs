//! Counts of checks, read from what test programs print.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Count {
    /// A single check.
    pub(super) fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed), skipped: 0 }
    }

    /// Adds up the summary lines of a run of Rust's test harness.
    ///
    /// A test that finds it cannot run prints `skipped: why` or `name: skipped, why`, and returns; it
    /// counts as skipped, not as passed (the run must show the output of tests that pass). A run that fails without a failed test did not compile or
    /// crashed, which is one failure.
    pub(super) fn of_test_run(output: &str, success: bool) -> Self {
        let mut count: Self = output.lines().filter_map(summary).sum();
        let skipped = skipped_tests(output).min(count.passed);
        count.passed -= skipped;
        count.skipped += skipped;
        if !success && count.failed == 0 {
            count.failed = 1;
        }
        count
    }

    /// Reads the last line `N passed, N failed` of a program.
    pub(super) fn of_closing_line(output: &str, success: bool) -> Self {
        let mut count = output.lines().rev().find_map(closing).unwrap_or_default();
        if (!success || count == Self::default()) && count.failed == 0 {
            count.failed = 1;
        }
        count
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`
fn summary(line: &str) -> Option<Count> {
    let (_, numbers) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    Some(Count {
        passed: before(numbers, "passed")?,
        failed: before(numbers, "failed")?,
        skipped: before(numbers, "ignored").unwrap_or(0),
    })
}

/// `12 passed, 0 failed`, with anything before or after it.
fn closing(line: &str) -> Option<Count> {
    Some(Count {
        passed: before(line, "passed")?,
        failed: before(line, "failed")?,
        skipped: before(line, "skipped").unwrap_or(0),
    })
}

/// The number that stands before `word`.
fn before(text: &str, word: &str) -> Option<usize> {
    let words: Vec<_> = text.split_whitespace().map(|word| word.trim_end_matches([';', ',', '.'])).collect();
    let position = words.iter().position(|other| *other == word)?;
    words.get(position.checked_sub(1)?)?.parse().ok()
}

/// How many tests say they were skipped; each one's output begins with `---- name stdout ----`.
fn skipped_tests(output: &str) -> usize {
    let mut skipped = 0;
    let mut counted = true;
    for line in output.lines().map(str::trim) {
        if line.starts_with("---- ") && line.ends_with(" ----") {
            counted = false;
        } else if !counted && (line.starts_with("skipped:") || line.contains(": skipped")) {
            skipped += 1;
            counted = true;
        }
    }
    skipped
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "running 5 tests\n\
        test a ... ok\n\
        ---- b stdout ----\n\
        skipped: CNNSLICER_DATA is not set\n\
        skipped: and once more\n\
        ---- c stdout ----\n\
        skipped vector 3: it needs MNIST\n\
        test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
        test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.01s\n";

    #[test]
    fn summaries_add_up_and_a_test_that_says_it_is_skipped_did_not_pass() {
        let count = Count::of_test_run(RUN, false);
        assert_eq!(count, Count { passed: 5, failed: 3, skipped: 2 });
        assert_eq!(count.to_string(), "5 passed, 3 failed, 2 skipped");
    }

    #[test]
    fn a_run_that_does_not_compile_is_a_failure() {
        assert_eq!(Count::of_test_run("error: could not compile", false).failed, 1);
        assert_eq!(
            Count::of_test_run("test result: ok. 1 passed; 0 failed; 0 ignored", true),
            Count::one(true)
        );
    }

    #[test]
    fn a_closing_line_is_read_and_its_absence_is_a_failure() {
        let closing = "vector a: ok\n12 passed, 1 failed\n";
        assert_eq!(Count::of_closing_line(closing, false), Count { passed: 12, failed: 1, skipped: 0 });
        assert_eq!(Count::of_closing_line("", true), Count::one(false));
        assert_eq!(Count::of_closing_line("3 passed, 0 failed, 1 skipped", true).skipped, 1);
    }
}
