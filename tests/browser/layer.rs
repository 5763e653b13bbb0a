//! The layer view through the page: its numbers are those of the query language, by mouse, by keyboard, by link.

use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const LONG: Duration = Duration::from_mins(5);

/// Layers 2 and 3 are the second convolution and its pooling: 16 channels each.
const LINK: &str = "view=layer&pair=2,3";
const CHANNELS: usize = 16;

/// A short run on strokes, shown in the layer view.
fn opened(site: &Site) -> Result<Page<'_>> {
    let page =
        site.open("dataset=strokes&per_class=30&epochs=2&probe=100&batch=30&backend=cpu&seed=3&autostart=1")?;
    page.eval("cnnslicer.done()", LONG)?;
    let run = page.eval("(await cnnslicer.runs())[0].id", SOON)?;
    let page = site.open(&format!("run={}&{LINK}", run.as_str().unwrap_or_default()))?;
    page.wait_for("document.querySelector('#capacity .heatmap canvas') !== null", LONG)?;
    Ok(page)
}

/// I between layers 2 and 3 at an epoch, row-major.
fn capacity(page: Page<'_>, epoch: u32) -> Result<Vec<f64>> {
    let query = format!("cnnslicer.query('I(dCNN(-, 2, -, {epoch}); dCNN(-, 3, -, {epoch}))')");
    let answer = page.eval(&query, LONG)?;
    assert_eq!(answer["shape"], json!([CHANNELS, CHANNELS]));
    let rows = answer["values"].as_array().into_iter().flatten();
    let cells = rows.flat_map(|row| row.as_array().into_iter().flatten());
    Ok(cells.map(|value| value.as_f64().unwrap_or(f64::NAN)).collect())
}

fn text(page: Page<'_>, selector: &str) -> Result<String> {
    let text = page.eval(&format!("document.querySelector({})?.innerText ?? ''", json!(selector)), SOON)?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// Presses a key on the large heatmap.
fn key(page: Page<'_>, name: &str) -> Result<()> {
    let press = format!(
        "(() => {{ const map = document.querySelector('#capacity .heatmap'); map.focus(); \
         map.dispatchEvent(new KeyboardEvent('keydown', {{ key: {}, bubbles: true }})); return 1; }})()",
        json!(name)
    );
    page.eval(&press, SOON).map(|_| ())
}

fn choose(page: Page<'_>, id: &str, value: &str) -> Result<()> {
    let choose = format!(
        "(() => {{ const list = document.getElementById('{id}'); list.value = '{value}'; \
         list.dispatchEvent(new Event('change', {{ bubbles: true }})); return 1; }})()"
    );
    page.eval(&choose, SOON).map(|_| ())
}

fn press(page: Page<'_>, within: &str, name: &str) -> Result<()> {
    let button = format!(
        "[...document.querySelectorAll('{within} button')].find((button) => button.innerText.trim() === {})",
        json!(name)
    );
    page.wait_for(&format!("!!{button}"), SOON)?;
    page.eval(&format!("({button}.click(), 1)"), SOON).map(|_| ())
}

/// The bits that the tooltip of the heatmap says, and the channels of its row and column.
fn tooltip(page: Page<'_>) -> Result<(usize, usize, f64)> {
    let said = text(page, "#capacity .tooltip")?;
    let number = |after: &str| -> Option<f64> {
        let rest = &said[said.find(after)? + after.len()..];
        rest.split([' ', ';', '\n']).next()?.parse().ok()
    };
    let channels: Vec<usize> =
        said.match_indices("channel ").filter_map(|(at, word)| digits(&said[at + word.len()..])).collect();
    match (channels[..].first_chunk::<2>(), number("I(a; b) = ")) {
        (Some(&[a, b]), Some(bits)) => Ok((a, b, bits)),
        _ => Err(Problem::new(format!("no cell in the tooltip: {said}"))),
    }
}

fn digits(text: &str) -> Option<usize> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[test]
fn the_heatmap_says_what_the_query_language_says_and_keeps_it_when_sorted() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let bits = capacity(page, 2)?;
    let mean = bits.iter().sum::<f64>() / bits.len() as f64;
    page.wait_for(
        &format!("document.querySelector('#capacity .about').innerText.includes('{mean:.3} bit on average')"),
        SOON,
    )?;

    key(page, "ArrowRight")?;
    key(page, "ArrowRight")?;
    key(page, "ArrowDown")?;
    let (a, b, shown) = tooltip(page)?;
    assert_eq!((a, b), (1, 1), "the first press shows the cursor, the next two move it");
    assert!((shown - bits[a * CHANNELS + b]).abs() < 1e-4, "{shown} and {}", bits[a * CHANNELS + b]);

    choose(page, "sort-rows", "mean-desc")?;
    choose(page, "sort-columns", "max-asc")?;
    page.wait_for(
        "location.search.includes('rows=mean-desc') && location.search.includes('columns=max-asc')",
        SOON,
    )?;
    let row_mean = |a: usize| bits[a * CHANNELS..][..CHANNELS].iter().sum::<f64>();
    let best_row = (0..CHANNELS).max_by(|&a, &b| row_mean(a).total_cmp(&row_mean(b))).unwrap_or(0);
    let column_top = |b: usize| (0..CHANNELS).map(|a| bits[a * CHANNELS + b]).fold(f64::MIN, f64::max);
    let least_column = (0..CHANNELS).min_by(|&a, &b| column_top(a).total_cmp(&column_top(b))).unwrap_or(0);
    key(page, "Escape")?;
    key(page, "ArrowRight")?;
    let (a, b, shown) = tooltip(page)?;
    assert!((row_mean(a) - row_mean(best_row)).abs() < 1e-9, "row {a} instead of {best_row}");
    assert!((column_top(b) - column_top(least_column)).abs() < 1e-9, "column {b} instead of {least_column}");
    assert!((shown - bits[a * CHANNELS + b]).abs() < 1e-4);
    Ok(())
}

#[test]
fn a_convolution_shares_most_with_its_own_pooled_channel() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let bits = capacity(page, 2)?;
    let live: Vec<usize> = (0..CHANNELS).filter(|&a| bits[a * CHANNELS + a] > 0.0).collect();
    let row = |a: usize| &bits[a * CHANNELS..][..CHANNELS];
    let own = live.iter().filter(|&&a| row(a).iter().all(|other| *other <= row(a)[a])).count();
    assert!(live.len() >= CHANNELS / 2, "{} of {CHANNELS} channels live", live.len());
    assert!(own * 10 >= live.len() * 9, "{own} of {} have their maximum on the diagonal", live.len());
    Ok(())
}

#[test]
fn enter_shows_the_feature_maps_with_their_values_and_pins_stay() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    key(page, "ArrowRight")?;
    key(page, "Enter")?;
    let tiles = "document.querySelectorAll('#feature-maps .map-tile:not(.waiting)').length";
    page.wait_for(&format!("{tiles} === 8"), LONG)?;
    page.wait_for("location.search.includes('cell=2.0-3.0')", SOON)?;

    // One map large: the pixel under the cursor is the cell of the hypercube.
    page.eval("(document.querySelector('#feature-maps .map-tile').click(), 1)", SOON)?;
    page.wait_for("document.querySelectorAll('#feature-maps .zoom .heatmap').length === 2", SOON)?;
    let move_to = "(() => { const map = document.querySelector('#feature-maps .zoom .heatmap'); map.focus(); \
        for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight']) \
        map.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); return 1; })()";
    page.eval(move_to, SOON)?;
    let said = text(page, "#feature-maps .zoom .tooltip")?;
    assert!(said.contains("row 1, column 3"), "{said}");
    let cell = page.eval("(await cnnslicer.slice('dCNN(0, 2, 0, 2)')).values[1 * 28 + 3]", LONG)?;
    let value = cell.as_f64().unwrap_or(f64::NAN);
    assert!(said.contains(&format!("dCNN(0, 2, 0, 2): {value:.4}")), "{value} and {said}");

    press(page, "#feature-maps", "Pin to compare")?;
    key(page, "ArrowDown")?;
    key(page, "ArrowDown")?;
    key(page, "Enter")?;
    page.wait_for("document.querySelectorAll('#feature-maps .stack').length === 2", SOON)?;
    page.wait_for(&format!("{tiles} === 16"), LONG)?;
    page.wait_for("location.search.includes('pins=2.0-3.0')", SOON)?;

    // The link brings all of it back.
    page.eval("(location.reload(), 1)", SOON)?;
    page.wait_for("(await cnnslicer.ready, true)", SOON)?;
    page.wait_for(&format!("{tiles} === 16"), LONG)?;
    Ok(())
}

#[test]
fn the_slider_and_the_difference_follow_the_epoch() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    let (first, last) = (capacity(page, 0)?, capacity(page, 2)?);
    let mean = |bits: &[f64]| bits.iter().sum::<f64>() / bits.len() as f64;
    choose(page, "capacity-against", "0")?;
    page.wait_for("document.querySelector('.capacity-scale').innerText.includes('-2.5 bit')", LONG)?;
    key(page, "ArrowRight")?;
    let said = text(page, "#capacity .tooltip")?;
    let change = format!("{:+.4} bit since epoch 0", last[0] - first[0]);
    assert!(said.contains(&change), "{change} is not in {said}");

    let slide = "(() => { const slider = document.getElementById('epoch'); slider.value = '0'; \
                 slider.dispatchEvent(new Event('input', { bubbles: true })); return 1; })()";
    page.eval(slide, SOON)?;
    let wanted = format!("{:.3} bit on average", mean(&first));
    page.wait_for(
        &format!("document.querySelector('#capacity .about').innerText.includes('{wanted}')"),
        LONG,
    )?;
    let legend = text(page, ".capacity-scale")?;
    assert!(legend.contains("the same scale at every epoch and layer"), "{legend}");
    Ok(())
}

#[test]
fn deeper_layers_stand_in_a_row_and_similar_filters_are_listed() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site)?;
    page.wait_for(
        "document.querySelectorAll('#capacity-depth .small-heat:not(.waiting)').length === 6",
        LONG,
    )?;
    let third = text(page, "#capacity-depth .small-heat")?;
    let bits = capacity(page, 2)?;
    let mean = bits.iter().sum::<f64>() / bits.len() as f64;
    assert!(third.contains(&format!("mean {mean:.3}")), "{mean} is not in {third}");

    // At the lowest threshold nearly all are alike; the list says which, and shows their maps.
    let slide = "(() => { const range = document.getElementById('similar-threshold'); range.value = '5'; \
                 range.dispatchEvent(new Event('input', { bubbles: true })); return 1; })()";
    page.wait_for("document.getElementById('similar-threshold') !== null", LONG)?;
    page.eval(slide, SOON)?;
    page.wait_for("document.querySelector('#similar-filters .group') !== null", LONG)?;
    let group = text(page, "#similar-filters .group")?;
    let members = group.split("channels ").nth(1).unwrap_or_default().split(", ").count();
    page.eval("(document.querySelector('#similar-filters .group').click(), 1)", SOON)?;
    let tiles = "document.querySelectorAll('#feature-maps .map-tile:not(.waiting)').length";
    page.wait_for(&format!("{tiles} === {}", 4 * members), LONG)?;
    let own = page.eval("cnnslicer.query('I(dCNN(-, 2, -, 2); dCNN(-, 2, -, 2))')", LONG)?;
    let value = |a: usize, b: usize| own["values"][a][b].as_f64().unwrap_or(0.0);
    let channels: Vec<usize> = group
        .split("channels ")
        .nth(1)
        .unwrap_or_default()
        .split(", ")
        .filter_map(|c| c.trim().parse().ok())
        .collect();
    for &a in &channels {
        for &b in &channels {
            let share = value(a, b) / value(a, a).max(value(b, b));
            assert!(share >= 0.05 - 1e-6, "{a} and {b} share {share}");
        }
    }
    assert_eq!(own["unit"], Value::from("bit"));
    Ok(())
}
