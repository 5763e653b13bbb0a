//! The circle packing: the same channel near the same place at every epoch, moving there or not, gone into and out of.

use crate::hands::{go_to_epoch, press, text_with};
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SETTINGS: &str = "dataset=strokes&per_class=20&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu&seed=3&data_seed=3";
const CHANNELS: usize = 16;

/// A run in the channel view, all epochs of whose first layer are measured.
fn measured(site: &Site) -> Result<Page<'_>> {
    let page = runs::shown(site, SETTINGS, "layer=1&view=channel")?;
    page.wait_for("document.querySelector('.packing canvas') !== null", LONG)?;
    Ok(page)
}

/// Whether circles move or jump.
fn set_motion(page: Page<'_>, is_wanted: bool) -> Result<()> {
    let value = if is_wanted { "no-preference" } else { "reduce" };
    let media = json!({ "features": [{ "name": "prefers-reduced-motion", "value": value }] });
    page.cdp("Emulation.setEmulatedMedia", &media).map(|_| ())
}

/// Where the tooltip stands: the middle of the circle under the keyboard, in shares of the picture.
const PLACE: &str = "(() => { const { style } = document.querySelector('.packing .tooltip'); \
    return [parseFloat(style.left) / 100, parseFloat(style.top) / 100]; })()";

fn point(value: &Value) -> (f64, f64) {
    let at = |index: usize| value[index].as_f64().unwrap_or(f64::NAN);
    (at(0), at(1))
}

/// The middles of the channels' circles inside the circle of all images.
fn places(page: Page<'_>) -> Result<Vec<(f64, f64)>> {
    press(page, ".packing", &["Escape", "Escape", "End", "Enter", "Home"])?;
    let mut places = Vec::new();
    for channel in 0..CHANNELS {
        text_with(page, ".packing .tooltip", &format!("channel {channel}, all images"), SOON)?;
        places.push(point(&page.eval(PLACE, SOON)?));
        press(page, ".packing", &["ArrowRight"])?;
    }
    Ok(places)
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[test]
fn a_channel_is_near_the_same_place_at_every_epoch() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    set_motion(page, false)?;
    let mut by_epoch = Vec::new();
    for epoch_index in 0..3 {
        go_to_epoch(page, epoch_index)?;
        by_epoch.push(places(page)?);
    }
    let farthest = |a: &[(f64, f64)], b: &[(f64, f64)]| {
        a.iter().zip(b).map(|(a, b)| distance(*a, *b)).fold(0.0, f64::max)
    };
    for pair in by_epoch.windows(2) {
        let moved = farthest(&pair[0], &pair[1]);
        println!("from one epoch to the next at most {:.1} % of the picture's width", 100.0 * moved);
        assert!(moved < 0.1, "{moved}");
        for (channel, place) in pair[0].iter().enumerate() {
            let nearest = (0..CHANNELS)
                .min_by(|&a, &b| distance(*place, pair[1][a]).total_cmp(&distance(*place, pair[1][b])));
            assert_eq!(nearest, Some(channel), "the nearest circle is the same channel's");
        }
    }
    // And the same epoch looks the same again.
    go_to_epoch(page, 0)?;
    assert!(farthest(&by_epoch[0], &places(page)?) < 1e-9);
    Ok(())
}

/// The different places that a channel's circle takes after a press until it rests, `[x, y]` each.
fn journey(page: Page<'_>, act: &str) -> Result<Vec<(f64, f64)>> {
    let watch = format!(
        "(async () => {{ const places = []; let last = performance.now(); {act}; \
         while (performance.now() - last < 1500) {{ await new Promise((done) => requestAnimationFrame(done)); \
           const style = document.querySelector('.packing .tooltip')?.style; \
           const place = style ? [parseFloat(style.left) / 100, parseFloat(style.top) / 100] : null; \
           if (place && String(place) !== String(places.at(-1))) {{ places.push(place); last = performance.now(); }} }} \
         return places; }})()"
    );
    let places = page.eval(&watch, SOON)?;
    Ok(places.as_array().into_iter().flatten().map(point).collect())
}

#[test]
fn circles_move_to_the_next_epoch_unless_no_motion_is_wanted() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    let slide = |epoch_index: usize| {
        format!(
            "(() => {{ const slider = document.getElementById('epoch'); slider.value = '{epoch_index}'; \
             slider.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        )
    };
    set_motion(page, false)?;
    // Of all channels the one that moves most.
    go_to_epoch(page, 0)?;
    let from = places(page)?;
    go_to_epoch(page, 2)?;
    let to = places(page)?;
    let moved = |channel: usize| distance(from[channel], to[channel]);
    let channel = (0..CHANNELS).max_by(|&a, &b| moved(a).total_cmp(&moved(b))).unwrap_or(0);
    let walk = |page| {
        press(page, ".packing", &["Escape", "Escape", "End", "Enter", "Home"])?;
        press(page, ".packing", &vec!["ArrowRight"; channel])
    };

    go_to_epoch(page, 0)?;
    walk(page)?;
    let jump = journey(page, &slide(2))?;
    assert!(jump.len() <= 2, "at once: {jump:?}");

    let mut way = Vec::new();
    // It takes half a second, in which a busy machine may draw no more than a picture or two.
    for _ in 0..8 {
        set_motion(page, false)?;
        go_to_epoch(page, 0)?;
        set_motion(page, true)?;
        walk(page)?;
        way = journey(page, &slide(2))?;
        if way.len() >= 4 {
            break;
        }
    }
    println!(
        "channel {channel} moves {:.1} % of the width in {} pictures",
        100.0 * moved(channel),
        way.len()
    );
    assert!(way.len() >= 4, "{way:?}");
    let end = way[way.len() - 1];
    assert!(distance(end, to[channel]) < 1e-3, "{end:?} and {:?}", to[channel]);
    let lengths: Vec<f64> = way.iter().map(|place| distance(*place, to[channel])).collect();
    assert!(lengths.windows(2).all(|pair| pair[1] <= pair[0] + 1e-3), "straight there: {lengths:?}");
    Ok(())
}

/// Presses the mouse at a place, in shares of the picture.
fn press_at(page: Page<'_>, (x, y): (f64, f64)) -> Result<()> {
    let click = format!(
        "(() => {{ const packing = document.querySelector('.packing'); packing.scrollIntoView({{ block: 'center' }}); \
         const box = packing.getBoundingClientRect(); \
         packing.dispatchEvent(new MouseEvent('click', {{ bubbles: true, \
           clientX: box.left + {x} * box.width, clientY: box.top + {y} * box.height }})); }})()"
    );
    page.eval(&click, SOON).map(|_| ())
}

const INSIDE: &str = "document.querySelector('.packing').classList.contains('inside')";

#[test]
fn a_class_is_gone_into_by_a_press_and_left_by_a_press_beside_it_or_escape() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    set_motion(page, false)?;
    press(page, ".packing", &["Home", "ArrowRight", "ArrowRight", "ArrowRight"])?;
    text_with(page, ".packing .tooltip", "label = 3", SOON)?;
    // Where its name stands.
    let class_three = point(&page.eval(PLACE, SOON)?);
    for way_out in ["press beside", "Escape", "button"] {
        press_at(page, class_three)?;
        page.wait_for(INSIDE, SOON)?;
        text_with(page, ".packing-bar p", "label = 3", SOON)?;
        match way_out {
            "press beside" => press_at(page, (0.005, 0.005))?,
            "Escape" => press(page, ".packing", &["Escape"])?,
            _ => page.eval("(document.querySelector('.packing-bar button').click(), 0)", SOON).map(|_| ())?,
        }
        page.wait_for(&format!("!{INSIDE}"), SOON)?;
        text_with(page, ".packing-bar p", "all images", SOON)?;
    }
    // Inside, a press selects the channel under it, everywhere.
    press(page, ".packing", &["Escape", "Home", "Enter", "Home"])?;
    press(page, ".packing", &["ArrowRight"; 5])?;
    text_with(page, ".packing .tooltip", "channel 5, label = 0", SOON)?;
    press_at(page, point(&page.eval(PLACE, SOON)?))?;
    page.wait_for("location.search.includes('channel=5')", SOON)?;
    text_with(page, ".channel-frame.chosen", "channel 5", SOON)?;
    let picked = page.eval("document.querySelector('#projection-feature').value", SOON)?;
    assert_eq!(picked, json!("5"), "the projection's channel is the selected one");
    assert_eq!(page.eval(INSIDE, SOON)?, json!(true));
    Ok(())
}
