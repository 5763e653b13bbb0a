//! What the trainer says of a network that is looked at, handed to whoever asked.

use crate::app::session::{Outcome, Part, Session};
use crate::protocol::{Fault, FromTrainer};

impl Session {
    /// Takes in what is of projections and muted channels; gives back the rest.
    pub(super) fn on_examination_message(
        &mut self,
        message: FromTrainer,
        outcome: &mut Outcome,
    ) -> Option<FromTrainer> {
        match message {
            FromTrainer::Projected { ticket, image } => self.projected(ticket, *image, outcome),
            FromTrainer::Examining { ticket, done, of } => self.mute_goes_on(ticket, (done, of), outcome),
            FromTrainer::Muted { ticket, effect } => self.muted(ticket, *effect, outcome),
            FromTrainer::Examined { ticket, fault } => {
                if !self.projection_over(ticket, fault.clone(), outcome) {
                    self.mute_over(ticket, fault, outcome);
                }
                if !self.live.is_busy() {
                    // Data that were read for it are there.
                    self.live.stage = None;
                    outcome.change(Part::Live);
                }
            }
            other => return Some(other),
        }
        None
    }

    /// Whoever was asked is gone.
    pub(super) fn stop_examination(&mut self, fault: &Fault, outcome: &mut Outcome) {
        self.projection_lost(fault, outcome);
        self.mute_lost(fault, outcome);
    }
}
