//! The inspector on the page: a column beside the charts, or a sheet at the foot of a phone.

use leptos::prelude::*;

use super::explained::explain;
use super::subject::Subject;
use crate::app::conductor::conductor;
use crate::app::session::{Event, QueryEvent, View};
use crate::app::views::frame::Frame;
use crate::app::widgets::dynamic::{flag, piece, press, text, when};

/// Nothing while it is closed.
#[component]
pub fn Inspector() -> impl IntoView {
    let conductor = conductor();
    let frame = Frame::of_page();
    let explained = Memo::new(move |_| {
        let subject = frame.inspected.get()?;
        let told = conductor.open(|run| {
            conductor
                .selection(|selection| conductor.results(|results| explain(subject, run, selection, results)))
        });
        told.flatten()
    });
    let is_open = flag(move || explained.with(Option::is_some));
    let place =
        text(move || explained.with(|told| told.as_ref().map(|told| told.place.clone()).unwrap_or_default()));
    let title = text(move || {
        explained.with(|told| told.as_ref().map(|told| told.title.to_owned()).unwrap_or_default())
    });
    let value = text(move || {
        let value = explained.with(|told| told.as_ref().and_then(|told| told.value.clone()));
        value.unwrap_or_else(|| "…".to_owned())
    });
    let of =
        text(move || explained.with(|told| told.as_ref().map(|told| told.of.clone()).unwrap_or_default()));
    let formula = text(move || {
        explained.with(|told| told.as_ref().map(|told| told.formula.to_owned()).unwrap_or_default())
    });
    let says = piece(move || {
        let says = explained.with(|told| told.as_ref().map(|told| told.says.clone()).unwrap_or_default());
        says.into_iter().map(|said| view! { <p>{said}</p> }.into_any()).collect::<Vec<_>>().into_any()
    });
    let sum = piece(move || {
        let sum = explained.with(|told| told.as_ref().map(|told| told.sum.clone()).unwrap_or_default());
        if sum.is_empty() {
            return ().into_any();
        }
        let last = sum.len() - 1;
        let row = |(place, [name, value]): (usize, [String; 2])| {
            view! { <tr class:total=place == last><td>{name}</td> <td>{value}</td></tr> }.into_any()
        };
        let rows: Vec<AnyView> = sum.into_iter().enumerate().map(row).collect();
        view! { <h4>"The sum"</h4> <table><tbody>{rows}</tbody></table> }.into_any()
    });
    let ask = move || {
        if let Some(query) = explained.with_untracked(|told| told.as_ref()?.query.clone()) {
            conductor.apply(Event::ViewPicked(View::Query));
            conductor.apply(Event::Query(QueryEvent::Linked(query)));
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    };
    let content = piece(move || {
        view! {
            <aside class="inspector" aria-label="Explained">
                <p class="inspector-place"><span>{place}</span>
                    <button type="button" class="icon" aria-label="Close" on:click=press(move || frame.inspected.set(None))>"✕"</button>
                </p>
                <h3>{title}</h3>
                <p class="inspector-value" translate="no">{value} " " <small>{of}</small></p>
                {says.clone()}
                <p class="formula" translate="no">{formula}</p>
                {sum.clone()}
                <div class="actions"><button type="button" class="quiet" on:click=press(ask)>"Make it a query"</button></div>
                {others(frame)}
            </aside>
        }
        .into_any()
    });
    view! { {when(is_open, content)} }.into_any()
}

/// What else can be explained.
fn others(frame: Frame) -> AnyView {
    let name = |subject: Subject| match subject {
        Subject::Readable => "readable about the label",
        Subject::Spread => "inter-sample entropy",
        Subject::Accuracy => "accuracy",
        Subject::Doubt => "H(label | prediction)",
        Subject::ChannelEntropy => "intra-sample entropy",
    };
    let button = |subject: Subject| {
        let pressed = text(move || (frame.inspected.get() == Some(subject)).to_string());
        let on_press = press(move || frame.inspected.set(Some(subject)));
        view! { <button type="button" class="chip" aria-pressed=pressed on:click=on_press>{name(subject)}</button> }
            .into_any()
    };
    let buttons: Vec<AnyView> = Subject::ALL.into_iter().map(button).collect();
    view! { <div class="chips inspector-others" role="group" aria-label="Explain">{buttons}</div> }.into_any()
}
