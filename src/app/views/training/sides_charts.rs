//! The charts of two runs side by side, each also as the difference B − A: matrices, curves, bars.

use std::sync::Arc;

use leptos::prelude::*;

use super::bar_box::{BarBox, bars_svg};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::bars::BarFigure;
use crate::app::figures::confusion::{self, Show};
use crate::app::figures::label::Label;
use crate::app::figures::sides::{
    Curves, DifferenceCell, difference, label_bars, matrix_difference, on_same_axes, title,
};
use crate::app::figures::titles::Titled;
use crate::app::figures::{CurveChart, Numbers};
use crate::app::session::{Compare, CompareEvent, Event, Session, Side, TrainingScale};
use crate::app::views::confusion::{grid, shaded, shows_control};
use crate::app::views::curve_box::{CurveBox, EpochControl, EpochZoom};
use crate::app::views::curve_panel::{legend_entries, zoom_bar};
use crate::app::views::epoch_axis::axis;
use crate::app::views::mode::mode;
use crate::app::views::{numbers_table, paint};
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, text};
use crate::app::widgets::{Cell, CellGrid, ChartFrame, Choice, Grid, Hidden, Legend, Picker, TableSource};
use crate::evaluation::ConfusionMatrix;
use crate::plot::palette::Mode;
use crate::plot::ramp::Ramp;

fn is_difference(conductor: Conductor) -> Signal<bool> {
    flag(move || conductor.compare(|compare| compare.sides.is_difference))
}

fn of_both(conductor: Conductor, figure: impl Fn() -> Titled + Send + Sync + 'static) -> Signal<String> {
    text(move || conductor.compare(|compare| title(compare, &figure())))
}

fn no_runs() -> Piece {
    piece(|| view! { <p>"Choose two runs above."</p> }.into_any())
}

fn matrix_of(compare: &Compare, side: Side) -> Option<&ConfusionMatrix> {
    Some(&compare.on(side)?.run.epochs.get(compare.epoch_on(side))?.confusion)
}

/// Of run A: both runs' where they have the same.
fn classes(compare: &Compare) -> Vec<String> {
    compare.on(Side::A).map(|compared| compared.run.header.classes.clone()).unwrap_or_default()
}

fn difference_grid(compare: &Compare, show: Show, mode: Mode) -> Grid {
    let both = matrix_of(compare, Side::A).zip(matrix_of(compare, Side::B));
    let Some(cells) = both.and_then(|(a, b)| matrix_difference(a, b, show)) else { return Grid::default() };
    let ramp = Ramp::difference(mode);
    let widest = cells.iter().flatten().map(|cell| cell.difference.abs()).fold(0.01, f64::max);
    let cell = |cell: &DifferenceCell| {
        shaded(cell.text.clone(), ramp.at(0.5 + 0.5 * cell.difference / widest), mode)
    };
    Grid {
        heads: classes(compare),
        head_inks: paint::class_colours(classes(compare).len(), mode),
        rows: cells.iter().map(|row| row.iter().map(cell).collect()).collect(),
    }
}

/// Confusion matrices at the epochs shown.
#[component]
pub fn SideMatrices() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let shows = RwSignal::new(Show::RowPercent);
    let matrix = move |side: Side| {
        let grid = Memo::new(move |_| {
            conductor.compare(|compare| {
                let grid = |matrix| grid(matrix, &classes(compare), shows.get(), mode());
                matrix_of(compare, side).map(grid).unwrap_or_default()
            })
        });
        let describe = Callback::new(move |Cell { row, column }: Cell| {
            conductor.compare(|compare| {
                let lines = |matrix| confusion::describe(matrix, &classes(compare), row, column);
                matrix_of(compare, side).map(lines).unwrap_or_default()
            })
        });
        labelled(side.name(), grid, describe)
    };
    let grid_of_difference =
        Memo::new(move |_| conductor.compare(|compare| difference_grid(compare, shows.get(), mode())));
    let describe = Callback::new(move |Cell { row, column }: Cell| {
        conductor.compare(|compare| {
            let line = |side: Side| {
                let matrix = matrix_of(compare, side)?;
                let first = confusion::describe(matrix, &classes(compare), row, column);
                Some(format!("{}: {}", side.name(), first.first()?))
            };
            [Side::A, Side::B].into_iter().filter_map(line).collect::<Vec<_>>()
        })
    });
    let both = piece(move || view! { <div class="two">{matrix(Side::A)} {matrix(Side::B)}</div> }.into_any());
    let one = piece(move || labelled("B − A, percentage points", grid_of_difference, describe));
    let chart = choose(is_difference(conductor), one, both);
    let table: TableSource = Arc::new(move || {
        let cells = |compare: &Compare| {
            let both = matrix_of(compare, Side::A).zip(matrix_of(compare, Side::B));
            let rows = both.and_then(|(a, b)| matrix_difference(a, b, shows.get()))?;
            let names = classes(compare);
            let row = |(name, cells): (&String, &Vec<DifferenceCell>)| {
                let values = cells.iter().map(|cell| format!("{:.2}", 100.0 * cell.difference));
                std::iter::once(name.clone()).chain(values).collect()
            };
            Some(Numbers {
                columns: std::iter::once("B − A (%)".to_owned()).chain(names.clone()).collect(),
                rows: names.iter().zip(&rows).map(row).collect(),
            })
        };
        conductor.compare(cells).map(numbers_table)
    });
    let is_filled = flag(move || conductor.compare(|compare| matrix_of(compare, Side::A).is_some()));
    let about = "Shares of each actual class, or of what was predicted so; the difference is in percentage points, \
                 blue where A has more, orange where B has.";
    view! {
        <ChartFrame name="sides-confusion" title="Confusion matrices" notation=of_both(conductor, || Titled::Confusion) wide=true
            about=Signal::stored(about.to_owned()) is_filled=is_filled table=table empty=no_runs()
            controls=piece(move || shows_control("sides-confusion-text", shows))
            chart=piece(move || chart.clone().into_any())/>
    }
    .into_any()
}

fn labelled(name: &'static str, grid: Memo<Grid>, describe: Callback<Cell, Vec<String>>) -> AnyView {
    let label = Signal::stored(format!("Confusion matrix, {name}"));
    view! {
        <div class="one">
            <p class="side-name">{name}</p>
            <CellGrid grid=grid label=label describe=describe/>
        </div>
    }
    .into_any()
}

/// What moves the slider of a side.
fn epoch_of(conductor: Conductor, side: Side) -> EpochControl {
    let tell = move |epoch_index| {
        conductor.apply(Event::Compare(CompareEvent::Epoch { side, epoch_index }));
    };
    let pick = Callback::new(move |x: f64| {
        let at = |session: &Session| {
            let run = &session.compare.on(side)?.run;
            run.nearest_epoch(TrainingScale::alone(session.selection.axis, &run.header).epoch_at(x))
        };
        if let Some(index) = conductor.peek(at) {
            tell(index);
        }
    });
    let step = Callback::new(move |by: isize| {
        tell(conductor.peek(|session| session.compare.epoch_on(side)).saturating_add_signed(by));
    });
    EpochControl { pick, step }
}

/// Learning curves or label entropies, both on the same axes.
#[component]
pub fn SideCurves() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let hidden = RwSignal::new(Hidden::default());
    let highlighted: RwSignal<Option<usize>> = RwSignal::new(None);
    let zoom = EpochZoom::of_place();
    let (shown, axis) = (RwSignal::new(Curves::Loss), axis(conductor));
    let charts = Memo::new(move |_| {
        conductor.compare(|compare| {
            let chart = |side| {
                let compared = compare.on(side)?;
                let cursor = compared.run.epoch_number(compare.epoch_on(side)).map(f64::from);
                Some(
                    shown
                        .get()
                        .chart(&compared.run, cursor)
                        .along(TrainingScale::of(axis.get(), &compared.run.header)?),
                )
            };
            let [a, b] = on_same_axes(chart(Side::A)?, chart(Side::B)?);
            Some((a, b))
        })
    });
    let of = |which: fn(&(CurveChart, CurveChart)) -> CurveChart| {
        Memo::new(move |_| charts.with(|charts| charts.as_ref().map(which)))
    };
    let (a, b) = (of(|charts| charts.0.clone()), of(|charts| charts.1.clone()));
    let b_minus_a = of(|(a, b)| difference(a, b));
    let one = move |name: &'static str, chart: Memo<Option<CurveChart>>, side: Side| {
        let epoch = Some(epoch_of(conductor, side));
        view! {
            <div class="one">
                <p class="side-name">{name}</p>
                <CurveBox label=Signal::stored(format!("Curves, {name}")) chart=chart hidden=hidden
                    highlighted=highlighted zoom=zoom epoch=epoch/>
            </div>
        }
        .into_any()
    };
    let both = piece(move || {
        view! { <div class="two">{one("A", a, Side::A)} {one("B", b, Side::B)}</div> }.into_any()
    });
    let chart = choose(is_difference(conductor), piece(move || one("B − A", b_minus_a, Side::B)), both);
    let entries = legend_entries(a, mode);
    let zoomed = zoom_bar(zoom, a);
    let chart = piece(move || {
        view! {
            {chart.clone()}
            {zoomed.clone()}
            <Legend entries=entries.into() hidden=hidden highlighted=highlighted/>
        }
        .into_any()
    });
    let table: TableSource =
        Arc::new(move || b_minus_a.with(|chart| chart.as_ref().map(|chart| numbers_table(chart.numbers()))));
    let choices = Curves::ALL.map(|curves| Choice::new(curves.name(), curves.name())).to_vec();
    let choices: Signal<Vec<Choice>> = Signal::stored(choices);
    let value = text(move || shown.get().name().to_owned());
    let on_pick = Callback::new(move |name: String| shown.set(Curves::from_name(&name)));
    let controls = piece(move || {
        view! { <Picker name="sides-curves" label="Shows" choices=choices value=value on_pick=on_pick/> }
            .into_any()
    });
    let about = "Both on the same axes; the difference is taken where both runs have an epoch. Against weight updates or images \
                 seen, A is read on the line between its two neighbouring epochs. The table holds B − A.";
    view! {
        <ChartFrame name="sides-curves-chart" title="Curves" notation=of_both(conductor, move || shown.get().titled()) wide=true picture=true
            about=Signal::stored(about.to_owned()) is_filled=flag(move || charts.with(Option::is_some))
            table=table empty=no_runs() controls=controls chart=chart/>
    }
    .into_any()
}

const BARS_TITLE: &str = "Label entropies, class by class";

/// A label entropy of every class at the epochs shown.
#[component]
pub fn SideBars() -> impl IntoView {
    let conductor = conductor();
    let mode = mode();
    let shown = RwSignal::new(Label::GivenLabel);
    let figure = Memo::new(move |_| {
        conductor.compare(|compare| {
            let bars =
                |(a, b)| label_bars(shown.get(), [a, b], &classes(compare), compare.sides.is_difference);
            let both = matrix_of(compare, Side::A).zip(matrix_of(compare, Side::B));
            both.map(bars).unwrap_or_default()
        })
    });
    let table: TableSource = Arc::new(move || {
        let is_difference = conductor.compare(|compare| compare.sides.is_difference);
        let names: &[&str] = if is_difference { &["B − A"] } else { &["A", "B"] };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Some(numbers_table(figure.with(|figure: &BarFigure| figure.numbers(&names))))
    });
    let labels = [Label::GivenPrediction, Label::GivenLabel];
    let choices =
        labels.map(|label| Curves::Label(label).name()).map(|name| Choice::new(name, name)).to_vec();
    let choices: Signal<Vec<Choice>> = Signal::stored(choices);
    let value = text(move || Curves::Label(shown.get()).name().to_owned());
    let on_pick = Callback::new(move |name: String| {
        if let Curves::Label(label) = Curves::from_name(&name) {
            shown.set(label);
        }
    });
    let controls = piece(move || {
        view! { <Picker name="sides-label" label="Shows" choices=choices value=value on_pick=on_pick/> }
            .into_any()
    });
    let chart = piece(move || {
        view! { <BarBox label=Signal::stored(BARS_TITLE.to_owned()) figure=figure/> }.into_any()
    });
    let about =
        "Left of each pair run A, right run B, at the epochs of their sliders. ∞: nothing was predicted so.";
    view! {
        <ChartFrame name="sides-bars" title=BARS_TITLE notation=of_both(conductor, move || Titled::LabelAt(shown.get())) wide=true picture=true
            about=Signal::stored(about.to_owned())
            is_filled=flag(move || figure.with(|figure| !figure.groups.is_empty())) table=table empty=no_runs()
            svg=bars_svg(BARS_TITLE, figure, mode) controls=controls chart=chart/>
    }
    .into_any()
}
