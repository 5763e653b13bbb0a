//! Two runs side by side: whether they began alike, epochs that move together, and differences that are B − A.

use super::{LONG, TINY, number, numbers, opened, run, table_when};
use crate::site::{SOON, Site};
use serde_json::json;
use xtask::browser::Page;
use xtask::problem::Result;

const CLASSES: usize = 10;
const WORDS: &str = "document.querySelector('.side-by-side .about').textContent";

/// What the console says of a run.
struct Numbers {
    id: String,
    confusion: Vec<f64>,
    loss: Vec<f64>,
    given_label: Vec<f64>,
}

/// Trains a run and asks for its numbers at epoch 2.
fn train(page: Page<'_>, options: &str) -> Result<Numbers> {
    let base = "dataset: 'strokes', per_class: 12, test_per_class: 20, epochs: 3, probe: 20, batch: 20, backend: 'cpu', model: 'custom', layers: 'conv 2 5x5; maxpool 4'";
    let id = page.eval(&format!("cnnslicer.train({{ {base}, {options} }})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    let id = id.as_str().unwrap_or_default().to_owned();
    page.wait_for(&format!("new URLSearchParams(location.search).get('run') === '{id}'"), SOON)?;
    let mut given_label = Vec::new();
    for class in 0..CLASSES {
        given_label.extend(numbers(page, &format!("H(y|label={class})@2"))?);
    }
    Ok(Numbers {
        id,
        confusion: numbers(page, "confusion(2)")?,
        loss: numbers(page, "loss(-)")?,
        given_label,
    })
}

fn choose(page: Page<'_>, side: &str, numbers: &Numbers) -> Result<()> {
    let option = format!("document.querySelector('#{side} option[value=\"{}\"]') !== null", numbers.id);
    page.wait_for(&option, SOON)?;
    run(page, &format!("hand.put('{side}', '{}')", numbers.id)).map(|_| ())
}

#[test]
fn two_runs_stand_beside_each_other_and_their_difference_is_b_minus_a() -> Result<()> {
    let site = Site::at("/")?;
    let page = opened(&site, &format!("{TINY}&view=training"))?;
    let slow = train(page, "seed: 1, lr: 0.001")?;
    let fast = train(page, "seed: 1, lr: 0.01")?;
    let other = train(page, "seed: 2, data_seed: 2, lr: 0.01")?;
    page.wait_for("document.querySelectorAll('.runs-compared input').length === 3", SOON)?;
    run(page, "[...document.querySelectorAll('.runs-compared input')].forEach((box) => box.click()), 1")?;
    page.wait_for("document.querySelector('#side-a') !== null", SOON)?;

    choose(page, "side-a", &slow)?;
    choose(page, "side-b", &fast)?;
    let alike = [
        "Both runs have seed 1.",
        "They began with the same weights.",
        "Both record the same 20 probe images.",
        "Different settings (A / B): lr 0.001 / 0.01.",
    ];
    page.wait_for(&format!("{WORDS} === {}", json!(alike.join(" "))), LONG)?;

    // The sliders move together.
    run(page, "hand.put('epoch-a', 2)")?;
    let shown = "[...document.querySelectorAll('.sides output')].map((output) => output.textContent).join()";
    page.wait_for(&format!("{shown} === 'epoch 2,epoch 2'"), SOON)?;
    run(page, "hand.radio('sides-mode', 'difference')")?;
    assert_matrix(page, &slow, &fast)?;
    assert_curves(page, &slow, &fast)?;
    assert_bars(page, &slow, &fast)?;

    choose(page, "side-b", &other)?;
    let unlike = [
        "The seeds differ: A has 1, B has 2.",
        "They began with different weights.",
        "They record different probe images: compare their entropies with care.",
        "Different settings (A / B): lr 0.001 / 0.01, data_seed 1 / 2.",
    ];
    page.wait_for(&format!("{WORDS} === {}", json!(unlike.join(" "))), LONG)?;
    Ok(())
}

/// Percentage points of each actual class.
fn assert_matrix(page: Page<'_>, a: &Numbers, b: &Numbers) -> Result<()> {
    let rows = table_when(page, "sides-confusion", "rows.length === 11")?;
    let total = |counts: &[f64], row: usize| counts[row * CLASSES..(row + 1) * CLASSES].iter().sum::<f64>();
    let mut largest = 0.0_f64;
    for row in 0..CLASSES {
        for column in 0..CLASSES {
            let share = |counts: &[f64]| counts[row * CLASSES + column] / total(counts, row);
            let expected = 100.0 * (share(&b.confusion) - share(&a.confusion));
            let shown = number(&rows[row + 1][column + 1]);
            assert!((shown - expected).abs() <= 0.0051, "{row}, {column}: {shown} and {expected}");
            largest = largest.max(expected.abs());
        }
    }
    println!("the matrices differ by up to {largest:.1} percentage points");
    assert!(largest > 1.0);
    Ok(())
}

/// The test set's loss, at every epoch.
fn assert_curves(page: Page<'_>, a: &Numbers, b: &Numbers) -> Result<()> {
    let rows = table_when(page, "sides-curves-chart", "rows.length === 5")?;
    let column = rows[0].iter().position(|head| head == "test set").unwrap_or(0);
    assert_eq!((a.loss.len(), b.loss.len()), (4, 4));
    for epoch in 0..4 {
        let (shown, expected) = (number(&rows[epoch + 1][column]), b.loss[epoch] - a.loss[epoch]);
        assert!((shown - expected).abs() <= 6e-5, "epoch {epoch}: {shown} and {expected}");
    }
    assert!(a.loss[0].to_bits() == b.loss[0].to_bits(), "the same weights before training");
    Ok(())
}

/// H(y | label = i) at epoch 2.
fn assert_bars(page: Page<'_>, a: &Numbers, b: &Numbers) -> Result<()> {
    let rows = table_when(page, "sides-bars", "rows.length === 11")?;
    assert_eq!(rows[0][1], "B − A");
    for class in 0..CLASSES {
        let (shown, expected) = (number(&rows[class + 1][1]), b.given_label[class] - a.given_label[class]);
        assert!((shown - expected).abs() <= 6e-5, "class {class}: {shown} and {expected}");
    }
    Ok(())
}
