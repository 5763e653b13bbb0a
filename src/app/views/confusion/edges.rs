//! What stands at the edges of the confusion matrix: recall and H(prediction | label) beside its rows, precision and
//! H(label | prediction) below its columns, all bars on one scale.

use leptos::prelude::*;

use crate::app::figures::confusion::{self, Edge, Edges};
use crate::app::figures::exact;
use crate::app::views::paint::class_colours;
use crate::app::widgets::dynamic::{Piece, piece};
use crate::evaluation::ConfusionMatrix;
use crate::plot::palette::{self, Mode};

/// An end of a row or of a column as it is shown.
#[derive(Clone, PartialEq)]
struct End {
    share: String,
    bits: String,
    /// Said under the pointer.
    title: String,
    length: f64,
    colour: String,
}

/// All of them.
#[derive(Clone, PartialEq)]
pub struct Ends {
    rows: Vec<End>,
    columns: Vec<End>,
}

/// Longest bar, rem.
const BAR: f64 = 2.25;

/// Those of a matrix.
pub fn of(matrix: &ConfusionMatrix, classes: &[String], mode: Mode) -> Ends {
    let inks = class_colours(matrix.n_classes(), mode);
    let plain = palette::colours(mode).spread_edge.css();
    let end = |class: usize, edge: Edge, (share, decimals): (&str, usize), of: &str| {
        let name = classes.get(class).map_or_else(|| class.to_string(), Clone::clone);
        let percent = edge.percent(decimals);
        End {
            title: format!("{share} of {name}: {percent} %; H({of} = {name}) = {} bit", exact(edge.bits)),
            share: percent,
            bits: edge.bits(),
            length: edge.length,
            colour: inks.get(class).unwrap_or(&plain).clone(),
        }
    };
    let Edges { rows, columns } = confusion::edges(matrix);
    let row = |(class, edge)| end(class, edge, ("recall", 1), "prediction | label");
    let column = |(class, edge)| end(class, edge, ("precision", 0), "label | prediction");
    Ends {
        rows: rows.into_iter().enumerate().map(row).collect(),
        columns: columns.into_iter().enumerate().map(column).collect(),
    }
}

/// Beside and below the cells of a `.matrix-axes`.
pub fn edges(ends: Memo<Option<Ends>>) -> Piece {
    piece(move || {
        ends.with(|ends| match ends {
            Some(Ends { rows, columns }) => {
                let beside = rows.iter().map(beside).collect::<Vec<_>>();
                let below = columns.iter().map(below).collect::<Vec<_>>();
                view! {
                    <div class="beside-rows" class:crowded={rows.len() > 25}>
                        <div class="head"><span class="share">"recall"</span><span>"H(pred. | label)"</span></div>
                        {beside}
                    </div>
                    <div class="below-columns" class:crowded={columns.len() > 12}>{below}</div>
                    <div class="below-words"><span>"precision, %"</span><span>"H(label | pred.)"</span></div>
                }
                .into_any()
            }
            None => ().into_any(),
        })
    })
}

fn beside(end: &End) -> AnyView {
    let End { share, bits, title, length, colour } = end.clone();
    let length = format!("{:.3}rem", BAR * length);
    view! {
        <div class="end" title=title>
            <span class="share">{share}</span>
            <span class="bar" style:width=length style:background-color=colour></span>
            <span class="bits">{bits}</span>
        </div>
    }
    .into_any()
}

fn below(end: &End) -> AnyView {
    let End { share, bits, title, length, colour } = end.clone();
    let length = format!("{:.3}rem", BAR * length);
    view! {
        <div class="end" title=title>
            <span class="share">{share}</span>
            <span class="bits">{bits}</span>
            <span class="bar" style:height=length style:background-color=colour></span>
        </div>
    }
    .into_any()
}
