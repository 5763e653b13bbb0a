//! No room in the middle of an epoch: the epoch is rolled back, training waits, older raw cells are offered for
//! deletion, and nothing finished is lost. And the panel that tells how full storage is.

use crate::hands::whole;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// An epoch of some megabytes.
const RUN: &str = "{ dataset: 'strokes', per_class: 20, test_per_class: 20, epochs: 6, probe: 120, batch: 20, seed: 3, data_seed: 3, backend: 'cpu' }";
const NOTICES: &str = "document.querySelector('.notices').innerText";
const PANEL: &str = "document.querySelector('.storage')";

/// Lets the browser give this site so much room; the usual when `None`.
fn allow(site: &Site, bytes: Option<f64>) -> Result<()> {
    let mut parameters = json!({ "origin": site.server.url().trim_end_matches('/') });
    if let Some(bytes) = bytes {
        parameters["quotaSize"] = json!(bytes);
    }
    site.browser.page().cdp("Storage.overrideQuotaForOrigin", &parameters).map(|_| ())
}

fn number(page: Page<'_>, expression: &str) -> Result<f64> {
    Ok(page.eval(expression, LONG)?.as_f64().unwrap_or(f64::NAN))
}

/// The epochs that have any raw cells of the newest run's first layer on disk.
fn epochs_on_disk(page: Page<'_>) -> Result<Value> {
    page.eval(
        "(async () => { const run = (await cnnslicer.runs())[0].id; \
         let folder = await navigator.storage.getDirectory(); \
         for (const name of ['runs', run, 'layers', '01', 'activations', 'c']) folder = await folder.getDirectoryHandle(name); \
         const found = []; for await (const name of folder.keys()) found.push(Number(name)); \
         return found.sort(); })()",
        SOON,
    )
}

#[test]
fn a_full_disk_costs_no_finished_epoch_and_older_cells_make_room() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    // By itself nothing is dropped.
    page.eval("cnnslicer.budget(1e12)", LONG)?;
    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    for epoch in 1..=3 {
        let status = page.eval("cnnslicer.step()", LONG)?;
        assert_eq!((&status["state"], &status["epoch"]), (&json!("paused"), &json!(epoch)));
    }
    let recorded = number(page, "(await cnnslicer.runs())[0].epochs")?;
    let before = page.eval("Array.from((await cnnslicer.slice('dCNN(3, 1, 2, 1)')).values)", LONG)?;
    let losses = page.eval("(await cnnslicer.query('loss(0..3)')).values", LONG)?;
    let epoch =
        number(page, "(({ raw_bytes, raw_epochs }) => raw_bytes / raw_epochs)(await cnnslicer.storage())")?;
    let used = number(page, "(await navigator.storage.estimate()).usage")?;
    assert!(epoch > 1e6, "an epoch of {epoch} bytes is too small for this test");
    allow(&site, Some(used + 0.6 * epoch))?;
    page.eval("cnnslicer.resume()", LONG)?;

    page.wait_for(&format!("{NOTICES}.includes('there is no room to record epoch')"), LONG)?;
    page.wait_for("(await cnnslicer.status()).state === 'paused'", LONG)?;
    println!("{}", page.eval(NOTICES, SOON)?);
    assert_eq!(page.eval("(await cnnslicer.status()).error.code", SOON)?, json!("storage_full"));
    assert_eq!(number(page, "(await cnnslicer.runs())[0].epochs")?.to_bits(), recorded.to_bits());
    let whole_epochs: Vec<usize> = (0..recorded as usize).collect();
    assert_eq!(epochs_on_disk(page)?, json!(whole_epochs), "the epoch in progress is rolled back");
    assert_eq!(page.eval("(await cnnslicer.query('loss(0..3)')).values", LONG)?, losses);

    page.eval("document.querySelector('.notice .make-room').click(), 0", SOON)?;
    page.wait_for(&format!("!{NOTICES}.includes('there is no room')"), LONG)?;
    let storage = page.eval("cnnslicer.storage()", LONG)?;
    assert!(storage["recomputable_epochs"].as_f64() >= Some(2.0), "{storage}");
    page.eval("cnnslicer.resume()", LONG)?;
    let status = page.eval("cnnslicer.done()", LONG)?;
    assert_eq!((&status["state"], &status["epoch"]), (&json!("done"), &json!(6)));
    let run = page.eval("(await cnnslicer.runs())[0]", SOON)?;
    assert_eq!((&run["complete"], &run["epochs"]), (&json!(true), &json!(7)));

    allow(&site, None)?;
    let after = page.eval("Array.from((await cnnslicer.slice('dCNN(3, 1, 2, 1)')).values)", LONG)?;
    assert_eq!(after, before, "what was dropped is computed again, to the last bit");
    let crowded = whole(page)?;
    page.eval("cnnslicer.budget()", LONG)?;
    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    assert_eq!(crowded, whole(page)?, "as a run that had room");
    Ok(())
}

#[test]
fn the_panel_tells_what_is_used_what_the_budget_means_and_what_the_browser_promised() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    page.wait_for(&format!("{PANEL}?.innerText.includes('No raw cells are stored')"), SOON)?;
    let small = "{ dataset: 'strokes', per_class: 6, test_per_class: 20, epochs: 2, probe: 20, batch: 10, backend: 'cpu' }";
    page.eval(&format!("cnnslicer.train({small})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    page.wait_for(&format!("{PANEL}.innerText.includes('Raw cells of 3 epochs take')"), SOON)?;
    page.wait_for(&format!("/\\d [kMG]B of .* used, .* free/.test({PANEL}.innerText)"), SOON)?;
    page.wait_for(
        &format!("/Budget .*, room for the raw cells of about \\d+ epochs/.test({PANEL}.innerText)"),
        SOON,
    )?;

    let write = |megabytes: &str| {
        let script = format!(
            "((field) => {{ field.value = '{megabytes}'; field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); \
             return 0; }})({PANEL}.querySelector('#storage-budget'))"
        );
        page.eval(&script, SOON)
    };
    write("much")?;
    page.wait_for(&format!("{PANEL}.innerText.includes('Expected a number of megabytes')"), SOON)?;
    write("0.001")?;
    let set = format!("{PANEL}.querySelector('button[type=submit]')");
    page.wait_for(&format!("!{set}.disabled"), SOON)?;
    page.eval(&format!("({set}.click(), 0)"), SOON)?;
    page.wait_for(&format!("{PANEL}.innerText.includes('those of 3 epochs are computed again')"), SOON)?;
    assert_eq!(page.eval("(await cnnslicer.storage()).budget", SOON)?, json!(1000));
    page.eval(&format!("[...{PANEL}.querySelectorAll('button')].find((button) => button.textContent === 'Usual').click(), 0"), SOON)?;
    page.wait_for("(await cnnslicer.storage()).budget > 1e6", SOON)?;

    page.wait_for(&format!("{PANEL}.innerText.includes('has not promised to keep it')"), SOON)?;
    let granted =
        json!({ "origin": site.server.url().trim_end_matches('/'), "permissions": ["durableStorage"] });
    page.cdp("Browser.grantPermissions", &granted)?;
    page.eval(&format!("[...{PANEL}.querySelectorAll('button')].find((button) => button.textContent.startsWith('Ask')).click(), 0"), SOON)?;
    page.wait_for(&format!("{PANEL}.innerText.includes('promised to keep it until you delete it')"), SOON)?;
    assert_eq!(page.eval("(await cnnslicer.storage()).persisted", SOON)?, json!(true));
    Ok(())
}
