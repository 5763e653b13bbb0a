//! What this machine can do, before anything is started.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::session::Event;
use crate::app::spawn::spawn;
use crate::browser::capabilities::{Capabilities, Keeping, capabilities, keeping};
use crate::protocol::Fault;
use crate::training::device::Adapter;

/// Three facts: what trains, what computes, where it is kept.
#[component]
pub fn Preflight() -> impl IntoView {
    let conductor = conductor();
    let looking = || RwSignal::new("…".to_owned());
    let (trains, measures, keeps) = (looking(), looking(), looking());
    spawn(async move {
        let machine = capabilities().await;
        if let Some(problem) = &machine.storage.problem {
            conductor.apply(Event::Noticed(Fault::no_opfs(problem)));
        }
        trains.set(trains_on(&machine.webgpu));
        measures.set(measures_on(&machine));
    });
    Effect::new(move || {
        // What is stored changes with the list of runs; what the browser promised, with the first of them.
        conductor.shelf(|_| ());
        spawn(async move { keeps.set(keeps_in(&keeping().await)) });
    });
    let row = |(name, fact): (&'static str, RwSignal<String>)| {
        let fact: Signal<String> = fact.into();
        view! { <dt>{name}</dt> <dd>{fact}</dd> }.into_any()
    };
    let rows = [("Trains on", trains), ("Measures on", measures), ("Keeps runs in", keeps)].map(row);
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

fn keeps_in(machine: &Keeping) -> String {
    match (&machine.problem, machine.quota) {
        (Some(problem), _) => format!("nothing: {problem}"),
        (None, Some(quota)) => {
            let used = machine.usage.unwrap_or(0.0);
            let lasting = if machine.persisted == Some(true) {
                "; kept until you delete it"
            } else {
                "; the browser may clear it when space runs out, so export what matters"
            };
            format!("this browser ({} of {} used{lasting})", size(used), size(quota))
        }
        (None, None) => "this browser".into(),
    }
}

/// Bytes in words, decimal units.
pub fn size(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let step = (0..units.len() - 1).take_while(|&step| bytes >= 999.5 * 1000_f64.powi(step as i32)).count();
    let value = bytes / 1000_f64.powi(step as i32);
    if value < 9.95 && step > 0 {
        format!("{value:.1} {}", units[step])
    } else {
        format!("{value:.0} {}", units[step])
    }
}
