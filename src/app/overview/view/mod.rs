//! The overview on the page.

mod flow;
mod seen;
mod sentence;

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::figures::label::Label;
use crate::app::overview::findings::{self, Finding};
use crate::app::views::confusion::ConfusionView;
use crate::app::views::curves::LabelView;
use crate::app::widgets::dynamic::{Piece, piece};
use sentence::sentence;

/// Three questions.
#[component]
pub fn Overview() -> impl IntoView {
    let conductor = conductor();
    let sure = Memo::new(move |_| {
        let epoch_index = conductor.selection(|selection| selection.epoch_index);
        let of_run = |run: &crate::app::session::OpenRun| {
            run.epochs.get(epoch_index).map(|epoch| findings::sure(run, &epoch.confusion))
        };
        conductor.open(of_run).flatten().unwrap_or_default()
    });
    let charts = piece(|| {
        view! {
            <div class="charts">
                <ConfusionView/>
                <LabelView label=Label::GivenPrediction/>
            </div>
        }
        .into_any()
    });
    view! {
        <div class="overview wide">
            {question("1", "What does the network see?", seen::finding(conductor), &piece(move || seen::figure(conductor)))}
            {question("2", "How sure is it?", sure, &charts)}
            {question("3", "Where does the information go?", flow::finding(conductor), &piece(move || flow::figure(conductor)))}
        </div>
    }
    .into_any()
}

fn question(number: &'static str, title: &'static str, finding: Memo<Finding>, figure: &Piece) -> AnyView {
    view! {
        <section class="question" aria-label=title>
            <header>
                <span class="question-number" aria-hidden="true">{number}</span>
                <h2>{title}</h2>
                {sentence(finding)}
            </header>
            {figure.now()}
        </section>
    }
    .into_any()
}
