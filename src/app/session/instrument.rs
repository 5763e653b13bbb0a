//! The instrument's part of the session: feature maps of the picked image through all layers.
//!
//! They follow image and epoch, also while the slider is on its way; what was looked at last is kept ([`Previews`]), so
//! that playing through the epochs again asks for nothing.

use super::previews::{MapsOf, Previews};
use super::{OpenRun, Selection, Session};
use crate::protocol::Task;

/// Channels of a layer that are shown: a wide layer's first ones.
pub const MAX_CHANNELS: usize = 128;

/// Slices under way at the same time. They are short, so they do not count among the tasks that keep workers busy.
const AT_ONCE: usize = 4;

/// What the instrument shows of the open run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instrument {
    /// Maps of the picked image, layer by layer.
    pub maps: Previews,
    /// Whether the channels of the picked layer are unfolded.
    pub is_open: bool,
}

/// All channels of a layer for the picked image at the chosen epoch; `None` before the first epoch. The input is the same
/// at every epoch.
pub fn maps_of(run: &OpenRun, selection: &Selection, layer: usize) -> Option<MapsOf> {
    let epoch_index = if layer == 0 { 0 } else { selection.epoch_index };
    let channels = (0..run.n_channels(layer).min(MAX_CHANNELS)).collect();
    Some(MapsOf { epoch: run.epoch_number(epoch_index)?, layer, images: vec![selection.image], channels })
}

/// The first images of a class, to choose from; `None` before the first epoch, and of a class without images.
pub fn images_of_class(run: &OpenRun, class: usize) -> Option<MapsOf> {
    let images: Vec<usize> = run.images_of_class(class).take(SHOWN_IMAGES).collect();
    let channels = (0..run.n_channels(0)).collect();
    (!images.is_empty()).then_some(())?;
    Some(MapsOf { epoch: run.epoch_number(0)?, layer: 0, images, channels })
}

/// Images of a class that the picker shows.
pub const SHOWN_IMAGES: usize = 12;

impl Session {
    /// The next slices for the instrument, most urgent first: the input, the picked layer, then from the front to the back.
    pub(super) fn instrument_asks(&mut self) -> Vec<Task> {
        let Some(run) = &self.open else { return Vec::new() };
        let selection = &self.selection;
        let others = (1..=run.header.layers.len()).filter(|&layer| layer != selection.layer);
        let layers = [0, selection.layer].into_iter().chain(others);
        let class = run.class_of(selection.image).unwrap_or(0);
        let wanted: Vec<MapsOf> = layers
            .filter_map(|layer| maps_of(run, selection, layer))
            .chain(images_of_class(run, class))
            .collect();
        self.instrument.maps.next(&run.run, wanted, AT_ONCE)
    }
}

#[cfg(test)]
mod tests {
    use crate::app::session::{Command, Event, Outcome, Part, Session, fixture};
    use crate::protocol::{Answer, Task};

    fn opened(workers: usize, n_epochs: u32) -> (Session, Outcome) {
        let mut session = Session::new(workers);
        session.apply(Event::OpenRun("a".into()), 0.0);
        let (generation, task) = (session.generation, Task::OpenRun { run: "a".into() });
        let answer = fixture::opened(fixture::open_run("a", n_epochs));
        let outcome = session.apply(Event::Answered { generation, task, answer }, 0.0);
        (session, outcome)
    }

    fn slices(outcome: &Outcome) -> Vec<String> {
        let text = |command: &Command| match command {
            Command::Ask { task: Task::Slice { text, .. }, .. } => Some(text.clone()),
            _ => None,
        };
        outcome.commands.iter().filter_map(text).collect()
    }

    #[test]
    fn the_picked_image_is_shown_through_all_layers_of_the_epoch() {
        let (session, outcome) = opened(8, 3);
        let asked = slices(&outcome);
        assert_eq!(asked[0], "dCNN({0}, 0, {0}, 0)");
        assert!(asked[1].starts_with("dCNN({0}, 2, {0,1,2,") && asked[1].ends_with("}, 2)"));
        assert!(asked[2].starts_with("dCNN({0}, 1, ") && asked[3].starts_with("dCNN({0}, 3, "));
        assert_eq!((asked.len(), session.instrument.maps.in_flight()), (4, 4), "a few at a time");
    }

    #[test]
    fn another_image_and_another_epoch_are_asked_for_once() {
        let (mut session, outcome) = opened(8, 3);
        let mut asked = slices(&outcome);
        while !asked.is_empty() {
            let text = asked.remove(0);
            let task = Task::Slice { run: "a".into(), text };
            let answer = Answer::Slice { axes: vec![], shape: vec![1, 1, 1, 1], values: vec![0.5] };
            let generation = session.generation;
            let outcome = session.apply(Event::Answered { generation, task, answer }, 0.0);
            assert!(outcome.changed.contains(&Part::Instrument));
            asked.extend(slices(&outcome));
        }
        assert!(slices(&session.apply(Event::EpochRests, 0.0)).is_empty());
        let moved = slices(&session.apply(Event::EpochPassed(1), 0.0));
        assert_eq!(moved.len(), 3, "the input and the pictures of the class stay: {moved:?}");
        let picked = slices(&session.apply(Event::ImagePicked(60), 0.0));
        assert_eq!(picked, ["dCNN({60}, 0, {0}, 0)"], "the others wait until those before are there");
        assert!(session.apply(Event::ImagePicked(9999), 0.0).changed.contains(&Part::Selection));
        assert_eq!(session.selection.image, 499, "brought back into the probe set");
    }

    #[test]
    fn what_cannot_be_read_is_told_where_it_is_missing_and_asked_again_on_request() {
        let (mut session, outcome) = opened(1, 1);
        let task = Task::Slice { run: "a".into(), text: slices(&outcome).remove(0) };
        let fault = crate::protocol::Fault::new("damaged", "x", "y", "z");
        let generation = session.generation;
        session.apply(Event::TaskFailed { generation, task: task.clone(), fault }, 0.0);
        assert!(session.notices.shown().is_empty());
        let of = super::maps_of(session.open.as_ref().unwrap(), &session.selection, 0).unwrap();
        assert!(session.instrument.maps.has_failed(&of));
        session.apply(Event::Retry, 0.0);
        assert!(!session.instrument.maps.has_failed(&of));
    }
}
