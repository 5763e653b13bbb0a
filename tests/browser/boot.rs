//! The page and its workers start, wherever they are hosted, under their own strict policy.

use crate::site::{SOON, Site};
use serde_json::{Value, json};
use xtask::problem::Result;

/// Resolves when the page's program has run.
const PROGRAM: &str = "(await import(new URL(document.querySelector('meta[name=\"cnnslicer:app\"]').content, \
                       document.baseURI)), true)";

fn no_errors() -> Vec<String> {
    Vec::new()
}

#[test]
fn the_page_boots_without_a_console_error() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.wait_for(PROGRAM, SOON)?;
    let alerts = page.eval(
        "[...document.querySelectorAll('[role=alert]')].map((alert) => alert.textContent).join('')",
        SOON,
    )?;
    assert_eq!(alerts, json!(""));
    assert_eq!(page.console_errors()?, no_errors());
    Ok(())
}

#[test]
fn the_page_boots_below_any_path() -> Result<()> {
    let site = Site::at("/courses/week-1/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.wait_for(PROGRAM, SOON)?;
    assert_eq!(page.console_errors()?, no_errors());
    Ok(())
}

#[test]
fn nothing_is_downloaded_twice() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.wait_for(PROGRAM, SOON)?;
    page.eval("new Promise((done) => setTimeout(done, 500))", SOON)?;
    let twice = page.eval(
        "performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => /[.](wasm|js)$/.test(name))\
         .filter((name, index, names) => names.indexOf(name) !== index)",
        SOON,
    )?;
    assert_eq!(twice, json!([]));
    Ok(())
}

#[test]
fn the_policy_forbids_inline_code_and_other_hosts() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    let ran = page.eval(
        "(() => { const script = document.createElement('script'); script.textContent = 'window.ran = true'; \
         document.head.append(script); return window.ran === true; })()",
        SOON,
    )?;
    assert_eq!(ran, json!(false));
    assert!(page.eval("fetch('http://127.0.0.1:9/elsewhere')", SOON).is_err());
    let refused = page.console_errors()?;
    assert!(
        refused.iter().filter(|line| line.contains("Content Security Policy")).count() >= 2,
        "{refused:?}"
    );
    Ok(())
}

/// Starts a worker at the address that `address` evaluates to, and resolves to the reason it gives for
/// having crashed, or to null once it says that it is ready.
fn crash_of(address: &str) -> String {
    format!(
        "new Promise((answer) => {{ \
           const worker = new Worker({address}, {{ type: 'module' }}); \
           worker.onmessage = (event) => answer(event.data?.crashed ?? null); \
           worker.onerror = (event) => answer(`error event: ${{event.message}}`); }})"
    )
}

fn address_of(program: &str) -> String {
    format!("document.querySelector('meta[name=\"cnnslicer:{program}\"]').content")
}

#[test]
fn a_program_that_cannot_be_loaded_reports_its_reason() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    // A build that has been replaced by another one since the page was opened.
    let gone = format!("{}.replace(/-[0-9a-f]+$/, '-0')", address_of("trainer"));
    let reason = page.eval(&crash_of(&gone), SOON)?;
    assert!(reason.as_str().is_some_and(|reason| reason.contains("trainer-0.js")), "{reason}");
    let unknown = format!("{}.replace(/program=.*/, 'program=elsewhere')", address_of("trainer"));
    let reason = page.eval(&crash_of(&unknown), SOON)?;
    assert_eq!(reason, json!("no program named elsewhere"));
    Ok(())
}

#[test]
fn both_workers_load_and_carry_a_content_hash() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    for program in ["compute", "trainer"] {
        let hashed = format!(
            "/worker-[0-9a-f]{{16}}.js.program={program}-[0-9a-f]{{16}}$/.test({})",
            address_of(program)
        );
        assert_eq!(page.eval(&hashed, SOON)?, json!(true), "{program}");
        assert_eq!(page.eval(&crash_of(&address_of(program)), SOON)?, Value::Null, "{program}");
    }
    assert_eq!(page.console_errors()?, no_errors());
    Ok(())
}
