//! The instrument: picked by hand on X, L, C and T, followed by charts, sentences and the address; and the page around it.

use crate::hands::{drawn, go_to_epoch};
use crate::page_faults::{press_at, tap};
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::json;
use std::time::Duration;
use xtask::browser::{Page, Screen, Theme};
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(4);
const SETTINGS: &str =
    "dataset=strokes&per_class=12&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu";
const VIEWS: [&str; 5] = ["overview", "training", "layer", "channel", "query"];

fn tile(layer: usize) -> String {
    format!("document.querySelector('.instrument [data-tile=\"{layer}\"]')")
}

/// What the address says.
fn linked(name: &str) -> String {
    format!("new URLSearchParams(location.search).get('{name}')")
}

#[test]
fn a_press_picks_a_layer_a_second_one_shows_its_channels_and_charts_follow() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=overview")?;
    page.wait_for("document.querySelectorAll('.instrument [data-tile]').length === 9", LONG)?;
    press_at(page, &tile(1))?;
    page.wait_for(&format!("{}.ariaPressed === 'true' && {} === '1'", tile(1), linked("layer")), SOON)?;
    page.wait_for("document.querySelector('.finding').textContent.startsWith('To conv1 this')", SOON)?;
    press_at(page, &tile(1))?;
    page.wait_for("document.querySelectorAll('.instrument .one-channel').length === 16", SOON)?;
    press_at(page, "document.querySelectorAll('.instrument .one-channel')[5]")?;
    page.wait_for(&format!("{} === '5'", linked("channel")), SOON)?;
    page.wait_for(
        "document.querySelectorAll('.seen-map[aria-pressed=true] b')[0]?.textContent === 'channel 5'",
        SOON,
    )?;
    Ok(())
}

#[test]
fn a_class_gives_an_image_that_the_address_brings_back_and_the_network_reads() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=overview")?;
    let chip = "document.querySelectorAll('.class-chip')[7]";
    page.wait_for(&format!("!!{chip}"), LONG)?;
    press_at(page, chip)?;
    page.wait_for(&format!("{chip}.ariaPressed === 'true' && {} !== null", linked("image")), SOON)?;
    let first = page.eval(&linked("image"), SOON)?;
    press_at(page, chip)?;
    page.wait_for(&format!("{} !== {first}", linked("image")), SOON)?;
    let read = "document.querySelector('.read-line').textContent";
    page.wait_for(&format!("{read}.startsWith('Read as')"), SOON)?;
    let class = "document.querySelector('.tile-label b').textContent";
    assert_eq!(page.eval(class, SOON)?, json!("7"));
    page.reload()?;
    page.wait_for(&format!("{chip}?.ariaPressed === 'true'"), LONG)?;
    Ok(())
}

#[test]
fn keys_move_along_every_axis_from_anywhere_on_the_page() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=training&layer=2")?;
    page.wait_for("document.getElementById('epoch')?.value === '2'", LONG)?;
    let presses = [
        (",", "document.getElementById('epoch').value === '1'".to_owned()),
        ("]", format!("{} === '3'", linked("layer"))),
        ("'", format!("{} === '1'", linked("channel"))),
        ("3", "document.querySelectorAll('.class-chip')[3].ariaPressed === 'true'".to_owned()),
        ("p", "document.querySelector('.pin').textContent === 'vs 1'".to_owned()),
        (".", "document.getElementById('epoch').value === '2'".to_owned()),
    ];
    for (key, expected) in presses {
        page.press(key)?;
        page.wait_for(&expected, SOON)?;
    }
    page.press("g")?;
    page.press("c")?;
    page.wait_for(
        "document.querySelector('[data-view=channel]').getAttribute('aria-current') === 'page'",
        SOON,
    )?;
    page.press("?")?;
    page.wait_for("document.getElementById('keys-dialog').open", SOON)?;
    page.press("Escape")?;
    page.wait_for("!document.getElementById('keys-dialog').open", SOON)?;
    Ok(())
}

#[test]
fn the_ribbon_and_the_inspector_say_the_numbers_that_queries_give() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=overview")?;
    go_to_epoch(page, 2)?;
    let ribbon = "document.querySelector('.ribbon canvas').getAttribute('aria-label')";
    page.wait_for(
        &format!("{ribbon}.includes('bits about the label') && !{ribbon}.includes('not measured')"),
        LONG,
    )?;
    let asked = "(await cnnslicer.query('readable(dCNN(-, 2, -, 2))')).values[0].toFixed(2)";
    let readable = page.eval(asked, LONG)?;
    let of_layer = format!("{ribbon}.split('. ').find((part) => part.includes('2 conv2'))");
    page.wait_for(&format!("{of_layer}.includes({readable} + ' bits about the label')"), SOON)?;
    press_at(page, "document.querySelector('.instrument .ribbon')")?;
    let value = "document.querySelector('.inspector-value').textContent";
    page.wait_for(&format!("/^[0-9.]+ of 3.32 bits$/.test({value})"), SOON)?;
    let sum =
        "[...document.querySelectorAll('.inspector td:last-child')].map((cell) => Number(cell.textContent))";
    page.wait_for(&format!("(([all, left, told]) => Math.abs(all - left - told) < 0.0015)({sum})"), SOON)?;
    // On a narrow screen it lies over the charts.
    press_at(page, "document.querySelector('.inspector .icon')")?;
    page.wait_for("document.querySelector('.inspector') === null", SOON)?;
    press_at(
        page,
        "[...document.querySelectorAll('.number')].find((number) => number.textContent.endsWith('%'))",
    )?;
    page.wait_for("document.querySelector('.inspector h3').textContent === 'Accuracy'", SOON)?;
    Ok(())
}

#[test]
fn nothing_reaches_over_the_edge_and_every_view_begins_on_the_first_screen() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=overview")?;
    let over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    for (width, height) in [(1440, 900), (1366, 768), (390, 844), (360, 740)] {
        page.show_as(Screen { width, height }, Theme::Light)?;
        for view in VIEWS {
            page.eval(&format!("(document.querySelector('[data-view={view}]').click(), 1)"), SOON)?;
            let first = "document.querySelector('.charts .question, .charts .panel')";
            page.wait_for(&format!("!!{first} && document.querySelector('.charts > .hint') === null"), LONG)?;
            drawn(page)?;
            assert_eq!(page.eval(over, SOON)?, json!(0), "{view} at {width}");
            let top = page.eval(&format!("{first}.getBoundingClientRect().top"), SOON)?.as_f64();
            assert!(top.is_some_and(|top| top < f64::from(height) * 0.6), "{view} at {width}: {top:?}");
        }
    }
    Ok(())
}

#[test]
fn a_tab_on_a_phone_shows_its_view_and_scrolling_condenses_without_a_jump() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=overview")?;
    page.show_as(Screen { width: 390, height: 844 }, Theme::Dark)?;
    page.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true }))?;
    tap(page, "document.querySelector('.tab-bar [data-view=training]')")?;
    page.wait_for("document.getElementById('loss') !== null", LONG)?;
    let is_seen = "(() => { const top = document.getElementById('loss').getBoundingClientRect().top; \
                   return top > 0 && top < innerHeight; })()";
    page.wait_for(is_seen, SOON)?;
    drawn(page)?;
    let height = "document.documentElement.scrollHeight";
    let before = page.eval(height, SOON)?;
    page.eval("(scrollTo(0, 300), 1)", SOON)?;
    page.wait_for("document.querySelector('.instrument.condensed') !== null", SOON)?;
    drawn(page)?;
    assert_eq!(page.eval(height, SOON)?, before);
    assert_eq!(page.eval("Math.round(scrollY)", SOON)?, json!(300));
    page.eval("(scrollTo(0, 0), 1)", SOON)?;
    page.wait_for("document.querySelector('.instrument.condensed') === null", SOON)?;
    small_targets(page)
}

/// What is pressed with a finger is at least 44 px high or wide, but for pictures, of which the nearest counts.
fn small_targets(page: Page<'_>) -> Result<()> {
    let small = "[...document.querySelectorAll('.top-bar button, .tab-bar button, .class-chip, .play')] \
                 .filter((button) => button.checkVisibility()) \
                 .map((button) => [button.className, button.getBoundingClientRect()]) \
                 .filter(([, box]) => box.height < 43.5).map(([name, box]) => `${name} ${box.height}`)";
    assert_eq!(page.eval(small, SOON)?, json!([]));
    Ok(())
}
