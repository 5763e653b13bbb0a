//! A table of coloured cells with a cursor: moved by the pointer, or by the arrow keys when it has the focus; a
//! press or Enter picks a cell.

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent};

use super::dynamic::{flag, piece, text};
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
    /// CSS colours of the heads; empty where they have none of their own.
    pub head_inks: Vec<String>,
    /// As long as `heads` each.
    pub rows: Vec<Vec<GridCell>>,
}

impl Grid {
    /// Whether cells are so small that they have narrow gaps and not all heads are written.
    pub fn is_dense(&self) -> bool {
        self.rows.len() > MOST_WIDE
    }

    /// Whether heads are words, which need more room than digits.
    pub fn is_named(&self) -> bool {
        self.heads.iter().any(|head| head.chars().count() > 3)
    }

    /// The widest that cells and heads are together, as CSS.
    pub fn most_width(&self) -> String {
        format!("calc(var(--head) + {} * 2.5rem)", self.rows.len())
    }
}

/// With more rows, cells are small.
const MOST_WIDE: usize = 12;
/// Most heads that are written; of more, every second, third … is.
const MOST_HEADS: usize = 25;

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
    // The part that has the cells, without the heads.
    let area = NodeRef::<html::Div>::new();
    let cursor: RwSignal<Option<Cell>> = RwSignal::new(None);
    let size = move || grid.with(|grid| grid.rows.len());
    let share = move |index: usize| index as f64 / (size() as f64).max(1.0);
    let tip = move || {
        let Cell { row, column } = cursor.get()?;
        let half = 0.5 / size() as f64;
        let tip = || Tip {
            x: share(column) + half,
            y: share(row) + half,
            lines: describe.run(Cell { row, column }),
        };
        (row < size() && column < size()).then(tip)
    };
    let at = move |x: i32, y: i32| {
        let bounds = area.get_untracked()?.get_bounding_client_rect();
        let n = untrack(size);
        let index = |offset: f64, length: f64| {
            let place = (offset / length.max(1.0) * n as f64).floor() as i64;
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
        let side = percent(1.0 / size() as f64);
        view! {
            <div class="cursor" style:left=percent(share(column)) style:top=percent(share(row))
                style:width=side.clone() style:height=side></div>
        }
        .into_any()
    });
    let table = piece(move || grid.with(table));
    let (is_dense, is_named) =
        (flag(move || grid.with(Grid::is_dense)), flag(move || grid.with(Grid::is_named)));
    let most_width = text(move || grid.with(Grid::most_width));
    view! {
        <div class="cell-grid" class:pickable=on_pick.is_some() class:dense=is_dense class:named=is_named
            style:max-width=most_width tabindex="0" role="application" aria-label=label
            on:keydown=on_key on:pointermove=on_move on:pointerleave=on_leave on:click=on_click>
            {table}
            <div class="cell-area" node_ref=area>
                {mark}
                {tooltip(tip)}
            </div>
        </div>
    }
    .into_any()
}

fn table(grid: &Grid) -> AnyView {
    let n = grid.rows.len();
    let every = n.div_ceil(MOST_HEADS).max(1);
    let head = |(index, name): (usize, &String), scope: &'static str| {
        let ink = grid.head_inks.get(index).cloned().unwrap_or_default();
        let written = if index % every == 0 { name.clone() } else { String::new() };
        view! { <th scope=scope title=name.clone() style:color=ink><span>{written}</span></th> }.into_any()
    };
    let cell = |GridCell { text, back, ink }: &GridCell| {
        let (text, back, ink) = (text.clone(), back.clone(), ink.clone());
        view! { <td style:background-color=back style:color=ink>{text}</td> }.into_any()
    };
    let row = |((index, name), row): ((usize, &String), &Vec<GridCell>)| {
        view! {
            <tr>
                {head((index, name), "row")}
                {row.iter().map(cell).collect::<Vec<_>>()}
            </tr>
        }
        .into_any()
    };
    let tracks = format!("var(--head) repeat({}, minmax(0, 1fr))", n.max(1));
    let heads = || grid.heads.iter().enumerate();
    view! {
        <table class="confusion" style:grid-template-columns=tracks.clone() style:grid-template-rows=tracks>
            <thead>
                <tr>
                    <td></td>
                    {heads().map(|named| head(named, "col")).collect::<Vec<_>>()}
                </tr>
            </thead>
            <tbody>{heads().zip(&grid.rows).map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
