//! X: classes as chips, and images of one class to pick by hand.

use leptos::prelude::*;

use super::maps::{has_failed, image, maps};
use super::{follow, send};
use crate::app::conductor::{Conductor, conductor};
use crate::app::figures::maps::of_input;
use crate::app::session::query::picks::among;
use crate::app::session::{OpenRun, QueryEvent, QueryView};
use crate::app::views::mode::mode;
use crate::app::widgets::dynamic::{Piece, choose, flag, piece, press, text};
use crate::app::widgets::{Choice, Image, Picker, Pixels};
use crate::cube::ProbeSet;
use crate::plot::palette;
use crate::query::{Images, Selector};

/// Chips and pictures.
#[component]
pub fn ImagesPanel() -> impl IntoView {
    let conductor = conductor();
    let picked = follow(conductor, |view| view.picks.images.clone());
    let whole = move |label: &'static str, images: Images| {
        let own = images.clone();
        let pressed = text(move || picked.with(|picked| *picked == own).to_string());
        let on_press = press(move || send(conductor, QueryEvent::ImagesPicked(images.clone())));
        view! { <button class="chip" aria-pressed=pressed on:click=on_press>{label}</button> }.into_any()
    };
    let looked_at = follow(conductor, |view| view.picks.probe_set);
    let set = move |label: &'static str, probe_set: ProbeSet| {
        let pressed = text(move || (looked_at.get() == probe_set).to_string());
        let on_press = press(move || send(conductor, QueryEvent::LookedAt(probe_set)));
        view! { <button class="chip" aria-pressed=pressed on:click=on_press>{label}</button> }.into_any()
    };
    let about = text(move || {
        let numbers = |run: &OpenRun| (run.header.probe_images, run.header.train_probe_images);
        let (n, n_train) = conductor.open(numbers).unwrap_or_default();
        format!(
            "X: the {n} images of the probe set, or {n_train} of the images that the network was trained on; by class, \
             or pick single images of the probe set below. For label entropies the chips pick i."
        )
    });
    view! {
        <section class="panel query-images" aria-label="Images">
            <h3>"Images " <span class="notation">"X"</span></h3>
            <p class="about">{about}</p>
            <div class="chips" role="group" aria-label="Set of images">
                {set("Test images", ProbeSet::Test)}
                {set("Training images", ProbeSet::Train)}
            </div>
            <div class="chips" role="group" aria-label="Classes">
                {whole("All together", Images::Picked(Selector::All))}
                {whole("Each class", Images::Labelled(Selector::All))}
                {classes(conductor)}
            </div>
            {gallery_class(conductor)}
            {gallery(conductor)}
        </section>
    }
    .into_any()
}

fn class_names(conductor: Conductor) -> Memo<Vec<String>> {
    Memo::new(move |_| conductor.open(|run| run.header.classes.clone()).unwrap_or_default())
}

fn classes(conductor: Conductor) -> Piece {
    let names = class_names(conductor);
    let mode = mode();
    let picked = follow(conductor, |view| {
        let n = view.shape.as_ref().map_or(256, crate::query::RunShape::n_classes);
        view.picks.picked_classes(n)
    });
    let chip = move |(class, name): (usize, String)| {
        let pressed = text(move || picked.with(|picked| picked.contains(&(class as u32))).to_string());
        let on_press = press(move || send(conductor, QueryEvent::ClassToggled(class)));
        let color = text(move || palette::class(mode(), class).css());
        view! {
            <button class="chip" aria-pressed=pressed on:click=on_press>
                <span class="dot" style:background-color=color aria-hidden="true"></span>
                {name}
            </button>
        }
        .into_any()
    };
    piece(move || names.get().into_iter().enumerate().map(chip).collect::<Vec<_>>().into_any())
}

fn gallery_class(conductor: Conductor) -> impl IntoView {
    let names = class_names(conductor);
    let choices = Memo::new(move |_| {
        let choice = |(class, name): (usize, String)| Choice::new(class.to_string(), name);
        names.get().into_iter().enumerate().map(choice).collect::<Vec<_>>()
    });
    let value = text(move || conductor.query(|view| view.gallery).to_string());
    let on_pick = Callback::new(move |value: String| {
        if let Ok(class) = value.parse() {
            send(conductor, QueryEvent::GalleryTurned(class));
        }
    });
    view! {
        <div class="controls">
            <Picker name="gallery" label="Single images of" choices=choices.into() value=value on_pick=on_pick/>
        </div>
    }
}

/// Toggle buttons with the images of a class.
fn gallery(conductor: Conductor) -> Piece {
    let wanted = move || conductor.query(QueryView::gallery_maps);
    let maps = maps(conductor, wanted);
    let failed = has_failed(conductor, wanted);
    let picked = follow(conductor, |view| match &view.picks.images {
        Images::Picked(images @ (Selector::Index(_) | Selector::Set(_) | Selector::Range(_)))
            if view.picks.probe_set == ProbeSet::Test =>
        {
            among(images, view.shape.as_ref().map_or(0, crate::query::RunShape::n_images))
        }
        _ => Vec::new(),
    });
    let pictures = piece(move || {
        let Some((of, maps)) = maps.get() else { return ().into_any() };
        let button = |(place, &index): (usize, &usize)| {
            let number = index as u32;
            let pressed = text(move || picked.with(|picked| picked.contains(&number)).to_string());
            let on_press = press(move || send(conductor, QueryEvent::ImageToggled(index)));
            let picture: Signal<Image> = Signal::stored(image(of_input(&maps, place)));
            view! {
                <button class="thumb" title=format!("image {index}") aria-label=format!("image {index}") aria-pressed=pressed on:click=on_press>
                    <Pixels image=picture label=Signal::stored(String::new())/>
                </button>
            }
            .into_any()
        };
        let buttons: Vec<AnyView> = of.images.iter().enumerate().map(button).collect();
        view! { <div class="gallery" role="group" aria-label="Images of the class">{buttons}</div> }
            .into_any()
    });
    let no_pictures = piece(|| {
        view! { <p class="hint">"The images could not be read. Press Query to try again."</p> }.into_any()
    });
    choose(flag(move || failed.get()), no_pictures, pictures)
}
