//! What this machine can do, before anything is started.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::Event;
use crate::app::spawn::spawn;
use crate::browser::capabilities::{Capabilities, capabilities};
use crate::protocol::Fault;
use crate::training::device::Adapter;

/// Two facts: what trains, and what measures.
#[component]
pub fn Preflight() -> impl IntoView {
    let conductor = conductor();
    let looking = || RwSignal::new("…".to_owned());
    let (trains, measures) = (looking(), looking());
    spawn(async move {
        let machine = capabilities().await;
        if let Some(problem) = &machine.storage.problem {
            conductor.apply(Event::Noticed(Fault::no_opfs(problem)));
        }
        trains.set(trains_on(&machine.webgpu));
        measures.set(measures_on(&machine));
    });
    let row = |(name, fact): (&'static str, RwSignal<String>)| {
        let fact: Signal<String> = fact.into();
        view! { <dt>{name}</dt> <dd>{fact}</dd> }.into_any()
    };
    let rows = [("Trains on", trains), ("Measures on", measures)].map(row);
    view! {
        <section class="panel preflight" aria-label="This machine">
            <dl>{rows.into_iter().collect::<Vec<_>>()}</dl>
        </section>
    }
    .into_any()
}

fn trains_on(adapter: &Adapter) -> String {
    match adapter {
        Adapter::Real { name } => format!("the GPU through WebGPU ({name})"),
        Adapter::Fallback { .. } => "the CPU with SIMD; WebGPU here is only emulated, and slower".into(),
        Adapter::Absent { reason } => format!("the CPU with SIMD; no WebGPU: {reason}"),
    }
}

fn measures_on(machine: &Capabilities) -> String {
    let workers = machine.cores.saturating_sub(1).max(1);
    format!("{workers} of {} processor cores", machine.cores)
}
