//! What a drag passes over is picked at once; answers and feature maps are those of where it rests.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::send;
use crate::app::conductor::Conductor;
use crate::app::session::QueryEvent;

/// A pointer that has not reached anything new for so long rests.
const REST: Duration = Duration::from_millis(120);

/// A drag, or several after each other.
#[derive(Clone, Copy)]
pub struct Drag {
    conductor: Conductor,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Drag {
    /// Nothing is dragged yet.
    pub fn new(conductor: Conductor) -> Self {
        Self { conductor, timer: StoredValue::new(None) }
    }

    /// Tells the session what the pointer has reached.
    pub fn reach(self, event: QueryEvent) {
        if !self.stop_waiting() {
            send(self.conductor, QueryEvent::Moving(true));
        }
        send(self.conductor, event);
        // Tells the session in any case: the view, and the timer's handle with it, may be gone by then.
        let rested = move || {
            self.stop_waiting();
            send(self.conductor, QueryEvent::Moving(false));
        };
        self.timer.set_value(set_timeout_with_handle(rested, REST).ok());
    }

    /// The pointer rests or was let go.
    pub fn rest(self) {
        if self.stop_waiting() {
            send(self.conductor, QueryEvent::Moving(false));
        }
    }

    /// Whether it was still moving.
    fn stop_waiting(self) -> bool {
        let timer = self.timer.try_update_value(Option::take).flatten();
        timer.map(|timer| timer.clear()).is_some()
    }
}
