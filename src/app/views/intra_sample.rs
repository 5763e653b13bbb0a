//! The layers whose channels can be looked at.

use crate::app::session::OpenRun;
use crate::app::widgets::Choice;

/// The layers of the open run, as choices.
pub fn layer_choices(run: &OpenRun) -> Vec<Choice> {
    run.layer_labels()
        .into_iter()
        .enumerate()
        .map(|(layer, label)| Choice::new(layer.to_string(), label))
        .collect()
}
