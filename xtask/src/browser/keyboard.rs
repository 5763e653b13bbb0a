//! Keys, pressed as a user presses them: they go where the focus is, and the browser acts on them itself.

use super::page::Page;
use crate::problem::Result;
use serde_json::{Value, json};

/// Names of keys that write nothing, with the characters that the protocol has for them.
const NAMED: [(&str, char); 13] = [
    ("Tab", '\u{e004}'),
    ("Enter", '\u{e007}'),
    ("Escape", '\u{e00c}'),
    ("Backspace", '\u{e003}'),
    ("Space", ' '),
    ("Home", '\u{e011}'),
    ("End", '\u{e010}'),
    ("ArrowLeft", '\u{e012}'),
    ("ArrowUp", '\u{e013}'),
    ("ArrowRight", '\u{e014}'),
    ("ArrowDown", '\u{e015}'),
    ("Shift", '\u{e008}'),
    ("Control", '\u{e009}'),
];

impl Page<'_> {
    /// Presses one key: a name as in `KeyboardEvent.key`, with others held before it as in `Shift+Tab`.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.press_in_turn(&[keys])
    }

    /// Presses keys one after the other, each as in [`Page::press`].
    ///
    /// # Errors
    /// The browser refuses.
    pub fn press_in_turn(&self, keys: &[&str]) -> Result<()> {
        let actions: Vec<Value> = keys.iter().flat_map(|keys| strokes(keys)).collect();
        self.act(&actions)
    }

    /// Types a text.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn type_text(&self, text: &str) -> Result<()> {
        let both = |letter: char| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": letter.to_string() }))
        };
        let actions: Vec<Value> = text.chars().flat_map(both).collect();
        self.act(&actions)
    }

    fn act(self, actions: &[Value]) -> Result<()> {
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", &json!({ "actions": [keyboard] }), super::page::PATIENCE).map(|_| ())
    }
}

/// All keys down, then up again.
fn strokes(keys: &str) -> Vec<Value> {
    let values: Vec<String> = keys.split('+').map(value).collect();
    let event = |kind: &'static str| move |value: &String| json!({ "type": kind, "value": value });
    let down = values.iter().map(event("keyDown"));
    down.chain(values.iter().rev().map(event("keyUp"))).collect()
}

fn value(key: &str) -> String {
    let named = NAMED.iter().find(|(name, _)| *name == key);
    named.map_or_else(|| key.to_owned(), |(_, character)| character.to_string())
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_named_key_has_the_protocols_character_and_a_letter_is_itself() {
        assert_eq!([value("Enter"), value("a")], ["\u{e007}", "a"]);
    }
}
