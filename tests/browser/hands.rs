//! What tests do with a page by hand: keys, pickers, buttons, tables, and the run as a file.

use crate::site::{SOON, root};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(2);

/// Gives the focus to the element and presses keys there.
pub fn press(page: Page<'_>, element: &str, keys: &[&str]) -> Result<()> {
    let script = format!(
        "(() => {{ const at = document.querySelector('{element}'); at.focus(); for (const key of {}) \
         at.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true }})); }})()",
        json!(keys)
    );
    page.eval(&script, SOON).map(|_| ())
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

/// All numbers of a query's answer, in order; undefined ones are NaN.
pub fn numbers(page: Page<'_>, query: &str) -> Result<Vec<f64>> {
    let answer = page.eval(&format!("cnnslicer.query({})", json!(query)), LONG)?;
    let mut flat = Vec::new();
    flatten(&answer["values"], &mut flat);
    Ok(flat)
}

fn flatten(value: &Value, into: &mut Vec<f64>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| flatten(value, into)),
        other => into.push(other.as_f64().unwrap_or(f64::NAN)),
    }
}

/// The newest run as a run file.
pub fn export(page: Page<'_>) -> Result<Vec<u8>> {
    let script = "(async () => { const [run] = await cnnslicer.runs(); \
        const blob = await cnnslicer.export(run.id); \
        const url = await new Promise((done) => { const reader = new FileReader(); \
          reader.onload = () => done(reader.result); reader.readAsDataURL(blob); }); \
        return url.slice(url.indexOf(',') + 1); })()";
    let encoded = page.eval(script, LONG)?;
    Ok(decoded(encoded.as_str().unwrap_or_default()))
}

/// Base64, as a data URL has it.
fn decoded(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let sextets: Vec<u8> = text.bytes().filter(|c| *c != b'=').map(value).collect();
    let byte = |group: &[u8], i: usize| {
        let next = group.get(i + 1).copied()?;
        Some((group[i] << (2 + 2 * i)) | (next >> (4 - 2 * i)))
    };
    sextets.chunks(4).flat_map(|group| (0..3).filter_map(move |i| byte(group, i))).collect()
}

/// Runs a script of `tests/python` on files with these contents, which are deleted after it; what it says. `None`
/// without a Python with zarr, which `CNNSLICER_PYTHON` names.
pub fn python(script: &str, files: &[(&str, &[u8])]) -> Result<Option<String>> {
    let Some(python) = std::env::var_os("CNNSLICER_PYTHON").filter(|python| !python.is_empty()) else {
        println!("skipped: no Python with zarr (CNNSLICER_PYTHON)");
        return Ok(None);
    };
    let folder = std::env::temp_dir();
    let place = |name: &str| folder.join(format!("cnnslicer-{}-{name}", std::process::id()));
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| place(name)).collect();
    for (path, (_, content)) in paths.iter().zip(files) {
        std::fs::write(path, content).map_err(|error| failed(path, &error))?;
    }
    let script = root().join("tests/python").join(script);
    let output =
        Command::new(python).arg(&script).args(&paths).output().map_err(|error| failed(&script, &error))?;
    for path in &paths {
        std::fs::remove_file(path).map_err(|error| failed(path, &error))?;
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(said))
}

fn failed(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(format!("{}: {error}", path.display()))
}
