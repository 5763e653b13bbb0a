//! The whole page: head, notices, controls on the left, charts on the right.

use leptos::prelude::*;

use super::capacity::CapacityView;
use super::confusion::ConfusionView;
use super::curves::{AccuracyView, InterSampleView, LabelView, LossView};
use super::epoch_bar::EpochBar;
use super::header::Header;
use super::intra_sample::IntraSampleView;
use super::notices::NoticeList;
use super::preflight::Preflight;
use super::progress::ProgressPanel;
use super::runs::RunList;
use super::start_panel::StartPanel;
use crate::app::address::Theme;
use crate::app::conductor::conductor;
use crate::app::figures::label::Label;
use crate::app::session::View;

/// Everything between `<body>` and `</body>`.
#[component]
pub fn Page(
    /// The colours.
    theme: Theme,
) -> impl IntoView {
    let conductor = conductor();
    provide_context(theme);
    let view = Memo::new(move |_| conductor.selection(|selection| selection.view));
    let shows = move |group: View| move || matches!(view.get(), View::Overview) || view.get() == group;
    view! {
        <div class="page">
            <Header theme=theme/>
            <NoticeList/>
            <div class="columns">
                <aside class="side" aria-label="Controls">
                    <StartPanel/>
                    <ProgressPanel/>
                    <RunList/>
                    <Preflight/>
                </aside>
                <main class="main">
                    <EpochBar/>
                    <div class="charts">
                        <Show when=shows(View::Training)>
                            <LossView/>
                            <AccuracyView/>
                            <LabelView label=Label::GivenPrediction/>
                            <LabelView label=Label::GivenLabel/>
                            <ConfusionView/>
                        </Show>
                        <Show when=shows(View::Layer)>
                            <CapacityView/>
                            <InterSampleView/>
                        </Show>
                        <Show when=shows(View::Channel)>
                            <IntraSampleView/>
                        </Show>
                    </div>
                </main>
            </div>
        </div>
    }
    .into_any()
}
