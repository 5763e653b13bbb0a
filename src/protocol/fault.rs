//! A failure in plain words, as it is shown on the page and in `status().error`.

use serde::{Deserialize, Serialize};

use crate::training::config::ConfigError;

/// What went wrong, why, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable machine-readable name in snake case: `idx_truncated`, `no_webgpu`, `worker_lost`, …
    pub code: String,
    /// What failed, naming the thing: "data/mnist/train-images-idx3-ubyte.gz could not be read."
    pub what: String,
    /// Why, naming what was found and what was expected.
    pub why: String,
    /// What the user can do now.
    pub next_step: String,
}

impl Fault {
    /// A fault from its four parts.
    pub fn new(
        code: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self { code: code.into(), what: what.into(), why: why.into(), next_step: next_step.into() }
    }

    /// There is no file storage: said alike by whoever finds out first, so that it is shown once.
    pub fn no_opfs(why: impl Into<String>) -> Self {
        Self::new(
            "no_opfs",
            "Runs cannot be recorded in this browser: its file storage (OPFS) cannot be used.",
            why,
            "Open the page over https or localhost, not in a private window, with a current Chrome, Edge, Firefox or Safari.",
        )
    }

    /// Settings that were read, not typed, are out of their limits.
    pub fn bad_settings(what: impl Into<String>, error: &ConfigError) -> Self {
        let next_step = "Start a new run with settings of your own.";
        Self::new("bad_settings", what, error.to_string(), next_step)
    }

    /// Whether both say that the same thing failed, be it found in two places for reasons worded differently.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.code == other.code && self.what == other.what
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.what, self.why, self.next_step)
    }
}
