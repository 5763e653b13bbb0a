//! The confusion matrix: counts, shares and entropies are those of the console, and a cell shows its images.

use super::{agree, looked_at, numbers, run, tooltip};
use crate::hands::press;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use xtask::problem::Result;

const LINK: &str = "dataset=strokes&per_class=20&test_per_class=20&epochs=1&probe=60&batch=20&backend=cpu&seed=4&data_seed=4&model=custom&layers=conv 4 5x5; maxpool 4";
const CLASSES: usize = 10;
/// The class probabilities.
const OUTPUT: usize = 3;
/// Most images on the sheet, and those side by side.
const MOST: usize = 32;
const PER_ROW: usize = 8;

const CELLS: &str = "[...document.querySelectorAll('#confusion table.confusion tbody tr')].map((row) => \
                     [...row.querySelectorAll('td')].map((cell) => cell.textContent))";

#[test]
fn cells_say_counts_and_percentages_and_both_entropies() -> Result<()> {
    let site = Site::at("/")?;
    let page = looked_at(&site, LINK)?;
    let counts = numbers(page, "confusion(1)")?;
    let row = |actual: usize| counts[actual * CLASSES..(actual + 1) * CLASSES].iter().sum::<f64>();
    let column = |predicted: usize| counts.iter().skip(predicted).step_by(CLASSES).sum::<f64>();
    for mode in ["Counts", "% of row", "% of column"] {
        run(page, &format!("hand.radio('confusion-text', '{mode}')"))?;
        run(page, "hand.frame().then(() => 1)")?;
        let cells = run(page, CELLS)?;
        for (at, count) in counts.iter().enumerate() {
            let (actual, predicted) = (at / CLASSES, at % CLASSES);
            let shown = cells[actual][predicted].as_str().unwrap_or("?");
            let expected = match mode {
                _ if *count < 0.5 => String::new(),
                "Counts" => format!("{count}"),
                "% of row" => percent(count / row(actual)),
                _ => percent(count / column(predicted)),
            };
            assert_eq!(shown, expected, "{mode}: {actual} as {predicted}");
        }
    }
    // Darker is more: of the mistakes of a row none is darker than a more frequent one; what is not there has no colour.
    let lightness = run(
        page,
        "(hand.radio('confusion-text', 'Counts'), await hand.frame(), \
          [...document.querySelectorAll('#confusion table.confusion tbody tr')].map((row) => [...row.querySelectorAll('td')] \
          .map((cell) => getComputedStyle(cell).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0))))",
    )?;
    for actual in 0..CLASSES {
        let shades: Vec<f64> = (0..CLASSES).filter_map(|at| lightness[actual][at].as_f64()).collect();
        let mut mistakes: Vec<usize> = (0..CLASSES).filter(|&class| class != actual).collect();
        mistakes.sort_by(|a, b| counts[actual * CLASSES + a].total_cmp(&counts[actual * CLASSES + b]));
        assert!(
            mistakes.windows(2).all(|pair| shades[pair[0]] >= shades[pair[1]]),
            "row {actual}: {shades:?}"
        );
    }

    // The first press shows the cursor at the first cell, the next ones move it to row 2, column 1.
    press(page, "#confusion .cell-grid", &["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"])?;
    let lines = tooltip(page, "confusion", "of 2 predicted as 1")?;
    let bits = [numbers(page, "H(y|label=2)@1")?[0], numbers(page, "H(label|y=1)@1")?[0]];
    assert_eq!(lines[0], format!("{} images of 2 predicted as 1", counts[2 * CLASSES + 1]));
    for (line, bits) in lines[3..].iter().zip(bits) {
        let shown = line.rsplit_once("= ").map_or("", |(_, rest)| rest.trim_end_matches(" bit"));
        assert!(agree(shown, bits), "{line}: {bits}");
    }
    Ok(())
}

/// Two digits, as the page writes them.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
}

/// Per probe image of a class, the class that the network takes it for, from the raw cells.
fn predictions(page: xtask::browser::Page<'_>, actual: usize) -> Result<Vec<u64>> {
    let script = format!(
        "(async () => {{ const {{ values }} = await cnnslicer.slice('dCNN(label={actual}, {OUTPUT}, 0, 1)'); \
         const found = []; \
         for (let i = 0; i < values.length; i += {CLASSES}) {{ \
           const row = values.slice(i, i + {CLASSES}); found.push(row.indexOf(Math.max(...row))); }} \
         return found; }})()"
    );
    let found = page.eval(&script, SOON)?;
    Ok(found.as_array().into_iter().flatten().filter_map(Value::as_u64).collect())
}

#[test]
fn a_press_on_a_cell_shows_the_images_it_counts() -> Result<()> {
    let site = Site::at("/")?;
    let page = looked_at(&site, LINK)?;
    let counts = numbers(page, "confusion(1)")?;
    let mut shown = 0;
    for actual in 0..CLASSES {
        let predictions = predictions(page, actual)?;
        assert_eq!(predictions.len(), 6, "60 probe images of ten classes");
        let most =
            (0..CLASSES).max_by_key(|&class| predictions.iter().filter(|&&p| p == class as u64).count());
        let predicted = most.unwrap_or(0);
        let found = predictions.iter().filter(|&&p| p == predicted as u64).count();
        // With the pointer, in the middle of the cell.
        let press = format!(
            "(() => {{ const cell = document.querySelectorAll('#confusion table.confusion tbody tr')[{actual}].querySelectorAll('td')[{predicted}]; \
             cell.scrollIntoView({{ block: 'center' }}); const box = cell.getBoundingClientRect(); \
             cell.dispatchEvent(new MouseEvent('click', {{ bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }})); \
             return 1; }})()"
        );
        run(page, &press)?;
        let count = counts[actual * CLASSES + predicted];
        let words = format!(
            "The cell counts {count} test images of {actual} predicted as {predicted}; which ones is not recorded. \
             Of the probe set's 6 images of {actual}, {found} are predicted so."
        );
        page.wait_for(
            &format!("document.querySelector('.cell-images p')?.textContent.includes({})", json!(words)),
            SOON,
        )?;
        let size = "((sheet) => sheet && [sheet.width, sheet.height])(document.querySelector('.cell-images canvas'))";
        let side = |n: usize| n * 28 + n - 1;
        let expected = json!([side(found.min(PER_ROW)), side(found.min(MOST).div_ceil(PER_ROW))]);
        assert_eq!(run(page, size)?, expected, "{found} images");
        let ink = "((sheet) => sheet.getContext('2d').getImageData(0, 0, sheet.width, sheet.height).data.some((v, i) => i % 4 === 0 && v > 127)) \
                   (document.querySelector('.cell-images canvas'))";
        page.wait_for(ink, SOON)?;
        shown += found;
        page.wait_for("hand.press('.cell-images', 'Close')", SOON)?;
        page.wait_for("document.querySelector('.cell-images') === null", SOON)?;
    }
    println!("{shown} of 60 probe images lie in the largest cells of their rows");
    Ok(())
}
