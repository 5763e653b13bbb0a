//! What one channel keeps of some probe images, carried back to the input: a row an image, a picture a method.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::projection::{COLUMNS, EXPLANATIONS, PictureRow, ScaledPicture, numbers, rows};
use crate::app::figures::titles::Titled;
use crate::app::session::projection::{FeaturePlace, Shown, feature_names, typed_images};
use crate::app::session::{Event, ImageChoice, Live, OpenRun, Projection, ProjectionEvent};
use crate::app::views::layer_picker::layer_picker;
use crate::app::views::{numbers_table, titled, train_hint};
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text, when};
use crate::app::widgets::{ChartFrame, Choice, Field, Image, Picker, Segmented, Table, TableSource, picture};

/// Controls, pictures, and their numbers.
#[component]
pub fn ProjectionPanel() -> impl IntoView {
    let conductor = conductor();
    let is_filled = flag(move || shown(conductor, |shown| !shown.rows.is_empty()).unwrap_or(false));
    let table: TableSource = Arc::new(move || shown_numbers(conductor));
    let about = text(move || {
        let place = conductor.open(|run| shown(conductor, |shown| words(run, &shown.place))).flatten();
        let place = place.map_or_else(String::new, |place| format!("{place}. "));
        format!("{place}Grey is zero in the projections; each picture has its own scale.")
    });
    let pictures = piece(move || pictures(conductor));
    let has_run = flag(move || conductor.open(|_| ()).is_some());
    let hint = piece(|| view! { <p>"Choose a layer and a channel, then press “Project”."</p> }.into_any());
    let promise = "what each channel keeps of an image";
    let no_run = train_hint(promise);
    view! {
        <ChartFrame
            name="projection"
            title="What a channel keeps of an image"
            notation=titled(move || {
                shown(conductor, |shown| Titled::Projection(shown.place.clone(), shown.images.clone()))
            })
            about=about
            is_filled=is_filled
            table=table
            empty=choose(has_run, hint, no_run)
            wide=true
            controls=when(has_run, piece(move || controls(conductor)))
            chart=pictures
        />
    }
    .into_any()
}

/// What is on screen, when it is of the run that is open.
fn shown<R>(conductor: Conductor, read: impl FnOnce(&Shown) -> R) -> Option<R> {
    let run = conductor.open(|open| open.run.clone())?;
    conductor
        .projection(|projection| projection.shown.as_ref().filter(|shown| shown.place.run == run).map(read))
}

/// The layer, the feature and the epoch in words.
fn words(run: &OpenRun, place: &FeaturePlace) -> String {
    let names = feature_names(run, place.layer);
    let feature = names.get(place.feature).map_or("?", String::as_str);
    let epoch = run.epoch_number(place.epoch_index).unwrap_or(0);
    format!("Layer {} {}, {feature}, epoch {epoch}", place.layer, run.layer_name(place.layer))
}

fn shown_numbers(conductor: Conductor) -> Option<Table> {
    let classes = conductor.open(|run| run.header.classes.clone())?;
    shown(conductor, |shown| numbers_table(numbers(&shown.rows, &classes)))
}

fn pictures(conductor: Conductor) -> AnyView {
    let rows = conductor.open(|run| {
        shown(conductor, |shown| rows(&shown.rows, &words(run, &shown.place), &run.header.classes))
    });
    let cell = |(scaled, column, explanation): (ScaledPicture, &'static str, &'static str)| {
        let ScaledPicture { width, height, rgba, scale, label } = scaled;
        view! {
            <div class="projection" title=explanation>
                {picture(Image { width, height, rgba }, label)}
                <p>{column}</p>
                <p class="reach">{scale}</p>
            </div>
        }
        .into_any()
    };
    let row = |PictureRow { head, pictures }: PictureRow| {
        let cells = pictures.into_iter().zip(COLUMNS).zip(EXPLANATIONS);
        let cells = cells.map(|((picture, column), explanation)| cell((picture, column, explanation)));
        view! {
            <li>
                <p class="facts">{head}</p>
                <div class="projections">{cells.collect::<Vec<_>>()}</div>
            </li>
        }
        .into_any()
    };
    let rows = rows.flatten().unwrap_or_default();
    view! { <ul class="projected">{rows.into_iter().map(row).collect::<Vec<_>>()}</ul> }.into_any()
}

fn controls(conductor: Conductor) -> AnyView {
    let send = move |event| conductor.apply(Event::Project(event));
    let is_on = flag(move || conductor.projection(|projection| projection.is_on));
    let has_failed = flag(move || shown(conductor, |shown| shown.fault.is_some()).unwrap_or(false));
    let ask = move |label: &'static str| {
        piece(move || {
            let asked = press(move || send(ProjectionEvent::Asked));
            view! { <button type="button" class="primary" on:click=asked>{label}</button> }.into_any()
        })
    };
    let stop = piece(move || {
        let closed = press(move || send(ProjectionEvent::Closed));
        view! {
            <button type="button" class="quiet" on:click=closed title="The pictures stay as they are">
                "Stop following the selection"
            </button>
        }
        .into_any()
    });
    let state = text(move || state(conductor));
    view! {
        {pickers(conductor)}
        {images(conductor)}
        {choose(is_on, choose(has_failed, ask("Try again"), stop), ask("Project"))}
        <p class="hint" role="status">{state}</p>
    }
    .into_any()
}

fn pickers(conductor: Conductor) -> AnyView {
    let layer = move || conductor.selection(|selection| selection.layer);
    let features = Memo::new(move |_| {
        let names = conductor.open(|run| feature_names(run, layer())).unwrap_or_default();
        let choice = |(at, name): (usize, String)| Choice::new(at.to_string(), name);
        names.into_iter().enumerate().map(choice).collect::<Vec<_>>()
    });
    let feature = text(move || {
        let of = |run: &OpenRun| {
            let selection = conductor.selection(Clone::clone);
            conductor.projection(|projection| projection.feature(run, &selection).to_string())
        };
        conductor.open(of).unwrap_or_default()
    });
    let pick_layer = move |layer| conductor.apply(Event::LayerPicked(layer));
    let pick_feature = Callback::new(move |value: String| {
        if let Ok(feature) = value.parse() {
            conductor.apply(Event::Project(ProjectionEvent::FeaturePicked(feature)));
        }
    });
    view! {
        {layer_picker("projection-layer", "Layer", layer, pick_layer)}
        <Picker name="projection-feature" label="Channel" choices=features.into() value=feature
            on_pick=pick_feature/>
    }
    .into_any()
}

/// Which probe images.
fn images(conductor: Conductor) -> AnyView {
    let send = move |event| conductor.apply(Event::Project(event));
    let choices = vec![Choice::new("strongest", "Strongest"), Choice::new("typed", "By number")];
    let is_typed = flag(move || conductor.projection(|projection| projection.choice == ImageChoice::Typed));
    let value = text(move || if is_typed.get() { "typed" } else { "strongest" }.to_owned());
    let on_pick = Callback::new(move |value: String| {
        let choice = if value == "typed" { ImageChoice::Typed } else { ImageChoice::Strongest };
        send(ProjectionEvent::Chosen(choice));
    });
    let typed = text(move || conductor.projection(|projection| projection.typed.clone()));
    let error = text(move || {
        let n_images = conductor.open(|run| run.header.probe_images).unwrap_or(0);
        typed.with(|typed| typed_images(typed, n_images).err().unwrap_or_default())
    });
    let on_text = Callback::new(move |text: String| send(ProjectionEvent::Typed(text)));
    let field: Piece = piece(move || {
        view! {
            <Field name="projection-images" label="Numbers" keyboard="text" suggestions=&["0 1 2 3"]
                value=typed error=error disabled=Signal::stored(false) on_text=on_text/>
        }
        .into_any()
    });
    view! {
        <Segmented name="projection-choice" label="Images" quiet=true choices=choices value=value on_pick=on_pick/>
        {when(is_typed, field)}
    }
    .into_any()
}

/// What goes on, or why nothing does.
fn state(conductor: Conductor) -> String {
    let selected = conductor.open(|run| {
        let selection = conductor.selection(Clone::clone);
        conductor.projection(|projection| projection.place(run, &selection))
    });
    let Some(place) = selected.flatten() else {
        return "The input is the image itself: choose a layer after it.".to_owned();
    };
    let activity = conductor.projection(|projection| activity(projection, &place));
    if conductor.projection(|projection| projection.is_on) && conductor.live(Live::is_busy) {
        return format!("{activity}A run is training: projections follow when it has ended.");
    }
    let work = shown(conductor, |shown| match &shown.fault {
        Some(fault) => format!("{} {} {}", fault.what, fault.why, fault.next_step),
        None if shown.rows.len() < shown.images.len() => {
            format!("Projecting: {} of {} images …", shown.rows.len(), shown.images.len())
        }
        None => String::new(),
    });
    format!("{activity}{}", work.unwrap_or_default())
}

/// To how many images the feature answers.
fn activity(projection: &Projection, place: &FeaturePlace) -> String {
    match projection.found(place) {
        Some(found) if found.active == 0 => {
            format!("It is dead: it answers to none of the {} probe images. ", found.of)
        }
        Some(found) => format!("It answers to {} of {} probe images. ", found.active, found.of),
        None => String::new(),
    }
}
