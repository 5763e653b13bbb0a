//! What the layer view says, and the hands that work it: shared by its tests.

use crate::hands;
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

pub const LONG: Duration = Duration::from_mins(8);

/// A short run on strokes.
pub const STROKES: &str = "dataset=strokes&per_class=30&test_per_class=30&epochs=2&probe=100&batch=30&backend=cpu&seed=3&data_seed=3";

/// A run with these settings in the layer view, all of it measured.
pub fn shown<'a>(site: &'a Site, settings: &str, link: &str) -> Result<Page<'a>> {
    let page = runs::shown(site, settings, link)?;
    has_heatmap(page)?;
    Ok(page)
}

/// The run on this page's screen, once it has ended, with another link.
pub fn shown_again<'a>(site: &'a Site, link: &str) -> Result<Page<'a>> {
    let page = site.browser.page();
    page.eval("cnnslicer.done()", LONG)?;
    let page = site.open(&format!("run={}&{link}", runs::id(page)?))?;
    has_heatmap(page)?;
    Ok(page)
}

fn has_heatmap(page: Page<'_>) -> Result<()> {
    page.wait_for("document.querySelector('#capacity .heatmap canvas') !== null", LONG).map(|_| ())
}

/// Numbers, row-major; NaN where the page has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub values: Vec<f64>,
}

impl Matrix {
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..][..self.columns]
    }

    /// Rows as columns: the heatmap has the channels of the first layer across.
    pub fn transposed(&self) -> Self {
        let cells = (0..self.columns).flat_map(|column| (0..self.rows).map(move |row| self.at(row, column)));
        Self { rows: self.columns, columns: self.rows, values: cells.collect() }
    }

    pub fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    pub fn maximum(&self) -> f64 {
        self.values.iter().copied().fold(f64::NAN, f64::max)
    }

    /// Nested arrays.
    pub fn json(&self) -> Value {
        json!((0..self.rows).map(|row| self.row(row)).collect::<Vec<_>>())
    }
}

/// The answer to a query that has two axes.
pub fn asked(page: Page<'_>, query: &str) -> Result<Matrix> {
    let answer = page.eval(&format!("cnnslicer.query({})", json!(query)), LONG)?;
    let length = |axis: usize| answer["shape"][axis].as_u64().unwrap_or(0) as usize;
    let rows = answer["values"].as_array().into_iter().flatten();
    let cells = rows.flat_map(|row| row.as_array().into_iter().flatten());
    let values: Vec<f64> = cells.map(|value| value.as_f64().unwrap_or(f64::NAN)).collect();
    let (rows, columns) = (length(0), length(1));
    if rows * columns != values.len() || values.is_empty() {
        return Err(Problem::new(format!("{query}: no matrix, but {}", answer["shape"])));
    }
    Ok(Matrix { rows, columns, values })
}

/// I of two layers at an epoch.
pub fn capacity(page: Page<'_>, a: usize, b: usize, epoch: u32) -> Result<Matrix> {
    asked(page, &format!("I(dCNN(-, {a}, -, {epoch}); dCNN(-, {b}, -, {epoch}))"))
}

/// Of every channel of a layer with itself at an epoch: its entropy H.
pub fn entropies(page: Page<'_>, layer: usize, epoch: u32) -> Result<Vec<f64>> {
    let own = capacity(page, layer, layer, epoch)?;
    Ok((0..own.rows).map(|channel| own.at(channel, channel)).collect())
}

/// Also of what the browser does not render because it is off the screen.
pub fn text(page: Page<'_>, selector: &str) -> Result<String> {
    let text = page.eval(&format!("document.querySelector({})?.textContent ?? ''", json!(selector)), SOON)?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// Waits until the text of an element holds `part`.
pub fn wait_text(page: Page<'_>, selector: &str, part: &str) -> Result<()> {
    let read = format!("(document.querySelector({})?.textContent ?? '')", json!(selector));
    page.wait_for(&format!("{read}.includes({})", json!(part)), LONG).map(|_| ()).map_err(|problem| {
        Problem::new(format!("{problem}; it says: {}", text(page, selector).unwrap_or_default()))
    })
}

/// Presses a key on the large heatmap.
pub fn key(page: Page<'_>, name: &str) -> Result<()> {
    hands::press(page, "#capacity .heatmap", &[name])
}

/// Picks from a list.
pub fn choose(page: Page<'_>, id: &str, value: &str) -> Result<()> {
    let choose = format!(
        "(() => {{ const list = document.getElementById('{id}'); list.value = '{value}'; \
         list.dispatchEvent(new Event('change', {{ bubbles: true }})); return 1; }})()"
    );
    page.eval(&choose, SOON).map(|_| ())
}

/// Picks one of a few that stand side by side.
pub fn segment(page: Page<'_>, name: &str, value: &str) -> Result<()> {
    let input = format!("document.querySelector('input[name={name}][value={value}]')");
    page.eval(&format!("({input}.click(), 1)"), SOON).map(|_| ())
}

/// Moves a slider.
pub fn slide(page: Page<'_>, id: &str, value: usize) -> Result<()> {
    let slide = format!(
        "(() => {{ const slider = document.getElementById('{id}'); slider.value = '{value}'; \
         slider.dispatchEvent(new Event('input', {{ bubbles: true }})); return 1; }})()"
    );
    page.wait_for(&format!("document.getElementById('{id}') !== null"), LONG)?;
    page.eval(&slide, SOON).map(|_| ())
}

/// Presses the button that says `name`.
pub fn press(page: Page<'_>, within: &str, name: &str) -> Result<()> {
    let button = format!(
        "[...document.querySelectorAll('{within} button')].find((button) => button.textContent.trim() === {})",
        json!(name)
    );
    page.wait_for(&format!("!!{button}"), SOON)?;
    page.eval(&format!("({button}.click(), 1)"), SOON).map(|_| ())
}

/// What the tooltip of a heatmap says of a cell.
#[derive(Clone, Debug)]
pub struct Said {
    pub a: usize,
    pub b: usize,
    pub bits: f64,
    pub h_a: f64,
    pub h_b: f64,
    pub a_given_b: f64,
    pub null: f64,
    pub at_chance: bool,
    pub lines: String,
}

impl Said {
    fn parse(lines: &str) -> Result<Self> {
        let number = |after: &str| -> Option<f64> {
            let rest = &lines[lines.find(after)? + after.len()..];
            rest.split(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).next()?.parse().ok()
        };
        let channels: Vec<usize> = lines
            .match_indices("channel ")
            .filter_map(|(at, word)| digits(&lines[at + word.len()..]))
            .collect();
        let said = || {
            let [a, b] = *channels[..].first_chunk::<2>()?;
            Some(Self {
                a,
                b,
                bits: number("I(a; b) = ")?,
                h_a: number("H(a) = ")?,
                h_b: number("H(b) = ")?,
                a_given_b: number("H(a|b) = ")?,
                null: number("by chance ")?,
                at_chance: lines.contains("not above chance"),
                lines: lines.to_owned(),
            })
        };
        said().ok_or_else(|| Problem::new(format!("no cell in the tooltip: {lines}")))
    }
}

fn digits(text: &str) -> Option<usize> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Its lines, joined.
const TIP: &str =
    "[...document.querySelectorAll('#capacity .tooltip > div')].map((line) => line.textContent).join('\\n')";

/// What the tooltip of the large heatmap says now.
pub fn tooltip(page: Page<'_>) -> Result<Said> {
    let said = page.wait_for(TIP, SOON)?;
    Said::parse(said.as_str().unwrap_or_default())
}

/// What it says of every cell, the pointer moved over all of them, row by row as they stand on screen.
pub fn every_cell(page: Page<'_>) -> Result<Vec<Said>> {
    let walk = format!(
        "(async () => {{ const canvas = document.querySelector('#capacity .heatmap > canvas'); \
         canvas.scrollIntoView(); const {{ left, top, width, height }} = canvas.getBoundingClientRect(); \
         const {TURN}; const said = []; \
         for (let row = 0; row < canvas.height; row += 1) for (let column = 0; column < canvas.width; column += 1) {{ \
           canvas.dispatchEvent(new PointerEvent('pointermove', {{ bubbles: true, \
             clientX: left + (column + 0.5) / canvas.width * width, clientY: top + (row + 0.5) / canvas.height * height }})); \
           await turn(); said.push({TIP}); }} \
         return said; }})()"
    );
    let said = page.eval(&walk, LONG)?;
    said.as_array().into_iter().flatten().filter_map(Value::as_str).map(Said::parse).collect()
}

/// JavaScript: waits until everything that an event set off has been done.
pub const TURN: &str = "turn = () => new Promise((done) => { const channel = new MessageChannel(); \
    channel.port1.onmessage = () => done(); channel.port2.postMessage(0); })";
