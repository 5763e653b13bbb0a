//! Violence in the middle of a run: a worker killed, the page reloaded while it writes, the graphics device
//! destroyed. The run goes on, nothing recorded is lost, and on the CPU the numbers are those of a run that
//! was left in peace.

use crate::hands::whole;
use crate::site::{SOON, Site};
use crate::variant::Variant;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use xtask::browser::{Options, Page};
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// Epochs of fifteen batches.
const RUN: &str = "{ dataset: 'strokes', per_class: 30, test_per_class: 20, epochs: 4, probe: 20, batch: 20, seed: 5, data_seed: 5, backend: 'cpu' }";

/// Keeps a hand on every worker that the page starts from now on.
const HOLD: &str = "(() => {
  const Plain = window.Worker;
  window.held = [];
  window.Worker = class extends Plain {
    constructor(...given) { super(...given); window.held.push([String(given[0]), this]); }
  };
})()";

/// Ends the trainer's worker as a crash would.
const KILL: &str = "(() => {
  const [, worker] = window.held.filter(([url]) => url.includes('trainer')).at(-1);
  worker.terminate();
  worker.dispatchEvent(new ErrorEvent('error', { message: 'killed by a test' }));
})()";

/// Does something as soon as a status, called `s`, is such; asked in the page, so that a slow driver misses nothing.
fn as_soon_as(page: Page<'_>, is_such: &str, act: &str) -> Result<Value> {
    let watch = format!(
        "new Promise((done) => {{ const timer = setInterval(async () => {{ const s = await cnnslicer.status(); \
         if (!({is_such}) || timer === window.acted) return; \
         window.acted = timer; clearInterval(timer); {act}; done(s); }}, 5); }})"
    );
    page.eval(&watch, LONG)
}

/// The numbers of the same run left in peace, trained on the same page.
fn in_peace(page: Page<'_>) -> Result<Vec<Value>> {
    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    whole(page)
}

fn codes_said(page: Page<'_>) -> Result<String> {
    let said = page.eval("document.querySelector('.notices').innerText", SOON)?;
    Ok(said.as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_run_whose_worker_is_killed_within_an_epoch_ends_as_if_it_had_not_been() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    page.eval(HOLD, SOON)?;
    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    as_soon_as(page, "s.epoch >= 2 && s.batch > 2 && s.batch < s.batches", KILL)?;
    page.wait_for("(await cnnslicer.status()).state === 'done'", LONG)?;
    assert!(codes_said(page)?.contains("goes on by itself"), "it is said");
    page.eval("cnnslicer.done()", LONG)?;
    let killed = whole(page)?;
    assert_eq!(killed[0].as_array().map(Vec::len), Some(5), "no epoch is lost");
    assert_eq!(page.eval("(await cnnslicer.runs())[0].complete", SOON)?, json!(true));
    assert_eq!(killed, in_peace(page)?);
    Ok(())
}

#[test]
fn a_paused_run_whose_worker_is_killed_waits_on() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    page.eval(HOLD, SOON)?;
    page.eval(&format!("cnnslicer.train({RUN})"), LONG)?;
    page.eval("cnnslicer.step()", LONG)?;
    let before = page.eval("cnnslicer.status()", SOON)?;
    assert_eq!((&before["state"], &before["batch"]), (&json!("paused"), &before["batches"]));
    page.eval(KILL, SOON)?;
    page.wait_for("(await cnnslicer.status()).state === 'paused'", LONG)?;
    page.eval("cnnslicer.resume()", SOON)?;
    page.eval("cnnslicer.done()", LONG)?;
    assert_eq!(whole(page)?, in_peace(page)?);
    Ok(())
}

#[test]
fn a_page_reloaded_while_it_writes_loses_the_epoch_in_progress_at_most() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    // A large probe set: most of the time goes into writing.
    let run = RUN.replace("probe: 20", "probe: 200");
    page.eval(&format!("cnnslicer.train({run})"), LONG)?;
    let reload = "void setInterval(async () => {
        const { stage } = await cnnslicer.status();
        const epoch = /^Recording epoch ([23]): layer [2-7] /.exec(stage ?? '')?.[1];
        if (!epoch || sessionStorage.getItem('cut')) return;
        sessionStorage.setItem('cut', epoch);
        location.reload();
    }, 5)";
    page.eval(reload, SOON)?;
    let is_reloaded = "typeof cnnslicer === 'object' && \
        (await cnnslicer.ready, performance.getEntriesByType('navigation')[0].type === 'reload')";
    page.wait_for(is_reloaded, LONG)?;
    let cut = page.eval("Number(sessionStorage.getItem('cut'))", SOON)?;

    page.wait_for("(await cnnslicer.runs()).some((run) => !run.written)", LONG)?;
    let runs = page.eval("cnnslicer.runs()", SOON)?;
    assert_eq!((&runs[0]["complete"], &runs[0]["problem"]), (&json!(false), &Value::Null), "{runs}");
    assert_eq!(runs[0]["epochs"], cut, "those before it, from 0; half of an epoch does not count");
    let id = runs[0]["id"].as_str().unwrap_or_default();
    page.eval(&format!("cnnslicer.continue('{id}')"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    let reloaded = whole(page)?;
    assert_eq!(reloaded[0].as_array().map(Vec::len), Some(5));

    page.eval(&format!("cnnslicer.train({run})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    assert_eq!(reloaded, whole(page)?);
    Ok(())
}

/// Comes before the worker's own script: a word on a channel destroys its graphics device.
const DESTROYABLE: &str = "if (self.GPUAdapter) {
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await request.apply(this, given);
    new BroadcastChannel('test').onmessage = () => device.destroy();
    return device;
  };
}
";

#[test]
fn a_run_whose_graphics_device_is_destroyed_goes_on_and_says_so() -> Result<()> {
    let variant = Variant::without_data()?;
    let names = std::fs::read_dir(variant.folder()).into_iter().flatten().flatten();
    let mut names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let is_script = |name: &String| {
        name.starts_with("worker-") && Path::new(name).extension().is_some_and(|kind| kind == "js")
    };
    let name = names.find(is_script).unwrap_or_default();
    let script = std::fs::read_to_string(variant.folder().join(&name)).unwrap_or_default();
    assert!(script.contains("import("), "the worker's script is not where it was: {script}");
    variant.remove(&name)?;
    variant.put(&name, format!("{DESTROYABLE}{script}").as_bytes())?;
    let site = Site::of(variant.folder(), "/", &Options::default())?;
    let page = site.open("")?;
    let run = "{ dataset: 'strokes', per_class: 12, test_per_class: 20, epochs: 3, probe: 20, batch: 20, backend: 'webgpu' }";
    page.eval(&format!("cnnslicer.train({run})"), LONG)?;
    assert_eq!(page.eval("(await cnnslicer.status()).backend", SOON)?, json!("webgpu"));
    let destroy = "s.recorded = (await cnnslicer.runs())[0].epochs; new BroadcastChannel('test').postMessage('destroy')";
    let before = as_soon_as(page, "s.epoch === 2 && s.batch > 0", destroy)?["recorded"].clone();
    page.wait_for("['done', 'failed'].includes((await cnnslicer.status()).state)", LONG)?;
    let status = page.eval("cnnslicer.status()", SOON)?;
    assert_eq!((&status["state"], &status["backend"]), (&json!("done"), &json!("cpu")), "{status}");
    assert!(codes_said(page)?.contains("goes on by itself"), "it is said");
    let after = page.eval("(await cnnslicer.runs())[0].epochs", SOON)?;
    assert!(before.as_u64() >= Some(2) && after == json!(4), "{before} and {after}");
    Ok(())
}
