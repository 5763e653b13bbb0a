//! What tests do with a page by hand: keys, pickers, buttons, tables.

use crate::site::SOON;
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(8);

/// Gives the focus to the element, in sight, and presses keys there.
pub fn press(page: Page<'_>, element: &str, keys: &[&str]) -> Result<()> {
    let focus = format!(
        "(() => {{ const at = document.querySelector({}); at.scrollIntoView({{ block: 'center' }}); at.focus(); \
         return document.activeElement === at; }})()",
        json!(element)
    );
    page.wait_for(&focus, SOON)?;
    page.press_in_turn(keys)
}

/// Waits until what has changed is on the canvases.
pub fn drawn(page: Page<'_>) -> Result<()> {
    let frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))";
    page.eval(frames, SOON).map(|_| ())
}

/// Picks a value from the list with this `id`, or moves the slider to it.
pub fn choose(page: Page<'_>, id: &str, value: &str) -> Result<()> {
    page.wait_for(&format!("document.getElementById('{id}') !== null"), SOON)?;
    let script = format!(
        "(() => {{ const control = document.getElementById('{id}'); control.value = '{value}'; \
         for (const name of ['input', 'change']) control.dispatchEvent(new Event(name, {{ bubbles: true }})); }})()"
    );
    page.eval(&script, SOON).map(|_| ())
}

/// Moves the one epoch slider to an index on T.
pub fn go_to_epoch(page: Page<'_>, epoch_index: usize) -> Result<()> {
    choose(page, "epoch", &epoch_index.to_string())
}

/// Clicks the button that says `label` once it can be pressed.
pub fn click(page: Page<'_>, within: &str, label: &str) -> Result<()> {
    let button = format!(
        "[...document.querySelectorAll('{within} button')].find((b) => b.textContent.trim() === {} && !b.disabled)",
        json!(label)
    );
    page.wait_for(&format!("!!{button}"), SOON)?;
    page.eval(&format!("({button}.click(), 0)"), SOON).map(|_| ())
}

/// The text of an element, also of one that is not rendered because it is off the screen.
pub fn text(page: Page<'_>, element: &str) -> Result<String> {
    let text = page.eval(&format!("document.querySelector({})?.textContent ?? ''", json!(element)), SOON)?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// Waits until an element's text holds `part`, and gives the text.
pub fn text_with(page: Page<'_>, element: &str, part: &str, limit: Duration) -> Result<String> {
    let read = format!("(document.querySelector({})?.textContent ?? '')", json!(element));
    page.wait_for(&format!("{read}.includes({})", json!(part)), limit)?;
    text(page, element)
}

/// The data table of a chart: its head and its rows, as texts.
pub fn table(page: Page<'_>, chart: &str) -> Result<Vec<Vec<String>>> {
    let open = format!(
        "(() => {{ const fold = document.querySelector('#{chart} details.folded-table'); \
         if (fold && !fold.open) fold.open = true; return !!document.querySelector('#{chart} details tbody tr'); }})()"
    );
    page.wait_for(&open, SOON)?;
    let rows = format!(
        "[...document.querySelectorAll('#{chart} details tr')].map((row) => [...row.children].map((cell) => cell.textContent))"
    );
    let rows = page.eval(&rows, SOON)?;
    serde_json::from_value(rows).map_err(|error| Problem::new(format!("the table of {chart}: {error}")))
}

/// The first number in a text after `sign`.
pub fn number_after(text: &str, sign: &str) -> f64 {
    let rest = text.split_once(sign).map_or("", |(_, rest)| rest);
    let digits: String =
        rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || "+-.e".contains(*c)).collect();
    digits.parse().unwrap_or(f64::NAN)
}

/// What a run is to the last bit, as far as its queries tell.
pub fn whole(page: Page<'_>) -> Result<Vec<Value>> {
    let queries = ["loss(-)", "accuracy(-)", "H(dCNN(-, 8, -, -))", "h(dCNN(-, 1, -, 4))"];
    let ask = |query| page.eval(&format!("(await cnnslicer.query('{query}')).values"), LONG);
    queries.into_iter().map(ask).collect()
}

/// All numbers of a query's answer, in order; undefined ones, and ∞, are NaN.
pub fn numbers(page: Page<'_>, query: &str) -> Result<Vec<f64>> {
    Ok(shaped(page, query)?.1)
}

/// The same with the answer's shape.
pub fn shaped(page: Page<'_>, query: &str) -> Result<(Vec<u64>, Vec<f64>)> {
    let answer = page.eval(&format!("cnnslicer.query({})", json!(query)), LONG)?;
    let shape = answer["shape"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let mut flat = Vec::new();
    flatten(&answer["values"], &mut flat);
    Ok((shape, flat))
}

fn flatten(value: &Value, into: &mut Vec<f64>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| flatten(value, into)),
        other => into.push(other.as_f64().unwrap_or(f64::NAN)),
    }
}
