//! The whole page: bar, instrument, the view that was picked, and what opens over it.

use leptos::prelude::*;

use super::channel::ChannelView;
use super::empty_page::EmptyPage;
use super::frame::Frame;
use super::keys::Shortcuts;
use super::layer::LayerView;
use super::lazily::lazily;
use super::notices::NoticeList;
use super::own_data::OwnDataPanel;
use super::preflight::Preflight;
use super::progress::ProgressPanel;
use super::query::QueryPage;
use super::queue::QueuePanel;
use super::runs::RunList;
use super::start_panel::StartPanel;
use super::storage::StoragePanel;
use super::top_bar::{TabBar, TopBar};
use super::training::TrainingView;
use crate::app::address::Theme;
use crate::app::conductor::conductor;
use crate::app::inspector::view::Inspector;
use crate::app::instrument::view::Instrument;
use crate::app::overview::view::Overview;
use crate::app::session::{Event, Live, TrainingAxis, View};
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, text, when};
use crate::app::widgets::{Choice, Dialog, Picker};

/// Everything between `<body>` and `</body>`.
#[component]
pub fn Page(
    /// The colours.
    theme: Theme,
) -> impl IntoView {
    let conductor = conductor();
    provide_context(theme);
    let frame = Frame::new();
    provide_context(frame);
    follow_training(frame);
    // The questions of the overview are its headings.
    let has_name = flag(move || conductor.selection(|selection| selection.view != View::Overview));
    let name = text(move || conductor.selection(|selection| selection.view.name().to_owned()));
    let has_run = flag(move || conductor.open(|run| !run.epochs.is_empty()) == Some(true));
    view! {
        <div class="page">
            <a class="skip" href="#view">"To the charts"</a>
            <TopBar theme=theme/>
            {lazily!(instrument, || view! { <Instrument/> }.into_any()).now()}
            <NoticeList/>
            <div class="shell">
            <main class="main" id="view" tabindex="-1">
                <h1 class="visually-hidden">"CNNSlicer"</h1>
                {when(has_name, piece(move || view! { <h2 class="visually-hidden">{name}</h2> }.into_any()))}
                {when(has_run, piece(axis_picker))}
                <div class="charts">{choose(has_run, piece(charts), piece(|| view! { <EmptyPage/> }.into_any()))}</div>
            </main>
            {lazily!(instrument, || view! { <Inspector/> }.into_any()).now()}
            </div>
            <TabBar/>
            <Shortcuts/>
            <Dialog name="train-drawer" title="Train a network" open=frame.train content=drawer()/>
            <Dialog name="runs-dialog" title="Runs" open=frame.runs content=runs()/>
        </div>
    }
    .into_any()
}

/// What all charts over training count on their x axis.
fn axis_picker() -> AnyView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.selection(|selection| selection.view != View::Query));
    let axes = TrainingAxis::ALL.map(|axis| Choice::new(axis.name(), axis.title())).to_vec();
    let axis = text(move || conductor.selection(|selection| selection.axis.name().to_owned()));
    let on_axis = Callback::new(move |name: String| {
        conductor.apply(Event::AxisPicked(TrainingAxis::from_name(&name).unwrap_or_default()));
    });
    let picker = piece(move || {
        view! {
            <div class="controls axis-picker">
                <Picker name="axis" label="Charts over" choices=Signal::stored(axes.clone()) value=axis on_pick=on_axis/>
            </div>
        }
        .into_any()
    });
    view! { {when(is_shown, picker)} }.into_any()
}

/// Once a run is under way its numbers are in the bar; the charts are what is to be seen.
fn follow_training(frame: Frame) {
    let conductor = conductor();
    let is_busy = flag(move || conductor.live(Live::is_busy));
    Effect::new(move |was_busy: Option<bool>| {
        let now = is_busy.get();
        if now && was_busy == Some(false) {
            frame.train.set(false);
        }
        now
    });
}

fn drawer() -> AnyView {
    lazily!(drawer, || {
        view! {
            <ProgressPanel/>
            {queue()}
            <StartPanel/>
            <OwnDataPanel/>
            <Preflight/>
        }
        .into_any()
    })
    .now()
}

fn runs() -> AnyView {
    lazily!(drawer, || {
        view! {
            <RunList/>
            <StoragePanel/>
        }
        .into_any()
    })
    .now()
}

/// The queue of runs, once there is one.
fn queue() -> AnyView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.queue(|queue| !queue.runs().is_empty()));
    let panel = piece(|| view! { <QueuePanel/> }.into_any());
    view! { {when(is_shown, panel)} }.into_any()
}

/// The charts of the view that was picked.
fn charts() -> AnyView {
    let conductor = conductor();
    let shown = move |view: View, charts: Piece| {
        when(flag(move || conductor.selection(|selection| selection.view == view)), charts)
    };
    view! {
        {shown(View::Query, lazily!(query, || view! { <QueryPage/> }.into_any()))}
        {shown(View::Overview, lazily!(instrument, || view! { <Overview/> }.into_any()))}
        {shown(View::Training, lazily!(training, || view! { <TrainingView/> }.into_any()))}
        {shown(View::Layer, lazily!(layer, || view! { <LayerView/> }.into_any()))}
        {shown(View::Channel, lazily!(channel, || view! { <ChannelView/> }.into_any()))}
    }
    .into_any()
}
