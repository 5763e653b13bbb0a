//! A browser or a deployment that lacks something: no WebGPU, no storage, a worker that is not there.

use crate::site::{SOON, Site};
use crate::variant::Variant;
use serde_json::json;
use std::time::Duration;
use xtask::browser::Options;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset: 'strokes', per_class: 4, test_per_class: 20, epochs: 1, probe: 10, batch: 10";

fn rejection(options: &str) -> String {
    format!("cnnslicer.train({{ {SMALL}, {options} }}).then(() => 'accepted', (error) => error.code)")
}

const NOTICES: &str = "document.querySelector('.notices').innerText";

#[test]
fn without_webgpu_the_cpu_trains_and_asking_for_webgpu_is_answered() -> Result<()> {
    let options = Options { flags: vec!["--use-gl=disabled".to_owned()], ..Options::default() };
    let site = Site::of(&crate::site::root().join("dist"), "/", &options)?;
    let page = site.open("")?;
    // Some builds keep `navigator.gpu` and then give no adapter: either is an absence.
    let absent = page.eval("!navigator.gpu || (await navigator.gpu.requestAdapter()) === null", SOON)?;
    assert_eq!(absent, json!(true));
    assert_eq!(page.eval(&rejection("backend: 'webgpu'"), LONG)?, json!("no_webgpu"));
    let status = page.eval("cnnslicer.status()", SOON)?;
    assert_eq!(status["error"]["code"], json!("no_webgpu"));
    page.eval(&format!("cnnslicer.train({{ {SMALL} }})"), LONG)?;
    let status = page.eval("cnnslicer.done()", LONG)?;
    assert_eq!((&status["state"], &status["backend"]), (&json!("done"), &json!("cpu")));
    Ok(())
}

#[test]
fn an_insecure_address_has_no_storage_and_no_webgpu_and_says_so() -> Result<()> {
    let flags = vec!["--host-resolver-rules=MAP lesson.test 127.0.0.1".to_owned()];
    let site = Site::of(&crate::site::root().join("dist"), "/", &Options { flags, ..Options::default() })?;
    let page = site.browser.page();
    page.open(&site.server.url().replace("127.0.0.1", "lesson.test"))?;
    page.wait_for("(await cnnslicer.ready, true)", SOON)?;
    assert_eq!(page.eval("[isSecureContext, navigator.gpu ?? 0]", SOON)?, json!([false, 0]));
    page.wait_for(&format!("{NOTICES}.includes('cannot be recorded')"), SOON)?;
    let status = page.eval("cnnslicer.status()", SOON)?;
    assert_eq!((&status["state"], &status["error"]["code"]), (&json!("idle"), &json!("no_opfs")));
    let code = page.eval(&rejection("backend: 'cpu'"), LONG)?;
    assert_eq!(code, json!("no_opfs"), "nothing is trained that could not be kept");
    let ok = page.eval("document.querySelector('.start-panel button[type=submit]').disabled", SOON)?;
    assert_eq!(ok, json!(false), "the page goes on");
    Ok(())
}

#[test]
fn a_worker_that_is_not_there_is_named_and_a_later_try_succeeds() -> Result<()> {
    let variant = Variant::without_data()?;
    variant.remove("trainer-")?;
    let site = Site::of(variant.folder(), "/", &Options::default())?;
    let page = site.open("")?;
    assert_eq!(page.eval(&rejection("backend: 'cpu'"), LONG)?, json!("worker_unloadable"));
    let status = page.eval("cnnslicer.status()", SOON)?;
    assert_eq!((&status["state"], &status["error"]["code"]), (&json!("failed"), &json!("worker_unloadable")));
    assert!(page.eval(NOTICES, SOON)?.as_str().unwrap_or_default().contains("trainer"));

    variant.restore("trainer-")?;
    page.eval(&format!("cnnslicer.train({{ {SMALL}, backend: 'cpu' }})"), LONG)?;
    assert_eq!(page.eval("cnnslicer.done()", LONG)?["state"], json!("done"));
    Ok(())
}

#[test]
fn without_the_compute_worker_training_is_recorded_all_the_same() -> Result<()> {
    let variant = Variant::without_data()?;
    variant.remove("compute-")?;
    let site = Site::of(variant.folder(), "/", &Options::default())?;
    let page = site.open("")?;
    page.wait_for(&format!("{NOTICES}.includes('compute')"), SOON)?;
    page.eval(&format!("cnnslicer.train({{ {SMALL}, backend: 'cpu' }})"), LONG)?;
    page.wait_for("(await cnnslicer.status()).state === 'done'", LONG)?;
    variant.restore("compute-")?;
    let page = site.open("")?;
    let runs = page.eval("cnnslicer.runs()", SOON)?;
    assert_eq!((&runs[0]["epochs"], &runs[0]["complete"]), (&json!(2), &json!(true)), "{runs}");
    Ok(())
}
