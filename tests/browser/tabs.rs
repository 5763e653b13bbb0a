//! Two tabs of one browser: one writes a run, the other reads it, says so, and goes on with it when the first is closed.

use crate::hands::whole;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// A large probe set: most of the time goes into writing.
const RUN: &str = "{ dataset: 'strokes', per_class: 30, test_per_class: 30, epochs: 5, probe: 150, batch: 20, seed: 7, data_seed: 7, backend: 'cpu' }";
/// Tags of the listed runs.
const TAGS: &str = "[...document.querySelectorAll('.run .tag')].map((tag) => tag.textContent)";

/// What epoch 1 is to the last bit: cells, loss, entropy.
fn finished(page: Page<'_>) -> Result<Vec<Value>> {
    let cells = page.eval("Array.from((await cnnslicer.slice('dCNN(3, 1, 2, 1)')).values)", LONG)?;
    let ask = |query| page.eval(&format!("(await cnnslicer.query('{query}')).values"), LONG);
    let measures = ["loss(0..1)", "confusion(1)", "H(dCNN(-, 8, -, 1))"].into_iter().map(ask);
    std::iter::once(Ok(cells)).chain(measures).collect()
}

#[test]
fn a_second_tab_reads_what_the_first_writes_and_goes_on_when_that_is_closed() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    let first = site.browser.tab()?;
    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    // A run that waits is still being written; here it waits so that it cannot end meanwhile.
    let status = page.eval("cnnslicer.step()", LONG)?;
    assert_eq!((&status["state"], &status["epoch"]), (&json!("paused"), &json!(1)));
    let written_here = finished(page)?;

    let second = site.browser.new_tab()?;
    site.browser.steer(&second)?;
    let page = site.open("")?;
    page.wait_for(&format!("{TAGS}.some((tag) => tag.includes('training in another tab'))"), SOON)?;
    let run = page.eval("(await cnnslicer.runs())[0]", SOON)?;
    assert_eq!((&run["written"], &run["complete"]), (&json!(true), &json!(false)), "{run}");
    page.wait_for("document.querySelector('.run.open') !== null", SOON)?;
    assert_eq!(finished(page)?, written_here, "the same numbers in both tabs");
    let id = run["id"].as_str().unwrap_or_default().to_owned();
    let refusal = format!("cnnslicer.remove('{id}').then(() => null, (error) => error.code)");
    assert_eq!(page.eval(&refusal, SOON)?, json!("run_in_use"));
    let delete = "[...document.querySelectorAll('.run .actions button')].find((button) => button.textContent === 'Delete')";
    page.eval(&format!("{delete}.click(), 0"), SOON)?;
    page.wait_for(
        "document.querySelector('.notices').innerText.includes('Another tab is writing it')",
        SOON,
    )?;
    let refusal = format!("cnnslicer.continue('{id}').then(() => null, (error) => error.code)");
    assert_eq!(page.eval(&refusal, LONG)?, json!("run_in_use"), "nor can it be trained twice");

    site.browser.steer(&first)?;
    let page = site.browser.page();
    page.eval("cnnslicer.resume()", SOON)?;
    let is_writing = "(await cnnslicer.status()).stage?.match(/^Recording epoch [345]: layer [2-7] /)?.[0]";
    let stage = page.eval(
        &format!(
            "new Promise((done) => {{ const timer = setInterval(async () => {{ const stage = {is_writing}; \
             if (stage) {{ clearInterval(timer); done(stage); }} }}, 5); }})"
        ),
        LONG,
    )?;
    println!("closed while: {stage}");
    site.browser.close_tab()?;

    site.browser.steer(&second)?;
    let page = site.browser.page();
    page.wait_for(&format!("{TAGS}.includes('incomplete')"), SOON)?;
    let run = page.eval("(await cnnslicer.runs())[0]", SOON)?;
    assert_eq!(
        (&run["written"], &run["complete"], &run["problem"]),
        (&json!(false), &json!(false), &Value::Null)
    );
    assert_eq!(finished(page)?, written_here, "nothing finished is lost");
    page.eval(&format!("cnnslicer.continue('{id}')"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    let run = page.eval("(await cnnslicer.runs())[0]", SOON)?;
    assert_eq!((&run["complete"], &run["epochs"]), (&json!(true), &json!(6)));
    let continued = whole(page)?;

    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    assert_eq!(continued, whole(page)?, "as a run that was left in peace");
    Ok(())
}
