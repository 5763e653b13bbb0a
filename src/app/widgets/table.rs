//! Numbers as a table: for screen readers, and as CSV.

use std::sync::Arc;

use leptos::prelude::*;

use super::dynamic::{piece, when};

/// Text cells under column heads; the first cell of a row is its head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Column heads.
    pub columns: Vec<String>,
    /// As long as `columns` each.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Comma-separated values with a header line (RFC 4180).
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| quote(cell)).collect();
            csv.push_str(&cells.join(","));
            csv.push_str("\r\n");
        }
        csv
    }
}

fn quote(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Makes the table when it is wanted; `None` while there are no numbers.
pub type TableSource = Arc<dyn Fn() -> Option<Table> + Send + Sync>;

/// The table behind a fold; its rows are made only while it is open.
#[component]
pub fn FoldedTable(
    /// What the table holds.
    table: TableSource,
    /// Its caption.
    caption: &'static str,
    /// Whether it is unfolded; outlives the table, which is made anew when its chart is.
    open: RwSignal<bool>,
) -> impl IntoView {
    let head = move |cell: String| view! { <th scope="col">{cell}</th> }.into_any();
    let row = move |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        view! {
            <tr>
                <th scope="row">{cells.next()}</th>
                {cells.map(|cell| view! { <td>{cell}</td> }.into_any()).collect::<Vec<_>>()}
            </tr>
        }
        .into_any()
    };
    let content = piece(move || {
        let Table { columns, rows } = table().unwrap_or_default();
        view! {
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>{columns.into_iter().map(head).collect::<Vec<_>>()}</tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect::<Vec<_>>()}</tbody>
            </table>
        }
        .into_any()
    });
    // What the element says counts: it may have been unfolded before this table was made.
    let on_toggle: Box<dyn FnMut(web_sys::Event)> =
        Box::new(move |event| open.set(event_target::<web_sys::Element>(&event).has_attribute("open")));
    view! {
        <details class="folded-table" prop:open=open on:toggle=on_toggle>
            <summary>"Data table"</summary>
            <div class="scroll" tabindex="0">{when(open.into(), content)}</div>
        </details>
    }
    .into_any()
}
