//! How far the run under way is, how fast, and how long it still takes.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::run_cost::duration;
use crate::app::session::{Live, Status};
use crate::app::widgets::dynamic::{flag, piece, press, text, when};

/// A bar and a line of facts; nothing while nothing was started.
#[component]
pub fn ProgressPanel() -> impl IntoView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.live(|live| live.status != Status::Idle));
    let follow = move |of: fn(&Live) -> String| text(move || conductor.live(of));
    let (headline, facts, stage) = (follow(headline), follow(facts), follow(stage));
    let note = follow(|live| live.note.clone().unwrap_or_default());
    let share = follow(|live| format!("{:.0}", 1000.0 * live.share_done()));
    let is_waiting = flag(move || conductor.live(|live| live.status == Status::Preparing));
    let content = piece(move || {
        view! {
            <section class="panel progress-panel" aria-label="Progress">
                <p class="headline" aria-live="polite">{headline}</p>
                <progress
                    max="1000"
                    prop:value=share
                    class:indeterminate=is_waiting
                    aria-label="Share of all batches done"
                ></progress>
                <p class="facts">{facts}</p>
                <p class="stage">{stage}</p>
                <p class="stage">{note}</p>
                <div class="actions">{buttons(conductor)}</div>
            </section>
        }
        .into_any()
    });
    view! { {when(is_shown, content)} }.into_any()
}

/// One epoch, and all of it again; Pause and Stop stand where Train stood.
fn buttons(conductor: Conductor) -> AnyView {
    let cannot_step = flag(move || {
        conductor.live(|live| live.status == Status::Preparing || live.is_stepping || live.run.is_none())
    });
    let cannot_reset = flag(move || conductor.live(|live| live.config.is_none() || live.again.is_some()));
    let step = press(move || {
        conductor.step();
    });
    let reset = press(move || {
        conductor.reset();
    });
    view! {
        <button type="button" class="quiet" prop:disabled=cannot_step on:click=step
            title="Train to the end of one epoch, then pause">"One epoch"</button>
        <button type="button" class="quiet" prop:disabled=cannot_reset on:click=reset
            title="Begin again from the same initial weights: this run ends and is kept, a new one waits">
            "Reset"
        </button>
    }
    .into_any()
}

fn headline(live: &Live) -> String {
    let progress = live.progress;
    match live.status {
        Status::Idle => String::new(),
        Status::Preparing => "Preparing".into(),
        Status::Training if progress.epoch == 0 => "Recording the untrained network".into(),
        Status::Training if live.is_stepping => {
            format!("One epoch · {} of {}", progress.epoch, progress.epochs)
        }
        Status::Training => format!("Training · epoch {} of {}", progress.epoch, progress.epochs),
        Status::Paused => format!("Paused · epoch {} of {}", progress.epoch, progress.epochs),
        Status::Done => match &live.metrics {
            Some(metrics) => format!("Done · test accuracy {:.2} %", 100.0 * metrics.test_accuracy),
            None => "Done".into(),
        },
        Status::Failed => "Failed · see the message above the charts".into(),
    }
}

fn facts(live: &Live) -> String {
    let progress = live.progress;
    let mut facts = Vec::new();
    if progress.batches > 0 && matches!(live.status, Status::Training | Status::Paused) {
        facts.push(format!("batch {} of {}", progress.batch, progress.batches));
    }
    if progress.images_per_second > 0.0 {
        facts.push(format!("{:.0} images/s", progress.images_per_second));
    }
    if let Some(seconds) = live.seconds_left() {
        facts.push(format!("about {} left", duration(seconds)));
    }
    facts.join(" · ")
}

fn stage(live: &Live) -> String {
    let device = live.device.clone().filter(|_| live.is_busy());
    live.stage.clone().or(device).unwrap_or_default()
}
