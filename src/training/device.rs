//! Which backend a run uses: a pure decision from what was asked for and what is there.

use serde::{Deserialize, Serialize};

/// What WebGPU offers on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Adapter {
    /// None.
    Absent {
        /// Why, in words.
        reason: String,
    },
    /// A software adapter: correct, but slower than the CPU backend.
    Fallback {
        /// As the browser names it.
        name: String,
    },
    /// A graphics processor.
    Real {
        /// As the browser names it.
        name: String,
    },
}
