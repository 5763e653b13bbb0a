//! Muted channels in words, for every place where some can be muted: what goes on, and what it cost the network.

use crate::app::conductor::Conductor;
use crate::app::figures::mute::{muted, sentence};
use crate::app::session::mute::{MuteTrial, Muted};
use crate::app::session::{Event, Live, Mute, MuteEvent, OpenRun, View};
use crate::app::widgets::reveal;
use crate::cube::LayerHeader;
use crate::protocol::examine::MuteEffect;

/// Whether a layer of the open run has anything after it that would miss its channels.
pub fn can_be_muted(conductor: Conductor, layer: usize) -> bool {
    conductor.open(|run| layer < run.header.n_layers()).unwrap_or(false)
}

/// Whether channels of a layer can be muted now.
pub fn is_idle(conductor: Conductor, layer: usize) -> bool {
    can_be_muted(conductor, layer) && !conductor.live(Live::is_busy) && !conductor.muting(Mute::is_under_way)
}

/// Mutes features of a layer at once, and shows what that costs.
pub fn mute_now(conductor: Conductor, layer: usize, features: Vec<usize>) {
    conductor.apply(Event::ViewPicked(View::Channel));
    conductor.apply(Event::Mute(MuteEvent::Chosen { layer, features }));
    conductor.mute();
    reveal("mute");
}

/// What the last trial found, and the names of the classes.
pub fn effect(conductor: Conductor) -> Option<(MuteEffect, Vec<String>)> {
    let of = |trial: &MuteTrial, run: &OpenRun| Some((trial.effect.clone()?, run.header.classes.clone()));
    trial(conductor, of).flatten()
}

/// What was muted in the last trial, and the number of its epoch, once its effect is known.
pub fn on_trial(conductor: Conductor) -> Option<(Muted, u32)> {
    let of =
        |trial: &MuteTrial, _: &OpenRun| trial.effect.is_some().then(|| (trial.muted.clone(), trial.epoch));
    trial(conductor, of).flatten()
}

/// What was muted in the last trial and what it cost, in a few sentences.
pub fn found(conductor: Conductor) -> Option<String> {
    let of = |trial: &MuteTrial, run: &OpenRun| {
        Some(format!("Muted: {}. {}", title(trial, run), sentence(trial.effect.as_ref()?)))
    };
    trial(conductor, of).flatten()
}

/// What goes on, or why nothing does.
pub fn state(conductor: Conductor, layer: usize) -> String {
    if conductor.live(Live::is_busy) {
        return "A run is training: channels can be muted when it has ended.".to_owned();
    }
    if !can_be_muted(conductor, layer) {
        return "Choose a layer before the last: without class probabilities there is nothing to evaluate."
            .to_owned();
    }
    let is_under_way = conductor.muting(Mute::is_under_way);
    let words = |trial: &MuteTrial, _: &OpenRun| match (&trial.fault, trial.progress) {
        (Some(fault), _) => format!("{} {} {}", fault.what, fault.why, fault.next_step),
        (None, _) if !is_under_way => String::new(),
        (None, (_, 0)) => "Reading the images …".to_owned(),
        (None, (done, of)) => format!("Evaluating: {done} of {of} images …"),
    };
    trial(conductor, words).unwrap_or_default()
}

/// The last trial of the run that is open.
fn trial<R>(conductor: Conductor, read: impl FnOnce(&MuteTrial, &OpenRun) -> R) -> Option<R> {
    conductor
        .open(|run| {
            conductor.muting(|mute| {
                mute.trial.as_ref().filter(|trial| trial.muted.run == run.run).map(|trial| read(trial, run))
            })
        })
        .flatten()
}

fn title(trial: &MuteTrial, run: &OpenRun) -> String {
    let header = trial.muted.layer.checked_sub(1).and_then(|index| run.header.layers.get(index));
    let is_dense = header.is_some_and(LayerHeader::is_dense);
    format!("{}; epoch {}", muted(&trial.muted, run.layer_name(trial.muted.layer), is_dense), trial.epoch)
}
