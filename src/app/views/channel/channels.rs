//! The channels of a layer for the view's parts: made when another epoch of it is measured, and shared.

use std::ops::Deref;
use std::sync::Arc;

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::figures::channels::{LayerChannels, measured};
use crate::app::session::{EntropyScale, OpenRun};

/// A layer's channels; two are the same when they were made at the same time.
#[derive(Clone, Debug)]
pub struct Channels(Arc<LayerChannels>);

impl PartialEq for Channels {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Channels {
    type Target = LayerChannels;

    fn deref(&self) -> &LayerChannels {
        &self.0
    }
}

/// What is known of a layer of the open run, shown in `scale`; `None` before the first measurement.
pub fn channels_of(
    layer: impl Fn() -> Option<usize> + Send + Sync + 'static,
    scale: Signal<EntropyScale>,
) -> Memo<Option<Channels>> {
    channels(Box::new(layer), scale)
}

fn channels(
    layer: Box<dyn Fn() -> Option<usize> + Send + Sync>,
    scale: Signal<EntropyScale>,
) -> Memo<Option<Channels>> {
    let conductor = conductor();
    // Answers for other layers and measures come by the hundred and must not make all of this anew.
    let present = Memo::new(move |_| {
        let layer = layer()?;
        let of = |run: &OpenRun| {
            let measured = conductor.results(|results| measured(run, results, layer));
            (run.run.clone(), run.last_epoch(), layer, measured)
        };
        conductor.open(of)
    });
    Memo::new(move |_| {
        let ((.., layer, _), scale) = (present.get()?, scale.get());
        conductor.peek(|session| {
            let channels = LayerChannels::new(session.open.as_ref()?, &session.results, layer, scale)?;
            Some(Channels(Arc::new(channels)))
        })
    })
}
