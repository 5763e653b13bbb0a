//! The channel view with 64 and with 256 channels over a hundred epochs: how long drawing, hovering and scrolling take.

use crate::hands::{choose, text_with};
use crate::site::{SOON, Site};
use serde_json::Value;
use std::time::Duration;
use xtask::browser::{Options, Page};
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(9);

/// Small maps and few images, since only the number of channels and of epochs matters here.
const LINK: &str = "dataset=strokes&model=custom&layers=conv+64+3x3+stride+4;+maxpool+2;+conv+256+1x1;+maxpool+3\
    &per_class=2&epochs=100&probe=20&batch=20&backend=cpu&seed=3&layer=1&view=channel&autostart=1";

/// Adds up how long the page is busy in its frames, and waits for a task or two frames.
const WATCH: &str = "(() => {
    const ask = window.requestAnimationFrame.bind(window);
    window.frames = [];
    window.requestAnimationFrame = (draw) => ask((now) => {
        const start = performance.now(); draw(now); window.frames.push(performance.now() - start); });
    window.task = () => new Promise((done) => { const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(); port2.postMessage(0); });
    window.frame = () => new Promise((done) => ask(() => done()));
    window.sorted = (times) => times.sort((a, b) => a - b);
    return 0;
})()";

/// Milliseconds of a change of what all boxes draw: handling it, and drawing until there is nothing left to draw.
const DRAW: &str = "(async () => {
    const toggle = document.querySelectorAll('#intra-sample .legend button')[4];
    const times = [];
    for (let i = 0; i < 12; i += 1) {
        await frame(); await frame();
        window.frames = [];
        const start = performance.now();
        toggle.click(); await task();
        const handled = performance.now() - start;
        await frame(); await frame(); await frame(); await frame(); await frame();
        times.push(handled + frames.reduce((sum, time) => sum + time, 0));
    }
    return sorted(times)[6];
})()";

/// Milliseconds of a move of the pointer over the boxes, with the tooltip laid out.
const HOVER: &str = "(async () => {
    const row = document.querySelector('.channel-row');
    const box = row.getBoundingClientRect();
    const times = [];
    for (let i = 0; i < 60; i += 1) {
        await frame();
        window.frames = [];
        const start = performance.now();
        row.dispatchEvent(new PointerEvent('pointermove',
            { clientX: box.left + 40 + (box.width - 80) * i / 60, clientY: box.top + 50, bubbles: true }));
        await task();
        document.querySelector('.channel-window .tooltip')?.getBoundingClientRect();
        const handled = performance.now() - start;
        await frame(); await frame();
        times.push(handled + frames.reduce((sum, time) => sum + time, 0));
    }
    return sorted(times)[30];
})()";

/// Longest and median busy milliseconds of a frame while the boxes are scrolled down at 60 pixels a frame.
const SCROLL: &str = "(async () => {
    const pane = document.querySelector('.channel-scroll');
    const times = [];
    for (let i = 0; i < 60 && pane.scrollTop + pane.clientHeight < pane.scrollHeight - 1; i += 1) {
        window.frames = [];
        pane.scrollTop += 60;
        pane.dispatchEvent(new Event('scroll'));
        const start = performance.now(); await task();
        const handled = performance.now() - start;
        await frame(); await frame();
        times.push(handled + frames.reduce((sum, time) => sum + time, 0));
    }
    sorted(times);
    return { n: times.length, median: times[Math.floor(times.length / 2)], longest: times.at(-1),
             blank: [...document.querySelectorAll('.channel-row:not(.spare)')].length };
})()";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// Until all 101 epochs of the layer are measured.
fn measured(page: Page<'_>, layer: usize, channels: usize) -> Result<()> {
    choose(page, "layer", &layer.to_string())?;
    text_with(page, ".channel-grid-title", &format!("{layer} conv"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    page.wait_for("document.querySelector('.measuring').textContent === ''", LONG)?;
    let label = page.eval("document.querySelector('.channel-grid-title').textContent", SOON)?;
    assert!(label.as_str().unwrap_or_default().contains(&format!("{channels}×")), "{label}");
    Ok(())
}

#[test]
fn many_channels_over_many_epochs_are_drawn_hovered_and_scrolled_without_delay() -> Result<()> {
    let site = Site::with("/", &Options { limit: LONG, ..Options::default() })?;
    let page = site.open(LINK)?;
    page.wait_for("(await cnnslicer.status()).state === 'done'", LONG)?;
    page.eval(WATCH, SOON)?;
    measured(page, 1, 64)?;
    let curve = page.eval("(await cnnslicer.query('h(dCNN(-, 1, -, -))')).shape", LONG)?;
    assert_eq!(curve, serde_json::json!([64, 101]));

    let draw = number(&page.eval(DRAW, LONG)?);
    let hover = number(&page.eval(HOVER, LONG)?);
    println!("64 channels × 11 lines × 101 epochs: drawn in {draw:.1} ms, hover {hover:.1} ms");
    measured(page, 3, 256)?;
    let scroll = page.eval(SCROLL, LONG)?;
    let (median, longest) = (number(&scroll["median"]), number(&scroll["longest"]));
    println!("256 channels: {scroll}; a frame takes {median:.1} ms, the longest {longest:.1} ms");
    assert!(draw < 50.0, "{draw} ms");
    assert!(hover < 16.0, "{hover} ms");
    assert!(median < 16.0 && longest < 50.0, "{scroll}");
    Ok(())
}
