//! `cargo xtask test`: every check, stage by stage, with a count for each and a total.

mod count;
mod stage;

use crate::problem::Problem;
use crate::workspace::Workspace;
use count::Count;
pub(crate) use stage::Stage;
use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How a stage ended.
#[derive(Clone, Debug)]
enum Outcome {
    /// Its checks ran.
    Ran(Count),
    /// Something it needs is not here; the problem says how to get it.
    Lacking(Problem),
}

/// One line of the closing table.
#[derive(Clone, Debug)]
struct Line {
    stage: Stage,
    outcome: Outcome,
    took: Duration,
}

/// Runs `stages` in order; one that fails does not keep the later ones from running.
pub(crate) fn run(workspace: &Workspace, stages: &[Stage]) -> ExitCode {
    let mut lines: Vec<Line> = Vec::new();
    for stage in stages {
        println!("\n── {} ──", stage.name());
        let started = Instant::now();
        let stale = *stage == Stage::EndToEnd && lines.iter().any(Line::is_failed_build);
        let outcome = if stale { Outcome::Lacking(no_build()) } else { stage.run(workspace) };
        lines.push(Line { stage: *stage, outcome, took: started.elapsed() });
    }
    println!();
    for line in &lines {
        println!("{line}");
    }
    let total: Count = lines.iter().map(|line| line.outcome.count()).sum();
    println!("{total}");
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Testing what an earlier build left in `dist/` would say nothing about these sources.
fn no_build() -> Problem {
    Problem::new("the build failed, and dist/ is of an earlier one").remedy("mend the build first")
}

impl Line {
    fn is_failed_build(&self) -> bool {
        self.stage == Stage::Build && self.outcome.count().failed > 0
    }
}

impl Outcome {
    /// A stage that could not run counts as one skipped check, so that the total shows it.
    fn count(&self) -> Count {
        match self {
            Self::Ran(count) => *count,
            Self::Lacking(_) => Count { skipped: 1, ..Count::default() },
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, secs) = (self.stage.name(), self.took.as_secs_f64());
        write!(f, "{name}: {} ({secs:.0} s)", self.outcome.count())?;
        match &self.outcome {
            Outcome::Ran(_) => Ok(()),
            Outcome::Lacking(problem) => write!(f, ": {}", problem.one_line()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_build_is_told_from_a_passed_one() {
        let line = |stage, passed| Line {
            stage,
            outcome: Outcome::Ran(Count::one(passed)),
            took: Duration::default(),
        };
        assert!(line(Stage::Build, false).is_failed_build());
        assert!(!line(Stage::Build, true).is_failed_build());
        assert!(!line(Stage::Lint, false).is_failed_build());
    }

    #[test]
    fn a_stage_that_lacks_something_says_what_and_how_to_get_it() {
        let outcome = Outcome::Lacking(Problem::new("no Chromium").remedy("install it"));
        let line = Line { stage: Stage::EndToEnd, outcome, took: Duration::from_secs(2) };
        assert_eq!(
            line.to_string(),
            "end-to-end: 0 passed, 0 failed, 1 skipped (2 s): no Chromium; install it"
        );
    }
}
