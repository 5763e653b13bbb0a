//! The user's hand on a run: buttons, pause, stop, a reload in the middle, deletion.

use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// Long enough to be interrupted, short enough per epoch.
const SLOW: &str = "dataset=strokes&per_class=60&test_per_class=60&epochs=50&probe=20&batch=20&backend=cpu";

/// Presses the button with this name.
fn press(page: Page<'_>, name: &str) -> Result<()> {
    let button = format!(
        "[...document.querySelectorAll('button')].find((button) => !button.disabled && \
         (button.innerText === {0} || button.getAttribute('aria-label') === {0}))",
        json!(name)
    );
    page.wait_for(&format!("!!{button}"), SOON)?;
    page.eval(&format!("{button}.click()"), SOON).map(|_| ())
}

fn status(page: Page<'_>) -> Result<Value> {
    page.eval("cnnslicer.status()", SOON)
}

fn wait_for_state(page: Page<'_>, state: &str) -> Result<()> {
    page.wait_for(&format!("(await cnnslicer.status()).state === '{state}'"), LONG).map(|_| ())
}

fn wait_for_epoch(page: Page<'_>, epoch: u32) -> Result<()> {
    page.wait_for(&format!("(await cnnslicer.status()).epoch >= {epoch}"), LONG).map(|_| ())
}

#[test]
fn the_buttons_train_pause_resume_and_stop() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(SLOW)?;
    assert_eq!(status(page)?["state"], json!("idle"), "a link without autostart waits");
    press(page, "Train")?;
    press(page, "Start training")?;
    wait_for_epoch(page, 2)?;

    press(page, "Pause")?;
    wait_for_state(page, "paused")?;
    let before = status(page)?;
    page.eval("new Promise((done) => setTimeout(done, 700))", SOON)?;
    let after = status(page)?;
    assert_eq!((&before["epoch"], &before["batch"]), (&after["epoch"], &after["batch"]), "nothing moves");

    press(page, "Resume")?;
    let epoch = before["epoch"].as_u64().unwrap_or_default() as u32;
    wait_for_epoch(page, epoch + 1)?;
    let second = page.eval("cnnslicer.train({}).catch((error) => error.code)", SOON)?;
    assert_eq!(second, json!("already_training"));

    press(page, "Stop")?;
    wait_for_state(page, "done")?;
    let status = page.eval("cnnslicer.done()", LONG)?;
    let runs = page.eval("cnnslicer.runs()", SOON)?;
    let (recorded, reached) =
        (runs[0]["epochs"].as_u64().unwrap_or(0), status["epoch"].as_u64().unwrap_or(0));
    assert!(recorded == reached || recorded == reached + 1, "{recorded} epochs recorded of {reached} begun");
    assert_eq!((&runs[0]["complete"], runs.as_array().map(Vec::len)), (&json!(true), Some(1)));
    let loss = page.eval("cnnslicer.query('loss(-)')", SOON)?;
    assert_eq!(loss["shape"], json!([recorded]), "the epoch axis ends where the run ended");
    Ok(())
}

#[test]
fn a_run_cut_short_by_a_reload_is_listed_as_incomplete_and_opens() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(&format!("{SLOW}&autostart=1"))?;
    wait_for_epoch(page, 3)?;
    let run = status(page)?["run"].as_str().unwrap_or_default().to_owned();

    let page = site.open("")?;
    let runs = page.eval("cnnslicer.runs()", SOON)?;
    assert_eq!(
        (&runs[0]["id"], &runs[0]["complete"], &runs[0]["problem"]),
        (&json!(run), &json!(false), &Value::Null)
    );
    let recorded = runs[0]["epochs"].as_u64().unwrap_or(0);
    assert!(recorded >= 3, "{runs}");
    page.wait_for("document.querySelector('.run-list').innerText.includes('incomplete')", SOON)?;

    let page = site.open(&format!("run={run}"))?;
    page.wait_for("document.querySelector('.run.open') !== null", SOON)?;
    for query in ["loss(-)", "H(dCNN(-, 8, -, -))"] {
        let answer = page.eval(&format!("cnnslicer.query('{query}')"), LONG)?;
        assert_eq!(answer["shape"], json!([recorded]), "{query}");
        let values = answer["values"].as_array().into_iter().flatten();
        assert!(values.clone().all(|value| value.as_f64().is_some_and(|v| v > 0.0)), "{query}: {answer}");
    }
    let alerts = page.eval("document.querySelector('.notices').innerText", SOON)?;
    assert_eq!(alerts, json!(""));
    Ok(())
}

#[test]
fn a_deleted_run_can_be_had_back_and_then_is_gone() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(
        "dataset=strokes&per_class=4&test_per_class=20&epochs=1&probe=10&batch=10&backend=cpu&autostart=1",
    )?;
    page.eval("cnnslicer.done()", LONG)?;
    press(page, "Delete")?;
    press(page, "Undo")?;
    press(page, "Delete")?;
    let page = site.open("")?;
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(1), "a reload brings it back");
    press(page, "Delete")?;
    page.wait_for("(await cnnslicer.runs()).length === 0", SOON)?;
    page.wait_for("document.querySelector('.run-list').innerText.includes('None yet')", SOON)?;
    Ok(())
}
