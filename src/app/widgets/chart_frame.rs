//! What every chart has around it: title, notation, a sentence, exports, and its numbers as a table.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use super::save::{save_picture, save_text};
use super::table::{FoldedTable, Table};

/// A figure with its caption; `children` is the chart itself.
#[component]
pub fn ChartFrame(
    /// Anchor, and stem of exported files' names.
    name: &'static str,
    /// What the chart shows, in words.
    #[prop(into)]
    title: Signal<String>,
    /// The same in the paper's notation.
    #[prop(into)]
    notation: Signal<String>,
    /// How to read it, in a sentence.
    #[prop(into)]
    about: Signal<String>,
    /// Its numbers; `None` while there are none, and `empty` is shown instead.
    #[prop(into)]
    table: Signal<Option<Table>>,
    /// Shown in place of an empty chart.
    empty: ViewFn,
    /// Whether the chart is a canvas and can be saved as a picture.
    #[prop(optional)]
    picture: bool,
    /// Takes two columns.
    #[prop(optional)]
    wide: bool,
    /// Pickers of this chart.
    #[prop(optional, into)]
    controls: ViewFn,
    /// The chart.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Figure>::new();
    let is_filled = Memo::new(move |_| table.with(Option::is_some));
    let save_csv = move |_| {
        if let Some(table) = table.get_untracked() {
            // A download that the browser refuses is shown by the browser.
            let _ = save_text(&table.to_csv(), "text/csv", &format!("{name}.csv"));
        }
    };
    let save_png = move |_| {
        let canvas = node.get_untracked().and_then(|figure| figure.query_selector("canvas").ok().flatten());
        if let Some(canvas) = canvas {
            let _ = save_picture(canvas.unchecked_ref::<HtmlCanvasElement>(), format!("{name}.png"));
        }
    };
    let tools = move || {
        let png = picture.then(
            || view! { <button class="quiet" title="Save as a picture" on:click=save_png>"PNG"</button> },
        );
        view! {
            <div class="tools">
                <button class="quiet" title="Save the numbers" on:click=save_csv>"CSV"</button>
                {png}
            </div>
        }
    };
    let numbers = Signal::derive(move || table.get().unwrap_or_default());
    let body = move || {
        if is_filled.get() {
            view! {
                <div class="chart">{children()}</div>
                <FoldedTable table=numbers caption=title/>
            }
            .into_any()
        } else {
            view! { <div class="empty">{empty.run()}</div> }.into_any()
        }
    };
    view! {
        <figure id=name class="panel chart-frame" class:wide=wide node_ref=node>
            <figcaption>
                <h3>{title} " " <span class="notation">{notation}</span></h3>
                <Show when=move || is_filled.get()>{tools}</Show>
                <p class="about">{about}</p>
            </figcaption>
            <div class="controls">{move || controls.run()}</div>
            {body}
        </figure>
    }
    .into_any()
}
