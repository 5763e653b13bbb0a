//! A failure in plain words, as it is shown on the page and in `status().error`.

use serde::{Deserialize, Serialize};

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
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.what, self.why, self.next_step)
    }
}
