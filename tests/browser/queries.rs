//! Every measure of the query language: the console, the page and a link answer alike, and as Python does from the
//! exported arrays.

use crate::run_file::{RunFile, python};
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset=strokes&per_class=8&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu&seed=4&data_seed=4&autostart=1&view=query";

/// All kinds of measure, with every kind of selector on every axis that takes one. The first of each kind is
/// also opened as a link.
const QUERIES: [(bool, &str); 26] = [
    (true, "H(dCNN(-, -, -, -))"),
    (false, "H(dCNN(label=-, 3, -, 1))"),
    (false, "H(dCNN(label={0,4}, 0..2, -, 1..2))"),
    (false, "H(dCNN({0,1,2,5,8,13}, 2, -, 1))"),
    (true, "h(dCNN(-, 1, -, 1))"),
    (false, "h(dCNN(label={0,1}, {1,2}, 0..2, -))"),
    (false, "h(dCNN(-, -, -, 1))"),
    (false, "h(dCNN(3, 0, 0, 0))"),
    (true, "H(dCNN(-, 1, 0, 1))"),
    (true, "I(dCNN(-, 1, -, 1); dCNN(-, 2, -, 1))"),
    (false, "I(dCNN(-, 3, 0..2, -); dCNN(-, 1, 1, -))"),
    (false, "I(dCNN(label=-, 2, 3, 2); dCNN(label=-, 5, {0,1}, 2))"),
    (true, "H(dCNN(-, 1, 0, 1) | dCNN(-, 2, -, 1))"),
    (false, "H(dCNN(0..19, 3, 0, -) | dCNN(0..19, 1, {0,1}, -))"),
    (true, "I(dCNN(-, -, *, 1); dCNN(-, -, *, 1))"),
    (false, "H(dCNN(label={0,4}, 3, *, -) | dCNN(label={0,4}, {1,5}, *, -))"),
    (true, "H(label|y=-)@-"),
    (false, "H(label|y=1)@{1,2}"),
    (true, "H(y|label=-)@-"),
    (false, "H(y|label=0..3)@2"),
    (true, "accuracy(-)"),
    (false, "accuracy(2)"),
    (true, "loss(-)"),
    (false, "loss(0..1)"),
    (true, "confusion(1)"),
    (false, "confusion(-)"),
];

const CELLS: [&str; 4] =
    ["dCNN(3, 1, 2, 1)", "dCNN({0,7}, 1, 0..2, -)", "dCNN(label=2, 0, -, 0)", "dCNN(5, 8, -, 2)"];

/// The last column of the answer's table, once the page has answered `text`, a query as it was understood.
fn on_page(page: Page<'_>, text: &str) -> Result<Vec<String>> {
    let text = json!(text);
    let shown = format!(
        "(() => {{ const answer = document.querySelector('.query-answer'); \
         const told = answer?.querySelector('[role=status]').textContent ?? ''; \
         const is_old = told.includes('(Of the query before.)'); \
         if (is_old || !(told.startsWith({text} + ' = ') || told.startsWith({text} + ': '))) return null; \
         const fold = answer.querySelector('details'); fold.open = true; \
         const rows = [...fold.querySelectorAll('tbody tr')]; \
         return rows.length ? rows.map((row) => row.lastElementChild.textContent) : null; }})()"
    );
    let cells = page.wait_for(&shown, LONG)?;
    Ok(cells
        .as_array()
        .into_iter()
        .flatten()
        .map(|cell| cell.as_str().unwrap_or_default().to_owned())
        .collect())
}

/// As the page writes a value: four decimals, and signs for what is not finite, which JSON has not.
fn is_written(cell: &str, value: &Value) -> bool {
    match value.as_f64() {
        Some(value) => cell == format!("{value:.4}"),
        None => cell == "–" || cell == "∞",
    }
}

fn flat(values: &Value) -> Vec<Value> {
    match values {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        value => vec![value.clone()],
    }
}

fn assert_shown(page: Page<'_>, text: &str, values: &Value, how: &str) -> Result<()> {
    let (cells, values) = (on_page(page, text)?, flat(values));
    // A table on the page ends after 2000 rows; the CSV does not.
    assert_eq!(cells.len(), values.len().min(2000), "{text} {how}");
    for (cell, value) in cells.iter().zip(&values) {
        assert!(is_written(cell, value), "{text} {how}: {cell} for {value}");
    }
    Ok(())
}

#[test]
fn every_measure_is_the_same_in_console_page_and_link_and_recomputed_in_python() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(SMALL)?;
    page.eval("cnnslicer.done()", LONG)?;
    let run = page.eval("(await cnnslicer.runs())[0].id", SOON)?;
    let mut answers = Vec::new();
    for (_, text) in QUERIES {
        let answer = page.eval(&format!("cnnslicer.query({})", json!(text)), LONG)?;
        let (values, read) =
            (answer["values"].clone(), answer["query"].as_str().unwrap_or_default().to_owned());
        let typed = format!(
            "((line) => {{ line.value = {}; line.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); \
             return 0; }})(document.querySelector('#query'))",
            json!(text)
        );
        page.eval(&typed, SOON)?;
        assert_shown(page, &read, &values, "typed")?;
        answers.push(json!({ "query": text, "values": values, "read": read }));
    }
    for (at, (is_opened, text)) in QUERIES.into_iter().enumerate() {
        if is_opened {
            let link = format!(
                "'?view=query&run={}&q=' + encodeURIComponent({})",
                run.as_str().unwrap_or_default(),
                json!(text)
            );
            let link = page.eval(&link, SOON)?;
            let page = site.open(link.as_str().unwrap_or_default().trim_start_matches('?'))?;
            let read = answers[at]["read"].as_str().unwrap_or_default();
            assert_shown(page, read, &answers[at]["values"], "linked")?;
        }
    }
    let page = site.browser.page();
    for text in CELLS {
        let nested = format!(
            "(async () => {{ const {{ shape, values }} = await cnnslicer.slice('{text}'); \
             return shape.reduceRight((flat, n) => Array.from({{ length: flat.length / n }}, \
               (_, i) => flat.slice(i * n, (i + 1) * n)), Array.from(values))[0]; }})()"
        );
        answers.push(json!({ "query": text, "values": page.eval(&nested, LONG)? }));
    }
    assert_eq!(page.console_errors()?, Vec::<String>::new());
    let Some(python) = python() else { return Ok(()) };
    RunFile::exported(page)?.check_answers(&python, "check_queries.py", &Value::Array(answers))
}
