//! A trained network looked at through the page: channels projected back to the input, channels muted.

use crate::hands::{choose, click, drawn, number_after, numbers, table, text, text_with};
use crate::run_file::{RunFile, python};
use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// A small network, so that two thousand test images are evaluated in a second or two.
const NETWORK: &str = "model=custom&layers=conv+8+3x3;+maxpool+2;+conv+8+3x3+bn;+maxpool+2;+dense+16";
const SETTINGS: &str = "dataset=strokes&per_class=20&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu&seed=3&data_seed=3";
const EPOCH: usize = 2;
/// What the channel answers with, and its ways back; the last one is of random weights.
const PICTURES: [&str; 6] = ["input", "feature map", "deconvnet", "gradient", "guided", "random weights"];

fn trained(site: &Site) -> Result<Page<'_>> {
    runs::shown(site, &format!("{SETTINGS}&{NETWORK}"), "layer=3&view=channel")
}

/// Chooses a layer and a feature of it, and waits for its pictures; the images they are of.
fn projected(page: Page<'_>, layer: usize, feature: usize, name: &str, n: usize) -> Result<Vec<u64>> {
    choose(page, "projection-layer", &layer.to_string())?;
    choose(page, "projection-feature", &feature.to_string())?;
    text_with(page, "#projection .about", &format!("Layer {layer} {name} {feature}, epoch {EPOCH}"), LONG)?;
    let heads =
        "[...document.querySelectorAll('#projection .projected .facts')].map((head) => head.textContent)";
    page.wait_for(&format!("{heads}.length === {n}"), LONG)?;
    let heads = page.eval(heads, SOON)?;
    let image = |head: &Value| number_after(head.as_str().unwrap_or_default(), "image") as u64;
    Ok(heads.as_array().into_iter().flatten().map(image).collect())
}

/// Everything in the projection's panel: per image the scale, the largest value and the grey levels of each picture.
fn pictures(page: Page<'_>, layer: usize, feature: usize) -> Result<Vec<Value>> {
    let rows = "[...document.querySelectorAll('#projection .projected > li')].map((row) => \
        [...row.querySelectorAll('.projection')].map((cell) => { const canvas = cell.querySelector('canvas'); \
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); \
          const [name, scale] = [...cell.querySelectorAll('p')].map((line) => line.textContent); \
          return { name, scale, label: canvas.getAttribute('aria-label'), \
            grey: Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]) }; }))";
    drawn(page)?;
    let rows = page.eval(rows, SOON)?;
    let numbers = table(page, "projection")?;
    let mut cases = Vec::new();
    for (row, numbers) in rows.as_array().into_iter().flatten().zip(&numbers[1..]) {
        let names: Vec<&str> =
            row.as_array().into_iter().flatten().filter_map(|cell| cell["name"].as_str()).collect();
        assert_eq!(names, PICTURES);
        for cell in row.as_array().into_iter().flatten() {
            let (scale, label) = (cell["scale"].as_str().unwrap_or(""), cell["label"].as_str().unwrap_or(""));
            assert!(!scale.is_empty() && label.ends_with(scale), "{label}: {scale}");
        }
        cases.push(json!({ "epoch": EPOCH, "layer": layer, "feature": feature, "numbers": numbers, "pictures": row }));
    }
    Ok(cases)
}

/// The probe images by their peaks in a channel's map, the strongest first, equals by number.
fn strongest(page: Page<'_>, layer: usize, channel: usize) -> Result<Vec<u64>> {
    let order = format!(
        "(async () => {{ const {{ shape, values }} = await cnnslicer.slice('dCNN(-, {layer}, {channel}, {EPOCH})'); \
         const n = shape[0]; const map = values.length / n; const peaks = Array.from({{ length: n }}, \
           (_, i) => values.slice(i * map, (i + 1) * map).reduce((a, b) => Math.max(a, b))); \
         return peaks.map((_, i) => i).sort((a, b) => peaks[b] - peaks[a] || a - b); }})()"
    );
    let order = page.eval(&order, LONG)?;
    Ok(order.as_array().into_iter().flatten().filter_map(Value::as_u64).collect())
}

#[test]
fn a_channel_is_projected_back_to_the_images_that_it_answers_to_most() -> Result<()> {
    let site = Site::at("/")?;
    let page = trained(&site)?;
    // The channel that is selected by its box is the one to project.
    page.eval("(document.querySelector('.channel-scroll').focus(), 0)", SOON)?;
    crate::hands::press(page, ".channel-scroll", &["Home", "ArrowRight", "ArrowRight"])?;
    page.wait_for("document.querySelector('#projection-feature').value === '2'", SOON)?;
    click(page, "#projection", "Project")?;
    text_with(page, "#projection .about", "Layer 3 conv2, channel 2, epoch 2", LONG)?;

    let mut cases = Vec::new();
    for (layer, channel) in [(3, 2), (1, 4), (3, 5), (4, 1)] {
        let name = ["", "conv1,", "", "conv2,", "pool2,"][layer].to_owned() + " channel";
        let images = projected(page, layer, channel, &name, 6)?;
        assert_eq!(images, strongest(page, layer, channel)?[..6], "layer {layer}, channel {channel}");
        page.wait_for(&format!("location.search.includes('channel={channel}')"), SOON)?;
        cases.extend(pictures(page, layer, channel)?);
    }
    // A unit of a dense layer, and images by number.
    let field = "(() => { const field = document.getElementById('projection-images'); field.value = '7, 0'; \
        field.dispatchEvent(new Event('input', { bubbles: true })); field.dispatchEvent(new Event('change', { bubbles: true })); })()";
    page.eval("(document.querySelector('#projection input[value=typed]').click(), 0)", SOON)?;
    page.wait_for("document.getElementById('projection-images') !== null", SOON)?;
    page.eval(field, SOON)?;
    assert_eq!(projected(page, 5, 9, "dense1, unit", 2)?, [7, 0]);
    cases.extend(pictures(page, 5, 9)?);

    let Some(python) = python() else { return Ok(()) };
    RunFile::exported(page)?.check_answers(&python, "check_pictures.py", &Value::from(cases))
}

#[test]
fn two_channels_stand_side_by_side_for_the_images_of_the_class_that_was_entered() -> Result<()> {
    let site = Site::at("/")?;
    let page = trained(&site)?;
    click(page, "#projection", "Project")?;
    page.wait_for("document.querySelectorAll('#projection .projected > li').length === 6", LONG)?;
    // Into the circle of class 3, with the keyboard.
    page.wait_for("document.querySelector('.packing') !== null", LONG)?;
    crate::hands::press(page, ".packing", &["Home", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"])?;
    let of_class = "[...document.querySelectorAll('#projection .projected .facts')].every((head) => /\\(3\\)$/.test(head.textContent)) \
        && document.querySelectorAll('#projection .projected > li').length === 4";
    page.wait_for(of_class, LONG)?;
    choose(page, "projection-beside", "5")?;
    let both = "[...document.querySelectorAll('#projection .projected > li')].every((row) => row.querySelectorAll('.projections').length === 2)";
    page.wait_for(both, LONG)?;
    text_with(page, "#projection .about", "all pictures of a method have one scale", SOON)?;
    page.wait_for("document.querySelectorAll('#projection .projection-means').length === 2", SOON)?;
    // One scale: what is written below the pictures of a method is the same everywhere.
    let scales = "new Set([...document.querySelectorAll('#projection .projections')].map((side) => \
        side.querySelectorAll('.projection')[2].querySelectorAll('p')[1].textContent)).size";
    assert_eq!(page.eval(scales, SOON)?, json!(1));
    let rows = table(page, "projection")?;
    assert_eq!(rows.len(), 5, "four probe images of the class");
    // Correlations and entropies are what they can be.
    for row in &rows[1..] {
        for (name, cell) in rows[0].iter().zip(row).filter(|(_, cell)| *cell != "–") {
            let value: f64 = if name.ends_with(": r") || name.ends_with("h (bit)") {
                cell.parse().unwrap_or(f64::NAN)
            } else {
                0.0
            };
            let is_sound =
                if name.ends_with(": r") { value.abs() <= 1.0 } else { (0.0..=5.0).contains(&value) };
            assert!(is_sound, "{name}: {cell}");
        }
    }
    crate::hands::press(page, ".packing", &["Escape"])?;
    page.wait_for("document.querySelectorAll('#projection .projected > li').length === 6", LONG)?;
    Ok(())
}

/// Presses “Mute and evaluate” and waits for what it found.
fn evaluated(page: Page<'_>, what: &str) -> Result<String> {
    click(page, "#mute", "Mute and evaluate")?;
    text_with(page, "#mute .about", &format!("Muted: {what}; epoch {EPOCH}. Accuracy"), LONG)
}

/// The counts of the two matrices in the panel.
fn matrices(page: Page<'_>) -> Result<[Vec<f64>; 2]> {
    let counts = "[...document.querySelectorAll('#mute .matrices table')].map((matrix) => \
        [...matrix.querySelectorAll('tbody td')].map((cell) => Number(cell.textContent)))";
    let counts = page.eval(counts, SOON)?;
    let side =
        |index: usize| counts[index].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    Ok([side(0), side(1)])
}

/// What of a run's own queries is in the panel too: `[class][share found, H(label | y), H(y | label)]`.
fn recorded(page: Page<'_>, counts: &[f64]) -> Result<Vec<[f64; 3]>> {
    let mut classes = Vec::new();
    for class in 0..10 {
        let row = &counts[10 * class..10 * class + 10];
        let given_prediction = numbers(page, &format!("H(label|y={class})@{EPOCH}"))?[0];
        let given_label = numbers(page, &format!("H(y|label={class})@{EPOCH}"))?[0];
        classes.push([row[class] / row.iter().sum::<f64>(), given_prediction, given_label]);
    }
    Ok(classes)
}

/// A cell of the panel's table: ∞ and – are not numbers, as in a query's answer.
fn cell(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn assert_same(what: &str, shown: f64, expected: f64) {
    let is_same = (shown - expected).abs() < 1e-4 || (shown.is_nan() && expected.is_nan());
    assert!(is_same, "{what}: {shown} instead of {expected}");
}

#[test]
fn muting_nothing_changes_nothing_and_muting_everything_leaves_one_answer() -> Result<()> {
    let site = Site::at("/")?;
    let page = trained(&site)?;
    let found = evaluated(page, "nothing of conv2")?;
    let counts = numbers(page, &format!("confusion({EPOCH})"))?;
    let accuracy = 100.0 * numbers(page, &format!("accuracy({EPOCH})"))?[0];
    let loss = numbers(page, &format!("loss({EPOCH})"))?[0];
    let n_images = counts.iter().sum::<f64>();
    assert!(found.ends_with(&format!("on {n_images} images of the test set.")), "{found}");
    let (before, after) = (number_after(&found, "Accuracy"), number_after(&found, "% →"));
    assert!((before - accuracy).abs() < 0.006 && (after - accuracy).abs() < 0.006, "{found}: {accuracy}");
    assert!((number_after(&found, "loss") - loss).abs() < 1e-3, "{found}: {loss}");
    assert_eq!(matrices(page)?, [counts.clone(), counts.clone()]);
    let classes = recorded(page, &counts)?;
    for (class, row) in table(page, "mute")?[1..].iter().enumerate() {
        for quantity in 0..3 {
            for side in 1..=2 {
                let what = format!("class {class}, quantity {quantity}, side {side}");
                assert_same(&what, cell(&row[2 * quantity + side]), classes[class][quantity]);
            }
        }
    }

    click(page, "#mute", "All")?;
    let found = evaluated(page, "8 channels of conv2: 0, 1, 2, 3, 4, 5, 6, 7")?;
    let [same, after] = matrices(page)?;
    assert_eq!(same, counts, "before is as it was");
    let column = |class: usize| (0..10).map(|row| after[10 * row + class]).sum::<f64>();
    let answers: Vec<usize> = (0..10).filter(|&class| column(class) > 0.0).collect();
    assert_eq!(answers.len(), 1, "one answer for every image: {after:?}");
    assert!((column(answers[0]) - n_images).abs() < 0.5);
    assert!((number_after(&found, "% →") - 10.0).abs() < 0.006, "a tenth is right: {found}");
    for (class, row) in table(page, "mute")?[1..].iter().enumerate() {
        let all_classes = if class == answers[0] { 10_f64.log2() } else { f64::NAN };
        assert_same(&format!("H(label | y = {class})"), cell(&row[4]), all_classes);
        assert_eq!(row[4] == "∞", class != answers[0]);
        assert_same(&format!("H(y | label = {class})"), cell(&row[6]), 0.0);
    }

    click(page, "#mute", "None")?;
    click(page, "#mute", "3")?;
    let found = evaluated(page, "1 channel of conv2: 3")?;
    let [same, after] = matrices(page)?;
    assert_eq!(same, counts);
    let right = (0..10).map(|class| after[11 * class]).sum::<f64>() / n_images;
    assert!((number_after(&found, "% →") - 100.0 * right).abs() < 0.006, "{found}: {right}");
    Ok(())
}

#[test]
fn a_run_from_storage_is_examined_and_one_that_trains_is_left_alone() -> Result<()> {
    let site = Site::at("/")?;
    let page = trained(&site)?;
    click(page, "#projection", "Project")?;
    page.wait_for("document.querySelectorAll('#projection .projected > li').length === 6", LONG)?;
    let first = table(page, "projection")?;
    let muted = evaluated(page, "nothing of conv2")?;

    let run = page.eval("(await cnnslicer.runs())[0].id", SOON)?;
    let link = format!("run={}&layer=3&channel=0&view=channel", run.as_str().unwrap_or_default());
    let page = site.open(&link)?;
    click(page, "#projection", "Project")?;
    page.wait_for("document.querySelectorAll('#projection .projected > li').length === 6", LONG)?;
    assert_eq!(table(page, "projection")?, first, "the same after a reload");
    assert_eq!(evaluated(page, "nothing of conv2")?, muted);

    let layers = "conv 8 3x3; maxpool 2; conv 8 3x3 bn; maxpool 2; dense 16";
    let start = format!(
        "cnnslicer.train({{ dataset: 'strokes', model: 'custom', layers: '{layers}', per_class: 20, test_per_class: 20, epochs: 500, \
         probe: 40, batch: 20, backend: 'cpu', seed: 4, data_seed: 4 }})"
    );
    page.eval(&start, LONG)?;
    page.wait_for("(await cnnslicer.status()).state === 'training'", LONG)?;
    text_with(page, "#mute .controls", "A run is training: channels can be muted when it has ended.", SOON)?;
    text_with(
        page,
        "#projection .controls",
        "A run is training: projections follow when it has ended.",
        SOON,
    )?;
    let is_refused = "document.querySelector('#mute button.primary').disabled";
    assert_eq!(page.eval(is_refused, SOON)?, json!(true));
    page.wait_for("(await cnnslicer.status()).epoch >= 2", LONG)?;

    page.eval("cnnslicer.stop()", SOON)?;
    page.eval("cnnslicer.done()", LONG)?;
    // The projection follows by itself, of the run that is now on screen, and muting is possible again.
    page.wait_for("document.querySelectorAll('#projection .projected > li').length === 6", LONG)?;
    assert_ne!(table(page, "projection")?, first);
    page.wait_for(&format!("!{is_refused}"), SOON)?;
    click(page, "#mute", "Mute and evaluate")?;
    let found = text_with(page, "#mute .about", "Accuracy", LONG)?;
    assert_ne!(found, muted);
    let notices = text(page, ".notices")?;
    assert!(notices.is_empty(), "{notices}");
    Ok(())
}
