//! What the other tests stand on: answers, errors, limits and pictures of the browser itself.

use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use xtask::browser::{Options, Screen, Theme};
use xtask::problem::{Problem, Result};

#[test]
fn values_errors_and_their_codes_come_back() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    assert_eq!(
        page.eval("[1, 'a', null, NaN, { b: true }]", SOON)?,
        json!([1, "a", null, null, { "b": true }])
    );
    assert_eq!(page.eval("undefined", SOON)?, Value::Null);
    assert_eq!(page.eval("new Promise((done) => setTimeout(() => done(7), 50))", SOON)?, json!(7));
    let rejected =
        page.eval("Promise.reject({ code: 'no_such_run', message: 'it is gone' })", SOON).unwrap_err();
    assert!(rejected.to_string().ends_with("no_such_run: it is gone"), "{rejected}");
    Ok(())
}

#[test]
fn waiting_ends_with_the_last_value_when_the_time_is_over() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.eval("setTimeout(() => { window.late = 3; }, 400), 0", SOON)?;
    assert_eq!(page.wait_for("window.late", SOON)?, json!(3));
    let never = page.wait_for("window.never ?? 0", Duration::from_millis(300)).unwrap_err();
    assert!(never.to_string().contains("still 0 after 0.3 s"), "{never}");
    let silent = page.eval("new Promise(() => {})", Duration::from_millis(300)).unwrap_err();
    assert!(silent.to_string().contains("no answer in time"), "{silent}");
    Ok(())
}

#[test]
fn waiting_goes_on_when_the_page_is_loaded_anew_meanwhile() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.eval("(setTimeout(() => location.reload(), 200), 0)", SOON)?;
    let slowly_told = "new Promise((done) => setTimeout(() => \
        done(performance.getEntriesByType('navigation')[0].type === 'reload'), 400))";
    page.wait_for(slowly_told, SOON)?;
    Ok(())
}

#[test]
fn a_file_is_chosen_as_by_hand() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.eval("(document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'file' })), 0)", SOON)?;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("harness-chosen.txt");
    std::fs::write(&path, "chosen").map_err(|error| Problem::new(error.to_string()))?;
    page.choose_file("#file", &path)?;
    assert_eq!(page.eval("document.querySelector('#file').files[0].text()", SOON)?, json!("chosen"));
    assert!(page.choose_file("#none", &path).is_err());
    Ok(())
}

#[test]
fn a_hung_page_ends_with_its_browser() -> Result<()> {
    let limit = Duration::from_secs(8);
    let site = Site::with("/", &Options { limit, ..Options::default() })?;
    let page = site.browser.page();
    page.open(&site.server.url())?;
    let started = Instant::now();
    assert!(page.eval("(() => { for (;;) {} })()", Duration::from_mins(1)).is_err());
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    Ok(())
}

#[test]
fn a_picture_has_the_size_and_the_colours_that_were_asked_for() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.browser.page();
    for (width, height, theme) in [(390, 844, Theme::Dark), (1440, 900, Theme::Light)] {
        page.show_as(Screen { width, height }, theme)?;
        page.open(&site.server.url())?;
        let dark = page.eval("matchMedia('(prefers-color-scheme: dark)').matches", SOON)?;
        assert_eq!(dark, json!(theme == Theme::Dark));
        assert_eq!(page.eval("innerWidth", SOON)?, json!(width));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("harness-{width}.png"));
        page.screenshot(&path)?;
        assert_eq!(png_width(&path), Some(width));
    }
    Ok(())
}

/// The width in a PNG file's header.
fn png_width(path: &Path) -> Option<u32> {
    let bytes = std::fs::read(path).ok()?;
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    Some(u32::from_be_bytes(header.get(8..12)?.try_into().ok()?))
}
