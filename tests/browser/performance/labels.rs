//! Figures 6 and 7: label entropies over epochs, ∞ where a class is predicted by nobody, and when they get stable.

use super::{
    LONG, TINY, agree, looked_at, number, number_in, numbers, run, table, table_when, tooltip, trained,
};
use crate::hands::press;
use crate::site::{SOON, Site};
use serde_json::json;
use xtask::browser::Page;
use xtask::problem::Result;

const CLASSES: usize = 10;

/// Few images and a low learning rate: for some epochs the network names only some of the classes.
fn slow(site: &Site) -> Result<Page<'_>> {
    looked_at(site, &format!("{TINY}&per_class=20&test_per_class=20&epochs=8&lr=0.0003&seed=3&data_seed=3"))
}

/// Counts at an epoch, rows actual.
fn confusion(page: Page<'_>, epoch: u32) -> Result<Vec<f64>> {
    let counts = numbers(page, &format!("confusion({epoch})"))?;
    assert_eq!(counts.len(), CLASSES * CLASSES);
    Ok(counts)
}

fn column(counts: &[f64], class: usize) -> Vec<f64> {
    counts.iter().skip(class).step_by(CLASSES).copied().collect()
}

/// Bits of a row or column of counts; NaN where it is empty.
fn bits(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    let shares = counts.iter().filter(|count| **count > 0.0).map(|count| count / total);
    if total > 0.0 { shares.map(|share| -share * share.log2()).sum() } else { f64::NAN }
}

fn show_epoch(page: Page<'_>, epoch: u32) -> Result<()> {
    run(page, &format!("hand.put('epoch', {epoch})"))?;
    page.wait_for(
        &format!("document.querySelector('output[for=epoch]').textContent.startsWith('epoch {epoch}')"),
        SOON,
    )?;
    Ok(())
}

#[test]
fn a_class_nobody_predicts_is_a_gap_a_column_of_zeros_and_infinite_everywhere() -> Result<()> {
    let site = Site::at("/")?;
    let page = slow(&site)?;
    show_epoch(page, 0)?;
    let counts = confusion(page, 0)?;
    let unpredicted: Vec<usize> =
        (0..CLASSES).filter(|&class| column(&counts, class).iter().sum::<f64>() < 0.5).collect();
    println!("predicted by nobody before training: {unpredicted:?}");
    assert!(!unpredicted.is_empty() && unpredicted.len() < CLASSES, "{counts:?}");

    // The matrix: the cells shown, and its table with the entropies at the edges.
    let cells = run(
        page,
        "[...document.querySelectorAll('#confusion table.confusion tbody tr')].map((row) => \
         [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)))",
    )?;
    let edges = table(page, "confusion")?;
    // The curves' table, heads first: a row per epoch, a column per class.
    let curves = table(page, "label-given-prediction")?;
    assert_eq!((curves[1][0].as_str(), curves.len()), ("0", 10), "epochs 0 to 8");
    for class in 0..CLASSES {
        let shown: Vec<f64> = (0..CLASSES).filter_map(|row| cells[row][class].as_f64()).collect();
        assert_eq!(shown, column(&counts, class), "column {class}");
        let is_unpredicted = unpredicted.contains(&class);
        for said in [&curves[1][class + 1], &edges[CLASSES + 1][class + 1]] {
            assert_eq!(said == "∞", is_unpredicted, "class {class}: {said}");
            assert!(agree(said, bits(&column(&counts, class))), "class {class}: {said}");
        }
        let answer = run(page, &format!("(await cnnslicer.query('H(label|y={class})@0')).values"))?;
        assert_eq!(answer.is_null(), is_unpredicted, "class {class}: {answer}");
    }
    // The tooltips of the first such class, in the matrix and on the curves.
    let class = unpredicted[0];
    press(page, "#confusion .cell-grid", &vec!["ArrowRight"; class + 1])?;
    let lines = tooltip(page, "confusion", &format!("nothing was predicted as {class}"))?;
    assert_eq!(lines[0], format!("0 images of 0 predicted as {class}"));
    assert_eq!(lines[4], format!("column: H(label | y = {class}) = ∞ bit"));
    press(page, "#label-given-prediction .plot-box", &["ArrowRight", "ArrowLeft"])?;
    let lines = tooltip(page, "label-given-prediction", "epoch 0")?;
    for class in 0..CLASSES {
        let said = number_in(&lines, &format!("{class}: "));
        assert_eq!(said.is_infinite(), unpredicted.contains(&class), "{lines:?}");
    }
    assert!(
        page.eval(
            "document.querySelector('#label-given-prediction .about').textContent.includes('∞')",
            SOON
        )? == json!(true)
    );
    Ok(())
}

#[test]
fn label_entropies_of_all_epochs_are_those_of_the_matrices() -> Result<()> {
    let site = Site::at("/")?;
    let page = slow(&site)?;
    let given_prediction = table_when(page, "label-given-prediction", "rows.length === 10")?;
    let given_label = table_when(page, "prediction-given-label", "rows.length === 10")?;
    let mut most = 0.0_f64;
    for epoch in 0..9 {
        let counts = confusion(page, epoch)?;
        for class in 0..CLASSES {
            let of_row = bits(&counts[class * CLASSES..(class + 1) * CLASSES]);
            let of_column = bits(&column(&counts, class));
            let at = |rows: &[Vec<String>]| rows[epoch as usize + 1][class + 1].clone();
            assert!(agree(&at(&given_label), of_row), "{epoch}, {class}: {} and {of_row}", at(&given_label));
            assert!(agree(&at(&given_prediction), of_column), "{epoch}, {class}: {}", at(&given_prediction));
            most = most.max(of_row);
        }
    }
    assert!(most > 0.5, "the predictions scatter somewhere: at most {most} bits");
    Ok(())
}

/// The first epoch from which on all values stay within the band around the last one, three epochs at least; `noise` is
/// how wide the band is at least.
fn stable_from(values: &[f64], noise: f64) -> Option<usize> {
    let last = values.last().copied().filter(|last| last.is_finite())?;
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let range =
        finite.iter().fold(f64::MIN, |a, &b| a.max(b)) - finite.iter().fold(f64::MAX, |a, &b| a.min(b));
    let band = (0.05 * range).max(noise);
    let outside = values.iter().rposition(|value| !(value.is_finite() && (value - last).abs() <= band));
    let first = outside.map_or(0, |at| at + 1);
    (values.len() - first >= 3).then_some(first)
}

#[test]
fn the_epoch_from_which_a_class_is_stable_is_the_definitions() -> Result<()> {
    let site = Site::at("/")?;
    let page = trained(
        &site,
        &format!("{TINY}&per_class=40&test_per_class=40&epochs=14&lr=0.02&seed=2&data_seed=2"),
    )?;
    let read = "[...document.querySelectorAll('#stability table.stability tbody tr')].map((row) => \
                [...row.children].map((cell) => cell.textContent))";
    page.wait_for(&format!("({read}).length === {CLASSES}"), LONG)?;
    let listed = run(page, read)?;
    let mut settled = 0;
    for (place, query) in [(1, "H(label|y="), (2, "H(y|label=")] {
        for class in 0..CLASSES {
            let values = numbers(page, &format!("{query}{class})@-"))?;
            assert_eq!(values.len(), 15, "epochs 0 to 14");
            let noise = number(
                listed[class][3].as_str().and_then(|both| both.split(" / ").nth(place - 1)).unwrap_or(""),
            );
            assert!(noise >= 0.05, "class {class}: {listed}");
            // The page rounds what it says of the band: a value at its very edge may fall on either side.
            let words =
                |noise| stable_from(&values, noise).map_or("not yet".to_owned(), |epoch| epoch.to_string());
            let expected = [words(noise.max(0.0505) - 0.0005), words(noise + 0.0005)];
            let said = listed[class][place].as_str().unwrap_or_default().to_owned();
            assert!(expected.contains(&said), "class {class}: {said}, not one of {expected:?}: {values:?}");
            settled += usize::from(said != "not yet");
        }
    }
    let total: f64 = (0..CLASSES).map(|class| number(listed[class][4].as_str().unwrap_or(""))).sum();
    let counted: f64 = confusion(page, 14)?.iter().sum();
    assert_eq!(total, counted, "test images: {listed}");
    let about = "document.querySelector('#label-given-prediction .about').textContent";
    page.wait_for(&format!("{about}.replaceAll(',', '').includes('N = {counted} test images')"), SOON)?;
    println!("{settled} of 20 curves are stable");
    assert!(settled > 0 && settled < 20, "some are, some are not: {listed}");
    Ok(())
}

#[test]
fn a_chart_is_saved_as_it_is_shown() -> Result<()> {
    let site = Site::at("/")?;
    let page = slow(&site)?;
    let rows = table(page, "label-given-prediction")?;
    let csv = run(page, "hand.saved('label-given-prediction', 'CSV')")?;
    let lines: Vec<Vec<String>> = csv
        .as_str()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    assert_eq!(lines, rows, "the numbers as CSV are those of the table");

    let svg = run(page, "hand.saved('label-given-prediction', 'SVG')")?;
    let svg = svg.as_str().unwrap_or_default();
    let parsed = format!(
        "(() => {{ const svg = new DOMParser().parseFromString({}, 'image/svg+xml'); \
         return svg.querySelector('parsererror')?.textContent ?? [...svg.querySelectorAll('text')].map((t) => t.textContent); }})()",
        json!(svg)
    );
    let texts = run(page, &parsed)?.to_string();
    assert!(["∞", "epoch", "H(label | prediction), bits"].iter().all(|word| texts.contains(word)), "{texts}");
    let visible = rows[1..].iter().flat_map(|row| &row[1..]).filter(|cell| number(cell).is_finite()).count();
    assert!(visible > 20 && svg.matches("<polyline").count() >= CLASSES, "{visible} values drawn");
    Ok(())
}

#[test]
fn titles_name_the_slice_on_screen_in_every_view() -> Result<()> {
    let site = Site::at("/")?;
    let page = trained(&site, &format!("{TINY}&per_class=12&epochs=2&layer=1&pair=1,2"))?;
    let titles = "[...document.querySelectorAll('.charts .notation')].map((title) => title.textContent)";
    let shows = |panel: &str, title: &str| {
        page.wait_for(
            &format!("document.querySelector('#{panel} .notation')?.textContent === '{title}'"),
            LONG,
        )
    };
    for epoch in [0, 2] {
        show_epoch(page, epoch)?;
        run(page, "hand.view('training')")?;
        shows("confusion", &format!("confusion({epoch})"))?;
        shows("label-given-prediction", "H(label|y=-)@-")?;
        run(page, "hand.view('layer')")?;
        shows("capacity", &format!("I(dCNN(-, 1, -, {epoch}); dCNN(-, 2, -, {epoch}))"))?;
        run(page, "hand.view('channel')")?;
        shows("circle-packing", &format!("h(dCNN(label=-, 1, -, {epoch}))"))?;
    }
    for view in ["overview", "training", "layer", "channel", "query"] {
        run(page, &format!("hand.view('{view}')"))?;
        page.wait_for(&format!("({titles}).some((title) => /dCNN|loss|H\\(/.test(title))"), LONG)?;
        let letters = run(page, &format!("({titles}).filter((title) => /[(,@] ?[a-zA-Z][,)]/.test(title))"))?;
        assert_eq!(letters, json!([]), "{view}");
    }
    Ok(())
}
