//! What is open over the page: the drawer of the next run, the list of runs.

use leptos::prelude::*;

/// For whoever opens or closes them.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Settings and progress of runs.
    pub train: RwSignal<bool>,
    /// Runs, the user's own images, storage.
    pub runs: RwSignal<bool>,
}

impl Frame {
    /// All closed.
    pub fn new() -> Self {
        Self { train: RwSignal::new(false), runs: RwSignal::new(false) }
    }

    /// The page's.
    pub fn of_page() -> Self {
        expect_context()
    }
}

impl Default for Frame {
    fn default() -> Self {
        Self::new()
    }
}
