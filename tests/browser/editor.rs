//! A network of one's own: put together in the page, held by the address, trained; and runs trained epoch by
//! epoch, and begun again.

use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset=strokes&per_class=20&test_per_class=20&epochs=3&probe=20&batch=20&backend=cpu";

/// Presses the button with this name or label.
fn press(page: Page<'_>, name: &str) -> Result<()> {
    let button = format!(
        "[...document.querySelectorAll('button')].find((button) => !button.disabled && \
         (button.innerText === {0} || button.getAttribute('aria-label') === {0}))",
        json!(name)
    );
    page.wait_for(&format!("!!{button}"), SOON)?;
    page.eval(&format!("{button}.click()"), SOON).map(|_| ())
}

/// Types into the field with this label.
fn fill(page: Page<'_>, label: &str, text: &str) -> Result<()> {
    let field = format!("document.querySelector(`.editor [aria-label={}]`)", json!(label));
    page.wait_for(&format!("!!{field}"), SOON)?;
    let typed = format!(
        "(() => {{ const field = {field}; field.value = {}; \
         for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{ bubbles: true }})); }})()",
        json!(text)
    );
    page.eval(&typed, SOON).map(|_| ())
}

fn text(page: Page<'_>, selector: &str) -> Result<String> {
    let text = page.eval(&format!("document.querySelector({})?.innerText ?? ''", json!(selector)), SOON)?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

fn state(page: Page<'_>, state: &str) -> Result<Value> {
    page.wait_for(&format!("(await cnnslicer.status()).state === '{state}'"), LONG)?;
    page.eval("cnnslicer.status()", SOON)
}

#[test]
fn a_network_is_put_together_shown_in_numbers_kept_in_the_address_and_trained() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(SMALL)?;
    press(page, "Show and edit the layers")?;
    page.wait_for("document.querySelectorAll('.layer').length === 7", SOON)?;
    assert!(text(page, ".editor .cost")?.contains("117,434 parameters"), "{}", text(page, ".editor .cost")?);

    press(page, "Edit as custom")?;
    for _ in 0..5 {
        press(page, "Remove layer 1")?;
    }
    press(page, "+ Convolution")?;
    press(page, "Move up layer 3")?;
    press(page, "Move up layer 2")?;
    fill(page, "Channels of layer 1", "6")?;
    fill(page, "Kernel of layer 1", "5")?;
    fill(page, "Activation of layer 1", "tanh")?;
    page.wait_for(
        "document.querySelector('[name=layers]').value === 'conv 6 5x5 tanh; maxpool 2; dense 64 relu'",
        SOON,
    )?;
    assert!(text(page, ".layer .facts")?.contains("6×28×28 · 156 parameters"));

    fill(page, "Kernel of layer 1", "4")?;
    page.wait_for("document.querySelector('.layer .error').innerText.includes('odd')", SOON)?;
    assert_eq!(page.eval("document.querySelector('[type=submit]').disabled", SOON)?, json!(true));
    fill(page, "Kernel of layer 1", "29")?;
    page.wait_for("document.querySelector('.editor').innerText.includes('does not fit 28×28')", SOON)?;
    assert_eq!(page.eval("document.querySelector('[type=submit]').disabled", SOON)?, json!(true));
    fill(page, "Kernel of layer 1", "5")?;
    page.wait_for("location.search.includes('layers=conv+6+5x5+tanh')", SOON)?;

    press(page, "Train")?;
    press(page, "Start training")?;
    state(page, "done")?;
    let (run, layers) =
        ("(await cnnslicer.runs())[0]", "(await cnnslicer.query('H(dCNN(-, -, -, 0))')).shape");
    assert_eq!(page.eval(&format!("{run}.model"), SOON)?, json!("custom"));
    assert_eq!(page.eval(layers, LONG)?, json!([5]), "the input and four layers");
    Ok(())
}

#[test]
fn settings_that_do_not_fit_are_refused_with_their_range() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("dataset=strokes&per_class=3&test_per_class=20&batch=64")?;
    assert!(text(page, ".start-panel .error[role=status]")?.contains("from 1 to 30"));
    assert_eq!(page.eval("document.querySelector('[type=submit]').disabled", SOON)?, json!(true));
    let tried = "cnnslicer.train({ dataset: 'strokes', per_class: 3, test_per_class: 20, batch: 64, probe: 10, backend: 'cpu' })\
                 .then(() => '', (error) => `${error.code}: ${error.message}`)";
    let refused = page.eval(tried, LONG)?;
    let refused = refused.as_str().unwrap_or_default();
    assert!(refused.starts_with("batch_too_large") && refused.contains("from 1 to 30"), "{refused}");
    for options in ["lr: 0", "lr: -1", "lr: 1e9", "epochs: 0", "model: 'custom', layers: 'conv 3'"] {
        let code =
            page.eval(&format!("cnnslicer.train({{ {options} }}).then(() => '', (e) => e.code)"), SOON)?;
        assert_eq!(code, json!("bad_parameter"), "{options}");
    }
    Ok(())
}

#[test]
fn a_run_is_trained_epoch_by_epoch_and_begun_again() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    let options = "{ dataset: 'strokes', per_class: 20, test_per_class: 20, epochs: 2, probe: 20, batch: 20, backend: 'cpu' }";
    page.eval(&format!("cnnslicer.train({options})"), LONG)?;
    let waits = page.eval("cnnslicer.reset()", LONG)?;
    let status = state(page, "paused")?;
    assert_eq!((&status["run"], &status["batch"]), (&waits, &json!(0)));
    let after = page.eval("cnnslicer.step()", LONG)?;
    assert_eq!(
        (&after["state"], &after["epoch"], &after["batch"]),
        (&json!("paused"), &json!(1), &json!(10))
    );

    press(page, "One epoch")?;
    assert_eq!(state(page, "done")?["epoch"], json!(2));
    page.wait_for(
        &format!("(await cnnslicer.runs()).some((run) => run.id === {waits} && run.complete)"),
        LONG,
    )?;
    press(page, "One epoch")?;
    page.wait_for(
        &format!(
            "(await cnnslicer.runs()).some((run) => run.id === {waits} && run.epochs === 4 && run.complete)"
        ),
        LONG,
    )?;
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(2), "the first run is kept");
    Ok(())
}
