//! What every chart has around it: title, notation, a sentence, exports, and its numbers as a table.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use super::dynamic::{Piece, choose, piece, press, when};
use super::save::{save_pictures, save_text};
use super::table::{FoldedTable, TableSource};

/// Makes the chart as an SVG document when it is wanted; `None` while there is nothing to draw.
pub type SvgSource = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// A figure with its caption.
#[component]
pub fn ChartFrame(
    /// Anchor, and stem of exported files' names.
    name: &'static str,
    /// What the chart shows, in words.
    title: &'static str,
    /// The same in the paper's notation.
    #[prop(into)]
    notation: Signal<String>,
    /// What it shows in plain words, before `about`.
    #[prop(optional)]
    lead: &'static str,
    /// How to read it, in a sentence.
    about: Signal<String>,
    /// Whether there is anything to show; else `empty` is shown instead.
    is_filled: Signal<bool>,
    /// Its numbers.
    table: TableSource,
    /// Shown in place of an empty chart.
    empty: Piece,
    /// Whether the chart is a canvas and can be saved as a picture.
    #[prop(optional)]
    picture: bool,
    /// The chart is several canvases, saved side by side: the class of what each of them is in.
    #[prop(optional)]
    pictures: Option<&'static str>,
    /// The chart as a drawing.
    #[prop(optional)]
    svg: Option<SvgSource>,
    /// Takes two columns.
    #[prop(optional)]
    wide: bool,
    /// Pickers of this chart.
    #[prop(optional)]
    controls: Option<Piece>,
    /// The chart.
    chart: Piece,
) -> impl IntoView {
    let node = NodeRef::<html::Figure>::new();
    let csv_table = Arc::clone(&table);
    let save_csv = move || {
        if let Some(table) = untrack(|| csv_table()) {
            // A download that the browser refuses is shown by the browser.
            let _ = save_text(&table.to_csv(), "text/csv", &format!("{name}.csv"));
        }
    };
    let save_png = move || {
        // The second of two that stand side by side belongs to the picture.
        let find = |selector| node.get_untracked()?.query_selector(selector).ok()?;
        let found = ["canvas", ".two > :nth-child(2) canvas"].into_iter().filter_map(find);
        let canvases: Vec<HtmlCanvasElement> = match pictures {
            Some(class) => canvases_in(node, class),
            None => found.map(JsCast::unchecked_into).collect(),
        };
        if !canvases.is_empty() {
            let _ = save_pictures(&canvases, format!("{name}.png"));
        }
    };
    let save_svg = move |svg: &SvgSource| {
        if let Some(svg) = untrack(|| svg()) {
            let _ = save_text(&svg, "image/svg+xml", &format!("{name}.svg"));
        }
    };
    let tools = piece(move || {
        let button = |label: &'static str, title: &'static str, on_press| {
            view! { <button class="quiet" title=title on:click=on_press>{label}</button> }.into_any()
        };
        let png =
            (picture || pictures.is_some()).then(|| button("PNG", "Save as a picture", press(save_png)));
        let csv = button("CSV", "Save the numbers", press(save_csv.clone()));
        let drawing =
            svg.clone().map(|svg| button("SVG", "Save as a drawing", press(move || save_svg(&svg))));
        view! { <div class="tools">{csv} {png} {drawing}</div> }.into_any()
    });
    let unfolded = RwSignal::new(false);
    let filled = piece(move || {
        view! {
            <div class="chart">{chart.clone()}</div>
            <FoldedTable table=Arc::clone(&table) caption=title open=unfolded/>
        }
        .into_any()
    });
    let empty = piece(move || view! { <div class="empty">{empty.now()}</div> }.into_any());
    let lead = (!lead.is_empty()).then(|| view! { <b>{lead}</b>" " }.into_any());
    view! {
        <figure id=name class="panel chart-frame" class:wide=wide node_ref=node>
            <figcaption>
                <h3>{title} " " <span class="notation">{notation}</span></h3>
                {when(is_filled, tools)}
                <p class="about">{lead} {about}</p>
            </figcaption>
            {controls.map(|controls| view! { <div class="controls">{controls}</div> }.into_any())}
            {choose(is_filled, filled, empty)}
        </figure>
    }
    .into_any()
}

fn canvases_in(node: NodeRef<html::Figure>, class: &str) -> Vec<HtmlCanvasElement> {
    let Some(frame) = node.get_untracked() else { return Vec::new() };
    let parts = frame.get_elements_by_class_name(class);
    let canvas = |at: u32| parts.item(at)?.query_selector("canvas").ok()?.map(JsCast::unchecked_into);
    (0..parts.length()).filter_map(canvas).collect()
}
