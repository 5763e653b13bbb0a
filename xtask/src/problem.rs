//! What went wrong in a command, and what the person at the keyboard can do about it.

use std::fmt;

/// A failure of a command: one line for the fault, one for the remedy where there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct Problem {
    what: String,
    remedy: Option<String>,
}

/// The result of everything in this package that can fail.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A fault without a known remedy.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: None }
    }

    /// The same fault with what to do next.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same fault, beginning with the file it is about.
    #[must_use]
    pub(crate) fn in_file(self, name: &str) -> Self {
        Self { what: format!("{name}: {}", self.what), ..self }
    }

    /// The fault on one line, for a list of stages.
    pub fn one_line(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{}; {remedy}", self.what),
            None => self.what.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.remedy.as_ref().map_or(Ok(()), |remedy| write!(f, "\n  → {remedy}"))
    }
}

// A test that returns a `Problem` prints it through `Debug`.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Problem {}

/// Names the thing that an error of another kind is about.
pub(crate) trait About<T> {
    /// Turns the error into a [`Problem`] that begins with `thing`.
    fn about(self, thing: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> About<T> for std::result::Result<T, E> {
    fn about(self, thing: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Problem::new(format!("{thing}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_remedy_on_a_line_of_its_own() {
        let problem = Problem::new("no curl").remedy("install curl");
        assert_eq!(problem.to_string(), "no curl\n  → install curl");
        assert_eq!(problem.one_line(), "no curl; install curl");
    }

    #[test]
    fn a_foreign_error_is_named_by_the_thing_it_is_about() {
        let error: std::result::Result<(), _> = "x".parse::<u16>().map(|_| ());
        assert!(error.about("--port").unwrap_err().to_string().starts_with("--port: invalid digit"));
    }
}
