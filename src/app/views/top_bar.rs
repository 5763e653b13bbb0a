//! The bar at the top: which run is on screen, the views, the run under way, colours, and Train.

use leptos::prelude::*;

use super::frame::Frame;
use crate::app::address::Theme;
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::run_cost::duration;
use crate::app::link::ThemeChoice;
use crate::app::session::{Event, Live, Status, View};
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text, when};

/// A view, what its tab says, and the path of its sign (on 20 × 20).
const TABS: [(View, &str, &str); 5] = [
    (View::Overview, "Overview", "M3 10l7-6 7 6v7H3z"),
    (View::Training, "Training", "M3 16l4-6 4 3 6-9"),
    (View::Layer, "Layers", "M3 4h4v12H3zM9 4h4v12H9zM15 4h2v12h-2z"),
    (View::Channel, "Channels", "M6 7m-3 0a3 3 0 106 0 3 3 0 10-6 0M14 12m-4 0a4 4 0 108 0 4 4 0 10-8 0"),
    (View::Query, "Query", "M4 5h12M4 10h8M4 15h5"),
];

/// Always in sight.
#[component]
pub fn TopBar(
    /// The colours.
    theme: Theme,
) -> impl IntoView {
    let conductor = conductor();
    let frame = Frame::of_page();
    view! {
        <header class="top-bar">
            <a class="brand" href="./" aria-label="CNNSlicer, from the start">
                <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M3 8l9-5 9 5v8l-9 5-9-5z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/>
                    <path d="M3 8l9 5 9-5M12 13v8" fill="none" stroke="currentColor" stroke-width="1.2" opacity=".45"/>
                    <path class="brand-slice" d="M7.5 5.5l9 5v8l-9-5z"/>
                </svg>
                <span>"CNNSlicer"</span>
            </a>
            {run_switch(conductor, frame)}
            <nav class="tabs" aria-label="Views">{tabs(conductor, false)}</nav>
            <div class="top-tools">
                {live(conductor, frame)}
                {theme_button(theme)}
            </div>
            {progress(conductor)}
        </header>
    }
    .into_any()
}

/// The views at the foot of a phone.
#[component]
pub fn TabBar() -> impl IntoView {
    view! { <nav class="tab-bar" aria-label="Views">{tabs(conductor(), true)}</nav> }.into_any()
}

fn tabs(conductor: Conductor, with_signs: bool) -> Vec<AnyView> {
    let tab = |(view, label, path): (View, &'static str, &'static str)| {
        let current = text(move || {
            let is_shown = conductor.selection(|selection| selection.view == view);
            if is_shown { "page" } else { "false" }.to_owned()
        });
        let on_press = press(move || {
            conductor.apply(Event::ViewPicked(view));
            window().scroll_to_with_x_and_y(0.0, 0.0);
        });
        let sign = with_signs.then(|| {
            view! {
                <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">
                    <path d=path/>
                </svg>
            }
            .into_any()
        });
        view! {
            <button type="button" data-view=view.name() aria-current=current on:click=on_press>{sign}{label}</button>
        }
        .into_any()
    };
    TABS.into_iter().map(tab).collect()
}

/// The run on screen; a press shows all of them.
fn run_switch(conductor: Conductor, frame: Frame) -> AnyView {
    let name = text(move || {
        let opening = || conductor.run_list(|list| list.opening.is_some() || !list.known);
        let name = conductor.open(|run| run.header.name.clone());
        name.unwrap_or_else(|| if opening() { "Opening …" } else { "No run yet" }.to_owned())
    });
    let tag = text(move || {
        let accuracy = |run: &crate::app::session::OpenRun| {
            let last = run.epochs.last()?;
            Some((run.run.clone(), last.metrics.test_accuracy))
        };
        match conductor.open(accuracy).flatten() {
            Some((run, _)) if conductor.live(|live| live.is_of(&run)) => "training".to_owned(),
            Some((_, share)) => format!("{:.1} %", 100.0 * share),
            None => String::new(),
        }
    });
    let expanded = text(move || frame.runs.get().to_string());
    let on_press = press(move || frame.runs.set(true));
    view! {
        <button type="button" class="run-switch" aria-haspopup="dialog" aria-expanded=expanded title="Runs: open, import, manage" on:click=on_press>
            <b class="run-title" translate="no">{name}</b> <span class="tag">{tag}</span> <span aria-hidden="true">"▾"</span>
        </button>
    }
    .into_any()
}

/// The run under way in a line with its buttons, or the button that starts one.
fn live(conductor: Conductor, frame: Frame) -> Piece {
    let is_busy = flag(move || conductor.live(Live::is_busy));
    let is_paused = flag(move || conductor.live(|live| live.status == Status::Paused));
    let not_training = flag(move || conductor.live(|live| live.status != Status::Training));
    let show = move || press(move || frame.train.set(true));
    let icon = move |label: &'static str, sign: &'static str, disabled: Signal<bool>, event: Event| {
        let on_press = press(move || conductor.apply(event.clone()));
        view! {
            <button type="button" class="icon" aria-label=label title=label prop:disabled=disabled on:click=on_press>
                <span aria-hidden="true">{sign}</span>
            </button>
        }
        .into_any()
    };
    let pause = piece(move || icon("Pause training", "❚❚", not_training, Event::Pause));
    let resume = piece(move || icon("Resume training", "▶", Signal::stored(false), Event::Resume));
    let hold = choose(is_paused, resume, pause);
    let facts = text(move || conductor.live(facts));
    let most = text(move || conductor.live(headline));
    let under_way = piece(move || {
        view! {
            <button type="button" class="live" title="All about the run under way" on:click=show()>
                <b aria-live="polite">{most}</b> <span class="facts">{facts}</span>
            </button>
            {hold.clone()}
            {icon("Stop training", "■", Signal::stored(false), Event::Stop)}
        }
        .into_any()
    });
    let idle = piece(move || {
        view! { <button type="button" class="primary open-train" on:click=show()>"Train"</button> }.into_any()
    });
    choose(is_busy, under_way, idle)
}

fn headline(live: &Live) -> String {
    let progress = live.progress;
    match live.status {
        Status::Preparing => live.stage.clone().unwrap_or_else(|| "preparing".into()),
        Status::Paused => format!("paused · epoch {} of {}", progress.epoch, progress.epochs),
        _ if progress.epoch == 0 => "recording the untrained network".into(),
        _ => format!("epoch {} of {}", progress.epoch, progress.epochs),
    }
}

fn facts(live: &Live) -> String {
    let progress = live.progress;
    let mut facts = Vec::new();
    if progress.batches > 0 {
        facts.push(format!("batch {}/{}", progress.batch, progress.batches));
    }
    if let Some(metrics) = &live.metrics {
        facts.push(format!("{:.1} %", 100.0 * metrics.test_accuracy));
    }
    if let Some(seconds) = live.seconds_left() {
        facts.push(format!("{} left", duration(seconds)));
    }
    facts.join(" · ")
}

/// Along the foot of the bar.
fn progress(conductor: Conductor) -> Piece {
    let is_busy = flag(move || conductor.live(Live::is_busy));
    let share = text(move || conductor.live(|live| format!("{:.0}", 1000.0 * live.share_done())));
    let is_waiting = flag(move || conductor.live(|live| live.status == Status::Preparing));
    when(
        is_busy,
        piece(move || {
            view! {
                <progress class="top-progress" max="1000" prop:value=share class:indeterminate=is_waiting
                    aria-label="Share of the training done"></progress>
            }
            .into_any()
        }),
    )
}

/// As the system says, light, dark, in turns.
fn theme_button(theme: Theme) -> AnyView {
    let words = text(move || {
        match theme.choice.get() {
            ThemeChoice::Auto => "Colours: as the system says",
            ThemeChoice::Light => "Colours: light",
            ThemeChoice::Dark => "Colours: dark",
        }
        .to_owned()
    });
    let sign = text(move || {
        match theme.choice.get() {
            ThemeChoice::Auto => "◐",
            ThemeChoice::Light => "☀",
            ThemeChoice::Dark => "☾",
        }
        .to_owned()
    });
    let on_press = press(move || {
        theme.choice.update(|choice| {
            *choice = match choice {
                ThemeChoice::Auto => ThemeChoice::Light,
                ThemeChoice::Light => ThemeChoice::Dark,
                ThemeChoice::Dark => ThemeChoice::Auto,
            };
        });
    });
    view! {
        <button type="button" class="icon theme-button" title=words aria-label=words on:click=on_press>
            <span aria-hidden="true">{sign}</span>
        </button>
    }
    .into_any()
}
