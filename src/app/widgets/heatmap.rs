//! A picture of cells with a cursor: moved by the pointer, or by the arrow keys when it has the focus.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, ImageData, KeyboardEvent, MouseEvent, PointerEvent,
};

use super::dynamic::{Piece, piece, text};
use super::tooltip::{Tip, tooltip};

/// One pixel per cell, RGBA, row-major.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `4 · width · height` bytes.
    pub rgba: Vec<u8>,
}

/// A cell of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// From the top.
    pub row: usize,
    /// From the left.
    pub column: usize,
}

/// The picture, scaled by CSS with sharp edges.
#[component]
pub fn Heatmap(
    /// What is shown.
    image: Memo<Image>,
    /// What a screen reader says.
    label: Signal<String>,
    /// What is said of a cell.
    describe: Callback<Cell, Vec<String>>,
    /// Called with a cell that is clicked, or at which Enter is pressed.
    #[prop(optional)]
    on_pick: Option<Callback<Cell>>,
    /// A cell that stays marked.
    #[prop(optional, into)]
    picked: Signal<Option<Cell>>,
    /// Lies over the picture.
    #[prop(optional)]
    overlay: Option<Piece>,
) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    let cursor: RwSignal<Option<Cell>> = RwSignal::new(None);
    Effect::new(move || {
        if let Some(canvas) = node.get() {
            // A picture that cannot be put leaves the table of its numbers.
            let _ = image.with(|image| put(&canvas, image));
        }
    });
    let size = move || image.with(|image| (image.width.max(1), image.height.max(1)));
    let tip = move || {
        let cell = cursor.get()?;
        let (width, height) = size();
        (cell.row < height && cell.column < width).then(|| Tip {
            x: (cell.column as f64 + 0.5) / width as f64,
            y: (cell.row as f64 + 0.5) / height as f64,
            lines: describe.run(cell),
        })
    };
    let point = move |event: &MouseEvent| {
        let Some(canvas) = node.get_untracked() else { return };
        let (width, height) = untrack(size);
        let bounds = canvas.get_bounding_client_rect();
        let at = |offset: f64, length: f64, cells: usize| {
            ((offset / length.max(1.0) * cells as f64) as usize).min(cells - 1)
        };
        let row = at(f64::from(event.client_y()) - bounds.top(), bounds.height(), height);
        let column = at(f64::from(event.client_x()) - bounds.left(), bounds.width(), width);
        cursor.set(Some(Cell { row, column }));
    };
    let on_key = move |event: KeyboardEvent| {
        let (width, height) = untrack(size);
        if event.key() == "Escape" {
            cursor.set(None);
        } else if matches!(event.key().as_str(), "Enter" | " ") {
            if let (Some(cell), Some(on_pick)) = (cursor.get_untracked(), on_pick) {
                event.prevent_default();
                on_pick.run(cell);
            }
        } else if let Some(moved) = step(cursor.get_untracked(), &event.key(), width, height) {
            event.prevent_default();
            cursor.set(Some(moved));
        }
    };
    let shares = move || {
        let (width, height) = size();
        (100.0 / width as f64, 100.0 / height as f64)
    };
    let mark_at = move |class: &'static str, cell: Option<Cell>| {
        let Some(cell) = cell else { return ().into_any() };
        let (x, y) = shares();
        view! {
            <div
                class=class
                style:left=format!("{:.3}%", x * cell.column as f64)
                style:top=format!("{:.3}%", y * cell.row as f64)
                style:width=format!("{x:.3}%")
                style:height=format!("{y:.3}%")
            ></div>
        }
        .into_any()
    };
    let mark = piece(move || mark_at("cursor", cursor.get()));
    let picked_mark = piece(move || mark_at("cursor picked", picked.get()));
    let on_click: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        // A finger has left the cell before its press is told.
        point(&event);
        if let (Some(cell), Some(on_pick)) = (cursor.get_untracked(), on_pick) {
            on_pick.run(cell);
        }
    });
    let on_leave = leave(cursor);
    let on_pointer = || -> Box<dyn FnMut(PointerEvent)> { Box::new(move |event| point(&event)) };
    let on_key: Box<dyn FnMut(KeyboardEvent)> = Box::new(on_key);
    let aspect = text(move || {
        let (width, height) = size();
        format!("{width} / {height}")
    });
    view! {
        <div
            class="heatmap"
            tabindex="0"
            role="application"
            aria-label=label
            style:aspect-ratio=aspect
            on:keydown=on_key
            on:pointermove=on_pointer()
            on:pointerdown=on_pointer()
            on:pointerleave=on_leave
            on:blur=move |_| cursor.set(None)
            on:click=on_click
        >
            <canvas node_ref=node aria-hidden="true"></canvas>
            {overlay.map(|overlay| view! { {overlay} }.into_any())}
            {picked_mark}
            {mark}
            {tooltip(tip)}
        </div>
    }
    .into_any()
}

/// What a finger pressed stays said until something else is pressed.
pub(super) fn leave(cursor: RwSignal<Option<Cell>>) -> Box<dyn FnMut(PointerEvent)> {
    Box::new(move |event| {
        if event.pointer_type() != "touch" {
            cursor.set(None);
        }
    })
}

/// Where an arrow key moves the cursor; `None` when the key is not one of them.
pub(super) fn step(cursor: Option<Cell>, key: &str, width: usize, height: usize) -> Option<Cell> {
    let Cell { row, column } = cursor.unwrap_or(Cell { row: 0, column: 0 });
    let moved = match key {
        "ArrowUp" => Cell { row: row.saturating_sub(1), column },
        "ArrowDown" => Cell { row: (row + 1).min(height - 1), column },
        "ArrowLeft" => Cell { row, column: column.saturating_sub(1) },
        "ArrowRight" => Cell { row, column: (column + 1).min(width - 1) },
        "Home" => Cell { row, column: 0 },
        "End" => Cell { row, column: width - 1 },
        _ => return None,
    };
    // The first press shows the cursor where it is.
    Some(if cursor.is_some() { moved } else { Cell { row, column } })
}

/// Makes the canvas as large as the picture and puts it there.
///
/// # Errors
/// What the browser says.
pub fn put(canvas: &HtmlCanvasElement, image: &Image) -> Result<(), wasm_bindgen::JsValue> {
    if image.rgba.is_empty() {
        return Ok(());
    }
    canvas.set_width(image.width as u32);
    canvas.set_height(image.height as u32);
    let Some(context) = canvas.get_context("2d")? else { return Ok(()) };
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let pixels = ImageData::new_with_u8_clamped_array(Clamped(&image.rgba), image.width as u32)?;
    context.put_image_data(&pixels, 0.0, 0.0)
}
