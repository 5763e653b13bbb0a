//! The whole page: head, notices, controls on the left, charts on the right.

use leptos::prelude::*;

use super::channel::{ChannelView, MultiplesPanel};
use super::confusion::ConfusionView;
use super::curves::{AccuracyView, InterSampleView, LabelView, LossView};
use super::epoch_bar::EpochBar;
use super::header::Header;
use super::layer::{CapacityView, LayerView};
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
use super::training::TrainingView;
use crate::app::address::Theme;
use crate::app::conductor::conductor;
use crate::app::figures::label::Label;
use crate::app::session::View;
use crate::app::widgets::dynamic::{Piece, flag, when};

/// Everything between `<body>` and `</body>`.
#[component]
pub fn Page(
    /// The colours.
    theme: Theme,
) -> impl IntoView {
    provide_context(theme);
    view! {
        <div class="page">
            <Header theme=theme/>
            <NoticeList/>
            <div class="columns">
                <aside class="side" aria-label="Controls">
                    <StartPanel/>
                    <ProgressPanel/>
                    {queue()}
                    <RunList/>
                    {lazily!(own_data, || view! { <OwnDataPanel/> }.into_any()).now()}
                    {lazily!(storage, || view! { <StoragePanel/> }.into_any()).now()}
                    <Preflight/>
                </aside>
                <main class="main">
                    <EpochBar/>
                    <div class="charts">{charts()}</div>
                </main>
            </div>
        </div>
    }
    .into_any()
}

/// The queue of runs, once there is one.
fn queue() -> AnyView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.queue(|queue| !queue.runs().is_empty()));
    let panel = lazily!(queue, || view! { <QueuePanel/> }.into_any());
    view! { {when(is_shown, panel)} }.into_any()
}

/// The charts of the view that was picked; the overview has the main ones of each.
fn charts() -> AnyView {
    let conductor = conductor();
    let shown = move |view: View, charts: Piece| {
        when(flag(move || conductor.selection(|selection| selection.view == view)), charts)
    };
    let overview = lazily!(overview, || {
        view! {
            <LossView/>
            <AccuracyView/>
            <LabelView label=Label::GivenPrediction/>
            <LabelView label=Label::GivenLabel/>
            <ConfusionView/>
            <CapacityView/>
            <InterSampleView/>
            <MultiplesPanel/>
        }
        .into_any()
    });
    view! {
        {shown(View::Query, lazily!(query, || view! { <QueryPage/> }.into_any()))}
        {shown(View::Overview, overview)}
        {shown(View::Training, lazily!(training, || view! { <TrainingView/> }.into_any()))}
        {shown(View::Layer, lazily!(layer, || view! { <LayerView/> }.into_any()))}
        {shown(View::Channel, lazily!(channel, || view! { <ChannelView/> }.into_any()))}
    }
    .into_any()
}
