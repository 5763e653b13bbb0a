//! The settings of the next run as they are being typed: the last valid value of each, and what is
//! wrong with the text that is not valid yet.

use crate::training::TrainingConfig;

/// Text that is no valid value, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadField {
    /// Of the setting.
    pub name: String,
    /// As typed.
    pub text: String,
    /// What was expected.
    pub why: String,
}

/// The start panel's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Every setting at its last valid value.
    pub config: TrainingConfig,
    /// Settings whose text is not valid.
    pub bad: Vec<BadField>,
    /// Whether a link, a run or the user chose them; otherwise they are those of the page's first run.
    pub is_chosen: bool,
}

impl Draft {
    /// Settings that somebody chose.
    pub fn of(config: TrainingConfig) -> Self {
        Self { config, bad: Vec::new(), is_chosen: true }
    }

    /// Takes over what was typed into the field `name`.
    pub fn edit(&mut self, name: &str, text: &str) {
        self.is_chosen = true;
        self.bad.retain(|bad| bad.name != name);
        if let Err(error) = self.config.set(name, text.trim()) {
            self.bad.push(BadField { name: name.to_owned(), text: text.to_owned(), why: error.to_string() });
        }
    }

    /// The text of the field `name`, as typed when it is not valid.
    pub fn text(&self, name: &str) -> String {
        if let Some(bad) = self.bad.iter().find(|bad| bad.name == name) {
            return bad.text.clone();
        }
        let mut pairs = self.config.pairs().into_iter();
        pairs.find(|(setting, _)| *setting == name).map(|(_, value)| value).unwrap_or_default()
    }

    /// What is wrong with the field `name`.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.bad.iter().find(|bad| bad.name == name).map(|bad| bad.why.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_text_becomes_the_setting() {
        let mut draft = Draft::default();
        draft.edit("epochs", " 7 ");
        assert_eq!(draft.config.epochs, 7);
        assert_eq!(draft.text("epochs"), "7");
        assert_eq!(draft.error("epochs"), None);
    }

    #[test]
    fn a_bad_text_stays_in_its_field_and_the_setting_keeps_its_value() {
        let mut draft = Draft::default();
        let before = draft.config.clone();
        draft.edit("epochs", "many");
        assert_eq!(draft.config, before);
        assert_eq!(draft.text("epochs"), "many");
        assert!(draft.error("epochs").is_some());
        draft.edit("epochs", "3");
        assert!(draft.bad.is_empty());
    }
}
