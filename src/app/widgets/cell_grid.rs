//! A table of coloured cells with a cursor: moved by the pointer, or by the arrow keys when it has the focus; a
//! press or Enter picks a cell.

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

use super::dynamic::piece;
use super::heatmap::{Cell, leave, step};
use super::tooltip::{Tip, tooltip};

/// A cell as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridCell {
    /// Short.
    pub text: String,
    /// A CSS colour.
    pub back: String,
    /// A CSS colour.
    pub ink: String,
}

/// As many columns as rows have cells; row and column heads are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Of rows and of columns.
    pub heads: Vec<String>,
    /// As long as `heads` each.
    pub rows: Vec<Vec<GridCell>>,
}

/// The table.
#[component]
pub fn CellGrid(
    /// What is shown.
    grid: Memo<Grid>,
    /// What a screen reader says.
    label: Signal<String>,
    /// What is said of a cell.
    describe: Callback<Cell, Vec<String>>,
    /// Called with the cell that is picked.
    #[prop(optional)]
    on_pick: Option<Callback<Cell>>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let cursor: RwSignal<Option<Cell>> = RwSignal::new(None);
    let size = move || grid.with(|grid| grid.rows.len());
    // Heads are as wide and as high as cells.
    let share = move |index: usize| (index as f64 + 1.0) / (size() as f64 + 1.0);
    let tip = move || {
        let Cell { row, column } = cursor.get()?;
        let half = 0.5 / (size() as f64 + 1.0);
        let tip = || Tip {
            x: share(column) + half,
            y: share(row) + half,
            lines: describe.run(Cell { row, column }),
        };
        (row < size() && column < size()).then(tip)
    };
    let at = move |x: i32, y: i32| {
        let bounds = node.get_untracked()?.get_bounding_client_rect();
        let n = untrack(size);
        let index = |offset: f64, length: f64| {
            let place = (offset / length.max(1.0) * (n as f64 + 1.0)).floor() as i64 - 1;
            usize::try_from(place).ok().filter(|index| *index < n)
        };
        let row = index(f64::from(y) - bounds.top(), bounds.height())?;
        Some(Cell { row, column: index(f64::from(x) - bounds.left(), bounds.width())? })
    };
    let pick = move |cell: Option<Cell>| {
        if let (Some(on_pick), Some(cell)) = (on_pick, cell) {
            on_pick.run(cell);
        }
    };
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |event| {
        let (key, n) = (event.key(), untrack(size));
        match key.as_str() {
            "Escape" => cursor.set(None),
            "Enter" | " " => {
                event.prevent_default();
                pick(cursor.get_untracked());
            }
            _ if n > 0 => {
                if let Some(moved) = step(cursor.get_untracked(), &key, n, n) {
                    event.prevent_default();
                    cursor.set(Some(moved));
                }
            }
            _ => {}
        }
    });
    let on_move: Box<dyn FnMut(PointerEvent)> =
        Box::new(move |event| cursor.set(at(event.client_x(), event.client_y())));
    let on_leave = leave(cursor);
    let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        let pressed = at(event.client_x(), event.client_y());
        cursor.set(pressed);
        pick(pressed);
    });
    let mark = piece(move || {
        let Some(Cell { row, column }) = cursor.get() else { return ().into_any() };
        let percent = |share: f64| format!("{:.3}%", 100.0 * share);
        let side = percent(1.0 / (size() as f64 + 1.0));
        view! {
            <div class="cursor" style:left=percent(share(column)) style:top=percent(share(row))
                style:width=side.clone() style:height=side></div>
        }
        .into_any()
    });
    let table = piece(move || grid.with(table));
    view! {
        <div class="cell-grid" class:pickable=on_pick.is_some() node_ref=node tabindex="0" role="application" aria-label=label
            on:keydown=on_key on:pointermove=on_move on:pointerleave=on_leave on:click=on_click>
            {table}
            {mark}
            {tooltip(tip)}
        </div>
    }
    .into_any()
}

fn table(grid: &Grid) -> AnyView {
    let head = |name: &String| view! { <th scope="col" title=name.clone()>{name.clone()}</th> }.into_any();
    let cell = |GridCell { text, back, ink }: &GridCell| {
        let (text, back, ink) = (text.clone(), back.clone(), ink.clone());
        view! { <td style:background-color=back style:color=ink>{text}</td> }.into_any()
    };
    let row = |(name, row): (&String, &Vec<GridCell>)| {
        view! {
            <tr>
                <th scope="row" title=name.clone()>{name.clone()}</th>
                {row.iter().map(cell).collect::<Vec<_>>()}
            </tr>
        }
        .into_any()
    };
    view! {
        <table class="confusion">
            <thead>
                <tr>
                    <td></td>
                    {grid.heads.iter().map(head).collect::<Vec<_>>()}
                </tr>
            </thead>
            <tbody>{grid.heads.iter().zip(&grid.rows).map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
