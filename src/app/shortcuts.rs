//! Keys that work anywhere on the page: which key means what, and what follows from it.

use crate::app::session::{Event, LayerPair, Session, View};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// One epoch back (`false`) or on.
    Epoch(bool),
    /// One layer to the left (`false`) or to the right.
    Layer(bool),
    /// The same for the second of two layers.
    SecondLayer(bool),
    /// One channel back (`false`) or on.
    Channel(bool),
    /// The first image of a class, or its next one.
    Class(usize),
    /// Play, or pause.
    Play,
    /// Keep this epoch to compare with, or let go of it.
    Pin,
    /// Open the inspector, or close it.
    Inspector,
    /// Go to a view.
    View(View),
    /// The list of keys.
    Help,
}

/// Every key with what it does, as the list of keys says it.
pub const LIST: [(&str, &str); 11] = [
    (", .", "epoch back, on"),
    ("[ ]", "layer to the left, to the right"),
    ("{ }", "the second of two layers"),
    ("; '", "channel back, on"),
    ("0 … 9", "class; again: its next image"),
    ("Space", "play, pause"),
    ("p", "pin this epoch, or let go of it"),
    ("i", "inspector"),
    ("g, then o t l c q", "overview, training, layers, channels, query"),
    ("/", "to the query line"),
    ("?", "this list"),
];

/// Keys come one by one; `g` waits for the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    is_going: bool,
}

impl Keys {
    /// What this key means after the ones before it.
    pub fn press(&mut self, key: &str) -> Option<Shortcut> {
        if std::mem::take(&mut self.is_going) {
            let view = match key {
                "o" => View::Overview,
                "t" => View::Training,
                "l" => View::Layer,
                "c" => View::Channel,
                "q" => View::Query,
                _ => return None,
            };
            return Some(Shortcut::View(view));
        }
        Some(match key {
            "g" => {
                self.is_going = true;
                return None;
            }
            "," => Shortcut::Epoch(false),
            "." => Shortcut::Epoch(true),
            "[" => Shortcut::Layer(false),
            "]" => Shortcut::Layer(true),
            "{" => Shortcut::SecondLayer(false),
            "}" => Shortcut::SecondLayer(true),
            ";" => Shortcut::Channel(false),
            "'" => Shortcut::Channel(true),
            " " => Shortcut::Play,
            "p" => Shortcut::Pin,
            "i" => Shortcut::Inspector,
            "/" => Shortcut::View(View::Query),
            "?" => Shortcut::Help,
            _ => Shortcut::Class(key.parse().ok().filter(|_| key.len() == 1)?),
        })
    }
}

/// What a shortcut does to the session; `None` where it does something else or nothing.
pub fn event_of(shortcut: Shortcut, session: &Session) -> Option<Event> {
    let run = session.open.as_ref()?;
    let selection = &session.selection;
    let moved = |at: usize, on: bool, n: usize| {
        let to = if on { (at + 1).min(n.saturating_sub(1)) } else { at.saturating_sub(1) };
        (to != at).then_some(to)
    };
    let n_layers = run.header.layers.len() + 1;
    match shortcut {
        Shortcut::Epoch(on) => moved(selection.epoch_index, on, run.epochs.len()).map(Event::EpochPicked),
        Shortcut::Layer(on) => moved(selection.layer, on, n_layers).map(Event::LayerPicked),
        Shortcut::SecondLayer(on) => {
            let b = moved(selection.pair.b, on, n_layers)?;
            Some(Event::PairPicked(LayerPair { b, ..selection.pair }))
        }
        Shortcut::Channel(on) => {
            let channel = moved(selection.channel, on, run.n_channels(selection.layer))?;
            Some(Event::ChannelPicked { layer: selection.layer, channel })
        }
        Shortcut::Class(class) => run.next_of_class(selection.image, class).map(Event::ImagePicked),
        Shortcut::View(view) => Some(Event::ViewPicked(view)),
        Shortcut::Play | Shortcut::Pin | Shortcut::Inspector | Shortcut::Help => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Selection, fixture};

    fn session() -> Session {
        let selection = Selection { epoch_index: 1, layer: 1, channel: 0, image: 0, ..Selection::default() };
        let mut session = Session::new(1);
        session.open = Some(fixture::open_run("a", 3));
        session.selection = selection;
        session
    }

    #[test]
    fn keys_mean_what_the_list_says() {
        let mut keys = Keys::default();
        for (shown, _) in LIST {
            let single = shown.split([' ', '…']).filter(|key| key.chars().count() == 1 && *key != "g");
            for key in single.filter(|key| !shown.starts_with('g') || *key == "o") {
                if shown.starts_with('g') {
                    assert_eq!(keys.press("g"), None);
                }
                assert!(keys.press(key).is_some(), "{key}");
            }
        }
        assert_eq!((keys.press("x"), keys.press("Enter"), keys.press("12")), (None, None, None));
        assert_eq!((keys.press("g"), keys.press("x"), keys.press("o")), (None, None, None));
    }

    #[test]
    fn moves_stay_within_the_run() {
        let mut session = session();
        let event = |session: &Session, key| event_of(Keys::default().press(key).unwrap(), session);
        assert_eq!(event(&session, "."), Some(Event::EpochPicked(2)));
        assert_eq!(event(&session, ","), Some(Event::EpochPicked(0)));
        assert_eq!(event(&session, ";"), None, "there is no channel before the first");
        assert_eq!(event(&session, "'"), Some(Event::ChannelPicked { layer: 1, channel: 1 }));
        session.selection.layer = 3;
        assert_eq!(event(&session, "]"), None);
        assert_eq!(event(&session, "["), Some(Event::LayerPicked(2)));
        assert_eq!(event(&Session::new(1), "."), None, "nothing without a run");
    }

    #[test]
    fn a_class_gives_its_first_image_and_then_the_next() {
        let mut session = session();
        let event = |session: &Session, class| event_of(Shortcut::Class(class), session);
        assert_eq!(event(&session, 3), Some(Event::ImagePicked(150)));
        session.selection.image = 150;
        assert_eq!(event(&session, 3), Some(Event::ImagePicked(151)));
        session.selection.image = 199;
        assert_eq!(event(&session, 3), Some(Event::ImagePicked(150)), "after the last comes the first");
        assert_eq!(event_of(Shortcut::Class(77), &session), None);
    }
}
