//! What one channel keeps of some probe images, carried back to the input: a row an image, a picture a method.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::projection::{
    COLUMNS, EXPLANATIONS, PictureRow, ScaledPicture, Side, numbers, rows,
};
use crate::app::figures::projection_detail::means;
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
        let has_two = conductor.open(|run| of_sides(conductor, run, |sides| sides.len() > 1)).flatten();
        let scale = match has_two {
            Some(true) => "all pictures of a method have one scale",
            _ => "each picture has its own scale",
        };
        format!(
            "{place}Grey is zero in the projections; {scale}. Below each: h, the bits in 32 bins of its values, and r, its \
             correlation with the input: the less of both, the less detail. What is as large with random weights was \
             not learnt."
        )
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

/// The feature on screen, and the one beside it if there is one.
fn of_sides<R>(conductor: Conductor, run: &OpenRun, read: impl FnOnce(&[Side<'_>]) -> R) -> Option<R> {
    conductor.projection(|projection| {
        let shown = projection.shown.as_ref().filter(|shown| shown.place.run == run.run)?;
        let names = feature_names(run, shown.place.layer);
        let both = std::iter::once(shown).chain(projection.beside_of(shown));
        let sides: Vec<Side<'_>> = both
            .map(|shown| Side {
                feature: names.get(shown.place.feature).cloned().unwrap_or_default(),
                images: &shown.rows,
            })
            .collect();
        Some(read(&sides))
    })
}

fn shown_numbers(conductor: Conductor) -> Option<Table> {
    let of =
        |run: &OpenRun| of_sides(conductor, run, |sides| numbers_table(numbers(sides, &run.header.classes)));
    conductor.open(of).flatten()
}

fn pictures(conductor: Conductor) -> AnyView {
    let found = conductor.open(|run| {
        of_sides(conductor, run, |sides| {
            let means: Vec<String> = sides.iter().map(|side| means(&side.feature, side.images)).collect();
            let names: Vec<String> = sides.iter().map(|side| side.feature.clone()).collect();
            (rows(sides, &run.header.classes), means, names)
        })
    });
    let (rows, means, names) = found.flatten().unwrap_or_default();
    let has_two = names.len() > 1;
    let cell = |(scaled, column, explanation): (ScaledPicture, &'static str, &'static str)| {
        let ScaledPicture { width, height, rgba, scale, label, detail } = scaled;
        view! {
            <div class="projection" title=explanation>
                {picture(Image { width, height, rgba }, label)}
                <p>{column}</p>
                <p class="reach">{scale}</p>
                <p class="reach">{detail}</p>
            </div>
        }
        .into_any()
    };
    let side = |(place, pictures): (usize, Vec<ScaledPicture>)| {
        let name = names.get(place).filter(|_| has_two).cloned();
        let cells = pictures.into_iter().zip(COLUMNS).zip(EXPLANATIONS);
        let cells = cells.map(|((picture, column), explanation)| cell((picture, column, explanation)));
        let name = name.map(|name| view! { <p class="hint">{name}</p> }.into_any());
        view! { <div>{name} <div class="projections">{cells.collect::<Vec<_>>()}</div></div> }.into_any()
    };
    let row = |PictureRow { head, sides }: PictureRow| {
        let sides = sides.into_iter().enumerate().map(side).collect::<Vec<_>>();
        view! {
            <li>
                <p class="facts">{head}</p>
                <div class="projected-sides" class:two=has_two>{sides}</div>
            </li>
        }
        .into_any()
    };
    let means = means.into_iter().filter(|means| !means.is_empty());
    let means = means.map(|means| view! { <p class="projection-means">{means}</p> }.into_any());
    view! {
        <div>{means.collect::<Vec<_>>()}</div>
        <ul class="projected">{rows.into_iter().map(row).collect::<Vec<_>>()}</ul>
    }
    .into_any()
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
    let others = Memo::new(move |_| {
        let own = feature.get();
        let none = std::iter::once(Choice::new("", "none"));
        none.chain(features.get().into_iter().filter(|choice| choice.value != own)).collect::<Vec<_>>()
    });
    let beside = text(move || {
        let of = |run: &OpenRun| {
            let selection = conductor.selection(Clone::clone);
            conductor.projection(|projection| projection.beside(run, &selection))
        };
        conductor.open(of).flatten().map(|feature| feature.to_string()).unwrap_or_default()
    });
    let pick_beside = Callback::new(move |value: String| {
        conductor.apply(Event::Project(ProjectionEvent::BesidePicked(value.parse().ok())));
    });
    view! {
        {layer_picker("projection-layer", "Layer", layer, pick_layer)}
        <Picker name="projection-feature" label="Channel" choices=features.into() value=feature
            on_pick=pick_feature/>
        <Picker name="projection-beside" label="Beside it" choices=others.into() value=beside on_pick=pick_beside/>
    }
    .into_any()
}

/// Which probe images.
fn images(conductor: Conductor) -> AnyView {
    let send = move |event| conductor.apply(Event::Project(event));
    let choices = [("strongest", "Strongest"), ("class", "Of a class"), ("typed", "By number")];
    let choices = choices.map(|(value, words)| Choice::new(value, words)).to_vec();
    let choice = move || conductor.projection(|projection| projection.choice);
    let is_typed = flag(move || choice() == ImageChoice::Typed);
    let is_of_class = flag(move || matches!(choice(), ImageChoice::Class(_)));
    let value = text(move || {
        let name = match choice() {
            ImageChoice::Strongest => "strongest",
            ImageChoice::Class(_) => "class",
            ImageChoice::Typed => "typed",
        };
        name.to_owned()
    });
    let on_pick = Callback::new(move |value: String| {
        let choice = match value.as_str() {
            "typed" => ImageChoice::Typed,
            "class" => ImageChoice::Class(0),
            _ => ImageChoice::Strongest,
        };
        send(ProjectionEvent::Chosen(choice));
    });
    let classes = Memo::new(move |_| {
        let names = conductor.open(|run| run.header.classes.clone()).unwrap_or_default();
        let choice = |(class, name): (usize, String)| Choice::new(class.to_string(), name);
        names.into_iter().enumerate().map(choice).collect::<Vec<_>>()
    });
    let class = text(move || match choice() {
        ImageChoice::Class(class) => class.to_string(),
        _ => String::new(),
    });
    let on_class = Callback::new(move |value: String| {
        if let Ok(class) = value.parse() {
            send(ProjectionEvent::Chosen(ImageChoice::Class(class)));
        }
    });
    let class_picker = piece(move || {
        view! { <Picker name="projection-class" label="Class" choices=classes.into() value=class on_pick=on_class/> }
            .into_any()
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
        {when(is_of_class, class_picker)}
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
            format!("It is dead: silent for all {} probe images. ", found.of)
        }
        Some(found) => format!("It answers to {} of {} probe images. ", found.active, found.of),
        None => String::new(),
    }
}
