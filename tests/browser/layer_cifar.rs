//! Channel capacities of a short run of cifar-13 on CIFAR-10: whole matrices against numpy, and what the paper sees.

use crate::layer_page::{Matrix, asked, capacity, entropies, every_cell, shown_again};
use crate::run_file::{RunFile, python};
use crate::site::{Site, root};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::{Options, Page};
use xtask::problem::{Problem, Result};

/// More images than all of whose pairs are kept: 150 shifts of 400 images stand for 79,800 pairs.
const LINK: &str = "dataset=cifar10&model=cifar-13&width=0.25&per_class=20&test_per_class=20&epochs=1&probe=400&batch=20&backend=cpu\
                    &seed=7&data_seed=7&view=training&autostart=1";
/// Reading all of CIFAR-10, training and measuring, on a machine that does other things too.
const LIMIT: Duration = Duration::from_mins(15);
/// Block 1 and its pooling, neighbours, far apart, a layer with itself, the input, the class probabilities.
const PAIRS: [(usize, usize); 6] = [(2, 3), (1, 4), (5, 9), (4, 4), (0, 2), (6, 13)];

fn answer(measure: &str, a: usize, b: usize, epoch: u32, matrix: &Matrix) -> Value {
    json!({ "measure": measure, "a": a, "b": b, "epoch": epoch, "values": matrix.json() })
}

/// What the console says of every pair, as I and as what is left open.
fn console(page: Page<'_>) -> Result<Vec<Value>> {
    let mut answers = Vec::new();
    for epoch in [0, 1] {
        for (a, b) in PAIRS {
            answers.push(answer("I", a, b, epoch, &capacity(page, a, b, epoch)?));
            let open = asked(page, &format!("H(dCNN(-, {a}, -, {epoch}) | dCNN(-, {b}, -, {epoch}))"))?;
            answers.push(answer("H(a|b)", a, b, epoch, &open));
        }
    }
    Ok(answers)
}

/// What the heatmap of layers 2 and 3 says of chance; that its I is the console's is asserted on the way.
fn heatmap(site: &Site) -> Result<Value> {
    let page = shown_again(site, "view=layer&pair=2,3&epoch=1")?;
    let bits = capacity(page, 2, 3, 1)?;
    let cells = every_cell(page)?;
    assert_eq!(cells.len(), bits.values.len());
    let mut null = bits.clone();
    for cell in &cells {
        assert!((cell.bits - bits.at(cell.a, cell.b)).abs() < 6e-5, "{}", cell.lines);
        null.values[cell.a * bits.columns + cell.b] = cell.null;
    }
    Ok(answer("null", 2, 3, 1, &null))
}

/// Live channels whose capacity with the channel pooled from them is the largest of their row, and live channels.
fn own_pooled(page: Page<'_>, convolution: usize, epoch: u32) -> Result<(usize, usize)> {
    let bits = capacity(page, convolution, convolution + 1, epoch)?;
    let entropy = entropies(page, convolution, epoch)?;
    let live: Vec<usize> = (0..bits.rows).filter(|&channel| entropy[channel] > 0.0).collect();
    let is_own = |&&a: &&usize| bits.row(a).iter().all(|other| *other <= bits.at(a, a));
    Ok((live.iter().filter(is_own).count(), live.len()))
}

#[test]
fn whole_matrices_of_cifar_13_are_recomputed_alike_and_pooling_shows_on_the_diagonal() -> Result<()> {
    if !root().join("dist/data/cifar10/cifar-10-binary.tar.gz").is_file() {
        println!("skipped: CIFAR-10 is not beside the page; set CNNSLICER_DATA and build again");
        return Ok(());
    }
    let site = Site::with("/", &Options { limit: LIMIT, ..Options::default() })?;
    let page = site.open(LINK)?;
    let ended = page.eval("cnnslicer.done()", crate::layer_page::LONG)?;
    if ended["state"] != json!("done") {
        return Err(Problem::new(format!("{ended}")));
    }
    let mut answers = console(page)?;
    let (mut own, mut live) = (0, 0);
    // The four blocks of the network, each a convolution before its pooling.
    for convolution in [2, 5, 8, 11] {
        for epoch in [0, 1] {
            let of = own_pooled(page, convolution, epoch)?;
            println!(
                "layer {convolution}, epoch {epoch}: {} of {} live channels have it on the diagonal",
                of.0, of.1
            );
            if convolution == 2 {
                (own, live) = (own + of.0, live + of.1);
            }
        }
    }
    assert!(live >= 12, "{live} of 16 channels are live, both epochs together");
    assert!(own * 10 >= live * 9, "{own} of {live} live channels have their maximum on the diagonal");
    answers.push(heatmap(&site)?);

    let Some(python) = python() else { return Ok(()) };
    RunFile::exported(site.browser.page())?.check_answers(&python, "check_capacities.py", &json!(answers))
}
