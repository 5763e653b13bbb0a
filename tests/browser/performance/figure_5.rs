//! Figure 5: training sets of several sizes, queued with one press; their entropies as bars, their losses as curves.

use super::{HANDS, LONG, number, number_in, run, table_when, tooltip};
use crate::hands::press;
use crate::run_file::{RunFile, python};
use crate::site::{SOON, Site, root};
use crate::variant::Variant;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use xtask::browser::{Options, Page};
use xtask::problem::{Problem, Result};

/// Per class, what the paper prints, and how far below it exact arithmetic lies, in bits.
const SIZES: [(usize, f64, f64); 3] = [(100, 19.898, -0.24), (500, 22.960, -0.62), (1000, 24.094, -0.73)];

/// Images of a weight update.
const BATCH: usize = 64;

const TRAINED: Duration = Duration::from_mins(10);

/// The files of MNIST, if they are on this machine.
fn mnist() -> Option<PathBuf> {
    let beside_the_page = root().join("dist/data/mnist");
    let given = std::env::var_os("CNNSLICER_DATA")
        .filter(|folder| !folder.is_empty())
        .map(|data| PathBuf::from(data).join("mnist"));
    let found =
        given.into_iter().chain([beside_the_page]).find(|f| f.join("train-images-idx3-ubyte.gz").is_file());
    if found.is_none() {
        println!("skipped: MNIST is neither in CNNSLICER_DATA nor beside the page");
    }
    found
}

/// The page with MNIST beside it; the test images follow the training images where these are but a part of the
/// official 60,000, so that every class has a thousand.
fn page_with(mnist: &Path) -> Result<Variant> {
    let variant = Variant::without_data()?;
    let index = std::fs::read_to_string(variant.folder().join("index.html")).map_err(|error| told(&error))?;
    let (before, after) =
        index.split_once("cnnslicer:datasets").ok_or_else(|| Problem::new("no list of datasets"))?;
    let (_, after) = after.split_once('>').ok_or_else(|| Problem::new("no end of the list"))?;
    let index = format!("{before}cnnslicer:datasets\" content=\"mnist\">{after}");
    variant.remove_all(|name| name.starts_with("index.html"))?;
    variant.put("index.html", index.as_bytes())?;
    for (kind, head) in [("images-idx3", 16), ("labels-idx1", 8)] {
        let name = |part: &str| format!("{part}-{kind}-ubyte.gz");
        let test = std::fs::read(mnist.join(name("t10k"))).map_err(|error| told(&error))?;
        let mut train = unpacked(&std::fs::read(mnist.join(name("train"))).map_err(|error| told(&error))?)?;
        let count = u32::from_be_bytes(train.get(4..8).and_then(|c| c.try_into().ok()).unwrap_or_default());
        if count < 60_000 {
            train.extend_from_slice(&unpacked(&test)?[head..]);
            train[4..8].copy_from_slice(&(count + 10_000).to_be_bytes());
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&train).map_err(|error| told(&error))?;
        variant
            .put(&format!("data/mnist/{}", name("train")), &packed.finish().map_err(|error| told(&error))?)?;
        variant.put(&format!("data/mnist/{}", name("t10k")), &test)?;
    }
    Ok(variant)
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut unpacked).map_err(|error| told(&error))?;
    Ok(unpacked)
}

fn told(error: &std::io::Error) -> Problem {
    Problem::new(error.to_string())
}

/// Queues a run of each size with the page's own form, and waits until all have ended.
fn swept(page: Page<'_>) -> Result<()> {
    page.wait_for("document.querySelector('.sweep summary') !== null", SOON)?;
    page.eval("document.querySelector('.sweep summary').click(), 1", SOON)?;
    for (per_class, ..) in SIZES {
        run(page, &format!("hand.tick('Images per class', '{per_class}')"))?;
    }
    page.wait_for("hand.press('.sweep', 'Queue 3 runs')", SOON)?;
    let ended = "document.querySelector('.queue-panel .headline')?.textContent.startsWith('3 of 3')";
    page.wait_for(ended, TRAINED)?;
    let states = run(page, "[...document.querySelectorAll('.queue .tag')].map((tag) => tag.textContent)")?;
    assert_eq!(states, json!(["done", "done", "done"]));
    Ok(())
}

/// The table of the bars, one row per run from the smallest training set to the largest, once all are measured.
fn measured(page: Page<'_>) -> Result<Vec<Vec<String>>> {
    let is_measured = "rows.length === 4 && rows.slice(1).every((row) => Number.isFinite(Number(row[3])))";
    let mut rows = table_when(page, "training-entropy", is_measured)?;
    let heads = rows.remove(0);
    assert_eq!(&heads[..5], ["run", "training images N", "seed", "H (bit)", "log2(N·k)"]);
    Ok(rows)
}

/// How many pixels of a panel's canvas have each of these CSS colours, once more than `least` have each.
fn painted(page: Page<'_>, panel: &str, colours: &Value, least: u64) -> Result<Vec<u64>> {
    let script = format!(
        "(async () => {{
            document.getElementById('{panel}').scrollIntoView(); await hand.frame(); await hand.frame();
            const canvas = document.querySelector('#{panel} canvas');
            const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const counts = {colours}.map((colour) => {{
                const [r, g, b] = colour.match(/\\d+/g).map(Number);
                let found = 0;
                for (let i = 0; i < data.length; i += 4) found += data[i] === r && data[i + 1] === g && data[i + 2] === b;
                return found;
            }});
            return counts.every((pixels) => pixels > {least}) ? counts : null;
        }})()"
    );
    let found = page.wait_for(&script, SOON)?;
    Ok(found.as_array().into_iter().flatten().filter_map(Value::as_u64).collect())
}

#[test]
fn a_sweep_over_three_sizes_of_mnist_shows_figure_5() -> Result<()> {
    let Some(mnist) = mnist() else { return Ok(()) };
    let variant = page_with(&mnist)?;
    let site = Site::of(variant.folder(), "/", &Options { limit: TRAINED * 2, ..Options::default() })?;
    // What is measured is the training sets; whatever network learns from them will do.
    let network = "model=custom&layers=conv+4+5x5;+maxpool+4";
    let page = site.open(&format!(
        "view=training&dataset=mnist&test_per_class=200&epochs=1&probe=20&batch=64&backend=cpu&seed=1&{network}"
    ))?;
    page.eval(HANDS, SOON)?;
    swept(page)?;

    let written = measured(page)?;
    for ((per_class, printed, below), row) in SIZES.into_iter().zip(&written) {
        let (n, bits) = (10 * per_class, number(&row[3]));
        assert_eq!(number(&row[1]), n as f64, "{row:?}");
        println!("{per_class} a class: {bits} bits, printed {printed}");
        assert!((bits - printed - below).abs() <= 0.05, "{per_class}: {bits} bits as the equations say");
        let usual = (n as f64 * 1000.0_f64.min(n as f64 - 1.0)).log2();
        let ceiling = (n as f64 * (n as f64 - 1.0)).log2();
        for (shown, expected) in [(&row[4], usual), (&row[5], bits - usual), (&row[6], ceiling)] {
            assert!((number(shown) - expected).abs() <= 2e-4, "{row:?}: {expected}");
        }
    }
    assert_tooltip_agrees(page, &written)?;
    assert_colours_agree(page)?;
    assert_losses_agree(page, &written)?;
    assert_axes(page)?;

    run(page, "hand.radio('training-reading', 'published')")?;
    page.wait_for(&format!("hand.rows('training-entropy')[1][3] !== '{}'", written[0][3]), LONG)?;
    let published = measured(page)?;
    for ((per_class, printed, _), row) in SIZES.into_iter().zip(&published) {
        let bits = number(&row[3]);
        println!("{per_class} a class: {bits} bits as published, printed {printed}");
        assert!((bits - printed).abs() <= 0.05, "{per_class}: {bits} bits as published");
    }
    assert_recomputed(page, &written, &published)?;
    assert_eq!(page.console_errors()?, Vec::<String>::new());
    Ok(())
}

/// The bars' tooltip says what the table says.
fn assert_tooltip_agrees(page: Page<'_>, rows: &[Vec<String>]) -> Result<()> {
    for row in rows {
        press(page, "#training-entropy .plot-box", &["ArrowRight"])?;
        let lines = tooltip(page, "training-entropy", &format!("N = {} images, k = ", row[1]))?;
        assert_eq!(lines[0], row[0]);
        assert_eq!(number_in(&lines, "H = "), number(&row[3]), "{lines:?}");
        assert!((number_in(&lines, "H − log₂(N·k) = ") - number(&row[5])).abs() <= 6e-4, "{lines:?}");
        assert_eq!(number_in(&lines, "ceiling log₂(N(N−1)) = "), number(&row[6]), "{lines:?}");
    }
    Ok(())
}

/// Every run's colour is in the bars and in the curves; after one epoch a curve is a dot.
fn assert_colours_agree(page: Page<'_>) -> Result<()> {
    let colours = run(
        page,
        "[...document.querySelectorAll('#compared-learning .legend .swatch')].map((swatch) => getComputedStyle(swatch).color)",
    )?;
    let (bars, curves) = (
        painted(page, "training-entropy", &colours, 500)?,
        painted(page, "compared-learning", &colours, 10)?,
    );
    println!("pixels of bars {bars:?} and of curves {curves:?} in {colours}");
    assert!(bars.len() == 3 && bars.iter().all(|pixels| *pixels > 500), "{bars:?}");
    assert!(curves.len() == 3 && curves.iter().all(|pixels| *pixels > 10), "{curves:?}");
    Ok(())
}

/// The curves end at the losses that the bars' table has; more images, smaller loss.
fn assert_losses_agree(page: Page<'_>, rows: &[Vec<String>]) -> Result<()> {
    let curves = table_when(page, "compared-learning", "rows.length === 3")?;
    assert_eq!(curves[0][1..], SIZES.map(|(per_class, ..)| per_class.to_string()), "a curve per size");
    let losses: Vec<f64> = rows.iter().map(|row| number(&row[8])).collect();
    println!("training losses after one epoch: {losses:?}");
    for (curve, loss) in curves[2][1..].iter().zip(&losses) {
        assert_eq!(number(curve), *loss);
    }
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
    Ok(())
}

/// Against weight updates every run stands where its own updates are, and the page says what that changes.
fn assert_axes(page: Page<'_>) -> Result<()> {
    let over_epochs = table_when(page, "compared-learning", "rows.length === 3")?;
    run(page, "hand.put('axis', 'updates')")?;
    page.wait_for("new URLSearchParams(location.search).get('axis') === 'updates'", SOON)?;
    let curves = table_when(page, "compared-learning", "rows[0][0] === 'weight updates'")?;
    // Nothing is trained yet at 0; then a row for each run's first epoch.
    for (run, (per_class, ..)) in SIZES.iter().enumerate() {
        let updates = (10 * per_class / BATCH).to_string();
        let row = curves.iter().find(|row| row[0] == updates);
        assert_eq!(row.map(|row| &row[run + 1]), Some(&over_epochs[2][run + 1]), "{updates}: {curves:?}");
    }
    let about = run(page, "document.querySelector('#compared-learning .about').textContent")?.to_string();
    assert!(about.contains("Weight updates an epoch: "), "{about}");
    run(page, "hand.put('axis', 'epochs')")?;
    page.wait_for("!location.search.includes('axis=')", SOON)?;
    Ok(())
}

/// An implementation of the equations in Python finds the same in the runs' files; runs are listed as they were made.
fn assert_recomputed(page: Page<'_>, written: &[Vec<String>], published: &[Vec<String>]) -> Result<()> {
    let Some(python) = python() else { return Ok(()) };
    for (written, published) in written.iter().zip(published) {
        let first = run(page, "(await cnnslicer.runs())[0]")?;
        assert_eq!(first["name"], json!(written[0]));
        let expected = [&written[3], &published[3], &written[8]].map(String::as_str);
        RunFile::exported(page)?.check(&python, "check_training_set.py", &expected)?;
        page.eval(&format!("cnnslicer.remove({})", first["id"]), SOON)?;
    }
    Ok(())
}
