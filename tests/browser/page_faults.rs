//! Faults that people met on the page, each as it was met: by hand and by finger, in every chart.

use crate::hands::{drawn, go_to_epoch};
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(4);
const SETTINGS: &str =
    "dataset=strokes&per_class=12&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu";
/// Charts over the epochs, by view; in the channel view the line lies over the boxes.
const CHARTS: [(&str, &[&str]); 3] = [
    ("training", &["loss", "accuracy", "label-given-prediction", "prediction-given-label"]),
    ("layer", &["inter-sample", "capacity-epochs"]),
    ("query", &["answer"]),
];

#[test]
fn the_line_at_the_chosen_epoch_follows_the_slider_in_every_chart() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=training")?;
    let run = runs::id(page)?;
    for (view, charts) in CHARTS {
        // Loaded anew: nothing has been looked at yet.
        let page = site.open(&format!("run={run}&view={view}&epoch=2"))?;
        runs::measured(page)?;
        for chart in charts {
            let canvas = format!("document.querySelector('#{chart} canvas')");
            page.wait_for(&format!("{canvas} !== null"), LONG)?;
            page.eval(&format!("({canvas}.scrollIntoView({{ block: 'center' }}), 1)"), SOON)?;
            go_to_epoch(page, 2)?;
            let picture = settled(page, &canvas)?;
            go_to_epoch(page, 1)?;
            let moved = format!("{canvas}.toDataURL() !== {}", json!(picture));
            page.wait_for(&moved, SOON)
                .map_err(|problem| Problem::new(format!("{chart} in {view}: {problem}")))?;
        }
    }
    let page = site.open(&format!("run={run}&view=channel&epoch=2"))?;
    runs::measured(page)?;
    let line = "document.querySelector('.channel-scroll').style.getPropertyValue('--epoch-x')";
    page.wait_for("document.querySelector('.channel-scroll canvas') !== null", LONG)?;
    let last = page.wait_for(&format!("parseFloat({line}) > 0 && {line}"), SOON)?;
    go_to_epoch(page, 1)?;
    page.wait_for(&format!("parseFloat({line}) < parseFloat({last})"), SOON)?;
    Ok(())
}

/// What is on a canvas once it stays as it is.
fn settled(page: Page<'_>, canvas: &str) -> Result<Value> {
    let still = format!(
        "(async () => {{ let last = ''; for (let times = 0; times < 3; times += 1) {{ \
           await new Promise((done) => setTimeout(done, 300)); const now = {canvas}.toDataURL(); \
           if (now !== last) times = 0; last = now; }} return last; }})()"
    );
    page.eval(&still, LONG)
}

#[test]
fn a_finger_picks_a_cell_of_a_heatmap() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=layer&pair=1,2")?;
    page.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true }))?;
    let map = "document.querySelector('#capacity .heatmap')";
    page.wait_for(&format!("{map} !== null"), LONG)?;
    tap(page, map)?;
    page.wait_for("new URLSearchParams(location.search).has('cell')", SOON)?;
    page.wait_for(&format!("{map}.querySelector('.cursor') !== null"), SOON)?;
    Ok(())
}

#[test]
fn scrolling_over_the_hypercube_picks_nothing_and_a_tap_does() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SETTINGS, "view=query")?;
    page.cdp("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true }))?;
    let cube = "document.querySelector('.block-box')";
    page.wait_for(&format!("{cube} !== null"), LONG)?;
    let text = "document.querySelector('#query').value";
    let before = page.eval(text, SOON)?;
    let (x, y) = middle(page, cube)?;
    // Half a screen upwards, in steps as a finger makes them.
    finger(page, "touchStart", Some((x, y)))?;
    for step in 1..=8 {
        finger(page, "touchMove", Some((x, y - 12.0 * f64::from(step))))?;
    }
    finger(page, "touchEnd", None)?;
    drawn(page)?;
    assert_eq!(page.eval(text, SOON)?, before, "the finger only scrolled");
    // The deepest layer stands at the right.
    let (x, y) = middle(page, cube)?;
    let right = page.eval(&format!("{cube}.getBoundingClientRect().right - 30"), SOON)?.as_f64().unwrap_or(x);
    touch(page, right, y)?;
    page.wait_for(&format!("{text} !== {before}"), SOON)?;
    Ok(())
}

/// The middle of an element, in sight.
fn middle(page: Page<'_>, element: &str) -> Result<(f64, f64)> {
    page.eval(&format!("({element}.scrollIntoView({{ block: 'center' }}), 1)"), SOON)?;
    let place = format!(
        "(({{ left, top, width, height }}) => [left + width / 2, top + height / 2])({element}.getBoundingClientRect())"
    );
    let place = page.eval(&place, SOON)?;
    Ok((place[0].as_f64().unwrap_or(f64::NAN), place[1].as_f64().unwrap_or(f64::NAN)))
}

/// A finger presses the middle of an element.
pub fn tap(page: Page<'_>, element: &str) -> Result<()> {
    let (x, y) = middle(page, element)?;
    touch(page, x, y)
}

/// The mouse presses the middle of an element.
pub fn press_at(page: Page<'_>, element: &str) -> Result<()> {
    let (x, y) = middle(page, element)?;
    for what in ["mouseMoved", "mousePressed", "mouseReleased"] {
        let event = json!({ "type": what, "x": x, "y": y, "button": "left", "clickCount": 1 });
        page.cdp("Input.dispatchMouseEvent", &event)?;
    }
    Ok(())
}

/// A finger comes down and goes up where it was.
fn touch(page: Page<'_>, x: f64, y: f64) -> Result<()> {
    finger(page, "touchStart", Some((x, y)))?;
    finger(page, "touchEnd", None)
}

fn finger(page: Page<'_>, what: &str, place: Option<(f64, f64)>) -> Result<()> {
    let points: Vec<Value> = place.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
    page.cdp("Input.dispatchTouchEvent", &json!({ "type": what, "touchPoints": points })).map(|_| ())
}
