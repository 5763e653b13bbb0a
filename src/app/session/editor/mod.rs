//! The layers of the next run's network as rows that can be changed, added, moved and removed.
//!
//! The settings of the next run hold the layers; the rows follow them, whoever changes them. A preset is
//! shown as it is, to be looked at or taken as the beginning of a network of one's own.

pub mod layer_field;
pub mod outline;

pub use layer_field::{LayerField, LayerKind};
pub use outline::{Estimate, Outline};

use super::{Outcome, Part, Session};
use crate::network::{HiddenLayers, LayerSpec};
use crate::protocol::FromTrainer;
use crate::training::config::ModelName;

/// Changes that can be undone.
const MOST_UNDONE: usize = 50;
/// Multiplications and additions a second that some machine can have.
const SPEEDS: std::ops::RangeInclusive<f64> = 1e6..=1e16;

/// What the user does with layers; rows are named by their identifiers.
#[derive(Clone, Debug, PartialEq)]
pub enum EditorEvent {
    /// The layers are to be seen, or not.
    Shown(bool),
    /// The preset's layers are to be a network of one's own.
    EditAsCustom,
    /// Another layer at the end.
    Add(LayerKind),
    /// A layer less.
    Remove(u32),
    /// A layer changes places with the one before it.
    Up(u32),
    /// A layer changes places with the one after it.
    Down(u32),
    /// A layer becomes one of another kind.
    Kind(u32, LayerKind),
    /// A field was typed into.
    Typed {
        /// Row.
        id: u32,
        /// Which.
        field: LayerField,
        /// As typed.
        text: String,
    },
    /// The last change is taken back.
    Undo,
    /// At an earlier visit a run told how fast this machine is, in [`Editor::speed`].
    Speed(f64),
}

/// A layer, with an identifier that it keeps when it moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Unique within the session.
    pub id: u32,
    /// At its last valid values.
    pub layer: LayerSpec,
}

/// Text in a field that is no valid value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BadCell {
    id: u32,
    field: LayerField,
    text: String,
}

/// The editor's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Editor {
    /// Whether the layers are to be seen.
    pub is_shown: bool,
    rows: Vec<Row>,
    bad: Vec<BadCell>,
    undone: Vec<HiddenLayers>,
    next_id: u32,
    /// How fast the last run was, as far as it tells: arithmetic per image, and per second.
    pub(super) operations_per_image: Option<f64>,
    pub(super) operations_per_second: Option<f64>,
}

impl Editor {
    /// Multiplications and additions a second, as the last run of this machine told.
    pub fn speed(&self) -> Option<f64> {
        self.operations_per_second
    }

    /// In order, the first layer after the input first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of this identifier.
    pub fn row(&self, id: u32) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// The text of a field, as typed when it is not valid.
    pub fn text(&self, id: u32, field: LayerField) -> String {
        match self.bad_cell(id, field) {
            Some(bad) => bad.text.clone(),
            None => self.row(id).map(|row| field.text(&row.layer)).unwrap_or_default(),
        }
    }

    /// Whether the text of a field is no valid value.
    pub fn is_bad(&self, id: u32, field: LayerField) -> bool {
        self.bad_cell(id, field).is_some()
    }

    /// What is wrong with the texts in a row; empty when nothing is.
    pub fn error(&self, id: u32) -> String {
        let bad = self.bad.iter().filter(|bad| bad.id == id);
        let told = bad.map(|bad| format!("{}: expected {}.", bad.field.label(), bad.field.allowed()));
        told.collect::<Vec<_>>().join(" ")
    }

    /// Whether any text is no valid value.
    pub fn has_bad(&self) -> bool {
        !self.bad.is_empty()
    }

    /// Whether a change can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.undone.is_empty()
    }

    fn bad_cell(&self, id: u32, field: LayerField) -> Option<&BadCell> {
        self.bad.iter().find(|bad| bad.id == id && bad.field == field)
    }

    fn layers(&self) -> HiddenLayers {
        HiddenLayers::new(self.rows.iter().map(|row| row.layer).collect())
    }

    /// The settings hold these layers. Rows that are in step with them stay what they are; otherwise
    /// somebody else has changed the settings. Whether the rows are others now.
    pub(super) fn follow(&mut self, hidden: &HiddenLayers) -> bool {
        if self.layers() == *hidden {
            return false;
        }
        self.rows.clear();
        self.bad.clear();
        for &layer in hidden.layers() {
            self.push(layer);
        }
        true
    }

    fn push(&mut self, layer: LayerSpec) {
        self.rows.push(Row { id: self.next_id, layer });
        self.next_id += 1;
    }

    /// Takes in a change of rows; whether the layers are others now.
    fn change(&mut self, event: &EditorEvent) -> bool {
        let before = self.layers();
        match *event {
            EditorEvent::Add(kind) => self.push(kind.usual()),
            EditorEvent::Remove(id) => self.rows.retain(|row| row.id != id),
            EditorEvent::Up(id) => self.exchange(id, true),
            EditorEvent::Down(id) => self.exchange(id, false),
            EditorEvent::Kind(id, kind) => {
                if let Some(row) = self.rows.iter_mut().find(|row| row.id == id) {
                    row.layer = kind.from_layer(&row.layer);
                }
            }
            EditorEvent::Typed { id, field, ref text } => self.typed(id, field, text),
            EditorEvent::Shown(_) | EditorEvent::EditAsCustom | EditorEvent::Undo | EditorEvent::Speed(_) => {
            }
        }
        let rows = &self.rows;
        self.bad.retain(|bad| {
            let row = rows.iter().find(|row| row.id == bad.id);
            row.is_some_and(|row| LayerKind::of(&row.layer).fields().contains(&bad.field))
        });
        let is_changed = self.layers() != before;
        if is_changed {
            self.remember(before);
        }
        is_changed
    }

    fn remember(&mut self, before: HiddenLayers) {
        if self.undone.len() == MOST_UNDONE {
            self.undone.remove(0);
        }
        self.undone.push(before);
    }

    fn exchange(&mut self, id: u32, with_the_one_before: bool) {
        let Some(at) = self.rows.iter().position(|row| row.id == id) else { return };
        let other = if with_the_one_before { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(other) = other.filter(|&other| other < self.rows.len()) {
            self.rows.swap(at, other);
        }
    }

    fn typed(&mut self, id: u32, field: LayerField, text: &str) {
        self.bad.retain(|bad| bad.id != id || bad.field != field);
        let Some(row) = self.rows.iter_mut().find(|row| row.id == id) else { return };
        if field.set(&mut row.layer, text).is_none() {
            self.bad.push(BadCell { id, field, text: text.to_owned() });
        }
    }

    /// What the trainer says of its speed; whether that is news.
    pub(super) fn on_trainer_message(&mut self, message: &FromTrainer) -> bool {
        match message {
            FromTrainer::Started { header, .. } => {
                self.operations_per_image = header.spec().epoch_seconds(1, 1.0).ok();
                false
            }
            FromTrainer::Progress(progress) if progress.images_per_second > 0.0 => {
                let speed = |per_image: f64| per_image * f64::from(progress.images_per_second);
                let is_first = self.operations_per_second.is_none();
                self.operations_per_second = self.operations_per_image.map(speed);
                // A number that trembles while one reads it is of no use.
                is_first || progress.batch == progress.batches
            }
            _ => false,
        }
    }
}

impl Session {
    pub(super) fn edit_layers(&mut self, event: EditorEvent, outcome: &mut Outcome) {
        match event {
            EditorEvent::Shown(is_shown) => self.editor.is_shown = is_shown,
            // It comes from the browser's storage: anything may be there.
            EditorEvent::Speed(speed) if SPEEDS.contains(&speed) => {
                self.editor.operations_per_second.get_or_insert(speed);
            }
            EditorEvent::Speed(_) => {}
            EditorEvent::EditAsCustom => {
                self.begin_custom();
                outcome.change(Part::Draft);
            }
            // A preset is only looked at.
            _ if self.draft.config.model != ModelName::Custom => {}
            EditorEvent::Undo => {
                if let Some(before) = self.editor.undone.pop() {
                    self.draft.edit("layers", &before.to_string());
                    outcome.change(Part::Draft);
                }
            }
            change => {
                if self.editor.change(&change) {
                    self.draft.edit("layers", &self.editor.layers().to_string());
                    outcome.change(Part::Draft);
                }
            }
        }
        outcome.change(Part::Editor);
    }

    /// Takes over what was typed or chosen. A network of one's own begins with the layers of the preset
    /// that was chosen before, unless it has some.
    pub(super) fn edit(&mut self, name: &str, text: &str) {
        let has_layers = !self.draft.config.layers.layers().is_empty();
        if name == "model" && text == ModelName::Custom.as_str() && !has_layers {
            self.begin_custom();
        } else {
            self.draft.edit(name, text);
        }
    }

    fn begin_custom(&mut self) {
        let hidden = self.hidden_layers();
        self.editor.undone.clear();
        self.draft.edit("model", ModelName::Custom.as_str());
        self.draft.edit("layers", &hidden.to_string());
    }

    /// The layers of the next run's network at its full width.
    fn hidden_layers(&self) -> HiddenLayers {
        // Hidden layers depend on neither the images nor their classes.
        let any = crate::dataset::ImageShape { channels: 1, height: 1, width: 1 };
        self.draft.config.unscaled_network(any, 2).hidden()
    }

    /// Keeps the rows in step with the settings.
    pub(super) fn follow_layers(&mut self, outcome: &mut Outcome) {
        if outcome.changed.contains(&Part::Draft) {
            let hidden = self.hidden_layers();
            if self.editor.follow(&hidden) {
                outcome.change(Part::Editor);
            }
        }
    }
}

#[cfg(test)]
mod tests;
