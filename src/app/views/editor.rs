//! The layers of the next run's network: a preset to look at, or a network of one's own to change, with what
//! it costs as one types.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::run_cost::duration;
use crate::app::figures::storage::size;
use crate::app::session::editor::outline::grouped;
use crate::app::session::editor::{Estimate, LayerField, LayerKind, Outline, Row};
use crate::app::session::{Editor, EditorEvent, Event, Live};
use crate::app::spawn::spawn;
use crate::app::widgets::Field;
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text, when};
use crate::browser::turn;
use crate::network::HiddenLayers;
use crate::training::config::ModelName;

/// What the network comes to, made anew with every change.
type Told = Memo<Option<Outline>>;

/// The button that shows the layers, and the layers.
#[component]
pub fn EditorPanel() -> impl IntoView {
    let conductor = conductor();
    let is_shown = flag(move || conductor.editor(|editor| editor.is_shown));
    let expanded = text(move || is_shown.get().to_string());
    let toggle = press(move || send(conductor, EditorEvent::Shown(!is_shown.get_untracked())));
    let label =
        text(move || if is_shown.get() { "Hide the layers" } else { "Show and edit the layers" }.to_owned());
    view! {
        <button type="button" class="quiet show-layers" aria-expanded=expanded aria-controls="layers-panel" on:click=toggle>
            {label}
        </button>
        <div id="layers-panel">{when(is_shown, piece(layers))}</div>
    }
    .into_any()
}

/// The layers; nothing can be changed while a run is under way.
fn layers() -> AnyView {
    let conductor = conductor();
    panel(conductor, flag(move || conductor.live(Live::is_busy)))
}

fn send(conductor: Conductor, event: EditorEvent) {
    conductor.apply(Event::Editor(event));
}

fn panel(conductor: Conductor, disabled: Signal<bool>) -> AnyView {
    let outline: Told = Memo::new(move |_| conductor.outline());
    let is_custom = flag(move || conductor.draft(|draft| draft.config.model == ModelName::Custom));
    // Made anew when rows come, go or move, not when their values change.
    let order = Memo::new(move |_| {
        let key = |row: &Row| (row.id, LayerKind::of(&row.layer).name());
        conductor.editor(|editor| editor.rows().iter().map(key).collect::<Vec<_>>())
    });
    let editable = piece(move || {
        let row = |(position, (id, _)): (usize, (u32, &'static str))| {
            editable_row(conductor, outline, disabled, position, id)
        };
        order.get().into_iter().enumerate().map(row).collect::<Vec<_>>().into_any()
    });
    let fixed = piece(move || {
        order.with(|_| ());
        let rows = conductor.peek(|session| session.editor.rows().to_vec());
        rows.into_iter()
            .enumerate()
            .map(|(position, row)| fixed_row(outline, position, row))
            .collect::<Vec<_>>()
            .into_any()
    });
    let last = move |outline: &Outline| {
        let last = outline.layers.iter().position(|layer| layer.kind == "output");
        last.map(|last| format!("{} probabilities · {}", last + 1, outline.row(last))).unwrap_or_default()
    };
    let last = text(move || outline.with(|outline| outline.as_ref().map(last).unwrap_or_default()));
    let cost = text(move || outline.with(|outline| told(outline.as_ref())));
    let problem = text(move || {
        outline.with(|outline| match outline.as_ref().and_then(|outline| outline.problem.clone()) {
            Some((None, why)) => why,
            _ => String::new(),
        })
    });
    view! {
        <section class="editor" aria-label="Layers of the network">
            <ol class="layers">{choose(is_custom, editable, fixed)}</ol>
            <p class="facts">{last}</p>
            <p class="error" role="status">{problem}</p>
            <p class="facts cost">{cost}</p>
            {choose(is_custom, own(conductor, disabled), preset(conductor, disabled))}
        </section>
    }
    .into_any()
}

fn told(outline: Option<&Outline>) -> String {
    let Some(outline) = outline else {
        return "What it costs is known once the images are: choose a dataset that is here.".to_owned();
    };
    let Some(estimate) = outline.estimate else { return String::new() };
    let Estimate { parameters, recorded_bytes, epoch_seconds, is_measured } = estimate;
    let source = if is_measured { "at the speed of the last run" } else { "on a usual laptop’s CPU" };
    format!(
        "{} parameters · up to {} recorded per epoch · about {} to train one, {source}",
        grouped(parameters),
        size(recorded_bytes as f64),
        duration(epoch_seconds),
    )
}

/// What is below a preset's layers.
fn preset(conductor: Conductor, disabled: Signal<bool>) -> Piece {
    let edit = move || {
        send(conductor, EditorEvent::EditAsCustom);
        focus("add-conv".to_owned());
    };
    piece(move || {
        view! {
            <button type="button" prop:disabled=disabled on:click=press(edit)>"Edit as custom"</button>
        }
        .into_any()
    })
}

/// What is below the layers of one's own: more of them, the last change undone, all of them as text.
fn own(conductor: Conductor, disabled: Signal<bool>) -> Piece {
    let add = move |kind: LayerKind| {
        let add = move || {
            send(conductor, EditorEvent::Add(kind));
            let last = conductor.peek(|session| session.editor.rows().last().map(|row| row.id));
            if let (Some(id), Some(&field)) = (last, kind.fields().first()) {
                focus(cell_id(id, field));
            }
        };
        view! {
            <button type="button" id=format!("add-{}", kind.name()) prop:disabled=disabled on:click=press(add)>
                {format!("+ {}", kind.label())}
            </button>
        }
        .into_any()
    };
    let cannot_undo = flag(move || disabled.get() || !conductor.editor(Editor::can_undo));
    let undo = move || send(conductor, EditorEvent::Undo);
    let value = text(move || conductor.draft(|draft| draft.text("layers")));
    let error = text(move || conductor.draft(|draft| draft.error("layers").unwrap_or_default().to_owned()));
    let on_text =
        Callback::new(move |text| conductor.apply(Event::Edited { name: "layers".to_owned(), text }));
    piece(move || {
        let kinds = LayerKind::ALL.map(add).into_iter().collect::<Vec<_>>();
        let undo = press(undo);
        view! {
            <div class="add-layers" role="group" aria-label="Add a layer">
                {kinds}
                <button type="button" class="quiet" prop:disabled=cannot_undo on:click=undo>"Undo"</button>
            </div>
            <Field name="layers" label="The same as text, for links and scripts" keyboard="text" suggestions=&[] value=value
                error=error disabled=disabled on_text=on_text/>
        }
        .into_any()
    })
}

/// A layer of a preset.
fn fixed_row(outline: Told, position: usize, row: Row) -> AnyView {
    let layer = HiddenLayers::new(vec![row.layer]).to_string();
    view! {
        <li class="layer">
            <p>{format!("{} {layer}", position + 1)}</p>
            {facts(outline, position)}
        </li>
    }
    .into_any()
}

/// Shape and parameters of a layer, or why it is impossible.
fn facts(outline: Told, position: usize) -> AnyView {
    let facts =
        text(move || outline.with(|outline| outline.as_ref().map(|o| o.row(position)).unwrap_or_default()));
    let problem = text(move || {
        outline.with(|outline| outline.as_ref().map(|o| o.row_problem(position)).unwrap_or_default())
    });
    view! {
        <p class="facts">{facts}</p>
        <p class="error" aria-live="polite">{problem}</p>
    }
    .into_any()
}

fn editable_row(
    conductor: Conductor,
    outline: Told,
    disabled: Signal<bool>,
    position: usize,
    id: u32,
) -> AnyView {
    let (count, row) =
        conductor.peek(|session| (session.editor.rows().len(), session.editor.row(id).copied()));
    let Some(row) = row else { return ().into_any() };
    let kind = LayerKind::of(&row.layer);
    let number = position + 1;
    let button = move |name: &'static str,
                       label: &'static str,
                       sign: &'static str,
                       is_off: bool,
                       event: EditorEvent| {
        let is_off = flag(move || is_off || disabled.get());
        let on_press = move || {
            send(conductor, event.clone());
            keep_focus(conductor, position, id, name);
        };
        view! {
            <button type="button" class="quiet" id=format!("layer-{id}-{name}") aria-label=format!("{label} {number}")
                title=format!("{label} {number}") prop:disabled=is_off on:click=press(on_press)>{sign}</button>
        }
        .into_any()
    };
    let fields = kind.fields().iter().map(|&field| cell(conductor, disabled, id, number, field));
    let error = text(move || conductor.editor(|editor| editor.error(id)));
    view! {
        <li class="layer">
            <div class="layer-head">
                <span>{number}</span>
                {kind_picker(conductor, disabled, id, number, kind)}
                {button("up", "Move up layer", "↑", position == 0, EditorEvent::Up(id))}
                {button("down", "Move down layer", "↓", number == count, EditorEvent::Down(id))}
                {button("remove", "Remove layer", "✕", false, EditorEvent::Remove(id))}
            </div>
            <div class="cells">{fields.collect::<Vec<_>>()}</div>
            <p class="error" aria-live="polite">{error}</p>
            {facts(outline, position)}
        </li>
    }
    .into_any()
}

fn kind_picker(
    conductor: Conductor,
    disabled: Signal<bool>,
    id: u32,
    number: usize,
    kind: LayerKind,
) -> AnyView {
    let option = |other: LayerKind| {
        view! { <option value=other.name() prop:selected={other == kind}>{other.label()}</option> }.into_any()
    };
    let on_change: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        if let Some(kind) = LayerKind::from_name(&event_target_value(&event)) {
            send(conductor, EditorEvent::Kind(id, kind));
            focus(format!("layer-{id}-kind"));
        }
    });
    view! {
        <select id=format!("layer-{id}-kind") aria-label=format!("Kind of layer {number}") prop:disabled=disabled on:change=on_change>
            {LayerKind::ALL.map(option).into_iter().collect::<Vec<_>>()}
        </select>
    }
    .into_any()
}

/// One property of a layer: a text to type, or a choice.
fn cell(conductor: Conductor, disabled: Signal<bool>, id: u32, number: usize, field: LayerField) -> AnyView {
    let value = text(move || conductor.editor(|editor| editor.text(id, field)));
    let is_bad = flag(move || conductor.editor(|editor| editor.is_bad(id, field)));
    let invalid = text(move || is_bad.get().to_string());
    let on_text: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        send(conductor, EditorEvent::Typed { id, field, text: event_target_value(&event) });
    });
    let (element, label) = (cell_id(id, field), format!("{} of layer {number}", field.label()));
    let input = if field.choices().is_empty() {
        let keyboard = if field == LayerField::Dropout { "decimal" } else { "numeric" };
        view! {
            <input id=element type="text" inputmode=keyboard autocomplete="off" aria-label=label aria-invalid=invalid
                title=field.allowed() prop:value=value prop:disabled=disabled on:input=on_text/>
        }
        .into_any()
    } else {
        let option = |&(name, label): &(&'static str, &'static str)| {
            let is_chosen = flag(move || value.with(|value| value == name));
            view! { <option value=name prop:selected=is_chosen>{label}</option> }.into_any()
        };
        let options = field.choices().iter().map(option).collect::<Vec<_>>();
        view! {
            <select id=element aria-label=label prop:disabled=disabled on:change=on_text>{options}</select>
        }
        .into_any()
    };
    view! {
        <label class="cell" class:bad=is_bad>
            <span>{field.label()}</span>
            {input}
        </label>
    }
    .into_any()
}

fn cell_id(id: u32, field: LayerField) -> String {
    format!("layer-{id}-{}", field.label().replace(' ', "-").to_lowercase())
}

/// The rows were made anew: whoever works with the keyboard goes on where the layer is now, or, when it is
/// gone, with the one in its place.
fn keep_focus(conductor: Conductor, position: usize, id: u32, button: &'static str) {
    let (at, here, last) = conductor.peek(|session| {
        let rows = session.editor.rows();
        let at = rows.iter().position(|row| row.id == id);
        let here = rows.get(position).or(rows.last()).map(|row| row.id);
        (at, here, rows.len().saturating_sub(1))
    });
    focus(match (at, here) {
        (Some(0), _) if button == "up" => format!("layer-{id}-down"),
        (Some(at), _) if button == "down" && at == last => format!("layer-{id}-up"),
        (Some(_), _) => format!("layer-{id}-{button}"),
        (None, Some(here)) => format!("layer-{here}-remove"),
        (None, None) => "add-conv".to_owned(),
    });
}

/// Moves the focus to an element once the page has been made anew.
fn focus(element: String) {
    spawn(async move {
        turn::macrotask().await;
        let found =
            document().get_element_by_id(&element).and_then(|found| found.dyn_into::<HtmlElement>().ok());
        if let Some(found) = found {
            // An element that cannot take the focus leaves it where it is.
            let _ = found.focus();
        }
    });
}
