//! While a run trains, each chart is drawn at most once a frame, and the page stays responsive.

use super::{LONG, opened};
use crate::site::{SOON, Site, times_are_measured};
use serde_json::Value;
use xtask::problem::Result;

/// Two cores that also train and measure add waiting to a task of the page.
const LONGEST_TASK_MS: f64 = 100.0;

/// Counts how often each canvas is cleared within one frame, told from others by its time; a chart that is drawn begins
/// with its background.
const COUNT: &str = r"(() => {
    const fill = CanvasRenderingContext2D.prototype.fillRect, drawn = new Map();
    let frame = null;
    window.most = 0; window.paints = 0; window.longest = 0;
    CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
        if (x <= 0 && y <= 0 && width >= this.canvas.width && height >= this.canvas.height) {
            if (frame !== document.timeline.currentTime) drawn.clear();
            frame = document.timeline.currentTime;
            const times = (drawn.get(this.canvas) ?? 0) + 1;
            drawn.set(this.canvas, times);
            window.most = Math.max(window.most, times); window.paints += 1;
        }
        return fill.call(this, x, y, width, height);
    };
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        window.longest = Math.max(window.longest, entry.duration);
    })).observe({ type: 'longtask' });
    return 1;
})()";

#[test]
fn charts_are_drawn_at_most_once_a_frame_while_a_run_trains() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(
        &site,
        "view=training&dataset=strokes&per_class=10&test_per_class=20&epochs=60&probe=10&batch=5&backend=cpu&model=custom&layers=conv 1 5x5; maxpool 4",
    )?;
    page.eval(COUNT, SOON)?;
    page.eval("(document.querySelector('.start-panel [type=submit]').click(), 1)", SOON)?;
    page.wait_for("(await cnnslicer.status()).epoch >= 1", LONG)?;
    // Charts stand there from the first epoch on, and those that are out of sight are not drawn.
    page.wait_for("document.getElementById('loss') !== null", LONG)?;
    page.eval("(document.getElementById('loss').scrollIntoView({ block: 'center' }), 1)", SOON)?;
    page.wait_for("document.querySelectorAll('#loss canvas').length === 1", SOON)?;
    page.eval("cnnslicer.done()", LONG)?;
    let numbers = page.eval("[window.most, window.paints, window.longest]", SOON)?;
    let number = |at: usize| numbers.get(at).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let (most, paints, longest) = (number(0), number(1), number(2));
    println!("{paints} drawings, at most {most} of a chart in a frame, longest task {longest:.0} ms");
    // A busy machine shows fewer frames than there are epochs.
    let fewest = if times_are_measured() { 60.0 } else { 5.0 };
    assert!(paints > fewest, "the charts follow the run: {paints}");
    assert!(most <= 1.0, "{most} drawings of one chart in one frame");
    assert!(longest < LONGEST_TASK_MS || !times_are_measured(), "{longest} ms");
    Ok(())
}
