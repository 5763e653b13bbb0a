//! The answer: a number, bars, curves over epochs or a matrix, as its axes ask for; always with its numbers as a table.

use std::sync::Arc;

use leptos::prelude::*;

use super::{follow, shown_epoch};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::query::{
    Bar, Form, MOST_ROWS, Matrix, alone, axis_words, bars, curves, estimated, form, label, matrix, maximum,
    numbers, sentence, sides, standing, test_images, value,
};
use crate::app::session::query::{QueryAnswer, QueryOutcome};
use crate::app::views::curve_box::CurveBox;
use crate::app::views::epoch_axis::{cursor, scale};
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint};
use crate::app::widgets::dynamic::{Piece, flag, piece, text, when};
use crate::app::widgets::{
    Cell, ChartFrame, Choice, Heatmap, Hidden, Image, Legend, LegendEntry, Picker, TableSource,
};
use crate::plot::ramp::Ramp;
use crate::plot::raster::{ValueRange, heatmap};

/// What the query gave.
type Answered = Memo<Option<QueryAnswer>>;

/// The answer in its frame.
#[component]
pub fn AnswerPanel() -> impl IntoView {
    let conductor = conductor();
    let answer: Answered = follow(conductor, |view| match &view.outcome {
        QueryOutcome::Answered(answer) if view.check.good().is_none_or(|good| good.is_measure) => {
            Some(answer.clone())
        }
        _ => None,
    });
    let about = text(move || {
        let of_answer = |answer: &QueryAnswer| {
            let images = conductor.open(|run| test_images(&answer.query, run)).unwrap_or_default();
            format!("{}{}{images}", sentence(answer), estimated(answer))
        };
        let told = answer.with(|answer| answer.as_ref().map(of_answer)).unwrap_or_default();
        let is_old = conductor.query(|view| {
            view.check.good().is_some_and(|good| {
                good.is_measure
                    && answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.query != good.query))
            })
        });
        if is_old { format!("{told} (Of the query before.)") } else { told }
    });
    let is_filled = flag(move || answer.with(Option::is_some));
    let table: TableSource = Arc::new(move || {
        answer.with(|answer| answer.as_ref().map(|answer| numbers_table(numbers(answer, MOST_ROWS))))
    });
    let shape = Memo::new(move |_| answer.with(|answer| answer.as_ref().map(form)));
    let chart = piece(move || match shape.get() {
        Some(Form::Number) => number(answer),
        Some(Form::Curves) => curve_chart(conductor, answer),
        Some(Form::Bars) => bar_list(answer),
        Some(Form::Matrix) => matrix_chart(conductor, answer),
        Some(Form::Nothing) => {
            view! { <p class="hint">"There is no value: an axis has no index."</p> }.into_any()
        }
        None => ().into_any(),
    });
    let live = text(move || about.get());
    view! {
        <div class="query-answer">
            <p class="visually-hidden" role="status">{live}</p>
            <ChartFrame
                name="answer"
                title="Answer"
                notation=""
                about=about
                is_filled=is_filled
                table=table
                empty=no_answer(conductor)
                picture=true
                chart=chart
            />
        </div>
    }
    .into_any()
}

/// Why there is no answer, and what to do.
fn no_answer(conductor: Conductor) -> Piece {
    let fault = follow(conductor, |view| match &view.outcome {
        QueryOutcome::Failed(fault) => Some(fault.clone()),
        _ => None,
    });
    let state = text(move || {
        conductor.query(|view| {
            let words = match view.check.good() {
                _ if view.is_waiting() => "Measuring …",
                Some(good) if !good.is_measure => {
                    "These are cells, not a measure: their first feature maps are shown below. Put H(…) or h(…) around them to measure them; cnnslicer.slice(…) in the console gives all of them."
                }
                Some(_) => "Press Query to measure this.",
                None => "Complete the query; what is missing is said under it.",
            };
            words.to_owned()
        })
    });
    piece(move || match fault.get() {
        Some(fault) => view! {
            <p class="error">{fault.what} " " {fault.why}</p>
            <p class="hint">{fault.next_step}</p>
        }
        .into_any(),
        None => view! { <p>{state}</p> }.into_any(),
    })
}

fn number(answer: Answered) -> AnyView {
    let words = text(move || {
        answer
            .with(|answer| {
                let answer = answer.as_ref()?;
                Some(alone(answer.values.values.first().copied()?, &answer.unit))
            })
            .unwrap_or_default()
    });
    view! { <p class="big-number">{words}</p> }.into_any()
}

fn curve_chart(conductor: Conductor, answer: Answered) -> AnyView {
    let mode = mode();
    let hidden = RwSignal::new(Hidden::default());
    let highlighted: RwSignal<Option<usize>> = RwSignal::new(None);
    let scale = scale(conductor);
    let chart = Memo::new(move |_| {
        let cursor = cursor(conductor);
        answer.with(|answer| Some(curves(answer.as_ref()?, cursor)?.along(scale.get())))
    });
    let entries = Memo::new(move |_| {
        let entry = |curve: &crate::app::figures::Curve| LegendEntry {
            label: curve.name.clone(),
            color: paint::css_color(curve.ink, mode()),
            dashed: paint::is_dashed(curve.ink),
        };
        chart.with(|chart| chart.iter().flat_map(|chart| &chart.curves).map(entry).collect::<Vec<_>>())
    });
    let title = text(move || answer.with(|answer| answer.as_ref().map(sentence)).unwrap_or_default());
    view! {
        <CurveBox label=title chart=chart hidden=hidden highlighted=highlighted/>
        <Legend entries=entries.into() hidden=hidden highlighted=highlighted/>
    }
    .into_any()
}

fn bar_list(answer: Answered) -> AnyView {
    let bar = |Bar { label, text, share }: Bar| {
        view! {
            <li>
                <span class="bar-label">{label}</span>
                <span class="bar-room"><span class="bar" style:width=format!("{:.1}%", 100.0 * share)></span></span>
                <span class="bar-value">{text}</span>
            </li>
        }
        .into_any()
    };
    let items = piece(move || {
        let bars = answer.with(|answer| answer.as_ref().map(bars)).unwrap_or_default();
        bars.into_iter().map(bar).collect::<Vec<_>>().into_any()
    });
    view! { <ul class="bars" tabindex="0" aria-label="Values">{items}</ul> }.into_any()
}

/// Rows and columns, and a list for each further axis.
fn matrix_chart(conductor: Conductor, answer: Answered) -> AnyView {
    let mode = mode();
    let fixed: RwSignal<Vec<usize>> = RwSignal::new(Vec::new());
    let shown: Memo<Option<Matrix>> = Memo::new(move |_| {
        answer.with(|answer| {
            let answer = answer.as_ref()?;
            let at = fixed.with(|picked| standing(&answer.axes, picked, shown_epoch(conductor)));
            matrix(answer, &at)
        })
    });
    let is_count =
        flag(move || answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.unit == "count")));
    let ramp = move || if is_count.get() { Ramp::counts(mode()) } else { Ramp::capacity(mode()) };
    let picture = Memo::new(move |_| {
        let Some(Matrix { height, width, values, .. }) = shown.get() else { return Image::default() };
        let range = ValueRange { low: 0.0, high: maximum(&values) };
        // Their number fits by construction.
        Image { width, height, rgba: heatmap(&values, height, width, range, &ramp()).unwrap_or_default() }
    });
    let describe = Callback::new(move |Cell { row, column }| {
        answer
            .with(|answer| shown.with(|shown| lines(answer.as_ref()?, shown.as_ref()?, row, column)))
            .unwrap_or_default()
    });
    let axis = move |of: fn(&Matrix) -> usize, which: &'static str| {
        text(move || {
            answer
                .with(|answer| {
                    shown.with(|shown| {
                        let axis = answer.as_ref()?.axes.get(of(shown.as_ref()?))?;
                        Some(format!("{which}: {}", axis_words(&axis.name)))
                    })
                })
                .unwrap_or_default()
        })
    };
    let (rows, columns) = (axis(|matrix| matrix.rows, "rows"), axis(|matrix| matrix.columns, "columns"));
    let title = text(move || format!("{}; {}", rows.get(), columns.get()));
    let top = text(move || {
        let top = shown.with(|shown| shown.as_ref().map_or(0.0, |matrix| maximum(&matrix.values)));
        let told = |answer: &QueryAnswer| {
            let is_side = sides(&answer.axes).is_some_and(|(rows, columns)| {
                [rows, columns].iter().any(|&at| answer.axes[at].name == "epoch")
            });
            let has_epochs = answer.axes.iter().any(|axis| axis.name == "epoch" && axis.labels.len() > 1);
            let at = if has_epochs && !is_side { "; at the slider's epoch" } else { "" };
            format!("{}{at}", alone(top, &answer.unit))
        };
        answer.with(|answer| answer.as_ref().map(told)).unwrap_or_default()
    });
    view! {
        <div class="controls">{others(answer, fixed)}</div>
        <div class="heatmap-axes">
            <span class="rows">{rows}</span>
            <Heatmap image=picture label=title describe=describe/>
            <span class="columns-label">{columns}</span>
        </div>
        <p class="about">"Lighter is smaller: 0 … " {top}</p>
    }
    .into_any()
}

/// What is said of a cell.
fn lines(answer: &QueryAnswer, shown: &Matrix, row: usize, column: usize) -> Option<Vec<String>> {
    let number = *shown.values.get(row * shown.width + column)?;
    let (rows, columns) = (answer.axes.get(shown.rows)?, answer.axes.get(shown.columns)?);
    let head = format!("{}, {}", label(rows, row), label(columns, column));
    Some(vec![
        head,
        format!("{}{}", value(number, &answer.unit), crate::app::figures::query::suffix(&answer.unit)),
    ])
}

/// A list for each axis that is neither rows nor columns.
fn others(answer: Answered, fixed: RwSignal<Vec<usize>>) -> Piece {
    const NAMES: [&str; 4] = ["answer-axis-0", "answer-axis-1", "answer-axis-2", "answer-axis-3"];
    let axes = Memo::new(move |_| {
        answer.with(|answer| answer.as_ref().map(|answer| answer.axes.clone())).unwrap_or_default()
    });
    let picker = move |at: usize| {
        let choices = Memo::new(move |_| {
            axes.with(|axes| {
                let axis = axes.get(at)?;
                let choice = |index: usize| Choice::new(index.to_string(), label(axis, index));
                Some((0..axis.labels.len()).map(choice).collect::<Vec<_>>())
            })
            .unwrap_or_default()
        });
        let picked = text(move || fixed.with(|fixed| fixed.get(at).copied().unwrap_or(0)).to_string());
        let on_pick = Callback::new(move |value: String| {
            if let Ok(index) = value.parse() {
                fixed.update(|fixed| {
                    fixed.resize(fixed.len().max(at + 1), 0);
                    fixed[at] = index;
                });
            }
        });
        view! { <Picker name=NAMES[at] label="at" choices=choices.into() value=picked on_pick=on_pick/> }
            .into_any()
    };
    let is_other = move |at: usize| {
        flag(move || {
            axes.with(|axes| {
                let is_long = axes.get(at).is_some_and(|axis| axis.labels.len() > 1 && axis.name != "epoch");
                is_long && sides(axes).is_some_and(|(rows, columns)| at != rows && at != columns)
            })
        })
    };
    let lists: Vec<Piece> =
        (0..NAMES.len()).map(|at| when(is_other(at), piece(move || picker(at)))).collect();
    piece(move || lists.iter().map(|list| view! { {list.clone()} }.into_any()).collect::<Vec<_>>().into_any())
}
