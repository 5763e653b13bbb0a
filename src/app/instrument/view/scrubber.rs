//! T: play, the chosen epoch in words, and the track, whose ground is the training itself. All charts follow it.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::axis;
use super::ribbon::kept_index;
use crate::app::conductor::Conductor;
use crate::app::instrument::track::{MARGIN, Track};
use crate::app::session::{Event, OpenRun};
use crate::app::views::mode::mode;
use crate::app::views::paint;
use crate::app::widgets::dynamic::text;
use crate::app::widgets::{Canvas, Over, PlaySlider, Surface};
use crate::plot::palette::Mode;
use crate::plot::theme::Theme;

/// A slider that has not moved for so long rests.
const REST: Duration = Duration::from_millis(120);

/// The row at the foot of the instrument.
pub fn scrubber(conductor: Conductor) -> AnyView {
    let steps = Memo::new(move |_| conductor.open(|run| run.epochs.len()).unwrap_or(0));
    let step = Memo::new(move |_| conductor.selection(|selection| selection.epoch_index));
    let words = text(move || {
        let number = |run: &OpenRun| run.epoch_number(step.get()).map(|epoch| (epoch, run.last_epoch()));
        match conductor.open(number).flatten() {
            Some((epoch, last)) => format!("epoch {epoch} of {last}"),
            None => "no epoch yet".to_owned(),
        }
    });
    let detail = text(move || {
        let accuracy = conductor
            .open(|run| run.epochs.get(step.get()).map(|epoch| epoch.metrics.test_accuracy))
            .flatten();
        accuracy.map(|share| format!("accuracy {:.1} %", 100.0 * share)).unwrap_or_default()
    });
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let on_step = Callback::new(move |step| {
        conductor.apply(Event::EpochPassed(step));
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(move || conductor.apply(Event::EpochRests), REST).ok());
    });
    let track = Memo::new(move |_| conductor.open(Track::of).unwrap_or_default());
    // The slider lies over the part of the track that is recorded.
    let reach = text(move || {
        let (all, recorded) = track.with(|track| (track.epochs.len(), track.recorded.len()));
        let share = recorded.saturating_sub(1) as f64 / all.saturating_sub(1).max(1) as f64;
        format!("calc({MARGIN}px * 2 + (100% - {MARGIN}px * 2) * {share:.5})")
    });
    let ground = track_canvas(conductor, track);
    view! {
        <div class="epoch-row">
            {axis("T")}
            <PlaySlider name="epoch" label="Epoch" steps=steps.into() step=step.into() words=words detail=detail
                ground=ground reach=reach on_step=on_step/>
        </div>
    }
    .into_any()
}

fn track_canvas(conductor: Conductor, track: Memo<Track>) -> AnyView {
    let mode = mode();
    let data = Memo::new(move |_| (track.get(), mode()));
    let chosen = Memo::new(move |_| conductor.selection(|selection| selection.epoch_index));
    let kept = Memo::new(move |_| kept_index(conductor));
    let draw = |(track, mode): &(Track, Mode), surface: &Surface| {
        let theme = Theme::for_canvas(*mode, surface.scale);
        paint::picture(&track.compose(&theme, (surface.width, surface.height)), &theme, surface);
    };
    let over = Over {
        track: Box::new(move || {
            chosen.get();
            kept.get();
            data.with(|_| ());
        }),
        draw: Box::new(move |surface| {
            let (Some(chosen), Some(kept)) = (chosen.try_get_untracked(), kept.try_get_untracked()) else {
                return;
            };
            data.try_with_untracked(|(track, mode)| {
                let theme = Theme::for_canvas(*mode, surface.scale);
                paint::over(&track.knobs(chosen, kept, &theme, surface.width), &theme, surface);
            });
        }),
    };
    view! { <Canvas data=data draw=draw over=over label=Signal::stored(String::new())/> }.into_any()
}
