//! Runs as files, dropped and damaged cells, a full budget, a second tab.

use crate::runs;
use crate::site::{SOON, Site};
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset=strokes&per_class=6&test_per_class=20&epochs=2&probe=20&batch=10&backend=cpu";
/// Raw cells of one image and channel at epoch 1, as a list.
const CELLS: &str = "Array.from((await cnnslicer.slice('dCNN(3, 1, 2, 1)')).values)";

/// A page with a small run from a file, and the run's identifier.
fn opened(site: &Site) -> Result<(Page<'_>, String)> {
    let page = runs::shown(site, SMALL, "")?;
    Ok((page, runs::id(page)?))
}

/// What a call is refused with; null when it is not.
fn refusal(page: Page<'_>, call: &str) -> Result<Value> {
    page.eval(&format!("{call}.then(() => null, (error) => error.code)"), LONG)
}

#[test]
fn a_run_file_comes_back_with_the_same_numbers() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(&format!("{SMALL}&autostart=1"))?;
    page.eval("cnnslicer.done()", LONG)?;
    let run = runs::id(page)?;
    let before = page.eval(CELLS, LONG)?;
    // In memory, as a saved file would be: the Blob itself reads from the storage that is emptied next.
    let copy = format!("window.file = new Blob([await (await cnnslicer.export('{run}')).arrayBuffer()]), 0");
    page.eval(&copy, LONG)?;
    page.eval(&format!("cnnslicer.remove('{run}')"), LONG)?;
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(0));

    let imported = page.eval("cnnslicer.import(window.file)", LONG)?;
    page.wait_for("document.querySelector('.run.open') !== null", SOON)?;
    assert_eq!(page.eval(CELLS, LONG)?, before, "to the last bit");
    let again = page.eval("cnnslicer.import(window.file)", LONG)?;
    assert_ne!(imported, again);
    let names = page.eval("(await cnnslicer.runs()).map((run) => run.name).sort()", SOON)?;
    assert_eq!(names[1], json!(format!("{} (2)", names[0].as_str().unwrap_or_default())));

    let bad = "cnnslicer.import(window.file.slice(0, window.file.size - 1))";
    assert_eq!(refusal(page, bad)?, json!("bad_run_file"));
    assert_eq!(refusal(page, "cnnslicer.import(new Blob(['not a zip']))")?, json!("bad_run_file"));
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(2), "nothing is left of it");
    Ok(())
}

/// Script that gives the file of layer 1 at epoch 1.
fn shard(run: &str) -> String {
    format!(
        "let folder = await navigator.storage.getDirectory(); \
         for (const name of ['runs', '{run}', 'layers', '01', 'activations', 'c', '1', '0', '0', '0']) \
         folder = await folder.getDirectoryHandle(name); \
         const shard = await folder.getFileHandle('0');"
    )
}

#[test]
fn dropped_and_damaged_cells_are_computed_again() -> Result<()> {
    let site = Site::at("/")?;
    let (page, run) = opened(&site)?;
    let before = page.eval(CELLS, LONG)?;
    let of_run = shard(&run);
    // What is known of the run's size is of before.
    let unmeasured =
        "await (await navigator.storage.getDirectory()).removeEntry('sizes.txt').catch(() => {});";
    let removed = format!("{of_run} await folder.removeEntry('0'); {unmeasured}");
    page.eval(&format!("(async () => {{ {removed} return 0; }})()"), SOON)?;
    assert_eq!(page.eval("(await cnnslicer.storage()).recomputable_epochs", SOON)?, json!(1));
    assert_eq!(page.eval(CELLS, LONG)?, before, "the same backend gives the same cells");
    assert_eq!(page.eval("(await cnnslicer.storage()).recomputable_epochs", SOON)?, json!(0));

    let damage = "const bytes = new Uint8Array(await (await shard.getFile()).arrayBuffer()); \
                  for (let at = 0; at < bytes.length; at += 50) bytes[at] ^= 0xff; \
                  const file = await shard.createWritable(); await file.write(bytes); await file.close();";
    page.eval(&format!("(async () => {{ {of_run} {damage} return 0; }})()"), SOON)?;
    assert_eq!(page.eval(CELLS, LONG)?, before, "never another number");
    Ok(())
}

#[test]
fn past_its_budget_storage_loses_the_oldest_cells_and_no_answer() -> Result<()> {
    let site = Site::at("/")?;
    let (page, _) = opened(&site)?;
    let before = page.eval("cnnslicer.query('H(dCNN(-, 3, -, -))')", LONG)?;
    let storage = page.eval("cnnslicer.budget(1)", LONG)?;
    assert_eq!((&storage["budget"], &storage["raw_epochs"]), (&json!(1), &json!(0)));
    assert_eq!(storage["recomputable_epochs"], json!(3));
    let after = page.eval("cnnslicer.query('H(dCNN(-, 3, -, -))')", LONG)?;
    assert_eq!(before["values"], after["values"]);
    let usual = page.eval("cnnslicer.budget()", LONG)?;
    assert!(usual["budget"].as_f64() > Some(1e6), "{usual}");
    Ok(())
}

#[test]
fn a_run_that_another_tab_writes_is_named_and_not_deleted() -> Result<()> {
    let site = Site::at("/")?;
    let (page, run) = opened(&site)?;
    // As the trainer of another tab would hold it.
    let hold = format!(
        "new Promise((held) => void navigator.locks.request('cnnslicer:run:{run}', () => \
         new Promise((release) => {{ window.release = release; held(0); }})))"
    );
    page.eval(&hold, SOON)?;
    assert_eq!(page.eval("(await cnnslicer.runs())[0].written", SOON)?, json!(true));
    assert_eq!(refusal(page, &format!("cnnslicer.remove('{run}')"))?, json!("run_in_use"));
    page.eval("window.release(), 0", SOON)?;
    page.wait_for("!(await cnnslicer.runs())[0].written", SOON)?;
    assert_eq!(refusal(page, &format!("cnnslicer.remove('{run}')"))?, Value::Null);
    Ok(())
}
