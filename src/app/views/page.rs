//! The whole page: head, notices, controls on the left, charts on the right.

use leptos::prelude::*;

use super::capacity::CapacityView;
use super::channel::{MutePanel, ProjectionPanel};
use super::confusion::ConfusionView;
use super::curves::{AccuracyView, InterSampleView, LabelView, LossView};
use super::epoch_bar::EpochBar;
use super::header::Header;
use super::intra_sample::IntraSampleView;
use super::notices::NoticeList;
use super::own_data::OwnDataPanel;
use super::preflight::Preflight;
use super::progress::ProgressPanel;
use super::runs::RunList;
use super::start_panel::StartPanel;
use crate::app::address::Theme;
use crate::app::conductor::conductor;
use crate::app::figures::label::Label;
use crate::app::session::View;
use crate::app::widgets::dynamic::{flag, piece, when};

/// Everything between `<body>` and `</body>`.
#[component]
pub fn Page(
    /// The colours.
    theme: Theme,
) -> impl IntoView {
    let conductor = conductor();
    provide_context(theme);
    let shows = move |group: View| {
        flag(move || {
            conductor.selection(|selection| selection.view == View::Overview || selection.view == group)
        })
    };
    let training = piece(|| {
        view! {
            <LossView/>
            <AccuracyView/>
            <LabelView label=Label::GivenPrediction/>
            <LabelView label=Label::GivenLabel/>
            <ConfusionView/>
        }
        .into_any()
    });
    let layers = piece(|| {
        view! {
            <CapacityView/>
            <InterSampleView/>
        }
        .into_any()
    });
    let channels = piece(|| {
        view! {
            <IntraSampleView/>
            <ProjectionPanel/>
            <MutePanel/>
        }
        .into_any()
    });
    view! {
        <div class="page">
            <Header theme=theme/>
            <NoticeList/>
            <div class="columns">
                <aside class="side" aria-label="Controls">
                    <StartPanel/>
                    <ProgressPanel/>
                    <RunList/>
                    <OwnDataPanel/>
                    <Preflight/>
                </aside>
                <main class="main">
                    <EpochBar/>
                    <div class="charts">
                        {when(shows(View::Training), training)}
                        {when(shows(View::Layer), layers)}
                        {when(shows(View::Channel), channels)}
                    </div>
                </main>
            </div>
        </div>
    }
    .into_any()
}
