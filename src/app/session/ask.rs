//! What the session asks of the compute workers: feature maps on screen, then measures, as many as workers are free.

use super::results::{self, Wanted};
use super::{Command, OpenRun, Outcome, Part, Session, Status, View, layer};

impl Session {
    /// Whether the last run has ended, and so have the measures of it that the page asks for.
    pub fn is_settled(&self) -> bool {
        let measured = match self.open.as_ref().filter(|open| self.live.run.as_ref() == Some(&open.run)) {
            Some(open) => self.results.in_flight() == 0 && self.next_measures(open).is_empty(),
            None => true,
        };
        self.live.status == Status::Done && measured
    }

    /// Hands out what is wanted next.
    pub(super) fn ask_for_measures(&mut self, outcome: &mut Outcome) {
        let Some(run) = &self.open else { return };
        let busy = self.results.in_flight() + self.layer.maps.in_flight();
        let maps = self.layer.maps_wanted(run, &self.selection);
        for task in self.layer.maps.start_next(run, &maps, self.slots.saturating_sub(busy)) {
            outcome.ask(self.generation, task);
        }
        for task in self.instrument_asks() {
            outcome.ask(self.generation, task);
        }
        let Some(run) = &self.open else { return };
        for wanted in self.next_measures(run) {
            self.results.start(wanted.task.clone());
            let (task, visible) = (wanted.task, wanted.visible);
            outcome.commands.push(Command::Ask { generation: self.generation, task, visible });
            outcome.change(Part::Results);
        }
    }

    /// Measures of the open run; those of the view on screen first.
    fn next_measures(&self, run: &OpenRun) -> Vec<Wanted> {
        let usual = results::wanted(run, &self.selection);
        let slots = self.slots.saturating_sub(self.layer.maps.in_flight());
        if self.selection.view == View::Layer {
            let of_layers = layer::wanted(run, &self.selection, &self.layer, !self.live.is_busy());
            self.results.next_of(of_layers.into_iter().chain(usual), slots)
        } else {
            self.results.next_of(usual, slots)
        }
    }
}
