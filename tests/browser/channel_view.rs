//! The channel view: its boxes and circles show the entropies that a query gives, and follow pointer and keys.

use crate::hands::{choose, number_after, press, text_with};
use crate::runs;
use crate::site::{SOON, Site, times_are_measured};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::{Page, Screen, Theme};
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SETTINGS: &str = "dataset=strokes&per_class=20&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu&seed=3&data_seed=3";

/// A run in the channel view, all epochs of whose first layer are measured.
fn measured(site: &Site) -> Result<Page<'_>> {
    // High enough for all boxes of a layer: those out of sight are not drawn.
    site.browser.page().show_as(Screen { width: 1280, height: 1400 }, Theme::Light)?;
    runs::shown(site, SETTINGS, "layer=1&view=channel")
}

/// The intra-sample entropies of layer 1 after epoch 2, from a query.
fn entropies(page: Page<'_>, images: &str) -> Result<Vec<f64>> {
    let query = format!("h(dCNN({images}, 1, -, 2))");
    let answer = page.eval(&format!("cnnslicer.query({})", json!(query)), LONG)?;
    Ok(answer["values"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect())
}

#[test]
fn circles_stand_for_the_entropies_that_a_query_gives() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    for (images, column) in [("-", "all images"), ("label=3", "label = 3")] {
        let bits = entropies(page, images)?;
        assert_eq!(bits.len(), 16);
        // The last circle is that of all images, the fourth that of class 3.
        let walk: &[&str] = if images == "-" {
            &["Escape", "End"]
        } else {
            &["Home", "ArrowRight", "ArrowRight", "ArrowRight"]
        };
        press(page, ".packing", walk)?;
        let sum = number_after(&text_with(page, ".packing .tooltip", column, SOON)?, "Σ h =");
        assert!((sum - bits.iter().sum::<f64>()).abs() < 1e-3, "{column}: {sum} and {bits:?}");
    }
    // Into class 3, to its channel 1.
    press(page, ".packing", &["Enter", "Home", "ArrowRight"])?;
    let tip = text_with(page, ".packing .tooltip", "channel 1, label = 3", SOON)?;
    let bits = entropies(page, "label=3")?[1];
    assert!((number_after(&tip, "h =") - bits).abs() < 1e-4, "{tip}: {bits}");
    press(page, ".packing", &["Enter", "Escape"])?;
    text_with(page, ".packing .tooltip", "Σ h", SOON)?;
    page.wait_for("location.search.includes('channel=1')", SOON)?;
    Ok(())
}

#[test]
fn the_table_has_every_channel_and_their_sums() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    page.eval("document.querySelector('#circle-packing details').open = true, 0", SOON)?;
    let rows = "[...document.querySelectorAll('#circle-packing tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))";
    page.wait_for(&format!("({rows}).length === 17"), SOON)?;
    let rows = page.eval(rows, SOON)?;
    let cell = |row: usize, column: usize| {
        rows[row][column].as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
    };
    let bits = entropies(page, "-")?;
    for (channel, bits) in bits.iter().enumerate() {
        assert!((cell(channel, 11) - bits).abs() < 1e-4, "channel {channel}: {rows}");
    }
    assert!((cell(16, 11) - bits.iter().sum::<f64>()).abs() < 1e-3);
    Ok(())
}

#[test]
fn boxes_follow_keys_and_pointer_and_answer_at_once() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    page.wait_for("document.querySelectorAll('.channel-frame').length === 16", SOON)?;
    press(page, ".channel-scroll", &["ArrowRight", "ArrowRight"])?;
    text_with(page, ".channel-window .tooltip", "channel 2 at epoch 2", SOON)?;
    text_with(page, ".channel-frame.chosen", "channel 2", SOON)?;
    // Epoch 0 of the first box, by a click at its left edge.
    let click = "(() => { const row = document.querySelector('.channel-row'); \
        const box = row.querySelector('.channel-frame').getBoundingClientRect(); \
        row.dispatchEvent(new MouseEvent('click', { clientX: box.left + 2, clientY: box.top + 40, bubbles: true })); })()";
    page.eval(click, SOON)?;
    text_with(page, ".channel-frame.chosen", "channel 0", SOON)?;
    page.wait_for("location.search.includes('epoch=0')", SOON)?;

    let hover = "(async () => { const row = document.querySelector('.channel-row'); \
        const frame = () => new Promise((done) => requestAnimationFrame(() => done())); \
        const box = row.getBoundingClientRect(); const times = []; \
        for (let i = 0; i < 40; i += 1) { await frame(); const start = performance.now(); \
          row.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + 40 + 10 * i, clientY: box.top + 50, bubbles: true })); \
          await Promise.resolve(); document.querySelector('.channel-window .tooltip')?.getBoundingClientRect(); \
          times.push(performance.now() - start); } \
        times.sort((a, b) => a - b); return times[20]; })()";
    let median = page.eval(hover, LONG)?.as_f64().unwrap_or(f64::NAN);
    println!("hover: {median:.1} ms");
    assert!(median < 16.0 || !times_are_measured(), "{median} ms");
    Ok(())
}

#[test]
fn two_layers_stand_side_by_side_on_one_scale() -> Result<()> {
    let site = Site::at("/")?;
    let page = measured(&site)?;
    let pick = "(() => { const list = document.querySelector('#layer-beside'); list.value = '2'; \
        list.dispatchEvent(new Event('change', { bubbles: true })); })()";
    page.eval(pick, SOON)?;
    page.wait_for("document.querySelectorAll('.channel-grid').length === 2", SOON)?;
    page.wait_for("location.search.includes('beside=2')", SOON)?;
    page.wait_for("document.querySelectorAll('.channel-grid')[1].innerText.includes('conv2')", LONG)?;
    // What each can have at most, and as shares of that.
    text_with(page, "#intra-sample .about", "log₂ min(32, 784) = 5.00 bit, white noise has 4.3", SOON)?;
    text_with(page, "#intra-sample .about", "random weights (epoch 0)", LONG)?;
    choose(page, "entropy-scale", "share")?;
    page.wait_for("location.search.includes('h=share')", SOON)?;
    text_with(page, ".channel-grid-title", "h / ceiling", SOON)?;
    Ok(())
}
