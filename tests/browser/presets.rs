//! What the page begins with when nothing is named, presets that fill the form, and how fast this machine is.

use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const FIELDS: &str = "['dataset', 'per_class', 'epochs', 'batch', 'model']
    .map((name) => document.querySelector(`.start-panel [name=${name}]`).value)";
const COST: &str = "document.querySelector('.run-cost')?.innerText ?? ''";

fn fields(page: Page<'_>) -> Result<Value> {
    page.eval(FIELDS, SOON)
}

fn begin_with(page: Page<'_>, label: &str) -> Result<()> {
    let button = format!(
        "[...document.querySelectorAll('.preset button')].find((button) => button.innerText === {})",
        json!(label)
    );
    page.wait_for(&format!("!!{button}"), SOON)?;
    page.eval(&format!("{button}.click()"), SOON).map(|_| ())
}

#[test]
fn the_page_begins_with_the_quick_run_and_a_preset_fills_the_form() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    let deployed = page.eval("document.querySelector(\"meta[name='cnnslicer:datasets']\").content", SOON)?;
    let has_mnist = deployed.as_str().is_some_and(|names| names.contains("mnist"));
    let quick = json!([if has_mnist { "mnist" } else { "strokes" }, "500", "4", "32", "mnist-8"]);
    assert_eq!(fields(page)?, quick);
    page.wait_for(&format!("{COST}.includes('on a usual laptop')"), SOON)?;

    begin_with(page, "The paper’s CIFAR-10")?;
    page.wait_for("location.search.includes('model=cifar-13')", SOON)?;
    assert_eq!(fields(page)?, json!(["cifar10", "all", "120", "64", "cifar-13"]));
    begin_with(page, "Quick")?;
    page.wait_for("location.search === ''", SOON)?;
    assert_eq!(fields(page)?, quick);
    Ok(())
}

#[test]
fn a_link_with_a_setting_keeps_its_meaning() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("dataset=strokes")?;
    assert_eq!(fields(page)?, json!(["strokes", "100", "5", "64", "mnist-8"]));
    page.wait_for("location.search === '?dataset=strokes'", SOON)?;
    Ok(())
}

#[test]
fn the_speed_of_a_run_is_remembered() -> Result<()> {
    let site = Site::at("/")?;
    let link = "dataset=strokes&per_class=6&epochs=1&probe=20&batch=10&backend=cpu&autostart=1";
    let page = site.open(link)?;
    assert_eq!(page.eval("cnnslicer.done()", LONG)?["state"], json!("done"));
    page.wait_for("Number(localStorage.getItem('cnnslicer:speed')) > 1e6", SOON)?;
    let page = site.open("")?;
    page.wait_for(&format!("{COST}.includes('at the speed of the last run here')"), SOON)?;
    page.eval("localStorage.setItem('cnnslicer:speed', 'fast')", SOON)?;
    let page = site.open("view=training")?;
    page.wait_for(&format!("{COST}.includes('on a usual laptop')"), SOON)?;
    Ok(())
}
