//! Back and forward in the browser's history.

use crate::app::link::Link;
use crate::app::session::{Outcome, Part, QueryEvent, Session};

impl Session {
    /// Brings back what was looked at; the run and the settings of the next one stay as they are.
    pub(super) fn revisit(&mut self, link: Link, outcome: &mut Outcome) {
        let Link { view, epoch, layer, entropy_scale, pair, axis, query, .. } = link;
        self.selection.view = view;
        self.selection.entropy_scale = entropy_scale;
        self.selection.layer = layer.unwrap_or(self.selection.layer);
        self.selection.pair = pair.unwrap_or(self.selection.pair);
        self.selection.axis = axis;
        self.selection.pending_epoch = epoch;
        self.selection.following = epoch.is_none();
        if let Some(run) = &self.open {
            self.selection.fit(run);
        }
        outcome.change(Part::Selection);
        if let Some(text) = query {
            self.query_event(QueryEvent::Linked(text), outcome);
        }
    }
}
