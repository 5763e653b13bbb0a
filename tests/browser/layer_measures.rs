//! The layer view's measures, scales, hatching, playing and keys: the same numbers in other ways.

use crate::hands::drawn;
use crate::layer_page::{
    LONG, Matrix, asked, capacity, choose, entropies, every_cell, press, segment, shown, slide, text,
    tooltip, wait_text,
};
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use xtask::browser::Page;
use xtask::problem::{Problem, Result};

const EPOCHS: u32 = 3;
/// Four decimals are shown.
const ROUNDED: f64 = 6e-5;

/// Layers 2 and 3 are the second convolution and its pooling: 16 channels each.
fn opened<'a>(site: &'a Site, link: &str) -> Result<Page<'a>> {
    let settings = "dataset=strokes&per_class=20&test_per_class=20&epochs=3&probe=60&batch=20&backend=cpu&seed=5&data_seed=5";
    shown(site, settings, link)
}

/// The matrix on screen, from the table of its numbers, which stands as the heatmap does: a row per channel of the
/// second layer. Given with a row per channel of the first one, as queries are answered.
fn table(page: Page<'_>) -> Result<Matrix> {
    let rows = "[...document.querySelectorAll('#capacity tbody tr')].map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)))";
    page.eval("(document.querySelector('#capacity details').open = true, 1)", SOON)?;
    let rows = page.wait_for(&format!("(({rows}).length > 0 ? ({rows}) : null)"), SOON)?;
    let row = |row: &Value| -> Vec<f64> {
        row.as_array().into_iter().flatten().map(|cell| cell.as_f64().unwrap_or(f64::NAN)).collect()
    };
    let rows: Vec<Vec<f64>> = rows.as_array().into_iter().flatten().map(row).collect();
    Ok(Matrix { rows: rows.len(), columns: rows[0].len(), values: rows.concat() }.transposed())
}

fn assert_near(found: &Matrix, expected: impl Fn(usize, usize) -> f64, what: &str) {
    for a in 0..found.rows {
        for b in 0..found.columns {
            let (found, expected) = (found.at(a, b), expected(a, b));
            let same = (found - expected).abs() < ROUNDED || (found.is_nan() && !expected.is_finite());
            assert!(same, "{what} [{a}, {b}]: {found} on the page, {expected} computed");
        }
    }
}

/// RGBA of a canvas, pixel by pixel.
fn pixels(page: Page<'_>, canvas: &str) -> Result<Vec<[f64; 4]>> {
    let read = format!(
        "(() => {{ const canvas = document.querySelector('{canvas}'); if (!canvas) return []; \
         return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]; }})()"
    );
    drawn(page)?;
    let bytes = page.eval(&read, SOON)?;
    let bytes: Vec<f64> = bytes.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    Ok(bytes.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]]).collect())
}

/// Every cell has the colour that the legend gives its value.
fn assert_coloured(page: Page<'_>, shown: &Matrix, high: f64) -> Result<()> {
    let (cells, legend) =
        (pixels(page, "#capacity .heatmap > canvas")?, pixels(page, ".capacity-scale canvas")?);
    assert_eq!(cells.len(), shown.values.len());
    let last = legend.len() - 1;
    for (cell, value) in cells.iter().zip(&shown.transposed().values) {
        let place = (value / high).clamp(0.0, 1.0) * last as f64;
        let (low, above) = (legend[place.floor() as usize], legend[(place.ceil() as usize).min(last)]);
        for colour in 0..3 {
            let expected = low[colour] + place.fract() * (above[colour] - low[colour]);
            assert!(
                (cell[colour] - expected).abs() <= 4.0,
                "{value} of {high}: {cell:?}, by the legend {expected}"
            );
        }
    }
    let light: Vec<f64> = legend.iter().map(|[r, g, b, _]| 0.2126 * r + 0.7152 * g + 0.0722 * b).collect();
    assert!(light.windows(2).all(|pair| pair[1] <= pair[0]), "lighter is smaller: {light:?}");
    Ok(())
}

/// The number at the high end of the legend.
fn legend_high(page: Page<'_>) -> Result<f64> {
    let high = text(page, ".capacity-scale > span:nth-of-type(2)")?;
    let number = high.trim_start_matches('+').split(' ').next().and_then(|number| number.parse().ok());
    number.ok_or_else(|| Problem::new(format!("no number in the legend: {high}")))
}

#[test]
fn every_measure_follows_from_queries_and_has_the_colours_of_its_legend() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site, "view=layer&pair=2,3&theme=light&scale=fixed")?;
    let bits = capacity(page, 2, 3, EPOCHS)?;
    assert_near(&table(page)?, |a, b| bits.at(a, b), "I");
    assert!((legend_high(page)? - 5.0).abs() < 1e-9, "32 bins hold at most 5 bits");
    assert_coloured(page, &bits, 5.0)?;

    segment(page, "capacity-scale", "own")?;
    wait_text(page, ".capacity-scale", "this matrix alone")?;
    assert!((legend_high(page)? - bits.maximum()).abs() < 6e-4);
    assert_coloured(page, &bits, bits.maximum())?;
    segment(page, "capacity-scale", "fixed")?;

    segment(page, "capacity-measure", "columns-given-rows")?;
    wait_text(page, ".capacity-scale", "H(a|b)")?;
    let open = asked(page, &format!("H(dCNN(-, 2, -, {EPOCHS}) | dCNN(-, 3, -, {EPOCHS}))"))?;
    assert_near(&table(page)?, |a, b| open.at(a, b), "H(a|b)");
    assert_coloured(page, &open, 5.0)?;

    segment(page, "capacity-measure", "rows-given-columns")?;
    wait_text(page, ".capacity-scale", "H(b|a)")?;
    let other = asked(page, &format!("H(dCNN(-, 3, -, {EPOCHS}) | dCNN(-, 2, -, {EPOCHS}))"))?;
    assert_near(&table(page)?, |a, b| other.at(b, a), "H(b|a)");

    segment(page, "capacity-measure", "share")?;
    wait_text(page, ".capacity-scale", "100 %")?;
    let (h_a, h_b) = (entropies(page, 2, EPOCHS)?, entropies(page, 3, EPOCHS)?);
    assert_near(&table(page)?, |a, b| (bits.at(a, b) / h_a[a].min(h_b[b])).min(1.0), "I / min H");
    Ok(())
}

#[test]
fn playing_walks_through_the_epochs_and_every_number_follows() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site, "view=layer&pair=2,3")?;
    let all = (0..=EPOCHS).map(|epoch| capacity(page, 2, 3, epoch)).collect::<Result<Vec<_>>>()?;
    let record = "(() => { window.seen = []; const about = document.querySelector('#capacity .about'); \
        const note = () => { const entry = [document.querySelector('.play-slider output').textContent, about.textContent]; \
          const last = window.seen.at(-1); if (!last || last[0] !== entry[0] || last[1] !== entry[1]) window.seen.push(entry); }; \
        new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true }); return 1; })()";
    page.eval(record, SOON)?;
    page.eval("(document.querySelector('.play-slider .play').click(), 1)", SOON)?;
    page.wait_for(
        "document.querySelector('.play-slider .play').getAttribute('aria-label').startsWith('Pause')",
        SOON,
    )?;
    page.wait_for(
        "document.querySelector('.play-slider .play').getAttribute('aria-label').startsWith('Play')",
        LONG,
    )?;
    let seen = page.eval("window.seen", SOON)?;
    // At the end it begins again at epoch 0, then goes on to the last.
    for epoch in 0..=EPOCHS {
        let (words, mean) =
            (format!("epoch {epoch}"), format!("{:.3} bit on average", all[epoch as usize].mean()));
        let is_said = |entry: &Value| {
            entry[0].as_str().is_some_and(|said| said.starts_with(&words))
                && entry[1].as_str().is_some_and(|said| said.contains(&mean))
        };
        assert!(seen.as_array().into_iter().flatten().any(is_said), "{words} with {mean} is not in {seen}");
    }
    let is_late = |entry: &Value| entry[1].as_str().is_some_and(|said| said.contains("being measured"));
    assert!(!seen.as_array().into_iter().flatten().any(is_late), "nothing is late: {seen}");

    // The change since an epoch, at every epoch of the slider.
    segment(page, "capacity-scale", "fixed")?;
    choose(page, "capacity-against", "1")?;
    wait_text(page, ".capacity-scale", "-2.5 bit")?;
    for epoch in [0, 1, EPOCHS] {
        slide(page, "epoch", epoch as usize)?;
        wait_text(page, "#capacity .about", &format!("{:.3} bit on average", all[epoch as usize].mean()))?;
        let (now, then) = (&all[epoch as usize], &all[1]);
        assert_near(&table(page)?, |a, b| now.at(a, b) - then.at(a, b), &format!("change from 1 to {epoch}"));
    }
    Ok(())
}

#[test]
fn what_is_not_above_chance_is_hatched_and_nothing_else() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site, "view=layer&pair=1,6")?;
    let cells = every_cell(page)?;
    let mut nulls: Vec<f64> = cells.iter().map(|cell| cell.null).collect();
    nulls.sort_by(f64::total_cmp);
    let high = nulls[(0.95 * nulls.len() as f64).ceil() as usize - 1];
    press(page, "#capacity .controls", "Hatch what is not above chance")?;
    page.wait_for("document.querySelector('#capacity .hatching canvas')?.width > 1", SOON)?;
    let bits = capacity(page, 1, 6, EPOCHS)?;
    let lines = pixels(page, "#capacity .hatching canvas")?;
    let side = ((lines.len() / cells.len()) as f64).sqrt() as usize;
    let mut hatched = 0;
    for (at, cell) in cells.iter().enumerate() {
        // As many columns as the first layer has channels.
        let (top, left) = (at / bits.rows * side, at % bits.rows * side);
        let places = (0..side).flat_map(|y| (0..side).map(move |x| (top + y) * bits.rows * side + left + x));
        let is_hatched = places.filter(|&place| lines[place][3] > 0.0).count() > 0;
        assert_eq!(is_hatched, cell.at_chance, "{}", cell.lines);
        // Of values that differ by less than what is shown of them nothing can be said.
        if (cell.bits - cell.null.max(high)).abs() > 2.0 * ROUNDED {
            assert_eq!(
                cell.at_chance,
                cell.bits <= cell.null.max(high),
                "{}; 95 % of nulls below {high}",
                cell.lines
            );
        }
        hatched += usize::from(is_hatched);
    }
    println!("{hatched} of {} cells are not above chance ({high:.4} bit)", cells.len());
    assert!(hatched > 0 && hatched < cells.len());
    page.wait_for("location.search.includes('hatch=1')", SOON)?;
    Ok(())
}

/// A key, as the browser takes it from the keyboard.
fn stroke(page: Page<'_>, key: &str) -> Result<()> {
    let code = match key {
        "Tab" => 9,
        "Enter" => 13,
        "Escape" => 27,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        _ => 40,
    };
    let text = if key == "Enter" { "\r" } else { "" };
    let down =
        json!({ "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
    page.cdp("Input.dispatchKeyEvent", &down)?;
    let up = json!({ "type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code });
    page.cdp("Input.dispatchKeyEvent", &up).map(|_| ())
}

/// Walks on with the tabulator until the element has the focus.
fn tab_to(page: Page<'_>, element: &str) -> Result<usize> {
    for steps in 1..=250 {
        stroke(page, "Tab")?;
        let is_there = format!("!!document.activeElement && document.activeElement === ({element})");
        if page.eval(&is_there, SOON)? == json!(true) {
            return Ok(steps);
        }
    }
    Err(Problem::new(format!("the tabulator never gets to {element}")))
}

#[test]
fn the_keyboard_alone_finds_a_cell_shows_its_maps_pins_them_and_goes_through_time() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site, "view=layer&pair=2,3")?;
    let all = (0..=EPOCHS).map(|epoch| capacity(page, 2, 3, epoch)).collect::<Result<Vec<_>>>()?;
    let steps = tab_to(page, "document.querySelector('#capacity .heatmap')")?;
    for key in ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"] {
        stroke(page, key)?;
    }
    let said = tooltip(page)?;
    assert_eq!((said.a, said.b), (1, 1));
    assert!((said.bits - all[EPOCHS as usize].at(1, 1)).abs() < ROUNDED, "{}", said.lines);
    assert!((said.a_given_b - (said.h_a - said.bits).max(0.0)).abs() < 2.0 * ROUNDED, "{}", said.lines);
    assert!(said.h_b > 0.0 || said.bits <= ROUNDED, "{}", said.lines);
    stroke(page, "Enter")?;
    page.wait_for("location.search.includes('cell=2.1-3.1')", SOON)?;
    page.wait_for("document.querySelectorAll('#feature-maps .map-tile:not(.waiting)').length === 8", LONG)?;
    stroke(page, "Escape")?;
    page.wait_for("document.querySelector('#capacity .tooltip') === null", SOON)?;

    let pin = "[...document.querySelectorAll('#feature-maps button')].find((button) => button.textContent === 'Pin to compare')";
    let to_pin = tab_to(page, pin)?;
    stroke(page, "Enter")?;
    page.wait_for("location.search.includes('pins=2.1-3.1')", SOON)?;
    println!("{steps} tabs to the heatmap, {to_pin} more to pin");

    tab_to(page, "document.getElementById('epoch')")?;
    stroke(page, "ArrowLeft")?;
    wait_text(page, "#capacity .about", &format!("{:.3} bit on average", all[EPOCHS as usize - 1].mean()))?;
    tab_to(page, "document.getElementById('sort-rows')")?;
    stroke(page, "ArrowDown")?;
    page.wait_for("location.search.includes('rows=mean-desc')", SOON)?;
    Ok(())
}
