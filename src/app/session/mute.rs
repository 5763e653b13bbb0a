//! Muted features of a layer: which ones are chosen, what is asked of the trainer, and what it cost the network.

use std::collections::BTreeSet;

use crate::app::session::{Outcome, Part, Session};
use crate::protocol::examine::{MuteEffect, MuteOrder};
use crate::protocol::{Fault, ToTrainer};

/// The features that are to be muted, in a layer of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Muted {
    /// Identifier.
    pub run: String,
    /// 0 … |L| − 1.
    pub layer: usize,
    /// Of the layer.
    pub features: BTreeSet<usize>,
}

/// What was asked of the trainer last, and what came.
#[derive(Clone, Debug, PartialEq)]
pub struct MuteTrial {
    /// What was muted.
    pub muted: Muted,
    /// Epoch number.
    pub epoch: u32,
    /// Images evaluated, and of how many.
    pub progress: (usize, usize),
    /// Before and after.
    pub effect: Option<MuteEffect>,
    /// Why there is none.
    pub fault: Option<Fault>,
    ticket: u64,
    is_over: bool,
}

/// Everything about muting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mute {
    /// Chosen, and not muted yet.
    pub chosen: Muted,
    /// The last trial.
    pub trial: Option<MuteTrial>,
}

/// What can happen to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MuteEvent {
    /// A feature of the selected layer is chosen, or not any more.
    Toggled(usize),
    /// These features of a layer are chosen, and no others: a group of similar filters.
    Chosen {
        /// 0 … |L| − 1.
        layer: usize,
        /// Of the layer.
        features: Vec<usize>,
    },
    /// The network is to be evaluated without the chosen ones.
    Asked {
        /// Absolute URL of the `data/` folder, ending in `/`.
        data_url: String,
    },
}

impl Mute {
    /// Whether the trainer is at it.
    pub fn is_under_way(&self) -> bool {
        self.trial.as_ref().is_some_and(|trial| !trial.is_over)
    }

    /// The features chosen in a layer of a run; those of another layer are forgotten when the first is chosen.
    pub fn features(&self, run: &str, layer: usize) -> BTreeSet<usize> {
        let is_of = self.chosen.run == run && self.chosen.layer == layer;
        if is_of { self.chosen.features.clone() } else { BTreeSet::new() }
    }
}

impl Session {
    pub(super) fn mute(&mut self, event: MuteEvent, outcome: &mut Outcome) {
        let Some(run) = self.open.as_ref().map(|open| open.run.clone()) else { return };
        match event {
            MuteEvent::Toggled(feature) => {
                let layer = self.selection.layer;
                let mut features = self.mute.features(&run, layer);
                if !features.remove(&feature) {
                    features.insert(feature);
                }
                self.mute.chosen = Muted { run, layer, features };
            }
            MuteEvent::Chosen { layer, features } => {
                self.selection.layer = layer;
                if let Some(run) = &self.open {
                    self.selection.fit(run);
                }
                self.mute.chosen = Muted { run, layer, features: features.into_iter().collect() };
                outcome.change(Part::Selection);
            }
            MuteEvent::Asked { data_url } => self.try_muted(data_url, outcome),
        }
        outcome.change(Part::Mute);
    }

    fn try_muted(&mut self, data_url: String, outcome: &mut Outcome) {
        let layer = self.selection.layer;
        let Some(open) = self.open.as_ref().filter(|open| layer < open.header.n_layers()) else { return };
        let Some(epoch) = open.epoch_number(self.selection.epoch_index) else { return };
        if self.live.is_busy() || self.mute.is_under_way() {
            return;
        }
        let run = open.run.clone();
        let features = self.mute.features(&run, layer);
        self.orders += 1;
        let ticket = self.orders;
        let order = MuteOrder {
            run: run.clone(),
            epoch,
            layer,
            features: features.iter().copied().collect(),
            data_url,
        };
        outcome.tell(ToTrainer::Mute { ticket, order });
        let muted = Muted { run, layer, features };
        let (progress, effect, fault) = ((0, 0), None, None);
        self.mute.trial = Some(MuteTrial { muted, epoch, progress, effect, fault, ticket, is_over: false });
    }

    fn trial(&mut self, ticket: u64) -> Option<&mut MuteTrial> {
        self.mute.trial.as_mut().filter(|trial| trial.ticket == ticket && !trial.is_over)
    }

    pub(super) fn mute_goes_on(&mut self, ticket: u64, progress: (usize, usize), outcome: &mut Outcome) {
        if let Some(trial) = self.trial(ticket) {
            trial.progress = progress;
            outcome.change(Part::Mute);
        }
    }

    pub(super) fn muted(&mut self, ticket: u64, effect: MuteEffect, outcome: &mut Outcome) {
        if let Some(trial) = self.trial(ticket) {
            trial.effect = Some(effect);
            outcome.change(Part::Mute);
        }
    }

    pub(super) fn mute_over(&mut self, ticket: u64, fault: Option<Fault>, outcome: &mut Outcome) {
        if let Some(trial) = self.trial(ticket) {
            trial.is_over = true;
            trial.fault = fault;
            outcome.change(Part::Mute);
        }
    }

    /// The worker that was asked is gone.
    pub(super) fn mute_lost(&mut self, fault: &Fault, outcome: &mut Outcome) {
        if let Some(ticket) = self.mute.trial.as_ref().map(|trial| trial.ticket) {
            self.mute_over(ticket, Some(fault.clone()), outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Command, Event, fixture};
    use crate::evaluation::ConfusionMatrix;
    use crate::protocol::FromTrainer;
    use crate::protocol::examine::{EvaluatedOn, Performance};

    fn session() -> Session {
        let mut session = Session::new(1);
        session.open = Some(fixture::open_run("a", 3));
        session.selection.layer = 1;
        session.selection.epoch_index = 2;
        session
    }

    fn toggle(session: &mut Session, feature: usize) {
        session.apply(Event::Mute(MuteEvent::Toggled(feature)), 0.0);
    }

    fn ask(session: &mut Session) -> Option<(u64, MuteOrder)> {
        let outcome = session.apply(Event::Mute(MuteEvent::Asked { data_url: "d/".into() }), 0.0);
        outcome.commands.into_iter().find_map(|command| match command {
            Command::Tell(ToTrainer::Mute { ticket, order }) => Some((ticket, order)),
            _ => None,
        })
    }

    fn effect() -> MuteEffect {
        let performance = || Performance { loss: 1.0, confusion: ConfusionMatrix::new(10) };
        MuteEffect { on: EvaluatedOn::TestSet, before: performance(), after: performance() }
    }

    #[test]
    fn the_chosen_features_are_muted_and_the_effect_is_shown() {
        let mut session = session();
        for feature in [7, 2, 5, 2] {
            toggle(&mut session, feature);
        }
        let (ticket, order) = ask(&mut session).unwrap();
        assert_eq!((order.epoch, order.layer, order.features), (2, 1, vec![5, 7]));
        assert_eq!(ask(&mut session), None, "one trial at a time");
        session.apply(Event::Trainer(FromTrainer::Examining { ticket, done: 3, of: 9 }), 0.0);
        assert_eq!(session.mute.trial.as_ref().unwrap().progress, (3, 9));
        session.apply(Event::Trainer(FromTrainer::Muted { ticket, effect: Box::new(effect()) }), 0.0);
        session.apply(Event::Trainer(FromTrainer::Examined { ticket, fault: None }), 0.0);
        assert_eq!(session.mute.trial.as_ref().unwrap().effect, Some(effect()));
        assert!(ask(&mut session).is_some());
    }

    #[test]
    fn features_of_another_layer_are_forgotten_when_one_is_chosen() {
        let mut session = session();
        toggle(&mut session, 7);
        session.apply(Event::LayerPicked(2), 0.0);
        assert!(session.mute.features("a", 2).is_empty());
        toggle(&mut session, 1);
        assert_eq!(session.mute.features("a", 2), BTreeSet::from([1]));
        assert!(session.mute.features("a", 1).is_empty());
    }

    #[test]
    fn a_group_of_filters_is_chosen_at_once_with_its_layer() {
        let mut session = session();
        session.apply(Event::Mute(MuteEvent::Chosen { layer: 2, features: vec![3, 1] }), 0.0);
        assert_eq!(session.selection.layer, 2);
        assert_eq!(session.mute.features("a", 2), BTreeSet::from([1, 3]));
    }

    #[test]
    fn a_lost_worker_and_a_refusal_leave_their_fault() {
        let fault = Fault::new("busy", "a", "b", "c");
        let mut session = session();
        let (ticket, _) = ask(&mut session).unwrap();
        session.apply(Event::Trainer(FromTrainer::Examined { ticket, fault: Some(fault.clone()) }), 0.0);
        assert_eq!(session.mute.trial.as_ref().unwrap().fault, Some(fault.clone()));
        ask(&mut session).unwrap();
        session.apply(Event::TrainerLost(fault.clone()), 0.0);
        assert!(!session.mute.is_under_way());
        assert_eq!(session.mute.trial.as_ref().unwrap().fault, Some(fault));
    }

    #[test]
    fn the_class_probabilities_cannot_be_muted() {
        let mut session = session();
        session.selection.layer = 3;
        assert_eq!(ask(&mut session), None);
    }
}
