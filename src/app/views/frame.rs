//! What is open over and beside the page: the drawer of the next run, the list of runs, the inspector.

use leptos::prelude::*;

use crate::app::inspector::subject::Subject;

/// From this width on, in CSS pixels, there is room for the inspector beside the charts.
const ROOMY: f64 = 1280.0;

/// For whoever opens or closes them.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Settings and progress of runs.
    pub train: RwSignal<bool>,
    /// Runs, storage.
    pub runs: RwSignal<bool>,
    /// What is explained; nothing while the inspector is closed.
    pub inspected: RwSignal<Option<Subject>>,
}

impl Frame {
    /// The dialogs closed; the inspector open where there is room beside the charts.
    pub fn new() -> Self {
        let is_wide =
            window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= ROOMY);
        Self {
            train: RwSignal::new(false),
            runs: RwSignal::new(false),
            inspected: RwSignal::new(is_wide.then(Subject::default)),
        }
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
