use super::*;
use crate::app::session::fixture;

const CHANGED: [(&str, &str); 15] = [
    ("measure", "share"),
    ("rows", "mean-desc"),
    ("columns", "max-asc"),
    ("scale", "fixed"),
    ("hatch", "1"),
    ("correction", "miller-madow"),
    ("against", "0"),
    ("similar", "45"),
    ("side", "rows"),
    ("whole", "rows-given-columns"),
    ("x", "train"),
    ("epoch_row", "0,2,5"),
    ("cell", "1.15-2.3"),
    ("pins", "1.0-2.0,2.7-3.0"),
    ("images", "7,0"),
];

fn changed() -> LayerLook {
    let mut look = LayerLook::default();
    for (name, value) in CHANGED {
        assert_eq!(look.set(name, value), Some(Ok(())), "{name}");
    }
    look
}

#[test]
fn every_change_is_in_the_address_and_comes_back() {
    let look = changed();
    let pairs = look.changed_pairs();
    assert_eq!(pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>(), CHANGED);
    assert_eq!(LayerLook::default().changed_pairs(), []);
}

#[test]
fn a_bad_value_changes_nothing() {
    for (name, _) in CHANGED {
        let mut look = LayerLook::default();
        assert!(matches!(look.set(name, "?"), Some(Err(_))), "{name}");
        assert_eq!(look, LayerLook::default());
    }
    assert_eq!(LayerLook::default().set("epochs", "3"), None);
    assert!(matches!(LayerLook::default().set("similar", "0"), Some(Err(_))));
}

#[test]
fn what_the_run_lacks_is_forgotten() {
    let run = fixture::open_run("a", 1);
    let mut look = changed();
    look.pins.push(ChannelPair::parse("9.0-1.0").unwrap());
    look.images.push(500);
    look.cell = ChannelPair::parse("1.16-2.0");
    look.fit(&run);
    assert_eq!((look.cell, look.pins.len(), &look.images[..]), (None, 2, &[7, 0][..]));
}

#[test]
fn the_usual_images_are_spread_over_the_probe_set() {
    let run = fixture::open_run("a", 1);
    assert_eq!(LayerLook::default().images_of(&run), [0, 125, 250, 375]);
    assert_eq!(changed().images_of(&run), [7, 0]);
}
