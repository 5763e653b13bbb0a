//! A long run: 200 epochs of ten classes are redrawn within a frame while the epoch slider moves.

use super::{LONG, opened, run, table};
use crate::site::{SOON, Site, is_timed};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::{Options, Page};
use xtask::problem::Result;

/// Of the page's own work for one step of the slider, 95th percentile, milliseconds.
const REDRAW_MS: f64 = 16.0;

/// Half a minute on a machine that has nothing else to do.
const TRAINED: Duration = Duration::from_mins(10);

/// Moves the slider over the epochs, one step a frame, and gives per step the milliseconds of the page's work:
/// handling the input, what follows from it, all drawing in frames, and the layout after it.
const SLIDE: &str = "(async () => {
    const slider = document.getElementById('epoch'), last = Number(slider.max), work = [], frames = [];
    const ask = window.requestAnimationFrame;
    let spent = 0;
    window.requestAnimationFrame = (callback) => ask.call(window, (now) => {
        const start = performance.now(); callback(now); spent += performance.now() - start;
    });
    const turn = () => new Promise((done) => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); });
    let before = performance.now();
    for (let i = 0; i < 150; i += 1) {
        await new Promise((done) => ask.call(window, done));
        const now = performance.now(); frames.push(now - before); before = now;
        spent = 0;
        const start = performance.now();
        slider.value = String(Math.round(last * (0.5 - 0.5 * Math.cos(i / 20))));
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await Promise.resolve(); await Promise.resolve();
        const handled = performance.now() - start;
        await turn();
        await new Promise((done) => ask.call(window, done));
        const laid = performance.now();
        document.body.getBoundingClientRect();
        work.push(handled + spent + performance.now() - laid);
    }
    window.requestAnimationFrame = ask;
    return [work.slice(10), frames.slice(10)];
})()";

fn milliseconds(values: &Value) -> Vec<f64> {
    let mut times: Vec<f64> = values.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    times.sort_by(f64::total_cmp);
    times
}

fn share(times: &[f64], share: f64) -> f64 {
    times.get((times.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

fn slide(page: Page<'_>, what: &str) -> Result<f64> {
    let times = page.eval(SLIDE, LONG)?;
    let (work, frames) = (milliseconds(&times[0]), milliseconds(&times[1]));
    let (median, slow) = (share(&work, 0.5), share(&work, 0.95));
    println!(
        "{what}: work per step {median:.1} ms, p95 {slow:.1} ms; two frames {:.1} ms, p95 {:.1} ms",
        share(&frames, 0.5),
        share(&frames, 0.95)
    );
    Ok(slow)
}

#[test]
fn two_hundred_epochs_are_redrawn_within_a_frame_while_the_slider_moves() -> Result<()> {
    if !is_timed() {
        return Ok(());
    }
    let site = Site::with("/", &Options { limit: 2 * TRAINED, ..Options::default() })?;
    let settings = "dataset=strokes&per_class=4&test_per_class=20&epochs=200&probe=10&batch=20&backend=cpu&lr=0.0003&model=custom&layers=conv 1 5x5 stride 2; maxpool 4";
    let page = opened(&site, &format!("{settings}&view=training&autostart=1"))?;
    page.wait_for("(await cnnslicer.status()).state !== 'idle'", SOON)?;
    assert_eq!(page.eval("cnnslicer.done()", TRAINED)?["state"], json!("done"));
    let rows = table(page, "prediction-given-label")?;
    assert_eq!((rows.len(), rows[0].len()), (202, 11), "201 epochs of ten classes");
    // A closed table is not made anew with each step.
    run(page, "[...document.querySelectorAll('details')].map((fold) => { fold.open = false; }).length")?;
    page.eval("hand.frame().then(() => 1)", SOON)?;

    let whole = "window.scrollTo(0, 0), 1";
    page.eval(whole, SOON)?;
    let at_top = slide(page, "top of the view")?;
    page.eval(
        "(document.getElementById('label-given-prediction').scrollIntoView(), hand.frame().then(() => 1))",
        SOON,
    )?;
    let at_labels = slide(page, "label entropies")?;
    page.eval("(document.querySelector('.runs-compared').querySelector('input').click(), 1)", SOON)?;
    page.wait_for("document.querySelector('#compared-learning canvas') !== null", SOON)?;
    page.eval("(document.getElementById('stability').scrollIntoView(), hand.frame().then(() => 1))", SOON)?;
    let compared = slide(page, "with runs compared")?;
    for slow in [at_top, at_labels, compared] {
        assert!(slow < REDRAW_MS, "{slow:.1} ms");
    }
    Ok(())
}
