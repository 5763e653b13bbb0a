//! Which images a chart is about: those of one class, or all of them.

use leptos::prelude::*;

use crate::app::conductor::conductor;
use crate::app::widgets::dynamic::{Piece, flag, piece, when};
use crate::app::widgets::{Choice, Picker};

const ALL: &str = "all";

/// The choice of a chart: the index of a class, or “all”.
#[derive(Clone, Copy)]
pub struct PickedClass(RwSignal<String>);

impl PickedClass {
    /// All images.
    pub fn new() -> Self {
        Self(RwSignal::new(ALL.to_owned()))
    }

    /// The class; `None` for all images.
    pub fn class(self) -> Option<usize> {
        self.0.with(|picked| picked.parse().ok())
    }

    /// The list of the open run's classes; nothing where there are none.
    pub fn picker(self, name: &'static str) -> Piece {
        let conductor = conductor();
        let choices = Memo::new(move |_| {
            let classes = conductor.open(|run| run.header.classes.clone()).unwrap_or_default();
            let of_class =
                |(index, name): (usize, String)| Choice::new(index.to_string(), format!("label = {name}"));
            let all = std::iter::once(Choice::new(ALL, "all images"));
            all.chain(classes.into_iter().enumerate().map(of_class)).collect::<Vec<_>>()
        });
        let on_pick = Callback::new(move |value: String| self.0.set(value));
        let picker = piece(move || {
            view! {
                <Picker name=name label="Images" choices=choices.into() value=self.0.into() on_pick=on_pick/>
            }
            .into_any()
        });
        when(flag(move || choices.with(|choices| choices.len() > 1)), picker)
    }
}
