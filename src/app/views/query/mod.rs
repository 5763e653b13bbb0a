//! The query view (the paper's Figure 3): the query line, the network, the hypercube, what is picked of the images, the
//! answer, and the first feature maps of what was asked about.

mod answer;
mod block;
mod contents;
mod drag;
mod images;
mod line;
mod maps;
mod overview;

use leptos::prelude::*;

use answer::AnswerPanel;
use block::{BlockPanel, Pointing};
use contents::ContentsPanel;
use images::ImagesPanel;
use line::LinePanel;
use overview::OverviewPanel;

use super::TrainHint;
use crate::app::conductor::{Conductor, conductor};
use crate::app::session::{Event, QueryEvent, QueryView};
use crate::app::widgets::dynamic::{choose, flag, piece};

/// All of the view; without a run, what to do.
#[component]
pub fn QueryPage() -> impl IntoView {
    let conductor = conductor();
    let has_epochs = flag(move || conductor.open(|run| !run.epochs.is_empty()).unwrap_or(false));
    let page = piece(|| {
        view! {
            <div class="query-view">
                <LinePanel/>
                <OverviewPanel/>
                <BlockPanel pointing=Pointing::Slabs/>
                <AnswerPanel/>
                <BlockPanel pointing=Pointing::Crossing/>
                <ImagesPanel/>
                <ContentsPanel/>
            </div>
        }
        .into_any()
    });
    let empty = piece(|| {
        view! {
            <div class="panel empty">
                <TrainHint what="any slice of what the network computes, and what it measures in bits"/>
            </div>
        }
        .into_any()
    });
    view! { {choose(has_epochs, page, empty)} }.into_any()
}

/// Tells the session.
fn send(conductor: Conductor, event: QueryEvent) {
    conductor.apply(Event::Query(event));
}

/// Follows a part of the view's state; whoever reads it is woken when the part changes.
fn follow<T: PartialEq + Send + Sync + 'static>(
    conductor: Conductor,
    read: impl Fn(&QueryView) -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |_| conductor.query(&read))
}

/// Number of the epoch on the slider, which the pictures show.
fn shown_epoch(conductor: Conductor) -> Option<u32> {
    let index = conductor.selection(|selection| selection.epoch_index);
    conductor.open(|run| run.epoch_number(index)).flatten()
}
