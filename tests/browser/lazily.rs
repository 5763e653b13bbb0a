//! Views in files of their own: fetched when they are first shown, alive then, and honest when they cannot be had.

use crate::runs;
use crate::site::{SOON, Site};
use crate::variant::Variant;
use serde_json::json;
use std::time::Duration;
use xtask::browser::Options;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset=strokes&per_class=4&test_per_class=20&epochs=1&probe=20&batch=10&backend=cpu";

/// The layer view's files that the page has asked for.
const FETCHED: &str =
    "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('-layer.wasm')).length";
const ABOUT: &str = "(document.querySelector('#capacity .about')?.textContent ?? '')";

#[test]
fn a_view_is_fetched_once_when_it_is_first_shown_and_follows_the_selection() -> Result<()> {
    let site = Site::at("/courses/week-1/")?;
    let page = site.open("view=training")?;
    let small = "dataset: 'strokes', per_class: 4, test_per_class: 20, epochs: 1, probe: 20, batch: 10, backend: 'cpu'";
    page.eval(&format!("cnnslicer.train({{ {small} }})"), LONG)?;
    assert_eq!(page.eval("cnnslicer.done()", LONG)?["state"], json!("done"));
    assert_eq!(page.eval(FETCHED, SOON)?, json!(0), "nobody looked yet");
    let choose = |view| format!("document.querySelector('[data-view={view}]').click()");
    page.eval(&choose("layer"), SOON)?;
    page.wait_for(&format!("{ABOUT}.includes('on average')"), LONG)?;
    let before = page.eval(ABOUT, SOON)?;
    let pick = "const rows = document.querySelector('#layer-a'); rows.value = '1'; rows.dispatchEvent(new Event('change'))";
    page.eval(&format!("(() => {{ {pick} }})()"), SOON)?;
    page.wait_for(&format!("{ABOUT}.includes('on average') && {ABOUT} !== {before}"), LONG)?;
    page.eval(&choose("training"), SOON)?;
    page.wait_for("document.querySelector('#capacity') === null", SOON)?;
    page.eval(&choose("layer"), SOON)?;
    page.wait_for("document.querySelector('#capacity canvas') !== null", SOON)?;
    assert_eq!(page.eval(FETCHED, SOON)?, json!(1));
    assert_eq!(page.console_errors()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_view_that_cannot_be_fetched_says_so_and_a_later_try_shows_it() -> Result<()> {
    let variant = Variant::without_data()?;
    variant.remove_all(|name| name.contains("-layer.wasm"))?;
    let site = Site::of(variant.folder(), "/", &Options::default())?;
    let page = runs::shown(&site, SMALL, "view=layer")?;
    let alert = "document.querySelector('.charts [role=alert]')";
    page.wait_for(&format!("{alert}?.innerText.includes('could not be loaded')"), SOON)?;
    variant.restore("app-")?;
    page.eval(&format!("{alert}.querySelector('button').click()"), SOON)?;
    page.wait_for("document.querySelector('#capacity') !== null", SOON)?;
    assert_eq!(page.eval(alert, SOON)?, json!(null));
    Ok(())
}
