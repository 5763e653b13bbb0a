//! The runs that were queued: which are done, which trains, which wait.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::session::{Event, Queue, QueueEvent, QueueState, Queued};
use crate::app::widgets::dynamic::{choose, flag, piece, press, text, when};

fn tell(conductor: Conductor, event: QueueEvent) {
    conductor.apply(Event::Queue(event));
}

/// Nothing while nothing was queued.
#[component]
pub fn QueuePanel() -> impl IntoView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.queue(|queue| !queue.runs().is_empty()));
    let is_active = flag(move || conductor.queue(Queue::is_active));
    let headline = text(move || {
        conductor.queue(|queue| format!("{} of {} queued runs have ended", queue.ended(), queue.runs().len()))
    });
    let share = text(move || {
        let done = |queue: &Queue| 1000.0 * queue.ended() as f64 / queue.runs().len().max(1) as f64;
        format!("{:.0}", conductor.queue(done))
    });
    let rows = piece(move || {
        let row = |queued: &Queued| row(conductor, queued);
        conductor.queue(|queue| queue.runs().iter().map(row).collect::<Vec<_>>()).into_any()
    });
    let button = move |label: &'static str, title: &'static str, event: QueueEvent| {
        let on_press = press(move || tell(conductor, event.clone()));
        view! { <button class="quiet" title=title on:click=on_press>{label}</button> }.into_any()
    };
    let cancel =
        piece(move || button("Cancel all that wait", "The run that trains goes on", QueueEvent::CancelAll));
    let clear = piece(move || button("Clear", "The runs stay in the list of runs", QueueEvent::Clear));
    let content = piece(move || {
        view! {
            <section class="panel queue-panel" aria-label="Queue">
                <p class="headline" aria-live="polite">{headline}</p>
                <progress max="1000" prop:value=share aria-label="Share of queued runs that have ended"></progress>
                <ol class="queue">{rows.clone()}</ol>
                <div class="actions">{choose(is_active, cancel.clone(), clear.clone())}</div>
            </section>
        }
        .into_any()
    });
    view! { {when(is_shown, content)} }.into_any()
}

fn row(conductor: Conductor, queued: &Queued) -> AnyView {
    let (id, label) = (queued.id, queued.label.clone());
    let (state, why) = match &queued.state {
        QueueState::Waiting => ("waits", String::new()),
        QueueState::Called => ("begins", String::new()),
        QueueState::Running => ("trains", String::new()),
        QueueState::Done => ("done", String::new()),
        QueueState::Stopped => ("stopped", String::new()),
        QueueState::Cancelled => ("cancelled", String::new()),
        QueueState::Failed(fault) => ("failed", format!("{} {}", fault.what, fault.next_step)),
    };
    let stop = if queued.state == QueueState::Running { "Stop" } else { "Cancel" };
    let spoken = format!("{stop} {label}");
    let button = (!queued.has_ended()).then(|| {
        let on_press = press(move || tell(conductor, QueueEvent::Cancel(id)));
        view! { <button class="quiet" aria-label=spoken on:click=on_press>{stop}</button> }.into_any()
    });
    let is_stored = |run: &String| conductor.run_list(|run_list| run_list.get(run).is_some());
    let open = queued.run.clone().filter(|run| queued.has_ended() && is_stored(run)).map(|run| {
        let on_press = press(move || conductor.apply(Event::OpenRun(run.clone())));
        view! { <button class="quiet" on:click=on_press>"Open"</button> }.into_any()
    });
    view! {
        <li>
            <span class="queue-label">{label}</span>
            <span class="tag">{state}</span>
            {button}
            {open}
            <p class="error">{why}</p>
        </li>
    }
    .into_any()
}
