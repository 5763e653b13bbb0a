//! The channel view's numbers: every one recomputed from the exported run, orders of boxes, dead channels.

use crate::hands::{choose, drawn, go_to_epoch, numbers, press, table, text, text_with};
use crate::run_file::{RunFile, python};
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::{Page, Screen, Theme};
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const EPOCHS: usize = 2;

/// A run in the channel view, measured, whose circles jump to their places.
fn measured<'a>(site: &'a Site, more: &str) -> Result<Page<'a>> {
    let page = site.browser.page();
    page.open(&site.server.url())?;
    let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    page.cdp("Emulation.setEmulatedMedia", &still)?;
    let settings = "dataset=strokes&per_class=20&test_per_class=20&epochs=2&probe=60&batch=20&backend=cpu";
    runs::shown(site, &format!("{settings}&{more}"), "layer=1&view=channel")
}

/// A window for all boxes of a layer: those out of sight are not drawn.
fn high_enough(site: &Site) -> Result<()> {
    site.browser.page().show_as(Screen { width: 1280, height: 1400 }, Theme::Light)
}

/// Defines `discArea(x, y)`: pixels of the circle around a place on the canvas, given in shares of it, with its rim.
///
/// Circles of classes do not touch: what hangs together without background in between is one of them.
const DISC_AREA: &str = "(() => {
    window.discArea = (shareX, shareY) => {
        const canvas = document.querySelector('.packing canvas');
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
        const pixels = new Uint32Array(data.buffer);
        const background = pixels[0];
        const start = Math.round(shareY * height) * width + Math.round(shareX * width);
        const seen = new Uint8Array(width * height);
        const waiting = [start];
        let area = 0;
        while (waiting.length > 0) {
            const at = waiting.pop();
            if (at < 0 || at >= seen.length || seen[at] || pixels[at] === background) continue;
            seen[at] = 1;
            area += 1;
            waiting.push(at - 1, at + 1, at - width, at + width);
        }
        return area;
    };
    return 0;
})()";

/// What the page shows of a layer at an epoch: the table, the sums that the circles say, and their areas in pixels.
fn shown(page: Page<'_>, layer: usize, epoch_index: usize) -> Result<Value> {
    let rows = table(page, "circle-packing")?;
    let (mut sums, mut places) = (Vec::new(), Vec::new());
    press(page, ".packing", &["Escape", "Escape", "Home"])?;
    for group in 0..=10 {
        let whose = if group == 10 { "all images".to_owned() } else { format!("label = {group}") };
        sums.push(text_with(page, ".packing .tooltip", &whose, SOON)?);
        let place = "(() => { const { style } = document.querySelector('.packing .tooltip'); \
            return [parseFloat(style.left) / 100, parseFloat(style.top) / 100]; })()";
        places.push(page.eval(place, SOON)?);
        press(page, ".packing", &["ArrowRight"])?;
    }
    // Without the thicker rim that marks the circle under the keyboard.
    press(page, ".packing", &["Escape"])?;
    drawn(page)?;
    let areas = page.eval(&format!("{}.map(([x, y]) => discArea(x, y))", Value::from(places)), SOON)?;
    Ok(json!({ "layer": layer, "epoch_index": epoch_index, "rows": rows, "sums": sums, "areas": areas }))
}

#[test]
fn every_entropy_and_every_circle_is_recomputed_from_the_exported_run() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site, "seed=3&data_seed=3")?;
    page.eval(DISC_AREA, SOON)?;
    let mut views = Vec::new();
    for layer in [1, 3, 5] {
        choose(page, "layer", &layer.to_string())?;
        let title = "(document.querySelector('.packing-bar p')?.textContent ?? '')";
        page.wait_for(&format!("{title}.startsWith('{layer} ')"), LONG)?;
        for epoch_index in 0..=EPOCHS {
            go_to_epoch(page, epoch_index)?;
            text_with(page, ".packing-bar", "Σ h", LONG)?;
            views.push(shown(page, layer, epoch_index)?);
        }
    }
    let Some(python) = python() else { return Ok(()) };
    RunFile::exported(page)?.check_answers(&python, "check_channels.py", &Value::from(views))
}

/// The channels in the order of their boxes.
fn boxes(page: Page<'_>) -> Result<Vec<usize>> {
    let order = "[...document.querySelectorAll('.channel-row:not(.spare)')] \
        .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)) \
        .flatMap((row) => [...row.querySelectorAll('.channel-frame p')].map((name) => Number(/\\d+/.exec(name.textContent)[0])))";
    let order = page.eval(order, SOON)?;
    Ok(order.as_array().into_iter().flatten().filter_map(|n| usize::try_from(n.as_u64()?).ok()).collect())
}

#[test]
fn boxes_stand_in_the_order_that_was_asked_for() -> Result<()> {
    let site = Site::at("/")?;
    high_enough(&site)?;
    let page = measured(&site, "seed=3&data_seed=3")?;
    let epochs = EPOCHS + 1;
    // Values by channel and epoch, of all images and of each class.
    let all = numbers(page, "h(dCNN(-, 1, -, -))")?;
    let n = all.len() / epochs;
    let mut classes = Vec::new();
    for class in 0..10 {
        classes.push(numbers(page, &format!("h(dCNN(label={class}, 1, -, -))"))?);
    }
    let over_epochs = |of: &dyn Fn(usize) -> f64| (0..epochs).map(of).sum::<f64>() / epochs as f64;
    let mean = |channel: usize| over_epochs(&|t| all[channel * epochs + t]);
    let spread = |channel: usize| {
        over_epochs(&|t| {
            let of = |class: &Vec<f64>| class[channel * epochs + t];
            let high = classes.iter().map(of).fold(f64::MIN, f64::max);
            high - classes.iter().map(of).fold(f64::MAX, f64::min)
        })
    };
    let change = |channel: usize| (all[channel * epochs + EPOCHS] - all[channel * epochs]).abs();
    let index = |channel: usize| -(channel as f64);
    let orders: [(&str, &dyn Fn(usize) -> f64); 4] = [
        ("mean", &mean),
        ("spread between classes", &spread),
        ("change over training", &change),
        ("index", &index),
    ];
    let mut seen = Vec::new();
    for (name, key) in orders {
        choose(page, "channel-order", name)?;
        let order = boxes(page)?;
        let mut channels = order.clone();
        channels.sort_unstable();
        assert_eq!(channels, (0..n).collect::<Vec<_>>(), "every channel once");
        let keys: Vec<f64> = order.iter().map(|&channel| key(channel)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] >= pair[1] - 1e-5), "{name}: {order:?} {keys:?}");
        assert!(!seen.contains(&order), "{name} is an order of its own: {order:?}");
        seen.push(order);
    }
    Ok(())
}

#[test]
fn channels_that_answer_to_nothing_are_flagged_as_dead() -> Result<()> {
    let site = Site::at("/")?;
    high_enough(&site)?;
    // So large a step that many channels end below zero for every image.
    let page = measured(&site, "seed=3&data_seed=3&optimizer=adam&lr=0.1")?;
    let silent = "(async () => { const { shape: [n, c, h, w], values } = await cnnslicer.slice('dCNN(-, 1, -, 2)'); \
        const map = h * w; const dead = []; \
        for (let channel = 0; channel < c; channel += 1) { let none = true; \
          for (let image = 0; image < n && none; image += 1) { const start = (image * c + channel) * map; \
            for (let i = 0; i < map && none; i += 1) none = values[start + i] === 0; } \
          if (none) dead.push(channel); } return dead; })()";
    let dead = page.eval(silent, LONG)?;
    let n_dead = dead.as_array().map_or(0, Vec::len);
    println!("dead channels: {dead}");
    assert!((1..16).contains(&n_dead), "some are dead and some are not: {dead}");
    let title = text_with(page, ".channel-grid-title", "dead at this epoch", SOON)?;
    assert!(title.contains(&format!("{n_dead} of 16 dead")), "{title}");
    let flagged = "[...document.querySelectorAll('.channel-frame p')].filter((name) => name.querySelector('.dead')) \
        .map((name) => Number(/\\d+/.exec(name.textContent)[0])).sort((a, b) => a - b)";
    assert_eq!(page.eval(flagged, SOON)?, dead);
    // The circles say so too.
    let first = dead[0].as_u64().unwrap_or(0);
    press(page, ".packing", &["Escape", "End", "Enter", "Home"])?;
    press(page, ".packing", &vec!["ArrowRight"; usize::try_from(first).unwrap_or(0)])?;
    let tip = text_with(page, ".packing .tooltip", &format!("channel {first}, all images"), SOON)?;
    assert!(tip.contains("h = 0.0000 bit, dead: silent for every image"), "{tip}");
    // At epoch 0 nothing has died yet.
    go_to_epoch(page, 0)?;
    text_with(page, ".channel-grid-title", "epoch", SOON)?;
    let alive = page.eval("document.querySelectorAll('.channel-frame .dead').length", SOON)?;
    let title = text(page, ".channel-grid-title")?;
    assert!(alive.as_u64() < Some(n_dead as u64), "{alive} at epoch 0: {title}");
    Ok(())
}
