//! The layer view: how much gets through between two layers, which channels say the same, and their feature maps.

mod controls;
mod deeper;
mod depth_curve;
mod epoch_row;
mod heatmap;
mod images;
mod maps;
mod over_epochs;
mod scale;
mod similar;
mod small_heat;
mod spread;
mod tile;
mod whole;

pub use heatmap::CapacityView;

use leptos::prelude::*;

use super::curves::InterSampleView;
use crate::app::conductor::{Conductor, conductor};
use crate::app::session::{Event, LayerEvent, LayerLook};
use deeper::DeeperView;
use epoch_row::EpochRowView;
use maps::MapsView;
use over_epochs::CapacityOverEpochs;
use similar::SimilarView;
use spread::SpreadView;
use whole::WholeLayersView;

/// All of it, from the heatmap down.
#[component]
pub fn LayerView() -> impl IntoView {
    view! {
        <div class="layer-top wide">
            <CapacityView/>
            <div class="layer-beside">
                <CapacityOverEpochs/>
                <SimilarView/>
            </div>
        </div>
        <MapsView/>
        <EpochRowView/>
        <DeeperView/>
        <WholeLayersView/>
        <InterSampleView/>
        <SpreadView/>
    }
    .into_any()
}

/// How the view looks now.
fn look() -> Memo<LayerLook> {
    let conductor = conductor();
    Memo::new(move |_| conductor.layer(|state| state.look.clone()))
}

/// Changes how the view looks.
fn change(conductor: Conductor, edit: impl FnOnce(&mut LayerLook)) {
    let mut look = conductor.peek(|session| session.layer.look.clone());
    edit(&mut look);
    conductor.apply(Event::Layer(LayerEvent::Look(look)));
}
