//! A scene that moves to its next state instead of jumping, unless the user wants no motion.

use leptos::prelude::*;

use crate::browser::turn::now_ms;
use crate::plot::circles::Scene;

const DURATION_MS: f64 = 450.0;

/// On the way from one scene to another.
#[derive(Clone)]
struct Way {
    from: Scene,
    to: Scene,
    start_ms: f64,
}

/// The scene on screen.
#[derive(Clone, Copy)]
pub struct Motion {
    /// As it is drawn now; `None` before the first.
    pub shown: RwSignal<Option<Scene>>,
    way: StoredValue<Option<Way>>,
}

impl Motion {
    /// Follows `target`; while that is `None` the last scene stays.
    pub fn towards(target: Memo<Option<Scene>>) -> Self {
        let motion = Self { shown: RwSignal::new(None), way: StoredValue::new(None) };
        Effect::new(move || {
            if let Some(target) = target.get() {
                untrack(|| motion.go(target));
            }
        });
        motion
    }

    fn go(self, to: Scene) {
        let Some(from) = self.shown.get_untracked().filter(|_| !wants_no_motion()) else {
            self.way.set_value(None);
            return self.shown.set(Some(to));
        };
        let was_moving = self.way.with_value(Option::is_some);
        self.way.set_value(Some(Way { from, to, start_ms: now_ms() }));
        if !was_moving {
            request_animation_frame(move || self.step());
        }
    }

    fn step(self) {
        // The view may have been taken off the page since.
        let Some(Some(Way { from, to, start_ms })) = self.way.try_get_value() else { return };
        let share = ((now_ms() - start_ms) / DURATION_MS).clamp(0.0, 1.0);
        // Starts and ends gently.
        let eased = share * share * (3.0 - 2.0 * share);
        self.shown.set(Some(from.mix(&to, eased)));
        if share < 1.0 {
            request_animation_frame(move || self.step());
        } else {
            self.way.set_value(None);
        }
    }
}

fn wants_no_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    query.is_some_and(|query| query.matches())
}
