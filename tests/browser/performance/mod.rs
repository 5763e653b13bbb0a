//! The training performance view (paper 5.2, Figures 4–7), read off the page: its tables, tooltips and drawings are
//! compared with the console's numbers, with an implementation of the definitions in Python, and with each other.

mod confusion;
mod figure_5;
mod labels;
mod live;
mod queue;
mod redraw;
mod sides;

use crate::hands::numbers;
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// A class and a layer more or less do not matter here; epochs do.
const TINY: &str = "dataset=strokes&probe=20&batch=20&backend=cpu&model=custom&layers=conv 2 5x5; maxpool 4";

/// What a test does by hand. `rows` opens a panel's data table and gives its cells, heads first; `saved` gives the
/// text of the file that a button of a panel saves.
const HANDS: &str = r"(() => {
    const panel = (name) => document.getElementById(name);
    const cells = (row) => [...row.children].map((cell) => cell.textContent.trim());
    window.hand = {
        rows: (name) => {
            const fold = panel(name)?.querySelector('details.folded-table');
            if (!fold) return null;
            fold.open = true;
            const rows = [...fold.querySelectorAll('tr')].map(cells);
            return rows.length > 1 ? rows : null;
        },
        lines: (name) => [...(panel(name)?.querySelectorAll('.tooltip div') ?? [])].map((line) => line.textContent),
        put: (id, value) => {
            const at = panel(id);
            at.value = value;
            at.dispatchEvent(new Event(at.type === 'range' ? 'input' : 'change', { bubbles: true }));
            return 1;
        },
        view: (name) => {
            document.querySelector(`[data-view=${name}]`).click();
            return 1;
        },
        radio: (name, value) => {
            const at = [...document.querySelectorAll(`input[name='${name}']`)].find((radio) => radio.value === value);
            at.click();
            return 1;
        },
        tick: (group, label) => {
            const fields = [...document.querySelectorAll('fieldset.checks')];
            const field = fields.find((field) => field.querySelector('legend').textContent === group);
            [...field.querySelectorAll('label')].find((box) => box.textContent.trim() === label).click();
            return 1;
        },
        press: (within, words) => {
            const buttons = [...document.querySelectorAll(`${within} button`)].filter((button) => !button.disabled);
            const says = (button) => [button.textContent.trim(), button.getAttribute('aria-label')].includes(words);
            const button = buttons.find(says);
            button?.click();
            return button !== undefined;
        },
        saved: async (name, words) => {
            const make = URL.createObjectURL, click = HTMLAnchorElement.prototype.click;
            let blob = null;
            URL.createObjectURL = (made) => { blob = made; return make.call(URL, made); };
            HTMLAnchorElement.prototype.click = () => {};
            hand.press(`#${name}`, words);
            URL.createObjectURL = make;
            HTMLAnchorElement.prototype.click = click;
            return blob.text();
        },
        frame: () => new Promise((done) => requestAnimationFrame(() => setTimeout(done))),
    };
    return 1;
})()";

/// Opens the page with the test's hands on it.
fn opened<'a>(site: &'a Site, query: &str) -> Result<Page<'a>> {
    let page = site.open(&query.replace(' ', "+"))?;
    page.eval(HANDS, SOON)?;
    Ok(page)
}

/// A page in the training view whose run, made with these settings, has ended.
fn trained<'a>(site: &'a Site, settings: &str) -> Result<Page<'a>> {
    let page = opened(site, &format!("{settings}&view=training&autostart=1"))?;
    page.wait_for("(await cnnslicer.status()).state !== 'idle'", SOON)?;
    assert_eq!(page.eval("cnnslicer.done()", LONG)?["state"], json!("done"));
    page.wait_for("document.getElementById('confusion') !== null", SOON)?;
    Ok(page)
}

/// A page in the training view with a stored run of these settings.
fn looked_at<'a>(site: &'a Site, settings: &str) -> Result<Page<'a>> {
    let page = runs::shown(site, &settings.replace(' ', "+"), "view=training")?;
    page.eval(HANDS, SOON)?;
    page.wait_for("document.getElementById('confusion') !== null", SOON)?;
    Ok(page)
}

/// A panel's data table, heads first, once `is_ready` (an expression of its `rows`) holds.
fn table_when(page: Page<'_>, panel: &str, is_ready: &str) -> Result<Vec<Vec<String>>> {
    let read = format!("hand.rows('{panel}')");
    page.wait_for(&format!("((rows) => rows !== null && ({is_ready}))({read})"), LONG)?;
    let rows = page.eval(&read, SOON)?;
    Ok(texts(&rows).iter().map(|row| row.as_array().map(|row| strings(row)).unwrap_or_default()).collect())
}

fn table(page: Page<'_>, panel: &str) -> Result<Vec<Vec<String>>> {
    table_when(page, panel, "true")
}

fn texts(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn strings(values: &[Value]) -> Vec<String> {
    values.iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect()
}

/// The lines of a panel's tooltip, once one of them holds `part`.
fn tooltip(page: Page<'_>, panel: &str, part: &str) -> Result<Vec<String>> {
    let read = format!("hand.lines('{panel}')");
    page.wait_for(&format!("{read}.some((line) => line.includes({}))", json!(part)), SOON)?;
    Ok(strings(&texts(&page.eval(&read, SOON)?)))
}

/// A number as the page writes it; undefined ones are NaN.
fn number(text: &str) -> f64 {
    match text.trim().trim_start_matches('+').replace('−', "-").as_str() {
        "∞" => f64::INFINITY,
        text => text.parse().unwrap_or(f64::NAN),
    }
}

/// The number after `before` in the line that has it.
fn number_in(lines: &[String], before: &str) -> f64 {
    let rest = lines.iter().find_map(|line| line.split_once(before));
    rest.map_or(f64::NAN, |(_, rest)| {
        number(rest.split_whitespace().next().unwrap_or_default().trim_end_matches(','))
    })
}

/// The number in a text and a number agree to the decimals shown; ∞ and undefined ones are no numbers in an answer.
fn agree(shown: &str, expected: f64) -> bool {
    let shown = number(shown);
    if shown.is_finite() { (shown - expected).abs() <= 6e-5 } else { expected.is_nan() }
}

/// A script of the page, run to its end.
fn run(page: Page<'_>, script: &str) -> Result<Value> {
    page.eval(script, SOON)
}
