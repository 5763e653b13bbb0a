//! The training performance view (paper 5.2, Figures 4–7): the run on screen, and many runs at once.
//!
//! All charts over epochs zoom together.

mod bar_box;
mod comparison;
mod runs_compared;
mod side_by_side;
mod sides_charts;
mod stability;

use leptos::prelude::*;

use super::confusion::ConfusionView;
use super::curve_box::EpochZoom;
use super::curves::{AccuracyView, LabelView, LossView};
use crate::app::conductor::conductor;
use crate::app::figures::label::Label;
use crate::app::session::View;
use crate::app::widgets::dynamic::{flag, piece, when};

use comparison::{EntropyBars, LearningCurves};
use runs_compared::RunsCompared;
use side_by_side::SideBySide;
use stability::StabilityView;

/// Charts of the run on screen; below them, when this view alone is shown, many runs at once.
#[component]
pub fn TrainingView() -> impl IntoView {
    let conductor = conductor();
    provide_context(EpochZoom(EpochZoom::own()));
    let is_alone = flag(move || conductor.selection(|selection| selection.view == View::Training));
    let many = piece(|| {
        view! {
            <RunsCompared/>
            <EntropyBars/>
            <LearningCurves/>
            <SideBySide/>
        }
        .into_any()
    });
    let stability = piece(|| view! { <StabilityView/> }.into_any());
    view! {
        <LossView/>
        <AccuracyView/>
        <ConfusionView/>
        <LabelView label=Label::GivenPrediction/>
        <LabelView label=Label::GivenLabel/>
        {when(is_alone, stability)}
        {when(is_alone, many)}
    }
    .into_any()
}
