//! The channel view with 64 and with 256 channels over a hundred epochs: how long drawing, hovering and scrolling take.

use crate::hands::{go_to_epoch, text_with};
use crate::site::{SOON, Site, is_timed};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use xtask::browser::{Options, Page};
use xtask::problem::Result;

/// A hundred epochs take their time on a machine that does other things too.
const LONG: Duration = Duration::from_mins(9);

/// Tiny maps and few images, since only the numbers of channels and of epochs matter here.
fn link(channels: usize, epochs: usize) -> String {
    format!(
        "dataset=strokes&model=custom&layers=conv+{channels}+3x3+stride+7;+maxpool+4&per_class=2&test_per_class=20&epochs={epochs}\
         &probe=20&batch=20&backend=cpu&seed=3&data_seed=3&layer=1&view=channel&autostart=1"
    )
}

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

/// Busy milliseconds of a frame (the longest one is printed only: it also holds what else the machine does) while the boxes are scrolled down at 60 pixels a frame.
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
    return { n: times.length, median: times[Math.floor(times.length / 2)],
             nineTenths: times[Math.floor(0.9 * times.length)], longest: times.at(-1) };
})()";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// The trained network's boxes, once every epoch of its first layer is measured: the newest first, epoch 0 last.
fn measured(site: &Site, channels: usize, epochs: usize) -> Result<Page<'_>> {
    let started = Instant::now();
    let page = site.open(&link(channels, epochs))?;
    page.wait_for("(await cnnslicer.status()).state === 'done'", LONG)?;
    let trained = started.elapsed();
    let shape = page.eval("(await cnnslicer.query('h(dCNN(-, 1, -, -))')).shape", LONG)?;
    assert_eq!(shape, json!([channels, epochs + 1]));
    go_to_epoch(page, 0)?;
    text_with(page, ".channel-grid-title", "dead at this epoch", LONG)?;
    go_to_epoch(page, epochs)?;
    text_with(page, ".channel-grid-title", "dead at this epoch", LONG)?;
    println!("{epochs} epochs: trained in {trained:.1?}, measured after {:.1?}", started.elapsed());
    page.eval(WATCH, SOON)?;
    Ok(page)
}

#[test]
fn sixty_four_channels_over_a_hundred_epochs_are_drawn_and_hovered_without_delay() -> Result<()> {
    if !is_timed() {
        return Ok(());
    }
    let site = Site::with("/", &Options { limit: LONG, ..Options::default() })?;
    let page = measured(&site, 64, 100)?;
    let draw = number(&page.eval(DRAW, LONG)?);
    let hover = number(&page.eval(HOVER, LONG)?);
    println!("64 channels × 11 lines × 101 epochs: drawn in {draw:.1} ms, hover {hover:.1} ms");
    assert!(draw < 50.0, "{draw} ms");
    assert!(hover < 16.0, "{hover} ms");
    Ok(())
}

#[test]
fn two_hundred_and_fifty_six_channels_scroll_smoothly() -> Result<()> {
    if !is_timed() {
        return Ok(());
    }
    let site = Site::with("/", &Options { limit: LONG, ..Options::default() })?;
    let page = measured(&site, 256, 10)?;
    let scroll = page.eval(SCROLL, LONG)?;
    println!("256 channels × 11 lines × 11 epochs, scrolled: {scroll} ms");
    assert!(scroll["n"].as_u64() > Some(10), "there is something to scroll: {scroll}");
    assert!(number(&scroll["median"]) < 16.0 && number(&scroll["nineTenths"]) < 50.0, "{scroll}");
    Ok(())
}
