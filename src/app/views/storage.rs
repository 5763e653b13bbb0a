//! Browser storage: how full it is, what the raw cells may take, and whether the browser promised to keep it.

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::storage::{StorageFigure, budget_of, storage};
use crate::app::session::Event;
use crate::app::session::storage_space::StorageEvent;
use crate::app::spawn::spawn;
use crate::app::widgets::Field;
use crate::app::widgets::dynamic::{flag, piece, press, text, when};
use crate::browser::capabilities::{Keeping, keeping, persist};

/// The panel.
#[component]
pub fn StoragePanel() -> impl IntoView {
    let conductor = conductor();
    let figure = Memo::new(move |_| conductor.storage_space(|space| space.summary.as_ref().map(storage)));
    let line = move |of: fn(&StorageFigure) -> &String| {
        text(move || {
            figure.with(|figure| figure.as_ref().map(|figure| of(figure).clone())).unwrap_or_default()
        })
    };
    let used = text(move || {
        figure.with(|figure| {
            figure.as_ref().map_or_else(|| "Looking at storage …".to_owned(), |figure| figure.used.clone())
        })
    });
    let bar = piece(move || {
        figure.with(|figure| figure.as_ref().and_then(|figure| figure.shares)).map(bar).into_any()
    });
    let (budget, cells) = (line(|figure| &figure.budget), line(|figure| &figure.cells));
    view! {
        <section class="panel storage" aria-labelledby="storage-title">
            <h2 id="storage-title">"Storage"</h2>
            {bar}
            <p role="status">{used}</p>
            <p class="facts">{cells}</p>
            <p class="facts">{budget}</p>
            {budget_field(conductor)}
            {promise(conductor)}
        </section>
    }
    .into_any()
}

/// Used and budget as parts of what the browser allows; the words under it say the same.
fn bar((used, budget): (f64, f64)) -> AnyView {
    let percent = |share: f64| format!("{:.2}%", 100.0 * share);
    view! {
        <div class="storage-bar" aria-hidden="true">
            <span class="storage-used" style:width=percent(used)></span>
            <span class="storage-budget" style:left=percent(budget)></span>
        </div>
    }
    .into_any()
}

fn budget_field(conductor: Conductor) -> AnyView {
    // As typed; until then the budget in force.
    let typed: RwSignal<Option<String>> = RwSignal::new(None);
    let quota = move || conductor.storage_space(|space| space.summary.and_then(|summary| summary.quota));
    let value = text(move || {
        let in_force = || {
            let budget = conductor.storage_space(|space| space.summary.and_then(|summary| summary.budget));
            budget.map(|bytes| format!("{:.0}", bytes as f64 / 1e6)).unwrap_or_default()
        };
        typed.get().unwrap_or_else(in_force)
    });
    let wanted = move || typed.get().map(|text| budget_of(&text, quota()));
    let error = text(move || wanted().and_then(Result::err).unwrap_or_default());
    let is_unset = flag(move || !matches!(wanted(), Some(Ok(_))));
    let set = move |bytes| {
        typed.set(None);
        conductor.apply(Event::StorageSpace(StorageEvent::Budget(bytes)));
    };
    let on_submit: Box<dyn FnMut(web_sys::SubmitEvent)> = Box::new(move |event| {
        event.prevent_default();
        if let Some(Ok(bytes)) = untrack(wanted) {
            set(Some(bytes));
        }
    });
    let on_text = Callback::new(move |text| typed.set(Some(text)));
    view! {
        <form class="storage-budget-form" on:submit=on_submit>
            <Field name="storage-budget" label="Budget in MB" keyboard="decimal" suggestions=&[] value=value
                error=error disabled=Signal::stored(false) on_text=on_text/>
            <div class="actions">
                <button type="submit" prop:disabled=is_unset>"Set"</button>
                <button type="button" class="quiet" title="80 % of what the browser allows" on:click=press(move || set(None))>
                    "Usual"
                </button>
                <button type="button" class="quiet" title="The raw cells of the two oldest epochs; the budget becomes smaller by them"
                    on:click=press(move || conductor.apply(Event::StorageSpace(StorageEvent::Make)))>
                    "Delete older raw cells"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Whether the browser promised to keep what is stored, and a button that asks it to.
fn promise(conductor: Conductor) -> AnyView {
    let found: RwSignal<Option<Keeping>> = RwSignal::new(None);
    let look = move || {
        spawn(async move {
            let keeping = keeping().await;
            found.try_set(Some(keeping));
        });
    };
    Effect::new(move || {
        // What the browser promised changes with the first run.
        conductor.storage_space(|_| ());
        look();
    });
    let words = text(move || found.with(|found| found.as_ref().map(in_words).unwrap_or_default()));
    let can_ask = flag(move || {
        found.with(|found| {
            found.as_ref().is_some_and(|found| found.persisted == Some(false) && found.problem.is_none())
        })
    });
    let ask = piece(move || {
        let on_press = press(move || {
            spawn(async move {
                // The answer is looked up.
                let _ = persist().await;
                look();
            });
        });
        view! { <button type="button" class="quiet" on:click=on_press>"Ask the browser to keep it"</button> }
            .into_any()
    });
    view! {
        <p class="facts storage-promise">{words}</p>
        {when(can_ask, ask)}
    }
    .into_any()
}

fn in_words(found: &Keeping) -> String {
    match (&found.problem, found.persisted) {
        (Some(problem), _) => format!("Nothing can be kept here: {problem}"),
        (None, Some(true)) => "The browser promised to keep it until you delete it.".to_owned(),
        (None, _) => {
            "The browser has not promised to keep it: it may clear it when the disk is nearly full, so export what matters."
                .to_owned()
        }
    }
}
